/* recalc: walks past a town's open cases and has those moved whose due times another calendar changes. */
#include "daemon/jobs/recalc.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/call/due_moves.h"
#include "daemon/jobs/by_time.h"
#include "daemon/jobs/lease.h"
#include "daemon/store/open_cases.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	BEAT_MS = 1000,
	PAGE_CASES = LIMIT_TIME_BATCH,
	PAUSE_MS = 5,     /* between two pages: calls come first */
	AGAIN_MS = 10000, /* longer than any daemon takes to follow a new pack */
};

/* What is known of one town: which version its cases are reckoned by, as far as this daemon has seen. */
struct reckoned {
	char town[16];
	int32_t version;
	int64_t not_before_mono_us; /* the next walk */
};

struct recalc {
	struct server *sv;
	struct lease *lease;
	struct event *beat, *go_on;
	bool wanted;
	LIST_OF(struct reckoned) done;
	struct arena arena; /* of `done` */
	/* The walk under way: */
	struct open_walk *walk;
	struct pack *pack;
	char town[16];
	size_t writing; /* cases of this page that wait for the writer */
	bool page_seen, unsettled;
	int64_t cases, moved, unreckoned;
};

static void start_timer(struct event *ev, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(ev, &tv) == 0);
}

static struct reckoned *reckoned_of(struct recalc *r, const char *town) {
	for (size_t i = 0; i < r->done.n; i++)
		if (strcmp(r->done.v[i].town, town) == 0)
			return &r->done.v[i];
	struct reckoned *new = LIST_ADD(&r->done, &r->arena);
	*new = (struct reckoned){0};
	memccpy(new->town, town, '\0', sizeof new->town - 1);
	return new;
}

static void let_go(struct recalc *r) {
	r->walk = NULL;
	pack_unref(&r->pack);
}

/* Whoever was overtaken, or had to wait, is looked at in the next walk. */
static void on_walked(const struct err *why, void *ctx) {
	struct recalc *r = ctx;
	if (why) {
		log_debug("recalc.cut_short", "town", r->town, "error", why->text);
	} else if (r->unsettled || r->moved) {
		reckoned_of(r, r->town)->not_before_mono_us = clock_monotonic_us() + AGAIN_MS * INT64_C(1000);
	} else {
		reckoned_of(r, r->town)->version = pack_version(r->pack);
	}
	if (!why && (r->moved || r->unreckoned))
		log_fmt(r->unreckoned ? LOG_WARN : LOG_INFO, "recalc.walked", "town",
		        "%s version=%d cases=%" PRId64 " moved=%" PRId64 " unreckoned=%" PRId64, r->town, pack_version(r->pack),
		        r->cases, r->moved, r->unreckoned);
	let_go(r);
}

static void page_over(struct recalc *r) {
	if (r->page_seen && r->writing == 0)
		start_timer(r->go_on, PAUSE_MS);
}

static void on_moved(struct by_time *b, enum by_time_end end, const struct err *why, void *ctx) {
	struct recalc *r = ctx;
	r->writing--;
	if (end == BY_TIME_STORED)
		r->moved++;
	else
		r->unsettled = true;
	if (end == BY_TIME_FAILED)
		log_error("recalc.failed", "case", by_time_number(b), "error", why->text);
	by_time_free(&b);
	page_over(r);
}

static void move(struct recalc *r, const struct open_case *c) {
	static const struct command reckon_again = {.kind = CMD_MOVE};
	struct by_time *b = by_time_new(
	    r->sv, &(struct case_row_ref){.town = r->town, .number = c->number, .agg = c->agg, .id = c->cr->id});
	struct err e = {0};
	if (by_time_read(b, &e) && by_time_put(b, &reckon_again, on_moved, r, &e)) {
		r->writing++;
		return;
	}
	log_error("recalc.refused", "case", c->number, "error", e.text);
	by_time_free(&b);
}

static void on_open_case(const struct open_case *c, struct arena *page, void *ctx) {
	struct recalc *r = ctx;
	due_move_list list = {0};
	int64_t problems = 0;
	due_moves(c->cr, pack_calendars(r->pack), db_now_us(r->sv->db), page, &list);
	for (size_t i = 0; i < list.n; i++)
		problems += list.v[i].problem != NULL;
	r->cases++;
	r->unreckoned += problems;
	if (list.n && !problems)
		move(r, c);
}

static void on_page(struct open_walk *w, void *ctx) {
	struct recalc *r = ctx;
	(void)w;
	r->page_seen = true;
	page_over(r);
}

static bool still_in_force(const struct recalc *r) {
	struct err ignored;
	const struct town_slot *slot = towns_find(r->sv->towns, r->town, &ignored);
	return slot && slot->pack == r->pack;
}

static void on_go_on(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct recalc *r = arg;
	r->page_seen = false;
	if (r->wanted && lease_held(r->lease) && still_in_force(r)) {
		open_walk_next(r->walk);
		return;
	}
	open_walk_stop(&r->walk);
	let_go(r);
}

static void begin(struct recalc *r, const struct town_slot *slot) {
	const struct open_walk_hooks hooks = {on_open_case, on_page, on_walked, r};
	memcpy(r->town, slot->code, sizeof r->town);
	r->pack = pack_ref(slot->pack);
	r->page_seen = r->unsettled = false;
	r->cases = r->moved = r->unreckoned = 0;
	r->walk = open_walk_start(r->sv->db, r->town, PAGE_CASES, &hooks);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct recalc *r = arg;
	if (!r->wanted)
		return;
	start_timer(r->beat, BEAT_MS);
	if (r->walk || !lease_held(r->lease) || !db_is_ready(r->sv->db))
		return;
	for (size_t i = 0; i < towns_count(r->sv->towns); i++) {
		const struct town_slot *slot = towns_at(r->sv->towns, i);
		const struct reckoned *known = reckoned_of(r, slot->code);
		if (slot->pack && known->version != pack_version(slot->pack) && clock_monotonic_us() >= known->not_before_mono_us) {
			begin(r, slot);
			return;
		}
	}
}

static void on_lease_gained(void *ctx) { recalc_hint(ctx); }

struct recalc *recalc_new(struct server *sv) {
	struct recalc *r = calloc(1, sizeof *r);
	CHECK(r != NULL);
	r->sv = sv;
	arena_init(&r->arena);
	r->lease = lease_new(sv, &(struct lease_config){.job = "recalc", .on_gained = on_lease_gained, .ctx = r});
	r->beat = event_new(sv->base, -1, 0, on_beat, r);
	r->go_on = event_new(sv->base, -1, 0, on_go_on, r);
	CHECK(r->beat && r->go_on);
	return r;
}

void recalc_free(struct recalc **r) {
	struct recalc *old = *r;
	*r = NULL;
	if (!old)
		return;
	open_walk_stop(&old->walk);
	pack_unref(&old->pack);
	lease_free(&old->lease);
	event_free(old->beat);
	event_free(old->go_on);
	arena_fini(&old->arena);
	free(old);
}

void recalc_start(struct recalc *r) {
	r->wanted = true;
	lease_want(r->lease, true);
	start_timer(r->beat, BEAT_MS);
}

void recalc_stop(struct recalc *r) {
	r->wanted = false;
	lease_want(r->lease, false);
	(void)event_del(r->beat);
}

void recalc_hint(struct recalc *r) {
	for (size_t i = 0; i < r->done.n; i++)
		r->done.v[i].not_before_mono_us = 0;
	if (r->wanted)
		start_timer(r->beat, 0);
}
