/* words: the protocol's own words in Chinese; those of a town come from the daemon. */
#ifndef GRIDCTL_WORDS_H
#define GRIDCTL_WORDS_H

#include <stddef.h>

const char *word_zh(const char *word);  /* NULL: not one of ours */
const char *word_at(size_t i);          /* each of them in turn; NULL: no more */

#endif
