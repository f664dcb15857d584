/* names: the words for clocks and events; those of commands stand in lifecycle.def. */
#include "daemon/cases/names.h"

#include "daemon/base/check.h"

#include <string.h>

struct named_word {
	const char *id;
	struct both_names names;
};

static const struct named_word clocks[] = {
    {"discover", {"发现", "discovery"}}, {"dispatch", {"派遣", "dispatch"}}, {"accept", {"接单", "acceptance"}},
    {"arrive", {"到场", "arrival"}},     {"handle", {"处置", "handling"}},   {"verify", {"核查", "verification"}},
    {"decide", {"审批", "decision"}},    {"overall", {"结案", "closing"}},   {"supervise", {"督办", "supervision"}},
};

static const struct named_word events[] = {
/* What people do: a command whose event is always the same. */
#define COMMAND(symbol, method, event, zh, en) {event, {zh, en}},
#include "daemon/cases/lifecycle.def"
#undef COMMAND
    /* What time does. */
    {"clock.warned", {"到期提醒", "warn before it is due"}},
    {"clock.breached", {"超期", "run out"}},
    {"clock.escalated", {"升级", "escalate"}},
    {"clock.corrected", {"超期更正", "take a breach back"}},
    {"notice.repeated", {"再次提醒", "remind again"}},
    {"supervision.expired", {"督办逾期", "supervision order expired"}},
};

static struct both_names find(const struct named_word *words, size_t n, const char *id) {
	for (size_t i = 0; i < n; i++)
		if (words[i].id && strcmp(words[i].id, id) == 0)
			return words[i].names;
	return (struct both_names){0};
}

struct both_names clock_names_of(const char *clock) { return find(clocks, COUNT_OF(clocks), clock); }
struct both_names event_names_of(const char *type) { return find(events, COUNT_OF(events), type); }
