/* write_rows: calls as the rows of schema/statements/write_batch.sql. */
#ifndef GRIDD_STORE_WRITE_ROWS_H
#define GRIDD_STORE_WRITE_ROWS_H

#include "daemon/store/params.h"
#include "daemon/store/writer.h"

struct write_row;

/* Everything about a call's row that doesn't depend on its batch. It is made when the call comes in, while the database is busy
 * with the batch before. Borrows from the item. hmac_key: 32 bytes. */
struct write_row *write_row_new(const struct write_item *item, const unsigned char *hmac_key, struct arena *a);

struct row_of {
	const struct write_item *item;
	const struct write_row *row;
};
/* $1 ..: one row for each of the calls, in their order, with those found that are alike. */
struct params *write_rows_params(const struct row_of *calls, size_t n, int64_t now_us, struct arena *a);

#endif
