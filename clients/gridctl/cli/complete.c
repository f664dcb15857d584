/* complete: words that may stand where the cursor is, from the table of commands. */
#include "clients/gridctl/cli/complete.h"

#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/term/words.h"
#include "daemon/base/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the last word of the line stands. */
struct place {
	const struct command *command;      /* NULL: not known yet */
	const char *noun;
	const struct flag *tables[8];       /* what may stand here, NULL ends */
	const struct flag *waiting;         /* the flag whose value comes next */
	const struct flag *given[64];
	size_t n_given, n_operands;
	bool flags_over, asks_help;
	bool is_lost;                       /* noun and verb are no command */
};

static void add_line(struct strbuf *out, const struct offers *o, const char *word, const char *what) {
	/* A word that the shell would take apart is of no use to it. */
	for (const char *c = word; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return;
	safe_add(out, o->prefix, SAFE_LINE);
	safe_add(out, word, SAFE_LINE);
	strbuf_addc(out, '\t');
	safe_add(out, what ? what : "", SAFE_LINE);
	strbuf_addc(out, '\n');
}

void offer(struct offers *o, const char *word, const char *what) {
	if (strncmp(word, o->typed, strlen(o->typed)) == 0)
		add_line(&o->matching, o, word, what);
}

void offer_found(struct offers *o, const char *word, const char *what) {
	const bool begins = strncmp(word, o->typed, strlen(o->typed)) == 0;
	add_line(begins ? &o->matching : &o->other, o, word, what);
}

void offers_flush(struct offers *o) {
	if (o->matching.len == 0)
		return;
	fputs(o->matching.data, stdout);
	(void)fflush(stdout);
	strbuf_clear(&o->matching);
	o->some_printed = true;
}

void offers_print(struct offers *o) {
	offers_flush(o);
	if (!o->some_printed && o->other.data)
		fputs(o->other.data, stdout);
	strbuf_fini(&o->matching);
	strbuf_fini(&o->other);
}

static void offer_events(struct offers *o) {
	const char *word;
	for (size_t i = 0; (word = word_at(i)) != NULL; i++)
		if (strchr(word, '.'))
			offer(o, word, term_zh() ? word_zh(word) : NULL);
}

static void offer_one(struct offers *o, struct ctl *ctl, const char *word) {
	if (*word != '@')
		offer(o, word, term_zh() ? word_zh(word) : NULL);
	else if (strcmp(word, "@file") == 0 || strcmp(word, "@dir") == 0)
		strbuf_printf(&o->matching, ":%s\t\n", word + 1);
	else if (strcmp(word, "@event") == 0)
		offer_events(o);
	else
		offer_asked(o, ctl, word + 1);
}

void offer_words(struct offers *o, struct ctl *ctl, const char *words) {
	char *copy = strdup(words), *rest = NULL;
	CHECK(copy != NULL);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		offer_one(o, ctl, word);
	free(copy);
}

/* -- where we are ------------------------------------------------------------------------------------------------ */

static void set_command(struct place *p, const struct command *c) {
	size_t n = 0;
	p->command = c;
	for (; c && c->flags[n]; n++)
		p->tables[n] = c->flags[n];
	p->tables[n++] = global_flags;
	p->tables[n] = NULL;
}

static const struct command *by_shortcut(const char *word) {
	for (const struct command *c = commands; c->noun; c++)
		if (c->shortcut && strcmp(c->shortcut, word) == 0)
			return c;
	return NULL;
}

static void take_name(struct place *p, const char *word) {
	if (!p->noun && !p->asks_help && strcmp(word, "help") == 0) {
		p->asks_help = true;
	} else if (!p->noun) {
		const struct command *c = command_find(word, NULL);
		p->noun = word;
		set_command(p, c ? c : by_shortcut(word));
	} else {
		set_command(p, command_find(p->noun, word));
		p->is_lost = !p->command;
	}
}

static void take_word(struct place *p, const char *word) {
	if (p->waiting) {
		p->waiting = NULL;
	} else if (!p->flags_over && strcmp(word, "--") == 0) {
		p->flags_over = true;
	} else if (!p->flags_over && word[0] == '-' && word[1]) {
		const struct flag *f = args_flag(p->tables, word);
		const bool has_value = word[1] == '-' ? strchr(word, '=') != NULL : word[2] != '\0';
		if (f && p->n_given < COUNT_OF(p->given))
			p->given[p->n_given++] = f;
		p->waiting = f && f->kind != FLAG_BOOL && !has_value ? f : NULL;
	} else if (p->command) {
		p->n_operands++;
	} else {
		take_name(p, word);
	}
}

static bool may_come_again(const struct flag *f) {
	return f->kind == FLAG_LIST || f->kind == FLAG_ANY || f->kind == FLAG_PAIR || f->kind == FLAG_ATTACHMENT;
}

static bool is_given(const struct place *p, const struct flag *f) {
	for (size_t i = 0; i < p->n_given; i++)
		if (strcmp(p->given[i]->path, f->path) == 0)
			return true;
	return false;
}

/* -- what may stand there ---------------------------------------------------------------------------------------- */

static void offer_flags(struct offers *o, const struct place *p) {
	for (const struct flag *const *table = p->tables; *table; table++)
		for (const struct flag *f = *table; f->name; f++) {
			struct strbuf name = {0};
			strbuf_printf(&name, "--%s", f->name);
			if (may_come_again(f) || !is_given(p, f))
				offer(o, name.data, both_text(f->help));
			strbuf_fini(&name);
		}
}

static bool is_first_of_noun(const struct command *c) {
	for (const struct command *other = commands; other != c; other++)
		if (strcmp(other->noun, c->noun) == 0)
			return false;
	return true;
}

/* Of several verbs: which. */
static void add_verbs(const char *noun, struct strbuf *out) {
	for (const struct command *c = commands; c->noun; c++)
		if (strcmp(c->noun, noun) == 0 && c->verb)
			strbuf_printf(out, "%s%s", out->len ? ", " : "", c->verb);
}

static void offer_nouns(struct offers *o, const struct place *p) {
	for (const struct command *c = commands; c->noun; c++) {
		struct strbuf verbs = {0};
		add_verbs(c->noun, &verbs);
		if (c->shortcut && !p->asks_help)
			offer(o, c->shortcut, both_text(c->help));
		if (!c->raw && is_first_of_noun(c))
			offer(o, c->noun, c->verb ? verbs.data : both_text(c->help));
		strbuf_fini(&verbs);
	}
	if (!p->asks_help)
		offer(o, "help", T("what a command does", "命令说明"));
}

static void offer_verbs(struct offers *o, const struct place *p) {
	for (const struct command *c = commands; c->noun; c++)
		if (c->verb && strcmp(c->noun, p->noun) == 0)
			offer(o, c->verb, both_text(c->help));
}

/* The last operand takes all that comes where it may come again. */
static const struct operand *operand_at(const struct place *p) {
	const struct operand *o = p->command->operands;
	for (size_t i = 0; i < p->n_operands && o->name; i++)
		o += o->kind != FLAG_LIST;
	return o->name ? o : NULL;
}

static void offer_here(struct offers *o, struct ctl *ctl, const struct place *p) {
	const struct operand *operand = p->command && !p->asks_help ? operand_at(p) : NULL;
	if (p->waiting) {
		if (p->waiting->words)
			offer_words(o, ctl, p->waiting->words);
	} else if (*o->typed == '-' && !p->flags_over) {
		offer_flags(o, p);
	} else if (!p->noun) {
		offer_nouns(o, p);
	} else if (!p->command) {
		if (!p->is_lost)
			offer_verbs(o, p);
	} else if (operand) {
		if (operand->words)
			offer_words(o, ctl, operand->words);
	} else if (!p->asks_help && !p->flags_over) {
		offer_flags(o, p);
	}
}

/* What stands in the line already says whom to ask, and of what: --socket, --town, --class. */
static void read_before(struct ctl *ctl, const struct place *p, char **words) {
	struct err e = {0};
	const char *word;
	const struct operand *o = p->command ? p->command->operands : NULL;
	size_t names = !p->command ? SIZE_MAX : p->command->verb && !by_shortcut(p->noun) ? 2 : 1;
	ctl->args.argv = words;
	while (args_word(&ctl->args, p->tables, &word, &e) && word) {
		if (names > 0)
			names--;
		else if (o && o->name && args_operand(&ctl->args, o, word, &e))
			o += o->kind != FLAG_LIST;
		else
			break;
	}
	/* A flag with a wrong value counts as not there: its fault is told when the line is run. */
	if (!config_take(&ctl->args, &e))
		e.code = E_NONE;
}

int run_complete_words(struct ctl *ctl) {
	char **words = ctl->args.argv;
	size_t n = 0;
	words += *words && strcmp(*words, "--") == 0;
	while (words[n])
		n++;
	if (n == 0)
		return EXIT_DONE;
	char *last = words[n - 1];
	struct place p = {0};
	set_command(&p, NULL);
	words[n - 1] = NULL;
	for (size_t i = 0; i + 1 < n; i++)
		take_word(&p, words[i]);
	if (p.waiting)
		words[n - 2] = NULL;
	read_before(ctl, &p, words);
	struct offers o = {.prefix = "", .typed = last};
	const char *eq = !p.waiting && !p.flags_over && strncmp(last, "--", 2) == 0 ? strchr(last, '=') : NULL;
	char *prefix = eq ? strndup(last, (size_t)(eq + 1 - last)) : NULL;
	if (eq) {
		p.waiting = args_flag(p.tables, last);
		o = (struct offers){.prefix = prefix, .typed = eq + 1};
	}
	if (!eq || p.waiting)
		offer_here(&o, ctl, &p);
	offers_print(&o);
	free(prefix);
	return EXIT_DONE;
}
