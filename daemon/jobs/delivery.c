/* delivery: a bounded number of tries at a time, each a program with a notice on its standard input. */
#include "daemon/jobs/delivery.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/jobs/notice_text.h"
#include "daemon/jobs/program.h"
#include "daemon/store/case_json.h"
#include "daemon/store/outbox.h"
#include "statements.h"

#include <inttypes.h>
#include <stdlib.h>

enum {
	LOOK_MS = 1000,
	PARALLEL = 4,
	LIMIT_S = 30,
	LEASE_S = 60,                   /* longer than a program may take */
	TRIES = 10,
	FIRST_S = 60,
	LONGEST_S = 24 * 3600,
	JITTER_PERCENT = 20             /* so that what failed together isn't tried together */
};

/* One try of one notice; owns what it needs of it. */
struct attempt {
	struct delivery *d;
	struct attempt *next, **at;
	struct arena arena;
	struct notice_name name;
	const char *channel;
	int64_t tries;
	struct program *program; /* NULL: it has ended */
	struct delivery_result result;
};

/* A trial of a channel: no notice of the outbox. */
struct trial {
	struct delivery *d;
	struct trial *next, **at;
	struct program *program;
	struct err refused;
	on_tried done;
	void *call;
};

struct delivery {
	struct server *sv;
	const post_channel_list *channels;
	struct event *beat;
	struct arena arena;      /* of the question under way */
	struct arena wake_arena; /* of the one after a reload */
	bool asking;
	struct attempt *attempts;
	struct trial *trials;
	size_t running; /* attempts */
};

static void look_in(struct delivery *d, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(d->beat, &tv) == 0);
}

/* Programs only. */
static const struct post_channel *find_channel(const struct delivery *d, const char *name) {
	const struct post_channel *c = post_channel_find(d->channels, name);
	return c && c->kind == POST_EXEC ? c : NULL;
}

static void attempt_free(struct attempt *t) {
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	t->d->running--;
	program_kill(&t->program);
	arena_fini(&t->arena);
	free(t);
}

/* ---- What came of it ---- */

static void on_recorded(const struct rows *rows, const struct err *why, void *ctx) {
	struct attempt *t = ctx;
	struct delivery *d = t->d;
	(void)rows;
	if (why)
		log_warn("notice.not_recorded", "town", t->name.town, "error", why->text);
	attempt_free(t);
	look_in(d, 0);
}

/* 1 min, 2 min, ... 24 h, each up to a fifth longer. */
static int32_t back_off_s(int64_t tries) {
	int32_t s = FIRST_S;
	for (int64_t i = 1; i < tries && s < LONGEST_S; i++)
		s *= 2;
	s = s < LONGEST_S ? s : LONGEST_S;
	return s + (int32_t)arc4random_uniform((uint32_t)(s * JITTER_PERCENT / 100));
}

static void record(struct attempt *t) {
	const struct delivery_result *r = &t->result;
	const char *id = arena_printf(&t->arena, "%" PRId64 "-%d", t->name.seq, t->name.n);
	if (r->delivered)
		log_info("notice.delivered", "town", t->name.town, "notice", id, "channel", t->channel);
	else
		log_warn(r->again_in_s ? "notice.failed" : "notice.dead", "town", t->name.town, "notice", id, "channel", t->channel,
		         "error", r->failure);
	outbox_record(t->d->sv->db, r, &t->arena, on_recorded, t);
}

static void fail(struct attempt *t, const char *failure, int32_t again_in_s) {
	t->result = (struct delivery_result){
	    .name = t->name, .failure = arena_strdup(&t->arena, failure), .again_in_s = again_in_s};
	record(t);
}

static void on_program_over(bool ok, const char *failure, void *ctx) {
	struct attempt *t = ctx;
	t->program = NULL;
	if (!ok) {
		fail(t, failure, t->tries < TRIES ? back_off_s(t->tries) : 0);
		return;
	}
	t->result = (struct delivery_result){.name = t->name, .delivered = true};
	record(t);
}

/* ---- A try ---- */

static bool run(struct attempt *t, const struct post_channel *channel, const struct strbuf *text, struct err *e) {
	const struct program_start start = {.argv = channel->exec,
	                                    .input = text->data,
	                                    .input_bytes = text->len,
	                                    .limit_s = LIMIT_S,
	                                    .done = on_program_over,
	                                    .ctx = t};
	return program_run(t->d->sv->base, &start, &t->program, e);
}

static bool start(struct attempt *t, const struct rows *rows, size_t row, struct err *e) {
	struct notice notice;
	const struct town_slot *slot = towns_find(t->d->sv->towns, t->name.town, e);
	const struct post_channel *channel = find_channel(t->d, t->channel);
	if (!slot || !slot->pack)
		return slot ? err_set(e, E_UNAVAILABLE, "no pack is loaded for the town") : false;
	if (!notice_decode(rows_text(rows, row, NOTICE_AGG), &t->arena, &notice, e))
		return false;
	const struct notice_about about = {.town = t->name.town,
	                                   .id = arena_printf(&t->arena, "%" PRId64 "-%d", t->name.seq, t->name.n),
	                                   .number = rows_text(rows, row, NOTICE_NUMBER),
	                                   .class_code = rows_text(rows, row, NOTICE_CLASS),
	                                   .estate = rows_text(rows, row, NOTICE_ESTATE),
	                                   .grid = rows_text(rows, row, NOTICE_GRID),
	                                   .made_at_us = rows_time(rows, row, NOTICE_MADE_AT),
	                                   .notice = &notice};
	struct strbuf text;
	strbuf_init(&text);
	notice_write(&about, slot->pack, &text);
	const bool ok = run(t, channel, &text, e);
	strbuf_fini(&text);
	return ok;
}

static void begin(struct delivery *d, const struct rows *rows, size_t row) {
	struct attempt *t = calloc(1, sizeof *t);
	struct err why = {0};
	CHECK(t != NULL);
	*t = (struct attempt){.d = d, .next = d->attempts, .at = &d->attempts};
	if (t->next)
		t->next->at = &t->next;
	d->attempts = t;
	d->running++;
	arena_init(&t->arena);
	t->name = (struct notice_name){.town = arena_strdup(&t->arena, rows_text(rows, row, NOTICE_TOWN)),
	                               .seq = rows_int(rows, row, NOTICE_SEQ),
	                               .n = (int32_t)rows_int(rows, row, NOTICE_N)};
	t->channel = arena_strdup(&t->arena, rows_text(rows, row, NOTICE_CHANNEL));
	t->tries = rows_int(rows, row, NOTICE_TRIES);
	if (!find_channel(d, t->channel))
		fail(t, arena_printf(&t->arena, "the config file has no channel %s", t->channel), LONGEST_S);
	else if (!start(t, rows, row, &why))
		fail(t, why.text, t->tries < TRIES ? back_off_s(t->tries) : 0);
}

static void on_taken(const struct rows *rows, const struct err *why, void *ctx) {
	struct delivery *d = ctx;
	d->asking = false;
	if (why)
		log_debug("delivery.unanswered", "error", why->text);
	for (size_t i = 0; rows && i < rows->n; i++)
		begin(d, rows, i);
	look_in(d, LOOK_MS);
}

static void on_look(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct delivery *d = arg;
	const char *why = NULL;
	if (d->asking)
		return;
	if (d->running == PARALLEL || d->channels->n == 0 || d->sv->stopping || !server_ready(d->sv, &why)) {
		look_in(d, LOOK_MS);
		return;
	}
	d->asking = true;
	arena_reset(&d->arena);
	outbox_lease(d->sv->db, (int32_t)(PARALLEL - d->running), LEASE_S, &d->arena, on_taken, d);
}

/* ---- Outside ---- */

static void on_woken(const struct rows *rows, const struct err *why, void *ctx) {
	struct delivery *d = ctx;
	(void)rows;
	if (why)
		log_warn("delivery.not_woken", "error", why->text);
	look_in(d, 0);
}

void delivery_reload(struct delivery *d) {
	if (!db_is_ready(d->sv->db))
		return;
	arena_reset(&d->wake_arena);
	struct params *p = params_new(&d->wake_arena);
	const char **names = arena_array(&d->wake_arena, const char *, d->channels->n + 1);
	for (size_t i = 0; i < d->channels->n; i++)
		names[i] = d->channels->v[i].name;
	params_texts(p, names, d->channels->n);
	db_ask_job(d->sv->db, &stmt_delivery_wake, p, &d->wake_arena, on_woken, d);
}

void delivery_start(struct delivery *d) { look_in(d, 0); }

static void end_trial(struct trial *t, bool ok, const char *failure) {
	*t->at = t->next;
	if (t->next)
		t->next->at = t->at;
	t->done(ok, failure, t->call);
	free(t);
}

static void on_trial_over(bool ok, const char *failure, void *ctx) { end_trial(ctx, ok, failure); }

static void on_trial_refused(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct trial *t = arg;
	end_trial(t, false, t->refused.text);
}

void delivery_test(struct delivery *d, const struct channel_test *what, on_tried done, void *call) {
	const struct post_channel *channel = find_channel(d, what->channel);
	struct trial *t = calloc(1, sizeof *t);
	struct strbuf text;
	CHECK(t != NULL);
	*t = (struct trial){.d = d, .next = d->trials, .at = &d->trials, .done = done, .call = call};
	if (t->next)
		t->next->at = &t->next;
	d->trials = t;
	strbuf_init(&text);
	notice_write_test(what->town, what->channel, what->to, &text);
	const struct program_start start = {.argv = channel ? channel->exec : (struct strs){0},
	                                    .input = text.data,
	                                    .input_bytes = text.len,
	                                    .limit_s = LIMIT_S,
	                                    .done = on_trial_over,
	                                    .ctx = t};
	const bool ok = channel ? program_run(d->sv->base, &start, &t->program, &t->refused)
	                        : err_set(&t->refused, E_NOT_FOUND, "the config file has no channel %s", what->channel);
	strbuf_fini(&text);
	if (!ok)
		CHECK(event_base_once(d->sv->base, -1, EV_TIMEOUT, on_trial_refused, t, &(struct timeval){0}) == 0);
}

struct delivery *delivery_new(struct server *sv, const post_channel_list *channels) {
	struct delivery *d = calloc(1, sizeof *d);
	CHECK(d != NULL);
	d->sv = sv;
	d->channels = channels;
	arena_init(&d->arena);
	arena_init(&d->wake_arena);
	d->beat = event_new(sv->base, -1, 0, on_look, d);
	CHECK(d->beat != NULL);
	return d;
}

void delivery_free(struct delivery **d) {
	struct delivery *old = *d;
	*d = NULL;
	if (!old)
		return;
	while (old->attempts)
		attempt_free(old->attempts);
	while (old->trials) {
		struct trial *t = old->trials;
		old->trials = t->next;
		program_kill(&t->program);
		free(t);
	}
	event_free(old->beat);
	arena_fini(&old->arena);
	arena_fini(&old->wake_arena);
	free(old);
}
