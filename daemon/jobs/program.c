/* program: a child process with its input in a memory file, watched by a descriptor of its own. */
#include "daemon/jobs/program.h"

#include "daemon/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_BYTES = 200 };

struct program {
	pid_t pid;
	int end_fd, said_fd;
	struct event *on_end, *on_said, *on_limit;
	char said[SAID_BYTES + 1]; /* the first line of its standard error */
	size_t n_said;
	bool line_over, too_long;
	int32_t limit_s;
	on_program_end done;
	void *ctx;
};

static bool input_file(const struct program_start *s, int *fd, struct err *e) {
	*fd = memfd_create("input", MFD_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "cannot make a memory file");
	for (size_t done = 0; done < s->input_bytes;) {
		const ssize_t n = write(*fd, s->input + done, s->input_bytes - done);
		if (n < 0)
			return err_sys(e, "cannot write a memory file");
		done += (size_t)n;
	}
	return lseek(*fd, 0, SEEK_SET) == 0 || err_sys(e, "cannot rewind a memory file");
}

/* Its own group, so that all of it can be ended; signals as a program expects them; nothing of ours but the three. */
static int spawn(const struct program_start *s, int in_fd, int said_fd, pid_t *pid) {
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char *path = NULL, **argv = calloc(s->argv.n + 1, sizeof *argv);
	CHECK(argv && asprintf(&path, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin") > 0);
	char *const env[] = {path, "LANG=C.UTF-8", NULL};
	for (size_t i = 0; i < s->argv.n; i++)
		argv[i] = strdup(s->argv.v[i]);
	sigemptyset(&none);
	sigfillset(&all);
	CHECK(posix_spawn_file_actions_init(&files) == 0 && posix_spawnattr_init(&attr) == 0);
	CHECK(posix_spawn_file_actions_adddup2(&files, in_fd, STDIN_FILENO) == 0);
	CHECK(posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0) == 0);
	CHECK(posix_spawn_file_actions_adddup2(&files, said_fd, STDERR_FILENO) == 0);
	CHECK(posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1) == 0);
	CHECK(posix_spawnattr_setpgroup(&attr, 0) == 0 && posix_spawnattr_setsigmask(&attr, &none) == 0);
	CHECK(posix_spawnattr_setsigdefault(&attr, &all) == 0);
	CHECK(posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0);
	const int failed = posix_spawn(pid, argv[0], &files, &attr, argv, env);
	(void)posix_spawn_file_actions_destroy(&files);
	(void)posix_spawnattr_destroy(&attr);
	for (size_t i = 0; i < s->argv.n; i++)
		free(argv[i]);
	free(argv);
	free(path);
	return failed;
}

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

/* Keeps the first line; the rest is read so that the program doesn't wait for us. False: it has closed its end. */
static bool listen_to(struct program *p) {
	char bytes[4096];
	const ssize_t n = read(p->said_fd, bytes, sizeof bytes);
	for (ssize_t i = 0; i < n && !p->line_over; i++) {
		p->line_over = bytes[i] == '\n' || p->n_said == SAID_BYTES;
		if (!p->line_over)
			p->said[p->n_said++] = (unsigned char)bytes[i] < ' ' ? ' ' : bytes[i];
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void on_said(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct program *p = arg;
	if (!listen_to(p))
		(void)event_del(p->on_said);
}

static void on_limit(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct program *p = arg;
	p->too_long = true;
	(void)kill(-p->pid, SIGKILL);
}

static void describe(const struct program *p, const siginfo_t *info, char *out, size_t size) {
	if (p->too_long)
		(void)snprintf(out, size, "it took longer than %d s", p->limit_s);
	else if (info->si_code == CLD_EXITED)
		(void)snprintf(out, size, "exit %d%s%s", info->si_status, p->n_said ? ": " : "", p->said);
	else
		(void)snprintf(out, size, "ended by signal %d%s%s", info->si_status, p->n_said ? ": " : "", p->said);
}

static void on_end(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct program *p = arg;
	siginfo_t info = {0};
	if (waitid(P_PID, (id_t)p->pid, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
		return;
	char failure[SAID_BYTES + 60] = "";
	const bool ok = info.si_code == CLD_EXITED && info.si_status == 0;
	(void)listen_to(p);
	if (!ok)
		describe(p, &info, failure, sizeof failure);
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
	int in_fd = -1, said[2] = {-1, -1};
	struct program *p = calloc(1, sizeof *p);
	CHECK(p != NULL);
	*p = (struct program){.end_fd = -1, .said_fd = -1, .limit_s = s->limit_s, .done = s->done, .ctx = s->ctx};
	bool ok = input_file(s, &in_fd, e);
	ok = ok && (pipe2(said, O_CLOEXEC | O_NONBLOCK) == 0 || err_sys(e, "cannot make a pipe"));
	p->said_fd = said[0];
	if (ok) {
		errno = spawn(s, in_fd, said[1], &p->pid);
		ok = errno == 0 || err_sys(e, "cannot run %s", s->argv.v[0]);
	}
	if (in_fd >= 0)
		(void)close(in_fd);
	if (said[1] >= 0)
		(void)close(said[1]);
	if (!ok) {
		program_free(p);
		return false;
	}
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
