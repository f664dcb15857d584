/* watch: a command again and again on the same screen, until Ctrl-C. */
#include "clients/gridctl/cli/formats.h"

#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/civil.h"
#include "daemon/base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_MS = 2000, LEAST_MS = 100, MOST_S = 86400 };

/* On a screen beside the one there was; the cursor doesn't blink about. */
static const char enter[] = "\x1b[?1049h\x1b[?25l", leave[] = "\x1b[?25h\x1b[?1049l";

static bool period(const struct ctl *ctl, int *ms) {
	const char *text = own_str(&ctl->args, "watch");
	char *end;
	*ms = DEFAULT_MS;
	if (!text)
		return true;
	const double s = strtod(text, &end);
	if (!*text || *end || !(s * 1000 >= LEAST_MS && s <= MOST_S))
		return false;
	*ms = (int)(s * 1000);
	return true;
}

int watch_check(const struct ctl *ctl) {
	int ms;
	if (!tree_get(ctl->args.own, "watch"))
		return EXIT_DONE;
	if (!reading_of(ctl->command))
		term_error(NULL, T("--watch is for commands that only read", "--watch 只用于查询命令"));
	else if (formats_asked(ctl))
		term_error(NULL, T("--watch is for people: not with --json and the like", "--watch 供人看，不能与 --json 等同用"));
	else if (!term_out_is_tty())
		term_error("gridctl events follow", T("--watch needs a terminal", "--watch 需要终端"));
	else if (!period(ctl, &ms))
		term_error(NULL, T("--watch: expected seconds, 0.1 to 86400", "--watch：应为秒数，0.1 到 86400"));
	else
		return EXIT_DONE;
	return EXIT_USAGE;
}

/* "14:03:27  gridctl case list  every 2 s, Ctrl-C ends": our own clock, which shows that we are alive. */
static void add_head(const struct ctl *ctl, int ms, struct strbuf *out) {
	const time_t now = (time_t)(clock_host_us() / SECOND_US);
	struct tm tm;
	struct strbuf head = {0};
	if (localtime_r(&now, &tm))
		strbuf_printf(&head, "%02d:%02d:%02d  gridctl ", tm.tm_hour, tm.tm_min, tm.tm_sec);
	help_words(ctl->command, &head);
	strbuf_printf(&head, T("  every %g s, Ctrl-C ends", "  每 %g 秒刷新，Ctrl-C 结束"), ms / 1000.0);
	strbuf_add(out, head.data, text_fit(head.data, term_width()));
	strbuf_fini(&head);
}

/* Line by line over what stands there, so that nothing flickers; what is longer than the screen is left out. */
static void draw(const struct ctl *ctl, const char *text, int ms) {
	struct strbuf screen = {0};
	strbuf_adds(&screen, "\x1b[H");
	add_head(ctl, ms, &screen);
	for (int row = 2; row <= term_height() && text && *text; row++) {
		const size_t n = strcspn(text, "\n");
		strbuf_adds(&screen, "\x1b[K\r\n");
		strbuf_add(&screen, text, n);
		text += n + (text[n] == '\n');
	}
	strbuf_adds(&screen, "\x1b[K\x1b[J");
	sink_write(screen.data, screen.len);
	strbuf_fini(&screen);
}

/* Each time with the params as they were typed, and anew where the daemon was lost. */
static void look(struct ctl *ctl, int (*once)(struct ctl *ctl), struct strbuf *out) {
	struct json_object *typed = ctl->args.params;
	ctl->args.params = NULL;
	(void)json_object_deep_copy(typed, &ctl->args.params, NULL);
	const int rc = once(ctl);
	json_object_put(ctl->args.params);
	ctl->args.params = typed;
	if (rc == EXIT_UNREACHABLE)
		client_close(&ctl->client);
	sink_take(out);
}

int watch_run(struct ctl *ctl, int (*once)(struct ctl *ctl)) {
	struct strbuf seen = {0};
	int ms;
	(void)period(ctl, &ms);
	sink_write(enter, sizeof enter - 1);
	sink_keep();
	while (!term_interrupted()) {
		look(ctl, once, &seen);
		if (!term_interrupted())
			draw(ctl, seen.data, ms);
		(void)term_wait(-1, ms, false);
	}
	sink_let_go();
	sink_write(leave, sizeof leave - 1);
	term_forget_interrupt();
	strbuf_fini(&seen);
	return EXIT_DONE;
}
