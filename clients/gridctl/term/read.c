/* read: whole files, strict JSON. */
#include "clients/gridctl/term/read.h"

#include "clients/gridctl/term/encoding.h"
#include "clients/gridctl/term/term.h"
#include "daemon/wire/gate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { READ_BYTES = 64 << 10 };

bool read_file(const char *path, struct strbuf *out, struct err *e) {
	const bool is_stdin = strcmp(path, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(path, "rb");
	if (!f)
		return err_sys(e, "%s", path);
	size_t n;
	do {
		n = fread(strbuf_reserve(out, READ_BYTES), 1, READ_BYTES, f);
		out->len += n;
		out->data[out->len] = '\0';
	} while (n > 0 && !term_interrupted());
	bool ok = !ferror(f) || err_sys(e, "%s", path);
	/* What is typed or pasted comes in the terminal's encoding; a file that is UTF-8 stays so. */
	if (ok && is_stdin && term_charset() && out->len > 0)
		ok = encoding_to_utf8(out, "auto", e);
	if (!is_stdin)
		(void)fclose(f);
	return ok;
}

static int say_fault(const char *name, const struct strbuf *text, const struct gate_fault *why) {
	int line = 1;
	for (size_t i = 0; i < why->offset && i < text->len; i++)
		line += text->data[i] == '\n';
	term_error(NULL, T("%s:%d: not JSON: %s", "%s:%d: 不是合格的 JSON：%s"), name, line, why->text);
	return EXIT_USAGE;
}

int read_params(const char *word, bool is_inline, struct json_object **out) {
	const bool is_stdin = strcmp(word, "-") == 0;
	const char *name = is_stdin ? "stdin" : is_inline ? "params" : word;
	struct strbuf text = {0};
	struct err e = {0};
	if (is_inline && !is_stdin)
		strbuf_adds(&text, word);
	else if (!read_file(word, &text, &e)) {
		term_error(NULL, "%s", e.text);
		strbuf_fini(&text);
		return EXIT_FAILED;
	}
	struct gate_fault why;
	int rc = EXIT_DONE;
	*out = NULL;
	if (!gate_parse(text.data ? text.data : "", text.len, out, &why)) {
		rc = say_fault(name, &text, &why);
	} else if (!json_object_is_type(*out, json_type_object)) {
		term_error(NULL, T("%s: expected a JSON object, {...}", "%s：应是 JSON 对象 {...}"), name);
		json_object_put(*out);
		*out = NULL;
		rc = EXIT_USAGE;
	}
	strbuf_fini(&text);
	return rc;
}
