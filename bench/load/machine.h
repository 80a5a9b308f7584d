/* SPDX-License-Identifier: MIT */
/* machine.h - what the whole machine has used: memory, and CPU time. */
#ifndef LOAD_MACHINE_H
#define LOAD_MACHINE_H

#include <stdint.h>

/* What all processes and threads together cost the kernel in page tables and
 * stacks: PageTables and KernelStack of /proc/meminfo, which PSS does not see.
 * Bytes. */
int64_t machine_bytes_for_tasks(void);

/* CPU time that all cores together had nothing to do, in ns: the sum of idle
 * and iowait of /proc/stat.  Of what remains, one's own is known, and the rest
 * is that of others: processes, interrupts, the host under a virtual machine. */
uint64_t machine_idle_ns(void);
unsigned machine_cores(void);

/*
 * What one end of a TCP connection in epoll costs the kernel, in bytes: thousands
 * are opened within this process, beside those that are there already, until the
 * kernel has to take memory for them.  (At first it may have some left over from
 * others that were closed.)  Negative if there are too few descriptors for that.
 */
int64_t machine_bytes_of_an_end(void);

#endif
