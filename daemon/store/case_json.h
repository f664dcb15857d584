/* case_json: the aggregate, events, notices and private parts as JSON text in the database. Format number `v` in each. */
#ifndef GRIDD_STORE_CASE_JSON_H
#define GRIDD_STORE_CASE_JSON_H

#include "daemon/base/strbuf.h"
#include "daemon/cases/decide.h"

enum { CASE_FORMAT = 2, EVENT_FORMAT = 2, NOTICE_FORMAT = 1 };

/* The aggregate, all but id and town. Deterministic: the same aggregate gives the same bytes. */
void case_encode(const struct case_rec *cr, struct strbuf *out);
/* Reads any format up to CASE_FORMAT, lifting older ones. E_INTERNAL if it isn't one of ours. */
bool case_decode(const char *town, int64_t id, const char *json, struct arena *a, struct case_rec **out, struct err *e)
    MUST_CHECK;

/* What an event says besides command and changes. */
struct event_about {
	enum case_state state;              /* of the case, after it */
	const char *private_sha256;         /* hex: salted hash of the private part that came, or was amended, with it; NULL */
	const char *note_sha256;            /* hex: of a note and what was attached to it; NULL */
};
/* The event's body: format, type, command (codes and times only), changes. */
void event_encode(const struct command *cmd, const struct changes *ch, const struct event_about *about, struct strbuf *out);
/* The changes of a stored body, for folding with apply(). Reads any format up to EVENT_FORMAT. */
bool event_decode(const char *body, struct arena *a, struct changes *out, struct err *e) MUST_CHECK;
/* The rest of it. `state` is that of the newest state change for an event of format 1. */
bool event_about_decode(const char *body, struct arena *a, struct event_about *out, struct err *e) MUST_CHECK;
/* The command that was decided, for deciding it again; town and actor are columns beside the body, and the caller's to fill
 * in. Not for events of format 1, which didn't keep all of it. */
bool event_command_decode(const char *body, struct arena *a, struct command *out, struct err *e) MUST_CHECK;

void notice_encode(const struct notice *n, struct strbuf *out);
bool notice_decode(const char *json, struct arena *a, struct notice *out, struct err *e) MUST_CHECK;

void attachments_encode(const struct private_part *p, struct strbuf *out);     /* JSON objects for their columns */
void attrs_encode(const struct private_part *p, struct strbuf *out);
bool attachments_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) MUST_CHECK;
bool attrs_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) MUST_CHECK;

#endif
