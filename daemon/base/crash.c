/* crash: dies, or halts, where a test says. */
#include "daemon/base/crash.h"

#ifdef GRIDD_CRASH_POINTS
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Whether the variable says NAME:FILE and FILE wasn't there; now it is. */
static const char *first_time(const char *variable, const char *name) {
	const char *wanted = getenv(variable);
	const size_t n = strlen(name);
	if (!wanted || strncmp(wanted, name, n) != 0 || wanted[n] != ':')
		return NULL;
	const char *file = wanted + n + 1;
	const int fd = open(file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		return NULL;
	(void)close(fd);
	return file;
}

void crash_point(const char *name) {
	if (first_time("GRIDD_CRASH_AT", name))
		(void)kill(getpid(), SIGKILL);
	const char *file = first_time("GRIDD_HALT_AT", name);
	while (file && access(file, F_OK) == 0)
		(void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}
#else
extern int crash_points_are_left_out; /* a file can't be empty */
#endif
