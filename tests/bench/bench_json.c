/* bench_json: what the gate costs in front of json-c, on a line as a platform sends it.
 *
 * The kinds take turns every thousand lines, so that a slow moment of the machine hits all of them; the median round counts.
 */
#include "daemon/base/check.h"
#include "daemon/wire/gate.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, SLICES = 40, LINES = 1000 };

static const char line[] =
    "{\"jsonrpc\":\"2.0\",\"id\":20261123004,\"method\":\"case.submit\",\"params\":{\"key\":\"pp-20261123-000417\","
    "\"class\":\"E70-05\",\"condition\":\"common_part\","
    "\"text\":\"居民反映三号楼顶层楼道漏水已有两周，墙面大片发霉，"
    "雨天水流到配电箱旁，物业三次上门未修好，请尽快派人处理，谢谢。\","
    "\"source\":{\"channel\":\"hotline\",\"ref\":\"SH20261123000417\"},\"estate\":\"pp-0137\",\"grid\":\"310106014007\","
    "\"address\":\"某某路三百弄六号楼五零一室\",\"place\":{\"x\":121.448612,\"y\":31.302557,\"crs\":\"wgs84\"},"
    "\"urgency\":\"urgent\",\"observed_at\":\"2026-11-23T07:58:00+08:00\","
    "\"reporter\":{\"name\":\"张三\",\"phone\":\"02100000000\",\"confidential\":false},\"tags\":[\"雨季\",\"回访\"]}}";

enum { LINE_BYTES = sizeof line - 1 };

static void run_gate(void) {
	struct gate_fault why;
	CHECK(gate_check(line, LINE_BYTES, &why));
}

/* json-c by itself, as one would call it for a single line. */
static void run_parse(void) {
	struct json_tokener *tok = json_tokener_new();
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
	struct json_object *tree = json_tokener_parse_ex(tok, line, LINE_BYTES);
	CHECK(tree != NULL);
	json_object_put(tree);
	json_tokener_free(tok);
}

static void run_both(void) {
	struct gate_fault why;
	struct json_object *tree;
	CHECK(gate_parse(line, LINE_BYTES, &tree, &why));
	json_object_put(tree);
}

static double cpu_ns(void) {
	struct timespec ts;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

enum { GATE, PARSE, BOTH, KINDS };
static void (*const kinds[KINDS])(void) = {[GATE] = run_gate, [PARSE] = run_parse, [BOTH] = run_both};

/* Mean time a line of each kind. */
static void run_round(double ns[KINDS]) {
	memset(ns, 0, KINDS * sizeof *ns);
	for (int slice = 0; slice < SLICES * KINDS; slice++) {
		const double from = cpu_ns();
		for (int i = 0; i < LINES; i++)
			kinds[slice % KINDS]();
		ns[slice % KINDS] += (cpu_ns() - from) / LINES / SLICES;
	}
}

static int compare(const void *a, const void *b) {
	const double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double rounds[ROUNDS][KINDS], int kind) {
	double v[ROUNDS];
	for (int i = 0; i < ROUNDS; i++)
		v[i] = rounds[i][kind];
	qsort(v, ROUNDS, sizeof *v, compare);
	return v[ROUNDS / 2];
}

int main(void) {
	double rounds[ROUNDS][KINDS];
	run_round(rounds[0]);
	for (int i = 0; i < ROUNDS; i++)
		run_round(rounds[i]);
	const double parse_ns = median(rounds, PARSE), both_ns = median(rounds, BOTH);
	printf("bytes=%d gate_ns=%.0f parse_ns=%.0f both_ns=%.0f ratio=%.2f\n", LINE_BYTES, median(rounds, GATE), parse_ns,
	       both_ns, both_ns / parse_ns);
	return 0;
}
