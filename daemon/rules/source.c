/* source: the text of a rule folder, from disk; its hash; and the zone files of the system. */
#include "daemon/rules/pack.h"

#include "daemon/base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ZONE_BYTES_MAX = 1 << 20 }; /* the largest of the system's has 4 KiB */

/* A pipe is opened too, without waiting for who writes into it, and then refused. */
static bool read_file(const char *path, size_t max, struct arena *a, struct pack_file *out, struct err *e) {
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *f = fd >= 0 ? fdopen(fd, "rb") : NULL;
	if (!f && fd >= 0)
		(void)close(fd);
	if (!f)
		return err_sys(e, "cannot open %s", path);
	struct stat st;
	bool good = fstat(fileno(f), &st) == 0;
	if (!good)
		(void)err_sys(e, "cannot read %s", path);
	else if (!S_ISREG(st.st_mode))
		good = err_set(e, E_IO, "%s is not a file", path);
	else if ((uint64_t)st.st_size > max)
		good = err_set(e, E_IO, "%s is larger than %zu bytes", path, max);
	if (good) {
		char *buffer = arena_alloc(a, (size_t)st.st_size + 1);
		out->n = fread(buffer, 1, (size_t)st.st_size, f);
		out->text = buffer;
		good = !ferror(f) || err_sys(e, "cannot read %s", path);
	}
	(void)fclose(f);
	return good;
}

static bool is_yaml_name(const char *name) {
	const size_t n = strlen(name);
	return n > 5 && name[0] != '.' && strcmp(name + n - 5, ".yaml") == 0;
}

static bool add_file(const char *dir, const char *name, size_t *bytes, struct pack_source *out, struct err *e) {
	struct pack_file file = {.name = name};
	if (out->files.n == LIMIT_PACK_FILES)
		return err_set(e, E_CONFIG, "%s holds more than %d files", dir, LIMIT_PACK_FILES);
	char *path = arena_printf(&out->arena, "%s/%s", dir, name);
	if (!read_file(path, LIMIT_PACK_BYTES - *bytes, &out->arena, &file, e))
		return false;
	*bytes += file.n;
	*LIST_ADD(&out->files, &out->arena) = file;
	return true;
}

static bool read_folder(const char *dir, const char *sub, size_t *bytes, struct pack_source *out, struct err *e) {
	const char *path = *sub ? arena_printf(&out->arena, "%s/%s", dir, sub) : dir;
	DIR *d = opendir(path);
	if (!d && *sub && errno == ENOENT)
		return true;
	if (!d)
		return err_sys(e, "cannot open the folder %s", path);
	bool good = true;
	for (struct dirent *entry; good && (entry = readdir(d));) {
		if (!is_yaml_name(entry->d_name))
			continue;
		const char *name = arena_printf(&out->arena, "%s%s%s", sub, *sub ? "/" : "", entry->d_name);
		good = add_file(dir, name, bytes, out, e);
	}
	(void)closedir(d);
	return good;
}

static int by_name(const void *a, const void *b) {
	return strcmp(((const struct pack_file *)a)->name, ((const struct pack_file *)b)->name);
}

bool pack_source_read(const char *dir, struct pack_source *out, struct err *e) {
	static const char *const folders[] = {"", "rules", "tests"};
	*out = (struct pack_source){0};
	arena_init(&out->arena);
	size_t bytes = 0;
	for (size_t i = 0; i < 3; i++)
		if (!read_folder(dir, folders[i], &bytes, out, e)) {
			pack_source_fini(out);
			return false;
		}
	if (out->files.n > 1)
		qsort(out->files.v, out->files.n, sizeof *out->files.v, by_name);
	return true;
}

void pack_source_fini(struct pack_source *s) {
	arena_fini(&s->arena);
	*s = (struct pack_source){0};
}

static void hash_part(EVP_MD_CTX *ctx, const void *bytes, size_t n) {
	unsigned char length[8];
	for (int i = 0; i < 8; i++)
		length[i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
	(void)EVP_DigestUpdate(ctx, length, sizeof length);
	(void)EVP_DigestUpdate(ctx, bytes, n);
}

/* Each part with its length in front, so that no two folders give the same bytes. */
void pack_source_hash(const struct pack_source *s, unsigned char out[32]) {
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	if (!ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		abort();
	for (size_t i = 0; i < s->files.n; i++) {
		hash_part(ctx, s->files.v[i].name, strlen(s->files.v[i].name));
		hash_part(ctx, s->files.v[i].text, s->files.v[i].n);
	}
	if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
}

/* "Asia/Shanghai": what could leave the folder of zones isn't a zone's name. */
static bool is_zone_name(const char *name) {
	for (const char *p = name; *p; p++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/", *p))
			return false;
	return name[0] != '\0' && name[0] != '/' && strlen(name) < 64;
}

bool zone_load_file(const char *name, struct arena *a, struct zone_bytes *out, struct err *e) {
	const char *dir = getenv("TZDIR");
	if (!is_zone_name(name))
		return err_set(e, E_CONFIG, "`%s` is not a time zone's name such as Asia/Shanghai", name);
	const char *path = arena_printf(a, "%s/%s", dir && *dir ? dir : "/usr/share/zoneinfo", name);
	struct pack_file file;
	if (!read_file(path, ZONE_BYTES_MAX, a, &file, e))
		return err_set(e, E_CONFIG, "there is no time zone `%s` on this machine", name);
	*out = (struct zone_bytes){.bytes = file.text, .n = file.n};
	return true;
}
