/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules ask for beside their alerts. Nothing is done unless --respond is given, and never to a process of the host. */
#include "commands/watch_running.h"

static alert_action kill_it(watching *w, const event *e)
{
	static const struct {
		bool done;
		const char *how;
	} rows[] = {
		[LIVE_SPARED] = {false, "it is not in a container"},
		[LIVE_ENDED] = {false, "the process had ended"},
		[LIVE_KILLED_AT_ONCE] = {true,
			"the process was stopped at this event and did nothing after it"},
		[LIVE_KILLED] = {true, "the process went on until this alert"},
	};
	live_killed how = live_kill(w->live, e);
	return (alert_action){"kill", rows[how].done, span_of(rows[how].how)};
}

/* It was decided in the kernel already, or not at all. */
static alert_action denied(const watching *w, const watch_rule *rule)
{
	if (live_denied_by(w->live, 0))
		return (alert_action){"deny", true, SPAN("the call failed with EPERM")};
	return (alert_action){"deny", false,
		live_denies(w->live, rule)
			? SPAN("it was done in a way, or at a time, in which it is not denied")
			: SPAN("this kernel cannot decide it")};
}

bool watch_respond_told(const watching *w, const watch_rule *rule)
{
	return rule->action == WATCH_DENY && w->live && !live_denied_by(w->live, 0) &&
	       live_denies(w->live, rule) && live_refused_call(w->live);
}

static bool of_host(const event *e)
{
	return !e->process || !process_text_get(e->process, PROCESS_CONTAINER).n;
}

alert_action watch_respond(watching *w, const watch_rule *rule, const event *e)
{
	static const char *const asked[] = {
		[WATCH_TELL] = "none", [WATCH_KILL] = "kill", [WATCH_DENY] = "deny"};
	alert_action ret = {.asked = asked[rule->action]};
	if (rule->action == WATCH_TELL)
		return ret;
	if (w->options->replay)
		ret.how = SPAN("this is a capture");
	else if (of_host(e) && !(w->live && live_denied_by(w->live, 0)))
		ret.how = SPAN("it is not in a container");
	else if (!w->options->respond)
		ret.how = SPAN("--respond is not given");
	else
		ret = rule->action == WATCH_KILL ? kill_it(w, e) : denied(w, rule);
	return ret;
}
