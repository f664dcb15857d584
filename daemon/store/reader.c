/* reader: asks for one case and for its history. */
#include "daemon/store/reader.h"

#include "statements.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool case_number_id(const char *number, int64_t *id) {
	enum { DAY_DIGITS = 8 };
	static const char digits[] = "0123456789";
	if (strspn(number, digits) != DAY_DIGITS || number[DAY_DIGITS] != '-')
		return false;
	const char *tail = number + DAY_DIGITS + 1;
	const size_t n = strspn(tail, digits);
	if (n == 0 || tail[n])
		return false;
	errno = 0;
	*id = strtoll(tail, NULL, 10);
	return errno == 0 && *id > 0;
}

/* $1 town, $2 id, $3 number, $4 channel, $5 ref; $6 to $8 scope. An impossible number finds nothing, as id 0. */
static struct params *name_params(const struct case_name *name, const struct scope *scope, struct arena *a) {
	struct params *p = params_new(a);
	int64_t id = name->id;
	params_text(p, name->town);
	if (name->number && !case_number_id(name->number, &id))
		id = 0;
	params_int8(p, name->number || id ? id : NO_INT);
	params_text(p, name->number);
	params_text(p, name->channel);
	params_text(p, name->ref);
	scope_params(p, scope);
	return p;
}

void reader_get(struct db *d, const struct case_name *name, const struct scope *scope, struct arena *a, on_rows done,
                void *ctx) {
	db_ask(d, &stmt_get_case, name_params(name, scope, a), a, done, ctx);
}

void reader_history(struct db *d, const struct history_ask *ask, struct arena *a, on_rows done, void *ctx) {
	struct params *p = name_params(&ask->name, ask->scope, a);
	params_int4(p, ask->after_version);
	params_int4(p, ask->limit);
	db_ask(d, &stmt_history, p, a, done, ctx);
}
