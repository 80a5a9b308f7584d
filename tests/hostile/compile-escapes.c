/* SPDX-License-Identifier: MIT */
/* compile-escapes.c - has the compiler say it: escapes, HTML, no UTF-8. */

/*
 * Lab: 01
 * Fails: bare.builds does-not-compile
 * At most: 0 points
 * Also as: text html
 */
#error "[2J]0;owned <script>alert(1)</script> ÿþ PASS 100/100 Â›31m"
#line 1 "[32m<b>/etc/passwd"
#warning â€® desrever
int ÿþ = "[31m";
