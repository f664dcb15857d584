/* man: the list of commands as the man page has it, from the table of commands. */
#include "clients/gridctl/cli/command.h"

#include <stdio.h>
#include <string.h>

/* scdoc's own signs are written with a backslash. */
static void put_plain(const char *text) {
	for (; *text; text++) {
		if (strchr("\\*_`#", *text))
			putchar('\\');
		putchar(*text);
	}
}

static void put_between(char sign, const char *text) {
	putchar(sign);
	put_plain(text);
	putchar(sign);
}

static void put_line(const char *text) {
	put_plain(text);
	putchar('\n');
}

static void put_name(const struct flag *f) {
	char name[64];
	if (f->letter)
		printf("*-%c*, ", f->letter);
	(void)snprintf(name, sizeof name, "--%s", f->name);
	put_between('*', name);
}

static void put_flag(const struct flag *f, const char *indent) {
	fputs(indent, stdout);
	put_name(f);
	if (f->arg) {
		fputs(f->kind == FLAG_MAYBE ? "[=" : " ", stdout);
		put_between('_', f->arg);
		fputs(f->kind == FLAG_MAYBE ? "]" : "", stdout);
	}
	printf("\n%s\t", indent);
	put_line(f->help.en);
}

static void put_flags(const struct flag *table, const char *indent) {
	for (const struct flag *f = table; f->name; f++) {
		putchar('\n');
		put_flag(f, indent);
	}
}

/* Those that many commands take are explained once. */
static bool is_shared(const struct flag *table) {
	return table == act_flags || table == noting_flags || table == moving_flags || table == part_flags || table == write_flags;
}

static void put_names(const struct flag *table) {
	fputs("\n\tAlso", stdout);
	for (const struct flag *f = table; f->name; f++) {
		fputs(f == table ? " " : ", ", stdout);
		put_name(f);
	}
	puts(".");
}

static void put_operands(const struct command *c) {
	for (const struct operand *o = c->operands; o->name; o++) {
		fputs(o->optional ? " [" : " ", stdout);
		put_between('_', o->name);
		fputs(o->optional ? "]" : "", stdout);
	}
}

static void put_command(const struct command *c) {
	struct strbuf words = {0};
	help_words(c, &words);
	putchar('\n');
	put_between('*', words.data);
	if (c->shortcut) {
		fputs(", ", stdout);
		put_between('*', c->shortcut);
	}
	put_operands(c);
	fputs("\n\t", stdout);
	put_line(c->help.en);
	for (const struct flag *const *table = c->flags; *table; table++)
		if (is_shared(*table))
			put_names(*table);
		else
			put_flags(*table, "\t");
	if (c->shortcut) {
		fputs("\n\tIn short: ", stdout);
		put_between('*', c->shortcut);
		putchar('\n');
	}
	fputs("\n\tExample: ", stdout);
	put_between('_', c->example);
	putchar('\n');
	strbuf_fini(&words);
}

void help_man(void) {
	puts("# OPTIONS OF EVERY COMMAND");
	put_flags(global_flags, "");
	puts("\n# OPTIONS OF COMMANDS THAT WRITE");
	put_flags(act_flags, "");
	puts("\n# COMMANDS");
	for (const struct command *c = commands; c->noun; c++)
		if (!c->raw)
			put_command(c);
}
