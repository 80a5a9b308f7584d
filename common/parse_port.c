/* SPDX-License-Identifier: MIT */
/* parse_port.c - a TCP port from the command line. */
#include "parse_port.h"

enum { PORT_MAX = 65535 };

int parse_port(const char *text)
{
	int port = 0;

	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return -1;
		port = port * 10 + (*p - '0');
		if (port > PORT_MAX)
			return -1;
	}
	return port > 0 ? port : -1;
}
