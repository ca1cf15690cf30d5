#include "rules/tables.h"
const rule_table build_packages_table = {0};
