/* SPDX-License-Identifier: MIT */
/* compile-itself.c - includes itself twice, each of these itself twice, and so on. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
#include __FILE__
#include __FILE__
int main(void) { return 0; }
