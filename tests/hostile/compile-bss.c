/* SPDX-License-Identifier: MIT */
/* compile-bss.c - a small file that wants almost 2 GiB as soon as it starts. */

/*
 * Lab: 01
 * Passes: bare.builds
 * Fails: bare.listens
 * At most: 5 points
 */
static char bss[2000u << 20];

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < sizeof(bss); i += 4096)
		bss[i] = argv[argc - 1][0];
	return bss[argc];
}
