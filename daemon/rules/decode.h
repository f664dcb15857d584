/* decode: YAML nodes become structs by tables, one row a key. Every fault is noted and decoding goes on.
 *
 * A loader is one pass over one pack. Strings are interned in the pack; references to other things are noted with their
 * place and looked up when all files are read (refs_check), so that the order of files doesn't matter. */
#ifndef GRIDD_RULES_DECODE_H
#define GRIDD_RULES_DECODE_H

#include "daemon/base/yaml.h"
#include "daemon/rules/inside.h"

struct ref {
	const char *file, *word;
	int line, col;
	enum kind kind;
};

struct load {
	struct pack *pack;
	struct arena *keep;                 /* the pack's */
	struct arena *scratch;              /* dies when loading ends */
	struct faults *faults;
	const char *file;                   /* being read; its name lives in the pack */
	LIST_OF(struct ref) refs;
	struct dict words;                  /* of `words` conditions, as written -> the symbol */
	uint32_t unreadable;                /* kinds whose file couldn't be read: what is missing there isn't missing */
};

enum field_type {
	Y_TEXT,                             /* const char *: any text that isn't empty */
	Y_ID,                               /* const char *: an id: no spaces, no colon, at most LIMIT_CODE_BYTES */
	Y_REF,                              /* const char *: an id of `kind` */
	Y_REFS,                             /* struct strs: one or a list of them */
	Y_TEXTS,                            /* struct strs: one text or a list */
	Y_WORD,                             /* const char *: one of `words` */
	Y_CHOICE,                           /* int or enum: the index in `words` */
	Y_FLAG,                             /* bool: true or false */
	Y_DAY,                              /* int32_t; INT32_MAX where it is left out */
	Y_STRUCT,                           /* the shape's struct, in place */
	Y_LIST,                             /* LIST_OF(the shape's struct); it doesn't move afterwards */
	Y_CALL,                             /* whatever `call` makes of it */
	Y_ANY                               /* kept for people only */
};

struct shape;
struct field_row {
	const char *key;
	enum field_type type;
	size_t offset;
	bool required;
	enum kind kind;
	const char *const *words;
	const struct shape *shape;
	void (*call)(struct load *l, const struct yaml_node *value, void *field);
};

/* A table ends with a row without a key. `made` is called for each struct when its fields are filled. */
struct shape {
	const char *what;                   /* with its article: "a unit" */
	const struct field_row *rows;
	size_t size;
	void (*made)(struct load *l, const struct yaml_node *map, void *out);
};

void decode_map(struct load *l, const struct yaml_node *map, const struct shape *shape, void *out);
/* list points to a LIST_OF(the shape's struct). */
void decode_list(struct load *l, const struct yaml_node *node, const struct shape *shape, void *list);

void load_fault(struct load *l, const struct yaml_node *at, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

/* The text of a scalar, as interned while the file was read; NULL with a fault for anything else and for an empty one. */
const char *load_text(struct load *l, const struct yaml_node *node);
const char *load_intern(struct load *l, const char *text);
/* Appends one text or all texts of a list. */
void load_texts(struct load *l, const struct yaml_node *node, struct strs *out);
int load_choice(struct load *l, const struct yaml_node *node, const char *const *words);   /* -1: a fault */
bool load_day(struct load *l, const struct yaml_node *node, int32_t *out);
bool load_number(struct load *l, const struct yaml_node *node, int32_t min, int32_t max, int32_t *out);
/* "7h30min", "2h", "1d": hours of the wall, no calendar. */
bool load_duration(struct load *l, const struct yaml_node *node, int64_t *out_us);
bool load_instant(struct load *l, const struct yaml_node *node, int64_t *out_us);

/* Gives the thing its name; a fault if another of its kind has it. */
void load_define(struct load *l, enum kind kind, const char *id, void *thing, const struct yaml_node *at);
void load_define_codes(struct load *l, enum kind kind, const foreign_code_list *codes, void *thing,
                       const struct yaml_node *at);
void load_refer(struct load *l, enum kind kind, const char *word, const struct yaml_node *at);
bool load_is_unreadable(const struct load *l, enum kind kind);
/* Looks up all that was referred to. */
void refs_check(struct load *l);

/* Shared values, as `call` rows. */
void load_codes(struct load *l, const struct yaml_node *node, void *foreign_codes);
void load_limits(struct load *l, const struct yaml_node *node, void *clock_limits);
void load_limit(struct load *l, const struct yaml_node *node, void *limit);      /* "4wh" */
extern const struct shape requires_shape;               /* into a struct required_marks */

/* load_policy.c: keys of town.yaml, each decoded into the same struct policy. */
extern const struct shape returns_shape, suspend_shape, reopen_shape, supervision_shape;
void load_late_entry(struct load *l, const struct yaml_node *node, void *policy);
void load_extensions(struct load *l, const struct yaml_node *node, void *policy);
void policy_defaults(struct load *l, struct policy *out);
void policy_check(struct load *l, const struct yaml_node *town, const struct policy *policy);
/* What it takes from the rest of the pack. */
void policy_finish(struct load *l);
/* Says of each limit where it is written: "class E70-05". */
void limits_written_in(struct load *l, clock_limit_list *limits, const char *what, const char *id);

/* The files, each into load->pack. */
struct load_town_result {
	struct strs rule_files;             /* in the order of matching */
	const struct yaml_node *rules_node; /* where they are listed */
};
void load_town(struct load *l, const struct yaml_node *root, zone_loader zones, struct load_town_result *out);
void load_calendars(struct load *l, const struct yaml_node *root);
void load_units(struct load *l, const struct yaml_node *root);
void load_estates(struct load *l, const struct yaml_node *root);
void load_classes(struct load *l, const struct yaml_node *root);
void load_ladders(struct load *l, const struct yaml_node *root);
void load_rule(struct load *l, const struct yaml_node *item);      /* each of the file's rules, then */
void load_rules(struct load *l, const struct yaml_node *root);      /* the rest of it */
void load_tests(struct load *l, const struct yaml_node *root);
/* What can only be said when all is there: cycles, the last rule, clocks' starts. */
void load_finish(struct load *l);

#endif
