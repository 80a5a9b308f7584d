/* SPDX-License-Identifier: MIT */
/* writer.c - hand each line of stdin to a reader, through shared memory. */

/*
 * So far it is lab 06's idea with a FIFO in place of the socket: two programs
 * meet at a path, and lines go through the kernel.  Yours to do: the lines go
 * through shared memory, and only the turns through FIFOs.
 */

#include "io.h"
#include "sys_err.h"
#include "wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char *argv[])
{
	char path[PATH_MAX];
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (argc != 2) {
		fputs("usage: writer DIR\n", stderr);
		return 2;
	}

	/* TODO segment: a key made from DIR and 110, 4096 bytes, for us alone,
	 * and none that is there already.  And if one is?  Whose is it? */

	/* TODO fifos: this one is to carry turns, and a second one, DIR/ack,
	 * the answers.  What if they are left over from a run that crashed? */
	snprintf(path, sizeof path, "%s/notify", argv[1]);
	if (mkfifo(path, 0600) < 0 && errno != EEXIST)
		sys_err("mkfifo %s", path);

	/* TODO signals: SIGINT and SIGTERM may come at any time from here on;
	 * nothing may be left then. */

	int notify = Open(path, O_WRONLY); /* waits for a reader */

	while ((n = getline(&line, &size, stdin)) > 0) {
		/* TODO message: the line into the segment, without its newline
		 * and with a NUL; a turn into the FIFO; wait for the answer.
		 * What if the line does not fit?  If the reader dies? */
		if (writen(notify, line, (size_t)n) < 0)
			sys_err("write");
	}

	/* TODO end: tell the reader, and remove all that was made. */
	free(line);
	Close(notify);
	return 0;
}
