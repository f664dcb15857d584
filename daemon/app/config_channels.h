/* config_channels: the `channels` of the config file: what carries a notice to a person. */
#ifndef GRIDD_APP_CONFIG_CHANNELS_H
#define GRIDD_APP_CONFIG_CHANNELS_H

#include "daemon/app/config_values.h"

void read_channels(struct reading *r, const struct yaml_node *n);

#endif
