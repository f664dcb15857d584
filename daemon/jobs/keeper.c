/* keeper: starts the worker, looks after it, and ends it. */
#include "daemon/jobs/keeper.h"

#include "daemon/base/check.h"
#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_S = 1, LONGEST_S = 60 };

struct keeper {
	struct keeper_config cfg;
	char **argv;                        /* of the worker */
	char *option;                       /* the last of them: "--worker=CONNINFO" */
	struct event *restart;
	pid_t pid;                          /* 0: none runs */
	int64_t started_mono_us;
	int32_t pause_s;                    /* before the next start, should it end */
	bool wanted, waiting;               /* waiting: for the restart */
};

/* A session of its own: a Ctrl-C at the terminal is for gridd, which then ends the worker in order. SIGHUP is held back until the
 * worker can take it. The program is the one that runs here, even if another has taken its place on disk. */
static _Noreturn void child_main(const struct keeper *k, pid_t parent) {
	sigset_t held;
	(void)setsid();
	sigemptyset(&held);
	sigaddset(&held, SIGHUP);
	(void)sigprocmask(SIG_SETMASK, &held, NULL);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || getppid() != parent)
		_exit(126);
	(void)execv("/proc/self/exe", k->argv);
	_exit(127);
}

static void restart_later(struct keeper *k) {
	const struct timeval tv = {.tv_sec = k->pause_s};
	k->waiting = true;
	CHECK(event_add(k->restart, &tv) == 0);
	k->pause_s = 2 * k->pause_s < LONGEST_S ? 2 * k->pause_s : LONGEST_S;
}

static void start(struct keeper *k) {
	const pid_t parent = getpid();
	k->waiting = false;
	k->pid = fork();
	if (k->pid == 0)
		child_main(k, parent);
	if (k->pid < 0) {
		k->pid = 0;
		log_error("worker.not_started", "error", strerror(errno));
		restart_later(k);
		return;
	}
	k->started_mono_us = clock_monotonic_us();
	log_fmt(LOG_INFO, "worker.started", "pid", "%ld", (long)k->pid);
}

static void on_restart(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	start(arg);
}

void keeper_child_ended(struct keeper *k) {
	int status = 0;
	if (k->pid == 0 || waitpid(k->pid, &status, WNOHANG) != k->pid)
		return;
	k->pid = 0;
	log_fmt(k->wanted ? LOG_WARN : LOG_INFO, "worker.ended", WIFSIGNALED(status) ? "signal" : "status", "%d",
	        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (!k->wanted)
		return;
	if (clock_monotonic_us() - k->started_mono_us > LONGEST_S * SECOND_US)
		k->pause_s = FIRST_S;
	restart_later(k);
}

void keeper_want(struct keeper *k, bool wanted) {
	if (k->wanted == wanted)
		return;
	k->wanted = wanted;
	k->pause_s = FIRST_S;
	if (wanted) {
		if (k->pid == 0) /* else one is ending, and the next is started then */
			start(k);
		return;
	}
	k->waiting = false;
	(void)event_del(k->restart);
	if (k->pid)
		(void)kill(k->pid, SIGTERM);
}

void keeper_reload(struct keeper *k) {
	if (k->pid && k->wanted)
		(void)kill(k->pid, SIGHUP);
}

void keeper_stop(struct keeper *k) { keeper_want(k, false); }
bool keeper_is_idle(const struct keeper *k) { return k->pid == 0; }

void keeper_info(const struct keeper *k, struct worker_info *out) {
	*out = (struct worker_info){.state = k->pid && !k->wanted ? "ending" : k->pid ? "running" : k->waiting ? "waiting" : "none",
	                            .pid = (int32_t)k->pid};
}

struct keeper *keeper_new(const struct keeper_config *cfg) {
	struct keeper *k = calloc(1, sizeof *k);
	CHECK(k != NULL);
	k->cfg = *cfg;
	k->argv = calloc((size_t)cfg->argc + 2, sizeof *k->argv);
	CHECK(k->argv && asprintf(&k->option, "--worker%s%s", cfg->conninfo ? "=" : "", cfg->conninfo ? cfg->conninfo : "") > 0);
	memcpy(k->argv, cfg->argv, (size_t)cfg->argc * sizeof *k->argv);
	k->argv[cfg->argc] = k->option;
	k->restart = event_new(cfg->base, -1, 0, on_restart, k);
	CHECK(k->restart != NULL);
	return k;
}

void keeper_free(struct keeper **k) {
	struct keeper *old = *k;
	*k = NULL;
	if (!old)
		return;
	if (old->pid) {
		(void)kill(old->pid, SIGKILL);
		while (waitpid(old->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	event_free(old->restart);
	free(old->option);
	free(old->argv);
	free(old);
}
