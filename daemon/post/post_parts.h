/* post_parts: what the channels share. For the files of this room only. */
#ifndef GRIDD_POST_POST_PARTS_H
#define GRIDD_POST_POST_PARTS_H

#include "daemon/base/strbuf.h"
#include "daemon/post/post.h"

typedef void channel_post(const struct post_channel *c, const struct message *m, int64_t now_us, struct post_result *out);
channel_post exec_post, mail_post, webhook_post, file_post;

/* How a try ended. What others wrote (a server, a program) may stand in the text: it becomes one line, controls visible. */
void post_ended(struct post_result *out, enum post_end end, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* How long a try of this channel may take. */
int32_t post_limit_of(const struct post_channel *c);

/* One line without controls: line ends and tabs become a blank, what is invisible or no UTF-8 is written out ("\u202e",
 * "\xff"). Cut after max_chars with "…". */
void post_add_line(struct strbuf *out, const char *text, size_t max_chars);

/* A name of ASCII letters, digits, - _ and single dots within, at most SAFE_NAME_BYTES: for a file, a Message-ID, a header.
 * Other bytes become _; a name that is too long ends in a hash of itself, so that different ones stay different. */
enum { SAFE_NAME_BYTES = 120, HASH_HEX = 32 };
void post_add_name(struct strbuf *out, const char *name);
/* The first half of the bytes' SHA-256, in hex. */
void post_hash(const void *bytes, size_t n, char out[HASH_HEX + 1]);

/* What a file with a secret holds, without white space at its ends. */
bool post_secret_read(const char *path, struct strbuf *out, struct err *e) MUST_CHECK;

#endif
