/* SPDX-License-Identifier: MIT */
/* mechanism.c - all mechanisms, and what two processes have in common. */
#include "mechanism.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct mechanism *const mechanisms[] = {
	&by_pipe,
	&by_fifo,
	&by_unix_stream,
	&by_unix_dgram,
	&by_unix_seqpacket,
	&by_tcp,
	&by_shm_fifo,
	&by_shm_fifo_in_place,
	&by_shm_futex,
	&by_shm_spin,
	NULL,
};

const struct mechanism *find_mechanism(const char *name)
{
	for (size_t i = 0; mechanisms[i]; i++)
		if (strcmp(mechanisms[i]->name, name) == 0)
			return mechanisms[i];
	return NULL;
}

int link_open(struct link *l, const struct mechanism *by, size_t bytes)
{
	*l = (struct link){
		.by = by, .bytes = bytes, .in = {-1, -1}, .out = {-1, -1}};
	if (!by->in_place)
		l->message = malloc(bytes);
	if ((!by->in_place && !l->message) || by->set_up(l) < 0) {
		int error = errno;

		link_close(l);
		errno = error;
		return -1;
	}
	return 0;
}

void link_close(struct link *l)
{
	for (int side = 0; side < 2; side++) {
		if (l->in[side] >= 0)
			close(l->in[side]);
		/* A socket is both. */
		if (l->out[side] >= 0 && l->out[side] != l->in[side])
			close(l->out[side]);
	}
	if (!l->by->in_place)
		free(l->message);
	if (l->segment)
		segment_close(l->segment);
}
