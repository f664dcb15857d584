/* complete: stub to compile */
#include "clients/gridctl/cli/command.h"
int run_completion(struct ctl *ctl) { (void)ctl; return 0; }
int run_complete_words(struct ctl *ctl) { (void)ctl; return 0; }
