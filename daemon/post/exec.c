/* exec: a program with the message's JSON on its standard input; its exit says whether it took it. */
#include "daemon/base/clock.h"
#include "daemon/base/spawn.h"
#include "daemon/post/post_parts.h"

#include <errno.h>
#include <poll.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reads what it says until it has ended. False: it is still running at the deadline. */
static bool listen_until(const struct spawned *child, int end_fd, struct said *said, int64_t deadline_us) {
	struct pollfd fds[] = {{.fd = end_fd, .events = POLLIN}, {.fd = child->said_fd, .events = POLLIN}};
	for (;;) {
		const int64_t left_ms = (deadline_us - clock_monotonic_us()) / 1000;
		const int n = left_ms > 0 ? poll(fds, 2, (int)left_ms) : 0;
		if (n == 0)
			return false;
		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0 && fds[1].revents && !said_read(said, child->said_fd))
			fds[1].fd = -1;
		if (n > 0 && fds[0].revents)
			return true;
	}
}

/* What is left of its group goes with it only if it took too long: a program may leave a helper behind on purpose. */
static void wait_for(const struct spawned *child, int32_t limit_s, struct post_result *out) {
	struct said said = {0};
	siginfo_t info = {0};
	const int end_fd = pidfd_open(child->pid, 0);
	const bool ended = end_fd >= 0 && listen_until(child, end_fd, &said, clock_monotonic_us() + limit_s * INT64_C(1000000));
	if (!ended)
		(void)kill(-child->pid, SIGKILL);
	while (waitid(P_PID, (id_t)child->pid, &info, WEXITED) != 0 && errno == EINTR)
		;
	if (end_fd >= 0)
		(void)close(end_fd);
	(void)said_read(&said, child->said_fd);
	char failure[SAID_BYTES + 60];
	said_describe(&said, &info, failure, sizeof failure);
	if (!ended)
		post_ended(out, POST_FAILED, "it took longer than %d s", limit_s);
	else if (info.si_code == CLD_EXITED && info.si_status == 0)
		out->end = POST_DELIVERED;
	else
		post_ended(out, POST_FAILED, "%s", failure);
}

void exec_post(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out) {
	(void)now_us;
	struct spawned child;
	struct strbuf input;
	struct err e = {0};
	strbuf_init(&input);
	strbuf_adds(&input, m->json);
	strbuf_addc(&input, '\n');
	const bool ok = spawn_program(&c->exec, input.data, input.len, &child, &e);
	strbuf_fini(&input);
	if (!ok) {
		post_ended(out, POST_FAILED, "%s", e.text);
		return;
	}
	wait_for(&child, post_limit_of(c), out);
	(void)close(child.said_fd);
}
