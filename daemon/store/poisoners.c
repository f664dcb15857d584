/* poisoners: remembers for a minute who sent what the database can't store. */
#include "daemon/base/civil.h"
#include "daemon/store/batch_parts.h"

#include <stdio.h>
#include <string.h>

enum { BATCHES = 3 };

static struct poisoner *slot_for(struct poisoners *p, const char *principal) {
	struct poisoner *oldest = &p->v[0];
	for (size_t i = 0; i < POISONERS_MAX; i++) {
		if (strcmp(p->v[i].name, principal) == 0)
			return &p->v[i];
		if (p->v[i].seen_mono_us < oldest->seen_mono_us)
			oldest = &p->v[i];
	}
	*oldest = (struct poisoner){0};
	(void)snprintf(oldest->name, sizeof oldest->name, "%s", principal);
	return oldest;
}

void poisoners_note(struct poisoners *p, const char *principal, int64_t mono_us) {
	struct poisoner *one = slot_for(p, principal);
	if (mono_us - one->seen_mono_us > MINUTE_US)
		one->batches = 0;
	one->seen_mono_us = mono_us;
	if (++one->batches >= BATCHES)
		one->alone_until_mono_us = mono_us + MINUTE_US;
}

bool poisoners_alone(const struct poisoners *p, const char *principal, int64_t mono_us) {
	for (size_t i = 0; i < POISONERS_MAX; i++)
		if (p->v[i].alone_until_mono_us > mono_us && strcmp(p->v[i].name, principal) == 0)
			return true;
	return false;
}
