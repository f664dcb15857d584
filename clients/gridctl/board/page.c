/* page: one case, full screen, as `case show` prints it; and the help. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/tree.h"
#include "daemon/base/check.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { KEY_ESC = 27 };

/* ---- What a view prints, as text ---- */

static void read_back(int fd, struct strbuf *out) {
	const off_t size = lseek(fd, 0, SEEK_END);
	strbuf_clear(out);
	if (size <= 0 || lseek(fd, 0, SEEK_SET) != 0)
		return;
	char *room = strbuf_reserve(out, (size_t)size + 1);
	const ssize_t got = read(fd, room, (size_t)size);
	out->len += got > 0 ? (size_t)got : 0;
	out->data[out->len] = '\0';
}

/* Views print to standard output, and leave colours out where that is no terminal: so it is none while one prints. */
static void print_into(struct strbuf *out, int columns, struct json_object *one) {
	char width[16];
	(void)snprintf(width, sizeof width, "%d", columns);
	(void)setenv("COLUMNS", width, 1);
	(void)fflush(stdout);
	const int kept = dup(STDOUT_FILENO), fd = memfd_create("page", MFD_CLOEXEC);
	if (kept >= 0 && fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0) {
		print_case(one);
		(void)fflush(stdout);
		CHECK(dup2(kept, STDOUT_FILENO) >= 0);
		read_back(fd, out);
	}
	if (kept >= 0)
		(void)close(kept);
	if (fd >= 0)
		(void)close(fd);
	(void)unsetenv("COLUMNS");
}

/* ---- The page ---- */

static void on_page(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	const char *number = tree_str(a->params, "case");
	b->page_asked = false;
	if (!b->page_case || !number || strcmp(number, b->page_case) != 0) {
		b->page_stale = b->page_case != NULL;
		return;
	}
	if (a->error) {
		const char *message = tree_str(a->error, "message");
		board_say(b, true, "%s", message ? message : "?");
		page_close(b);
	} else if (a->result) {
		model_take(&b->model, a->result);
		print_into(&b->page, b->cols, a->result);
		b->page_version = tree_int(a->result, "version");
	} else {
		b->page_stale = true;
	}
	b->dirty = true;
}

void page_open(struct board *b, const char *number) {
	text_set(&b->page_case, number);
	strbuf_clear(&b->page);
	b->page_top = 0;
	b->page_version = 0;
	b->page_stale = true;
	b->mode = MODE_CASE;
}

void page_close(struct board *b) {
	text_set(&b->page_case, NULL);
	b->mode = MODE_MAIN;
}

void page_follow(struct board *b) {
	if (!b->page_case || !b->page_stale || b->page_asked || b->standing != STANDING_LIVE)
		return;
	struct json_object *params = json_object_new_object();
	tree_put(params, "case", json_object_new_string(b->page_case));
	b->page_stale = false;
	b->page_asked = true;
	follow_call(b, "case.get", params, on_page);
}

/* Draws those from `top` on that fit; how many lines there are. */
static size_t draw_lines(struct board *b, const char *text, size_t top) {
	const size_t fit = b->rows > 2 ? (size_t)b->rows - 2 : 0;
	struct strbuf line = {0};
	size_t n = 0;
	for (const char *at = text, *rest; at; at = rest, n++) {
		const size_t length = text_line(at, b->cols, &rest);
		if (n < top || n >= top + fit)
			continue;
		strbuf_clear(&line);
		strbuf_add(&line, at, length);
		draw_text(b, 1 + (int)(n - top), 0, b->cols, line.data ? line.data : "", n == 0 ? LOOK_HEAD : LOOK_PLAIN);
	}
	strbuf_fini(&line);
	return n;
}

void page_draw(struct board *b) {
	const char *text = b->page.len ? b->page.data : T("reading...", "正在读取……");
	const size_t fit = b->rows > 2 ? (size_t)b->rows - 2 : 1, n = draw_lines(b, text, b->page_top);
	if (b->page_top > 0 && b->page_top + fit > n) {
		b->page_top = n > fit ? n - fit : 0;
		(void)draw_lines(b, text, b->page_top);
	}
}

void page_key(struct board *b, wint_t key, bool is_code) {
	const size_t page = b->rows > 3 ? (size_t)b->rows - 3 : 1;
	size_t *top = &b->page_top;
	if ((is_code && key == KEY_UP) || (!is_code && key == 'k'))
		*top -= *top > 0;
	else if ((is_code && key == KEY_DOWN) || (!is_code && key == 'j'))
		*top += 1;
	else if (is_code && key == KEY_PPAGE)
		*top -= *top < page ? *top : page;
	else if ((is_code && key == KEY_NPAGE) || (!is_code && key == ' '))
		*top += page;
	else if (is_code && key == KEY_HOME)
		*top = 0;
	else if (is_code && key == KEY_END)
		*top = SIZE_MAX / 4;
	else if (!is_code && (key == KEY_ESC || key == 'q'))
		page_close(b);
	else if (!is_code)
		(void)acts_begin(b, key);
}

void help_draw(struct board *b) {
	(void)draw_lines(
	    b,
	    T("Keys\n"
	      "  arrows, j k, PgUp PgDn, Home End   move          Tab    next pane (on narrow screens: the only one)\n"
	      "  Enter   open the case (on a unit: its cases)     /      filter by number, class, place, unit, state\n"
	      "  u       only this unit's cases; again: all       o      sort: worst, newest, by unit\n"
	      "  Esc     take the filter away                     Ctrl-L draw anew     Ctrl-Z suspend     q quit\n"
	      "\n"
	      "On the selected case, with a note, at once and not to be undone:\n"
	      "  U urge   D dispatch   V verify   S open a supervision order   X decide its request, or ask to extend\n"
	      "  Only what the case's state and your roles allow; nothing is done to a case that changed before your eyes saw "
	      "it.\n"
	      "\n"
	      "Marks\n"
	      "  X  overdue     +  due within 2 hours     !!  emergency     !  urgent     ?  a request waits for a decision\n"
	      "  Remaining and overdue are natural time, to the due time that the daemon reckoned in working time.\n"
	      "\n"
	      "The first line says how the connection stands. Without it everything is grey, and as of the time that it says.\n",
	      "按键\n"
	      "  方向键、j k、PgUp PgDn、Home End   移动        Tab    换栏（窄屏只显示一栏）\n"
	      "  Enter   打开案件（在单位上：只看该单位）       /      按编号、类别、地点、单位、状态筛选\n"
	      "  u       只看该单位，再按恢复                   o      排序：最急、最新、按单位\n"
	      "  Esc     取消筛选                               Ctrl-L 重画    Ctrl-Z 挂起    q 退出\n"
	      "\n"
	      "对选中的案件，可附备注，即时生效，不能撤销：\n"
	      "  U 催办   D 派遣   V 核查   S 开督办单   X 审批申请，或申请延期\n"
	      "  只能办案件状态和您的角色所允许的；案件在您看到之后又有变动的，不会办理。\n"
	      "\n"
	      "标记\n"
	      "  X  已超期    +  2 小时内到期    !!  应急    !  紧急    ?  有申请待审批\n"
	      "  剩余、超期按自然时间，到期时间由 gridd 按工作时间算出。\n"
	      "\n"
	      "第一行是连接情况。连接中断时全部变灰，并注明截至何时。\n"),
	    0);
}
