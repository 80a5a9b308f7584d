/* SPDX-License-Identifier: MIT */
/* reader.c - print each message that a writer hands over in shared memory. */

/*
 * So far it prints what comes through the FIFO DIR/notify.
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <limits.h>
#include <stdio.h>

int main(int argc, char *argv[])
{
	char path[PATH_MAX], bytes[4096];
	ssize_t n;

	if (argc != 2) {
		fputs("usage: reader DIR\n", stderr);
		return 2;
	}

	/* TODO first: if there is no writer yet, wait until DIR/notify is there,
	 * and use no processor time meanwhile.  And a DIR that is none? */
	snprintf(path, sizeof path, "%s/notify", argv[1]);
	int notify = Open(path, O_RDONLY); /* waits for a writer */

	/* TODO attach: the other FIFO, and the segment that the writer has made.
	 * The reader makes nothing. */

	/* TODO message: a byte in notify says what there is to do.  Copy, answer,
	 * print.  What if it is no `a`?  If it is the end of file? */
	while ((n = read_some(notify, bytes, sizeof bytes)) > 0)
		writen(STDOUT_FILENO, bytes, (size_t)n);

	Close(notify);
	return 0;
}
