/* model: what the board knows: the open cases, who holds them, and what happened last. Filled from the daemon's answers and events;
 * knows neither the screen nor the connection. Owns all of its texts. */
#ifndef GRIDCTL_BOARD_MODEL_H
#define GRIDCTL_BOARD_MODEL_H

#include "clients/gridctl/term/term.h"
#include "daemon/base/dict.h"

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

enum { EVENTS_KEPT = 200 };

/* A clock of the kinds that can run for whoever holds a case. */
struct row_clock {
	char name[12];
	int64_t task, started_us, due_us;
	bool running;
};

/* What case.get would still have to tell. SOFT: a name or a place is missing. HARD: facts are. */
enum want { WANT_NOTHING, WANT_SOFT, WANT_HARD };

struct row {
	char *number, *state, *class, *estate, *address, *unit;
	int64_t version, due_us;            /* due_us: NO_TIME where no clock runs for the holder */
	struct row_clock *clocks;
	size_t n_clocks;
	int64_t lead;                       /* the newest lead task */
	char urgency;                       /* 'n', 'u', 'e' */
	bool pending;                       /* a request waits */
	bool hidden;                        /* known by its events only, or closed: not shown */
	enum want want;
	bool asked;                         /* somebody's case.get is under way (kept by him) */
	uint32_t allowed;                   /* bits: model_acts */
	int64_t allowed_at;                 /* the version that `allowed` is of */
	uint32_t round;                     /* the reading of the list that had it last */
};

struct happening {
	int64_t seq;
	char *number, *at, *what, *unit, *detail;
};

struct unit_line {
	const char *unit;                   /* its code, "" for nobody; lives as long as the model */
	int64_t open, due_today, overdue, longest_s;
};

enum order { ORDER_WORST, ORDER_NEWEST, ORDER_BY_UNIT, ORDER_COUNT };

struct model {
	struct row **rows;                  /* in no order */
	size_t n_rows, cap_rows;
	uint32_t *slots;                    /* by number: index + 1 into rows */
	size_t n_slots;

	struct arena names_arena;
	struct dict names;                  /* "u:CODE", "c:CODE", "e:CODE" -> struct both */
	struct dict codes;                  /* of units, interned */

	struct happening events[EVENTS_KEPT];
	size_t n_events;                    /* ever; the newest is events[(n_events - 1) % EVENTS_KEPT] */
	int64_t last_seq;                   /* -1: not known */

	bool listing;                       /* the list is being read: what closes meanwhile is remembered */
	uint32_t round;

	int64_t now_us;                     /* the town's time */
	int32_t offset_s;

	/* What is shown, made by model_refresh. */
	char *filter, *unit_filter;         /* NULL: none */
	enum order order;
	struct row **shown;
	size_t n_shown, cap_shown;
	struct unit_line *units, total;
	size_t n_units, cap_units;
	bool changed;                       /* since the last model_refresh */
};

void model_init(struct model *m);
void model_fini(struct model *m);

/* The methods that the board offers, by bit. */
extern const char *const model_acts[];
enum { ACT_URGE, ACT_DISPATCH, ACT_VERIFY, ACT_ORDER, ACT_DECIDE, ACT_ASK, ACT_COUNT };

struct row *model_find(const struct model *m, const char *number);
/* Between these two every row that the daemon lists is given to model_take. What the list no longer has goes at the end. */
void model_list_begin(struct model *m);
void model_list_end(struct model *m);
/* A case as case.list and case.get tell it. An older version than the one known changes nothing. */
void model_take(struct model *m, struct json_object *one);
/* There is no such case (any more). */
void model_drop(struct model *m, const char *number);
/* An event of the feed; one that was seen before changes nothing. True: the list is to be read anew. */
bool model_event(struct model *m, struct json_object *event);
/* Only to be shown; the rows stay as they are. */
void model_past_event(struct model *m, struct json_object *event);
/* The i-th newest, or NULL. */
const struct happening *model_happening(const struct model *m, size_t i);

void model_set_filter(struct model *m, const char *text);      /* "" or NULL: none */
void model_set_unit(struct model *m, const char *unit);        /* NULL: all */
/* Makes shown, units and total anew. */
void model_refresh(struct model *m);

/* Names in the person's language; the code where none is known; never NULL. */
const char *model_unit_name(const struct model *m, const char *code);
const char *model_class_name(const struct model *m, const char *code);
const char *row_place(const struct model *m, const struct row *r);
const char *row_state_name(const struct row *r);
/* Seconds until it is due, negative when overdue; false: no clock runs. */
bool row_left(const struct model *m, const struct row *r, int64_t *seconds);
/* The unit whose code, or whose name in either language, that is; NULL: none known. */
const char *model_unit_code(const struct model *m, const char *word);

/* ---- Between the files of the model ---- */
struct row *model_add(struct model *m, const char *number);
void model_remove(struct model *m, struct row *r);
void model_learn(struct model *m, char kind, const char *code, struct both name);
bool model_knows(const struct model *m, char kind, const char *code);
/* That text is part of the code, or of the name in either language. */
bool model_name_has(const struct model *m, char kind, const char *code, const char *part);
void text_set(char **at, const char *text);
bool state_is_open(const char *state);
void row_reckon_due(struct row *r);
void row_put_clock(struct row *r, struct json_object *clock);

#endif
