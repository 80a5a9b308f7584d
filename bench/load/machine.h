/* SPDX-License-Identifier: MIT */
/* machine.h - what the whole machine has used: memory, and CPU time. */
#ifndef LOAD_MACHINE_H
#define LOAD_MACHINE_H

#include <stdint.h>

/* MemAvailable of /proc/meminfo: what could still be had, page cache included.
 * What somebody has taken is the difference of two of these, whoever's pages,
 * tables and sockets it is.  Bytes. */
int64_t machine_available(void);

/* CPU time that all cores together had nothing to do, in ns: the sum of idle
 * and iowait of /proc/stat.  Of what remains, one's own is known, and the rest
 * is that of others: processes, interrupts, the host under a virtual machine. */
uint64_t machine_idle_ns(void);
unsigned machine_cores(void);

/*
 * What one end of a TCP connection in epoll costs the kernel, in bytes: 2000
 * are opened within this process, beside those that are there already.  (After
 * those were closed the kernel would have memory left over for new ones.)
 * Negative if the descriptors do not suffice for that.
 */
int64_t machine_bytes_of_an_end(void);

#endif
