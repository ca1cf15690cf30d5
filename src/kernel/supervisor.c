/* SPDX-License-Identifier: Apache-2.0
 *
 * The processes that hold containers say on their command lines of which:
 *
 *   containerd-shim-runc-v2 -namespace moby -id ID -address /run/containerd/containerd.sock      (its working directory is the bundle)
 *   conmon --api-version 1 -c ID -u ID -r /usr/bin/runc -b BUNDLE -n NAME --exit-dir … */
#include "kernel/proc.h"

static span base_name(span path)
{
	size_t slash = span_find_last(path, '/');
	return slash == SPAN_NONE ? path : span_from(path, slash + 1);
}

/* The runtime in "containerd-shim-runc-v2", which may be called kata or runsc as well. */
static bool read_shim(span program, span rest, proc_supervisor *s)
{
	span argument;
	program = span_from(program, sizeof "containerd-shim-" - 1);
	size_t dash = span_find_last(program, '-');
	s->shim = true;
	s->runtime = span_sub(program, 0, dash);
	while (span_cut(&rest, 0, &argument)) {
		if (span_is(argument, "-namespace") || span_is(argument, "--namespace"))
			span_cut(&rest, 0, &s->name_space);
		else if (span_is(argument, "-id") || span_is(argument, "--id"))
			span_cut(&rest, 0, &s->id);
	}
	s->engine = span_is(s->name_space, "moby") ? "docker" : "containerd";
	return s->id.n > 0;
}

static bool read_conmon(span rest, proc_supervisor *s)
{
	static const char *const ids[] = {"-c", "--cid"}, *const names[] = {"-n", "--name"},
				 *const bundles[] = {"-b", "--bundle"},
				 *const runtimes[] = {"-r", "--runtime"};
	const struct {
		const char *const *options;
		span *value;
	} wanted[] = {{ids, &s->id}, {names, &s->name}, {bundles, &s->bundle}, {runtimes, &s->runtime}};
	span argument, ignored;
	s->engine = "podman";
	while (span_cut(&rest, 0, &argument)) {
		if (span_starts(argument, SPAN("--exit-command"))) { /* words of another command line */
			span_cut(&rest, 0, &ignored);
			continue;
		}
		for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
			if (span_is(argument, wanted[i].options[0]) ||
				span_is(argument, wanted[i].options[1])) {
				span_cut(&rest, 0, wanted[i].value);
				argument = *wanted[i].value;
				break;
			}
		s->exec |= span_is(argument, "-e") || span_is(argument, "--exec") ||
			   span_is(argument, "--exec-attach") || span_is(argument, "--exec-process-spec");
		if (span_contains(argument, "/crio"))
			s->engine = "cri-o";
	}
	s->runtime = base_name(s->runtime);
	return s->id.n > 0;
}

bool proc_supervisor_read(span cmdline, proc_supervisor *ret)
{
	proc_supervisor s = {.engine = ""};
	span program;
	if (!span_cut(&cmdline, 0, &program))
		return false;
	program = base_name(program);
	bool known = span_starts(program, SPAN("containerd-shim-")) ? read_shim(program, cmdline, &s)
		     : span_is(program, "conmon")                   ? read_conmon(cmdline, &s)
								    : false;
	if (known)
		*ret = s;
	return known;
}
