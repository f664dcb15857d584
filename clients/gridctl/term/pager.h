/* pager: $GRIDCTL_PAGER, $PAGER or `less -FRX`, behind what is longer than the screen. */
#ifndef GRIDCTL_PAGER_H
#define GRIDCTL_PAGER_H

#include <stdbool.h>

/* Whether there is one: named, and not "cat"; on a terminal that isn't UTF-8 only if somebody named it. */
bool pager_is_there(void);
/* Whether so much text is longer than the screen. NULL: no text. */
bool pager_wanted(const char *text);
/* Starts it. Where to write, or -1. */
int pager_start(void);
/* Closes its input and waits for it. */
void pager_end(void);

#endif
