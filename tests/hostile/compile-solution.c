/* SPDX-License-Identifier: MIT */
/* compile-solution.c - is the solution, if it can be had. */

/*
 * Lab: 03
 * Fails: fork.builds does-not-compile
 * At most: 0 points
 */
#include "../../solutions/03-fork/server.c"
