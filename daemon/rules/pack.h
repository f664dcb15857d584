/* pack: one immutable version of a town's rule folder, loaded. Reference-counted, shared by all calls that decide by it.
 *
 * Loading is all or nothing, lists every fault at once, needs neither database nor daemon, and may run on another thread: a
 * pack touches nothing but its own memory. */
#ifndef GRIDD_RULES_PACK_H
#define GRIDD_RULES_PACK_H

#include "daemon/base/faults.h"
#include "daemon/rules/model.h"

struct pack;

/* The text of a folder, as read from disk or from the database. */
struct pack_file {
	const char *name;                   /* "rules/estates.yaml" */
	const char *text;
	size_t n;
};
struct pack_source {
	struct arena arena;
	LIST_OF(struct pack_file) files;    /* sorted by name */
};

/* Reads every *.yaml of the folder, its rules/ and its tests/. Other files are left alone. */
bool pack_source_read(const char *dir, struct pack_source *out, struct err *e) MUST_CHECK;
void pack_source_fini(struct pack_source *s);
/* SHA-256 over names and texts: equal exactly if the folder is. */
void pack_source_hash(const struct pack_source *s, unsigned char out[32]);

/* How a zone's TZif bytes come in: by `app` (from /usr/share/zoneinfo), so that this room opens no file of the system's. */
struct zone_bytes {
	const void *bytes;
	size_t n;
};
typedef bool (*zone_loader)(const char *name, struct arena *a, struct zone_bytes *out, struct err *e);
/* The loader for programs: reads /usr/share/zoneinfo (TZDIR honoured). */
bool zone_load_file(const char *name, struct arena *a, struct zone_bytes *out, struct err *e);

/* Loads, checks and runs the pack's own tests (unless skip_tests). On false *out is NULL and faults holds at least one. The
 * faults' strings live in the faults' arena. */
bool pack_load(const struct pack_source *s, zone_loader zones, bool skip_tests, struct faults *faults, struct pack **out)
    MUST_CHECK;
struct pack *pack_ref(struct pack *p);
void pack_unref(struct pack **p);       /* safe from any thread */

const struct town *pack_town(const struct pack *p);
const struct calendar_set *pack_calendars(const struct pack *p);
const struct policy *pack_policy(const struct pack *p);
struct roster pack_roster(const struct pack *p);      /* borrows the pack */
size_t pack_rules(const struct pack *p);              /* how many */
size_t pack_tests(const struct pack *p);
size_t pack_bytes(const struct pack *p);              /* memory it holds */
int32_t pack_version(const struct pack *p);           /* given by the database; 0 until then */
void pack_set_version(struct pack *p, int32_t version);   /* before it is shared */
const unsigned char *pack_hash(const struct pack *p);     /* 32 bytes, of its source */

/* Look-ups; NULL: not there. An id may be written `scheme:code` where the thing has codes. Retired things are found. */
const struct unit *pack_unit(const struct pack *p, const char *id);
const struct estate *pack_estate(const struct pack *p, const char *id);
const struct class_def *pack_class(const struct pack *p, const char *code);
const struct condition *class_condition(const struct class_def *c, const char *id);
const struct grid *pack_grid(const struct pack *p, const char *id);
const struct channel *pack_channel(const struct pack *p, const char *id);
const struct ladder *pack_ladder(const struct pack *p, const char *id);
bool pack_has_clock(const struct pack *p, const char *name);       /* built in or declared */
const struct reason *pack_reason(const struct pack *p, const char *id);
const struct mark_def *pack_mark(const struct pack *p, const char *id);
const struct named *pack_result(const struct pack *p, const char *id);
const struct clock_def *pack_clock(const struct pack *p, const char *name);   /* of those that it declares */
/* Where a rule stands: the pack's file, and the line in *line. NULL: no such rule. */
const char *pack_rule_place(const struct pack *p, const char *id, int *line);
const struct named *named_find(const named_list *list, const char *id);

/* For lists and printing: the i-th of each, in file order; NULL past the end. */
const struct unit *pack_unit_at(const struct pack *p, size_t i);
const struct estate *pack_estate_at(const struct pack *p, size_t i);
const struct class_def *pack_class_at(const struct pack *p, size_t i);

/* The estate an address lies in: the longest alias, name or lane that occurs in it as a whole word (full-width digits and
 * spaces don't matter; 12弄 isn't found in 312弄; a shorter name within a longer one that occurs doesn't count). *found: what
 * occurred, in the pack. NULL: none, or two different estates, or a name that several estates have. */
const struct estate *pack_estate_by_address(const struct pack *p, const char *address, struct arena *a, const char **found);

#endif
