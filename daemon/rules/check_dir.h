/* check_dir: the whole check of a rule folder, as `gridd --check-config` and `gridctl rules check` print it. */
#ifndef GRIDD_RULES_CHECK_DIR_H
#define GRIDD_RULES_CHECK_DIR_H

#include "daemon/base/strbuf.h"

/* True: the folder loads and its tests pass; `out` gets one line (and lint's warnings). False: `out` gets every fault. */
bool rules_check_dir(const char *dir, struct strbuf *out);

#endif
