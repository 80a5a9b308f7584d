/* SPDX-License-Identifier: MIT */
/*
 * compile-bss.c - a program that wants 16 GiB as soon as it starts.
 *
 * Lab: 01
 * At most: 5 points
 */
static char *volatile p;
int main(void)
{
	static char bss[1ull << 34];

	p = bss;
	return *p;
}
