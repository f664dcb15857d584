/* term: locale, language and messages. */
#include "clients/gridctl/term/term.h"

#include "daemon/base/check.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { DEFAULT_WIDTH = 80, DEFAULT_HEIGHT = 24 };

static bool zh, ascii, ascii_asked, no_colors;
static const char *charset;
static int print_for; /* columns of another place than stdout; 0: none */
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

static const char *known_charset(const char *name) {
	static const struct {
		const char *name, *iconv_name;
	} known[] = {{"gb18030", "GB18030"}, {"gbk", "GBK"}, {"gb2312", "GB2312"}, {"euccn", "GB2312"}, {"cp936", "GBK"}};
	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strcasecmp(known[i].name, name) == 0)
			return known[i].iconv_name;
	return NULL;
}

/* The suffix of the locale's name: it need not be installed for the terminal to be so. "zh_CN.GB18030@x" -> GB18030. */
static const char *find_charset(const char *locale) {
	const char *given = getenv("GRIDCTL_CHARSET"), *dot = strchr(locale, '.');
	char name[16] = "";
	if (given && *given)
		return known_charset(given);
	if (dot)
		(void)strncat(name, dot + 1, sizeof name - 1);
	name[strcspn(name, "@")] = '\0';
	return known_charset(name);
}

/* A locale that says it is UTF-8 is believed, installed or not. */
static bool is_utf8(const char *locale) {
	const char *given = getenv("GRIDCTL_CHARSET"), *dot = strchr(locale, '.');
	const char *name = given && *given ? given : dot ? dot + 1 : "";
	return strncasecmp(name, "utf-8", 5) == 0 || strncasecmp(name, "utf8", 4) == 0;
}

void term_init(void) {
	const char *locale = first_set((const char *const[]){"LC_ALL", "LC_CTYPE", "LANG", NULL}), *term = getenv("TERM");
	charset = find_charset(locale);
	ascii = !is_utf8(locale) || (term && strcmp(term, "dumb") == 0);
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
const char *term_charset(void) { return charset; }
bool term_ascii(void) { return ascii; }
void term_set_ascii(void) { ascii = ascii_asked = true; }
const char *term_ellipsis(void) { return ascii ? "~" : "…"; }

const char *term_sign(const char *sign, const char *in_ascii) {
	return ascii && (ascii_asked || charset || term_out_is_tty()) ? in_ascii : sign;
}
bool term_out_is_tty(void) { return !print_for && isatty(STDOUT_FILENO); }
void term_print_for(int columns) { print_for = columns; }
bool term_err_is_tty(void) { return isatty(STDERR_FILENO); }
bool term_interrupted(void) { return interrupted; }
void term_forget_interrupt(void) { interrupted = 0; }

int term_wait(int fd, int64_t ms, bool patient) {
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	const struct timespec limit = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	sigset_t block, before;
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	(void)sigprocmask(SIG_BLOCK, &block, &before);
	errno = EINTR;
	int n = -1;
	if (patient || !interrupted)
		do
			n = ppoll(&readable, fd >= 0, ms >= 0 ? &limit : NULL, &before);
		while (n < 0 && errno == EINTR && (patient || !interrupted));
	const int why = errno;
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	errno = why;
	return n;
}

bool term_colors(void) {
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	return !no_colors && term_out_is_tty() && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

int term_width(void) {
	struct winsize size;
	if (print_for)
		return print_for;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	const char *columns = getenv("COLUMNS");
	const long n = columns ? strtol(columns, NULL, 10) : 0;
	return n > 0 && n < 10000 ? (int)n : DEFAULT_WIDTH;
}

int term_height(void) {
	struct winsize size;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : DEFAULT_HEIGHT;
}

const char *both_text(struct both b) { return zh && b.zh ? b.zh : b.en; }

static void put_safe(FILE *to, const char *text) {
	struct strbuf safe = {0};
	safe_add(&safe, text, SAFE_TEXT);
	fputs(safe.data ? safe.data : "", to);
	strbuf_fini(&safe);
}

static void put(FILE *to, const char *fmt, va_list ap) {
	char *text = NULL;
	CHECK(vasprintf(&text, fmt, ap) >= 0);
	put_safe(to, text);
	free(text);
}

void term_error(const char *next, const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	fputs("gridctl: ", stderr);
	put(stderr, fmt, ap);
	va_end(ap);
	if (next) {
		fputs(T("\n  try: ", "\n  可试: "), stderr);
		put_safe(stderr, next);
	}
	fputc('\n', stderr);
}

void term_print(const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	put(stdout, fmt, ap);
	va_end(ap);
}

void term_note(const char *fmt, ...) {
	va_list ap;
	va_start(ap, fmt);
	put(stderr, fmt, ap);
	va_end(ap);
}
