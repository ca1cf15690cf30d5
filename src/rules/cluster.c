#include "rules/tables.h"
const rule_table cluster_table = {0};
