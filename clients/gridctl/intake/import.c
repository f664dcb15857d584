/* import: a file of cases, up to 64 of them on their way at once, each with a key so that it can be run again. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/intake/records.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"
#include "daemon/base/clock.h"
#include "daemon/wire/json_out.h"

#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The daemon stops reading a connection with more; a line that is put off is asked again so often. */
enum { IN_FLIGHT = 64, TRIES = 40, RETRY_MS = 250, PROGRESS_US = 100000 };

/* One line of the file, from reading it until it is counted. Lines are counted and reported in the file's order. */
struct slot {
	int line, tries;
	int64_t id; /* of the request under way */
	bool done;
	struct json_object *params; /* NULL: refused before it was sent */
	struct json_object *reply;
	struct strbuf faults; /* one a line */
};

struct import {
	struct ctl *ctl;
	struct records records;
	const char *channel;
	bool dry_run, advance, shows_progress;
	struct slot slots[IN_FLIGHT]; /* a ring: n of them, from first on */
	size_t first, n;
	size_t created, replayed, refused;
	int64_t now_us;   /* the test clock, with --advance */
	int64_t shown_us; /* when progress was shown last */
};

static struct slot *slot_at(struct import *im, size_t i) { return &im->slots[(im->first + i) % IN_FLIGHT]; }

/* What makes two lines the same report: the channel's own number, else every member of the line. */
static void put_key(struct json_object *params) {
	const char *channel = tree_str(params, "source.channel"), *ref = tree_str(params, "source.ref");
	if (tree_get(params, "key"))
		return;
	struct strbuf same = {0};
	struct json_out j;
	jout_init(&j, &same);
	if (channel && ref)
		strbuf_printf(&same, "%s\n%s", channel, ref);
	else
		jout_canonical(&j, params, NULL);
	unsigned char hash[SHA256_DIGEST_LENGTH];
	(void)SHA256((const unsigned char *)same.data, same.len, hash);
	strbuf_clear(&same);
	strbuf_adds(&same, "import:");
	for (size_t i = 0; i < sizeof hash; i++)
		strbuf_printf(&same, "%02x", hash[i]);
	tree_put(params, "key", json_object_new_string(same.data));
	strbuf_fini(&same);
}

/* Nothing there yet, or something of that type: what is of another type is a fault, which the daemon is to see. */
static bool takes(struct json_object *params, const char *member, enum json_type type) {
	struct json_object *there = tree_get(params, member);
	return !there || json_object_is_type(there, type);
}

static bool has_tag(struct json_object *params, const char *tag) {
	for (size_t i = 0; i < tree_count(params, "tags"); i++)
		if (strcmp(tree_word(params, "tags", i), tag) == 0)
			return true;
	return false;
}

/* The line's params with what the options add. */
static void complete(struct import *im, struct json_object *params) {
	struct json_object *own = im->ctl->args.own;
	const char *town = tree_str(im->ctl->args.params, "town");
	if (im->channel && !tree_get(params, "source.channel") && takes(params, "source", json_type_object))
		tree_put(params, "source.channel", json_object_new_string(im->channel));
	if (town && !tree_get(params, "town"))
		tree_put(params, "town", json_object_new_string(town));
	if (im->dry_run) {
		json_object_object_del(params, "key");
		tree_put(params, "dry_run", json_object_new_boolean(true));
	} else {
		put_key(params);
	}
	const size_t n_tags = takes(params, "tags", json_type_array) ? tree_count(own, "tags") : 0;
	for (size_t i = 0; i < n_tags; i++)
		if (!has_tag(params, tree_word(own, "tags", i)))
			tree_add(params, "tags", json_object_get(tree_at(own, "tags", i)));
}

static void add_fault(const char *text, void *ctx) {
	struct slot *s = ctx;
	strbuf_adds(&s->faults, text);
	strbuf_addc(&s->faults, '\n');
}

static void progress_clear(const struct import *im) {
	if (im->shows_progress)
		fputs("\r\033[K", stderr);
}

static void progress_show(struct import *im) {
	const int64_t mono_us = clock_monotonic_us();
	if (!im->shows_progress || mono_us - im->shown_us < PROGRESS_US)
		return;
	im->shown_us = mono_us;
	const size_t done = records_done_bytes(&im->records), all = im->records.text.len;
	fprintf(stderr,
	        T("\r\033[K%3zu%%  %zu new, %zu there already, %zu refused", "\r\033[K%3zu%%  新增 %zu，已有 %zu，未收 %zu"),
	        all ? done * 100 / all : 100, im->created, im->replayed, im->refused);
}

static int send_slot(struct import *im, struct slot *s) {
	struct err e = {0};
	s->tries++;
	ctl_sign(im->ctl, s->params);
	return client_send(&im->ctl->client, "case.submit", s->params, &s->id, &e) ? EXIT_DONE : ctl_broken(&e);
}

static void pause_ms(int64_t ms) {
	const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	(void)nanosleep(&t, NULL);
}

/* The daemon or its database is busy or away for a moment: the same key makes asking again safe. */
static bool worth_retrying(const struct slot *s, struct json_object *error) {
	static const char *const reasons[] = {"overloaded", "unavailable", "outcome_unknown"};
	const char *reason = tree_str(error, "data.reason");
	for (size_t i = 0; reason && i < COUNT_OF(reasons); i++)
		if (strcmp(reason, reasons[i]) == 0)
			return s->tries < TRIES;
	return false;
}

static int on_reply(struct import *im, struct slot *s, struct json_object *reply) {
	struct json_object *error = tree_get(reply, "error");
	if (error && worth_retrying(s, error)) {
		const int64_t ms = tree_int(error, "data.retry_after_ms");
		json_object_put(reply);
		pause_ms(ms > 0 && ms < 60000 ? ms : RETRY_MS);
		return send_slot(im, s);
	}
	s->reply = reply;
	const int rc = error ? error_exit_code(error) : EXIT_DONE;
	/* No fault of this line, and no other would fare better. */
	if (rc == EXIT_NOT_ALLOWED || rc == EXIT_UNREACHABLE) {
		progress_clear(im);
		return ctl_refused(im->ctl, error);
	}
	if (error)
		error_each(error, add_fault, s);
	s->done = true;
	return EXIT_DONE;
}

static int receive_one(struct import *im) {
	struct err e = {0};
	struct json_object *reply;
	if (!client_receive(&im->ctl->client, &reply, &e))
		return ctl_broken(&e);
	/* An error of nobody: the daemon could not even read what we sent. */
	if (tree_get(reply, "error") && !tree_get(reply, "id")) {
		const int rc = ctl_refused(im->ctl, tree_get(reply, "error"));
		json_object_put(reply);
		return rc;
	}
	const int64_t id = tree_int(reply, "id");
	for (size_t i = 0; i < im->n; i++) {
		struct slot *s = slot_at(im, i);
		if (!s->done && s->id == id)
			return on_reply(im, s, reply);
	}
	json_object_put(reply);
	return EXIT_DONE;
}

static void report_faults(struct import *im, const struct slot *s) {
	progress_clear(im);
	for (const char *text = s->faults.data; text && *text;) {
		const size_t n = strcspn(text, "\n");
		term_note("%s:%d: %.*s\n", im->records.file, s->line, (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void slot_fini(struct slot *s) {
	json_object_put(s->params);
	json_object_put(s->reply);
	strbuf_fini(&s->faults);
	*s = (struct slot){0};
}

/* Counts the oldest line, waiting for its answer if need be. */
static int settle_first(struct import *im) {
	struct slot *s = slot_at(im, 0);
	int rc = EXIT_DONE;
	while (!s->done && rc == EXIT_DONE)
		rc = receive_one(im);
	if (!s->done)
		return rc;
	if (s->faults.len > 0)
		report_faults(im, s);
	im->refused += s->faults.len > 0;
	im->replayed += s->faults.len == 0 && tree_bool(s->reply, "result.replayed");
	im->created += s->faults.len == 0 && !tree_bool(s->reply, "result.replayed");
	slot_fini(s);
	im->first = (im->first + 1) % IN_FLIGHT;
	im->n--;
	progress_show(im);
	return rc;
}

static int settle_all(struct import *im) {
	int rc = EXIT_DONE;
	while (im->n > 0 && rc == EXIT_DONE)
		rc = settle_first(im);
	return rc;
}

static bool later(const struct import *im, const char *received_at, int64_t *at_us) {
	struct err ignored;
	return received_at && rfc3339_parse(received_at, at_us, &ignored) && *at_us > im->now_us;
}

/* Moves the test clock to the line's time, once everything before it has happened. */
static int advance_to(struct import *im, const char *received_at) {
	int64_t at_us;
	if (!later(im, received_at, &at_us))
		return EXIT_DONE;
	int rc = settle_all(im);
	if (rc != EXIT_DONE)
		return rc;
	struct json_object *params = json_object_new_object(), *result = NULL;
	tree_put(params, "to", json_object_new_string(received_at));
	rc = ctl_call(im->ctl, "test.advance", params, &result);
	json_object_put(params);
	json_object_put(result);
	im->now_us = at_us;
	return rc;
}

static int put_record(struct import *im, struct record *record) {
	int rc = EXIT_DONE;
	if (record->params && im->advance)
		rc = advance_to(im, tree_str(record->params, "received_at"));
	if (rc == EXIT_DONE && im->n == IN_FLIGHT)
		rc = settle_first(im);
	if (rc != EXIT_DONE) {
		json_object_put(record->params);
		return rc;
	}
	struct slot *s = slot_at(im, im->n++);
	*s = (struct slot){.line = record->line, .params = record->params, .done = !record->params};
	for (size_t i = 0; i < record->faults.n; i++)
		add_fault(record->faults.v[i], s);
	if (!s->params)
		return EXIT_DONE;
	complete(im, s->params);
	return send_slot(im, s);
}

static int read_clock(struct import *im) {
	struct json_object *info;
	struct err ignored;
	int rc = ctl_call(im->ctl, "system.info", NULL, &info);
	if (rc != EXIT_DONE)
		return rc;
	const char *now = tree_str(info, "now");
	if (!tree_bool(info, "test_clock")) {
		term_error("gridd --test-clock", T("--advance moves a test clock, and this gridd runs on real time",
		                                   "--advance 要拨测试时钟，而这个 gridd 用的是真实时间"));
		rc = EXIT_FAILED;
	} else if (!now || !rfc3339_parse(now, &im->now_us, &ignored)) {
		term_error(NULL, T("gridd did not say what time it is", "gridd 没有给出当前时间"));
		rc = EXIT_FAILED;
	}
	json_object_put(info);
	return rc;
}

static int run_records(struct import *im) {
	struct record record;
	int rc = ctl_connect(im->ctl);
	if (rc == EXIT_DONE && im->advance)
		rc = read_clock(im);
	while (rc == EXIT_DONE && !term_interrupted() && records_next(&im->records, &record))
		rc = put_record(im, &record);
	if (rc == EXIT_DONE)
		rc = settle_all(im);
	return term_interrupted() ? EXIT_INTERRUPTED : rc;
}

static void print_summary(struct import *im) {
	struct json_object *tree = json_object_new_object();
	tree_put(tree, "new", json_object_new_int64((int64_t)im->created));
	tree_put(tree, "replayed", json_object_new_int64((int64_t)im->replayed));
	tree_put(tree, "refused", json_object_new_int64((int64_t)im->refused));
	if (im->dry_run)
		tree_put(tree, "dry_run", json_object_new_boolean(true));
	if (!ctl_json(im->ctl, tree) && im->dry_run)
		term_print(T("%zu sound, %zu refused; nothing was stored\n", "合格 %zu，未收 %zu；未保存任何数据\n"),
		           im->created + im->replayed, im->refused);
	else if (!own_bool(&im->ctl->args, "json"))
		term_print(T("%zu new, %zu there already, %zu refused\n", "新增 %zu，已有 %zu，未收 %zu\n"), im->created,
		           im->replayed, im->refused);
	json_object_put(tree);
}

int run_import(struct ctl *ctl) {
	const char *encoding = own_str(&ctl->args, "encoding");
	struct import im = {.ctl = ctl,
	                    .channel = own_str(&ctl->args, "channel"),
	                    .dry_run = own_bool(&ctl->args, "dry_run"),
	                    .advance = own_bool(&ctl->args, "advance"),
	                    .shows_progress = term_err_is_tty()};
	int rc = EXIT_FAILED;
	if (records_open(&im.records, own_str(&ctl->args, "file"), own_str(&ctl->args, "map"), encoding ? encoding : "auto", &rc)) {
		rc = run_records(&im);
		progress_clear(&im);
		print_summary(&im);
		if (rc != EXIT_DONE)
			fprintf(stderr, "%s\n",
			        T("stopped before the end; run the same command again to go on: what is there is recognised",
			          "未到文件末尾就停下了；再运行同一命令即可继续，已有的会认出"));
		else if (im.refused > 0)
			rc = EXIT_FAILED;
	}
	for (size_t i = 0; i < im.n; i++)
		slot_fini(slot_at(&im, i));
	records_fini(&im.records);
	return rc;
}
