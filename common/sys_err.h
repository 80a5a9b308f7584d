/* SPDX-License-Identifier: MIT */
/* sys_err.h - say which system call failed, and why. */
#ifndef COMMON_SYS_ERR_H
#define COMMON_SYS_ERR_H

/*
 * Print "prog: what: reason" on stderr and exit with status 1.  `what` is
 * printf(3) text that names the call, such as "bind" or "open notes.txt";
 * the reason is strerror(errno), so call it before anything else can change
 * errno.
 *
 * It leaves by exit(3), which also writes out what stdio has buffered.  In a
 * forked child that would print the parent's buffer a second time: a child
 * says sys_warn() and then _exit(1).
 */
_Noreturn void sys_err(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/* Print the same line, return, and leave errno as it was. */
void sys_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Both hand their line to the kernel in one write(2), so that the lines of
 * several processes do not mix.  `what` is cut after 511 bytes.
 */

#endif
