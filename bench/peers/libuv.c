/* SPDX-License-Identifier: MIT */
/* libuv.c - the echo server on libuv: one of the peers to be measured beside. */

/*
 * What is chosen here, and why: one buffer for all clients, as libuv asks for one
 * just before it receives; uv_try_write() at once, which needs no request; and
 * uv_write() only for what is left over, with reading stopped meanwhile.
 */

#include "parse_port.h"
#include "wrap.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { BUFFER_BYTES = 4096 };

struct pending { /* what uv_try_write() has left over */
	uv_write_t request;
	char bytes[];
};

static void on_read(uv_stream_t *client, ssize_t n, const uv_buf_t *buffer);

/* What the library says no to at the start is the end. */
static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "libuv: %s: %s\n", what, uv_strerror(result));
	exit(1);
}

static void give_buffer(uv_handle_t *client, size_t suggested, uv_buf_t *buffer)
{
	static char bytes[BUFFER_BYTES];

	(void)client, (void)suggested;
	*buffer = uv_buf_init(bytes, sizeof bytes);
}

static void free_client(uv_handle_t *client)
{
	free(client);
}

static void hang_up(uv_stream_t *client)
{
	uv_handle_t *handle = (uv_handle_t *)client;

	if (!uv_is_closing(handle))
		uv_close(handle, free_client);
}

static void on_written(uv_write_t *request, int status)
{
	uv_stream_t *client = request->handle;

	free(request); /* the first member: all of the struct pending */
	if (status < 0)
		hang_up(client);
	else
		uv_read_start(client, give_buffer, on_read);
}

static void write_later(uv_stream_t *client, const char *bytes, size_t n)
{
	struct pending *p = Malloc(sizeof *p + n);
	uv_buf_t rest = uv_buf_init(p->bytes, (unsigned)n);

	memcpy(p->bytes, bytes, n);
	uv_read_stop(client);
	if (uv_write(&p->request, client, &rest, 1, on_written) < 0) {
		free(p);
		hang_up(client);
	}
}

static void on_read(uv_stream_t *client, ssize_t n, const uv_buf_t *buffer)
{
	if (n < 0) { /* UV_EOF, or an error */
		hang_up(client);
		return;
	}
	if (n == 0)
		return;

	uv_buf_t all = uv_buf_init(buffer->base, (unsigned)n);
	int sent = uv_try_write(client, &all, 1);
	if (sent == UV_EAGAIN)
		sent = 0;
	if (sent < 0)
		hang_up(client);
	else if (sent < n)
		write_later(client, buffer->base + sent, (size_t)(n - sent));
}

static void on_client(uv_stream_t *listener, int status)
{
	uv_tcp_t *client;

	if (status < 0)
		return;
	client = Malloc(sizeof *client);
	uv_tcp_init(listener->loop, client);
	if (uv_accept(listener, (uv_stream_t *)client) < 0)
		hang_up((uv_stream_t *)client);
	else
		uv_read_start((uv_stream_t *)client, give_buffer, on_read);
}

static void on_sigterm(uv_signal_t *handle, int signo)
{
	(void)signo;
	uv_stop(handle->loop);
}

static void serve(int port)
{
	struct sockaddr_in address;
	uv_loop_t *loop = uv_default_loop();
	uv_signal_t sigterm;
	uv_tcp_t listener;

	uv_signal_init(loop, &sigterm);
	must(uv_signal_start(&sigterm, on_sigterm, SIGTERM), "uv_signal_start");
	uv_ip4_addr("0.0.0.0", port, &address);
	uv_tcp_init(loop, &listener);
	must(uv_tcp_bind(&listener, (struct sockaddr *)&address, 0),
	     "uv_tcp_bind");
	must(uv_listen((uv_stream_t *)&listener, SOMAXCONN, on_client),
	     "uv_listen");
	uv_run(loop, UV_RUN_DEFAULT);
}

int main(int argc, char *argv[])
{
	int port = argc == 2 ? parse_port(argv[1]) : -1;
	if (port < 0) {
		fputs("usage: libuv PORT, a number from 1 to 65535\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN); /* the library writes with write(2) */
	serve(port);
	return 0; /* connections end with us */
}
