/* json_out: writes JSON text from left to right into a strbuf; commas come by themselves.
 *
 * Control bytes, `"` and `\` are escaped, bytes that are no UTF-8 become U+FFFD, everything else goes out as it is. */
#ifndef GRIDD_WIRE_JSON_OUT_H
#define GRIDD_WIRE_JSON_OUT_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

struct json_object;

struct json_out {
	struct strbuf *to;                  /* borrowed */
	bool comma;                         /* the next item needs one before it */
};

void jout_init(struct json_out *j, struct strbuf *to);
void jout_object(struct json_out *j);
void jout_end_object(struct json_out *j);
void jout_array(struct json_out *j);
void jout_end_array(struct json_out *j);
void jout_key(struct json_out *j, const char *key);
void jout_str(struct json_out *j, const char *s);               /* NULL: null */
void jout_strn(struct json_out *j, const char *s, size_t n);
void jout_int(struct json_out *j, int64_t v);
void jout_num(struct json_out *j, double v);                    /* shortest that reads back the same; finite */
void jout_bool(struct json_out *j, bool v);
void jout_null(struct json_out *j);
void jout_raw(struct json_out *j, const char *json);            /* already JSON */
void jout_rawn(struct json_out *j, const char *json, size_t n);
/* key and value at once; the _opt ones leave NULL (or NO_TIME) out altogether */
void jout_kv_str(struct json_out *j, const char *key, const char *s);
void jout_kv_opt(struct json_out *j, const char *key, const char *s);
void jout_kv_int(struct json_out *j, const char *key, int64_t v);
void jout_kv_bool(struct json_out *j, const char *key, bool v);
void jout_kv_time(struct json_out *j, const char *key, int64_t at_us, int32_t offset_s);   /* NO_TIME: left out */
/* A parsed tree in canonical form: members sorted by bytes, no spaces, numbers as they were written. skip: names left out at
 * the top level (NULL-terminated), or NULL. For hashes of bodies. */
void jout_canonical(struct json_out *j, struct json_object *tree, const char *const *skip);

#endif
