#include "rules/tables.h"
const rule_table build_table = {0};
