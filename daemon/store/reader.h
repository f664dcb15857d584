/* reader: questions about stored cases. Each runs on the reader connection and answers as db_ask does. */
#ifndef GRIDD_STORE_READER_H
#define GRIDD_STORE_READER_H

#include "daemon/base/list.h"
#include "daemon/store/db.h"
#include "daemon/store/scope.h"

/* How a peer names a case: by its number, or by an outside number. */
struct case_name {
	const char *town;
	int64_t id;                         /* 0: by what follows */
	const char *number;                 /* "20261123-0000042"; NULL: by channel and ref */
	const char *channel, *ref;
};
/* The id in a case number; false: it isn't one. */
bool case_number_id(const char *number, int64_t *id);

/* Columns of reader_get and reader_list. Times and aggregate are in ROW_AGG (case_decode); the private columns are NULL where
 * there is nothing, or where they were erased. */
enum case_row {
	ROW_ID,
	ROW_NUMBER,
	ROW_AGG,
	ROW_TEXT,
	ROW_ADDRESS,
	ROW_PLACE_X,                        /* a number's text; NULL with ROW_PLACE_CRS */
	ROW_PLACE_Y,
	ROW_PLACE_CRS,
	ROW_REPORTER_NAME,
	ROW_REPORTER_PHONE,
	ROW_REPORTER_CONFIDENTIAL,
	ROW_ATTACHMENTS,                    /* attachments_decode */
	ROW_ATTRS,                          /* attrs_decode */
	ROW_SORT,                           /* of a list: what it is sorted by, for the cursor */
	CASE_ROW_COLUMNS
};

/* One row, or none: no such case, or outside the scope (NULL: all). */
void reader_get(struct db *d, const struct case_name *name, const struct scope *scope, struct arena *a, on_rows done,
                void *ctx);

/* Columns of reader_history, and of feed_read. */
enum event_row {
	EVENT_SEQ, EVENT_CASE, EVENT_VERSION, EVENT_AT, EVENT_RECORDED_AT, EVENT_ACTOR, EVENT_BODY, EVENT_NUMBER,
	EVENT_STATE_BEFORE,                 /* NULL: there was no case before it */
	EVENT_NOTE, EVENT_ATTACHMENTS,      /* of a history: what was written and brought along; else NULL */
	EVENT_ROW_COLUMNS
};
/* The events of one case by version, from after_version on; none with after_version 0: no such case. */
struct history_ask {
	struct case_name name;
	const struct scope *scope;
	int32_t after_version, limit;
};
void reader_history(struct db *d, const struct history_ask *ask, struct arena *a, on_rows done, void *ctx);

enum list_sort {
	SORT_DUE,                           /* what is due first comes first; what has no due time, last */
	SORT_OVERDUE,                       /* what is overdue longest comes first: the same order */
	SORT_RECEIVED, SORT_UPDATED,        /* newest first */
	LIST_SORTS
};
extern const char *const list_sort_names[LIST_SORTS + 1];

/* Filters that are left out (NULL, empty, NO_TIME, 0) hold for every case. */
struct list_filter {
	const char *town;
	const struct scope *scope;          /* NULL: all */
	struct strs states, units, classes, estates, grids, channels;   /* any of */
	const char *tag;
	const char *actor;                  /* submitted by that principal */
	const char *pending;                /* a request of that kind waits for a decision; `any`: of any kind */
	const char *overdue;                /* a clock's name, or `any`: the one that runs for the present holder */
	int64_t now_us;                     /* for overdue */
	int64_t due_before_us, received_since_us, updated_since_us;
	int32_t returns_min;
	const char *text;                   /* occurs in text or address; only beside another filter */
	enum list_sort sort;
	int32_t limit;
	const char *cursor;                 /* what list_cursor gave for the last row seen; NULL: from the start */
};

/* False: the cursor isn't one of that sort (E_INVALID_PARAMS), and `done` isn't called. Ask for one row more than you show, to
 * know whether there are more. */
bool reader_list(struct db *d, const struct list_filter *f, struct arena *a, on_rows done, void *ctx, struct err *e) MUST_CHECK;
/* The cursor that goes on behind that row. */
const char *list_cursor(const struct list_filter *f, const struct rows *rows, size_t row, struct arena *a);

/* The statement that reader_list would send: for tests that read its plan. */
bool list_statement(const struct list_filter *f, struct arena *a, struct statement *st, struct params **p, struct err *e)
    MUST_CHECK;

#endif
