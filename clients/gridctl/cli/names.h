/* names: cases that were typed by the end of their number become the whole number. */
#ifndef GRIDCTL_NAMES_H
#define GRIDCTL_NAMES_H

#include "clients/gridctl/cli/command.h"

/* Every case, request and order among the operands and options. Says which one was meant; where several or none are, says
 * that. The exit code. */
int names_resolve(struct ctl *ctl);

#endif
