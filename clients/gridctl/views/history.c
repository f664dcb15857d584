/* history: what happened, event by event: of a case as a timeline, of a town as a list, and as it happens. */
#include "clients/gridctl/cli/command.h"
#include "clients/gridctl/views/event.h"
#include "clients/gridctl/term/text.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "clients/gridctl/views/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BENEATH = 12 };

/* How the lines of a timeline line up. */
struct timeline {
	struct page page;
	int types, whos;                    /* columns of the widest */
};

static void add_padded(struct strbuf *out, const char *text, int columns) {
	const int width = text_width(text);
	strbuf_printf(out, "%s%*s", text, columns > width ? columns - width + 2 : 2, "");
}

static int widest(int so_far, const char *text) {
	const int width = text ? text_width(text) : 0;
	return width > so_far ? width : so_far;
}

static void measure(struct timeline *t, struct json_object *event) {
	struct strbuf who = {0};
	event_add_who(&who, event);
	t->types = widest(t->types, tree_name(event, "type"));
	t->whos = widest(t->whos, who.data);
	strbuf_fini(&who);
}

/* A piece of an event's text, set in beneath it. */
static void print_beneath(struct timeline *t, const struct strbuf *text) {
	if (text->len > 0)
		page_text(&t->page, BENEATH, BENEATH, text->data);
}

static void print_attachments(struct timeline *t, struct json_object *event, struct strbuf *text) {
	for (size_t i = 0; i < tree_count(event, "attachments"); i++) {
		struct json_object *one = tree_at(event, "attachments", i);
		const char *kind = tree_name(one, "kind"), *uri = tree_str(one, "uri");
		strbuf_clear(text);
		strbuf_printf(text, "%s: %s", kind ? kind : T("attachment", "附件"), uri ? uri : "?");
		print_beneath(t, text);
	}
}

static void print_head(struct timeline *t, struct json_object *event, struct strbuf *text) {
	const char *type = tree_name(event, "type");
	struct strbuf who = {0};
	when_add_clock(text, tree_str(event, "at"));
	strbuf_adds(text, "  ");
	add_padded(text, type ? type : "?", t->types);
	event_add_who(&who, event);
	add_padded(text, who.data ? who.data : "", t->whos);
	event_add_states(text, event);
	page_text(&t->page, 2, BENEATH, text->data);
	strbuf_fini(&who);
}

static void print_step(struct timeline *t, struct json_object *event) {
	const char *note = tree_str(event, "note");
	struct strbuf text = {0};
	print_head(t, event, &text);
	strbuf_clear(&text);
	event_add_details(&text, event);
	print_beneath(t, &text);
	strbuf_clear(&text);
	event_add_late(&text, event);
	print_beneath(t, &text);
	strbuf_clear(&text);
	if (note)
		strbuf_printf(&text, T("“%s”", "“%s”"), note);
	print_beneath(t, &text);
	print_attachments(t, event, &text);
	strbuf_fini(&text);
}

void print_history(struct json_object *result) {
	const char *day = NULL;
	struct timeline t = {.types = 0};
	page_begin(&t.page);
	for (size_t i = 0; i < tree_count(result, "events"); i++)
		measure(&t, tree_at(result, "events", i));
	for (size_t i = 0; i < tree_count(result, "events"); i++) {
		struct json_object *event = tree_at(result, "events", i);
		const char *at = tree_str(event, "at");
		if (at && (!day || !when_same_day(day, at)))
			term_print("%.10s\n", at);
		day = at;
		print_step(&t, event);
	}
	page_end(&t.page);
}

/* One line: the feed is read by eye as it runs, and by `grep`. */
static void print_event(struct json_object *event) {
	const char *number = tree_str(event, "case"), *type = tree_str(event, "type");
	struct strbuf text = {0};
	strbuf_printf(&text, "%" PRId64 "  ", tree_int(event, "seq"));
	when_add(&text, tree_str(event, "at"), true);
	strbuf_printf(&text, "  %s  %s  ", number ? number : "-", type ? type : "?");
	event_add_states(&text, event);
	strbuf_adds(&text, "  ");
	event_add_who(&text, event);
	const size_t end = text.len;
	strbuf_adds(&text, "  ");
	event_add_details(&text, event);
	if (text.len == end + 2)
		text.data[end] = '\0';
	struct strbuf safe = {0};
	safe_add(&safe, text.data, SAFE_LINE);
	puts(safe.data);
	strbuf_fini(&safe);
	strbuf_fini(&text);
}

void print_events(struct json_object *result) {
	for (size_t i = 0; i < tree_count(result, "events"); i++)
		print_event(tree_at(result, "events", i));
	if (tree_get(result, "after"))
		fprintf(stderr, T("go on with --after %" PRId64 "\n", "继续：--after %" PRId64 "\n"), tree_int(result, "after"));
}

/* How far we have read: where to go on, for the person who asks again and for ourselves. */
struct follow {
	struct ctl *ctl;
	int64_t after;                      /* -1: not known yet */
};

static void on_event(struct follow *f, struct json_object *event) {
	f->after = tree_int(event, "seq");
	if (!ctl_json(f->ctl, event))
		print_event(event);
	(void)fflush(stdout);
}

/* Only asks: events may come before the answer does. */
static bool subscribe(struct follow *f, struct err *e) {
	struct json_object *params = f->ctl->args.params;
	int64_t id;
	if (f->after >= 0)
		tree_put(params, "after", json_object_new_int64(f->after));
	ctl_sign(f->ctl, params);
	return client_send(&f->ctl->client, "events.subscribe", params, &id, e);
}

/* An event, the answer to a subscription, or its end. */
static int on_message(struct follow *f, struct json_object *message, struct err *e) {
	const char *method = tree_str(message, "method");
	if (tree_get(message, "error"))
		return ctl_refused(f->ctl, tree_get(message, "error"));
	if (tree_get(message, "result.after") && f->after < 0)
		f->after = tree_int(message, "result.after");
	if (method && strcmp(method, "event") == 0)
		on_event(f, tree_get(message, "params"));
	/* We were too slow, or our rights changed: what we missed comes again from there. */
	if (method && strcmp(method, "events.end") == 0 && !subscribe(f, e))
		return EXIT_UNREACHABLE;
	return EXIT_DONE;
}

/* Until something breaks, or Ctrl-C. Not EXIT_DONE and no *e: it was said. */
static int follow_on(struct follow *f, struct err *e) {
	struct json_object *message;
	int rc = subscribe(f, e) ? EXIT_DONE : EXIT_UNREACHABLE;
	while (rc == EXIT_DONE) {
		if (!client_receive(&f->ctl->client, &message, e))
			return EXIT_UNREACHABLE;
		rc = on_message(f, message, e);
		json_object_put(message);
	}
	return rc;
}

int run_follow(struct ctl *ctl) {
	struct follow f = {.ctl = ctl, .after = tree_get(ctl->args.params, "after") ? tree_int(ctl->args.params, "after") : -1};
	struct err e = {0};
	int rc = ctl_connect(ctl);
	if (rc == EXIT_DONE)
		rc = follow_on(&f, &e);
	if (term_interrupted())
		return EXIT_INTERRUPTED;
	if (e.code == E_NONE)
		return rc;
	char next[64] = "gridctl events follow";
	if (f.after >= 0)
		(void)snprintf(next, sizeof next, "gridctl events follow --after %" PRId64, f.after);
	term_error(next, "%s", e.text);
	return rc;
}
