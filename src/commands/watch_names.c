/* SPDX-License-Identifier: Apache-2.0
 *
 * --resolve: names of addresses that rules ask for, looked up while a run goes on. Without it nobody is asked. */
#include "base/limits.h"
#include "commands/commands.h"
#include "commands/watch_running.h"
#include "watch/ruleset_names.h"

void watch_names_follow(watching *w)
{
	arena a = {0};
	names_asked asked;
	if (!w->resolver)
		return;
	ruleset_names(w->rules->set, &a, &asked);
	resolver_want(w->resolver, asked.names.items, asked.names.count);
	if (asked.beyond)
		command_complain("watch", "rules ask for names of addresses: %u of %u are looked up",
			asked.names.count, asked.names.count + asked.beyond);
	w->names_told = asked.names.count == 0;
	arena_done(&a);
}

int watch_names_open(watching *w, error *e)
{
	if (!w->options->resolve)
		return 0;
	TRY(resolver_open(&w->resolver, e));
	w->state.names = resolver_names(w->resolver);
	watch_names_follow(w);
	return 0;
}

void watch_names_wait(watching *w)
{
	if (w->resolver)
		resolver_wait(w->resolver, LIMIT_RESOLVE_MS);
	watch_names_tell(w);
}

void watch_names_tell(watching *w)
{
	if (!w->resolver || w->names_told || !address_names_complete(w->state.names))
		return;
	names_count n = address_names_count(w->state.names);
	w->names_told = true;
	if (n.silent)
		command_complain("watch",
			"names of addresses: %u of %u are known; of %u nobody could say: %s", n.known,
			n.wanted, n.silent, resolver_trouble(w->resolver));
	else if (!w->options->quiet)
		command_complain("watch", "names of addresses: %u of %u are known", n.known, n.wanted);
}

void watch_names_tell_unasked(const watching *w)
{
	arena a = {0};
	names_asked asked;
	if (w->options->resolve || w->options->quiet)
		return;
	ruleset_names(w->rules->set, &a, &asked);
	if (asked.rules)
		command_complain("watch",
			"%u rule%s for names of addresses (fd.sip.name), which are looked up with --resolve only",
			asked.rules, asked.rules == 1 ? " asks" : "s ask");
	arena_done(&a);
}
