/* loop: the screen's life: begin, wait for keys, signals and the daemon, draw, and leave the terminal as it was. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"
#include "daemon/base/civil.h"
#include "daemon/base/clock.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#define FRAME_US (SECOND_US / 10) /* no more pictures than so many a second, but for keys */

enum { ESC_WAIT_MS = 50, KEYS_AT_ONCE = 200 };

/* ---- The terminal, also when we crash ---- */

static struct {
	struct termios before;
	char reset[256];
	size_t reset_n;
} crash;

static const int crashes[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL};
static struct sigaction crash_before[COUNT_OF(crashes)];

/* Only what a signal's handler may do: no curses here. */
static void on_crash(int sig) {
	(void)!write(STDOUT_FILENO, crash.reset, crash.reset_n);
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &crash.before);
	for (size_t i = 0; i < COUNT_OF(crashes); i++)
		if (crashes[i] == sig)
			(void)sigaction(sig, &crash_before[i], NULL);
	(void)raise(sig);
}

/* What leads back out of full screen, in this terminal's own codes. */
static void prepare_for_crash(void) {
	static const char *const names[] = {"sgr0", "cnorm", "rmkx", "rmcup"};
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		char name[8];
		(void)snprintf(name, sizeof name, "%s", names[i]);
		const char *code = tigetstr(name);
		const size_t n = code && code != (char *)-1 ? strlen(code) : 0;
		if (n > 0 && crash.reset_n + n <= sizeof crash.reset) {
			memcpy(crash.reset + crash.reset_n, code, n);
			crash.reset_n += n;
		}
	}
	for (size_t i = 0; i < COUNT_OF(crashes); i++) {
		const struct sigaction act = {.sa_handler = on_crash};
		(void)sigaction(crashes[i], &act, &crash_before[i]);
	}
}

static void screen_size(struct board *b) {
	struct winsize size;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		(void)resizeterm(size.ws_row, size.ws_col);
	b->rows = LINES;
	b->cols = COLS;
	b->dirty = b->clear = true;
	b->page_stale = b->page_case != NULL;
}

/* What terminals send whose name says otherwise: PuTTY as xterm, or xterm within tmux. */
static void more_keys(void) {
	static const struct {
		const char *code;
		int key;
	} keys[] = {{"\033[1~", KEY_HOME},  {"\033[4~", KEY_END},   {"\033[7~", KEY_HOME}, {"\033[8~", KEY_END},
	            {"\033[H", KEY_HOME},   {"\033[F", KEY_END},    {"\033OH", KEY_HOME},  {"\033OF", KEY_END},
	            {"\033[A", KEY_UP},     {"\033[B", KEY_DOWN},   {"\033OA", KEY_UP},    {"\033OB", KEY_DOWN},
	            {"\033[5~", KEY_PPAGE}, {"\033[6~", KEY_NPAGE}, {"\033[Z", KEY_BTAB}};
	for (size_t i = 0; i < COUNT_OF(keys); i++)
		if (key_defined(keys[i].code) == 0)
			(void)define_key(keys[i].code, keys[i].key);
}

static void screen_setup(void) {
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	more_keys();
	(void)nodelay(stdscr, TRUE);
	(void)set_escdelay(ESC_WAIT_MS);
	(void)curs_set(0);
	if (term_colors() && has_colors()) {
		(void)start_color();
		(void)use_default_colors();
		(void)init_pair(1, COLOR_RED, -1);
		(void)init_pair(2, COLOR_YELLOW, -1);
	}
}

static bool screen_begin(struct board *b) {
	/* A stream of its own: what others do with stdout is no concern of the screen's. */
	const int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
	(void)tcgetattr(STDIN_FILENO, &crash.before);
	/* Not initscr(): that one ends the program where the terminal is unknown. */
	if (!out || !newterm(NULL, out, stdin))
		return false;
	(void)atexit((void (*)(void))endwin);
	prepare_for_crash();
	screen_setup();
	screen_size(b);
	return true;
}

/* ---- Signals ---- */

static int signals_open(sigset_t *before) {
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < COUNT_OF(caught); i++)
		sigaddset(&set, caught[i]);
	(void)sigprocmask(SIG_BLOCK, &set, before);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Gives the terminal back, stops as others do (not where no shell could wake us), and takes it again. */
static void suspend(struct board *b) {
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t stop, before;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	(void)endwin();
	(void)sigaction(SIGTSTP, &by_default, NULL);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, &before);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	(void)reset_prog_mode();
	screen_size(b);
}

static void take_signals(struct board *b, int fd, int *ended_by) {
	struct signalfd_siginfo info;
	while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
		const int sig = (int)info.ssi_signo;
		if (sig == SIGWINCH || sig == SIGCONT) {
			screen_size(b);
		} else if (sig == SIGTSTP) {
			suspend(b);
		} else {
			b->quit = true;
			*ended_by = sig;
		}
	}
}

/* ---- The loop ---- */

/* False: the terminal is gone. */
static bool take_keys(struct board *b) {
	for (int i = 0; i < KEYS_AT_ONCE && !b->quit; i++) {
		wint_t key;
		const int rc = get_wch(&key);
		if (rc == ERR)
			return i > 0;
		if (b->model.changed) {
			model_refresh(&b->model);
			keys_settle(b);
		}
		if (!(rc == KEY_CODE_YES && key == KEY_RESIZE))
			keys_take(b, key, rc == KEY_CODE_YES);
		b->drawn_us = 0;
	}
	return true;
}

/* Redraws what has changed, and once a second for what runs down; not more often than anyone can see. */
static int draw_if_due(struct board *b) {
	const int64_t mono_us = clock_monotonic_us();
	const int64_t second = b->model.now_us / SECOND_US;
	follow_clock(b);
	if (b->model.now_us / SECOND_US != second || b->model.changed)
		b->dirty = true;
	if (!b->dirty)
		return -1;
	if (mono_us - b->drawn_us < FRAME_US)
		return (int)((FRAME_US - (mono_us - b->drawn_us)) / 1000) + 1;
	model_refresh(&b->model);
	keys_settle(b);
	draw_all(b);
	b->drawn_us = mono_us;
	return -1;
}

static void run_loop(struct board *b, int signals, int *ended_by) {
	struct err e = {0};
	while (!b->quit) {
		int wait_ms = follow_tick(b);
		const int frame_ms = draw_if_due(b);
		if (frame_ms >= 0 && frame_ms < wait_ms)
			wait_ms = frame_ms;
		struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
		                       {.fd = signals, .events = POLLIN},
		                       {.fd = b->link.fd, .events = link_events(&b->link)}};
		if (poll(fds, COUNT_OF(fds), wait_ms) < 0 && errno != EINTR)
			return;
		if (fds[1].revents)
			take_signals(b, signals, ended_by);
		if (fds[0].revents && !take_keys(b) && (fds[0].revents & (POLLHUP | POLLERR)))
			return;
		e = (struct err){0};
		if (b->link.fd >= 0 && b->link.fd == fds[2].fd && !link_ready(&b->link, fds[2].revents, &e))
			follow_broke(b, e.text);
	}
}

/* ---- Begin and end ---- */

/* The town's name; of several the one that was asked for. */
static void name_town(struct board *b, struct json_object *one, const char *asked) {
	const char *code = tree_str(one, "code"), *zh = tree_str(one, "zh"), *en = tree_str(one, "en");
	const char *first = term_zh() ? zh : en, *name = first ? first : zh ? zh : code;
	if (name && (!asked || (code && strcmp(code, asked) == 0)))
		(void)snprintf(b->town_name, sizeof b->town_name, "%s", name);
}

/* Who we are, on a connection that says properly what is wrong where there is none. */
static int introduce(struct board *b) {
	struct json_object *info;
	struct err e = {0};
	int rc = ctl_call(b->ctl, "system.info", NULL, &info);
	if (rc != EXIT_DONE)
		return rc;
	struct strbuf me = {0};
	const char *name = tree_str(info, "principal"), *town = tree_str(b->ctl->args.params, "town");
	strbuf_adds(&me, name ? name : "?");
	for (size_t i = 0; i < tree_count(info, "roles"); i++)
		strbuf_printf(&me, "%s%s", i ? "," : ": ", tree_word(info, "roles", i));
	(void)snprintf(b->me, sizeof b->me, "%s", me.data);
	(void)snprintf(b->town, sizeof b->town, "%s", town ? town : "");
	b->of_unit = tree_str(info, "unit") != NULL;
	for (size_t i = 0; i < tree_count(info, "towns") && !b->town_name[0]; i++)
		name_town(b, tree_at(info, "towns", i), town);
	strbuf_fini(&me);
	json_object_put(info);
	client_close(&b->ctl->client);
	return client_find(own_str(&b->ctl->args, "socket"), &b->url, &e) ? EXIT_DONE : ctl_broken(&e);
}

static void board_fini(struct board *b) {
	follow_stop(b);
	acts_cancel(b);
	strbuf_fini(&b->prompt.text);
	strbuf_fini(&b->said);
	strbuf_fini(&b->page);
	strbuf_fini(&b->url);
	free(b->selected);
	free(b->selected_unit);
	free(b->page_case);
	json_object_put(b->page_of);
	model_fini(&b->model);
}

static int run_screen(struct board *b) {
	sigset_t before;
	int ended_by = 0;
	const int signals = signals_open(&before);
	follow_start(b);
	run_loop(b, signals, &ended_by);
	(void)endwin();
	(void)close(signals);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return ended_by == SIGINT ? EXIT_INTERRUPTED : ended_by ? EXIT_FAILED : EXIT_DONE;
}

/* Curses writes in the locale's encoding. A terminal of another one than UTF-8 has the full screen only where its locale is
 * installed; the text board is for every terminal. */
static bool is_writable(void) {
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *locale = NULL;
	for (size_t i = 0; i < COUNT_OF(names) && !(locale && *locale); i++)
		locale = getenv(names[i]);
	const char *charset = locale ? strchr(locale, '.') : NULL;
	if (!charset || strncasecmp(charset + 1, "GB", 2) != 0)
		return true;
	return setlocale(LC_CTYPE, "") && strncasecmp(nl_langinfo(CODESET), "GB", 2) == 0;
}

static bool is_full_screen(const struct ctl *ctl) {
	const char *name = getenv("TERM");
	return term_out_is_tty() && isatty(STDIN_FILENO) && name && *name && strcmp(name, "dumb") != 0 &&
	       !own_bool(&ctl->args, "json") && !own_bool(&ctl->args, "once") && is_writable();
}

int run_live_board(struct ctl *ctl) {
	if (!is_full_screen(ctl))
		return run_board(ctl);
	struct board b = {.ctl = ctl, .focus = PANE_QUEUE};
	model_init(&b.model);
	link_init(&b.link);
	int rc = introduce(&b);
	if (rc == EXIT_DONE)
		rc = screen_begin(&b) ? run_screen(&b) : run_board(ctl);
	board_fini(&b);
	return rc;
}
