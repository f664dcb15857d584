/* write_rows: calls as the rows of schema/statements/write_batch.sql. */
#ifndef GRIDD_STORE_WRITE_ROWS_H
#define GRIDD_STORE_WRITE_ROWS_H

#include "daemon/store/params.h"
#include "daemon/store/writer.h"

/* $1 ..: one row for each of the items, in their order. hmac_key: 32 bytes. */
struct params *write_rows_build(const struct write_item *const *items, size_t n, int64_t now_us, const unsigned char *hmac_key,
                                struct arena *a);

#endif
