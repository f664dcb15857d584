/* main: reads the configuration, checks the packs, and runs what was asked for. */
#include "daemon/app/daemon.h"
#include "daemon/app/token.h"
#include "daemon/app/worker.h"
#include "daemon/base/strbuf.h"
#include "daemon/rules/check_dir.h"

#include <stdio.h>

/* Every pack's faults, all at once; a pack without faults says a line where a check was asked for. */
static bool check_packs(const struct config *cfg) {
	bool ok = true;
	for (size_t i = 0; i < cfg->packs.n; i++) {
		struct strbuf text;
		strbuf_init(&text);
		const bool good = rules_check_dir(cfg->packs.v[i], &text);
		ok = ok && good;
		if (!good || cfg->run == RUN_CHECK)
			(void)fputs(text.len ? text.data : "", cfg->run == RUN_CHECK ? stdout : stderr);
		strbuf_fini(&text);
	}
	return ok;
}

static int run(struct config *cfg, int argc, char **argv) {
	if (cfg->run == RUN_VERSION)
		return printf("gridd %s\n", GRIDD_VERSION) < 0;
	if (cfg->run == RUN_HELP)
		return fputs(config_usage, stdout) < 0;
	if (cfg->run == RUN_NEW_TOKEN)
		return token_make(cfg->token_id);
	if (cfg->run == RUN_MIGRATE)
		return daemon_migrate(cfg);
	if (cfg->run == RUN_WORKER)
		return worker_serve(cfg, argc, argv);
	if (!check_packs(cfg))
		return 1;
	if (cfg->run == RUN_CHECK)
		return 0;
	return daemon_run(cfg, argc, argv);
}

int main(int argc, char **argv) {
	struct config cfg;
	struct strbuf why;
	strbuf_init(&why);
	int code = 1;
	if (config_read(argc, argv, &cfg, &why))
		code = run(&cfg, argc, argv);
	else
		(void)fputs(why.data, cfg.run == RUN_CHECK ? stdout : stderr);
	strbuf_fini(&why);
	config_fini(&cfg);
	return code;
}
