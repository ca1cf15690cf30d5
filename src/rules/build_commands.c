#include "rules/tables.h"
const rule_table build_commands_table = {0};
