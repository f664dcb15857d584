/* config_principals: the `principals` of the config file: who is who, and may what. */
#ifndef GRIDD_APP_CONFIG_PRINCIPALS_H
#define GRIDD_APP_CONFIG_PRINCIPALS_H

#include "daemon/app/config_values.h"

void read_principals(struct reading *r, const struct yaml_node *n);

#endif
