/* kpi_make: counts a month's figures from the events of a town's cases. Pure: asks neither database nor clock.
 *
 * Fed with the events of one case after the other, each with the case before and after it, and with each case at its end, as
 * store/fold_walk shows them. Every figure goes through one function: it adds to a cell, and, where somebody asks for the cases
 * behind a number, notes the case and the event; so the two can't differ. */
#ifndef GRIDD_REPORTS_KPI_MAKE_H
#define GRIDD_REPORTS_KPI_MAKE_H

#include "daemon/cases/decide.h"
#include "daemon/reports/kpi.h"
#include "daemon/rules/model.h"

enum {
	KPI_FAST_PERCENT = 5,               /* handled in less of its limit is too fast */
	KPI_FAST_MINUTES = 2,               /* or so soon after accepting */
	KPI_LAST_MINUTES = 60,              /* before the due time: late for an extension */
	KPI_SERIAL_RETURNS = 3,
	KPI_VERDICTS = 20                   /* of one person, before "never fails" says anything */
};

/* What the words of the events mean in the town's pack. */
struct kpi_words {
	const char *(*fault_of)(const void *ctx, const char *reason);          /* unit dispatcher rule nobody; NULL: not said */
	bool (*channel_kind)(const void *ctx, const char *channel, enum channel_kind *out);
	const void *ctx;
};

/* The cases behind one number. */
struct kpi_wanted {
	enum indicator indicator;
	enum kpi_part part;
	const char *key;                    /* of the row; NULL: the town's */
};

struct kpi_ask {
	const char *town;
	int64_t from_us, to_us, as_of_us;   /* [from, to); what is due counts as far as it has come by as_of */
	enum kpi_by by;
	struct strs tags;                   /* only cases that have all of them */
	const char *desk;                   /* that dispatches and verifies */
	const struct calendar_set *calendars;
	struct kpi_words words;
	const struct kpi_wanted *wanted;    /* NULL: no cases */
};

struct kpi_event {
	const struct case_rec *before, *after;         /* before NULL: it was submitted */
	const struct changes *changes;
	const char *type, *actor;
	int64_t seq, at_us, recorded_at_us;
};

/* weight: in thousandths, of a weighted figure; else 0. */
struct kpi_found {
	const char *number;
	int64_t seq, weight;
};
typedef LIST_OF(struct kpi_found) kpi_found_list;

struct kpi_maker;

/* Lives in `a`, as do the figures; `scratch` is the maker's alone, and is reset with each case. `ask`, and what it names, outlives
 * it. */
struct kpi_maker *kpi_make_new(const struct kpi_ask *ask, struct arena *a, struct arena *scratch);
/* What the event borrows lives until the case is told. */
void kpi_make_event(struct kpi_maker *m, const struct kpi_event *ev);
void kpi_make_case(struct kpi_maker *m, const char *number, const struct case_rec *cr);
/* Once, at the end. Names, offset and pack are the caller's to fill in. */
void kpi_make_end(struct kpi_maker *m, struct kpi *out);
/* After the end: the cases behind the number that was wanted, as many as the number says. */
const kpi_found_list *kpi_make_found(const struct kpi_maker *m);

#endif
