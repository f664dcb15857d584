/* digest: the night's overdue list (每晚超期清单): figures and rows, as they are planned, kept and rendered.
 *
 * Once planned it is never changed: it is kept as JSON (digest_encode) in `occurrence.plan`, and every page is made from it and
 * from nothing else, so that it can be made again, byte for byte. Codes and names, no addresses, no persons. */
#ifndef GRIDD_REPORTS_DIGEST_H
#define GRIDD_REPORTS_DIGEST_H

#include "daemon/base/civil.h"
#include "daemon/base/strbuf.h"
#include "daemon/base/list.h"

enum { DIGEST_FORMAT = 1, DIGEST_NAMED = 20 };

enum digest_mark {
	DIGEST_ON_TIME,
	DIGEST_LATE,                        /* 补发: gridd was down at its hour */
	DIGEST_RECKONED,                    /* 补算: never planned, folded from the events later */
	DIGEST_MARKS
};
extern const char *const digest_mark_names[DIGEST_MARKS + 1];          /* "on_time" "late" "reckoned" */

/* A case whose holder's running clock is past due. */
struct digest_row {
	const char *number, *class_code, *estate, *grid;       /* codes; NULL: not known */
	const char *unit;                   /* whose time it is: the bearer of that clock */
	const char *clock;                  /* accept, handle, dispatch, verify ... */
	int64_t received_at_us, due_at_us;
	int64_t worked_us, natural_us;      /* overdue by: the clock's own time; time on the wall */
	const char *longest;                /* who had the case longest, by working time; NULL: nobody */
	int64_t longest_permille;           /* of the case's working time up to then */
	int64_t returns, level;             /* escalation level */
	const char *last_act;               /* type of the newest event by a person: "task.accepted"; NULL: none */
	int64_t last_act_at_us;
	bool fresh;                         /* overdue since the night before */
	bool emergency;
};
typedef LIST_OF(struct digest_row) digest_row_list;

/* One unit's line; the centre's own time (dispatch, verify) is a unit's like any other's. */
struct digest_unit {
	const char *unit;
	int64_t overdue, fresh;
	int64_t longest_us;                 /* the longest overdue, worked */
	int64_t due_soon;                   /* breaches within 24 h if nothing is done */
	int64_t suspended;
	int64_t orders;                     /* supervision orders to it without an accepted reply */
};
typedef LIST_OF(struct digest_unit) digest_unit_list;

/* What a code is called, of all codes that the digest has: `kind` is unit, class, estate, clock or event. */
struct digest_name {
	const char *kind, *code, *zh, *en;
};
typedef LIST_OF(struct digest_name) digest_name_list;

struct digest {
	int64_t format;
	const char *town, *town_zh, *town_en;
	const char *day;                    /* "2026-11-23": whose night it is */
	enum digest_mark mark;
	int64_t at_us;                      /* the figures are of this instant */
	int64_t offset_s;                   /* of the town's zone then */
	int64_t pack_version;
	int64_t overdue;                    /* = rows.n */
	int64_t overdue_before;             /* the night before; -1: not known */
	int64_t fresh;                      /* rows that are new since the night before */
	int64_t due_soon;                   /* clocks of holders that run out within 24 h */
	int64_t undelivered;                /* notices that were given up, or wait for longer than an hour, when this was
	                                     * planned; -1: not known, it was reckoned later */
	int64_t orders;                     /* supervision orders without an accepted reply */
	int64_t suspended, suspended_today;
	int64_t extended_today, waived_today, late_entries_today;      /* recorded since the night before */
	struct strs extended, waived, late_entries;    /* numbers of those cases, the first DIGEST_NAMED */
	digest_unit_list units;             /* most overdue first; a unit without anything isn't here */
	digest_row_list rows;               /* overdue longest first, by worked time */
	digest_name_list names;             /* sorted by kind, code */
};

void digest_encode(const struct digest *d, struct strbuf *out);
bool digest_decode(const char *json, struct arena *a, struct digest *out, struct err *e) MUST_CHECK;
/* Its name in that language; the code itself where it has none. */
enum page_lang { PAGE_ZH, PAGE_EN, PAGE_LANGS };
extern const char *const page_lang_names[PAGE_LANGS + 1];              /* "zh" "en" */
const char *digest_name_of(const struct digest *d, const char *kind, const char *code, enum page_lang lang);

#endif
