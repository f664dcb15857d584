/* trend: lines by day as SVG. All places are whole numbers: every machine draws the same. */
#include "daemon/reports/trend.h"

#include "daemon/reports/chars.h"

#include <inttypes.h>
#include <string.h>

/* The drawing, in units of which WIDTH are as wide as the page; and the field for the lines in it. */
enum { WIDTH = 760, HEIGHT = 210, LEFT = 44, RIGHT = 750, TOP = 34, BOTTOM = 182, MOST_STEPS = 5, DAY_LABEL = 44 };

static const struct {
	enum word name;
	size_t offset;
	const char *colour, *dashes;
} looks[TREND_LINES] = {
    [TREND_RECEIVED] = {W_T_RECEIVED, offsetof(struct kpi_day, received), "#1f3a5f", "none"},
    [TREND_CLOSED] = {W_T_CLOSED, offsetof(struct kpi_day, closed), "#1e6b34", "9 3"},
    [TREND_BREACHED] = {W_T_BREACHED, offsetof(struct kpi_day, breached), "#b3261e", "2 3"},
    [TREND_STILL_OPEN] = {W_T_OPEN, offsetof(struct kpi_day, open), "#1f3a5f", "none"},
};

/* More than anybody can have: the scale stops there. */
static const int64_t too_many = INT64_C(1000000000000);

static int64_t value(const struct kpi_day *d, enum trend_line line) {
	const int64_t v = *(const int64_t *)((const char *)d + looks[line].offset);
	return v < too_many ? v : too_many;
}

static const struct kpi_day *highest(const struct monthly *m, enum trend_line line) {
	const struct kpi_day *most = &m->k->days.v[0];
	for (size_t i = 1; i < m->k->days.n; i++)
		most = value(&m->k->days.v[i], line) > value(most, line) ? &m->k->days.v[i] : most;
	return most;
}

/* What the lines of the scale are apart: 1, 2 or 5 with noughts, so that MOST_STEPS reach the largest. */
static int64_t step_for(int64_t most) {
	static const int factors[] = {1, 2, 5};
	for (int64_t ten = 1; ten < too_many; ten *= 10)
		for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++)
			if (most / (ten * factors[i]) < MOST_STEPS || most == ten * factors[i] * MOST_STEPS)
				return ten * factors[i];
	return too_many;
}

static int across(const struct monthly *m, size_t i) {
	const size_t n = m->k->days.n;
	return n == 1 ? (LEFT + RIGHT) / 2 : LEFT + (int)((size_t)(RIGHT - LEFT) * i / (n - 1));
}

static int up(int64_t v, int64_t top) { return BOTTOM - (int)((double)(BOTTOM - TOP) * (double)v / (double)top); }

static void add_text(struct strbuf *out, int x, int y, const char *anchor, const char *text) {
	strbuf_printf(out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
	chars_html(out, text);
	strbuf_adds(out, "</text>\n");
}

static void add_scale(const struct monthly *m, int64_t step, int64_t top, struct strbuf *out) {
	for (int64_t i = 0; i <= top / step; i++) {
		const int y = up(i * step, top);
		strbuf_printf(out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\"/>\n", LEFT, y, RIGHT, y,
		              i ? "#ccd3db" : "#5b6673");
		add_text(out, LEFT - 6, y + 4, "end", arena_printf(m->page.arena, "%" PRId64, i * step));
	}
}

/* "11-03": as many as fit, the first day always. */
static void add_days(const struct monthly *m, struct strbuf *out) {
	const size_t n = m->k->days.n, fit = (RIGHT - LEFT) / DAY_LABEL, every = (n + fit - 1) / fit;
	for (size_t i = 0; i < n; i += every) {
		const struct cell day = cell_text(&m->page, m->k->days.v[i].day);
		const char *text = cell_said(&m->page, &day);
		add_text(out, across(m, i), BOTTOM + 18, "middle", strlen(text) == sizeof "2026-11-23" - 1 ? text + 5 : text);
	}
}

static void add_line(const struct monthly *m, enum trend_line line, int64_t top, struct strbuf *out) {
	const size_t n = m->k->days.n;
	if (n == 1) {
		strbuf_printf(out, "<circle cx=\"%d\" cy=\"%d\" r=\"3\" fill=\"%s\"/>\n", across(m, 0),
		              up(value(&m->k->days.v[0], line), top), looks[line].colour);
		return;
	}
	strbuf_printf(out, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" points=\"",
	              looks[line].colour, looks[line].dashes);
	for (size_t i = 0; i < n; i++)
		strbuf_printf(out, "%s%d,%d", i ? " " : "", across(m, i), up(value(&m->k->days.v[i], line), top));
	strbuf_adds(out, "\"/>\n");
}

/* A piece of each line with its name and its highest day. */
static void add_names(const struct monthly *m, const enum trend_line *lines, size_t n, struct strbuf *out) {
	for (size_t i = 0; i < n; i++) {
		const int x = LEFT + (int)i * (RIGHT - LEFT) / 3;
		const struct kpi_day *most = highest(m, lines[i]);
		const struct cell day = cell_text(&m->page, most->day);
		strbuf_printf(
		    out,
		    "<line x1=\"%d\" y1=\"14\" x2=\"%d\" y2=\"14\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>\n", x,
		    x + 30, looks[lines[i]].colour, looks[lines[i]].dashes);
		add_text(
		    out, x + 36, 18, "start",
		    arena_printf(m->page.arena, "%s  %s", page_word(&m->page, looks[lines[i]].name),
		                 page_say(&m->page, W_TREND_MOST, arena_printf(m->page.arena, "%" PRId64, value(most, lines[i])),
		                          cell_said(&m->page, &day))));
	}
}

void trend_write(const struct monthly *m, const enum trend_line *lines, size_t n, struct strbuf *out) {
	int64_t most = 1;
	for (size_t i = 0; i < n; i++) {
		const int64_t high = value(highest(m, lines[i]), lines[i]);
		most = high > most ? high : most;
	}
	const int64_t step = step_for(most), top = (most / step + (most % step > 0)) * step;
	strbuf_printf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" font-size=\"11\" fill=\"#1c2733\">\n", WIDTH, HEIGHT);
	add_scale(m, step, top, out);
	add_days(m, out);
	add_names(m, lines, n, out);
	for (size_t i = 0; i < n; i++)
		add_line(m, lines[i], top, out);
	strbuf_adds(out, "</svg>\n");
}
