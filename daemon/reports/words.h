/* words: what a page says, in each language (words.def), and how figures are said. */
#ifndef GRIDD_REPORTS_WORDS_H
#define GRIDD_REPORTS_WORDS_H

#include "daemon/reports/digest.h"

enum word {
#define WORD(symbol, zh, en) W_##symbol,
#include "daemon/reports/words.def"
#undef WORD
	WORDS
};

const char *word_in(enum page_lang lang, enum word w);

/* The word with {1}, {2} ... replaced: words_say(&out, lang, W_MORE, "3"). What is put in is clean already. */
void words_fill(struct strbuf *out, const char *pattern, const char *const *with, size_t n);
#define words_say(out, lang, w, ...)                                                                                        \
	words_fill((out), word_in((lang), (w)), (const char *const[]){__VA_ARGS__},                                             \
	           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

/* "2026-11-23 22:00" where the clock on the wall is offset_s ahead of UTC; NO_TIME: "-". */
void words_time(struct strbuf *out, int64_t at_us, int64_t offset_s);
void words_offset(struct strbuf *out, int64_t offset_s);               /* "UTC+08:00" */
/* "93.5%", rounded half up. */
void words_permille(struct strbuf *out, int64_t permille);

#endif
