/* SPDX-License-Identifier: MIT */
/* forge-results.c - writes its result wherever somebody may look for one. */

/*
 * Files that platforms and other graders read, in every place that it may write
 * to, and in those that it may not.
 *
 * Lab: 01
 * Fails: bare.listens
 * At most: 5 points
 */
#include "hostile.h"

int main(void)
{
	static const char *const places[] = {
		"",	      "../notes/",
		"/tmp/",      "/dev/shm/",
		"/",	      "/room/",
		"/room/out/", "/autograder/results/",
		"/root/",     "/grade/results/"};
	static const char *const names[] = {
		"results.json",	 "result.json", "report.json", "score",
		"gradebook.csv", "junit.xml",	"report",      "verdict"};
	static const char result[] =
		"{\"version\":1,\"score\":100,\"status\":\"pass\",\"labs\":"
		"[{\"lab\":\"01-bare\",\"points\":100,\"max_points\":100}]}\n";
	char path[256];

	for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++)
		for (size_t n = 0; n < sizeof(names) / sizeof(*names); n++) {
			FILE *f;

			snprintf(path, sizeof(path), "%s%s", places[p],
				 names[n]);
			f = fopen(path, "w");
			if (!f)
				continue;
			fputs(result, f);
			fclose(f);
			if (*path == '/' && strncmp(path, "/tmp/", 5) != 0 &&
			    strncmp(path, "/dev/shm/", 9) != 0)
				fprintf(stderr, "BROKEN OUT: %s\n", path);
		}
	fputs(result, stdout);
	return 0;
}
