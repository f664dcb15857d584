/* scope_of: turns roles into a scope: all cases of the town, those one submitted, those of one's unit. */
#include "daemon/call/scope_of.h"

#include "daemon/call/call.h"

#include <string.h>

enum {
	ROLES_SEE_ALL = ROLE_DISPATCHER | ROLE_SUPERVISOR | ROLE_INSPECTOR | ROLE_AUDITOR | ROLE_ADMIN,
	PARENTS = 16 /* steps up at most: a pack has no circles, but this loop needn't know */
};

static bool lies_below(const struct pack *pack, const struct unit *u, const char *top) {
	for (int up = 0; u && up < PARENTS; up++) {
		if (strcmp(u->id, top) == 0)
			return true;
		u = u->parent ? pack_unit(pack, u->parent) : NULL;
	}
	return false;
}

static void add_units(struct strs *units, const char *top, const struct pack *pack, struct arena *a) {
	STRS_ADD(units, a, top);
	const struct unit *u;
	for (size_t i = 0; pack && (u = pack_unit_at(pack, i)) != NULL; i++)
		if (strcmp(u->id, top) != 0 && lies_below(pack, u, top))
			STRS_ADD(units, a, u->id);
}

void scope_of(const struct principal *who, const struct pack *pack, struct arena *a, struct scope *out) {
	*out = (struct scope){.all = who->roles & ROLES_SEE_ALL};
	if (out->all)
		return;
	if (who->roles & ROLE_PLATFORM)
		out->submitter = who->name;
	if ((who->roles & ROLE_UNIT) && who->unit[0])
		add_units(&out->units, who->unit, pack, a);
}

const struct scope *call_scope(struct call *c) {
	struct scope *s = arena_new(&c->arena, struct scope);
	scope_of(c->who, c->pack, &c->arena, s);
	return s;
}
