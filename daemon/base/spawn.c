/* spawn: a child process with its input in a memory file. */
#include "daemon/base/spawn.h"

#include "daemon/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/* Its own group, so that all of it can be ended; signals as a program expects them; nothing of ours but the three. */
static int start(const struct strs *given, int in_fd, int said_fd, pid_t *pid) {
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	char *path = NULL, **argv = calloc(given->n + 1, sizeof *argv);
	CHECK(argv && asprintf(&path, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin") > 0);
	char *const env[] = {path, "LANG=C.UTF-8", NULL};
	for (size_t i = 0; i < given->n; i++)
		argv[i] = strdup(given->v[i]);
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
	for (size_t i = 0; i < given->n; i++)
		free(argv[i]);
	free(argv);
	free(path);
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
