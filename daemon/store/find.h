/* find: cases by how their numbers end. */
#ifndef GRIDD_STORE_FIND_H
#define GRIDD_STORE_FIND_H

#include "daemon/store/db.h"
#include "daemon/store/scope.h"

enum { FIND_PROBES = 20000 };           /* ids tried by one question; then the answer is that it is too short */

/* Columns of cases_find. FIND_NUMBER is NULL in the one row of an answer that holds no case. */
enum find_row { FIND_NEWEST, FIND_NUMBER, FIND_STATE, FIND_CLASS, FIND_ESTATE, FIND_UNIT, FIND_DUE_AT, FIND_ADDRESS };

/* The end of a case number. */
struct number_tail {
	const char *day, *digits;           /* of the day; of the id behind the dash */
	int64_t first_id, step;             /* ids that can have such an end are first_id + n * step */
};
/* "42", "0000042", "24-42", "20261124-0000042": behind a dash stand less than 7 digits that an id ends in, or all of them. False:
 * it isn't one. */
bool number_tail_read(const char *text, struct arena *a, struct number_tail *out);
/* More ids than FIND_PROBES could have that end. */
bool number_tail_is_short(const struct number_tail *tail, int64_t newest_id);

struct find_ask {
	const char *town;
	struct number_tail tail;
	const struct scope *scope;          /* NULL: all */
	int32_t limit;
};
/* At least one row, for FIND_NEWEST. */
void cases_find(struct db *d, const struct find_ask *ask, struct arena *a, on_rows done, void *ctx);

#endif
