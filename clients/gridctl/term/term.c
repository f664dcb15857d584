/* term: locale, language and messages. */
#include "clients/gridctl/term/term.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80 };

static bool zh, no_colors;
static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig) {
	(void)sig;
	/* The second Ctrl-C doesn't ask politely. */
	if (interrupted)
		_exit(EXIT_INTERRUPTED);
	interrupted = 1;
}

static const char *first_set(const char *const names[]) {
	for (; *names; names++) {
		const char *value = getenv(*names);
		if (value && *value)
			return value;
	}
	return "";
}

void term_init(void) {
	/* Widths of characters come from LC_CTYPE: a C locale would count bytes. */
	if (!setlocale(LC_ALL, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		if (!setlocale(LC_ALL, "C.UTF-8"))
			(void)setlocale(LC_ALL, "C.utf8");
	}
	/* Numbers are written as JSON writes them, whatever the locale. */
	(void)setlocale(LC_NUMERIC, "C");
	zh = strncmp(first_set((const char *const[]){"GRIDCTL_LANG", "LC_ALL", "LC_MESSAGES", "LANG", NULL}), "zh", 2) == 0;

	struct sigaction on_int = {.sa_handler = on_interrupt};
	(void)sigaction(SIGINT, &on_int, NULL);
}

bool term_zh(void) { return zh; }
void term_set_language(bool is_zh) { zh = is_zh; }
void term_set_colors(bool wanted) { no_colors = !wanted; }
bool term_out_is_tty(void) { return isatty(STDOUT_FILENO); }
bool term_err_is_tty(void) { return isatty(STDERR_FILENO); }
bool term_interrupted(void) { return interrupted; }

bool term_colors(void) {
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	return !no_colors && term_out_is_tty() && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

int term_width(void) {
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	const char *columns = getenv("COLUMNS");
	const long n = columns ? strtol(columns, NULL, 10) : 0;
	return n > 0 && n < 10000 ? (int)n : DEFAULT_WIDTH;
}

const char *both_text(struct both b) { return zh && b.zh ? b.zh : b.en; }

static char *format(const char *fmt, va_list ap) {
	char *text = NULL;
	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	return text;
}

void term_error(const char *next, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	char *text = format(fmt, ap);
	va_end(ap);
	struct strbuf safe = {0};
	safe_add(&safe, text, SAFE_TEXT);
	fprintf(stderr, "gridctl: %s\n", safe.data ? safe.data : "");
	if (next)
		fprintf(stderr, "  %s %s\n", T("try:", "可试:"), next);
	strbuf_fini(&safe);
	free(text);
}

void term_print(const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	char *text = format(fmt, ap);
	va_end(ap);
	struct strbuf safe = {0};
	safe_add(&safe, text, SAFE_TEXT);
	if (safe.data)
		fputs(safe.data, stdout);
	strbuf_fini(&safe);
	free(text);
}
