/* clockshift: a preload that moves a program's wall clock by CLOCKSHIFT_S seconds; its steady clocks stay as they are. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long shift_s(void) {
	const char *text = getenv("CLOCKSHIFT_S");
	return text ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t id, struct timespec *out) {
	static int (*real)(clockid_t id, struct timespec *out);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	const int result = real(id, out);
	if (result == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE))
		out->tv_sec += shift_s();
	return result;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone) {
	struct timespec now;
	(void)zone;
	const int result = clock_gettime(CLOCK_REALTIME, &now);
	if (result == 0)
		*out = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
	return result;
}

time_t time(time_t *out) {
	struct timespec now;
	const time_t t = clock_gettime(CLOCK_REALTIME, &now) == 0 ? now.tv_sec : (time_t)-1;
	if (out)
		*out = t;
	return t;
}
