/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of Docker's Engine API (1.24 and later), of libpod's (4 and later) and of containers/storage for the same things. Healthchecks, addresses and
 * networks are not read. */
#include "watch/container_read.h"

#include "base/limits.h"
#include "formats/json.h"
#include "formats/reference.h"

#include <string.h>
#include <time.h>

enum { ID_SHOWN = 12, ID_DIGITS = 64, NANOSECOND_DIGITS = 9 };

/* --- texts --- */

static span copy(const node *n, arena *a)
{
	return arena_copy(a, span_sub(node_text(n), 0, LIMIT_WATCH_PATH));
}

static void take(span *field, const node *n, arena *a)
{
	if (node_text(n).n)
		*field = copy(n, a);
}

static bool is_hex(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_digit(s.p[i]) && (s.p[i] < 'a' || s.p[i] > 'f'))
			return false;
	return true;
}

static span without_hash(span id)
{
	return span_starts(id, SPAN("sha256:")) ? span_from(id, sizeof "sha256:" - 1) : id;
}

static bool is_of(span whole, span id)
{
	return id.n >= ID_SHOWN && whole.n == ID_DIGITS && is_hex(whole) && span_starts(whole, id);
}

/* --- times --- */

/* "2024-05-06T07:08:09.123456789+02:00" */
uint64_t container_time_read(span text)
{
	char room[64] = "";
	struct tm day = {0};
	if (text.n >= sizeof room)
		return 0;
	if (text.n)
		memcpy(room, text.p, text.n);
	const char *rest = strptime(room, "%Y-%m-%dT%H:%M:%S", &day);
	int64_t seconds = rest ? timegm(&day) : 0, hours = 0, minutes = 0, nanoseconds = 0, unit = 1000000000;
	if (seconds <= 0)
		return 0;
	if (*rest == '.')
		for (rest++; ascii_digit(*rest); rest++) {
			unit /= 10;
			nanoseconds += unit * (*rest - '0');
		}
	span zone = span_of(rest);
	if (zone.n == 6 && span_int(span_sub(zone, 1, 2), &hours) && span_int(span_sub(zone, 4, 2), &minutes))
		seconds -= (zone.p[0] == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
	return seconds > 0 ? (uint64_t)seconds * 1000000000u + (uint64_t)nanoseconds : 0;
}

/* --- images --- */

void container_image_set(watch_container *c, span image, arena *a)
{
	if (image.n == 0)
		return;
	c->image = arena_copy(a, span_sub(image, 0, LIMIT_WATCH_PATH));
	c->repository = c->tag = c->digest = (span){0};
	if (is_hex(without_hash(c->image)) && c->image.n >= ID_SHOWN)
		return;
	reference parts = reference_split(c->image, a);
	span name = c->image;
	if (parts.digest.n)
		name = span_sub(name, 0, name.n - parts.digest.n - 1);
	if (parts.tag.n)
		name = span_sub(name, 0, name.n - parts.tag.n - 1);
	c->repository = name;
	c->tag = parts.tag.n || parts.digest.n ? parts.tag : SPAN("latest");
	c->digest = parts.digest;
}

static void take_image_id(watch_container *c, span id, arena *a)
{
	id = without_hash(id);
	if (id.n == ID_DIGITS && is_hex(id))
		c->image_id = arena_copy(a, span_sub(id, 0, ID_SHOWN));
}

/* "docker.io/library/nginx" and "nginx" are one repository. */
static bool is_same_repository(span one, span other, arena *a)
{
	reference x = reference_split(one, a), y = reference_split(other, a);
	return span_equal(x.registry, y.registry) && span_equal(x.repository, y.repository);
}

void container_read_image(const node *image, arena *a, watch_container *c)
{
	const node *tags = node_get(image, "RepoTags"), *digests = node_get(image, "RepoDigests");
	if (!c->repository.n && node_is_list(tags) && tags->count) {
		span typed = c->image;
		container_image_set(c, node_text(tags->items[0]), a);
		c->image = typed;
	}
	for (uint32_t i = 0; !c->digest.n && node_is_list(digests) && i < digests->count; i++) {
		span one = node_text(digests->items[i]);
		size_t at = span_find_byte(one, '@');
		if (at != SPAN_NONE && c->repository.n &&
			is_same_repository(span_sub(one, 0, at), c->repository, a))
			c->digest = arena_copy(a, span_from(one, at + 1));
	}
}

/* --- labels --- */

/* Each that fits, in their order. */
static void take_labels(watch_container *c, const node *labels, arena *a)
{
	size_t room = LIMIT_WATCH_CONTAINER_BYTES;
	c->labels.count = 0;
	for (uint32_t i = 0; node_is_map(labels) && i < labels->count; i++) {
		span name = labels->members[i].key->value, value = node_text(labels->members[i].value);
		size_t all = sizeof(span) + name.n + value.n;
		if (all > room)
			continue;
		room -= all;
		list_push(a, &c->labels, arena_format(a, "%.*s=%.*s", SPAN_ARG(name), SPAN_ARG(value)));
	}
}

/* The kubelet has Docker and CRI-O write these down. */
static void take_pod(watch_container *c, const node *names, arena *a)
{
	take(&c->pod, node_get(names, "io.kubernetes.pod.name"), a);
	take(&c->namespace_name, node_get(names, "io.kubernetes.pod.namespace"), a);
	take(&c->pod_uid, node_get(names, "io.kubernetes.pod.uid"), a);
}

/* --- mounts --- */

static bool mount_fits(const watch_mount *m, size_t *room)
{
	size_t all = sizeof *m + m->source.n + m->target.n + m->mode.n + m->propagation.n;
	if (all > *room)
		return false;
	*room -= all;
	return true;
}

static void take_mounts(watch_container *c, const node *mounts, arena *a)
{
	size_t room = LIMIT_WATCH_CONTAINER_BYTES;
	c->mounts.count = 0;
	for (uint32_t i = 0; node_is_list(mounts) && i < mounts->count; i++) {
		const node *from = mounts->items[i];
		watch_mount m = {.source = node_text(node_get(from, "Source")),
			.target = node_text(node_get(from, "Destination")),
			.mode = node_text(node_get(from, "Mode")),
			.propagation = node_text(node_get(from, "Propagation")),
			.writable = node_truth(node_get(from, "RW")) > 0};
		if (m.target.n == 0 || !mount_fits(&m, &room))
			continue;
		m.source = arena_copy(a, m.source);
		m.target = arena_copy(a, m.target);
		m.mode = arena_copy(a, m.mode);
		m.propagation = arena_copy(a, m.propagation);
		list_push(a, &c->mounts, m);
	}
}

/* --- answers of engines --- */

static void take_name(watch_container *c, span name, arena *a)
{
	if (span_starts(name, SPAN("/")))
		name = span_from(name, 1);
	if (name.n)
		c->name = arena_copy(a, span_sub(name, 0, LIMIT_WATCH_PATH));
}

bool container_read_inspect(const node *inspect, span id, arena *a, watch_container *ret)
{
	const node *host = node_get(inspect, "HostConfig"), *config = node_get(inspect, "Config");
	span image = node_text(node_get(config, "Image")), podman = node_text(node_get(inspect, "ImageName"));
	if (!is_of(node_text(node_get(inspect, "Id")), id) || !node_is_map(host) || !node_is_map(config))
		return false;
	ret->id = copy(node_get(inspect, "Id"), a);
	take_name(ret, node_text(node_get(inspect, "Name")), a);
	container_image_set(ret, podman.n ? podman : image, a);
	take_image_id(ret, node_text(node_get(inspect, "Image")), a);
	if (!ret->digest.n)
		take(&ret->digest, node_get(inspect, "ImageDigest"), a);
	ret->privileged = node_truth(node_get(host, "Privileged")) > 0;
	ret->host_pid = span_is(node_text(node_get(host, "PidMode")), "host");
	ret->host_ipc = span_is(node_text(node_get(host, "IpcMode")), "host");
	ret->host_network = span_is(node_text(node_get(host, "NetworkMode")), "host");
	ret->start = container_time_read(node_text(node_path(inspect, "State/StartedAt")));
	if (!ret->start)
		ret->start = container_time_read(node_text(node_get(inspect, "Created")));
	take_mounts(ret, node_get(inspect, "Mounts"), a);
	take_labels(ret, node_get(config, "Labels"), a);
	take_pod(ret, node_get(config, "Labels"), a);
	return true;
}

void container_read_told(const node *told, arena *a, watch_container *ret)
{
	take_mounts(ret, node_get(told, "Mounts"), a);
	take_labels(ret, node_get(told, "labels"), a);
	take_pod(ret, node_get(told, "labels"), a);
}

bool container_read_listed(const node *list, span id, arena *a, watch_container *ret)
{
	const node *one = NULL;
	int64_t created;
	for (uint32_t i = 0; !one && node_is_list(list) && i < list->count; i++)
		if (is_of(node_text(node_get(list->items[i], "Id")), id))
			one = list->items[i];
	if (!one)
		return false;
	ret->id = copy(node_get(one, "Id"), a);
	take_name(ret, node_text(node_path(one, "Names/0")), a);
	container_image_set(ret, node_text(node_get(one, "Image")), a);
	take_image_id(ret, node_text(node_get(one, "ImageID")), a);
	ret->host_network = span_is(node_text(node_path(one, "HostConfig/NetworkMode")), "host");
	if (node_int(node_get(one, "Created"), &created) && created > 0 && created < INT32_MAX * 4ll)
		ret->start = (uint64_t)created * 1000000000u;
	take_mounts(ret, node_get(one, "Mounts"), a);
	take_labels(ret, node_get(one, "Labels"), a);
	take_pod(ret, node_get(one, "Labels"), a);
	return true;
}

/* --- the store --- */

/* "metadata" is a text that is JSON: {"image-name", "image-id", "name", …}. */
static void take_metadata(watch_container *c, span bytes, arena *a)
{
	error e;
	arena scratch = {0};
	text t;
	node *root = NULL;
	node_problems problems = {0};
	text_init(&t, "metadata", bytes, &scratch);
	if (json_read(&t, &scratch, &root, &problems, &e) >= 0) {
		take_name(c, node_text(node_get(root, "name")), a);
		container_image_set(c, node_text(node_get(root, "image-name")), a);
		take_image_id(c, node_text(node_get(root, "image-id")), a);
	}
	arena_done(&scratch);
}

bool container_read_stored(const node *all, span id, arena *a, watch_container *ret)
{
	for (uint32_t i = 0; node_is_list(all) && i < all->count; i++) {
		const node *one = all->items[i];
		if (!is_of(node_text(node_get(one, "id")), id))
			continue;
		ret->id = copy(node_get(one, "id"), a);
		take_name(ret, node_text(node_path(one, "names/0")), a);
		take_image_id(ret, node_text(node_get(one, "image")), a);
		take_metadata(ret, node_text(node_get(one, "metadata")), a);
		return true;
	}
	return false;
}

/* --- bundles --- */

/* Where each of those who make bundles writes it, the most telling first. */
static span annotation_of(const node *spec, const char *const *names, size_t count)
{
	const node *all = node_get(spec, "annotations");
	span ret = {0};
	for (size_t i = 0; !ret.n && i < count; i++)
		ret = node_text(node_get(all, names[i]));
	return ret;
}

static bool has_option(const node *mount, const char *words)
{
	const node *options = node_get(mount, "options");
	for (uint32_t i = 0; node_is_list(options) && i < options->count; i++)
		if (node_text(options->items[i]).n && span_in(node_text(options->items[i]), words))
			return true;
	return false;
}

static span propagation_of(const node *mount)
{
	static const char *const words[] = {
		"rprivate", "private", "rslave", "slave", "rshared", "shared", "runbindable", "unbindable"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (has_option(mount, words[i]))
			return span_of(words[i]);
	return (span){0};
}

/* What is bound from the host; file systems that are made for it are not told by engines either. */
static void take_bound(watch_container *c, const node *mounts, arena *a)
{
	size_t room = LIMIT_WATCH_CONTAINER_BYTES;
	c->mounts.count = 0;
	for (uint32_t i = 0; node_is_list(mounts) && i < mounts->count; i++) {
		const node *from = mounts->items[i];
		watch_mount m = {.source = node_text(node_get(from, "source")),
			.target = node_text(node_get(from, "destination")),
			.propagation = propagation_of(from),
			.writable = !has_option(from, "ro rro")};
		bool bound =
			span_is(node_text(node_get(from, "type")), "bind") || has_option(from, "bind rbind");
		if (!bound || m.target.n == 0 || !mount_fits(&m, &room))
			continue;
		m.source = arena_copy(a, m.source);
		m.target = arena_copy(a, m.target);
		list_push(a, &c->mounts, m);
	}
}

/* One that is not listed, or is that of the host's first process, is the host's; Docker has a name for the host's network. */
static bool is_host(const node *spec, const char *type)
{
	const node *list = node_path(spec, "linux/namespaces");
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span path = node_text(node_get(list->items[i], "path"));
		if (span_is(node_text(node_get(list->items[i], "type")), type))
			return span_starts(path, SPAN("/proc/1/ns/")) ||
			       span_ends(path, SPAN("/netns/default"));
	}
	return true;
}

/* CRI-O writes them as JSON in a text; nerdctl's annotations are its labels. */
static void take_spec_labels(watch_container *c, const node *spec, arena *a)
{
	error e;
	arena scratch = {0};
	text t;
	node *root = NULL;
	node_problems problems = {0};
	const node *all = node_get(spec, "annotations");
	text_init(&t, "labels", node_text(node_get(all, "io.kubernetes.cri-o.Labels")), &scratch);
	if (t.bytes.n && json_read(&t, &scratch, &root, &problems, &e) >= 0)
		take_labels(c, root, a);
	else if (node_get(all, "nerdctl/name"))
		take_labels(c, all, a);
	arena_done(&scratch);
}

bool container_read_spec(const node *spec, arena *a, watch_container *ret)
{
	static const char *const names[] = {"io.kubernetes.cri.container-name",
		"io.kubernetes.container.name", "nerdctl/name", "io.kubernetes.cri.sandbox-name"},
				 *const images[] = {"io.kubernetes.cri.image-name",
					 "io.kubernetes.cri-o.ImageName", "io.containerd.image.name",
					 "org.opencontainers.image.ref.name"},
				 *const image_ids[] = {
					 "io.kubernetes.cri-o.ImageRef", "io.kubernetes.cri-o.Image"};
	const node *all = node_get(spec, "annotations");
	if (!node_is_map(spec))
		return false;
	take_name(ret, annotation_of(spec, names, sizeof names / sizeof *names), a);
	container_image_set(ret, annotation_of(spec, images, sizeof images / sizeof *images), a);
	for (size_t i = 0; !ret->image_id.n && i < sizeof image_ids / sizeof *image_ids; i++)
		take_image_id(ret, node_text(node_get(all, image_ids[i])), a);
	take(&ret->pod, node_get(all, "io.kubernetes.cri.sandbox-name"), a);
	take(&ret->namespace_name, node_get(all, "io.kubernetes.cri.sandbox-namespace"), a);
	take(&ret->pod_uid, node_get(all, "io.kubernetes.cri.sandbox-uid"), a);
	take_pod(ret, all, a);
	ret->host_pid = is_host(spec, "pid");
	ret->host_ipc = is_host(spec, "ipc");
	ret->host_network = is_host(spec, "network");
	take_bound(ret, node_get(spec, "mounts"), a);
	take_spec_labels(ret, spec, a);
	return true;
}
