/* auditor: walks all open cases, a page at a time, and repairs timers. */
#include "daemon/jobs/auditor.h"

#include "daemon/base/check.h"
#include "daemon/base/log.h"
#include "daemon/jobs/by_time.h"
#include "daemon/jobs/lease.h"
#include "statements.h"

#include <stdlib.h>

enum {
	LOOK_S = 10,
	PAGE = 50,              /* cases between two looks at the sockets */
	BREATH_US = 20000       /* between two pages, where nobody waits for the result: 2,000 cases a second */
};
static const int64_t each_us = 10 * MINUTE_US;

struct auditor {
	struct server *sv;
	struct lease *lease;
	struct event *beat;
	struct arena arena;  /* of the page */
	int64_t due_at_us;   /* NO_TIME: before auditor_start */
	int64_t last_id;     /* of the walk */
	int64_t seen, repaired;
	size_t repairing;    /* sent to the writer */
	bool walking, last_page;
	on_audited done;     /* NULL: nobody waits for it */
	void *ctx;
};

static void beat_in(struct auditor *a, int64_t us) {
	const struct timeval tv = {.tv_sec = us / SECOND_US, .tv_usec = us % SECOND_US};
	CHECK(event_add(a->beat, &tv) == 0);
}

static void end_walk(struct auditor *a, const struct err *why) {
	const on_audited done = a->done;
	a->walking = false;
	a->done = NULL;
	a->due_at_us = db_now_us(a->sv->db) + each_us;
	if (why)
		log_warn("audit.broken_off", "error", why->text);
	else
		log_fmt(a->repaired ? LOG_WARN : LOG_DEBUG, "audit.done", "cases", "%lld repaired=%lld", (long long)a->seen,
		        (long long)a->repaired);
	beat_in(a, LOOK_S * SECOND_US);
	if (done)
		done(a->repaired, why, a->ctx);
}

static void page_over(struct auditor *a) {
	if (a->repairing)
		return;
	if (a->last_page)
		end_walk(a, NULL);
	else
		beat_in(a, a->done ? 0 : BREATH_US);
}

static void on_repaired(struct by_time *b, enum by_time_end end, const struct err *why, void *ctx) {
	struct auditor *a = ctx;
	if (end == BY_TIME_STORED) {
		a->repaired++;
		log_warn("timer.repaired", "town", by_time_town(b), "case", by_time_number(b));
	} else if (end == BY_TIME_FAILED) {
		log_error("timer.not_repaired", "town", by_time_town(b), "case", by_time_number(b), "error", why->text);
	}
	by_time_free(&b);
	a->repairing--;
	page_over(a);
}

/* Columns of audit_cases.sql. */
enum { AUDIT_TOWN, AUDIT_ID, AUDIT_NUMBER, AUDIT_AGG, AUDIT_HAS_TIMER, AUDIT_FIRE_AT, AUDIT_FAILURES };

/* One that was put off after failures may be late. */
static bool is_sound(const struct by_time *b, const struct rows *rows, size_t row) {
	const int64_t next_us = by_time_next_us(b), fire_us = rows_time(rows, row, AUDIT_FIRE_AT);
	if (!rows_bool(rows, row, AUDIT_HAS_TIMER))
		return false;
	return fire_us == next_us || (rows_int(rows, row, AUDIT_FAILURES) > 0 && next_us != NO_TIME && fire_us > next_us);
}

static void look_at(struct auditor *a, const struct rows *rows, size_t row) {
	static const struct command repair = {.kind = CMD_REPAIR};
	struct err why = {0};
	const struct case_row_ref ref = {.town = rows_text(rows, row, AUDIT_TOWN),
	                                 .number = rows_text(rows, row, AUDIT_NUMBER),
	                                 .agg = rows_text(rows, row, AUDIT_AGG),
	                                 .id = rows_int(rows, row, AUDIT_ID)};
	struct by_time *b = by_time_new(a->sv, &ref);
	const bool can_read = by_time_read(b, &why);
	if (can_read && !is_sound(b, rows, row) && by_time_put(b, &repair, on_repaired, a, &why)) {
		a->repairing++;
		return;
	}
	if (why.code != E_NONE)
		log_error("timer.not_audited", "town", by_time_town(b), "case", by_time_number(b), "error", why.text);
	by_time_free(&b);
}

static void on_page(const struct rows *rows, const struct err *why, void *ctx) {
	struct auditor *a = ctx;
	if (!rows) {
		end_walk(a, why);
		return;
	}
	for (size_t i = 0; i < rows->n; i++)
		look_at(a, rows, i);
	if (rows->n)
		a->last_id = rows_int(rows, rows->n - 1, AUDIT_ID);
	a->seen += (int64_t)rows->n;
	a->last_page = rows->n < PAGE;
	page_over(a);
}

static void read_page(struct auditor *a) {
	arena_reset(&a->arena);
	struct params *p = params_new(&a->arena);
	params_int8(p, a->last_id);
	params_int4(p, PAGE);
	db_ask_slow(a->sv->db, &stmt_audit_cases, p, &a->arena, on_page, a);
}

static void start_walk(struct auditor *a) {
	a->walking = true;
	a->last_id = a->seen = a->repaired = 0;
	read_page(a);
}

static void on_beat(evutil_socket_t fd, short what, void *arg) {
	(void)fd, (void)what;
	struct auditor *a = arg;
	const char *why = NULL;
	const bool ready = !a->sv->stopping && server_ready(a->sv, &why);
	if (a->walking) {
		read_page(a);
		return;
	}
	if (ready && lease_held(a->lease) && auditor_is_due(a))
		start_walk(a);
	else
		beat_in(a, LOOK_S * SECOND_US);
}

bool auditor_is_due(const struct auditor *a) {
	return !a->walking && a->due_at_us != NO_TIME && db_now_us(a->sv->db) >= a->due_at_us;
}

void auditor_run(struct auditor *a, on_audited done, void *ctx) {
	CHECK(!a->walking && a->done == NULL);
	a->done = done;
	a->ctx = ctx;
	start_walk(a);
}

void auditor_start(struct auditor *a) {
	if (!a->sv->test_clock)
		lease_want(a->lease, true);
	if (a->due_at_us != NO_TIME)
		return;
	a->due_at_us = db_now_us(a->sv->db) + each_us;
	beat_in(a, LOOK_S * SECOND_US);
}

void auditor_stop(struct auditor *a) { lease_want(a->lease, false); }

struct auditor *auditor_new(struct server *sv) {
	struct auditor *a = calloc(1, sizeof *a);
	CHECK(a != NULL);
	a->sv = sv;
	a->due_at_us = NO_TIME;
	arena_init(&a->arena);
	a->lease = lease_new(sv, &(struct lease_config){.job = "auditor"});
	a->beat = event_new(sv->base, -1, 0, on_beat, a);
	CHECK(a->beat != NULL);
	return a;
}

void auditor_free(struct auditor **a) {
	struct auditor *old = *a;
	*a = NULL;
	if (!old)
		return;
	event_free(old->beat);
	lease_free(&old->lease);
	arena_fini(&old->arena);
	free(old);
}
