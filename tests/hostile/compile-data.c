/* SPDX-License-Identifier: MIT */
/* compile-data.c - a program of 16 GiB, every byte of it in the file. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
char data[1ull << 34] = {1};
int main(void) { return data[1 << 20]; }
