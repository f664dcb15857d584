/* args: the command line, read by tables of flags into two JSON trees: params for the daemon, and what we keep. */
#ifndef GRIDCTL_ARGS_H
#define GRIDCTL_ARGS_H

#include "clients/gridctl/term/term.h"

#include <json-c/json.h>

enum flag_kind {
	FLAG_STR,
	FLAG_INT,
	FLAG_NUM,
	FLAG_BOOL,                          /* takes no value */
	FLAG_MAYBE,                         /* --name, which is true, or --name=VALUE */
	FLAG_LIST,                          /* may come again; each value is added to a list */
	FLAG_ANY,                           /* may come again; one value is itself, several are a list: any of them */
	FLAG_PAIR,                          /* NAME=VALUE, may come again */
	FLAG_CASE,                          /* NUMBER, the end of one, or CHANNEL/REF, the number that a channel knows it by */
	FLAG_PART,                          /* NUMBER-R1, a request of a case, or NUMBER-D1, an order; also of the end of a number */
	FLAG_TIME,                          /* RFC 3339, or as moment.h says */
	FLAG_ATTACHMENT                     /* [KIND=]URI, may come again */
};

struct flag {
	const char *name;                   /* without the dashes; NULL ends a table */
	char letter;                        /* -n; 0: none */
	enum flag_kind kind;
	const char *arg;                    /* what its value is called in the help */
	const char *path;                   /* where the value goes: a path in params, or "@path" for ourselves */
	struct both help;
	const char *words;                  /* what it may be, for completion: see complete.c; NULL: anything */
};

/* A word that stands behind the command, read in its turn. */
struct operand {
	const char *name;                   /* as in the usage line; NULL ends a list */
	const char *path;                   /* as in a flag */
	enum flag_kind kind;
	bool optional;
	const char *words;                  /* as in a flag */
};

struct args {
	char **argv;                        /* what is left, NULL ends */
	bool flags_over;                    /* after `--` */
	struct json_object *params, *own;
};

void args_init(struct args *a, char **argv);
void args_fini(struct args *a);
/* Takes flags until a word comes. *word NULL: the end. False: a flag is wrong. tables: NULL ends. */
bool args_word(struct args *a, const struct flag *const tables[], const char **word, struct err *e) MUST_CHECK;
/* Puts a word where its operand says. False: it is none of that kind. */
bool args_operand(struct args *a, const struct operand *o, const char *word, struct err *e) MUST_CHECK;

/* The flag that a word like --state, --state=x or -n is; NULL: none of these. */
const struct flag *args_flag(const struct flag *const tables[], const char *typed);

/* A value as its flag or map row wants it; NULL: it isn't one (*e says why). The caller's. */
struct json_object *flag_value(const struct flag *f, const char *text, struct err *e);
const struct flag *flag_by_path(const struct flag *table, const char *path);

const char *own_str(const struct args *a, const char *path);
bool own_bool(const struct args *a, const char *path);
/* The flag of that long name, of which `-` and `_` are one sign; NULL: none. */
const struct flag *flag_by_name(const struct flag *table, const char *name, size_t n);
/* Puts a value where its flag says, into a tree of params. */
bool flag_put(const struct flag *f, struct json_object *params, const char *text, struct err *e) MUST_CHECK;

/* The tables. */
extern const struct flag global_flags[], submit_flags[], attach_flags[], explain_flags[], import_flags[], list_flags[],
    show_flags[], page_flags[], dispatch_flags[], limit_flags[], verify_flags[], ask_flags[], until_flags[],
    amend_flags[], order_flags[], orders_flags[], notices_flags[], retry_flags[], most_flags[], agenda_flags[],
    events_flags[], follow_flags[], advance_flags[], version_flags[], overdue_flags[], origin_flags[], words_flags[],
    board_flags[], nightly_flags[], date_flags[], kpi_flags[], cases_flags[];
/* What every writing command takes; for those whose own params are called so without --note, and without --at; and for one
 * that makes a case, without all that is said of a case there already. part_flags: for what isn't named by a case alone. */
extern const struct flag act_flags[], noting_flags[], moving_flags[], part_flags[], write_flags[];

#endif
