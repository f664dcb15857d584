/* embedded_child: starts PostgreSQL's programs as a user that they accept. */
#include "daemon/store/embedded_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

bool run_as_find(const char *wanted, struct arena *a, struct run_as *out, struct err *e) {
	const struct passwd *self = getpwuid(geteuid());
	if (!self)
		return err_set(e, E_CONFIG, "uid %ld has no user name, and PostgreSQL's peer authentication needs one",
		               (long)geteuid());
	*out = (struct run_as){.uid = geteuid(), .gid = getegid(), .change = geteuid() == 0};
	out->self = out->name = arena_strdup(a, self->pw_name);
	if (!out->change)
		return true;
	const char *name = wanted ? wanted : "postgres";
	const struct passwd *pw = getpwnam(name);
	if (!pw)
		return err_set(e, E_CONFIG,
		               "there is no user %s for the embedded PostgreSQL to run as: install postgresql, or set run_as", name);
	if (pw->pw_uid == 0)
		return err_set(e, E_CONFIG, "PostgreSQL does not run as root: set run_as to another user");
	out->uid = pw->pw_uid;
	out->gid = pw->pw_gid;
	out->name = arena_strdup(a, pw->pw_name);
	return true;
}

/* In the child. The parent-death signal comes last, because changing the user clears it. */
static bool become(const struct child_spec *spec, pid_t parent) {
	const struct run_as *as = spec->as;
	if (as->change && (setgid(as->gid) != 0 || initgroups(as->name, as->gid) != 0 || setuid(as->uid) != 0))
		return false;
	if (!spec->die_with_us)
		return true;
	return prctl(PR_SET_PDEATHSIG, SIGINT) == 0 && getppid() == parent;
}

static _Noreturn void child_main(const struct child_spec *spec, pid_t parent) {
	sigset_t none;
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
	/* A session of its own: a Ctrl-C at the terminal is for gridd, which then stops the server in order. */
	(void)setsid();
	(void)umask(077);
	const int null_fd = open("/dev/null", O_RDONLY);
	if (null_fd < 0 || dup2(null_fd, 0) < 0 || dup2(spec->log_fd, 1) < 0 || dup2(spec->log_fd, 2) < 0)
		_exit(126);
	if (!become(spec, parent) || chdir("/") != 0) {
		dprintf(2, "cannot become user %s: %s\n", spec->as->name, strerror(errno));
		_exit(126);
	}
	(void)execv(spec->argv[0], spec->argv);
	dprintf(2, "cannot run %s: %s\n", spec->argv[0], strerror(errno));
	_exit(127);
}

bool child_start(const struct child_spec *spec, pid_t *pid, struct err *e) {
	const pid_t parent = getpid();
	*pid = fork();
	if (*pid < 0)
		return err_sys(e, "cannot start a process");
	if (*pid == 0)
		child_main(spec, parent);
	return true;
}

static int wait_status(pid_t pid) {
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

bool child_run(const struct child_spec *spec, const char *log_path, struct err *e) {
	pid_t pid;
	if (!child_start(spec, &pid, e))
		return false;
	const int status = wait_status(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	char line[200];
	return err_set(e, E_IO, "%s failed: %s (all of it in %s)", spec->argv[0], log_last_line(log_path, line, sizeof line),
	               log_path);
}

bool child_can_enter(const struct run_as *as, const char *dir) {
	if (!as->change)
		return access(dir, X_OK) == 0;
	const pid_t pid = fork();
	if (pid < 0)
		return false;
	if (pid == 0) {
		const struct child_spec spec = {.as = as};
		_exit(become(&spec, 0) && access(dir, X_OK) == 0 ? 0 : 1);
	}
	const int status = wait_status(pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

const char *log_last_line(const char *path, char *out, size_t size) {
	(void)snprintf(out, size, "no message");
	FILE *f = fopen(path, "re");
	if (!f)
		return out;
	char line[1024];
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			(void)snprintf(out, size, "%s", line);
	}
	(void)fclose(f);
	return out;
}
