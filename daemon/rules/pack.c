/* pack: looking things up in a loaded pack, and sharing it. */
#include "daemon/rules/inside.h"

#include <stdlib.h>
#include <string.h>

struct pack *pack_ref(struct pack *p) {
	(void)atomic_fetch_add(&p->refs, 1);
	return p;
}

void pack_unref(struct pack **p) {
	struct pack *gone = *p;
	*p = NULL;
	if (!gone || atomic_fetch_sub(&gone->refs, 1) > 1)
		return;
	arena_fini(&gone->arena);
	free(gone);
}

const struct town *pack_town(const struct pack *p) { return &p->town; }
const struct calendar_set *pack_calendars(const struct pack *p) { return &p->calendars; }
const struct policy *pack_policy(const struct pack *p) { return &p->town.policy; }
size_t pack_rules(const struct pack *p) { return p->rules.n; }
size_t pack_tests(const struct pack *p) { return p->tests.n; }
size_t pack_bytes(const struct pack *p) { return sizeof *p + arena_size(&p->arena); }
int32_t pack_version(const struct pack *p) { return p->version; }
void pack_set_version(struct pack *p, int32_t version) { p->version = version; }
const unsigned char *pack_hash(const struct pack *p) { return p->hash; }

void *pack_find(const struct pack *p, enum kind kind, const char *id) { return dict_get(&p->ids[kind], id); }

const struct unit *pack_unit(const struct pack *p, const char *id) { return pack_find(p, KIND_UNIT, id); }
const struct estate *pack_estate(const struct pack *p, const char *id) { return pack_find(p, KIND_ESTATE, id); }
const struct class_def *pack_class(const struct pack *p, const char *code) { return pack_find(p, KIND_CLASS, code); }
const struct grid *pack_grid(const struct pack *p, const char *id) { return pack_find(p, KIND_GRID, id); }
const struct channel *pack_channel(const struct pack *p, const char *id) { return pack_find(p, KIND_CHANNEL, id); }
const struct ladder *pack_ladder(const struct pack *p, const char *id) { return pack_find(p, KIND_LADDER, id); }

const struct reason *pack_reason(const struct pack *p, const char *id) { return pack_find(p, KIND_REASON, id); }
const struct mark_def *pack_mark(const struct pack *p, const char *id) { return pack_find(p, KIND_MARK, id); }
const struct named *pack_result(const struct pack *p, const char *id) { return pack_find(p, KIND_RESULT, id); }

/* Who has gone is still known: orders and notices of old cases name them. */
static bool find_in_roster(const void *pack, const char *id, struct roster_unit *out) {
	const struct unit *u = pack_unit(pack, id);
	if (!u)
		return false;
	*out = (struct roster_unit){
	    .id = u->id, .parent = u->parent, .leader = u->leader, .calendar = u->calendar, .contacts = u->contacts};
	return true;
}

struct roster pack_roster(const struct pack *p) {
	return (struct roster){.pack = p, .find = find_in_roster};
}

const struct condition *class_condition(const struct class_def *c, const char *id) {
	for (size_t i = 0; i < c->conditions.n; i++)
		if (c->conditions.v[i].id && strcmp(c->conditions.v[i].id, id) == 0)
			return &c->conditions.v[i];
	return NULL;
}

bool pack_has_clock(const struct pack *p, const char *name) {
	return clock_is_built_in(name) || dict_has(&p->ids[KIND_CLOCK], name);
}

const struct clock_def *pack_clock(const struct pack *p, const char *name) { return pack_find(p, KIND_CLOCK, name); }

const char *pack_rule_place(const struct pack *p, const char *id, int *line) {
	const struct rule *r = pack_find(p, KIND_RULE, id);
	*line = r ? r->at.line : 0;
	return r ? r->at.file : NULL;
}

const struct named *named_find(const named_list *list, const char *id) {
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].id, id) == 0)
			return &list->v[i];
	return NULL;
}

const struct unit *pack_unit_at(const struct pack *p, size_t i) { return i < p->units.n ? &p->units.v[i] : NULL; }
const struct estate *pack_estate_at(const struct pack *p, size_t i) { return i < p->estates.n ? &p->estates.v[i] : NULL; }
const struct class_def *pack_class_at(const struct pack *p, size_t i) { return i < p->classes.n ? &p->classes.v[i] : NULL; }
