/* output: a command's result, shown as its options want it. */
#include "clients/gridctl/cli/config.h"
#include "clients/gridctl/cli/formats.h"
#include "clients/gridctl/term/sink.h"
#include "clients/gridctl/term/tree.h"
#include "clients/gridctl/term/when.h"

static int once(struct ctl *ctl) {
	ctl->format_rc = EXIT_DONE;
	const int rc = ctl->command->run ? ctl->command->run(ctl) : command_call(ctl);
	return rc == EXIT_DONE ? ctl->format_rc : rc;
}

int output_check(const struct ctl *ctl) {
	const int rc = formats_check(ctl);
	return rc == EXIT_DONE ? watch_check(ctl) : rc;
}

int output_run(struct ctl *ctl) {
	const bool reads = reading_of(ctl->command) != NULL;
	if (config_bool("ascii"))
		term_set_ascii();
	when_set_natural(config_bool("natural"));
	if (tree_get(ctl->args.own, "watch"))
		return watch_run(ctl, once);
	if (reads && !ctl->command->full_screen && !own_bool(&ctl->args, "no_pager"))
		sink_page();
	return once(ctl);
}
