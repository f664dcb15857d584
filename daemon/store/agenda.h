/* agenda: the cases that go to the joint meeting. */
#ifndef GRIDD_STORE_AGENDA_H
#define GRIDD_STORE_AGENDA_H

#include "daemon/store/db.h"
#include "daemon/store/scope.h"

/* Columns of agenda_ask. The departments are a JSON array, or NULL; the last three say why the case is on it. */
enum agenda_row {
	AGENDA_NUMBER, AGENDA_STATE, AGENDA_CLASS, AGENDA_ESTATE, AGENDA_GRID, AGENDA_UNIT, AGENDA_RECEIVED_AT, AGENDA_CLOSED_AT,
	AGENDA_DUE_AT, AGENDA_RETURNS, AGENDA_LEVEL, AGENDA_DEPARTMENTS, AGENDA_HELD, AGENDA_BOUNCED, AGENDA_CROSSES
};

struct agenda_ask {
	const char *town;
	int64_t from_us, to_us;             /* open at some time in between */
	const char *desk;                   /* the joint meeting's; NULL: there is none */
	struct strs units, departments;     /* of each unit that counts, side by side */
	const struct scope *scope;
	int32_t limit;
};
/* Reads many cases: asked beside the lists and look-ups. */
void agenda_ask(struct db *d, const struct agenda_ask *ask, struct arena *a, on_rows done, void *ctx);

#endif
