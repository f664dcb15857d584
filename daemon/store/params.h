/* params: the parameters of one statement, in PostgreSQL's binary format, scalars and arrays.
 *
 * Everything is copied into the arena. Positions count from $1 in the order of the calls. */
#ifndef GRIDD_STORE_PARAMS_H
#define GRIDD_STORE_PARAMS_H

#include "daemon/base/arena.h"
#include "daemon/base/civil.h"

#include <stdint.h>

struct params;                          /* lives in the arena */

struct params *params_new(struct arena *a);
void params_null(struct params *p);                         /* a NULL of unknown type */
void params_text(struct params *p, const char *s);          /* NULL: null */
void params_int8(struct params *p, int64_t v);
void params_int4(struct params *p, int32_t v);
void params_bool(struct params *p, bool v);
void params_time(struct params *p, int64_t at_us);          /* timestamptz; NO_TIME: null */
void params_bytes(struct params *p, const void *b, size_t n);

#endif
