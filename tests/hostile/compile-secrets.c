/* SPDX-License-Identifier: MIT */
/* compile-secrets.c - lets the assembler copy files into the program. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
__asm__(".incbin \"/etc/shadow\"");
__asm__(".incbin \"../../solutions/01-bare/server.c\"");
__asm__(".incbin \"/proc/self/environ\"");
int main(void) { return 0; }
