/* SPDX-License-Identifier: MIT */
/* compile-errors.c - a hundred thousand errors, and a line of a megabyte. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 */
#define E(x) int x = ; int x = y; char *x = 1.0; x x x;
#define D(x) E(x##0) E(x##1) E(x##2) E(x##3) E(x##4) E(x##5) E(x##6) E(x##7)
#define C(x) D(x##0) D(x##1) D(x##2) D(x##3) D(x##4) D(x##5) D(x##6) D(x##7)
#define B(x) C(x##0) C(x##1) C(x##2) C(x##3) C(x##4) C(x##5) C(x##6) C(x##7)
B(a) B(b) B(c) B(d) B(e) B(f) B(g) B(h)
