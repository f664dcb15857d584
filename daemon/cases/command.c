/* command: questions to a command. */
#include "daemon/cases/command.h"

const char *command_unit(const struct command *cmd) { return cmd->for_unit ? cmd->for_unit : cmd->actor_unit; }
