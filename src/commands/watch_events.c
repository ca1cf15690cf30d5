/* SPDX-License-Identifier: Apache-2.0
 *
 * bulkhead watch: events of the kernel, or of a capture, against rules. The loop never waits for anybody but the kernel: outputs have
 * queues, pages have little time, rules are replaced between two events. */
#include "base/limits.h"
#include "base/memory.h"
#include "commands/commands.h"
#include "commands/watch_container_posture.h"
#include "commands/watch_reload.h"
#include "commands/watch_running.h"
#include "watch/capture.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum {
	POLL_MILLISECONDS = 5,
	TICK_MILLISECONDS = 100,
	SECOND_MILLISECONDS = 1000,
	ADDED_MOST = 64,
	LAST_POLLS = 1000
};

uint64_t watch_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* --- the end --- */

/* Delivers what is queued. */
static int finish(watching *w)
{
	watch_tell_held(w, true);
	watch_tell_outputs(w, false);
	outputs_finish(w->outputs);
	watch_tell_outputs(w, true);
	bool dropped = false;
	for (uint32_t i = 0; i < outputs_count(w->outputs); i++)
		dropped = dropped || outputs_status(w->outputs, i).dropped;
	return dropped ? EXIT_INCOMPLETE : w->found ? EXIT_FINDINGS : EXIT_CLEAN;
}

/* Nobody would ever see another alert. */
static bool all_gone(const watching *w)
{
	for (uint32_t i = 0; i < outputs_count(w->outputs); i++)
		if (!outputs_status(w->outputs, i).gone)
			return false;
	return true;
}

static bool record_open(watching *w)
{
	error e;
	if (watch_record_open(w, &w->record, &e) >= 0)
		return true;
	command_complain("watch", "%s", e.text);
	return false;
}

/* --- captures --- */

static void replay_events(watching *w, capture *c, int *ret_more, error *why)
{
	event e;
	arena scratch = {0};
	while ((*ret_more = capture_next(c, &e, why)) > 0 && !all_gone(w)) {
		arena_clear(&scratch);
		watch_record_between(w->record, w, e.time);
		state_event_before(&w->state, &e);
		if (e.hidden)
			watch_record_event(w->record, w, &e, CAPTURE_PATH_OF_FILE);
		else
			watch_tell_event(w, &e, &scratch);
		state_event_after(&w->state, &e);
		if (w->added >= ADDED_MOST) {
			outputs_step(w->outputs);
			w->added = 0;
		}
	}
	arena_done(&scratch);
}

static int replay(watching *w)
{
	capture *c;
	error why = {0};
	int more;
	if (capture_open(w->options->replay, &w->state, &c, &why) < 0) {
		command_complain("watch", "%s", why.text);
		return EXIT_INCOMPLETE;
	}
	bool good = watch_names_open(w, &why) >= 0;
	if (!good)
		command_complain("watch", "%s", why.text);
	if (!good || !record_open(w)) {
		capture_close(c);
		return EXIT_USAGE;
	}
	watch_names_wait(w);
	w->told = told_containers_new(container_weigh_told, container_weights_new(&w->arena));
	replay_events(w, c, &more, &why);
	bool recorded = watch_record_close(w->record);
	w->record = NULL;
	const char *damage = NULL;
	uint64_t damaged = capture_damaged(c, &damage);
	if (more < 0)
		command_complain("watch", "%s", why.text);
	if (damaged)
		command_complain("watch", "%s: %llu events or blocks are damaged and were left out: %s",
			w->options->replay, (unsigned long long)damaged, damage);
	capture_close(c);
	int ret = finish(w);
	return more < 0 || damaged || !recorded ? EXIT_INCOMPLETE : ret;
}

/* --- the kernel --- */

typedef struct turning { /* what only the loop knows */
	int signals;
	watch_reload *reload; /* NULL: rule files are not watched */
	int64_t ticked, told;
	bool over;
} turning;

/* Signals come as something to read. */
static int signals_open(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void signals_read(watching *w, turning *t)
{
	struct signalfd_siginfo s;
	bool again = false;
	while (read(t->signals, &s, sizeof s) == sizeof s)
		if (s.ssi_signo == SIGHUP)
			again = true;
		else
			t->over = true;
	if (!again || t->over)
		return;
	outputs_reopen(w->outputs);
	watch_rules_reload(w);
}

/* What is to be done each second, and not for every event. */
static void look_around(watching *w, turning *t, int64_t now)
{
	if (now - t->told < SECOND_MILLISECONDS)
		return;
	t->told = now;
	w->time = watch_now();
	watch_tell_lost(w, live_lost(w->live));
	watch_tell_held(w, false);
	watch_tell_outputs(w, false);
	watch_names_tell(w);
	t->over = t->over || all_gone(w);
}

/* Waits when the kernel had nothing, and gives the others their turn. */
static void turn(watching *w, turning *t, bool busy)
{
	poll_set set;
	set.count = 0;
	poll_set_add(&set, t->signals, POLLIN);
	poll_set_add(&set, live_fd(w->live), POLLIN);
	poll_set_add(&set, watch_reload_fd(t->reload), POLLIN);
	outputs_poll(w->outputs, &set);
	if (w->resolver)
		resolver_poll(w->resolver, &set);
	if (w->server)
		server_poll(w->server, &set);
	int ready = poll(set.fds, set.count, busy || w->added ? 0 : POLL_MILLISECONDS);
	int64_t now = (int64_t)(watch_now() / 1000000u);
	if (ready <= 0 && !w->added && now - t->ticked < TICK_MILLISECONDS)
		return;
	t->ticked = now;
	w->added = 0;
	signals_read(w, t);
	if (watch_reload_due(t->reload, w))
		watch_rules_reload(w);
	outputs_step(w->outputs);
	if (w->resolver)
		resolver_step(w->resolver);
	if (w->server)
		server_step(w->server, watch_page, w);
	look_around(w, t, now);
}

static int watch_loop(watching *w, turning *t)
{
	error e;
	int n = 0;
	while (n >= 0 && !t->over) {
		watch_record_between(w->record, w, watch_now());
		n = live_poll(w->live, 0, watch_tell_event, w, &e);
		turn(w, t, n > 0);
	}
	/* What came before the end still counts. */
	for (int i = 0; i < LAST_POLLS && n > 0; i++)
		n = live_poll(w->live, 0, watch_tell_event, w, &e);
	if (n < 0)
		command_complain("watch", "%s", e.text);
	w->time = watch_now();
	watch_tell_lost(w, live_lost(w->live));
	return n;
}

static void see_process(void *of, process *p)
{
	watching *w = of;
	watch_containers_see(w->containers, w->state.processes, p);
}

static void keep_events(void *of)
{
	live_keep(of);
}

/* Those that run already are asked about before anything happens in them. */
static void containers_open(watching *w)
{
	static const unsigned sources[] = {WATCH_CONTAINERS_ALL, WATCH_CONTAINERS_ENGINES,
		WATCH_CONTAINERS_BUNDLES, WATCH_CONTAINERS_NONE};
	unsigned asked = sources[w->options->containers];
	if (asked == WATCH_CONTAINERS_NONE)
		return;
	w->containers = watch_containers_open(asked);
	w->lookup = watch_containers_lookup(w->containers);
	watch_containers_meanwhile(w->containers, keep_events, w->live);
	process_each(w->state.processes, see_process, w);
}

/* What was asked for by rules and cannot be done. */
void watch_tell_refusals(const watching *w)
{
	span lines = live_refused(w->live), line;
	while (span_cut(&lines, '\n', &line))
		command_complain("watch", "%.*s", SPAN_ARG(line));
}

static void tell_start(const watching *w)
{
	if (w->server && !w->options->quiet)
		command_complain(
			"watch", "pages for monitors at port %u: /metrics, /healthz", server_port(w->server));
	if (!w->options->quiet)
		command_complain("watch", "watching by %s; %u rules", live_means(w->live), w->rules->enabled);
	watch_tell_refusals(w);
	watch_names_tell_unasked(w);
	if (live_missing(w->live).n)
		command_complain("watch", "rules ask for system calls that are not told here:%.*s",
			SPAN_ARG(live_missing(w->live)));
}

static int watch_kernel(watching *w)
{
	error e = {0};
	turning t = {.signals = signals_open()};
	bool good = t.signals >= 0 || (error_set_system(&e, "signals"), false);
	good = good && (!w->options->listen || server_open(w->options->listen, &w->server, &e) >= 0);
	good = good && (!w->options->reload || watch_reload_open(w->options, &t.reload, &e) >= 0);
	good = good && watch_names_open(w, &e) >= 0;
	good = good && live_open(w->rules->set, w->options->respond, &w->state, &w->live, &e) >= 0;
	int ret = EXIT_USAGE;
	if (!good)
		command_complain("watch", "%s", e.text);
	/* After what wants to be begun while there is one thread only. */
	if (good && record_open(w)) {
		tell_start(w);
		w->alerts.hostname = w->state.hostname;
		containers_open(w);
		int n = watch_loop(w, &t);
		live_close(w->live);
		w->live = NULL;
		watch_containers_close(w->containers);
		bool recorded = watch_record_close(w->record);
		w->record = NULL;
		ret = finish(w);
		ret = n < 0 || all_gone(w) ? EXIT_USAGE : w->lost || !recorded ? EXIT_INCOMPLETE : ret;
	}
	server_close(w->server);
	watch_reload_close(t.reload);
	if (t.signals >= 0)
		close(t.signals);
	return ret;
}

/* --- the run --- */

static bool outputs_ready(watching *w)
{
	const watch_options *o = w->options;
	output_options q = {.words = o->output.items,
		.count = o->output.count,
		.ca = o->ca,
		.client_cert = o->client_cert,
		.client_key = o->client_key,
		.json = w->alerts.json,
		.patient = o->replay != NULL};
	error e;
	if ((o->limit && alert_limit_new(o->limit, &w->limit, &e) < 0) ||
		outputs_open(&q, &w->outputs, &e) < 0) {
		command_complain("watch", "%s", e.text);
		return false;
	}
	w->notices = ARENA_ARRAY(&w->arena, watch_notice, outputs_count(w->outputs));
	return true;
}

/* What is asked for only when it is needed, which may be long after. */
static bool file_readable(const char *option, const char *path)
{
	bool ret = !path || access(path, R_OK) == 0;
	if (!ret)
		command_complain("watch", "%s %s: %s", option, path, strerror(errno));
	return ret;
}

static bool options_sound(const watch_options *o)
{
	bool records = o->record_rules || o->record_time || o->record_limit;
	const char *fault = o->rules.count == 0 && o->no_default_rules && !o->default_rules
				    ? "which rules? -r FILE names a file of them"
			    : o->default_rules && o->no_default_rules
				    ? "--default-rules and --no-default-rules contradict one another"
			    : records && !o->record
				    ? "--record FOLDER is missing: the other options of recording go with it"
			    : o->replay && o->respond           ? "--respond is not for captures"
			    : o->replay && o->listen            ? "--listen is not for captures"
			    : o->replay && o->reload            ? "--reload is not for captures"
			    : !o->client_cert != !o->client_key ? "--client-cert and --client-key go together"
								: NULL;
	if (fault)
		command_complain("watch", "%s", fault);
	return !fault && file_readable("--ca", o->ca) && file_readable("--client-cert", o->client_cert) &&
	       file_readable("--client-key", o->client_key);
}

int watch_events(const watch_options *o)
{
	watching w = {.options = o, .started = watch_now()};
	int ret = EXIT_USAGE;
	if (!options_sound(o))
		return ret;
	w.alerts = (alert_options){
		.json = o->format == 1, .iso_time = o->iso, .output = true, .fields = true, .tags = true};
	state_init(&w.state, &w.arena);
	if ((w.rules = watch_rules_new(&w)) && outputs_ready(&w)) {
		char name[256] = "";
		gethostname(name, sizeof name - 1);
		w.alerts.hostname = span_of(name);
		ret = o->replay ? replay(&w) : watch_kernel(&w);
	}
	resolver_close(w.resolver);
	outputs_close(w.outputs);
	alert_limit_free(w.limit);
	told_containers_free(w.told);
	state_done(&w.state);
	watch_rules_free(w.rules);
	buffer_done(&w.line);
	arena_done(&w.scratch);
	arena_done(&w.arena);
	return ret;
}
