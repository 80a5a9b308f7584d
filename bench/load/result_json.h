/* SPDX-License-Identifier: MIT */
/* result_json.h - the result as JSON, units in the names. */
#ifndef LOAD_RESULT_JSON_H
#define LOAD_RESULT_JSON_H

#include "result.h"

/* A new reference. */
json_t *result_json(const struct result *r);

#endif
