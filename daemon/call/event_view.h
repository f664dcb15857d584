/* event_view: how an event looks to a peer: in case.history, in events.read, and as a notification. */
#ifndef GRIDD_CALL_EVENT_VIEW_H
#define GRIDD_CALL_EVENT_VIEW_H

#include "daemon/rules/pack.h"
#include "daemon/store/reader.h"
#include "daemon/wire/json_out.h"

struct event_view {
	const char *town;
	const struct pack *pack;            /* for the town's offset; NULL: times in UTC */
	struct arena *arena;
};

/* Writes the event object of one row (enum event_row): `data` is the body as it was stored, byte for byte as it was hashed. */
bool event_view_write(const struct event_view *v, const struct rows *rows, size_t row, struct json_out *j, struct err *e)
    MUST_CHECK;

#endif
