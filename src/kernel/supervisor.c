/* SPDX-License-Identifier: Apache-2.0
 *
 * The processes that hold containers say on their command lines of which:
 *
 *   containerd-shim-runc-v2 -namespace moby -id ID -address /run/containerd/containerd.sock      (its working directory is the bundle)
 *   conmon --api-version 1 -c ID -u ID -r /usr/bin/runc -b BUNDLE -n NAME --runtime-arg --root=DIR --exit-dir …
 *   runc --root DIR run NAME                                                                     (in the foreground: its records say the rest) */
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

/* "--root=DIR", or "--root" with DIR behind it; -root is the same to runc. */
static bool read_root_option(span argument, span *rest, span *ret)
{
	argument = span_from(argument, span_starts(argument, SPAN("--")));
	if (span_starts(argument, SPAN("-root=")))
		*ret = span_from(argument, sizeof "-root=" - 1);
	else if (!span_is(argument, "-root") || !span_cut(rest, 0, ret))
		return false;
	return true;
}

/* Options in front of the command; what stands behind it may be the container's own words. */
static bool read_runtime(span program, span rest, proc_supervisor *s)
{
	span argument;
	s->runtime = program;
	s->foreground = true;
	while (span_cut(&rest, 0, &argument))
		if (span_in(argument, "run create start restore exec"))
			break;
		else
			read_root_option(argument, &rest, &s->root);
	return true;
}

/* An argument of conmon that is one for its runtime; an option and its value are two of them. */
static void read_runtime_argument(span argument, span *rest, proc_supervisor *s)
{
	span again, value = {0}, behind = *rest;
	if (span_is(argument, "--root") && span_cut(&behind, 0, &again) && span_is(again, "--runtime-arg") &&
		span_cut(&behind, 0, &value)) {
		s->root = value;
		*rest = behind;
	} else if (span_starts(argument, SPAN("--root=")))
		read_root_option(argument, rest, &s->root);
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
		if (span_is(argument, "--runtime-arg")) {
			span_cut(&rest, 0, &argument);
			read_runtime_argument(argument, &rest, s);
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
		     : span_in(program, "runc crun")                ? read_runtime(program, cmdline, &s)
								    : false;
	if (known)
		*ret = s;
	return known;
}
