/* SPDX-License-Identifier: Apache-2.0
 *
 * The codes of problems and the names of priorities: words of Falco's interface. */
#include "watch/rule_file.h"

#include <stddef.h>

const char *const watch_priority_names[WATCH_PRIORITIES] = {
	"Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug"};

watch_priority watch_priority_raise(watch_priority p)
{
	return p > WATCH_CRITICAL ? (watch_priority)(p - 1) : p;
}

int watch_priority_find(span name)
{
	if (span_is_fold(name, "info"))
		return WATCH_INFORMATIONAL;
	for (int i = 0; i < WATCH_PRIORITIES; i++)
		if (span_is_fold(name, watch_priority_names[i]))
			return i;
	return -1;
}

/* Errors mean what their titles say. */
static const struct {
	const char *code, *title, *meaning;
} codes[] = {
	{"LOAD_ERR_FILE_READ", "File read error", NULL},
	{"LOAD_ERR_YAML_PARSE", "YAML parse error", NULL},
	{"LOAD_ERR_YAML_VALIDATE", "Error validating internal structure of YAML file", NULL},
	{"LOAD_ERR_COMPILE_CONDITION", "Error compiling condition", NULL},
	{"LOAD_ERR_COMPILE_OUTPUT", "Error compiling output", NULL},
	{"LOAD_ERR_VALIDATE", "Error validating rule/macro/list/exception objects", NULL},
	{"LOAD_UNKNOWN_SOURCE", "Unknown event source",
		"A rule has a unknown event source. This can occur when reading rules content without having a "
		"corresponding plugin loaded, etc. The rule will be silently ignored."},
	{"LOAD_NO_EVTTYPE", "Condition has no event-type restriction",
		"A rule condition matches too many evt.type values. This has a significant performance penalty. Make "
		"the condition more specific by adding an evt.type field or further restricting the number of "
		"evt.type values in the condition."},
	{"LOAD_UNKNOWN_FILTER", "Unknown field or event-type in condition or output",
		"A rule condition or output refers to a field or evt.type that does not exist. This is normally an "
		"error, but if a rule has a skip-if-unknown-filter property, the error is downgraded to a warning."},
	{"LOAD_UNUSED_MACRO", "Unused macro",
		"A macro is defined in the rules content but is not used by any other macro or rule."},
	{"LOAD_UNUSED_LIST", "Unused list", "A list is defined, but no list, macro or rule names it."},
	{"LOAD_UNKNOWN_ITEM", "Unknown rules file item",
		"An item is neither a rule, a macro or a list nor a requirement. It is passed over."},
	{"LOAD_DEPRECATED_ITEM", "Used deprecated item",
		"A deprecated item is employed by lists, macros, or rules."},
	{"LOAD_APPEND_NO_VALUES", "Overriding/appending with no values",
		"An exception is added to without values: nothing changes."},
	{"LOAD_EXCEPTION_NAME_NOT_UNIQUE", "Multiple exceptions defined with the same name",
		"A rule has two exceptions of one name; what is added later goes to the first."},
	{"LOAD_INVALID_MACRO_NAME", "Invalid macro name", "No condition can name a macro of this name."},
	{"LOAD_INVALID_LIST_NAME", "Invalid list name", "No condition can name a list of this name."},
	{"LOAD_COMPILE_CONDITION", "Warning in rule condition",
		"A condition may not mean what it seems to, or could be quicker."},
	{"LOAD_UNKNOWN_KEY", "Unknown key in item definition",
		"An item has a key that is not one of its kind: a slip of the pen, or one of another kind of item. It "
		"is passed over."},
};

static size_t code_find(const char *code)
{
	size_t i = 0;
	while (i < sizeof codes / sizeof *codes && strcmp(codes[i].code, code) != 0)
		i++;
	return i;
}

const char *rule_code_title(const char *code)
{
	size_t i = code_find(code);
	return i < sizeof codes / sizeof *codes ? codes[i].title : NULL;
}

const char *rule_code_meaning(const char *code)
{
	size_t i = code_find(code);
	if (i == sizeof codes / sizeof *codes)
		return NULL;
	return codes[i].meaning ? codes[i].meaning : codes[i].title;
}
