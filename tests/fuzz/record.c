/* SPDX-License-Identifier: MIT */
/* record.c - fuzzes the record of calls, as the questions to it and a timeline read it. */

/*
 * An input is the slots as they lie in the witness's file; what is beyond it is
 * empty.  The first byte says how many calls the file claims besides.
 */
#include "record.h"

#include "report/html.h"
#include "report/report.h"
#include "target.h"
#include "timeline/timeline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SLOTS_MAX = 64, LATE = 4 };

static const char *const programs[] = {"server", NULL};
static const struct lab lab = {.name = "04-pthread", .programs = programs};
static const struct settings settings = {.factor = 1, .room = "/nowhere"};
static struct program server = {
	.line = (char *)"server 7007", .pid = 1002, .inner = 2};
static struct connection client = {.number = 1, .local.sin_port = 0x1234};

static int record_of(const uint8_t *data, size_t n, uint32_t more)
{
	static struct witness w;
	static int fd = -1;
	size_t slots = n / sizeof(*w.event);

	if (fd < 0)
		fd = memfd_create("witness", MFD_CLOEXEC);
	slots = slots < SLOTS_MAX ? slots : SLOTS_MAX;
	w.magic = WITNESS_MAGIC;
	w.next = (uint32_t)slots + more;
	memset(w.event, 0, (SLOTS_MAX + LATE) * sizeof(*w.event));
	memcpy(w.event, data, slots * sizeof(*w.event));
	must(ftruncate(fd, 0) == 0 &&
	     pwrite(fd, &w,
		    offsetof(struct witness, event) +
			    (slots + (more ? LATE : 0)) * sizeof(*w.event),
		    0) > 0);
	return fd;
}

static void ask_everything(struct trial *t)
{
	witness_saw(t, CALL_READ, EBADF);
	witness_saw_success(t, CALL_SOCKET);
	witness_count(t, 2, CALL_FORK);
	witness_last_error(t, CALL_ACCEPT);
	witness_saw_spinning(t, 2);
	witness_saw_received(t);
	witness_saw_shmget(t, ENOSPC);
	witness_saw_other_mode(t);
	witness_saw_other_key(t, 1);
	witness_called_port(t);
	witness_saw_bound(t, 7007);
	witness_saw_bound_at(t, "s");
	witness_saw_late_reuseaddr(t);
	witness_saw_ready(t);
	witness_ever_saw_ready(t);
	witness_saw_kill_everyone(t);
	witness_saw_closed_twice(t);
	witness_saw_closed_by_another(t);
	witness_saw_shared_connection(t);
}

/* It goes to the judge as JSON, and there into a report. */
static void draw(json_t *story)
{
	static const struct report_style style = {.root = "/nowhere",
						  .timelines = true};
	char *told = json_dumps(story, JSON_COMPACT), *drawn = NULL;
	json_t *check = json_pack("{s:s, s:o}", "status", "fail", "timeline",
				  json_loads(told, 0, NULL));
	size_t size;
	FILE *out = open_memstream(&drawn, &size);

	must(check && out);
	put_timeline(out, &style, check, 1000);
	put_picture(out, check);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		must(drawn[i] == '\n' || drawn[i] < 0 || drawn[i] >= ' ');
	must(!strstr(drawn, "<script"));
	json_decref(check);
	free(drawn);
	free(told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct connection *connections[] = {NULL, &client};
	struct trial t = {.set = &settings,
			  .lab = &lab,
			  .witness = n ? record_of(data + 1, n - 1, *data) : -1,
			  .notes = -1,
			  .control = -1,
			  .listener = -1,
			  .began = 1000,
			  .program = {&server},
			  .programs = 1,
			  .server = &server,
			  .connection = connections,
			  .connections = 1,
			  .steps = json_array()};
	json_t *story;

	ask_everything(&t);
	story = timeline(&t);
	draw(story);
	json_decref(story);
	json_decref(t.steps);
	return 0;
}
