/* roster: who is who in a town, as far as decisions ask: leaders, parents, duty contacts. Filled by daemon/rules from a pack. */
#ifndef GRIDD_CASES_ROSTER_H
#define GRIDD_CASES_ROSTER_H

#include "daemon/cases/calendar.h"

struct contact {
	const char *role, *when, *channel, *to;   /* when: office_open, office_closed, always; reports */
};
typedef LIST_OF(struct contact) contact_list;

struct roster_unit {
	const char *id, *parent, *leader, *calendar;   /* NULL: none; leader: a unit's id */
	contact_list contacts;
};

/* The units of one pack. find: false, there is no such unit. */
struct roster {
	const void *pack;
	bool (*find)(const void *pack, const char *id, struct roster_unit *out);
};

/* Where the unit gets reports (`when: reports`): the digest, the month. Not a contact for anything else. NULL: it gets none. */
const struct contact *contact_for_reports(const contact_list *contacts);
/* The first contact of that unit who is on duty at that instant, by the unit's calendar, else the town's. NULL: nobody is. */
const struct contact *roster_on_duty(const struct roster *r, const struct calendar_set *cals, const char *unit,
                                     int64_t at_us);
/* The unit that `unit.leader` of a ladder means: its leader, else its parent; NULL: none. */
const char *roster_leader(const struct roster *r, const char *unit);
/* Is `unit` that one, or one of those below it? */
bool roster_within(const struct roster *r, const char *unit, const char *of);

#endif
