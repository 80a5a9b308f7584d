/* SPDX-License-Identifier: MIT */
/* result.h - what the reports read from a result */
#ifndef GRADER_REPORT_RESULT_H
#define GRADER_REPORT_RESULT_H

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

/* "" if there is none; the object's. */
static inline const char *get(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

/* What the reader is told: the same in words of his language, if there is that. */
static inline const char *said(const json_t *object, const char *key)
{
	const char *says = get(object, "says");

	return *says ? says : get(object, key);
}

/* 0 if there is none. */
static inline int number(const json_t *object, const char *key)
{
	return (int)json_integer_value(json_object_get(object, key));
}

/* Of a check, or of any object with a status. */
static inline bool status_is(const json_t *object, const char *status)
{
	return strcmp(get(object, "status"), status) == 0;
}

#endif
