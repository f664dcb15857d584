/* zone: reads a TZif file's bytes into a table of offset changes, and answers from it. */
#include "daemon/cases/zone.h"

#include "daemon/base/check.h"
#include "daemon/cases/zone_rule.h"

#include <string.h>

enum {
	HEADER_BYTES = 44,
	TYPE_BYTES = 6,
	/* Real files hold under 300; this bounds the memory that a damaged header can ask for. */
	TRANSITIONS_MAX = 10000,
	TYPES_MAX = 256,
	/* Where the rule begins in a zone whose last transition is older, or that has none. */
	RULE_FROM_YEAR = 1900,
};

/* The Gregorian calendar, weekdays included, comes round every 400 years: one round in a table answers for all. */
enum { ROUND_YEARS = 400, ROUND_DAYS = 146097 };
#define ROUND_US (ROUND_DAYS * DAY_US)

/* Before all time, and after: with room to add a few days. */
#define EARLIEST_US (INT64_MIN / 2)
#define LATEST_US   (INT64_MAX / 2)

struct shift {
	int64_t from_us;
	int32_t offset_s;
};

struct zone {
	const char *name;
	LIST_OF(struct shift) shifts; /* ascending; the first from EARLIEST_US; neighbours differ */
	int64_t round_us;             /* from here on, look a whole number of rounds earlier */
};

/* Where the parts of one data block lie. */
struct block {
	const uint8_t *times, *type_of, *types;
	size_t n_times, n_types;
	size_t time_bytes; /* of one transition: 4 in version 1, else 8 */
};

struct reader {
	const char *name;
	const uint8_t *p, *end;
	struct err *e;
};

static size_t left(const struct reader *r) { return (size_t)(r->end - r->p); }

static bool damaged(const struct reader *r, const char *what) {
	return err_set(r->e, E_CONFIG, "time zone file %s: %s", r->name, what);
}

static uint32_t be32(const uint8_t *p) {
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
}

static int64_t be_signed(const uint8_t *p, size_t bytes) {
	if (bytes == 4)
		return (int32_t)be32(p);
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

/* Takes a header and steps over the block behind it, which *out then points into. */
static bool take_block(struct reader *r, size_t time_bytes, struct block *out) {
	if (left(r) < HEADER_BYTES || memcmp(r->p, "TZif", 4) != 0)
		return damaged(r, "not a TZif file");
	const uint32_t n_utc = be32(r->p + 20), n_std = be32(r->p + 24), n_leap = be32(r->p + 28);
	const uint32_t n_times = be32(r->p + 32), n_types = be32(r->p + 36), n_chars = be32(r->p + 40);
	r->p += HEADER_BYTES;
	if (n_leap > 0)
		return damaged(r, "counts leap seconds; use the file of that name that doesn't");
	if (n_times > TRANSITIONS_MAX || n_types < 1 || n_types > TYPES_MAX)
		return damaged(r, "more transitions or types than any zone has, or no type at all");
	const uint64_t need =
	    (uint64_t)n_times * (time_bytes + 1) + (uint64_t)n_types * TYPE_BYTES + (uint64_t)n_chars + n_std + n_utc;
	if (need > left(r))
		return damaged(r, "ends too early");
	*out = (struct block){.times = r->p,
	                      .type_of = r->p + n_times * time_bytes,
	                      .types = r->p + n_times * (time_bytes + 1),
	                      .n_times = n_times,
	                      .n_types = n_types,
	                      .time_bytes = time_bytes};
	r->p += need;
	return true;
}

static bool type_offset(const struct reader *r, const struct block *b, size_t type, int32_t *offset_s) {
	if (type >= b->n_types)
		return damaged(r, "a transition to a type that isn't there");
	*offset_s = (int32_t)be32(b->types + type * TYPE_BYTES);
	if (*offset_s < -OFFSET_MAX_S || *offset_s > OFFSET_MAX_S)
		return damaged(r, "an offset of more than 26 hours");
	return true;
}

static void add_shift(struct zone *z, struct arena *a, int64_t from_us, int32_t offset_s) {
	if (z->shifts.n > 0) {
		struct shift *last = &z->shifts.v[z->shifts.n - 1];
		if (last->offset_s == offset_s)
			return;
		/* A year-round summer time ends and begins at the same instant: the later word holds. */
		if (from_us <= last->from_us) {
			last->offset_s = offset_s;
			return;
		}
	}
	*LIST_ADD(&z->shifts, a) = (struct shift){from_us, offset_s};
}

/* *last_us: the last transition listed, whether or not it changed the offset. */
static bool add_transitions(struct zone *z, const struct reader *r, const struct block *b, struct arena *a,
                            int64_t *last_us) {
	int32_t offset_s = 0;
	if (!type_offset(r, b, 0, &offset_s))
		return false;
	add_shift(z, a, EARLIEST_US, offset_s);
	int64_t previous_s = INT64_MIN;
	*last_us = EARLIEST_US;
	for (size_t i = 0; i < b->n_times; i++) {
		const int64_t at_s = be_signed(b->times + i * b->time_bytes, b->time_bytes);
		if (i > 0 && at_s <= previous_s)
			return damaged(r, "transitions out of order");
		previous_s = at_s;
		if (at_s > LATEST_US / SECOND_US)
			return damaged(r, "a transition past the end of time");
		if (!type_offset(r, b, b->type_of[i], &offset_s))
			return false;
		/* Some files mark the Big Bang; all of that is before anybody's cases. */
		*last_us = at_s <= EARLIEST_US / SECOND_US ? EARLIEST_US : at_s * SECOND_US;
		add_shift(z, a, *last_us, offset_s);
	}
	return true;
}

/* The year from which a rule's changes are written out. */
static int32_t first_rule_year(int64_t last_us) {
	const int32_t earliest_day = civil_to_day((struct civil_date){RULE_FROM_YEAR, 1, 1});
	const int32_t latest_day = civil_to_day((struct civil_date){RULE_FROM_YEAR + 7000, 1, 1});
	const int64_t day = last_us / DAY_US;
	if (day <= earliest_day)
		return RULE_FROM_YEAR;
	return civil_from_day(day < latest_day ? (int32_t)day : latest_day).year;
}

/* Writes out one round of the rule, and a year more. */
static void add_rule(struct zone *z, const struct zone_rule *rule, int64_t last_us, struct arena *a) {
	if (!rule->has_summer)
		return;
	const int32_t first_year = first_rule_year(last_us);
	for (int32_t year = first_year; year <= first_year + ROUND_YEARS + 2; year++) {
		const int64_t summer_us = zone_rule_to_summer_s(rule, year) * SECOND_US;
		const int64_t standard_us = zone_rule_to_standard_s(rule, year) * SECOND_US;
		const bool summer_first = summer_us < standard_us;
		const struct shift both[2] = {{summer_us, rule->summer_s}, {standard_us, rule->standard_s}};
		for (int i = 0; i < 2; i++) {
			const struct shift *s = &both[summer_first ? i : 1 - i];
			if (s->from_us > last_us)
				add_shift(z, a, s->from_us, s->offset_s);
		}
	}
	z->round_us = civil_to_day((struct civil_date){first_year + ROUND_YEARS + 1, 1, 1}) * DAY_US;
}

/* The footer: "\n", a POSIX TZ text or nothing, "\n". */
static bool take_footer(struct zone *z, struct reader *r, int64_t last_us, struct arena *a) {
	if (left(r) < 2 || *r->p != '\n')
		return damaged(r, "no footer");
	const uint8_t *text = r->p + 1;
	const uint8_t *close = memchr(text, '\n', (size_t)(r->end - text));
	if (!close)
		return damaged(r, "a footer without end");
	if (close == text)
		return true;
	struct zone_rule rule;
	if (!zone_rule_parse((const char *)text, (size_t)(close - text), &rule))
		return damaged(r, "a footer that is no POSIX TZ text");
	add_rule(z, &rule, last_us, a);
	return true;
}

bool zone_parse(const char *name, const void *bytes, size_t n, struct arena *a, const struct zone **out, struct err *e) {
	struct reader r = {.name = name, .p = bytes, .end = (const uint8_t *)bytes + n, .e = e};
	struct zone *z = arena_new(a, struct zone);
	z->name = arena_strdup(a, name);
	z->round_us = LATEST_US;
	if (n < HEADER_BYTES)
		return damaged(&r, "not a TZif file");
	const uint8_t version = r.p[4];
	if (version != 0 && (version < '2' || version > '4'))
		return damaged(&r, "a version that isn't known here");
	struct block block;
	if (!take_block(&r, 4, &block))
		return false;
	if (version != 0 && !take_block(&r, 8, &block))
		return false;
	int64_t last_us;
	if (!add_transitions(z, &r, &block, a, &last_us))
		return false;
	if (version != 0 && !take_footer(z, &r, last_us, a))
		return false;
	*out = z;
	return true;
}

const char *zone_name(const struct zone *z) { return z->name; }

/* The index of the last shift at or before at_us. */
static size_t shift_index(const struct zone *z, int64_t at_us) {
	size_t low = 0, high = z->shifts.n;
	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;
		if (z->shifts.v[middle].from_us <= at_us)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct zone_span zone_span_at(const struct zone *z, int64_t at_us) {
	int64_t back_us = 0;
	if (at_us >= z->round_us)
		back_us = ((at_us - z->round_us) / ROUND_US + 1) * ROUND_US;
	const size_t i = shift_index(z, at_us - back_us);
	const bool last = i + 1 == z->shifts.n;
	return (struct zone_span){.from_us = z->shifts.v[i].from_us + back_us,
	                          .to_us = last ? LATEST_US : z->shifts.v[i + 1].from_us + back_us,
	                          .offset_s = z->shifts.v[i].offset_s};
}

int32_t zone_offset_s(const struct zone *z, int64_t at_us) { return zone_span_at(z, at_us).offset_s; }

void zone_local(const struct zone *z, int64_t at_us, int32_t *day, int64_t *of_day_us) {
	const int64_t local_us = at_us + zone_offset_s(z, at_us) * SECOND_US;
	const int64_t d = local_us / DAY_US - (local_us % DAY_US < 0);
	*day = (int32_t)d;
	*of_day_us = local_us - d * DAY_US;
}

/* The first instant at which a local clock shows that time or a later one: the first of two, and the end of a gap. */
int64_t zone_instant(const struct zone *z, int32_t day, int64_t of_day_us) {
	const int64_t local_us = day * DAY_US + of_day_us;
	struct zone_span span = zone_span_at(z, local_us - OFFSET_MAX_S * SECOND_US);
	for (;;) {
		int64_t at_us = local_us - span.offset_s * SECOND_US;
		if (at_us < span.from_us)
			at_us = span.from_us;
		if (at_us < span.to_us)
			return at_us;
		span = zone_span_at(z, span.to_us);
	}
}
