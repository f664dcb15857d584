/* words: the protocol's own words in Chinese; those of a town come from the daemon. */
#ifndef GRIDCTL_WORDS_H
#define GRIDCTL_WORDS_H

const char *word_zh(const char *word);  /* NULL: not one of ours */

#endif
