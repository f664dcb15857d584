/* roster: who is on duty in a unit, who stands above it, who belongs to it. */
#include "daemon/cases/roster.h"

#include <string.h>

/* Units above one another: a pack that goes round in a circle ends here. */
enum { LEVELS = 8 };

static bool find(const struct roster *r, const char *unit, struct roster_unit *out) {
	return r && unit && r->find(r->pack, unit, out);
}

static bool is_for_reports(const struct contact *c) { return strcmp(c->when, "reports") == 0; }

const struct contact *contact_for_reports(const contact_list *contacts) {
	for (size_t i = 0; i < contacts->n; i++)
		if (is_for_reports(&contacts->v[i]))
			return &contacts->v[i];
	return NULL;
}

static bool is_now(const struct contact *c, bool office_open) {
	if (strcmp(c->when, "office_open") == 0)
		return office_open;
	if (strcmp(c->when, "office_closed") == 0)
		return !office_open;
	return !is_for_reports(c);
}

const struct contact *roster_on_duty(const struct roster *r, const struct calendar_set *cals, const char *unit,
                                     int64_t at_us) {
	struct roster_unit u;
	if (!find(r, unit, &u))
		return NULL;
	const struct calendar *own = u.calendar ? calendar_find(cals, u.calendar) : NULL;
	const struct calendar *cal = own ? own : cals->of_town;
	const bool office_open = cal && calendar_is_open(cal, at_us);
	for (size_t i = 0; i < u.contacts.n; i++)
		if (is_now(&u.contacts.v[i], office_open))
			return &u.contacts.v[i];
	return NULL;
}

const char *roster_leader(const struct roster *r, const char *unit) {
	struct roster_unit u;
	if (!find(r, unit, &u))
		return NULL;
	return u.leader ? u.leader : u.parent;
}

bool roster_within(const struct roster *r, const char *unit, const char *of) {
	for (int level = 0; unit && level < LEVELS; level++) {
		struct roster_unit u;
		if (strcmp(unit, of) == 0)
			return true;
		unit = find(r, unit, &u) ? u.parent : NULL;
	}
	return false;
}
