/* event_types: those of the commands, and those of time. */
#include "daemon/call/event_types.h"

#include "daemon/base/check.h"
#include "daemon/base/suggest.h"
#include "daemon/cases/lifecycle.h"

#include <string.h>

/* CMD_FIRE leaves it to the decision. */
static const char *const of_time[] = {"clock.warned",    "clock.breached",  "clock.escalated",
                                      "clock.corrected", "notice.repeated", "supervision.expired"};


const char *event_type_at(size_t i) {
	for (int k = 0; k < COMMANDS; k++) {
		const char *type = command_event((enum command_kind)k);
		if (type && i-- == 0)
			return type;
	}
	return i < COUNT_OF(of_time) ? of_time[i] : NULL;
}

static bool is_meant(const char *type, const char *word) {
	const size_t n = strlen(word);
	if (n > 2 && strcmp(word + n - 2, ".*") == 0)
		return strncmp(type, word, n - 1) == 0;
	return strcmp(type, word) == 0;
}

bool event_types_add(const char *word, struct strs *to, struct arena *a, const char **nearest) {
	const size_t before = to->n;
	const char *type;
	struct suggest s;
	suggest_start(&s, word);
	for (size_t i = 0; (type = event_type_at(i)) != NULL; i++) {
		suggest_offer(&s, type);
		if (is_meant(type, word))
			STRS_ADD(to, a, type);
	}
	*nearest = s.best;
	return to->n > before;
}
