/* csv: rows and fields. */
#include "clients/gridctl/term/csv.h"

#include "clients/gridctl/term/term.h"

#include <string.h>

void csv_init(struct csv *c, const char *text) { *c = (struct csv){.at = text, .line = 1}; }

static bool at_end_of_row(const char *p) { return *p == '\0' || *p == '\n' || (*p == '\r' && (p[1] == '\n' || !p[1])); }

static void skip_end_of_row(struct csv *c) {
	c->at += *c->at == '\r';
	if (*c->at == '\n') {
		c->at++;
		c->line++;
	}
}

static void skip_rest_of_row(struct csv *c) {
	c->at += strcspn(c->at, "\n");
	skip_end_of_row(c);
}

static bool quoted(struct csv *c, struct strbuf *field, struct err *e) {
	const int opened = c->line;
	for (c->at++;; c->at++) {
		if (!*c->at)
			return err_set(e, E_CONFIG, T("a quote is opened in line %d and never closed", "第 %d 行的引号没有闭合"),
			               opened);
		if (*c->at == '"' && c->at[1] != '"')
			break;
		if (*c->at == '"')
			c->at++;
		c->line += *c->at == '\n';
		strbuf_addc(field, *c->at);
	}
	c->at++;
	if (*c->at != ',' && !at_end_of_row(c->at))
		return err_set(e, E_CONFIG,
		               T("text behind a closing quote; a quote within a field is written twice",
		                 "引号闭合后还有文字；字段里的引号要写两个"));
	return true;
}

static void plain(struct csv *c, struct strbuf *field) {
	const char *from = c->at;
	while (*c->at != ',' && !at_end_of_row(c->at))
		c->at++;
	strbuf_add(field, from, (size_t)(c->at - from));
}

enum csv_result csv_next(struct csv *c, struct arena *a, struct strs *fields, int *line, struct err *e) {
	struct strbuf field = {0};
	enum csv_result result = CSV_ROW;
	while (*c->at && at_end_of_row(c->at))
		skip_end_of_row(c);
	*fields = (struct strs){0};
	*line = c->line;
	if (!*c->at)
		return CSV_END;
	for (;;) {
		strbuf_clear(&field);
		if (*c->at != '"')
			plain(c, &field);
		else if (!quoted(c, &field, e)) {
			result = CSV_FAULT;
			break;
		}
		STRS_ADD(fields, a, arena_strndup(a, field.data ? field.data : "", field.len));
		if (*c->at != ',')
			break;
		c->at++;
	}
	if (result == CSV_FAULT)
		skip_rest_of_row(c);
	else
		skip_end_of_row(c);
	strbuf_fini(&field);
	return result;
}
