/* follow: keeps the model up with the daemon: the list once, then the feed; finds out that the daemon is gone, and comes
 * back. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/civil.h"
#include "daemon/base/clock.h"

#include <stdio.h>
#include <string.h>

/* What the loss of a daemon that hangs takes to be seen is PING_US + SILENCE_US. */
#define PING_US        (3 * SECOND_US / 2)
#define SILENCE_US     (3 * SECOND_US)
#define FIRST_RETRY_US (SECOND_US / 5)
#define LAST_RETRY_US  (5 * SECOND_US)
#define GET_PACE_US    (SECOND_US / 20) /* between two case.get */
#define SLOW_PACE_US   SECOND_US        /* for what nobody looks at */

enum { PAGE_ROWS = 500, GAP_MOST = 2000, PAST_EVENTS = 100, GETS_AT_ONCE = 4 };

void follow_call(struct board *b, const char *method, struct json_object *params, on_answer handler) {
	if (b->town[0] && !tree_get(params, "town"))
		tree_put(params, "town", json_object_new_string(b->town));
	ctl_sign(b->ctl, params);
	link_call(&b->link, method, params, handler);
}

/* ---- Time ---- */

void follow_clock(struct board *b) {
	const int64_t mono_us = clock_monotonic_us();
	if (!b->frozen && b->standing >= STANDING_READING)
		b->model.now_us += mono_us - b->sampled_us;
	b->sampled_us = mono_us;
}

/* "+08:00" at the end of a time, in seconds. */
static int32_t offset_of(const char *rfc3339, int64_t at_us) {
	struct err ignored;
	char local[RFC3339_BYTES];
	int64_t as_utc_us;
	if (strlen(rfc3339) < 19)
		return 0;
	(void)snprintf(local, sizeof local, "%.19sZ", rfc3339);
	return rfc3339_parse(local, &as_utc_us, &ignored) ? (int32_t)((as_utc_us - at_us + SECOND_US / 2) / SECOND_US) / 60 * 60
	                                                  : 0;
}

static void take_now(struct board *b, const char *now) {
	struct err ignored;
	int64_t at_us;
	if (!now || !rfc3339_parse(now, &at_us, &ignored))
		return;
	b->model.offset_s = offset_of(now, at_us);
	/* The answer was on its way for a while: small steps back are none. */
	if (at_us > b->model.now_us || b->model.now_us - at_us > 5 * SECOND_US)
		b->model.now_us = at_us;
	b->sampled_us = clock_monotonic_us();
}

/* ---- Broken ---- */

void follow_broke(struct board *b, const char *why) {
	follow_clock(b);
	if (b->standing >= STANDING_READING || !b->lost_us)
		b->lost_us = clock_monotonic_us();
	b->standing = STANDING_LOST;
	(void)snprintf(b->why, sizeof b->why, "%s", why);
	link_close(&b->link);
	b->pinging = false;
	b->asking = 0;
	if (b->model.listing)
		b->gapped = true;
	b->model.listing = false;
	b->backoff_us = b->backoff_us ? 2 * b->backoff_us : FIRST_RETRY_US;
	if (b->backoff_us > LAST_RETRY_US)
		b->backoff_us = LAST_RETRY_US;
	b->retry_us = clock_monotonic_us() + b->backoff_us;
	b->dirty = true;
}

/* The daemon's own words, as the reason why we can't go on. */
static void refused(struct board *b, struct json_object *error) {
	const char *message = tree_str(error, "message");
	follow_broke(b, message ? message : "?");
}

/* ---- The list ---- */

static void on_page(void *ctx, const struct answer *a);

static void ask_page(struct board *b, const char *cursor) {
	static const char *const open_states[] = {"triage", "dispatched", "handling", "finished", "suspended"};
	struct json_object *params = json_object_new_object();
	for (size_t i = 0; i < sizeof open_states / sizeof *open_states; i++)
		tree_add(params, "state", json_object_new_string(open_states[i]));
	tree_put(params, "limit", json_object_new_int64(PAGE_ROWS));
	if (cursor)
		tree_put(params, "cursor", json_object_new_string(cursor));
	follow_call(b, "case.list", params, on_page);
}

static void on_page(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	if (!a->result && !a->error)
		return;
	if (a->error) {
		refused(b, a->error);
		return;
	}
	for (size_t i = 0; i < tree_count(a->result, "cases"); i++)
		model_take(&b->model, tree_at(a->result, "cases", i));
	take_now(b, tree_str(a->result, "now"));
	b->dirty = true;
	if (tree_str(a->result, "cursor")) {
		ask_page(b, tree_str(a->result, "cursor"));
		return;
	}
	model_list_end(&b->model);
	b->gapped = false;
	b->standing = STANDING_LIVE;
	b->backoff_us = 0;
}

static void on_past(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	for (size_t i = 0; i < tree_count(a->result, "events"); i++)
		model_past_event(&b->model, tree_at(a->result, "events", i));
	b->dirty = true;
}

/* The feed's position is known, so nothing is lost between the list and what follows. */
static void read_all(struct board *b) {
	const int64_t head = b->model.last_seq;
	struct json_object *params = json_object_new_object();
	tree_put(params, "after", json_object_new_int64(head > PAST_EVENTS ? head - PAST_EVENTS : 0));
	tree_put(params, "limit", json_object_new_int64(PAST_EVENTS));
	follow_call(b, "events.read", params, on_past);
	model_list_begin(&b->model);
	b->standing = STANDING_READING;
	ask_page(b, NULL);
}

/* ---- The feed ---- */

static void subscribe(struct board *b, int64_t after);

static void on_subscribed(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	if (!a->result && !a->error)
		return;
	const char *reason = tree_str(a->error, "data.reason");
	if (a->error && reason && strcmp(reason, "invalid_params") == 0 && b->model.last_seq >= 0) {
		/* Another database than before: what we know is of no use. */
		b->model.last_seq = -1;
		b->gapped = true;
		subscribe(b, -1);
		return;
	}
	if (a->error) {
		refused(b, a->error);
		return;
	}
	const int64_t after = tree_int(a->result, "after"), head = tree_int(a->result, "head");
	if (head - after > GAP_MOST) {
		b->gapped = true;
		subscribe(b, head);
	} else if (b->model.last_seq < 0 || b->gapped) {
		if (after > b->model.last_seq)
			b->model.last_seq = after;
		read_all(b);
	} else {
		b->standing = STANDING_LIVE;
		b->backoff_us = 0;
	}
	b->dirty = true;
}

static void subscribe(struct board *b, int64_t after) {
	struct json_object *params = json_object_new_object();
	if (after >= 0)
		tree_put(params, "after", json_object_new_int64(after));
	follow_call(b, "events.subscribe", params, on_subscribed);
}

static void on_notice(void *ctx, const char *method, struct json_object *params) {
	struct board *b = ctx;
	if (strcmp(method, "events.end") == 0) {
		const char *reason = tree_str(params, "reason");
		(void)snprintf(b->why, sizeof b->why, "%s", reason ? reason : "?");
		/* Our rights may be others now: then the list is another one. */
		b->gapped = b->gapped || !reason || strcmp(reason, "slow") != 0;
		b->standing = STANDING_OPENING;
		subscribe(b, b->model.last_seq);
		b->dirty = true;
	} else if (strcmp(method, "event") == 0) {
		const char *number = tree_str(params, "case");
		follow_clock(b);
		if (model_event(&b->model, params) && !b->model.listing)
			read_all(b);
		if (b->page_case && number && strcmp(number, b->page_case) == 0)
			b->page_stale = true;
		b->dirty = true;
	}
}

/* ---- Is it there? ---- */

static void on_info(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	b->pinging = false;
	if (a->error)
		refused(b, a->error);
	if (!a->result)
		return;
	const bool was_not_ready = b->not_ready;
	b->not_ready = !tree_bool(a->result, "ready");
	if (b->not_ready)
		(void)snprintf(b->why, sizeof b->why, "%s", tree_str(a->result, "why") ? tree_str(a->result, "why") : "");
	b->frozen = tree_bool(a->result, "test_clock");
	follow_clock(b);
	take_now(b, tree_str(a->result, "now"));
	b->dirty = b->dirty || b->frozen || was_not_ready != b->not_ready;
}

static void ping(struct board *b) {
	b->pinging = true;
	b->pinged_us = clock_monotonic_us();
	follow_call(b, "system.info", json_object_new_object(), on_info);
}

static void open_link(struct board *b) {
	struct err e = {0};
	if (!link_open(&b->link, b->url.data, &e)) {
		follow_broke(b, e.text);
		return;
	}
	b->standing = STANDING_OPENING;
	ping(b);
	subscribe(b, b->gapped ? -1 : b->model.last_seq);
}

void follow_start(struct board *b) {
	link_init(&b->link);
	b->link.ctx = b;
	b->link.on_notice = on_notice;
	b->standing = STANDING_LOST;
	b->retry_us = b->lost_us = 0;
}

void follow_stop(struct board *b) {
	link_close(&b->link);
	strbuf_fini(&b->link.in);
	strbuf_fini(&b->link.out);
}

/* ---- Cases that are to be asked for ---- */

static void on_case(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	struct row *r = model_find(&b->model, tree_str(a->params, "case"));
	const char *reason = tree_str(a->error, "data.reason");
	b->asking -= b->asking > 0;
	if (r)
		r->asked = false;
	if (a->result)
		model_take(&b->model, a->result);
	else if (r && reason && strcmp(reason, "not_found") == 0)
		model_remove(&b->model, r);
	else if (a->error)
		b->asked_us = clock_monotonic_us() + SECOND_US;
	b->dirty = true;
}

static bool is_on_screen(const struct board *b, size_t i) {
	return b->mode == MODE_MAIN && i >= b->top[PANE_QUEUE] && i < b->top[PANE_QUEUE] + b->fit[PANE_QUEUE];
}

/* What somebody sees or nobody knows comes first; *slow: nobody looks at it. */
static struct row *next_wanted(struct board *b, bool *slow) {
	struct model *m = &b->model;
	struct row *later = NULL;
	*slow = false;
	for (size_t i = 0; i < m->n_shown; i++) {
		struct row *r = m->shown[i];
		const bool is_selected = b->mode == MODE_MAIN && i == b->at[PANE_QUEUE];
		const bool wanted = r->want != WANT_NOTHING || (is_selected && r->allowed_at != r->version);
		if (r->asked || !wanted)
			continue;
		if (is_selected || is_on_screen(b, i) || r->want == WANT_HARD)
			return r;
		later = later ? later : r;
	}
	for (size_t i = 0; i < m->n_rows; i++) {
		struct row *r = m->rows[i];
		if (r->asked || r->want == WANT_NOTHING)
			continue;
		if (r->want == WANT_HARD)
			return r;
		later = later ? later : r;
	}
	*slow = later && !m->filter;
	return later;
}

static void ask_cases(struct board *b, int64_t mono_us) {
	bool slow;
	if (b->standing != STANDING_LIVE || b->asking >= GETS_AT_ONCE || mono_us - b->asked_us < GET_PACE_US)
		return;
	struct row *r = next_wanted(b, &slow);
	if (!r || (slow && mono_us - b->asked_us < SLOW_PACE_US))
		return;
	struct json_object *params = json_object_new_object();
	tree_put(params, "case", json_object_new_string(r->number));
	r->asked = true;
	b->asking++;
	b->asked_us = mono_us;
	follow_call(b, "case.get", params, on_case);
}

/* ---- The clock of the loop ---- */

static int64_t later_of(int64_t a, int64_t b) { return a > b ? a : b; }
static int64_t sooner_of(int64_t a, int64_t b) { return a < b ? a : b; }

int follow_tick(struct board *b) {
	int64_t mono_us = clock_monotonic_us();
	if (b->link.fd < 0 && mono_us >= b->retry_us)
		open_link(b);
	if (b->link.fd >= 0 && b->pinging && mono_us - later_of(b->pinged_us, b->link.heard_us) >= SILENCE_US)
		follow_broke(b, T("gridd does not answer", "gridd 没有应答"));
	if (b->link.fd >= 0 && !b->pinging && mono_us - b->pinged_us >= PING_US)
		ping(b);
	ask_cases(b, mono_us);
	page_follow(b);

	mono_us = clock_monotonic_us();
	int64_t next_us = mono_us + SECOND_US - b->model.now_us % SECOND_US;
	if (b->link.fd < 0)
		next_us = sooner_of(next_us, b->retry_us);
	else if (b->pinging)
		next_us = sooner_of(next_us, later_of(b->pinged_us, b->link.heard_us) + SILENCE_US);
	else
		next_us = sooner_of(next_us, b->pinged_us + PING_US);
	bool slow;
	if (b->standing == STANDING_LIVE && b->asking < GETS_AT_ONCE && next_wanted(b, &slow))
		next_us = sooner_of(next_us, b->asked_us + (slow ? SLOW_PACE_US : GET_PACE_US));
	return next_us > mono_us ? (int)((next_us - mono_us) / 1000) + 1 : 0;
}
