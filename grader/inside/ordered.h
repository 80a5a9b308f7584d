/* SPDX-License-Identifier: MIT */
/* ordered.h - between the parts of ordered.so: mutexes that make an order */
#ifndef GRADER_INSIDE_ORDERED_H
#define GRADER_INSIDE_ORDERED_H

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>

/* Hidden, so that no name here can meet one of the program's. */
#pragma GCC visibility push(hidden)

struct held {
	pthread_mutex_t *mutex;
	sigset_t before;
};

/* Hold the mutex that belongs to this number, or to this address; no signal
 * comes before it is released. */
struct held hold(uint64_t what);
struct held hold_address(const volatile void *p);
void release(const struct held *h);

/* Come after all who have passed here before. */
void pass(uint64_t what);

#pragma GCC visibility pop

/* `name` goes on to the C library's function, which is looked up before main():
 * a signal handler may be the first to ask for it. */
#define NEXT(name)                                                 \
	static __typeof__(&(name)) next_##name;                    \
	__attribute__((constructor)) static void find_##name(void) \
	{                                                          \
		void *address = dlsym(RTLD_NEXT, #name);           \
                                                                   \
		memcpy(&next_##name, &address, sizeof(address));   \
	}

#endif
