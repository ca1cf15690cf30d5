/* SPDX-License-Identifier: Apache-2.0
 *
 * The options of bulkhead watch, for its help, the completions and the man page too. */
#include "commands/commands.h"
#include "commands/watch.h"

const char *const watch_formats[] = {"text", "json", NULL};
const char *const watch_container_words[] = {"all", "engine", "bundle", "none", NULL};
const char *const watch_record_words[] = {"auto", "marked", "all", NULL};

static const char *const watch_outputs[] = {"stdout", "file=", "syslog", "program=", "http=", NULL};

static const option_row watch_rows[] = {
	{'r', "rules", OPTION_LIST, offsetof(watch_options, rules), "FILE", NULL,
		"rules in Falco's form, instead of our own; several are read in their order, of folders *.yaml and *.yml"},
	{0, "default-rules", OPTION_FLAG, offsetof(watch_options, default_rules), NULL, NULL,
		"our own rules as well, before the files of -r"},
	{0, "no-default-rules", OPTION_FLAG, offsetof(watch_options, no_default_rules), NULL, NULL,
		"no rules but those of -r"},
	{0, "replay", OPTION_STRING, offsetof(watch_options, replay), "FILE", NULL,
		"read events from a capture (.scap) instead of the kernel"},
	{0, "record", OPTION_STRING, offsetof(watch_options, record), "FOLDER", NULL,
		"write the events around alerts to captures there (.scap); see below"},
	{0, "record-rules", OPTION_CHOICE, offsetof(watch_options, record_rules), "WHICH", watch_record_words,
		"record alerts of marked rules (capture: true), of all, or auto (the default)"},
	{0, "record-time", OPTION_STRING, offsetof(watch_options, record_time), "MILLISECONDS", NULL,
		"how long after an alert, unless its rule has capture_duration (5000)"},
	{0, "record-limit", OPTION_STRING, offsetof(watch_options, record_limit), "MIB", NULL,
		"begin no capture when those in the folder have so much together (1024)"},
	{0, "select", OPTION_LIST, offsetof(watch_options, select), "WHAT", NULL,
		"enable=GLOB, disable=GLOB, enable-tag=TAG, disable-tag=TAG: switch rules, in this order"},
	{0, "priority", OPTION_STRING, offsetof(watch_options, priority), "PRIORITY", NULL,
		"leave out rules below that: emergency, alert, critical, error, warning, notice, informational, debug"},
	{0, "first", OPTION_FLAG, offsetof(watch_options, first), NULL, NULL,
		"only the first rule that is true for an event, not all"},
	{0, "iso-time", OPTION_FLAG, offsetof(watch_options, iso), NULL, NULL,
		"times with dates, in UTC (ISO 8601)"},
	{0, "containers", OPTION_CHOICE, offsetof(watch_options, containers), "WHERE", watch_container_words,
		"who is asked about containers: all (the default), engine, bundle, none"},
	{0, "output", OPTION_LIST, offsetof(watch_options, output), "KIND[=WHERE]", watch_outputs,
		"where alerts go, several at once: stdout (the default), file=PATH, syslog, program=COMMAND, http=URL"},
	{0, "resolve", OPTION_FLAG, offsetof(watch_options, resolve), NULL, NULL,
		"look up the names that rules ask for (fd.sip.name); without it such tests are false"},
	{0, "respond", OPTION_FLAG, offsetof(watch_options, respond), NULL, NULL,
		"do what rules ask for by `action: kill` or `deny`, in containers; without it alerts say what would be done"},
	{0, "limit", OPTION_STRING, offsetof(watch_options, limit), "RATE", NULL,
		"at most so many alerts of one rule in one container: 10/m (s, m, h); the others are counted"},
	{0, "listen", OPTION_STRING, offsetof(watch_options, listen), "ADDRESS:PORT", NULL,
		"serve /metrics (OpenMetrics) and /healthz there; a port alone means the loopback"},
	{0, "reload", OPTION_FLAG, offsetof(watch_options, reload), NULL, NULL,
		"read the rules anew when a file changes, not only on SIGHUP"},
	{0, "ca", OPTION_STRING, offsetof(watch_options, ca), "FILE", NULL,
		"certificates (PEM) to trust for --output http=, beside those of the system"},
	{0, "client-cert", OPTION_STRING, offsetof(watch_options, client_cert), "FILE", NULL,
		"the certificate (PEM) that is shown to the server of --output http="},
	{0, "client-key", OPTION_STRING, offsetof(watch_options, client_key), "FILE", NULL,
		"its private key (PEM)"},
	{'q', "quiet", OPTION_FLAG, offsetof(watch_options, quiet), NULL, NULL,
		"do not say how the kernel is watched"},
	{0, "parse", OPTION_FLAG, offsetof(watch_options, parse), NULL, NULL,
		"read conditions of Falco rules, one a line, and print how each is understood"},
	{'V', "validate", OPTION_FLAG, offsetof(watch_options, validate), NULL, NULL,
		"read rule files of Falco as one set, and tell what is wrong with them"},
	{'L', "list-rules", OPTION_FLAG, offsetof(watch_options, list_rules), NULL, NULL,
		"list the rules, and which of them would be in force; --format json: with their conditions"},
	{0, "fields", OPTION_FLAG, offsetof(watch_options, fields), NULL, NULL,
		"list the fields and events that rules may speak of"},
	{0, "format", OPTION_CHOICE, offsetof(watch_options, format), "FORMAT", watch_formats,
		"text (the default), json"},
	{0},
};

const command_row watch_command = {
	.name = "watch",
	.summary = "watch what processes do, by the rules of Falco",
	.arguments = "[-r FILE…] | --validate FILE… | --list-rules | --fields | --parse",
	.examples = "  bulkhead watch\n"
		    "  bulkhead watch -r falco_rules.yaml -r local_rules.yaml --format json\n"
		    "  bulkhead watch -r falco_rules.yaml --replay trace.scap\n"
		    "  bulkhead watch --output syslog --output http=https://siem.example/in\n"
		    "  bulkhead watch --record /var/lib/bulkhead/captures\n"
		    "  bulkhead watch --validate falco_rules.yaml local_rules.yaml\n"
		    "  bulkhead watch --list-rules -r falco_rules.yaml -r rules.d --priority warning\n"
		    "  echo 'evt.type = openat and fd.name startswith /etc' | bulkhead watch --parse\n",
	.details = "Events come from the kernel (Linux 5.17 or later, as root) until SIGINT or\n"
		   "SIGTERM, or from a capture. Each alert is a line on standard output or wherever\n"
		   "--output says: text, or JSON in Falco's shape. Without -r our own rules are used.\n"
		   "SIGHUP opens files of --output anew, and reads the rules anew; if these have\n"
		   "errors, the old ones stay.\n\n"
		   "Rule files are read in their order: later ones may change what earlier ones\n"
		   "define. With --validate and --format json the result has the shape of Falco's\n"
		   "falco_load_results.\n\n"
		   "With --record, the events some seconds before an alert, and for --record-time\n"
		   "after it, are written to a capture of its own; alerts meanwhile prolong it. If\n"
		   "enabled rules have capture: true only their alerts are recorded, else all. The\n"
		   "alert says which file. Captures hold arguments and environments of processes.\n\n"
		   "With --parse, standard input has one condition a line; a line that begins with a\n"
		   "double quote is a JSON string, so that a condition may have several lines. For\n"
		   "each, one line of JSON is printed: ok and ast, the tree; str, the condition\n"
		   "written anew; n_sc and sc, the events that it can be true for; or error and\n"
		   "err_pos (byte, line, column).\n\n"
		   "Exit codes: 0 no alert, or files without errors, 1 there were alerts, or errors in\n"
		   "what was looked at, 2 usage or internal error, 3 events were lost, alerts were not\n"
		   "delivered, or a file could not be read or written.",
	.options = watch_rows,
	.run = watch_run,
};
