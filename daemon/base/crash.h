/* crash: named points at which a test has the process killed, as by `kill -9`, or halted. Nothing in a release build. */
#ifndef GRIDD_BASE_CRASH_H
#define GRIDD_BASE_CRASH_H

/* Ends the process by SIGKILL if the environment says GRIDD_CRASH_AT=NAME:FILE and FILE isn't there yet; makes FILE first, so
 * that the next process gets past it. GRIDD_HALT_AT=NAME:FILE makes it likewise, and halts the thread until FILE is gone. */
#ifdef GRIDD_CRASH_POINTS
void crash_point(const char *name);
#else
static inline void crash_point(const char *name) { (void)name; }
#endif

#endif
