/* config_file: decodes the config file, all faults at once, each with its line. */
#include "daemon/app/config_file.h"

#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"
#include "daemon/base/suggest.h"
#include "daemon/base/yaml.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONFIG_BYTES = 1 << 20 };

struct reading {
	struct config *config;
	struct faults *faults;
	const char *file;
};

static void fault(struct reading *r, const struct yaml_node *at, const char *code, const char *text) {
	yaml_fault(r->faults, r->file, at, code, NULL, "%s", text);
}

static const char *text_of(struct reading *r, const struct yaml_node *n) {
	if (n->kind == YAML_SCALAR && *n->text)
		return arena_strdup(&r->config->arena, n->text);
	fault(r, n, "type", "this takes one text");
	return NULL;
}

static bool number_of(struct reading *r, const struct yaml_node *n, long min, long max, long *out) {
	char *end = NULL;
	errno = 0;
	const long v = n->kind == YAML_SCALAR ? strtol(n->text, &end, 10) : 0;
	if (!end || end == n->text || *end || errno || v < min || v > max) {
		yaml_fault(r->faults, r->file, n, "range", NULL, "this takes a whole number from %ld to %ld", min, max);
		return false;
	}
	*out = v;
	return true;
}

static bool flag_of(struct reading *r, const struct yaml_node *n) {
	if (n->kind == YAML_SCALAR && (strcmp(n->text, "true") == 0 || strcmp(n->text, "false") == 0))
		return strcmp(n->text, "true") == 0;
	fault(r, n, "type", "this is true or false");
	return false;
}

/* One item or a list of them. */
static const struct yaml_node *items_of(const struct yaml_node *n) { return n->kind == YAML_LIST ? n->child : n; }
static const struct yaml_node *next_item(const struct yaml_node *list, const struct yaml_node *item) {
	return list->kind == YAML_LIST ? item->next : NULL;
}

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

static void read_packs(struct reading *r, const struct yaml_node *n) {
	for (const struct yaml_node *item = items_of(n); item; item = next_item(n, item)) {
		const char *dir = text_of(r, item);
		if (dir)
			STRS_ADD(&r->config->packs, &r->config->arena, dir);
	}
}

static void read_role(struct reading *r, const struct yaml_node *n, struct principal_row *row) {
	struct suggest s;
	const char *word = n->kind == YAML_SCALAR ? n->text : "";
	suggest_start(&s, word);
	for (unsigned i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(role_names[i], word) == 0) {
			row->roles |= 1U << i;
			return;
		}
		suggest_offer(&s, role_names[i]);
	}
	yaml_fault(r->faults, r->file, n, "unknown", s.best, "there is no role %.40s", word);
}

static void read_principals(struct reading *r, const struct yaml_node *n) {
	static const char *const keys[] = {"uid", "name", "roles", NULL};
	for (const struct yaml_node *item = items_of(n); item; item = next_item(n, item)) {
		struct principal_row row = {0};
		if (item->kind != YAML_MAP) {
			fault(r, item, "type", "a principal is {uid: N, name: NAME, roles: [...]}");
			continue;
		}
		yaml_known_keys(item, keys, r->file, r->faults);
		const struct yaml_node *uid = yaml_get(item, "uid"), *name = yaml_get(item, "name"),
		                       *roles = yaml_get(item, "roles");
		long number = 0;
		row.has_uid = uid && number_of(r, uid, 0, 4294967294L, &number);
		row.uid = (unsigned)number;
		row.name = name ? text_of(r, name) : NULL;
		if (!row.name)
			fault(r, item, "missing", "a principal has a name");
		if (!roles)
			fault(r, item, "missing", "a principal has roles");
		for (const struct yaml_node *role = roles ? items_of(roles) : NULL; role; role = next_item(roles, role))
			read_role(r, role, &row);
		if (row.name)
			*LIST_ADD(&r->config->principals, &r->config->arena) = row;
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

static void read_database(struct reading *r, const struct yaml_node *n) { r->config->database = text_of(r, n); }
static void read_owner(struct reading *r, const struct yaml_node *n) { r->config->owner_database = text_of(r, n); }
static void read_any_address(struct reading *r, const struct yaml_node *n) { r->config->any_address = flag_of(r, n); }
static void read_unsafe(struct reading *r, const struct yaml_node *n) { r->config->allow_unsafe = flag_of(r, n); }

static void read_log(struct reading *r, const struct yaml_node *n) {
	if (n->kind != YAML_SCALAR || !log_level_parse(n->text, &r->config->log_level))
		fault(r, n, "unknown", "log is one of debug, info, warn, error");
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
