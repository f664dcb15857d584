/* timekeeper: sweeps over what is due, a page at a time, a bounded number of firings in flight. */
#include "daemon/jobs/timekeeper.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/jobs/by_time.h"
#include "daemon/jobs/lease.h"
#include "daemon/store/timers.h"

#include <stdlib.h>

enum {
	POLL_MS = 500,
	AGAIN_MS = 20,                         /* after somebody overtook us */
	PAGE = 500,                            /* rows read at once */
	IN_FLIGHT = 4 * LIMIT_TIME_BATCH,      /* a batch on each of the writer's lanes, the next ones decided */
	BESIDE_CALLS = LIMIT_TIME_BATCH / 4,   /* while calls are in flight: each waits for a small batch of ours at most */
	SLICE_US = 500,                        /* of deciding, between two looks at the sockets */
	CHAIN = 64,                            /* firings of one case, before others have a turn */
	STUCK = 3                              /* failures that are told to people */
};
static const int64_t full_each_us = 5 * SECOND_US;         /* a look from the very start, past the lower bound */
static const int64_t floor_behind_us = 2 * SECOND_US;      /* commands under way may set a timer that has passed */
static const int64_t lease_patience_us = 10 * SECOND_US;   /* of a settling: another daemon moves the clock */

/* A case whose firing is decided and not yet stored, or failed and not yet put off. */
struct flight {
	struct timekeeper *t;
	struct flight *next, **at;
	struct by_time *b;
	int32_t failures, chain;
	bool repair;        /* its timer is too early: what is under way sets it right */
	struct arena arena; /* of the question that puts it off */
};

struct timekeeper {
	struct server *sv;
	struct lease *lease;
	struct event *beat;
	struct flight *flights;
	size_t n_flights;

	/* The sweep under way: pages from since_us on, until one isn't full. */
	struct arena page_arena;
	const struct rows *page;
	size_t next_row;
	bool sweeping, reading, last_page, stale_page; /* stale: all of the page was in flight when it was read */
	int64_t now_us, since_us;
	int64_t skip[IN_FLIGHT]; /* in flight when the page was asked for: it shows them as they were */
	size_t n_skip;

	int64_t floor_us, full_at_mono_us;
	bool from_start; /* something was left behind: the next sweep is a full one, soon */

	on_settled settled; /* NULL: nobody waits */
	void *ctx;
	bool settling, kept; /* settling: this sweep answers whoever waits */
	int64_t fired, settle_until_mono_us;
	struct err settle_err;
};

static void fire(struct flight *f);

static void beat_in(struct timekeeper *t, int64_t us) {
	const struct timeval tv = {.tv_sec = us / SECOND_US, .tv_usec = us % SECOND_US};
	CHECK(event_add(t->beat, &tv) == 0);
}

static void poll_later(struct timekeeper *t) { beat_in(t, (int64_t)POLL_MS * 1000); }

/* ---- One firing ---- */

static void land(struct flight *f) {
	struct timekeeper *t = f->t;
	*f->at = f->next;
	if (f->next)
		f->next->at = f->at;
	t->n_flights--;
	by_time_free(&f->b);
	arena_fini(&f->arena);
	free(f);
	beat_in(t, 0);
}

static void on_put_off(const struct rows *rows, const struct err *why, void *ctx) {
	struct flight *f = ctx;
	(void)rows;
	if (why) {
		f->t->settle_err = *why;
		f->t->from_start = true;
	}
	land(f);
}

/* 1 s, 1 s, then 5 min, doubling to 1 h. */
static int64_t delay_of(int32_t failures) {
	int64_t us = 5 * MINUTE_US;
	if (failures < STUCK)
		return SECOND_US;
	for (int32_t i = STUCK; i < failures && us < HOUR_US; i++)
		us *= 2;
	return us < HOUR_US ? us : HOUR_US;
}

static void fail(struct flight *f, const struct err *why) {
	struct db *db = f->t->sv->db;
	const int32_t failures = f->failures + 1;
	char until[RFC3339_BYTES];
	const int64_t until_us = db_now_us(db) + delay_of(failures);
	log_write(failures < STUCK ? LOG_WARN : LOG_ERROR, failures < STUCK ? "timer.failed" : "timer.stuck", "town",
	          by_time_town(f->b), "case", by_time_number(f->b), "again", rfc3339_format(until_us, 0, until), "error", why->text,
	          NULL);
	timers_put_off(db, by_time_id(f->b), until_us, failures, &f->arena, on_put_off, f);
}

static void on_fired(struct by_time *b, enum by_time_end end, const struct err *why, void *ctx) {
	struct flight *f = ctx;
	struct timekeeper *t = f->t;
	if (end == BY_TIME_FAILED) {
		fail(f, why);
		return;
	}
	if (end == BY_TIME_STORED) {
		const int64_t next_us = by_time_next_us(b);
		const bool due = next_us != NO_TIME && next_us <= db_now_us(t->sv->db);
		t->fired += !f->repair;
		f->failures = 0;
		if (due && ++f->chain < CHAIN && lease_held(t->lease)) {
			fire(f);
			return;
		}
		t->from_start = t->from_start || due;
	} else {
		t->from_start = true;
		if (end == BY_TIME_LATER)
			t->settle_err = *why;
	}
	land(f);
}

/* A timer that is earlier than what the case has to fire is set right: else it would be looked at for ever. */
static void fire(struct flight *f) {
	struct err why = {0};
	const int64_t now_us = db_now_us(f->t->sv->db), next_us = by_time_next_us(f->b);
	f->repair = next_us == NO_TIME || next_us > now_us;
	const struct command cmd = {.kind = f->repair ? CMD_REPAIR : CMD_FIRE};
	if (!by_time_put(f->b, &cmd, on_fired, f, &why))
		fail(f, &why);
}

static void begin(struct timekeeper *t, size_t row) {
	const struct case_row_ref ref = {.town = rows_text(t->page, row, TIMER_TOWN),
	                                 .number = rows_text(t->page, row, TIMER_NUMBER),
	                                 .agg = rows_text(t->page, row, TIMER_AGG),
	                                 .id = rows_int(t->page, row, TIMER_CASE)};
	struct flight *f = calloc(1, sizeof *f);
	struct err why = {0};
	CHECK(f != NULL);
	*f = (struct flight){.t = t, .next = t->flights, .at = &t->flights};
	if (f->next)
		f->next->at = &f->next;
	t->flights = f;
	t->n_flights++;
	arena_init(&f->arena);
	f->failures = (int32_t)rows_int(t->page, row, TIMER_FAILURES);
	f->b = by_time_new(t->sv, &ref);
	if (by_time_read(f->b, &why))
		fire(f);
	else
		fail(f, &why);
}

/* ---- A sweep ---- */

static bool is_skipped(const struct timekeeper *t, int64_t id) {
	for (size_t i = 0; i < t->n_skip; i++)
		if (t->skip[i] == id)
			return true;
	return false;
}

static size_t rows_left(const struct timekeeper *t) { return t->page ? t->page->n - t->next_row : 0; }

/* Whoever waits for a settling is a call too, but not one that we should make room for. */
static bool has_room(const struct timekeeper *t) {
	const size_t calls = t->sv->calls - (t->settled && t->sv->calls ? 1 : 0);
	return t->n_flights < (calls ? BESIDE_CALLS : IN_FLIGHT);
}

/* Begins what there is room for, for a while. True: there is more, and room. */
static bool begin_some(struct timekeeper *t) {
	const int64_t until_us = clock_monotonic_us() + SLICE_US;
	while (rows_left(t) && has_room(t)) {
		const size_t row = t->next_row++;
		if (!is_skipped(t, rows_int(t->page, row, TIMER_CASE)))
			begin(t, row);
		if (clock_monotonic_us() >= until_us)
			break;
	}
	return rows_left(t) && has_room(t);
}

/* Nothing more of this sweep is begun. */
static void abandon(struct timekeeper *t) {
	t->page = NULL;
	t->last_page = true;
	t->from_start = true;
}

static void on_page(const struct rows *rows, const struct err *why, void *ctx) {
	struct timekeeper *t = ctx;
	t->reading = false;
	if (!rows) {
		t->settle_err = *why;
		abandon(t);
	} else if (rows->n && !lease_held(t->lease)) {
		abandon(t); /* on a test clock: it is asked for when there is something to do */
		lease_want(t->lease, true);
	} else {
		t->page = rows;
		t->next_row = 0;
		t->last_page = rows->n < PAGE;
		t->stale_page = true;
		for (size_t i = 0; i < rows->n && t->stale_page; i++)
			t->stale_page = is_skipped(t, rows_int(rows, i, TIMER_CASE));
		if (rows->n)
			t->since_us = rows_time(rows, rows->n - 1, TIMER_FIRE_AT);
	}
	beat_in(t, 0);
}

static void read_page(struct timekeeper *t) {
	struct db *db = t->sv->db;
	t->n_skip = 0;
	for (const struct flight *f = t->flights; f; f = f->next)
		t->skip[t->n_skip++] = by_time_id(f->b);
	t->reading = true;
	t->page = NULL;
	t->now_us = db_now_us(db);
	arena_reset(&t->page_arena);
	timers_due(db, t->now_us, t->since_us, lease_held(t->lease) ? PAGE : 1, &t->page_arena, on_page, t);
}

static void start_sweep(struct timekeeper *t) {
	const int64_t mono_us = clock_monotonic_us();
	const bool full = t->from_start || t->settled || mono_us >= t->full_at_mono_us;
	if (full)
		t->full_at_mono_us = mono_us + full_each_us;
	t->since_us = full ? 0 : t->floor_us;
	t->sweeping = true;
	t->settling = t->settled != NULL;
	t->from_start = t->last_page = t->stale_page = false;
	t->settle_err = (struct err){0};
	read_page(t);
}

/* ---- Between two sweeps ---- */

static void tell_settled(struct timekeeper *t, const struct err *why) {
	const on_settled done = t->settled;
	t->settled = NULL;
	done(t->fired, why, t->ctx);
}

static void on_next(const struct rows *rows, const struct err *why, void *ctx) {
	struct timekeeper *t = ctx;
	t->reading = false;
	if (why || rows->n == 0) {
		poll_later(t);
		return;
	}
	const int64_t wait_us = rows_time(rows, 0, TIMER_FIRE_AT) - db_now_us(t->sv->db);
	beat_in(t, wait_us > 0 ? wait_us : 0);
}

/* The alarm: at the next firing, if that comes before the next look. */
static void set_alarm(struct timekeeper *t) {
	if (t->sv->test_clock) {
		if (!t->kept)
			lease_want(t->lease, false);
		poll_later(t);
		return;
	}
	t->reading = true;
	arena_reset(&t->page_arena);
	timers_due(t->sv->db, db_now_us(t->sv->db) + (int64_t)POLL_MS * 1000, t->floor_us, 1, &t->page_arena, on_next, t);
}

static void end_sweep(struct timekeeper *t) {
	t->sweeping = false;
	t->page = NULL;
	t->floor_us = t->from_start ? 0 : t->now_us - floor_behind_us;
	if (t->settling && t->settle_err.code != E_NONE)
		tell_settled(t, &t->settle_err);
	else if (t->settling && !t->from_start)
		tell_settled(t, NULL);
	if (t->from_start && (t->settle_err.code != E_NONE || !lease_held(t->lease)))
		poll_later(t);
	else if (t->from_start)
		beat_in(t, (int64_t)AGAIN_MS * 1000);
	else if (t->settled && !t->settling)
		beat_in(t, 0);
	else
		set_alarm(t);
}

/* May a sweep begin? Without the lease only on a test clock, to see whether there is anything to do. */
static bool may_sweep(struct timekeeper *t) {
	const char *why = NULL;
	if (t->sv->stopping || !server_ready(t->sv, &why))
		return false;
	if (lease_held(t->lease))
		return true;
	if (!t->settled)
		return t->sv->test_clock;
	lease_want(t->lease, true);
	return false;
}

static void check_patience(struct timekeeper *t) {
	struct err why = {0};
	if (!t->settled || t->sweeping || clock_monotonic_us() < t->settle_until_mono_us)
		return;
	(void)err_set(&why, E_OVERLOADED, "another daemon is moving the test clock, or the database is away");
	tell_settled(t, &why);
}

static void tend(struct timekeeper *t) {
	if (!t->sweeping) {
		if (t->reading)
			return;
		if (may_sweep(t)) {
			start_sweep(t);
			return;
		}
		check_patience(t);
		if (!t->sv->stopping || t->settled)
			poll_later(t);
		return;
	}
	if (rows_left(t) && (t->sv->stopping || !lease_held(t->lease)))
		abandon(t);
	if (begin_some(t))
		beat_in(t, 0);
	else if (!t->reading && !rows_left(t) && !t->last_page && !(t->stale_page && t->n_flights))
		read_page(t);
	else if (!t->reading && !rows_left(t) && t->last_page && !t->n_flights)
		end_sweep(t);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	tend(arg);
}

static void on_gained(void *ctx) {
	struct timekeeper *t = ctx;
	t->from_start = true;
	beat_in(t, 0);
}

/* ---- Outside ---- */

void timekeeper_settle(struct timekeeper *t, on_settled done, void *ctx) {
	CHECK(t->settled == NULL);
	t->settled = done;
	t->ctx = ctx;
	t->fired = 0;
	t->settling = false;
	t->settle_until_mono_us = clock_monotonic_us() + lease_patience_us;
	beat_in(t, 0);
}

void timekeeper_keep(struct timekeeper *t, bool keep) {
	t->kept = keep;
	if (keep)
		lease_want(t->lease, true);
}

void timekeeper_start(struct timekeeper *t) {
	if (!t->sv->test_clock)
		lease_want(t->lease, true);
	beat_in(t, 0);
}

void timekeeper_stop(struct timekeeper *t) { lease_want(t->lease, false); }

struct timekeeper *timekeeper_new(struct server *sv) {
	struct timekeeper *t = calloc(1, sizeof *t);
	CHECK(t != NULL);
	t->sv = sv;
	arena_init(&t->page_arena);
	t->lease = lease_new(sv, &(struct lease_config){.job = "timekeeper", .on_gained = on_gained, .ctx = t});
	t->beat = event_new(sv->base, -1, 0, on_beat, t);
	CHECK(t->beat != NULL);
	return t;
}

void timekeeper_free(struct timekeeper **t) {
	struct timekeeper *old = *t;
	*t = NULL;
	if (!old)
		return;
	while (old->flights) {
		struct flight *f = old->flights;
		old->flights = f->next;
		by_time_free(&f->b);
		arena_fini(&f->arena);
		free(f);
	}
	event_free(old->beat);
	lease_free(&old->lease);
	arena_fini(&old->page_arena);
	free(old);
}
