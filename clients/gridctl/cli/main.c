/* main: finds the command that was typed, reads its options, runs it. */
#include "clients/gridctl/cli/bulk.h"
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/cli/moment.h"
#include "clients/gridctl/cli/names.h"
#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int usage_error(const struct command *c, const char *what) {
	struct strbuf next = {0};
	strbuf_adds(&next, "gridctl help ");
	if (c)
		help_words(c, &next);
	term_error(next.data, "%s", what);
	strbuf_fini(&next);
	return EXIT_USAGE;
}

static int wrong_count(const struct command *c) {
	struct strbuf usage = {0}, text = {0};
	help_usage(c, &usage);
	strbuf_printf(&text, T("expected: %s", "应写作：%s"), usage.data);
	const int rc = usage_error(c, text.data);
	strbuf_fini(&usage);
	strbuf_fini(&text);
	return rc;
}

/* The words behind the command, in their turn; what --where says stands for the first of them. The last of a list takes the
 * rest. */
static int place_words(struct ctl *ctl) {
	const struct command *c = ctl->command;
	const struct operand *o = c->operands;
	struct err e = {0};
	size_t i = 0;
	o += o->name && bulk_is_wanted(ctl);
	for (; i < ctl->n_words && o->name; i++) {
		if (!args_operand(&ctl->args, o, ctl->words[i], &e))
			return usage_error(c, e.text);
		o += o->kind != FLAG_LIST;
	}
	return i == ctl->n_words && (!o->name || o->optional) ? EXIT_DONE : wrong_count(c);
}

/* The operands and options behind the words of the command. */
static int read_rest(struct ctl *ctl) {
	const struct command *c = ctl->command;
	/* The command's own come first: `rules show --version 3` is not `--version`. */
	const struct flag *tables[COUNT_OF(c->flags) + 1] = {NULL};
	size_t n = 0;
	for (; c->flags[n]; n++)
		tables[n] = c->flags[n];
	tables[n] = global_flags;
	const char *word;
	struct err e = {0};
	for (;;) {
		if (!args_word(&ctl->args, tables, &word, &e))
			return usage_error(c, e.text);
		if (!word || ctl->n_words == COUNT_OF(ctl->words))
			break;
		ctl->words[ctl->n_words++] = word;
	}
	if (own_bool(&ctl->args, "help"))
		return EXIT_DONE;
	return word ? wrong_count(c) : place_words(ctl);
}

static int run_command(struct ctl *ctl) {
	int rc = ctl->command->raw ? EXIT_DONE : read_rest(ctl);
	if (rc != EXIT_DONE)
		return rc;
	if (own_bool(&ctl->args, "help")) {
		help_command(ctl->command);
		return EXIT_DONE;
	}
	struct err e = {0};
	if (!config_take(&ctl->args, &e))
		return usage_error(ctl->command, e.text);
	rc = ctl->command->any_config ? EXIT_DONE : config_check();
	if (rc != EXIT_DONE)
		return rc;
	rc = output_check(ctl);
	/* What people write in short is made what the daemon takes. */
	if (rc == EXIT_DONE)
		rc = moments_resolve(ctl);
	if (rc == EXIT_DONE)
		rc = names_resolve(ctl);
	if (rc != EXIT_DONE)
		return rc;
	if (bulk_is_wanted(ctl))
		return bulk_run(ctl);
	return output_run(ctl);
}

static int show_help(const char *noun, const char *verb) {
	const struct command *c = noun ? command_find(noun, verb) : NULL;
	if (c)
		help_command(c);
	else if (noun && strcmp(noun, "man") == 0)
		help_man();
	else if (!noun || (!verb && command_has_noun(noun)))
		help_all(noun);
	else
		return help_unknown(noun, verb);
	return EXIT_DONE;
}

/* `gridctl [OPTION]... NOUN VERB ...`: the options before the verb are the global ones. */
static int run(struct ctl *ctl) {
	static const struct flag *const global_only[] = {global_flags, NULL};
	const char *noun = NULL, *verb = NULL;
	struct err e = {0};
	if (!args_word(&ctl->args, global_only, &noun, &e))
		return usage_error(NULL, e.text);
	const bool asks_help = noun && strcmp(noun, "help") == 0;
	if (asks_help && !args_word(&ctl->args, global_only, &noun, &e))
		return usage_error(NULL, e.text);
	ctl->command = noun ? command_find(noun, NULL) : NULL;
	if (noun && !ctl->command && !args_word(&ctl->args, global_only, &verb, &e))
		return usage_error(NULL, e.text);
	if (own_bool(&ctl->args, "version")) {
		printf("gridctl %s\n", GRIDD_VERSION);
		return EXIT_DONE;
	}
	if (asks_help || (!verb && !ctl->command && own_bool(&ctl->args, "help")))
		return show_help(noun, verb);
	if (!noun) {
		(void)show_help(NULL, NULL);
		return EXIT_USAGE;
	}
	if (!ctl->command)
		ctl->command = command_find(noun, verb);
	return ctl->command ? run_command(ctl) : help_unknown(noun, verb);
}

/* A full disk is a failure, even though the daemon did its part. */
static int flush_output(int rc) {
	if (sink_finish())
		return rc;
	term_error(NULL, T("writing the output: %s", "写输出时出错：%s"), strerror(errno));
	return rc == EXIT_DONE ? EXIT_FAILED : rc;
}

int main(int argc, char **argv) {
	(void)argc;
	term_init();
	sink_init();
	for (char **arg = argv + 1; *arg; arg++)
		*arg = sink_typed(*arg);
	config_read(argv + 1);
	struct ctl ctl = {0};
	client_init(&ctl.client);
	args_init(&ctl.args, argv + 1);
	const int rc = flush_output(run(&ctl));
	client_close(&ctl.client);
	args_fini(&ctl.args);
	config_free();
	return term_interrupted() ? EXIT_INTERRUPTED : rc;
}
