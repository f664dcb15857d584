/* embedded_dir: the folder of the embedded cluster: its lock, its parts, its owner, which PostgreSQL made it. */
#include "daemon/store/embedded_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char debian_root[] = "/usr/lib/postgresql";

/* The first number in a small file; 0: none. */
static long read_number(const char *path) {
	char text[32] = "";
	FILE *f = fopen(path, "re");
	if (!f)
		return 0;
	const char *line = fgets(text, sizeof text, f);
	(void)fclose(f);
	return line ? strtol(line, NULL, 10) : 0;
}

static bool lock_folder(struct folder *f, struct arena *a, struct err *e) {
	const char *path = arena_printf(a, "%s/gridd.lock", f->dir);
	f->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (f->lock_fd < 0)
		return err_sys(e, "cannot open %s", path);
	if (flock(f->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return err_set(e, E_CONFIG, "gridd with pid %ld runs on %s already: stop it, or use another folder",
		               read_number(path), f->dir);
	if (ftruncate(f->lock_fd, 0) != 0 || dprintf(f->lock_fd, "%ld\n", (long)getpid()) < 0)
		return err_sys(e, "cannot write %s", path);
	return true;
}

/* Makes a folder for the server's user alone. */
static bool make_private(const char *path, const struct run_as *as, struct err *e) {
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return err_sys(e, "cannot make %s", path);
	if (as->change && chown(path, as->uid, as->gid) != 0)
		return err_sys(e, "cannot give %s to user %s", path, as->name);
	return true;
}

static bool has_server(const char *bin_dir, struct arena *a) {
	return bin_dir[0] && access(arena_printf(a, "%s/initdb", bin_dir), X_OK) == 0 &&
	       access(arena_printf(a, "%s/postgres", bin_dir), X_OK) == 0;
}

/* Where the server of that major version is, or of the newest where `major` is 0; NULL: not here. */
static const char *find_debian(long major, struct arena *a) {
	DIR *d = opendir(debian_root);
	long best = 0;
	for (struct dirent *entry; d && (entry = readdir(d)) != NULL;) {
		const long n = strtol(entry->d_name, NULL, 10);
		const bool wanted = major ? n == major : n > best;
		if (wanted && n > 0 && has_server(arena_printf(a, "%s/%ld/bin", debian_root, n), a))
			best = n;
	}
	if (d)
		(void)closedir(d);
	return best ? arena_printf(a, "%s/%ld/bin", debian_root, best) : NULL;
}

static const char *find_in_path(struct arena *a) {
	const char *path = getenv("PATH");
	while (path && *path) {
		const size_t n = strcspn(path, ":");
		const char *dir = arena_strndup(a, path, n);
		if (has_server(dir, a))
			return dir;
		path += n + (path[n] == ':');
	}
	return NULL;
}

static bool find_binaries(const struct embedded_config *cfg, struct folder *f, struct arena *a, struct err *e) {
	const long made_by = read_number(arena_printf(a, "%s/PG_VERSION", f->cluster));
	f->bin_dir = cfg->bin_dir ? cfg->bin_dir : made_by ? find_debian(made_by, a) : find_in_path(a);
	if (!f->bin_dir && !made_by)
		f->bin_dir = find_debian(0, a);
	if (f->bin_dir && has_server(f->bin_dir, a))
		return true;
	if (made_by)
		return err_set(
		    e, E_CONFIG,
		    "%s was made by PostgreSQL %ld, which is not installed: install postgresql-%ld, or move the folder away",
		    f->cluster, made_by, made_by);
	return err_set(e, E_CONFIG, "no PostgreSQL server found in PATH or %s: install postgresql", debian_root);
}

static bool choose_socket_dir(struct folder *f, const struct run_as *as, struct arena *a, struct err *e) {
	f->socket_dir = arena_printf(a, "%s/run", f->dir);
	if (strlen(f->socket_dir) + strlen("/.s.PGSQL.5432") <= SOCKET_PATH_MAX)
		return make_private(f->socket_dir, as, e);
	char *temporary = arena_strdup(a, "/tmp/gridd-XXXXXX");
	if (!mkdtemp(temporary))
		return err_sys(e, "cannot make a folder under /tmp for the database socket");
	f->socket_dir = temporary;
	f->socket_dir_is_temporary = true;
	return make_private(temporary, as, e);
}

static bool make_dir(const char *dir, struct err *e) {
	if (mkdir(dir, 0755) != 0 && errno != EEXIST)
		return err_sys(e, "cannot make %s", dir);
	return true;
}

bool folder_open(const struct embedded_config *cfg, const struct run_as *as, struct arena *a, struct folder *out,
                 struct err *e) {
	*out = (struct folder){.lock_fd = -1};
	char real[PATH_MAX];
	if (!make_dir(cfg->dir, e))
		return false;
	if (!realpath(cfg->dir, real))
		return err_sys(e, "cannot find %s", cfg->dir);
	out->dir = arena_strdup(a, real);
	out->cluster = arena_printf(a, "%s/db", real);
	out->log = arena_printf(a, "%s/log", real);
	out->hba = arena_printf(a, "%s/hba.conf", real);
	out->ident = arena_printf(a, "%s/ident.conf", real);
	if (!child_can_enter(as, real))
		return err_set(e, E_CONFIG,
		               "user %s, which PostgreSQL runs as, cannot enter %s: let others pass with chmod o+x on it and the "
		               "folders above, or choose another folder",
		               as->name, real);
	return lock_folder(out, a, e) && find_binaries(cfg, out, a, e) && choose_socket_dir(out, as, a, e);
}

void folder_close(struct folder *f) {
	if (f->socket_dir_is_temporary)
		(void)rmdir(f->socket_dir);
	if (f->lock_fd >= 0)
		(void)close(f->lock_fd);
	*f = (struct folder){.lock_fd = -1};
}

bool folder_has_cluster(const struct folder *f) {
	char path[PATH_MAX];
	(void)snprintf(path, sizeof path, "%s/PG_VERSION", f->cluster);
	return access(path, F_OK) == 0;
}

static bool write_file(const char *path, const char *text, struct err *e) {
	FILE *f = fopen(path, "we");
	if (!f)
		return err_sys(e, "cannot write %s", path);
	const bool written = fputs(text, f) >= 0 && fchmod(fileno(f), 0644) == 0;
	if (fclose(f) != 0 || !written)
		return err_sys(e, "cannot write %s", path);
	return true;
}

bool folder_write_access(const struct folder *f, const struct run_as *as, struct err *e) {
	static const char *const roles[] = {"gridd_super", "gridd_owner", "gridd_app"};
	char ident[1024];
	size_t at = 0;
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		at += (size_t)snprintf(ident + at, sizeof ident - at, "gridd \"%s\" %s\n", as->self, roles[i]);
	if (strcmp(as->self, as->name) != 0)
		(void)snprintf(ident + at, sizeof ident - at, "gridd \"%s\" gridd_super\n", as->name);
	return write_file(f->ident, ident, e) && write_file(f->hba, "local all all peer map=gridd\n", e);
}

/* A postmaster works in its cluster's folder; another process that got an old pid doesn't. */
static bool runs_on(long pid, const char *cluster) {
	char link[64], cwd[PATH_MAX];
	(void)snprintf(link, sizeof link, "/proc/%ld/cwd", pid);
	const ssize_t n = readlink(link, cwd, sizeof cwd - 1);
	if (n < 0)
		return false;
	cwd[n] = '\0';
	return strcmp(cwd, cluster) == 0;
}

bool folder_wait_for_orphan(const struct folder *f, struct err *e) {
	enum { STEP_MS = 50, WAIT_MS = 10000 };
	char path[PATH_MAX];
	(void)snprintf(path, sizeof path, "%s/postmaster.pid", f->cluster);
	for (int waited_ms = 0; waited_ms < WAIT_MS; waited_ms += STEP_MS) {
		const long pid = read_number(path);
		if (pid <= 0 || !runs_on(pid, f->cluster))
			return true;
		(void)nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
	}
	return err_set(e, E_CONFIG,
	               "PostgreSQL with pid %ld, left by an earlier gridd, still runs on %s: stop it with kill -INT",
	               read_number(path), f->cluster);
}
