/* formats: results for programs: JSON, a JSON line for each item, tab separated, CSV, workbooks. */
#ifndef GRIDCTL_FORMATS_H
#define GRIDCTL_FORMATS_H

#include "clients/gridctl/cli/command.h"

/* What a command that only reads answers with. */
struct reading {
	const char *noun, *verb;            /* verb NULL: a command of one word */
	const char *list;                   /* where its items lie in the result; NULL: not one list, JSON only */
	const char *columns;                /* the items' members as columns, by dotted path, with spaces between */
	const char *more;                   /* further members that an item may have, for --json=FIELDS */
};

/* NULL: the command does more than read, or prints as it goes. */
const struct reading *reading_of(const struct command *c);

/* Before the command runs: whether it can answer in the format that is asked for. Says why not; the exit code. */
int formats_check(const struct ctl *ctl);
/* Whether a format for programs is asked for. */
bool formats_asked(const struct ctl *ctl);
/* Prints the result in it; ctl->format_rc is the exit code. False: none is asked for, nothing was printed. */
bool formats_print(struct ctl *ctl, struct json_object *result);

/* ---- Rows, as CSV, plain text or a workbook have them ---- */

struct sheet {
	const char *const *columns;         /* n of them: dotted paths */
	size_t n;
	struct json_object *items;          /* a list */
};

/* A member as one text: lists with `;` between, objects as JSON, nothing as "". */
void sheet_text(struct json_object *item, const char *path, struct strbuf *out);
/* False: says why not. */
bool sheet_xlsx(const struct sheet *s, const char *file);

#endif
