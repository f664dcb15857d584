/* complete: what a word may become. For complete_words.c, which knows where in the command line we are.
 *
 * What a flag or an operand may be (its `words`) is a list divided by spaces: words themselves, and kinds with an @:
 *   @file @dir          names on this machine: the shell's affair
 *   @event              types of events
 *   @case @case:STATES  numbers of open cases, worst first; of cases in these states (a,b,c)
 *   @request @order @notice @way @town @method      what gridd lists
 *   @KIND @KIND:OF      the town's words of that kind, as rules.words has them: @unit, @reason:return
 * What comes from the daemon is only what the caller may see, is asked for COMPLETE_MS at most, and then there is none. */
#ifndef GRIDCTL_COMPLETE_H
#define GRIDCTL_COMPLETE_H

#include "clients/gridctl/cli/command.h"

enum { COMPLETE_MS = 300 };

/* Offers words on stdout, a line each: what stands in the line then, a tab, what it is. */
struct offers {
	const char *prefix;                 /* stands in front of each: "--state=" */
	const char *typed;                  /* what there is of the word */
	struct strbuf matching, other;      /* lines of words that begin so; of words that are meant by their names */
	bool some_printed;
};

/* One word, if it begins as typed. what NULL: nothing is said of it. */
void offer(struct offers *o, const char *word, const char *what);
/* One that the daemon found for what was typed: also if it begins otherwise. */
void offer_found(struct offers *o, const char *word, const char *what);
/* All that `words` says. ctl: what was typed before it. */
void offer_words(struct offers *o, struct ctl *ctl, const char *words);
/* Prints those that begin as typed, so that they are out whatever comes. */
void offers_flush(struct offers *o);
/* The same for the last time; where there were none, the others. Frees them. */
void offers_print(struct offers *o);

/* What gridd knows of that kind (without the @). Calls that fail or take too long leave nothing behind. */
void offer_asked(struct offers *o, struct ctl *ctl, const char *kind);

#endif
