/* due_moves: which due times of a case move when it is reckoned by other calendars. Changes nothing. */
#ifndef GRIDD_CALL_DUE_MOVES_H
#define GRIDD_CALL_DUE_MOVES_H

#include "daemon/cases/case.h"

struct due_move {
	const struct clock *before;         /* of the case */
	int64_t due_at_us;                  /* afterwards */
	bool provisional;
	bool only_left;                     /* it is paused and has no due time; what is left of it changes */
	bool put_off;                       /* it would be over at once: it gets until the close of the next working day */
	const char *problem;                /* it can't be reckoned (its calendar is gone): it stays as it is; else NULL */
};
typedef LIST_OF(struct due_move) due_move_list;

/* Adds one for each open clock that moves, becomes firm or provisional, or can't be reckoned. */
void due_moves(const struct case_rec *cr, const struct calendar_set *cals, int64_t now_us, struct arena *a,
               due_move_list *out);

#endif
