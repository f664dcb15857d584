/* config_channels: decodes `channels`: a map of names, each to one way of carrying a message and to what goes with it. */
#include "daemon/app/config_channels.h"

#include "daemon/base/check.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A channel in the making, and where its parts stand. */
struct channel_reading {
	struct reading *r;
	struct post_channel *channel;
};

/* A key of a map, and who reads it. */
struct key {
	const char *key;
	void (*read)(struct channel_reading *cr, const struct yaml_node *n);
	bool must;
};
enum { KEYS_MAX = 8 };

static void read_keys(struct channel_reading *cr, const struct yaml_node *map, const struct key *keys, size_t n) {
	const char *known[KEYS_MAX + 1] = {NULL};
	CHECK(n <= KEYS_MAX);
	for (size_t i = 0; i < n; i++)
		known[i] = keys[i].key;
	yaml_known_keys(map, known, cr->r->file, cr->r->faults);
	for (size_t i = 0; i < n; i++) {
		const struct yaml_node *value = yaml_get(map, keys[i].key);
		if (value && !yaml_is_null(value))
			keys[i].read(cr, value);
		else if (keys[i].must)
			yaml_fault(cr->r->faults, cr->r->file, map, "missing", NULL, "here stands `%s` as well", keys[i].key);
	}
}

/* ---- exec, file ---- */

static void read_exec(struct channel_reading *cr, const struct yaml_node *n) {
	struct strs *exec = &cr->channel->exec;
	texts_of(cr->r, n, exec);
	const char *program = exec->n ? exec->v[0] : NULL;
	if (!program)
		fault(cr->r, n, "missing", "exec names a program, and its arguments");
	else if (program[0] != '/')
		fault(cr->r, n, "format", "the program is given by its whole path, from /");
	else if (access(program, X_OK) != 0)
		fault(cr->r, n, "unknown", "there is no program here that may be run");
}

static void read_dir(struct channel_reading *cr, const struct yaml_node *n) {
	struct stat st;
	const char *dir = cr->channel->dir = text_of(cr->r, n);
	if (dir && (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode) || access(dir, W_OK | X_OK) != 0))
		fault(cr->r, n, "unknown", "there is no folder here that gridd may write in");
}

/* ---- mail, webhook ---- */

static const char *url_of(struct channel_reading *cr, const struct yaml_node *n, enum post_kind kind) {
	struct err e;
	const char *url = text_of(cr->r, n);
	if (url && !post_url_check(url, kind, &e))
		fault(cr->r, n, "format", e.text);
	return url;
}

static const char *address_of(struct channel_reading *cr, const struct yaml_node *n) {
	struct err e;
	const char *address = text_of(cr->r, n);
	if (address && !mail_address_check(address, &e))
		fault(cr->r, n, "format", e.text);
	return address;
}

/* Read again at each try, so that it can be exchanged; but it must be there to begin with. */
static const char *file_of(struct channel_reading *cr, const struct yaml_node *n) {
	const char *path = text_of(cr->r, n);
	if (path && access(path, R_OK) != 0)
		fault(cr->r, n, "unknown", "there is no file here that gridd may read");
	return path;
}

static void read_tls(struct channel_reading *cr, const struct yaml_node *n) {
	int word;
	if (word_of(cr->r, n, mail_tls_names, &word))
		cr->channel->mail.tls = (enum mail_tls)word;
}

static void read_addresses(struct channel_reading *cr, const struct yaml_node *n) {
	if (n->kind != YAML_MAP) {
		fault(cr->r, n, "type", "addresses is {NAME: ADDRESS}, the names as contacts of the pack have them");
		return;
	}
	for (const struct yaml_node *item = n->child; item; item = item->next) {
		struct arena *a = &cr->r->config->arena;
		const struct address row = {.to = arena_strdup(a, item->key), .address = address_of(cr, item)};
		if (row.address)
			*LIST_ADD(&cr->channel->mail.addresses, a) = row;
	}
}

static void read_mail_url(struct channel_reading *cr, const struct yaml_node *n) {
	cr->channel->mail.url = url_of(cr, n, POST_MAIL);
}
static void read_from(struct channel_reading *cr, const struct yaml_node *n) { cr->channel->mail.from = address_of(cr, n); }
static void read_user(struct channel_reading *cr, const struct yaml_node *n) { cr->channel->mail.user = text_of(cr->r, n); }
static void read_password(struct channel_reading *cr, const struct yaml_node *n) {
	cr->channel->mail.password_file = file_of(cr, n);
}
static void read_mail_ca(struct channel_reading *cr, const struct yaml_node *n) {
	cr->channel->mail.ca_file = file_of(cr, n);
}

static void read_hook_url(struct channel_reading *cr, const struct yaml_node *n) {
	cr->channel->webhook.url = url_of(cr, n, POST_WEBHOOK);
}
static void read_secret(struct channel_reading *cr, const struct yaml_node *n) {
	cr->channel->webhook.secret_file = file_of(cr, n);
}
static void read_hook_ca(struct channel_reading *cr, const struct yaml_node *n) {
	cr->channel->webhook.ca_file = file_of(cr, n);
}

static const struct key mail_keys[] = {
    {"url", read_mail_url, true},
    {"from", read_from, true},
    {"tls", read_tls, false},
    {"user", read_user, false},
    {"password_file", read_password, false},
    {"ca_file", read_mail_ca, false},
    {"addresses", read_addresses, false},
};

static const struct key webhook_keys[] = {
    {"url", read_hook_url, true},
    {"secret_file", read_secret, false},
    {"ca_file", read_hook_ca, false},
};

static void read_mail(struct channel_reading *cr, const struct yaml_node *n) {
	struct post_channel *c = cr->channel;
	if (n->kind != YAML_MAP) {
		fault(cr->r, n, "type", "mail is {url: smtp://HOST:PORT, from: ADDRESS, ...}");
		return;
	}
	/* A password goes over an open wire only where somebody has written down that it may. */
	c->mail.tls = yaml_get(n, "user") ? TLS_ALWAYS : TLS_IF_OFFERED;
	read_keys(cr, n, mail_keys, COUNT_OF(mail_keys));
	if (!yaml_get(n, "user") != !yaml_get(n, "password_file"))
		fault(cr->r, n, "missing", "user and password_file go together");
	else if (yaml_get(n, "user") && c->mail.tls == TLS_IF_OFFERED)
		fault(cr->r, yaml_get(n, "tls"), "conflict",
		      "with a user it is `always`, or `never` where nobody else is on the wire");
}

static void read_webhook(struct channel_reading *cr, const struct yaml_node *n) {
	if (n->kind == YAML_MAP)
		read_keys(cr, n, webhook_keys, COUNT_OF(webhook_keys));
	else
		fault(cr->r, n, "type", "webhook is {url: https://HOST/PATH, secret_file: FILE}");
}

/* ---- A channel ---- */

static void read_bundle(struct channel_reading *cr, const struct yaml_node *n) {
	int word;
	if (word_of(cr->r, n, bundle_names, &word))
		cr->channel->bundle = (enum bundle)word;
}

static void read_limit(struct channel_reading *cr, const struct yaml_node *n) {
	long seconds = 0;
	if (number_of(cr->r, n, 1, POST_LIMIT_S, &seconds))
		cr->channel->limit_s = (int32_t)seconds;
}

/* The first ones are the kinds, in their order. docs/operations.md names all of them; a test compares. */
static const struct key channel_keys[] = {
    {"exec", read_exec, false}, {"mail", read_mail, false},     {"webhook", read_webhook, false},
    {"file", read_dir, false},  {"bundle", read_bundle, false}, {"limit_s", read_limit, false},
};

static void read_channel(struct reading *r, const struct yaml_node *item) {
	struct post_channel channel = {.name = arena_strdup(&r->config->arena, item->key)};
	struct channel_reading cr = {r, &channel};
	unsigned kinds = 0;
	if (item->kind != YAML_MAP) {
		fault(r, item, "type", "a channel has exec, mail, webhook or file: {exec: [PROGRAM, ARGUMENT ...]}");
		return;
	}
	for (unsigned i = 0; i < POST_KINDS; i++)
		if (yaml_get(item, post_kind_names[i])) {
			channel.kind = (enum post_kind)i;
			kinds++;
		}
	if (kinds != 1)
		fault(r, item, kinds ? "conflict" : "missing",
		      "a channel has exec, mail, webhook or file: one of them, and no other");
	read_keys(&cr, item, channel_keys, COUNT_OF(channel_keys));
	*LIST_ADD(&r->config->channels, &r->config->arena) = channel;
}

void read_channels(struct reading *r, const struct yaml_node *n) {
	if (n->kind != YAML_MAP) {
		fault(r, n, "type",
		      "channels is {NAME: {exec: [PROGRAM, ARGUMENT ...]}}, or mail, webhook or file in place of exec");
		return;
	}
	for (const struct yaml_node *item = n->child; item; item = item->next)
		read_channel(r, item);
}
