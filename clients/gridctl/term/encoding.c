/* encoding: UTF-8 and GB18030, by iconv. */
#include "clients/gridctl/term/encoding.h"

#include "clients/gridctl/term/term.h"
#include "daemon/base/check.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

enum { CHUNK_BYTES = 64 << 10 };

/* False: *bad_at is the offset of the first byte that doesn't fit, or SIZE_MAX if the converter isn't there. */
static bool convert(const struct strbuf *from, const char *encoding, struct strbuf *to, size_t *bad_at) {
	const iconv_t cd = iconv_open("UTF-8", encoding);
	*bad_at = (size_t)-1;
	if (cd == (iconv_t)-1)
		return false;
	char *in = from->data;
	size_t left = from->len;
	bool ok = true;
	while (ok && left > 0) {
		char *out = strbuf_reserve(to, CHUNK_BYTES);
		size_t room = CHUNK_BYTES;
		ok = iconv(cd, &in, &left, &out, &room) != (size_t)-1 || errno == E2BIG;
		to->len += CHUNK_BYTES - room;
		to->data[to->len] = '\0';
	}
	*bad_at = from->len - left;
	(void)iconv_close(cd);
	return ok;
}

static int line_at(const struct strbuf *text, size_t offset) {
	int line = 1;
	for (size_t i = 0; i < offset && i < text->len; i++)
		line += text->data[i] == '\n';
	return line;
}

static bool starts_with(const struct strbuf *text, const char *bytes) {
	return text->len >= strlen(bytes) && memcmp(text->data, bytes, strlen(bytes)) == 0;
}

static void drop_mark(struct strbuf *text) {
	static const char mark[] = "\xef\xbb\xbf";
	if (!starts_with(text, mark))
		return;
	text->len -= sizeof mark - 1;
	memmove(text->data, text->data + sizeof mark - 1, text->len + 1);
}

static bool try_one(struct strbuf *text, const char *encoding, struct err *e) {
	struct strbuf out = {0};
	size_t bad_at;
	if (!convert(text, encoding, &out, &bad_at)) {
		strbuf_fini(&out);
		if (bad_at == (size_t)-1)
			return err_set(e, E_IO, T("this system cannot read %s", "本机不能识别 %s 编码"), encoding);
		return err_set(e, E_IO, T("line %d: not valid %s", "第 %d 行：不是合格的 %s"), line_at(text, bad_at), encoding);
	}
	strbuf_fini(text);
	*text = out;
	drop_mark(text);
	return true;
}

static bool try_both(struct strbuf *text, struct err *e) {
	struct err not_utf8;
	if (try_one(text, "UTF-8", &not_utf8) || try_one(text, "GB18030", e))
		return true;
	return err_set(e, E_IO, T("%s, nor GB18030 (%s)", "%s，也不是 GB18030（%s）"), not_utf8.text, e->text);
}

static bool is_text(const struct strbuf *text, struct err *e) {
	if (starts_with(text, "\xff\xfe") || starts_with(text, "\xfe\xff"))
		return err_set(e, E_IO, T("this is UTF-16; save it as “CSV UTF-8”", "这是 UTF-16，请另存为“CSV UTF-8”"));
	const char *nul = memchr(text->data, '\0', text->len);
	if (nul)
		return err_set(e, E_IO, T("line %d: a NUL byte; this is no text file", "第 %d 行：有 NUL 字节，不是文本文件"),
		               line_at(text, (size_t)(nul - text->data)));
	return true;
}

bool encoding_to_utf8(struct strbuf *text, const char *name, struct err *e) {
	static const struct {
		const char *name, *iconv_name; /* NULL: find out */
	} known[] = {{"auto", NULL}, {"utf-8", "UTF-8"}, {"utf8", "UTF-8"}, {"gb18030", "GB18030"}, {"gbk", "GB18030"}};
	size_t i = 0;
	while (i < COUNT_OF(known) && strcasecmp(known[i].name, name) != 0)
		i++;
	if (i == COUNT_OF(known))
		return err_set(e, E_USAGE,
		               T("--encoding %s: expected auto, utf-8 or gb18030", "--encoding %s：应为 auto、utf-8 或 gb18030"),
		               name);
	if (text->len == 0)
		return true;
	if (!is_text(text, e))
		return false;
	return known[i].iconv_name ? try_one(text, known[i].iconv_name, e) : try_both(text, e);
}
