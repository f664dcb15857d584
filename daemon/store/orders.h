/* orders: supervision orders of a town, as a list. */
#ifndef GRIDD_STORE_ORDERS_H
#define GRIDD_STORE_ORDERS_H

#include "daemon/store/db.h"
#include "daemon/store/scope.h"

/* Columns of orders_list. Demand and reply are what people wrote; NULL where they wrote nothing, or it was erased. */
enum order_row {
	ORDER_CASE, ORDER_NUMBER, ORDER_N, ORDER_UNIT, ORDER_ISSUER, ORDER_KIND, ORDER_STATE, ORDER_GROUNDS, ORDER_OPENED_AT,
	ORDER_DUE_AT, ORDER_REPLIED_AT, ORDER_ENDED_AT, ORDER_CONSEQUENCE, ORDER_DEMAND, ORDER_REPLY
};

struct orders_filter {
	const char *town, *unit, *state, *kind;         /* NULL: any */
	int64_t case_id;                                /* 0: any */
	int64_t since_us;                               /* opened then or later; NO_TIME: any */
	int32_t limit;
	const struct scope *scope;
	int64_t before_us, before_case;                 /* the last one seen; before_us NO_TIME: from the newest on */
	int32_t before_n;
};
/* Newest first. */
void orders_list(struct db *d, const struct orders_filter *f, struct arena *a, on_rows done, void *ctx);

#endif
