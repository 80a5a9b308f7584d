/* SPDX-License-Identifier: MIT */
/* compile-zero.c - includes what has no end. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
#include "/dev/zero"
int main(void) { return 0; }
