/* spawn: a child process with its input in a memory file. */
#include "daemon/base/spawn.h"

#include "daemon/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A file rather than a pipe: nobody has to feed it, and a program that doesn't read harms nobody. */
static bool input_file(const char *input, size_t size, int *fd, struct err *e) {
	*fd = memfd_create("input", MFD_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "cannot make a memory file");
	for (size_t done = 0; done < size;) {
		const ssize_t n = write(*fd, input + done, size - done);
		if (n < 0)
			return err_sys(e, "cannot write a memory file");
		done += (size_t)n;
	}
	return lseek(*fd, 0, SEEK_SET) == 0 || err_sys(e, "cannot rewind a memory file");
}

/* In the child, which may be that of a thread: nothing but system calls from here on. Its own group, so that all of it can be ended;
 * signals as a program expects them; nothing of ours but the three; and it ends when the thread that waits for it does, so that
 * nobody's program runs on without anybody to stop it. */
static _Noreturn void child_main(char *const argv[], char *const env[], const int fds[3], int failed_fd) {
	const struct sigaction usual = {.sa_handler = SIG_DFL};
	sigset_t none;
	for (int nr = 1; nr < NSIG; nr++)
		(void)sigaction(nr, &usual, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (setpgid(0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && dup2(fds[0], STDIN_FILENO) >= 0 &&
	    dup2(fds[1], STDOUT_FILENO) >= 0 && dup2(fds[2], STDERR_FILENO) >= 0 &&
	    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		(void)execve(argv[0], argv, env);
	const int why = errno;
	(void)!write(failed_fd, &why, sizeof why);
	_exit(127);
}

/* The pipe's end is closed by exec: silence means that the program runs. */
static int start_child(char *const argv[], char *const env[], const int fds[3], pid_t *pid) {
	int told[2], why = 0;
	if (pipe2(told, O_CLOEXEC) != 0)
		return errno;
	*pid = fork();
	if (*pid == 0)
		child_main(argv, env, fds, told[1]);
	if (*pid < 0)
		why = errno;
	(void)close(told[1]);
	while (*pid > 0 && read(told[0], &why, sizeof why) < 0 && errno == EINTR)
		;
	(void)close(told[0]);
	if (*pid > 0 && why)
		(void)waitpid(*pid, NULL, 0);
	return why;
}

static int start(const struct strs *given, int in_fd, int said_fd, pid_t *pid) {
	char *path = NULL, **argv = calloc(given->n + 1, sizeof *argv);
	const int out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	CHECK(argv && out_fd >= 0 && asprintf(&path, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin") > 0);
	char *const env[] = {path, "LANG=C.UTF-8", NULL};
	for (size_t i = 0; i < given->n; i++)
		argv[i] = strdup(given->v[i]);
	const int failed = start_child(argv, env, (const int[3]){in_fd, out_fd, said_fd}, pid);
	for (size_t i = 0; i < given->n; i++)
		free(argv[i]);
	free(argv);
	free(path);
	(void)close(out_fd);
	return failed;
}

bool spawn_program(const struct strs *argv, const void *input, size_t n, struct spawned *out, struct err *e) {
	int in_fd = -1, said[2] = {-1, -1};
	bool ok = input_file(input, n, &in_fd, e);
	ok = ok && (pipe2(said, O_CLOEXEC | O_NONBLOCK) == 0 || err_sys(e, "cannot make a pipe"));
	if (ok) {
		errno = start(argv, in_fd, said[1], &out->pid);
		ok = errno == 0 || err_sys(e, "cannot run %s", argv->v[0]);
	}
	if (in_fd >= 0)
		(void)close(in_fd);
	if (said[1] >= 0)
		(void)close(said[1]);
	if (!ok && said[0] >= 0)
		(void)close(said[0]);
	out->said_fd = ok ? said[0] : -1;
	return ok;
}

bool said_read(struct said *s, int fd) {
	char bytes[4096];
	const ssize_t n = read(fd, bytes, sizeof bytes);
	for (ssize_t i = 0; i < n && !s->over; i++) {
		s->over = bytes[i] == '\n' || s->n == SAID_BYTES;
		if (!s->over)
			s->line[s->n++] = (unsigned char)bytes[i] < ' ' ? ' ' : bytes[i];
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

void said_describe(const struct said *s, const siginfo_t *info, char *out, size_t size) {
	(void)snprintf(out, size, "%s %d%s%s", info->si_code == CLD_EXITED ? "exit" : "ended by signal", info->si_status,
	               s->n ? ": " : "", s->line);
}
