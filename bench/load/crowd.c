/* SPDX-License-Identifier: MIT */
/* crowd.c - all connections, and the one place to wait for news of them. */
#include "crowd.h"

#include "instrument.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

struct crowd crowd_of(const struct options *o)
{
	struct crowd crowd = {
		.o = o,
		.all = malloc(o->connections * sizeof *crowd.all),
		.sources = sources_for(&o->server, o->local),
		.epoll = epoll_create1(EPOLL_CLOEXEC),
	};

	if (!crowd.all || crowd.epoll < 0)
		die_errno("%zu connections", o->connections);
	for (size_t i = 0; i < o->connections; i++)
		crowd.all[i] = (struct connection){.fd = -1};
	return crowd;
}

static void hang_up(struct connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->state = GONE;
}

void crowd_free(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->o->connections; i++)
		hang_up(&crowd->all[i]);
	close(crowd->epoll);
	free(crowd->all);
}

struct connection *crowd_active(const struct crowd *crowd, size_t j)
{
	return &crowd->all[j * crowd->o->connections / crowd->o->active];
}

static bool is_pending(const struct connection *c)
{
	return c->state != GONE && c->state != IDLE;
}

/* Edge-triggered, and for both directions from the first: so each needs only
 * this one call, however often its socket is full. */
bool crowd_open(struct crowd *crowd, struct connection *c, uint64_t now)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
		.data.ptr = c,
	};
	int fd = sources_connect(&crowd->sources);

	if (fd < 0)
		return false;
	*c = (struct connection){
		.fd = fd,
		.state = CONNECTING,
		.number = crowd->streams++,
		.due_ns = now,
		.began_ns = now,
	};
	if (epoll_ctl(crowd->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		die_errno("epoll_ctl (fs.epoll.max_user_watches limits it)");
	crowd->pending++;
	return true;
}

static void lose(struct crowd *crowd, struct connection *c, int error)
{
	c->error = error;
	crowd->pending -= is_pending(c);
	faults_lost(&crowd->faults, c, (size_t)(c - crowd->all), error);
	hang_up(c);
}

void crowd_begin(struct crowd *crowd, struct connection *c, uint64_t bytes,
		 uint64_t due, uint64_t now)
{
	crowd->pending++;
	c->due_ns = due;
	if (!connection_begin(c, bytes, now))
		lose(crowd, c, errno);
}

void crowd_leave(struct crowd *crowd, struct connection *c)
{
	crowd->pending++;
	if (!connection_leave(c))
		lose(crowd, c, errno);
}

static void handle(struct crowd *crowd, const struct epoll_event *event,
		   take_news *take, void *context)
{
	struct connection *c = event->data.ptr;
	size_t was_pending = is_pending(c);
	struct wrong wrong;
	enum news news = connection_go_on(c, event->events, &wrong);

	switch (news) {
	case NOTHING_YET:
		return;
	case CONNECTED:
	case ROUND_TRIP:
		crowd->pending--;
		break;
	case ENDED:
		crowd->pending--;
		hang_up(c);
		break;
	case WRONG:
		crowd->pending -= was_pending;
		faults_wrong(&crowd->faults, crowd->all, crowd->o->connections,
			     (size_t)(c - crowd->all), &wrong);
		hang_up(c);
		break;
	case LOST:
		lose(crowd, c, errno);
		break;
	}
	take(context, c, news, now_ns());
}

static void give_up(struct crowd *crowd)
{
	for (size_t i = 0; i < crowd->o->connections; i++) {
		struct connection *c = &crowd->all[i];

		if (!is_pending(c))
			continue;
		faults_silent(&crowd->faults, c, i, crowd->o->patience);
		hang_up(c);
		crowd->pending--;
	}
}

static int wait_until(const struct crowd *crowd, struct epoll_event *events,
		      int room, uint64_t until)
{
	uint64_t now = now_ns();
	uint64_t left = until > now ? until - now : 0;
	struct timespec timeout = {
		.tv_sec = (time_t)(left / NS_PER_S),
		.tv_nsec = (long)(left % NS_PER_S),
	};
	int n = epoll_pwait2(crowd->epoll, events, room, &timeout, NULL);

	if (n < 0 && errno != EINTR)
		die_errno("epoll_pwait2, which Linux has had since 5.11");
	return n;
}

void crowd_wait(struct crowd *crowd, uint64_t until, take_news *take,
		void *context)
{
	struct epoll_event events[256];
	uint64_t patience = (uint64_t)(crowd->o->patience * (double)NS_PER_S);
	uint64_t now = now_ns();

	if (crowd->pending == 0)
		crowd->quiet_ns = 0;
	else if (crowd->quiet_ns == 0)
		crowd->quiet_ns = now;

	uint64_t give_up_ns =
		crowd->pending > 0 ? crowd->quiet_ns + patience : NO_END;
	int n = wait_until(crowd, events, 256,
			   until < give_up_ns ? until : give_up_ns);

	for (int i = 0; i < n; i++)
		handle(crowd, &events[i], take, context);
	if (n > 0)
		crowd->quiet_ns = 0;
	else if (crowd->pending > 0 && now_ns() >= give_up_ns)
		give_up(crowd);
}
