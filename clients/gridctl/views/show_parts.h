/* show_parts: what a page says of a case, piece by piece. Each adds nothing where there is nothing to say. */
#ifndef GRIDCTL_SHOW_PARTS_H
#define GRIDCTL_SHOW_PARTS_H

#include "clients/gridctl/views/page.h"

#include <json-c/json.h>

void add_place(struct strbuf *out, struct json_object *one);
void add_text(struct strbuf *out, struct json_object *one);
void add_holder(struct strbuf *out, struct json_object *one);
void add_proposed(struct strbuf *out, struct json_object *one);
void add_responsible(struct strbuf *out, struct json_object *one);
void add_suspended(struct strbuf *out, struct json_object *one);
void add_request(struct strbuf *out, struct json_object *one);
/* "leak  rules/estates.yaml:12 (pack 3)  accept 2uh, handle 3wd" */
void add_rule(struct strbuf *out, struct json_object *one);
void add_desk_reason(struct strbuf *out, struct json_object *one);
void add_escalation(struct strbuf *out, struct json_object *one);
void add_counts(struct strbuf *out, struct json_object *one);
void add_fault(struct strbuf *out, struct json_object *one);
void add_excused(struct strbuf *out, struct json_object *one);
void add_merged(struct strbuf *out, struct json_object *one);
void add_result(struct strbuf *out, struct json_object *one);
void add_source(struct strbuf *out, struct json_object *one);
void add_received(struct strbuf *out, struct json_object *one);
void add_reporter(struct strbuf *out, struct json_object *one);
void add_refs(struct strbuf *out, struct json_object *one);
void add_marks(struct strbuf *out, struct json_object *one);
void add_tags(struct strbuf *out, struct json_object *one);
void add_attrs(struct strbuf *out, struct json_object *one);
void add_attachments(struct strbuf *out, struct json_object *one);

/* The other tasks than the one that add_holder tells of; the supervision orders. */
void print_tasks(struct json_object *one, struct page *p);
void print_orders_of(struct json_object *one, struct page *p);

#endif
