/* nightly: watches the hour, and plans one night at a time on a thread. */
#include "daemon/jobs/nightly.h"

#include "daemon/base/check.h"
#include "daemon/base/crash.h"
#include "daemon/base/log.h"
#include "daemon/jobs/aside.h"
#include "daemon/jobs/lease.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	BEAT_MS = 500,
	MOST_SKIPPED = 3660 /* days, booked at once */
};
static const int64_t grace_us = 2 * SECOND_US;     /* what was decided before the hour is stored by then */
static const int64_t late_us = 10 * MINUTE_US;     /* planned so long after its hour it is late */
static const int64_t settle_patience_us = 10 * SECOND_US;  /* of a settling: the database is away */
static const int64_t retry_first_us = SECOND_US, retry_longest_us = 5 * MINUTE_US;
static const char job[] = "nightly", missed[] = "no gridd ran at its hour";

/* What is known of one town. */
struct town_nights {
	char code[16];
	int32_t booked_day;          /* newest day that is known to be booked; INT32_MIN: none is */
	int32_t due_day;             /* newest day that was seen to be due, */
	int64_t seen_mono_us;        /* and since when */
	int64_t retry_mono_us, delay_us;
};

/* One night on its way into the book. The thread has it until it is done. */
struct planning {
	struct nightly *n;
	struct arena arena;
	struct pack *pack;
	const char *town;
	int32_t day, minute;
	int64_t now_us, began_mono_us;
	/* What came of it: */
	enum { FOUND_BOOKED, FOUND_BEFORE_ITS_TIME, PLANNED } end;
	enum digest_mark mark;
	int64_t overdue;
	size_t skipped;
};

struct nightly {
	struct server *sv;
	const struct report_config *config;
	struct lease *lease;
	struct event *beat;
	LIST_OF(struct town_nights) towns;
	struct arena arena;          /* of `towns` */
	struct planning *under_way;  /* NULL: none */
	bool wanted, kept;
	atomic_bool stop;            /* the thread breaks off */
	on_nights_settled settled;   /* NULL: nobody waits */
	void *ctx;
	int64_t settle_until_mono_us;
};

static void beat_in(struct nightly *n, int ms) {
	const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	CHECK(event_add(n->beat, &tv) == 0);
}

/* ---- On the thread ---- */

static bool should_stop(void *ctx) {
	const struct planning *p = ctx;
	return atomic_load(&p->n->stop);
}

static const char *day_text(struct planning *p, int32_t day) {
	char text[NIGHT_DAY_BYTES];
	return arena_strdup(&p->arena, night_day_text(day, text));
}

static int64_t at_us(const struct planning *p, int32_t day) { return night_at_us(p->pack, day, p->minute); }

/* The first day that isn't booked. A town's nights begin with the first one after its pack. */
static int32_t first_open_day(const struct planning *p, const struct booked *b) {
	int32_t day;
	if (b->newest && civil_parse_date(b->newest, &day))
		return day + 1;
	day = night_day_before(p->pack, b->pack_since_us, p->minute);
	return at_us(p, day) < b->pack_since_us ? day + 1 : day;
}

static void list_skipped(struct planning *p, int32_t first, skipped_list *out) {
	first = first > p->day - MOST_SKIPPED ? first : p->day - MOST_SKIPPED;
	for (int32_t day = first; day < p->day; day++)
		*LIST_ADD(out, &p->arena) = (struct skipped_day){day_text(p, day), at_us(p, day)};
	p->skipped = out->n;
}

static bool read_night(struct planning *p, struct side *s, const struct booked *b, const struct digest **out, struct err *e) {
	const struct night_ask ask = {.pack = p->pack,
	                              .day = day_text(p, p->day),
	                              .mark = p->mark,
	                              .at_us = at_us(p, p->day),
	                              .since_us = at_us(p, p->day - 1),
	                              .overdue_before = b->overdue_before,
	                              .stop = should_stop,
	                              .ctx = p};
	crash_point("nightly.counting");
	return night_read(s, &ask, &p->arena, out, e);
}

static bool book_night(struct planning *p, struct side *s, const struct digest *d, int64_t *id, struct err *e) {
	const struct book book = {p->town, job};
	struct strbuf plan;
	strbuf_init(&plan);
	digest_encode(d, &plan);
	const struct occurrence o = {.day = d->day,
	                             .mark = digest_mark_names[d->mark],
	                             .as_of_us = d->at_us,
	                             .planned_at_us = p->now_us,
	                             .format = d->format,
	                             .plan = plan.data};
	const bool ok = occurrence_plan(s, &book, &o, false, id, e);
	strbuf_fini(&plan);
	return ok;
}

/* All of it, or nothing: the plan, the notices that tell of it, the days that were missed before. */
static bool plan(struct planning *p, struct side *s, const struct booked *b, struct err *e) {
	const struct book book = {p->town, job};
	const struct digest *d = NULL;
	int64_t id = 0, first = 0;
	office_list offices = {0};
	skipped_list skipped = {0};
	p->mark = p->now_us - at_us(p, p->day) > late_us ? DIGEST_LATE : DIGEST_ON_TIME;
	list_skipped(p, first_open_day(p, b), &skipped);
	night_offices(p->pack, &p->arena, &offices);
	if (!read_night(p, s, b, &d, e) || !book_night(p, s, d, &id, e))
		return false;
	p->overdue = d->overdue;
	p->end = id ? PLANNED : FOUND_BOOKED;
	if (!id)
		return true;
	if (!occurrence_skip(s, &book, &skipped, missed, p->now_us, e) ||
	    !occurrence_tell(s, p->town, id, &offices, p->now_us, &first, e))
		return false;
	crash_point("nightly.planned");
	return true;
}

static bool plan_on_thread(struct side *s, void *ctx, struct err *e) {
	struct planning *p = ctx;
	const struct book book = {p->town, job};
	struct booked b;
	arena_reset(&p->arena);
	const struct booked_ask ask = {day_text(p, p->day), day_text(p, p->day - 1), pack_version(p->pack)};
	if (!side_begin(s, e) || !occurrence_before(s, &book, &ask, &p->arena, &b, e))
		return false;
	if (b.state)
		p->end = FOUND_BOOKED;
	else if (first_open_day(p, &b) > p->day)
		p->end = FOUND_BEFORE_ITS_TIME;
	else if (!plan(p, s, &b, e))
		return false;
	if (!side_commit(s, e))
		return false;
	if (p->end == PLANNED)
		crash_point("nightly.committed");
	return true;
}

/* ---- One night ---- */

static struct town_nights *nights_of(struct nightly *n, const char *town) {
	for (size_t i = 0; i < n->towns.n; i++)
		if (strcmp(n->towns.v[i].code, town) == 0)
			return &n->towns.v[i];
	struct town_nights *t = LIST_ADD(&n->towns, &n->arena);
	*t = (struct town_nights){.booked_day = INT32_MIN, .due_day = INT32_MIN};
	memccpy(t->code, town, '\0', sizeof t->code - 1);
	return t;
}

static void planning_free(struct planning *p) {
	pack_unref(&p->pack);
	arena_fini(&p->arena);
	free(p);
}

static void log_planned(struct planning *p) {
	log_info("nightly.planned", "town", p->town, "day", day_text(p, p->day), "mark", digest_mark_names[p->mark], "overdue",
	         arena_printf(&p->arena, "%" PRId64, p->overdue), "skipped", arena_printf(&p->arena, "%zu", p->skipped), "took_ms",
	         arena_printf(&p->arena, "%" PRId64, (clock_monotonic_us() - p->began_mono_us) / 1000));
}

static void settle(struct nightly *n, const struct err *why) {
	const on_nights_settled done = n->settled;
	n->settled = NULL;
	done(why, n->ctx);
}

static void on_planned(const struct err *why, void *ctx) {
	struct planning *p = ctx;
	struct nightly *n = p->n;
	struct town_nights *t = nights_of(n, pack_town(p->pack)->code);
	n->under_way = NULL;
	if (why) {
		log_warn("nightly.failed", "town", t->code, "error", why->text);
		t->delay_us = t->delay_us ? t->delay_us * 2 : retry_first_us;
		t->delay_us = t->delay_us < retry_longest_us ? t->delay_us : retry_longest_us;
		t->retry_mono_us = clock_monotonic_us() + t->delay_us;
	} else {
		t->booked_day = p->day;
		t->delay_us = t->retry_mono_us = 0;
		if (p->end == PLANNED)
			log_planned(p);
	}
	planning_free(p);
	if (why && n->settled)
		settle(n, why);
	beat_in(n, 0);
}

static void begin(struct nightly *n, const struct town_slot *slot, int32_t day) {
	struct planning *p = calloc(1, sizeof *p);
	CHECK(p != NULL);
	arena_init(&p->arena);
	p->n = n;
	p->pack = pack_ref(slot->pack);
	p->town = pack_town(p->pack)->code;
	p->day = day;
	p->minute = n->config->nightly_minute;
	p->now_us = db_now_us(n->sv->db);
	p->began_mono_us = clock_monotonic_us();
	n->under_way = p;
	aside_run(n->sv, &(struct aside_work){plan_on_thread, on_planned, p});
}

/* ---- The hour ---- */

static bool has_nights(const struct town_slot *slot) {
	const struct unit *u;
	for (size_t i = 0; slot->pack && (u = pack_unit_at(slot->pack, i)) != NULL; i++)
		if (contact_for_reports(&u->contacts))
			return true;
	return false;
}

/* The town's newest night that isn't known to be booked. False: it is. */
static bool is_due(struct nightly *n, const struct town_slot *slot, int32_t *day) {
	struct town_nights *t = nights_of(n, slot->code);
	const int64_t mono_us = clock_monotonic_us();
	*day = night_day_before(slot->pack, db_now_us(n->sv->db), n->config->nightly_minute);
	if (*day <= t->booked_day)
		return false;
	if (*day != t->due_day)
		t->seen_mono_us = mono_us;
	t->due_day = *day;
	return n->settled || (mono_us >= t->seen_mono_us + grace_us && mono_us >= t->retry_mono_us);
}

/* Whoever moves the test clock needs no lease: should two plan the same night, the book takes one. */
static bool may_plan(struct nightly *n) {
	const char *why = NULL;
	if (!n->wanted || n->under_way || n->sv->stopping || !server_ready(n->sv, &why))
		return false;
	return n->settled || (!n->kept && lease_held(n->lease));
}

static void check_patience(struct nightly *n) {
	struct err why = {0};
	if (!n->settled || n->under_way || (!n->sv->stopping && clock_monotonic_us() < n->settle_until_mono_us))
		return;
	(void)err_set(&why, E_UNAVAILABLE, "the nights could not be planned: the database is away, or gridd is stopping");
	settle(n, &why);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct nightly *n = arg;
	int32_t day;
	beat_in(n, BEAT_MS);
	if (!may_plan(n)) {
		check_patience(n);
		return;
	}
	for (size_t i = 0; i < towns_count(n->sv->towns); i++) {
		const struct town_slot *slot = towns_at(n->sv->towns, i);
		if (has_nights(slot) && is_due(n, slot, &day)) {
			begin(n, slot, day);
			return;
		}
	}
	if (n->settled)
		settle(n, NULL);
}

/* ---- Outside ---- */

int64_t nightly_next_us(struct nightly *n, int64_t after_us) {
	int64_t next_us = NO_TIME;
	for (size_t i = 0; i < towns_count(n->sv->towns); i++) {
		const struct town_slot *slot = towns_at(n->sv->towns, i);
		if (!has_nights(slot))
			continue;
		const int32_t minute = n->config->nightly_minute;
		const int64_t us = night_at_us(slot->pack, night_day_before(slot->pack, after_us, minute) + 1, minute);
		next_us = next_us == NO_TIME || us < next_us ? us : next_us;
	}
	return next_us;
}

int64_t nightly_between(struct nightly *n, int64_t from_us, int64_t to_us) {
	int64_t nights = 0;
	for (size_t i = 0; i < towns_count(n->sv->towns); i++) {
		const struct town_slot *slot = towns_at(n->sv->towns, i);
		const int32_t minute = n->config->nightly_minute;
		if (has_nights(slot))
			nights += night_day_before(slot->pack, to_us, minute) - night_day_before(slot->pack, from_us, minute);
	}
	return nights;
}

void nightly_settle(struct nightly *n, on_nights_settled done, void *ctx) {
	CHECK(n->settled == NULL);
	n->settled = done;
	n->ctx = ctx;
	n->settle_until_mono_us = clock_monotonic_us() + settle_patience_us;
	beat_in(n, 0);
}

void nightly_keep(struct nightly *n, bool keep) { n->kept = keep; }

static void on_gained(void *ctx) { beat_in(ctx, 0); }

void nightly_start(struct nightly *n) {
	n->wanted = true;
	lease_want(n->lease, true);
	beat_in(n, 0);
}

void nightly_stop(struct nightly *n) {
	const struct err why = {.code = E_UNAVAILABLE, .text = "gridd is stopping"};
	n->wanted = false;
	atomic_store(&n->stop, true);
	lease_want(n->lease, false);
	(void)event_del(n->beat);
	if (n->settled)
		settle(n, &why);
}

struct nightly *nightly_new(struct server *sv, const struct report_config *config) {
	struct nightly *n = calloc(1, sizeof *n);
	CHECK(n != NULL);
	n->sv = sv;
	n->config = config;
	arena_init(&n->arena);
	n->lease = lease_new(sv, &(struct lease_config){.job = "nightly", .on_gained = on_gained, .ctx = n});
	n->beat = event_new(sv->base, -1, 0, on_beat, n);
	CHECK(n->beat != NULL);
	return n;
}

void nightly_free(struct nightly **n) {
	struct nightly *old = *n;
	*n = NULL;
	if (!old)
		return;
	lease_free(&old->lease);
	event_free(old->beat);
	arena_fini(&old->arena);
	free(old);
}
