/* write_rows: calls as the rows of schema/statements/write_batch.sql and write_new.sql. */
#ifndef GRIDD_STORE_WRITE_ROWS_H
#define GRIDD_STORE_WRITE_ROWS_H

#include "daemon/store/params.h"
#include "daemon/store/private_hash.h"
#include "daemon/store/writer.h"

/* One case of one call; the names are those of the statement's columns. */
struct write_row {
	const char *town, *principal, *key;
	struct bytes call_sha256;
	const char *ref_channel, *ref;
	int64_t old_id;
	int32_t expect_version, group_ord;
	const char *day, *reply;
	int64_t at_us;
	const char *actor, *body;
	struct bytes body_sha256;
	const char *state;
	int32_t version;
	const char *class_code, *unit, *estate, *grid, *channel, *submitter, *tags;
	int64_t due_at_us, overall_due_at_us;
	int32_t escalation_level, returns;
	int64_t received_at_us, updated_at_us, closed_at_us;
	const char *agg;
	int64_t fire_at_us;
	const char *text, *address;
	double place_x, place_y;
	const char *place_crs, *reporter_name, *reporter_phone;
	bool reporter_confidential;
	const char *attachments, *attrs;
	struct bytes salt;
	bool set_address, set_place, set_attrs;
	const char *class_group;
	int64_t address_hash, phone_hash;
	struct metres metres;
	const char *twins; /* earlier rows of the batch that this one is alike to: "{3,5}"; NULL: none */
};

/* Everything about a call's row that doesn't depend on its batch. It is made when the call comes in, while the database is busy
 * with the batch before. Borrows from the item. hmac_key: 32 bytes. */
struct write_row *write_row_new(const struct write_item *item, const unsigned char *hmac_key, struct arena *a);

/* How many cases a call changes: its rows. */
size_t write_item_rows(const struct write_item *item);
/* The outside number that a call brings: of a new case, or one more of a stored case. NULL: none. */
const char *write_item_ref(const struct write_item *item, const char **channel);

/* A new case without supervision orders: write_new.sql can store it. */
bool write_item_is_plain(const struct write_item *item);

/* One row of a batch: a case, or another one of the same call. Rows of one call have the same group, counted from 1. */
struct row_of {
	const struct write_item *item;
	const struct write_row *row;
	int32_t group;
	bool by_time;
};
/* The Oids of the schema's types that rows are sent as. */
struct write_types {
	unsigned row, task, order, notice;
};
struct batch_of {
	const struct row_of *rows;
	size_t n;
	const struct write_types *types;
};
/* $1 ..: the rows in their order, with those found that are alike. */
struct params *write_rows_params(const struct batch_of *of, int64_t now_us, struct arena *a);
/* The same for write_new.sql: all of them plain. */
struct params *write_new_params(const struct batch_of *of, int64_t now_us, struct arena *a);

#endif
