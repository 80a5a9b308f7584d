/* SPDX-License-Identifier: MIT */
/* compile-macros.c - a line that grows to gigabytes in the preprocessor. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
#define A(x) x + x + x + x + x + x + x + x
#define B(x) A(A(A(A(x))))
#define C(x) B(B(B(B(x))))
int main(void) { return C(B(1)); }
