/* SPDX-License-Identifier: MIT */
/* by_memory.c - mechanisms that share memory, by the ways of saying whose turn it is. */

/*
 * A segment holds one message, which belongs to the process whose turn it is: to
 * send is to give the turn away, to receive is to wait for it.  The turn passes
 *
 *	by FIFO	    a byte is written, as in lab 07; the other one sleeps in read()
 *	by futex    a word in the segment changes; the other one sleeps on it
 *	by spinning the word changes; the other one looks at it all the time
 *
 * The message is copied into the segment and out of it, or made and looked at
 * where it is.
 */
#include "mechanism.h"

#include "io.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

struct segment {
	_Atomic uint32_t turn;		      /* a side; not used by FIFOs */
	_Alignas(4096) unsigned char bytes[]; /* pages of their own */
};

static int set_up_segment(struct link *l)
{
	int id = shmget(IPC_PRIVATE, sizeof(struct segment) + l->bytes, 0600);

	if (id < 0)
		return -1;
	l->segment = shmat(id, NULL, 0);
	int error = errno;
	shmctl(id, IPC_RMID, NULL); /* it stays while it is attached */
	errno = error;
	if (l->segment == (void *)-1) {
		l->segment = NULL;
		return -1;
	}
	if (l->by->in_place)
		l->message = l->segment->bytes;
	return 0;
}

void segment_close(struct segment *segment)
{
	shmdt(segment);
}

static int set_up_with_fifos(struct link *l)
{
	return set_up_segment(l) < 0 ? -1 : link_fifos(l);
}

static int give_by_fifo(struct link *l)
{
	return writen(l->out[l->side], "t", 1);
}

static int await_by_fifo(struct link *l)
{
	char turn;

	return read_some(l->in[l->side], &turn, 1) == 1 ? 0 : -1;
}

static int give_by_spinning(struct link *l)
{
	atomic_store_explicit(&l->segment->turn, (uint32_t)!l->side,
			      memory_order_release);
	return 0;
}

static bool is_our_turn(struct link *l)
{
	return atomic_load_explicit(&l->segment->turn, memory_order_acquire) ==
	       (uint32_t)l->side;
}

static int await_by_spinning(struct link *l)
{
	while (!is_our_turn(l))
		;
	return 0;
}

static int give_by_futex(struct link *l)
{
	give_by_spinning(l);
	return syscall(SYS_futex, &l->segment->turn, FUTEX_WAKE, 1, NULL, NULL,
		       0) < 0
		       ? -1
		       : 0;
}

static int await_by_futex(struct link *l)
{
	while (!is_our_turn(l))
		/* EAGAIN: it has changed before we slept. */
		if (syscall(SYS_futex, &l->segment->turn, FUTEX_WAIT, !l->side,
			    NULL, NULL, 0) < 0 &&
		    errno != EAGAIN && errno != EINTR)
			return -1;
	return 0;
}

static int copy_in(struct link *l)
{
	memcpy(l->segment->bytes, l->message, l->bytes);
	return l->by->give_turn(l);
}

static int copy_out(struct link *l)
{
	if (l->by->await_turn(l) < 0)
		return -1;
	memcpy(l->message, l->segment->bytes, l->bytes);
	return 0;
}

const struct mechanism by_shm_fifo = {
	.name = "shm-fifo",
	.set_up = set_up_with_fifos,
	.send = copy_in,
	.receive = copy_out,
	.give_turn = give_by_fifo,
	.await_turn = await_by_fifo,
};

const struct mechanism by_shm_fifo_in_place = {
	.name = "shm-fifo-in-place",
	.in_place = true,
	.set_up = set_up_with_fifos,
	.send = give_by_fifo,
	.receive = await_by_fifo,
	.give_turn = give_by_fifo,
	.await_turn = await_by_fifo,
};

const struct mechanism by_shm_futex = {
	.name = "shm-futex",
	.set_up = set_up_segment,
	.send = copy_in,
	.receive = copy_out,
	.give_turn = give_by_futex,
	.await_turn = await_by_futex,
};

const struct mechanism by_shm_spin = {
	.name = "shm-spin",
	.spins = true,
	.set_up = set_up_segment,
	.send = copy_in,
	.receive = copy_out,
	.give_turn = give_by_spinning,
	.await_turn = await_by_spinning,
};
