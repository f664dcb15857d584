/* pages: follows cursors. */
#include "clients/gridctl/cli/pages.h"

#include "clients/gridctl/term/tree.h"

enum { PAGE_ROWS = 500 };

int pages_each(struct ctl *ctl, const struct pages *p) {
	if (p->all && !tree_get(p->params, "limit"))
		tree_put(p->params, "limit", json_object_new_int64(PAGE_ROWS));
	for (;;) {
		struct json_object *page;
		const int rc = ctl_call(ctl, p->method, p->params, &page);
		if (rc != EXIT_DONE)
			return rc;
		p->on_page(page, p->ctx);
		const char *cursor = tree_str(page, "cursor");
		const bool more = p->all && cursor;
		if (more)
			tree_put(p->params, "cursor", json_object_new_string(cursor));
		json_object_put(page);
		if (!more)
			return EXIT_DONE;
		if (term_interrupted())
			return EXIT_INTERRUPTED;
	}
}

struct collected {
	const char *member;
	struct json_object *result;
};

static void on_page(struct json_object *page, void *ctx) {
	struct collected *c = ctx;
	if (!c->result) {
		c->result = json_object_get(page);
		return;
	}
	const size_t n = tree_count(page, c->member);
	for (size_t i = 0; i < n; i++)
		tree_add(c->result, c->member, json_object_get(tree_at(page, c->member, i)));
	/* The first page's cursor would point into the middle of what is here now. */
	json_object_object_del(c->result, "cursor");
}

int pages_collect(struct ctl *ctl, const char *method, const char *member, struct json_object **result) {
	struct collected c = {.member = member};
	const struct pages p = {
	    .method = method, .params = ctl->args.params, .all = own_bool(&ctl->args, "all"), .on_page = on_page, .ctx = &c};
	const int rc = pages_each(ctl, &p);
	if (rc != EXIT_DONE) {
		json_object_put(c.result);
		c.result = NULL;
	}
	*result = c.result;
	return rc;
}

/* Says how to go on where an answer was only one page. */
static void say_more(struct json_object *result) {
	const char *cursor = tree_str(result, "cursor");
	if (cursor)
		term_note(T("there are more: --all, or --cursor %s\n", "还有更多：--all，或 --cursor %s\n"), cursor);
}

static int call_pages(struct ctl *ctl, struct json_object **result) {
	const struct command *c = ctl->command;
	return c->pages ? pages_collect(ctl, c->method, c->pages, result) : ctl_call(ctl, c->method, ctl->args.params, result);
}

int command_call(struct ctl *ctl) {
	const struct command *c = ctl->command;
	struct json_object *result = NULL;
	int rc = c->prepare ? c->prepare(ctl) : EXIT_DONE;
	if (rc == EXIT_DONE)
		rc = call_pages(ctl, &result);
	if (rc != EXIT_DONE)
		return rc;
	if (c->complete)
		c->complete(ctl, result);
	if (!ctl_json(ctl, result)) {
		c->print(result);
		if (c->pages)
			say_more(result);
	}
	const int verdict = c->judge ? c->judge(result) : EXIT_DONE;
	json_object_put(result);
	return verdict;
}
