/* notice_text: a notice as its channel gets it: one JSON object, with a sentence in Chinese and in English ready to send.
 *
 * Codes and names of the pack, times, and whom it goes to: nothing of the reporter, no free text, no address. */
#ifndef GRIDD_JOBS_NOTICE_TEXT_H
#define GRIDD_JOBS_NOTICE_TEXT_H

#include "daemon/base/strbuf.h"
#include "daemon/cases/decide.h"
#include "daemon/rules/pack.h"

struct notice_about {
	const char *town, *id;              /* id: "SEQ-N", the same at each try */
	const char *number;                 /* of the case */
	const char *class_code, *estate, *grid;     /* NULL: not known */
	int64_t made_at_us;
	const struct notice *notice;
};

void notice_write(const struct notice_about *about, const struct pack *pack, struct strbuf *out);
/* For trying a channel: no case behind it. */
void notice_write_test(const char *town, const char *channel, const char *to, struct strbuf *out);

#endif
