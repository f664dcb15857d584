/* message: what goes out, whatever the channel: a notice, several of them as one, a digest with its workbook. All of it is
 * borrowed. Texts are UTF-8 and may hold what a citizen wrote nowhere: codes, names of the pack, times. */
#ifndef GRIDD_POST_MESSAGE_H
#define GRIDD_POST_MESSAGE_H

#include "daemon/base/list.h"

#include <stddef.h>
#include <stdint.h>

struct enclosure {
	const char *name;                   /* of the file: ASCII letters, digits, . - _ */
	const char *media_type;
	const void *bytes;
	size_t n;
};

struct message {
	const char *id;                     /* "42-1", "R12-1": the same at every try */
	const char *name;                   /* what the repeat is known by, ASCII without spaces: "42-1.310106101",
	                                     * "nightly.2026-11-23.supervision.310106101"; the left part of a Message-ID */
	const char *town, *kind;
	const char *to;                     /* as the contact has it; the channel may know an address for it */
	const char *subject;                /* one line */
	const char *language;               /* of its texts, as headers name it: "zh-CN", "en"; NULL: zh-CN */
	const char *text;                   /* complete in itself */
	const char *html;                   /* NULL: none */
	const char *json;                   /* the same for programs: one object, without a newline */
	LIST_OF(struct enclosure) enclosures;
	int64_t made_at_us;                 /* its date, for ever */
	int32_t offset_s;                   /* of the town's zone then */
};

#endif
