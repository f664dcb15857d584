/* notice_words: what the things of a notice are called. */
#include "daemon/jobs/notice_words.h"

#include "daemon/cases/names.h"

#include <stdio.h>
#include <string.h>

/* The pack's names; the id itself where it has none. */
static struct name name_or(const char *id, const char *zh, const char *en) {
	return (struct name){zh ? zh : id, en ? en : zh ? zh : id};
}

struct name notice_unit_name(const struct pack *pack, const char *id) {
	const struct unit *u = id ? pack_unit(pack, id) : NULL;
	return name_or(id, u ? u->zh : NULL, u ? u->en : NULL);
}

struct name notice_class_name(const struct pack *pack, const char *code) {
	const struct class_def *c = code ? pack_class(pack, code) : NULL;
	return name_or(code, c ? c->zh : NULL, c ? c->en : NULL);
}

struct name notice_estate_name(const struct pack *pack, const char *id) {
	const struct estate *e = id ? pack_estate(pack, id) : NULL;
	return name_or(id, e ? e->zh : NULL, e ? e->en : NULL);
}

struct name notice_clock_name(const struct pack *pack, const char *id) {
	const struct both_names built_in = clock_names_of(id);
	const struct town *town = pack_town(pack);
	if (built_in.zh)
		return (struct name){built_in.zh, built_in.en};
	for (size_t i = 0; i < town->clocks.n; i++)
		if (strcmp(town->clocks.v[i].named.id, id) == 0)
			return name_or(id, town->clocks.v[i].named.zh, town->clocks.v[i].named.en);
	return name_or(id, NULL, NULL);
}

const char *notice_minute(const struct pack *pack, int64_t at_us, char out[NOTICE_MINUTE_BYTES]) {
	int32_t day = 0;
	int64_t of_day_us = 0;
	zone_local(pack_calendars(pack)->zone, at_us, &day, &of_day_us);
	const struct civil_date d = civil_from_day(day);
	(void)snprintf(out, NOTICE_MINUTE_BYTES, "%04d-%02d-%02d %02d:%02d", d.year, d.month, d.day, (int)(of_day_us / HOUR_US),
	               (int)(of_day_us % HOUR_US / MINUTE_US));
	return out;
}
