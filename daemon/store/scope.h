/* scope: which cases a principal may see and act on; a part of the WHERE of every query about cases. */
#ifndef GRIDD_STORE_SCOPE_H
#define GRIDD_STORE_SCOPE_H

#include "daemon/base/list.h"
#include "daemon/store/params.h"

/* A case is inside if one of these holds. */
struct scope {
	bool all;
	const char *submitter;              /* cases that this principal submitted; NULL: no such right */
	struct strs units;                  /* cases that one of these units holds, held, assists, checks or is ordered about */
};

/* The three parameters of a scope, in this order: all (boolean), submitter (text), units (text[]). The SQL that reads them is
 * the function case_in_scope(case_id, all, submitter, units) of the schema. NULL: all. */
void scope_params(struct params *p, const struct scope *s);

#endif
