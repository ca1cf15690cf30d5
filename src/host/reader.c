/* SPDX-License-Identifier: Apache-2.0
 *
 * Filling workloads of hosts. */
#include "host/reader.h"

#include "base/limits.h"

const source host_source = {.name = "host", .controls = 1u << CONTROL_host};

void host_page_open(host_reader *r, const char *kind, host_page *ret)
{
	*ret = (host_page){.reader = r};
	evidence_start(&ret->seen, kind, r->arena);
	document *d = bundle_add_document(r->bundle, DOCUMENT_HOST, ret->seen.text, &host_source);
	ret->workload = bundle_add_workload(r->bundle, d, kind, kind);
	ret->workload->origin = evidence_whole(&ret->seen);
	ret->posture = &ret->workload->posture;
	posture_set_list(ret->posture, FACT_settings, KNOWN_ENFORCED, ret->workload->origin, r->arena);
	posture_set_list(ret->posture, FACT_host_files, KNOWN_ENFORCED, ret->workload->origin, r->arena);
}

void host_page_close(host_page *p)
{
	evidence_end(&p->seen);
}

void host_say(host_page *p, setting_id id, span value, const char *place, span words)
{
	arena *a = p->reader->arena;
	setting_set(p->posture, id, arena_copy(a, value), evidence_add(&p->seen, place, words), a);
}

void host_say_truth(host_page *p, setting_id id, bool value, const char *place, span words)
{
	host_say(p, id, value ? SPAN("true") : SPAN("false"), place, words);
}

void host_say_number(host_page *p, setting_id id, int64_t value, const char *place, span words)
{
	host_say(p, id, arena_format(p->reader->arena, "%lld", (long long)value), place, words);
}

void host_say_unknown(host_page *p, setting_id id, const char *reason)
{
	setting_unknown(p->posture, id, reason,
		evidence_add(&p->seen, setting_rows[id].field, span_of(reason)), p->reader->arena);
}

void host_problem(host_reader *r, const error *e)
{
	problem one = {.path = r->request->root, .message = arena_string(r->arena, span_of(e->text))};
	list_push(r->bundle->arena, &r->bundle->problems, one);
}

const text *host_text(host_reader *r, const char *path, const char **ret_reason)
{
	error e;
	span bytes;
	const char *reason = NULL;
	text *t = NULL;
	if (host_root_read(&r->root, path, LIMIT_HOST_FILE, r->arena, &bytes, &e) >= 0) {
		t = ARENA_NEW(r->arena, text);
		text_init(t, arena_string(r->arena, span_of(path)), bytes, r->arena);
	} else if (e.code != ERROR_ABSENT) {
		reason = arena_string(r->arena, span_of(e.text));
	}
	if (ret_reason)
		*ret_reason = reason;
	return t;
}
