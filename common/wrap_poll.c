/* SPDX-License-Identifier: MIT */
/* wrap_poll.c - waiting for several descriptors; wrap.h tells the contract. */
#include "wrap_poll.h"

#include <stdint.h>
#include <time.h>

#include "interrupted.h"
#include "sys_err.h"

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Milliseconds until then, rounded up: too early would be wrong. */
static int ms_until(int64_t then_ns)
{
	int64_t left = then_ns - now_ns();

	return left > 0 ? (int)((left + 999999) / 1000000) : 0;
}

int Poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
	int64_t end = now_ns() + (int64_t)timeout_ms * 1000000;
	int left = timeout_ms;
	int ready;

	while (interrupted(ready = poll(fds, n, left))) {
		if (timeout_ms > 0)
			left = ms_until(end);
	}
	if (ready < 0)
		sys_err("poll");
	return ready;
}
