/* term: what the person in front of us can read: language, character widths, colours, and text that can't play tricks. */
#ifndef GRIDCTL_TERM_H
#define GRIDCTL_TERM_H

#include "daemon/base/strbuf.h"

#include <stdint.h>

/* Exit codes, fixed by the protocol's contract: scripts branch on them. */
enum {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO = 3,                        /* checked, and the answer is no */
	EXIT_NOT_ALLOWED = 4,
	EXIT_NOT_FOUND = 5,
	EXIT_CONFLICT = 6,
	EXIT_UNREACHABLE = 7,
	EXIT_INTERRUPTED = 130
};

/* Once, first: locale (a UTF-8 one, so that Chinese has its width), language, encoding, and Ctrl-C. */
void term_init(void);
/* The terminal's encoding as iconv calls it: $GRIDCTL_CHARSET, else what the locale's name says, installed or not. NULL: UTF-8. */
const char *term_charset(void);
bool term_zh(void);
void term_set_language(bool is_zh);     /* what the configuration says, over the locale */
bool term_out_is_tty(void);
bool term_err_is_tty(void);
bool term_colors(void);                 /* of stdout */
void term_set_colors(bool wanted);      /* false: never, whatever the terminal can */
int term_width(void);                   /* columns of the terminal; $COLUMNS where there is none, else 80 */
/* From now on views print for a place of so many columns that is no terminal; 0: for standard output again. */
void term_print_for(int columns);
int term_height(void);                  /* rows of the terminal, else 24 */
/* No characters beside ASCII for ornament: asked for, or a terminal that may not have them. What others wrote stays. */
bool term_ascii(void);
void term_set_ascii(void);
const char *term_ellipsis(void);        /* "…" or "~"; one column */
/* A sign, or what stands for it where the person's terminal may not have it. Text for a file or a program keeps the sign. */
const char *term_sign(const char *sign, const char *in_ascii);
bool term_interrupted(void);            /* Ctrl-C was pressed; blocking calls come back with EINTR */
void term_forget_interrupt(void);       /* where Ctrl-C is the way to leave */
/* Until fd (-1: none) can be read: 1; so long (ms below 0: for ever) went by: 0; else -1, with errno: EINTR is Ctrl-C, which is
 * never missed, also where it came a moment before. patient: it doesn't end this wait. */
int term_wait(int fd, int64_t ms, bool patient);

/* One of two languages. Both formats are seen by the compiler. */
#define T(en, zh) (term_zh() ? (zh) : (en))

struct both {
	const char *en, *zh;
};
const char *both_text(struct both b);   /* in the person's language */

/* Text that others wrote, for a terminal: control characters, also of the second set, characters that turn the direction of
 * writing around, that have no width or one that terminals don't agree about, and bytes that are no UTF-8 show as signs, \u....
 * or \x..; a tab is a space. */
enum safe_how {
	SAFE_LINE,                          /* the first line only, "…" where there was more */
	SAFE_TEXT,                          /* all lines */
	SAFE_JSON                           /* JSON text: escapes that JSON knows, so that it stays the same value */
};
void safe_add(struct strbuf *out, const char *text, enum safe_how how);

/* `gridctl: ...` on stderr; next: a command that helps, or NULL. */
void term_error(const char *next, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* On stdout, control characters made visible; and on stderr, for what isn't the answer itself. */
void term_print(const char *fmt, ...) PRINTF_LIKE(1, 2);
void term_note(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
