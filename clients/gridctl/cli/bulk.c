/* bulk: finds, tries, asks, acts. */
#include "clients/gridctl/cli/bulk_parts.h"
#include "clients/gridctl/cli/filters.h"
#include "clients/gridctl/cli/flight.h"
#include "clients/gridctl/cli/pages.h"
#include "clients/gridctl/cli/run_book.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/views/written.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CASES = 20000 };

bool bulk_is_wanted(const struct ctl *ctl) { return tree_get(ctl->args.own, "where") != NULL; }

/* ---- which cases ---- */

static void on_page(struct json_object *page, void *ctx) {
	struct bulk *b = ctx;
	for (size_t i = 0; i < tree_count(page, "cases"); i++) {
		if (b->n == b->cap) {
			b->cap = b->cap ? 2 * b->cap : 256;
			b->v = realloc(b->v, b->cap * sizeof *b->v);
			CHECK(b->v != NULL);
		}
		b->v[b->n++] = (struct bulk_case){.row = json_object_get(tree_at(page, "cases", i))};
	}
}

static int by_number(const void *pa, const void *pb) {
	const struct bulk_case *a = pa, *b = pb;
	const char *x = tree_str(a->row, "number"), *y = tree_str(b->row, "number");
	return strcmp(x ? x : "", y ? y : "");
}

/* A case that moved between two pages while they were read came twice. */
static void drop_twice(struct bulk *b) {
	size_t kept = 0;
	if (b->n > 1)
		qsort(b->v, b->n, sizeof *b->v, by_number);
	for (size_t i = 0; i < b->n; i++)
		if (kept > 0 && by_number(&b->v[kept - 1], &b->v[i]) == 0)
			json_object_put(b->v[i].row);
		else
			b->v[kept++] = b->v[i];
	b->n = kept;
}

static bool narrows(struct json_object *filter) {
	json_object_object_foreach(filter, key, value) {
		(void)value;
		if (strcmp(key, "sort") != 0 && strcmp(key, "limit") != 0)
			return true;
	}
	return false;
}

static int find_cases(struct bulk *b) {
	const char *town = tree_str(b->ctl->args.params, "town");
	int rc = filters_read(b->ctl, "where", &b->filter);
	if (rc == EXIT_DONE && !narrows(b->filter)) {
		term_error("gridctl help ls", T("--where: say which cases: state=triage, or @NAME",
		                                "--where：请写明哪些案件，如 state=triage 或 @名称"));
		return EXIT_USAGE;
	}
	if (rc != EXIT_DONE)
		return rc;
	if (town)
		tree_put(b->filter, "town", json_object_new_string(town));
	const struct pages p = {
	    .method = "case.list", .params = b->filter, .all = !tree_get(b->filter, "limit"), .on_page = on_page, .ctx = b};
	rc = pages_each(b->ctl, &p);
	drop_twice(b);
	if (rc == EXIT_DONE && b->n > MOST_CASES) {
		term_error("gridctl help ls",
		           T("%zu cases match; at most %d go at once: say more of which",
		             "符合条件的有 %zu 件，一次最多 %d 件；请缩小范围"),
		           b->n, MOST_CASES);
		return EXIT_USAGE;
	}
	if (rc == EXIT_DONE && b->n == 0) {
		term_error("gridctl ls", T("no case matches; nothing was done", "没有符合条件的案件，未做任何处理"));
		return EXIT_NOT_FOUND;
	}
	return rc;
}

/* ---- calls ---- */

/* The command's params about one case, as that case was when the list was read. */
static struct json_object *params_for(const struct bulk *b, const struct bulk_case *one) {
	struct json_object *params = json_object_new_object();
	const int64_t version = tree_int(one->row, "version");
	json_object_object_foreach(b->ctl->args.params, key, value)(void)
	    json_object_object_add(params, key, json_object_get(value));
	tree_put(params, "case", json_object_get(tree_get(one->row, "number")));
	if (version > 0)
		tree_put(params, "expect_version", json_object_new_int64(version));
	json_object_object_del(params, "key");
	json_object_object_del(params, "dry_run");
	return params;
}

static void take_answer(struct bulk *b, struct bulk_case *one, struct json_object *reply, enum fate fate) {
	struct json_object *error = tree_get(reply, "error");
	json_object_put(one->answer);
	one->answer = json_object_get(error ? error : tree_get(reply, "result"));
	one->fate = fate;
	b->counts[fate]++;
}

static struct json_object *trial_params(size_t i, void *ctx) {
	struct bulk *b = ctx;
	struct json_object *params = params_for(b, &b->v[i]);
	tree_put(params, "dry_run", json_object_new_boolean(true));
	return params;
}

static bool on_trial(size_t i, struct json_object *reply, void *ctx) {
	struct bulk *b = ctx;
	take_answer(b, &b->v[i], reply, tree_get(reply, "error") ? FATE_REFUSED : FATE_GOES);
	return true;
}

static struct json_object *act_params(size_t i, void *ctx) {
	struct bulk *b = ctx;
	const struct bulk_case *one = &b->v[b->order[i]];
	struct json_object *params = params_for(b, one);
	struct strbuf key = {0};
	strbuf_printf(&key, "%s:%s", b->run, tree_str(one->row, "number"));
	tree_put(params, "key", json_object_new_string(key.data));
	strbuf_fini(&key);
	return params;
}

static enum fate fate_of(struct json_object *reply) {
	struct json_object *error = tree_get(reply, "error");
	if (!error)
		return tree_bool(reply, "result.replayed") ? FATE_REPLAYED : FATE_DONE;
	return error_exit_code(error) == EXIT_CONFLICT ? FATE_CHANGED : FATE_FAILED;
}

/* "20261123-0000042  dispatched, held by roads, due ..." */
static void print_row(const struct bulk_case *one) {
	const char *message = tree_str(one->answer, "message");
	struct strbuf text = {0};
	if (one->fate == FATE_DONE || one->fate == FATE_REPLAYED)
		written_add(&text, one->answer);
	else
		strbuf_printf(&text, "%s%s",
		              one->fate == FATE_CHANGED ? T("changed meanwhile: ", "其间已变动：") : T("failed: ", "未办成："),
		              message ? message : "-");
	term_print("%s  %s%s\n", tree_str(one->row, "number"), text.data,
	           one->fate == FATE_REPLAYED ? T("  (was done already)", "  （此前已办）") : "");
	strbuf_fini(&text);
}

static bool on_act(size_t i, struct json_object *reply, void *ctx) {
	struct bulk *b = ctx;
	struct bulk_case *one = &b->v[b->order[i]];
	take_answer(b, one, reply, fate_of(reply));
	if (!own_bool(&b->ctl->args, "json")) {
		print_row(one);
		(void)fflush(stdout);
	}
	return true;
}

/* ---- asking ---- */

static int wrong_number(const struct bulk *b, int64_t typed) {
	term_error(
	    NULL,
	    T("not %" PRId64 ": %zu would go now; nothing was done", "不是 %" PRId64 " 件：现在可办的是 %zu 件；未做任何处理"),
	    typed, b->counts[FATE_GOES]);
	return EXIT_CONFLICT;
}

/* One line from the terminal, without its end. False: Ctrl-C, or nobody is there. */
static bool read_line(char *line, size_t size) {
	size_t n = 0;
	for (char c; n + 1 < size;) {
		if (term_wait(STDIN_FILENO, -1, false) < 0 || read(STDIN_FILENO, &c, 1) <= 0)
			return false;
		if (c == '\n')
			break;
		line[n++] = c;
	}
	line[n] = '\0';
	return true;
}

static int ask(const struct bulk *b) {
	char line[32], *end;
	fprintf(stderr, T("type %zu to go on, anything else to leave it: ", "输入 %zu 继续，输入其他则放弃："),
	        b->counts[FATE_GOES]);
	(void)fflush(stderr);
	if (!read_line(line, sizeof line)) {
		fprintf(stderr, "\n%s\n", T("nothing was done", "未做任何处理"));
		return term_interrupted() ? EXIT_INTERRUPTED : EXIT_USAGE;
	}
	const int64_t typed = strtoll(line, &end, 10);
	if (end == line || *end) {
		fprintf(stderr, "%s\n", T("nothing was done", "未做任何处理"));
		return EXIT_USAGE;
	}
	return typed == (int64_t)b->counts[FATE_GOES] ? EXIT_DONE : wrong_number(b, typed);
}

/* The count, from the option or from the terminal. */
static int confirm(const struct bulk *b) {
	if (tree_get(b->ctl->args.own, "confirm")) {
		const int64_t typed = tree_int(b->ctl->args.own, "confirm");
		return typed == (int64_t)b->counts[FATE_GOES] ? EXIT_DONE : wrong_number(b, typed);
	}
	if (isatty(STDIN_FILENO) && term_err_is_tty())
		return ask(b);
	char next[128];
	(void)snprintf(next, sizeof next, T("the same command with --confirm %zu", "同一命令加上 --confirm %zu"),
	               b->counts[FATE_GOES]);
	term_error(
	    next, T("nobody is at a terminal to confirm the count; nothing was done", "不在终端上，无法核对件数；未做任何处理"));
	return EXIT_USAGE;
}

/* ---- the steps ---- */

static void say_plan(const struct bulk *b, bool is_result) {
	struct strbuf text = {0}, safe = {0};
	if (is_result && own_bool(&b->ctl->args, "json")) {
		struct json_object *tree = bulk_json(b);
		print_json(tree);
		json_object_put(tree);
		return;
	}
	bulk_plan_add(b, &text);
	safe_add(&safe, text.data, SAFE_TEXT);
	fputs(safe.data, is_result ? stdout : stderr);
	strbuf_fini(&text);
	strbuf_fini(&safe);
}

static int try_all(struct bulk *b) {
	struct flight f = {.ctl = b->ctl,
	                   .method = b->ctl->command->method,
	                   .n = b->n,
	                   .params_of = trial_params,
	                   .on_reply = on_trial,
	                   .ctx = b};
	const int rc = flight_run(&f);
	if (rc == EXIT_INTERRUPTED)
		fprintf(stderr, "%s\n", T("stopped while planning; nothing was done", "在试算时停止；未做任何处理"));
	return rc;
}

static void say_sum(const struct bulk *b) {
	const size_t *c = b->counts;
	term_print(T("%zu done, %zu done already, %zu changed meanwhile, %zu failed\n",
	             "办成 %zu，此前已办 %zu，其间已变动 %zu，未办成 %zu\n"),
	           c[FATE_DONE], c[FATE_REPLAYED], c[FATE_CHANGED], c[FATE_FAILED]);
}

static void say_stopped(const struct bulk *b, size_t n, const struct run_book *book) {
	const size_t tried = b->counts[FATE_DONE] + b->counts[FATE_REPLAYED] + b->counts[FATE_CHANGED] + b->counts[FATE_FAILED];
	fprintf(stderr, T("stopped after %zu of %zu\n", "已停止：%2$zu 件中办到第 %1$zu 件\n"), tried, n);
	fprintf(stderr, "  %s %s\n", T("try:", "可试:"),
	        book->kept ? T("the same command again: it goes on, and does nothing twice",
	                       "再运行同一命令：从中断处继续，不会重复办理")
	                   : T("the same command again with the same --key: it does nothing twice",
	                       "用同一个 --key 再运行同一命令：不会重复办理"));
}

static int act_all(struct bulk *b, struct run_book *book) {
	struct flight f = {.ctl = b->ctl,
	                   .method = b->ctl->command->method,
	                   .n = b->counts[FATE_GOES],
	                   .to_the_end = true,
	                   .params_of = act_params,
	                   .on_reply = on_act,
	                   .ctx = b};
	size_t *order = calloc(b->n, sizeof *order), n = 0;
	CHECK(order != NULL);
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].fate == FATE_GOES)
			order[n++] = i;
	b->order = order;
	b->run = book->run;
	const int rc = flight_run(&f);
	b->order = NULL;
	free(order);
	if (own_bool(&b->ctl->args, "json")) {
		struct json_object *tree = bulk_json(b);
		print_json(tree);
		json_object_put(tree);
	} else {
		say_sum(b);
	}
	const bool whole =
	    b->counts[FATE_DONE] + b->counts[FATE_REPLAYED] + b->counts[FATE_CHANGED] + b->counts[FATE_FAILED] == n;
	if (!whole)
		say_stopped(b, n, book);
	else
		run_book_close(book);
	return rc != EXIT_DONE ? rc : b->counts[FATE_FAILED] ? EXIT_FAILED : b->counts[FATE_CHANGED] ? EXIT_CONFLICT : EXIT_DONE;
}

static void say_none(const struct bulk *b) {
	char next[64];
	(void)snprintf(next, sizeof next, "gridctl show %s", tree_str(b->v[0].row, "number"));
	term_error(next, T("none of them would go; nothing was done", "没有一件可办；未做任何处理"));
}

static int go(struct bulk *b) {
	struct run_book book;
	int rc = find_cases(b);
	if (rc == EXIT_DONE)
		rc = try_all(b);
	if (rc != EXIT_DONE)
		return rc;
	const bool dry = tree_bool(b->ctl->args.params, "dry_run");
	say_plan(b, dry);
	if (!dry && b->counts[FATE_GOES] == 0)
		say_none(b);
	if (dry || b->counts[FATE_GOES] == 0)
		return bulk_worst(b);
	rc = confirm(b);
	if (rc != EXIT_DONE)
		return rc;
	run_book_open(&book, b->ctl);
	rc = act_all(b, &book);
	run_book_fini(&book);
	return rc;
}

int bulk_run(struct ctl *ctl) {
	struct bulk b = {.ctl = ctl};
	if (tree_get(ctl->args.params, "expect_version")) {
		term_error(NULL, T("--where looks at each case's own version; leave --expect-version out",
		                   "--where 按每件各自的版本核对，请勿写 --expect-version"));
		return EXIT_USAGE;
	}
	const int rc = go(&b);
	for (size_t i = 0; i < b.n; i++) {
		json_object_put(b.v[i].row);
		json_object_put(b.v[i].answer);
	}
	free(b.v);
	json_object_put(b.filter);
	return rc;
}
