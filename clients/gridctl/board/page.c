/* page: one case, full screen, as `case show` prints it; and the help. */
#include "clients/gridctl/board/board.h"
#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/tree.h"

#include <curses.h>
#include <string.h>

enum { KEY_ESC = 27, NEWEST_EVENTS = 8 };

/* Views print to standard output: what one prints is kept, as for a place of so many columns. */
static void print_into(struct strbuf *out, int columns, struct json_object *one) {
	term_print_for(columns);
	sink_keep();
	print_case(one);
	sink_take(out);
	sink_let_go();
	term_print_for(0);
}

/* ---- The page ---- */

/* The newest events, once the case is there: a page without them is better than none. */
static void on_history(void *ctx, const struct answer *a) {
	struct board *b = ctx;
	const char *number = tree_str(a->params, "case");
	if (!b->page_case || !number || strcmp(number, b->page_case) != 0 || tree_count(a->result, "events") == 0)
		return;
	const int64_t before = b->page_version - NEWEST_EVENTS;
	tree_put(b->page_of, "events", json_object_get(tree_get(a->result, "events")));
	tree_put(b->page_of, "events_before", json_object_new_int64(before > 0 ? before : 0));
	print_into(&b->page, b->cols, b->page_of);
	b->dirty = true;
}

static void ask_history(struct board *b) {
	struct json_object *params = json_object_new_object();
	struct strbuf cursor = {0};
	strbuf_addi(&cursor, b->page_version > NEWEST_EVENTS ? b->page_version - NEWEST_EVENTS : 0);
	tree_put(params, "case", json_object_new_string(b->page_case));
	tree_put(params, "limit", json_object_new_int64(NEWEST_EVENTS));
	tree_put(params, "cursor", json_object_new_string(cursor.data));
	strbuf_fini(&cursor);
	follow_call(b, "case.history", params, on_history);
}

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
		b->page_version = tree_int(a->result, "version");
		json_object_put(b->page_of);
		b->page_of = json_object_get(a->result);
		print_into(&b->page, b->cols, b->page_of);
		ask_history(b);
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
	json_object_put(b->page_of);
	b->page_of = NULL;
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
