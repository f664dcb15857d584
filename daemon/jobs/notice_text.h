/* notice_text: a notice in words: a sentence in Chinese and in English ready to send, and all of it as JSON.
 *
 * Codes and names of the pack, times, and whom it goes to: nothing of the reporter, no free text, no address. */
#ifndef GRIDD_JOBS_NOTICE_TEXT_H
#define GRIDD_JOBS_NOTICE_TEXT_H

#include "daemon/base/strbuf.h"
#include "daemon/cases/decide.h"
#include "daemon/rules/pack.h"
#include "daemon/wire/json_out.h"

struct notice_about {
	const char *town, *id;              /* id: "SEQ-N", the same at each try */
	const char *number;                 /* of the case */
	const char *class_code, *estate, *grid;     /* NULL: not known */
	int64_t made_at_us;
	const struct notice *notice;
};

/* "催办", "Urged". */
const char *notice_label(enum notice_kind kind);
const char *notice_label_en(enum notice_kind kind);
void notice_say_zh(const struct notice_about *a, const struct pack *pack, struct strbuf *out);
void notice_say_en(const struct notice_about *a, const struct pack *pack, struct strbuf *out);
/* One object. */
void notice_write(const struct notice_about *about, const struct pack *pack, struct json_out *j);

#endif
