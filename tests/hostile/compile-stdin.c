/* SPDX-License-Identifier: MIT */
/* compile-stdin.c - includes what never comes: the compiler waits for its input. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
#include "/dev/stdin"
int main(void) { return 0; }
