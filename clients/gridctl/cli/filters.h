/* filters: which cases, in words: `@morning` of a file of named filters, and words like `state=triage`.
 *
 * Files: ~/.config/gridctl/filters.yaml ($XDG_CONFIG_HOME/gridctl/...) and /etc/gridd/filters.yaml; of two with one name the
 * person's own holds. `morning: {overdue: any, unit: [property_support]}`: the keys are the long options of `case list`. */
#ifndef GRIDCTL_FILTERS_H
#define GRIDCTL_FILTERS_H

#include "clients/gridctl/cli/command.h"

/* Reads the words that the command line has at `own`, a list ("@morning", "state=triage class=E70-05,E70-06": apart by
 * spaces), into the params of case.list. What a word says holds over what a name says, and a later name over an earlier one. The exit code; what is
 * wrong was said. *params is the caller's. */
int filters_read(struct ctl *ctl, const char *own, struct json_object **params);

#endif
