/* facts: what a pack knows, as decide() asks it. */
#include "daemon/call/facts.h"

void pack_facts_init(struct pack_facts *f, const struct pack *p, const char *number) {
	f->roster = pack_roster(p);
	f->facts = (struct facts){.calendars = pack_calendars(p),
	                          .policy = pack_policy(p),
	                          .roster = &f->roster,
	                          .pack_version = pack_version(p),
	                          .number = number};
}
