/* case_json: the aggregate, events and private parts as JSON text in the database. Format number `v` in each. */
#ifndef GRIDD_STORE_CASE_JSON_H
#define GRIDD_STORE_CASE_JSON_H

#include "daemon/base/strbuf.h"
#include "daemon/cases/decide.h"

enum { CASE_FORMAT = 1, EVENT_FORMAT = 1 };

/* The aggregate, all but id and town. Deterministic: the same aggregate gives the same bytes. */
void case_encode(const struct case_rec *cr, struct strbuf *out);
/* Reads any format up to CASE_FORMAT, lifting older ones. E_INTERNAL if it isn't one of ours. */
bool case_decode(const char *town, int64_t id, const char *json, struct arena *a, struct case_rec **out, struct err *e)
    MUST_CHECK;

/* The event's body: format, type, command (codes and times only), facts (rule, pack), changes. private_sha256 (hex): the
 * salted hash of the private part, or NULL. */
void event_encode(const struct command *cmd, const struct changes *ch, const char *private_sha256, struct strbuf *out);
/* The changes of a stored body, for folding with apply(). */
bool event_decode(const char *body, struct arena *a, struct changes *out, struct err *e) MUST_CHECK;

void attachments_encode(const struct private_part *p, struct strbuf *out);     /* JSON arrays / objects for their columns */
void attrs_encode(const struct private_part *p, struct strbuf *out);
bool attachments_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) MUST_CHECK;
bool attrs_decode(const char *json, struct arena *a, struct private_part *out, struct err *e) MUST_CHECK;

#endif
