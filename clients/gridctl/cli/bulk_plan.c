/* bulk_plan: what a bulk would do, put together so that it can be judged at a glance. */
#include "clients/gridctl/cli/bulk_parts.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"
#include "clients/gridctl/views/written.h"
#include "daemon/base/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_GROUPS = 12, MOST_SAMPLES = 10 };

/* Cases that would fare alike. */
struct group {
	char *text;
	size_t n;
	const char *number; /* of the first; borrowed */
};

struct groups {
	struct group *v;
	size_t n;
};

static void groups_add(struct groups *g, const char *text, const char *number) {
	size_t i = 0;
	while (i < g->n && strcmp(g->v[i].text, text) != 0)
		i++;
	if (i == g->n) {
		g->v = realloc(g->v, (g->n + 1) * sizeof *g->v);
		CHECK(g->v != NULL);
		g->v[g->n++] = (struct group){.text = strdup(text), .number = number};
		CHECK(g->v[i].text != NULL);
	}
	g->v[i].n++;
}

static void groups_fini(struct groups *g) {
	for (size_t i = 0; i < g->n; i++)
		free(g->v[i].text);
	free(g->v);
}

static int most_first(const void *pa, const void *pb) {
	const struct group *a = pa, *b = pb;
	return a->n != b->n ? (a->n < b->n ? 1 : -1) : strcmp(a->text, b->text);
}

/* Why not: the state where that is the reason, and the daemon's sentence with all of its faults. */
static void on_fault(const char *text, void *ctx) {
	struct strbuf *out = ctx;
	strbuf_printf(out, "%s%s", out->len ? "; " : "", text);
}

static void add_refusal(struct strbuf *out, struct json_object *error) {
	struct json_object *data = tree_get(error, "data");
	struct strbuf why = {0};
	error_each(error, on_fault, &why);
	if (tree_name(data, "state"))
		strbuf_printf(out, T("in state %s: ", "状态为%s："), tree_name(data, "state"));
	strbuf_adds(out, why.data);
	strbuf_fini(&why);
}

static void add_groups(const struct bulk *b, enum fate fate, struct strbuf *out) {
	struct groups g = {0};
	struct strbuf text = {0};
	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].fate != fate)
			continue;
		strbuf_clear(&text);
		if (fate == FATE_GOES)
			written_add_move(&text, b->v[i].answer);
		else
			add_refusal(&text, b->v[i].answer);
		groups_add(&g, text.data, tree_str(b->v[i].row, "number"));
	}
	if (g.n > 1)
		qsort(g.v, g.n, sizeof *g.v, most_first);
	for (size_t i = 0; i < g.n && i < MOST_GROUPS; i++) {
		strbuf_printf(out, "    %6zu  %s", g.v[i].n, g.v[i].text);
		if (fate == FATE_REFUSED)
			strbuf_printf(out, T("  (such as %s)", "  （如 %s）"), g.v[i].number);
		strbuf_addc(out, '\n');
	}
	if (g.n > MOST_GROUPS)
		strbuf_printf(out, T("            and %zu further kinds\n", "            另有 %zu 种\n"), g.n - MOST_GROUPS);
	groups_fini(&g);
	strbuf_fini(&text);
}

/* "  20261123-0000042  leak  Estate One  triage → dispatched, held by roads, due 2026-11-24 17:00" */
static void add_sample(struct strbuf *out, const struct bulk_case *one) {
	const char *class = tree_name(one->row, "class"), *estate = tree_name(one->row, "estate");
	const char *place = estate ? estate : tree_str(one->row, "address"), *due = tree_str(one->answer, "due_at");
	strbuf_printf(out, "    %s  %s  %s  ", tree_str(one->row, "number"), class ? class : "-", place ? place : "-");
	written_add_move(out, one->answer);
	if (due) {
		strbuf_adds(out, T(", due ", "，到期 "));
		when_add(out, due, false);
	}
	strbuf_addc(out, '\n');
}

static void add_samples(const struct bulk *b, struct strbuf *out) {
	const size_t goes = b->counts[FATE_GOES];
	size_t shown = 0;
	if (goes == 0)
		return;
	if (goes > MOST_SAMPLES)
		strbuf_printf(out, T("  the first %d of them:\n", "  其中前 %d 件：\n"), MOST_SAMPLES);
	else
		strbuf_adds(out, T("  these:\n", "  即：\n"));
	for (size_t i = 0; i < b->n && shown < MOST_SAMPLES; i++)
		if (b->v[i].fate == FATE_GOES) {
			add_sample(out, &b->v[i]);
			shown++;
		}
}

void bulk_plan_add(const struct bulk *b, struct strbuf *out) {
	help_words(b->ctl->command, out);
	strbuf_printf(out, T(": %zu cases match\n  %zu would go\n", "：符合条件 %zu 件\n  可办 %zu 件\n"), b->n,
	              b->counts[FATE_GOES]);
	add_groups(b, FATE_GOES, out);
	if (b->counts[FATE_REFUSED] > 0)
		strbuf_printf(out, T("  %zu would be refused\n", "  不可办 %zu 件\n"), b->counts[FATE_REFUSED]);
	add_groups(b, FATE_REFUSED, out);
	add_samples(b, out);
	if (tree_bool(b->ctl->args.params, "dry_run"))
		strbuf_adds(out, T("dry run: nothing was stored\n", "试算，未保存\n"));
}

int bulk_worst(const struct bulk *b) {
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].fate == FATE_REFUSED && error_exit_code(b->v[i].answer) != EXIT_CONFLICT)
			return error_exit_code(b->v[i].answer);
	return b->counts[FATE_REFUSED] > 0 ? EXIT_CONFLICT : EXIT_DONE;
}

static const char *const fate_names[] = {
    [FATE_OPEN] = "open",    [FATE_GOES] = "would_go",         [FATE_REFUSED] = "refused",
    [FATE_DONE] = "done",    [FATE_REPLAYED] = "done_already", [FATE_CHANGED] = "changed",
    [FATE_FAILED] = "failed"};

static struct json_object *case_json(const struct bulk_case *one) {
	struct json_object *tree = json_object_new_object();
	const bool failed = one->fate == FATE_REFUSED || one->fate == FATE_CHANGED || one->fate == FATE_FAILED;
	tree_put(tree, "case", json_object_get(tree_get(one->row, "number")));
	tree_put(tree, "outcome", json_object_new_string(fate_names[one->fate]));
	if (one->answer)
		tree_put(tree, failed ? "error" : "result", json_object_get(one->answer));
	return tree;
}

struct json_object *bulk_json(const struct bulk *b) {
	struct json_object *tree = json_object_new_object();
	size_t now[COUNT_OF(fate_names)] = {0};
	tree_put(tree, "matched", json_object_new_int64((int64_t)b->n));
	for (size_t i = 0; i < b->n; i++)
		now[b->v[i].fate]++;
	for (size_t i = 0; i < COUNT_OF(fate_names); i++)
		tree_put(tree, fate_names[i], json_object_new_int64((int64_t)now[i]));
	tree_put(tree, "cases", json_object_new_array());
	for (size_t i = 0; i < b->n; i++)
		tree_add(tree, "cases", case_json(&b->v[i]));
	return tree;
}
