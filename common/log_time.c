/* SPDX-License-Identifier: MIT */
/* log_time.c - local date and time as text, without a lock. */
#include "log_time.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAY_SECONDS = 24 * 60 * 60 };

long log_utc_offset(void)
{
	time_t now = time(NULL);
	struct tm local = {0};

	tzset();
	localtime_r(&now, &local);
	return local.tm_gmtoff;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30,
				   31, 31, 30, 31, 30, 31};

	return days[month] + (month == 1 && is_leap(year));
}

/* Counting up year by year is slower than a formula, and easier to believe. */
static struct tm date_of(long day)
{
	int year = 1970, month = 0;

	while (day >= 365 + is_leap(year))
		day -= 365 + is_leap(year++);
	while (day >= days_in_month(year, month))
		day -= days_in_month(year, month++);
	return (struct tm){
		.tm_year = year, .tm_mon = month + 1, .tm_mday = (int)day + 1};
}

void log_time_text(char *text, size_t size, const struct timespec *when,
		   long utc_offset)
{
	long seconds = (long)when->tv_sec + utc_offset;
	struct tm date = date_of(seconds / DAY_SECONDS);
	long second = seconds % DAY_SECONDS;
	long minutes = labs(utc_offset) / 60;

	snprintf(text, size,
		 "%04d-%02d-%02d %02ld:%02ld:%02ld.%03ld %c%02ld%02ld",
		 date.tm_year, date.tm_mon, date.tm_mday, second / 3600,
		 second / 60 % 60, second % 60, when->tv_nsec / 1000000,
		 utc_offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}
