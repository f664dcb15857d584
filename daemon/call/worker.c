/* worker: a thread per job, and an eventfd to come back by. */
#include "daemon/call/worker.h"

#include "daemon/base/check.h"
#include "daemon/base/crash.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NICE = 10 };

static size_t at_work; /* of the loop; threads don't touch it */

struct worker {
	void (*work)(void *ctx);
	void (*done)(void *ctx);
	void *ctx;
	int fd;
	pthread_t thread;
	struct event *event;
};

/* The loop goes first: calls wait for it, and a thread has more patience. */
static void *thread_main(void *arg) {
	struct worker *w = arg;
	(void)setpriority(PRIO_PROCESS, (id_t)gettid(), NICE);
	crash_point("thread");
	w->work(w->ctx);
	const uint64_t one = 1;
	CHECK(write(w->fd, &one, sizeof one) == (ssize_t)sizeof one);
	return NULL;
}

static void on_worker_done(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct worker *w = arg;
	(void)pthread_join(w->thread, NULL);
	event_free(w->event);
	(void)close(w->fd);
	at_work--;
	w->done(w->ctx);
	free(w);
}

size_t worker_threads(void) { return at_work; }

bool worker_run(struct event_base *base, void (*work)(void *ctx), void (*done)(void *ctx), void *ctx, struct err *e) {
	struct worker *w = calloc(1, sizeof *w);
	CHECK(w != NULL);
	*w = (struct worker){.work = work, .done = done, .ctx = ctx};
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0) {
		free(w);
		return err_sys(e, "cannot make an eventfd");
	}
	w->event = event_new(base, w->fd, EV_READ, on_worker_done, w);
	CHECK(w->event && event_add(w->event, NULL) == 0);
	if (pthread_create(&w->thread, NULL, thread_main, w) != 0) {
		event_free(w->event);
		(void)close(w->fd);
		free(w);
		return err_set(e, E_IO, "cannot start a thread");
	}
	at_work++;
	return true;
}
