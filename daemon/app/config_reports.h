/* config_reports: the row `reports` of the config file: when reports are made, and in which language. */
#ifndef GRIDD_APP_CONFIG_REPORTS_H
#define GRIDD_APP_CONFIG_REPORTS_H

#include "daemon/app/config_values.h"

void read_reports(struct reading *r, const struct yaml_node *n);

#endif
