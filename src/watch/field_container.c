/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields of the container of an event: container.*, k8s.* What is not known is missing, and so true for no test. */
#include "watch/containers.h"
#include "watch/field_get.h"

#include <fnmatch.h>

static span id_of(const event_view *v)
{
	span id = v->event->process ? process_text_get(v->event->process, PROCESS_CONTAINER) : (span){0};
	return id.n ? id : SPAN("host");
}

const watch_container *watch_field_container(const event_view *v)
{
	span id = id_of(v);
	return v->containers && !span_is(id, "host") ? v->containers->find(v->containers->of, id) : NULL;
}

static bool get_id(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	return field_text(ret, id_of(v));
}

static bool get_text(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const watch_container *c = watch_field_container(v);
	if (f->id == FIELD_CONTAINER_NAME && v->containers && span_is(id_of(v), "host"))
		return field_text(ret, SPAN("host"));
	if (!c)
		return false;
	switch (f->id) {
	case FIELD_CONTAINER_FULL_ID:
		return field_text(ret, c->id);
	case FIELD_CONTAINER_NAME:
		return field_text(ret, c->name);
	case FIELD_CONTAINER_TYPE:
		return field_text(ret, c->type);
	case FIELD_CONTAINER_IMAGE:
		return field_text(ret, c->image);
	case FIELD_CONTAINER_IMAGE_ID:
		return field_text(ret, c->image_id);
	case FIELD_CONTAINER_IMAGE_REPOSITORY:
		return field_text(ret, c->repository);
	case FIELD_CONTAINER_IMAGE_TAG:
		return field_text(ret, c->tag);
	case FIELD_CONTAINER_IMAGE_DIGEST:
		return field_text(ret, c->digest);
	case FIELD_K8S_POD_NAME:
		return field_text(ret, c->pod);
	case FIELD_K8S_POD_UID:
		return field_text(ret, c->pod_uid);
	case FIELD_K8S_NS_NAME:
		return field_text(ret, c->namespace_name);
	default:
		return false;
	}
}

static bool get_truth(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const watch_container *c = watch_field_container(v);
	if (!c)
		return false;
	switch (f->id) {
	case FIELD_CONTAINER_PRIVILEGED:
		return field_truth(ret, c->privileged);
	case FIELD_CONTAINER_HOST_PID:
		return field_truth(ret, c->host_pid);
	case FIELD_CONTAINER_HOST_NETWORK:
		return field_truth(ret, c->host_network);
	default:
		return field_truth(ret, c->host_ipc);
	}
}

static bool get_start(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const watch_container *c = watch_field_container(v);
	if (!c || c->start == 0)
		return false;
	uint64_t now = v->event->time;
	if (f->id == FIELD_CONTAINER_START_TS)
		return field_number(ret, (int64_t)c->start);
	return now >= c->start && field_number(ret, (int64_t)(now - c->start));
}

static void write_mount(const watch_mount *m, buffer *out)
{
	buffer_format(out, "%.*s:%.*s:%.*s:%s:%.*s", SPAN_ARG(m->source), SPAN_ARG(m->target),
		SPAN_ARG(m->mode), m->writable ? "true" : "false", SPAN_ARG(m->propagation));
}

static bool get_mounts(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const watch_container *c = watch_field_container(v);
	auto_buffer out = {0};
	if (!c)
		return false;
	for (uint32_t i = 0; i < c->mounts.count; i++) {
		if (i)
			buffer_add_byte(&out, ',');
		write_mount(&c->mounts.items[i], &out);
	}
	return field_keep(v, &out, ret);
}

/* The mount that an argument means: its number, or a pattern of where it comes from (container.mount.dest) or goes to. */
static const watch_mount *mount_of(const watch_container *c, const field_row *f, arena *a)
{
	bool number = f->argument.n && f->argument.p[0] >= '0' && f->argument.p[0] <= '9';
	if (number)
		return f->number >= 0 && f->number < c->mounts.count ? &c->mounts.items[f->number] : NULL;
	const char *pattern = arena_string(a, f->argument);
	for (uint32_t i = 0; i < c->mounts.count; i++) {
		const watch_mount *m = &c->mounts.items[i];
		span against = f->id == FIELD_CONTAINER_MOUNT_SOURCE ? m->target : m->source;
		if (fnmatch(pattern, arena_string(a, against), 0) == 0)
			return m;
	}
	return NULL;
}

static bool get_mount(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const watch_container *c = watch_field_container(v);
	const watch_mount *m = c ? mount_of(c, f, v->scratch) : NULL;
	auto_buffer out = {0};
	/* Rules ask for what is mounted by `not … in ("<NA>", "N/A")`: nothing would be mounted everywhere for them. */
	if (!m)
		return v->containers && field_text(ret, SPAN("<NA>"));
	switch (f->id) {
	case FIELD_CONTAINER_MOUNT_SOURCE:
		return field_text(ret, m->source);
	case FIELD_CONTAINER_MOUNT_DEST:
		return field_text(ret, m->target);
	case FIELD_CONTAINER_MOUNT_MODE:
		return field_text(ret, m->mode);
	case FIELD_CONTAINER_MOUNT_RDWR:
		return field_text(ret, m->writable ? SPAN("true") : SPAN("false"));
	case FIELD_CONTAINER_MOUNT_PROPAGATION:
		return field_text(ret, m->propagation);
	default:
		write_mount(m, &out);
		return field_keep(v, &out, ret);
	}
}

static bool get_label(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)index;
	const watch_container *c = watch_field_container(v);
	for (uint32_t i = 0; c && i < c->labels.count; i++) {
		span label = c->labels.items[i];
		if (label.n > f->argument.n && label.p[f->argument.n] == '=' &&
			span_starts(label, f->argument))
			return field_text(ret, span_from(label, f->argument.n + 1));
	}
	return false;
}

static bool get_labels(const event_view *v, const field_row *f, uint32_t index, field_value *ret)
{
	(void)f, (void)index;
	const watch_container *c = watch_field_container(v);
	auto_buffer out = {0};
	if (!c)
		return false;
	for (uint32_t i = 0; i < c->labels.count; i++) {
		span label = c->labels.items[i];
		size_t equals = span_find_byte(label, '=');
		buffer_format(&out, "%s%.*s:%.*s", i ? ", " : "", SPAN_ARG(span_sub(label, 0, equals)),
			SPAN_ARG(span_from(label, equals == SPAN_NONE ? label.n : equals + 1)));
	}
	return field_keep(v, &out, ret);
}

field_getter *const field_container_getters[FIELD_COUNT] = {
	[FIELD_CONTAINER_ID] = get_id,
	[FIELD_CONTAINER_FULL_ID] = get_text,
	[FIELD_CONTAINER_NAME] = get_text,
	[FIELD_CONTAINER_TYPE] = get_text,
	[FIELD_CONTAINER_IMAGE] = get_text,
	[FIELD_CONTAINER_IMAGE_ID] = get_text,
	[FIELD_CONTAINER_IMAGE_REPOSITORY] = get_text,
	[FIELD_CONTAINER_IMAGE_TAG] = get_text,
	[FIELD_CONTAINER_IMAGE_DIGEST] = get_text,
	[FIELD_K8S_POD_NAME] = get_text,
	[FIELD_K8S_POD_UID] = get_text,
	[FIELD_K8S_NS_NAME] = get_text,
	[FIELD_CONTAINER_PRIVILEGED] = get_truth,
	[FIELD_CONTAINER_HOST_PID] = get_truth,
	[FIELD_CONTAINER_HOST_NETWORK] = get_truth,
	[FIELD_CONTAINER_HOST_IPC] = get_truth,
	[FIELD_CONTAINER_START_TS] = get_start,
	[FIELD_CONTAINER_DURATION] = get_start,
	[FIELD_CONTAINER_MOUNTS] = get_mounts,
	[FIELD_CONTAINER_MOUNT] = get_mount,
	[FIELD_CONTAINER_MOUNT_SOURCE] = get_mount,
	[FIELD_CONTAINER_MOUNT_DEST] = get_mount,
	[FIELD_CONTAINER_MOUNT_MODE] = get_mount,
	[FIELD_CONTAINER_MOUNT_RDWR] = get_mount,
	[FIELD_CONTAINER_MOUNT_PROPAGATION] = get_mount,
	[FIELD_CONTAINER_LABEL] = get_label,
	[FIELD_CONTAINER_LABELS] = get_labels,
};
