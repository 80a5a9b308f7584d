/* SPDX-License-Identifier: MIT */
/* compile-assembler.c - has the assembler repeat itself, and read whatever there is. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
__asm__(".include \"/etc/shadow\"");
__asm__(".include \"../../solutions/01-bare/server.c\"");
__asm__(".rept 1000000000\n.quad 1, 2, 3, 4\n.endr");
int main(void) { return 0; }
