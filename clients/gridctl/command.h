/* command: one row for each thing gridctl can do. Words, help and "did you mean" all come from the one table. */
#ifndef GRIDCTL_COMMAND_H
#define GRIDCTL_COMMAND_H

#include "clients/gridctl/args.h"
#include "clients/gridctl/client.h"
#include "clients/gridctl/term.h"

/* One run of the program. */
struct ctl {
	const struct command *command;
	struct args args;
	struct client client;               /* connected by the first call */
};

struct command {
	const char *noun, *verb;            /* verb NULL: a command of one word */
	const char *operands;               /* as in the usage line, "NUMBER"; NULL: none */
	size_t min_words, max_words;        /* how many operands */
	const struct flag *flags[4];        /* tables of flags, NULL ends */
	struct both help;
	const char *example;                /* what follows `gridctl ` */

	const char *method;                 /* called with what the flags say, the result given to print */
	void (*print)(struct json_object *result);
	int (*judge)(struct json_object *result);     /* exit code of a result; NULL: EXIT_DONE */
	int (*run)(struct ctl *ctl);        /* instead of method: commands that are more than one call */
};

extern const struct command commands[];           /* a row without noun ends it */
const struct command *command_find(const char *noun, const char *verb);
bool command_has_noun(const char *noun);

/* Help for one command; for all of a noun's; for all (noun NULL). On stdout. */
void help_command(const struct command *c);
void help_all(const char *noun);
/* `gridctl case list [FLAG]... NUMBER` */
void help_usage(const struct command *c, struct strbuf *out);
/* Says what is wrong with the words and what was probably meant; the exit code. */
int help_unknown(const char *noun, const char *verb);

/* One call, connecting first if need be. Not EXIT_DONE: what went wrong was said, *result is NULL. Else *result is the
 * caller's (json_object_put). */
int ctl_call(struct ctl *ctl, const char *method, struct json_object *params, struct json_object **result);
int ctl_connect(struct ctl *ctl);
/* Says what an error reply says; its exit code. `ctl` gives the words of the command for the advice. */
int ctl_refused(const struct ctl *ctl, struct json_object *error);
/* Says what broke on the way, and what that means; its exit code. */
int ctl_broken(const struct err *e);
/* The faults of an error reply one by one: "estate: no such estate". Without faults: its message. */
void error_each(struct json_object *error, void (*on_fault)(const char *text, void *ctx), void *ctx);
int error_exit_code(struct json_object *error);

/* Puts `case` into params: NUMBER, or CHANNEL/REF, the number that a channel knows it by. */
void case_word(struct json_object *params, const char *word);

void print_json(struct json_object *tree);
/* True with --json: then the tree was printed. */
bool ctl_json(const struct ctl *ctl, struct json_object *tree);

/* The rows of the table that are more than a call and a print. */
int run_submit(struct ctl *ctl);
int run_explain(struct ctl *ctl);
int run_import(struct ctl *ctl);
int run_list(struct ctl *ctl);
int run_board(struct ctl *ctl);
int run_show(struct ctl *ctl);
int run_history(struct ctl *ctl);
int run_rules_check(struct ctl *ctl);
int run_rpc(struct ctl *ctl);

void print_rules_show(struct json_object *result);
void print_rules_reload(struct json_object *result);
void print_info(struct json_object *result);
void print_ping(struct json_object *result);
int judge_ping(struct json_object *result);
void print_verify(struct json_object *result);
int judge_verify(struct json_object *result);
void print_advance(struct json_object *result);

#endif
