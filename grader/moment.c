/* SPDX-License-Identifier: MIT */
/* moment.c - a date and time of day with its time zone, as ISO 8601 writes it */
#include "moment.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

/* Does s begin like the pattern, where 0 stands for any digit? */
static bool begins_like(const char *s, const char *pattern)
{
	for (; *pattern; s++, pattern++)
		if (*pattern == '0' ? !isdigit((unsigned char)*s)
				    : *s != *pattern)
			return false;
	return true;
}

/* Two digits. */
static int pair(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

static bool parse_zone(const char *s, int *seconds)
{
	bool west = *s == '-';

	*seconds = 0;
	if (strcmp(s, "Z") == 0)
		return true;
	if ((*s != '+' && !west) || !begins_like(s + 1, "00:00") || s[6])
		return false;
	if (pair(s + 1) > 23 || pair(s + 4) > 59)
		return false;
	*seconds = (pair(s + 1) * 60 + pair(s + 4)) * (west ? -60 : 60);
	return true;
}

/* The 30th of February becomes another day on its way through timegm(). */
static bool is_in_calendar(const struct tm *asked, time_t at)
{
	struct tm back;

	return gmtime_r(&at, &back) && back.tm_mday == asked->tm_mday &&
	       back.tm_mon == asked->tm_mon && back.tm_hour == asked->tm_hour &&
	       back.tm_min == asked->tm_min && back.tm_sec == asked->tm_sec;
}

bool parse_moment(const char *s, int64_t *at)
{
	struct tm tm = {0}, asked;
	time_t there;
	int zone;

	if (!begins_like(s, "0000-00-00T00:00"))
		return false;
	tm.tm_year = pair(s) * 100 + pair(s + 2) - 1900;
	tm.tm_mon = pair(s + 5) - 1;
	tm.tm_mday = pair(s + 8);
	tm.tm_hour = pair(s + 11);
	tm.tm_min = pair(s + 14);
	s += strlen("0000-00-00T00:00");
	if (begins_like(s, ":00")) {
		tm.tm_sec = pair(s + 1);
		s += strlen(":00");
		if (begins_like(s, ".0"))
			s += 1 + strspn(s + 1, "0123456789");
	}
	asked = tm;
	there = timegm(&tm);
	if (!is_in_calendar(&asked, there) || !parse_zone(s, &zone))
		return false;
	*at = (int64_t)there - zone;
	return true;
}
