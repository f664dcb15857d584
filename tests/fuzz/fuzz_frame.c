/* fuzz_frame: however a stream is cut into pieces, the same lines come out. */
#include "daemon/base/check.h"
#include "daemon/base/strbuf.h"
#include "daemon/wire/frame.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

/* Lengths of the pieces come from a small generator; 0: the whole at once. */
static size_t next_piece(uint32_t *seed) {
	if (*seed == 0)
		return SIZE_MAX;
	*seed = *seed * 1664525u + 1013904223u;
	return 1 + (*seed >> 24) % 7;
}

static void read_lines(const char *text, size_t n, uint32_t seed, struct strbuf *out) {
	struct frame f = {0};
	size_t start = 0, end = 0;
	strbuf_init(out);
	for (;;) {
		struct frame_line line;
		const enum frame_result result = frame_next(&f, text + start, end - start, end == n, &line);
		CHECK(line.used <= end - start && line.start + line.len <= end - start);
		if (result == FRAME_LINE) {
			CHECK(line.len > 0 && line.used > 0);
			strbuf_add(out, text + start + line.start, line.len);
			strbuf_addc(out, '\n');
			start += line.used;
		} else if (result != FRAME_MORE) {
			strbuf_adds(out, line.hint);
			return;
		} else if (end == n) {
			return;
		} else {
			const size_t piece = next_piece(&seed);
			start += line.used;
			end = piece < n - end ? end + piece : n;
		}
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n) {
	struct strbuf whole, pieces;
	read_lines((const char *)data, n, 0, &whole);
	read_lines((const char *)data, n, 1 + (n ? data[0] : 0), &pieces);
	CHECK(whole.len == pieces.len && (whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0));
	strbuf_fini(&whole);
	strbuf_fini(&pieces);
	return 0;
}
