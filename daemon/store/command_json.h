/* command_json: a command as it stands in its event: codes and times only. */
#ifndef GRIDD_STORE_COMMAND_JSON_H
#define GRIDD_STORE_COMMAND_JSON_H

#include "daemon/cases/command.h"
#include "daemon/wire/fields.h"

/* The member `command` of an event that happened at event_at_us. What a submit brought is not written twice: the change
 * `opened` has it. */
void command_write(const struct command *cmd, int64_t event_at_us, struct json_out *j);
/* All but town and actor. Takes members out of the tree. */
bool command_read(struct json_object *tree, int64_t event_at_us, struct arena *a, struct command *out, struct err *e)
    MUST_CHECK;

#endif
