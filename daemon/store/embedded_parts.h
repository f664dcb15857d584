/* embedded_parts: the pieces that embedded.c is made of: who PostgreSQL runs as, and the folder it lives in. */
#ifndef GRIDD_STORE_EMBEDDED_PARTS_H
#define GRIDD_STORE_EMBEDDED_PARTS_H

#include "daemon/base/arena.h"
#include "daemon/store/embedded.h"

/* The user that the server runs as: ourselves, or when we are root another, because PostgreSQL refuses root. */
struct run_as {
	uid_t uid;
	gid_t gid;
	const char *name;
	const char *self;                   /* our own user's name */
	bool change;                        /* we are root and become uid */
};
bool run_as_find(const char *wanted, struct arena *a, struct run_as *out, struct err *e) MUST_CHECK;

/* A child process that runs `argv` as that user, in a session of its own, output to log_fd. With die_with_us it gets SIGINT
 * (a fast shutdown) when we die, however we die. */
struct child_spec {
	const struct run_as *as;
	char *const *argv;
	int log_fd;
	bool die_with_us;
};
bool child_start(const struct child_spec *spec, pid_t *pid, struct err *e) MUST_CHECK;
/* Starts it and waits; fails if it exits with anything but 0. */
bool child_run(const struct child_spec *spec, const char *log_path, struct err *e) MUST_CHECK;
/* Can that user enter the folder? */
bool child_can_enter(const struct run_as *as, const char *dir);
/* The last line of a log, for errors. */
const char *log_last_line(const char *path, char *out, size_t size);

enum { SOCKET_PATH_MAX = 107 };         /* sun_path less its NUL */

/* dir/db, dir/run, ...: made where missing, owned by the user. Strings live in the arena. */
struct folder {
	const char *dir, *cluster, *log, *hba, *ident;
	const char *socket_dir;
	bool socket_dir_is_temporary;       /* the folder's own path was too long for a socket */
	int lock_fd;
	const char *bin_dir;
};
bool folder_open(const struct embedded_config *cfg, const struct run_as *as, struct arena *a, struct folder *out,
                 struct err *e) MUST_CHECK;
/* Who may connect as whom. Written anew at each start: our own user may be another one than last time. */
bool folder_write_access(const struct folder *f, const struct run_as *as, struct err *e) MUST_CHECK;
/* Waits up to 10 s for a server to end whose gridd was killed and that is still shutting down. */
bool folder_wait_for_orphan(const struct folder *f, struct err *e) MUST_CHECK;
bool folder_has_cluster(const struct folder *f);
void folder_close(struct folder *f);

#endif
