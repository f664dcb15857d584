/* command: the event that each kind of command becomes. */
#include "daemon/cases/command.h"

#include "daemon/base/check.h"

static const char *const event_types[] = {
    [CMD_SUBMIT] = "case.submitted",
};

const char *command_event_type(enum command_kind kind) {
	CHECK((size_t)kind < COUNT_OF(event_types));
	return event_types[kind];
}
