/* board: what the files of the live board share: the model, the connection and how it stands, the screen and what the person is at. */
#ifndef GRIDCTL_BOARD_BOARD_H
#define GRIDCTL_BOARD_BOARD_H

#include "clients/gridctl/board/link.h"
#include "clients/gridctl/board/model.h"
#include "clients/gridctl/cli/command.h"

#include <wchar.h>

enum pane { PANE_UNITS, PANE_QUEUE, PANE_EVENTS, PANES };
enum mode { MODE_MAIN, MODE_CASE, MODE_HELP };

/* How the connection stands. */
enum standing { STANDING_LOST, STANDING_OPENING, STANDING_READING, STANDING_LIVE };

/* A question on the bottom line. */
struct prompt {
	bool open, filter;                  /* filter: `/`, taken as it is typed */
	const struct act *act;              /* what the answers are for; NULL: the filter */
	char *number;                       /* of the case that the act is about, from its key on */
	size_t at;                          /* the question */
	struct strbuf text;                 /* typed so far, UTF-8 */
	struct json_object *params;         /* of the act, so far */
	struct json_object *about;          /* the case as it was when the act began */
	char *fallback;                     /* what an empty answer means; NULL: itself */
};

struct board {
	struct ctl *ctl;
	struct model model;

	/* The connection. */
	struct link link;
	struct strbuf url;
	enum standing standing;
	int64_t sampled_us;                 /* monotonic: when model.now_us was told */
	bool frozen;                        /* a test clock */
	bool not_ready;                     /* the daemon answers, but cannot work */
	bool gapped;                        /* the feed can't be taken up where it ended: read the list anew */
	bool pinging;
	int64_t pinged_us, retry_us, backoff_us, lost_us;      /* monotonic */
	int64_t asked_us;                   /* when the last case.get went out */
	size_t asking;                      /* under way */
	char town[64], why[200], me[80];    /* why: it isn't there */
	char town_name[80];

	/* The screen. */
	int rows, cols;
	enum mode mode;
	enum pane focus;
	size_t at[PANES], top[PANES];
	size_t fit[PANES];                  /* rows of each on the screen; 0: it isn't there */
	char *selected;                     /* number of the case that the queue's cursor is on */
	char *selected_unit;
	struct prompt prompt;
	int64_t seen_version;               /* of the case that an act is about, when its key was pressed */
	bool of_unit;                       /* the caller acts for a unit of his own */
	struct strbuf said;                 /* the last message */
	bool said_bad;
	char *page_case;                    /* in MODE_CASE: which */
	struct json_object *page_of;        /* the case itself */
	struct strbuf page;                 /* its text */
	int64_t page_version;
	size_t page_top;
	bool page_stale, page_asked;
	int64_t drawn_us;                   /* monotonic; 0: draw at once */
	bool dirty, clear, quit;
};

/* A line at the bottom, until the next key. */
void board_say(struct board *b, bool bad, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The case that an act would be about: the page's, else the queue's cursor. NULL: none. */
const char *board_case(const struct board *b);

/* follow.c: keeps the model up with the daemon. */
void follow_start(struct board *b);
void follow_stop(struct board *b);
/* Does what the time has come for; the milliseconds until there is something again. */
int follow_tick(struct board *b);
void follow_broke(struct board *b, const char *why);
/* A call with town and token put in; `params` is taken over. */
void follow_call(struct board *b, const char *method, struct json_object *params, on_answer handler);
/* The town's time now. */
void follow_clock(struct board *b);

/* draw.c, panes.c */
void draw_all(struct board *b);
void draw_panes(struct board *b);
enum look { LOOK_PLAIN, LOOK_HEAD, LOOK_BAD, LOOK_SOON, LOOK_DIM, LOOK_CURSOR };
/* Text that others wrote, on one line, cut or filled to `columns`. */
void draw_text(struct board *b, int y, int x, int columns, const char *text, enum look look);

/* keys.c */
void keys_take(struct board *b, wint_t key, bool is_code);
void keys_settle(struct board *b);      /* cursors stay on what they were on */

/* acts.c */
struct act;
/* True: the key is an act's. */
bool acts_begin(struct board *b, wint_t key);
void acts_answer(struct board *b);      /* Enter: the question's answer is typed */
void acts_cancel(struct board *b);
void acts_ask(const struct board *b, struct strbuf *out);     /* the question that is open, as a prompt */
void acts_hint(const struct board *b, const struct row *r, struct strbuf *out);        /* what may be done to it: "U urge" */

/* page.c: one case, full screen. */
void page_open(struct board *b, const char *number);
void page_close(struct board *b);
void page_follow(struct board *b);      /* asks for it anew if it is stale */
void page_draw(struct board *b);
void page_key(struct board *b, wint_t key, bool is_code);
void help_draw(struct board *b);

#endif
