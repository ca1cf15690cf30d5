/* SPDX-License-Identifier: Apache-2.0
 *
 * Joins the rules that want calls denied with the programs that do it. When the rules change, both sets of clauses are in force until the
 * new rules have taken the place of the old ones. */
#include "watch/live_deny.h"

#include <string.h>

/* Processes that run already. */
typedef struct naming {
	const denier *denier;
	const deny_table *table;
} naming;

static void name_process(void *of, process *p)
{
	const naming *n = of;
	denier_named(n->denier, n->table, (uint32_t)p->pid, process_text_get(p, PROCESS_COMM));
}

/* What rules ask for that is not done, a line each. */
static void refusals_tell(live_denials *d, const deny_table *t, uint32_t hooks)
{
	static const char *const calls[DENY_HOOKS] = {"opens", "execs", "connects"};
	d->refused.n = 0;
	list_each(const deny_refusal, r, &t->refused) {
		buffer_format(&d->refused, "rule \"%.*s\" only alerts: ", SPAN_ARG(r->rule->name));
		if (r->elsewhere)
			buffer_add_string(&d->refused, "only opens, execs and connects can be denied\n");
		else if (r->field)
			buffer_format(&d->refused,
				"this test of %s cannot be answered where the call is made\n", r->field);
		else
			buffer_add_string(&d->refused,
				"the way its tests are joined cannot be decided where the call is made\n");
	}
	for (int hook = 0; hook < DENY_HOOKS; hook++) {
		uint64_t active = 0;
		for (uint32_t class = 0; class < CLASS_COUNT; class ++)
			active |= t->config.active[hook][class];
		if (active && !(hooks >> hook & 1))
			buffer_format(&d->refused, "%s cannot be denied by this kernel: %s\n", calls[hook],
				hook == DENY_CONNECT
					? "cgroups of version 2 are not mounted, or only a part of them"
					: "it lets no BPF program be a security module");
	}
}

int live_deny(live_denials *d, const ruleset *rules, const collector *c, const watch_state *s, error *e)
{
	arena a = {0};
	deny_table t;
	denier *new = NULL;
	uint32_t first = DENY_TABLE_CLAUSES - d->first;
	int status = 0;
	live_deny_close(d);
	ruleset_deny(rules, first, &a, &t);
	if (t.count)
		status = denier_open(&t, c, &new, e);
	if (status >= 0) {
		naming n = {new, &t};
		if (new)
			process_each(s->processes, name_process, &n);
		d->leaving = d->now;
		d->now = new;
		d->first = first;
		memcpy(d->by + first, t.rules, sizeof t.rules);
		refusals_tell(d, &t, new ? denier_hooks(new) : UINT32_MAX);
	}
	arena_done(&a);
	return status;
}

void live_deny_look(live_denials *d, const ruleset *rules)
{
	arena a = {0};
	deny_table t;
	ruleset_deny(rules, 0, &a, &t);
	refusals_tell(d, &t, UINT32_MAX);
	arena_done(&a);
}

void live_deny_close(live_denials *d)
{
	denier_close(d->leaving);
	d->leaving = NULL;
}

void live_deny_forget(live_denials *d)
{
	memset(d->by + (DENY_TABLE_CLAUSES - d->first), 0, DENY_TABLE_CLAUSES * sizeof *d->by);
}

void live_deny_done(live_denials *d)
{
	live_deny_close(d);
	denier_close(d->now);
	buffer_done(&d->refused);
}

const watch_rule *live_deny_rule(const live_denials *d, uint64_t clauses, uint32_t index)
{
	for (uint32_t i = 0; i < DENY_CLAUSES; i++)
		if ((clauses >> i & 1) && d->by[i] && index-- == 0)
			return d->by[i];
	return NULL;
}

bool live_deny_has(const live_denials *d, const watch_rule *rule)
{
	for (uint32_t i = 0; d->now && i < DENY_TABLE_CLAUSES; i++)
		if (d->by[d->first + i] == rule)
			return true;
	return false;
}
