/* model: what a loaded pack says exists. Read-only after loading; all strings and lists live in the pack. */
#ifndef GRIDD_RULES_MODEL_H
#define GRIDD_RULES_MODEL_H

#include "daemon/cases/policy.h"
#include "daemon/cases/roster.h"

/* Where something is written, for explain and for faults. */
struct place_in_file {
	const char *file;
	int line, col;
};

/* Codes of others: `scheme:code`. */
struct foreign_code {
	const char *scheme, *code;
};
typedef LIST_OF(struct foreign_code) foreign_code_list;

struct named {                          /* reasons, results, estate kinds: an id and its names */
	const char *id, *zh, *en;
	foreign_code_list codes;
};
typedef LIST_OF(struct named) named_list;

enum unknown_act { UNKNOWN_REFUSE, UNKNOWN_TRIAGE };
enum channel_kind { CHANNEL_PATROL, CHANNEL_PUBLIC, CHANNEL_HOTLINE, CHANNEL_LEADER, CHANNEL_VIDEO, CHANNEL_ESTATE, CHANNEL_SELF, CHANNEL_KINDS };
extern const char *const channel_kind_names[CHANNEL_KINDS + 1];

struct channel {
	const char *id, *zh, *en;
	enum channel_kind kind;
	enum unknown_act unknown;           /* what an unknown class, condition, estate or grid does */
};

struct reason {
	struct named named;
	const char *of;                     /* return, reject, suspend, extend, arbitrate, waive, supervise, handover ... */
	const char *fault;                  /* unit, dispatcher, rule, nobody; NULL: not said */
};

struct mark_def {
	struct named named;
	bool judgement;                     /* a judgement has values; a milestone has none */
	named_list values;
};

struct clock_def {                      /* a further clock */
	struct named named;
	const char *from, *until;           /* from: received, dispatched, or a mark; until: a mark */
};

struct required_marks {                 /* that must be set before the lead finishes, and before it passes */
	struct strs finish, pass;
};

struct unit {
	const char *id, *zh, *en, *kind, *parent, *calendar, *replaced_by, *leader;   /* leader: a unit's id */
	int32_t until_day, retired_day;     /* INT32_MAX: none */
	contact_list contacts;
	foreign_code_list codes;
	const char *status, *source;
	struct place_in_file at;
};

enum management { MANAGED, SELF_MANAGED, ABANDONED, MANAGEMENTS };
extern const char *const management_names[MANAGEMENTS + 1];     /* managed self abandoned */

struct estate {
	const char *id, *zh, *en, *kind, *grid;
	const char *committee, *property_firm, *lift_firm, *owners_committee;     /* units; NULL: none */
	enum management management;
	struct strs aliases, lanes;         /* names and lane addresses that find it: "永和路300弄" */
	int32_t retired_day;
	foreign_code_list codes;
	struct place_in_file at;
};

struct grid {
	const char *id, *zh, *committee;
};

struct condition {
	const char *id, *zh, *en;
	clock_limit_list limits;
};

struct class_def {
	const char *code, *zh, *en, *big, *group;   /* group: for `similar`; default the class itself */
	bool emergency;
	LIST_OF(struct condition) conditions;
	clock_limit_list limits;            /* those that hold without a condition */
	struct required_marks requires;
	const char *calendar;
	foreign_code_list codes;
	int32_t retired_day;
	struct place_in_file at;
};

struct ladder {
	const char *id, *zh, *en;
	bool holds;
	ladder_step_list steps;
};

struct town {
	const char *code, *zh, *en;         /* 9 digits */
	const char *zone_name, *calendar, *desk;
	bool propose;                       /* `dispatch: propose` is the default */
	struct policy policy;               /* what town.yaml says of returns, extensions, reopening, orders ...; with defaults */
	clock_limit_list limits;
	LIST_OF(struct channel) channels;
	LIST_OF(struct reason) reasons;
	named_list results, estate_kinds, unit_kinds, big_classes;
	LIST_OF(struct mark_def) marks;
	LIST_OF(struct clock_def) clocks;
};

#endif
