/* event: one stored event in words, as timelines and the feed show it. */
#ifndef GRIDCTL_EVENT_H
#define GRIDCTL_EVENT_H

#include "daemon/base/strbuf.h"

#include <json-c/json.h>

/* Who did it, and for whom: "wang for firm_a (张师傅)". */
void event_add_who(struct strbuf *out, struct json_object *event);
/* "dispatched → handling"; the state alone where it didn't change. */
void event_add_states(struct strbuf *out, struct json_object *event);
/* What it changed, and what was told with it. */
void event_add_details(struct strbuf *out, struct json_object *event);
/* When it was told, where that was later than it happened; else nothing. */
void event_add_late(struct strbuf *out, struct json_object *event);

#endif
