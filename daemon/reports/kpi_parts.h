/* kpi_parts: what the files kpi_*.c share: what is remembered of one case, and what it counts for. Nobody else includes it. */
#ifndef GRIDD_REPORTS_KPI_PARTS_H
#define GRIDD_REPORTS_KPI_PARTS_H

#include "daemon/reports/kpi_make.h"

/* Whose mistake a step was. */
enum kpi_fault { FAULT_UNKNOWN, FAULT_UNIT, FAULT_CENTRE, FAULT_NOBODY };

/* ---- What the events of one case said ---- */

struct seen_task {
	int32_t n;
	int64_t given_seq, ended_seq;
	int32_t reworks;                    /* so often its work didn't pass */
	enum kpi_fault arbitrated;          /* an arbitration took the case from it: whose mistake that was */
};
struct seen_clock {
	struct clock of;                    /* as it was seen first: name, task, order and start tell which */
	int64_t started_seq, breached_seq;
};
struct seen_return {
	int32_t task;
	const char *unit, *reason;
	int64_t at_us, seq;
	enum kpi_fault arbitrated;          /* what an arbitration afterwards said */
};
struct seen_order {
	int32_t n;
	int64_t seq;
};

enum seen_act_kind { ACT_SUSPENDED, ACT_ASKED_MORE_TIME, ACT_VERDICT, ACT_UNDID_BREACH };
struct seen_act {
	enum seen_act_kind kind;
	const char *unit, *actor;
	int64_t at_us, seq;
	bool flag;                          /* asked in the last hour; a verdict: rework */
};

/* The number of open cases goes up or down. */
struct seen_step {
	int64_t at_us;
	int32_t by;                         /* 1, -1 */
	bool received, closed;
};

struct kpi_story {
	const struct kpi_ask *ask;
	struct arena *arena;                /* until the case's end */
	int64_t received_seq, filed_seq, filed_at_us, over_seq;        /* filed_at: NO_TIME: it never was */
	LIST_OF(struct seen_task) tasks;
	LIST_OF(struct seen_clock) clocks;
	LIST_OF(struct seen_return) returns;
	LIST_OF(struct seen_order) orders;
	LIST_OF(struct seen_act) acts;
	LIST_OF(struct seen_step) steps;
};

void story_begin(struct kpi_story *s, const struct kpi_ask *ask, struct arena *a);
void story_event(struct kpi_story *s, const struct kpi_event *ev);
const struct seen_task *story_task(const struct kpi_story *s, int32_t n);      /* NULL: none */
const struct seen_clock *story_clock(const struct kpi_story *s, const struct clock *c);
bool story_same_clock(const struct clock *a, const struct clock *b);

/* ---- What it counts for ---- */

/* One more of that part of that indicator. */
struct kpi_hit {
	enum indicator indicator;
	enum kpi_part part;
	const char *unit;                   /* in whose row; NULL: the town's alone */
	int64_t seq, amount;                /* 1; of a weighted one its weight in thousandths */
	int64_t at_us;                      /* of a breach: when; else NO_TIME */
};
typedef LIST_OF(struct kpi_hit) kpi_hit_list;

struct kpi_hits {
	const struct kpi_story *story;
	const struct case_rec *cr;          /* at its end */
	const char *owner;                  /* the unit that has it, or had it last; before the first dispatch: the desk */
	kpi_hit_list list;
};

void hits_of_case(struct kpi_hits *h);                                  /* kpi_cases.c */
void hits_of_stays(struct kpi_hits *h);                                 /* kpi_stays.c */

/* Within the period, as far as that has come by as_of. */
bool kpi_within(const struct kpi_ask *ask, int64_t at_us);
/* The clock's due time has come in the period. */
bool kpi_ran_out(const struct kpi_ask *ask, const struct clock *c);
/* Overdue as of then; while a request waits that was asked in time, nobody is. */
bool kpi_late(const struct kpi_hits *h, const struct clock *c);
void kpi_hit(struct kpi_hits *h, enum indicator i, const char *unit, int64_t seq);     /* a count */
void kpi_hit_at(struct kpi_hits *h, enum indicator i, const char *unit, int64_t seq, int64_t at_us);
void kpi_rate(struct kpi_hits *h, enum indicator i, const char *unit, int64_t seq, bool yes);
enum kpi_fault kpi_fault_of(const struct kpi_ask *ask, const char *reason);

/* ---- What follows from the cells ---- */

/* The scores of a row whose other cells are done. town: the town's row. */
void kpi_score(struct kpi_row *row, const struct kpi_row *town);       /* kpi_score.c */

#endif
