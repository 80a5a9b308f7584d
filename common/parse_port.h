/* SPDX-License-Identifier: MIT */
/* parse_port.h - a TCP port from the command line. */
#ifndef COMMON_PARSE_PORT_H
#define COMMON_PARSE_PORT_H

/*
 * The port that `text` spells in decimal digits, 1 to 65535, in the byte order
 * of this machine: htons() it before it goes into a sockaddr.  -1 for anything
 * else: no digits, a sign, blanks, letters after the number, zero, a number
 * too large.  (atoi(3) takes "80x" for 80 and "abc" for 0, and bind() takes 0
 * for "any port".)
 */
int parse_port(const char *text);

#endif
