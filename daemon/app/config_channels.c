/* config_channels: decodes `channels`: {NAME: {exec: [PROGRAM, ARGUMENT ...]}}. */
#include "daemon/app/config_channels.h"

#include <unistd.h>

static void read_exec(struct reading *r, const struct yaml_node *n, struct delivery_channel *channel) {
	texts_of(r, n, &channel->exec);
	const char *program = channel->exec.n ? channel->exec.v[0] : NULL;
	if (!program)
		fault(r, n, "missing", "exec names a program, and its arguments");
	else if (program[0] != '/')
		fault(r, n, "format", "the program is given by its whole path, from /");
	else if (access(program, X_OK) != 0)
		fault(r, n, "unknown", "there is no program here that may be run");
}

void read_channels(struct reading *r, const struct yaml_node *n) {
	static const char *const keys[] = {"exec", NULL};
	if (n->kind != YAML_MAP) {
		fault(r, n, "type", "channels is {NAME: {exec: [PROGRAM, ARGUMENT ...]}}");
		return;
	}
	for (const struct yaml_node *item = n->child; item; item = item->next) {
		struct delivery_channel channel = {.name = arena_strdup(&r->config->arena, item->key)};
		if (item->kind != YAML_MAP || !yaml_get(item, "exec")) {
			fault(r, item, "missing", "a channel has exec: [PROGRAM, ARGUMENT ...]");
			continue;
		}
		yaml_known_keys(item, keys, r->file, r->faults);
		read_exec(r, yaml_get(item, "exec"), &channel);
		*LIST_ADD(&r->config->channels, &r->config->arena) = channel;
	}
}
