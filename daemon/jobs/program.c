/* program: a child process, watched by a descriptor of its own. */
#include "daemon/jobs/program.h"

#include "daemon/base/check.h"
#include "daemon/base/spawn.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

struct program {
	pid_t pid;
	int end_fd, said_fd;
	struct event *on_end, *on_said, *on_limit;
	struct said said;
	bool too_long;
	int32_t limit_s;
	on_program_end done;
	void *ctx;
};

static void program_free(struct program *p) {
	struct event *const events[] = {p->on_end, p->on_said, p->on_limit};
	for (size_t i = 0; i < COUNT_OF(events); i++)
		if (events[i])
			event_free(events[i]);
	if (p->end_fd >= 0)
		(void)close(p->end_fd);
	if (p->said_fd >= 0)
		(void)close(p->said_fd);
	free(p);
}

static void on_said(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct program *p = arg;
	if (!said_read(&p->said, p->said_fd))
		(void)event_del(p->on_said);
}

static void on_limit(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct program *p = arg;
	p->too_long = true;
	(void)kill(-p->pid, SIGKILL);
}

static void on_end(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct program *p = arg;
	siginfo_t info = {0};
	if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
		return;
	char failure[SAID_BYTES + 60] = "";
	const bool ok = info.si_code == CLD_EXITED && info.si_status == 0;
	(void)said_read(&p->said, p->said_fd);
	if (p->too_long)
		(void)snprintf(failure, sizeof failure, "it took longer than %d s", p->limit_s);
	else if (!ok)
		said_describe(&p->said, &info, failure, sizeof failure);
	const on_program_end done = p->done;
	void *ctx = p->ctx;
	program_free(p);
	done(ok, failure, ctx);
}

static struct event *add_event(struct event_base *base, int fd, short what, event_callback_fn fn, struct program *p) {
	struct event *ev = event_new(base, fd, what, fn, p);
	CHECK(ev && event_add(ev, fd < 0 ? &(struct timeval){.tv_sec = p->limit_s} : NULL) == 0);
	return ev;
}

bool program_run(struct event_base *base, const struct program_start *s, struct program **out, struct err *e) {
	struct spawned child;
	if (!spawn_program(&s->argv, s->input, s->input_bytes, &child, e))
		return false;
	struct program *p = calloc(1, sizeof *p);
	CHECK(p != NULL);
	*p = (struct program){.pid = child.pid,
	                      .end_fd = -1,
	                      .said_fd = child.said_fd,
	                      .limit_s = s->limit_s,
	                      .done = s->done,
	                      .ctx = s->ctx};
	p->end_fd = pidfd_open(p->pid, 0);
	CHECK(p->end_fd >= 0);
	p->on_end = add_event(base, p->end_fd, EV_READ | EV_PERSIST, on_end, p);
	p->on_said = add_event(base, p->said_fd, EV_READ | EV_PERSIST, on_said, p);
	p->on_limit = add_event(base, -1, 0, on_limit, p);
	*out = p;
	return true;
}

void program_kill(struct program **p) {
	struct program *old = *p;
	*p = NULL;
	if (!old)
		return;
	(void)kill(-old->pid, SIGKILL);
	while (waitpid(old->pid, NULL, 0) < 0 && errno == EINTR)
		;
	program_free(old);
}
