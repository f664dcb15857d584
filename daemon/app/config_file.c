/* config_file: decodes the config file, all faults at once, each with its line. */
#include "daemon/app/config_file.h"

#include "daemon/app/config_channels.h"
#include "daemon/app/config_principals.h"
#include "daemon/app/config_reports.h"
#include "daemon/base/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_BYTES = 1 << 20 };

static void read_listen(struct reading *r, const struct yaml_node *n) {
	static const char *const keys[] = {"url", "name", NULL};
	for (const struct yaml_node *item = items_of(n); item; item = next_item(n, item)) {
		struct listen_row row = {0};
		if (item->kind == YAML_MAP) {
			yaml_known_keys(item, keys, r->file, r->faults);
			const struct yaml_node *url = yaml_get(item, "url"), *name = yaml_get(item, "name");
			row.url = url ? text_of(r, url) : NULL;
			row.name = name ? text_of(r, name) : NULL;
			if (!url)
				fault(r, item, "missing", "a listener has a url");
		} else {
			row.url = text_of(r, item);
		}
		if (row.url && strncmp(row.url, "unix:", 5) != 0 && strncmp(row.url, "tcp://", 6) != 0)
			fault(r, item, "format", "a listener is unix:PATH or tcp://HOST:PORT");
		else if (row.url && strncmp(row.url, "tcp://", 6) == 0 && !row.name)
			fault(r, item, "missing",
			      "a TCP listener needs a name: {url: tcp://..., name: NAME}, and a principal of that name");
		if (row.url)
			*LIST_ADD(&r->config->listen, &r->config->arena) = row;
	}
}

static void read_embedded(struct reading *r, const struct yaml_node *n) {
	static const char *const keys[] = {"dir", "run_as", "settings", NULL};
	if (n->kind != YAML_MAP) {
		r->config->embedded_dir = text_of(r, n);
		return;
	}
	yaml_known_keys(n, keys, r->file, r->faults);
	const struct yaml_node *dir = yaml_get(n, "dir"), *run_as = yaml_get(n, "run_as"), *settings = yaml_get(n, "settings");
	if (dir)
		r->config->embedded_dir = text_of(r, dir);
	if (run_as)
		r->config->embedded_run_as = text_of(r, run_as);
	if (settings)
		r->config->embedded_settings = text_of(r, settings);
}

static void read_packs(struct reading *r, const struct yaml_node *n) { texts_of(r, n, &r->config->packs); }
static void read_database(struct reading *r, const struct yaml_node *n) { r->config->database = text_of(r, n); }
static void read_owner(struct reading *r, const struct yaml_node *n) { r->config->owner_database = text_of(r, n); }
static void read_any_address(struct reading *r, const struct yaml_node *n) { r->config->any_address = flag_of(r, n); }
static void read_unsafe(struct reading *r, const struct yaml_node *n) { r->config->allow_unsafe = flag_of(r, n); }

static void read_log(struct reading *r, const struct yaml_node *n) {
	if (n->kind != YAML_SCALAR || !log_level_parse(n->text, &r->config->log_level))
		fault(r, n, "unknown", "log is one of debug, info, warn, error");
}

static void read_worker(struct reading *r, const struct yaml_node *n) {
	static const char *const words[] = {"auto", "apart", NULL};
	int word = 0;
	if (word_of(r, n, words, &word))
		r->config->worker_apart = word == 1;
}

static void read_shutdown(struct reading *r, const struct yaml_node *n) {
	long seconds = 0;
	if (number_of(r, n, 0, 3600, &seconds))
		r->config->shutdown_seconds = (int32_t)seconds;
}

/* Every key of the file. docs/operations.md has the same table; a test compares them. */
static const struct {
	const char *key;
	void (*read)(struct reading *r, const struct yaml_node *n);
} rows[] = {
    {"listen", read_listen},
    {"database", read_database},
    {"owner_database", read_owner},
    {"embedded", read_embedded},
    {"packs", read_packs},
    {"principals", read_principals},
    {"channels", read_channels},
    {"reports", read_reports},
    {"worker", read_worker},
    {"log", read_log},
    {"shutdown_seconds", read_shutdown},
    {"any_address", read_any_address},
    {"allow_unsafe", read_unsafe},
};

static bool load_text(const char *path, char **text, size_t *n, struct strbuf *why) {
	FILE *f = fopen(path, "re");
	if (!f) {
		strbuf_printf(why, "%s: %s\n", path, strerror(errno));
		return false;
	}
	*text = malloc(CONFIG_BYTES);
	CHECK(*text != NULL);
	*n = fread(*text, 1, CONFIG_BYTES, f);
	const bool ok = !ferror(f) && *n < CONFIG_BYTES;
	(void)fclose(f);
	if (ok)
		(*text)[*n] = '\0';
	else
		strbuf_printf(why, "%s: cannot be read, or is over 1 MiB\n", path);
	return ok;
}

static const char *source_of(const char *file, void *text) {
	(void)file;
	return text;
}

static void read_root(struct reading *r, const struct yaml_node *root) {
	const char *known[COUNT_OF(rows) + 1] = {NULL};
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		known[i] = rows[i].key;
	if (root->kind != YAML_MAP) {
		fault(r, root, "type", "the file is a map of keys");
		return;
	}
	yaml_known_keys(root, known, r->file, r->faults);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct yaml_node *n = yaml_get(root, rows[i].key);
		if (n && !yaml_is_null(n))
			rows[i].read(r, n);
	}
}

bool config_file_read(const char *path, struct config *out, struct strbuf *why) {
	char *text = NULL;
	size_t n = 0;
	if (!load_text(path, &text, &n, why)) {
		free(text);
		return false;
	}
	struct arena scratch;
	struct faults faults;
	struct yaml_node *root = NULL;
	arena_init(&scratch);
	faults_init(&faults, &scratch);
	struct reading r = {.config = out, .faults = &faults, .file = path};
	if (yaml_read(path, text, n, &scratch, &root, &faults))
		read_root(&r, root);
	if (faults.total)
		faults_print(&faults, source_of, text, why);
	const bool ok = faults.total == 0;
	arena_fini(&scratch);
	free(text);
	return ok;
}
