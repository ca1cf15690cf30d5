/* SPDX-License-Identifier: Apache-2.0
 *
 * Edits that make a container say what is wanted. All paths start at the pod spec, so that one batch of changes makes
 * `securityContext:` once, whatever asks for it. */
#include "formats/yaml_edit.h"
#include "sources/kubernetes.h"

typedef struct pod_writer {
	arena *arena;
	const workload *workload;
	const char *container; /* path of the container below the pod spec */
	LIST(tree_change) changes;
	error *error;
} pod_writer;

static const char *text_of(const pod_writer *p, span s)
{
	return arena_string(p->arena, s);
}

static const char *path_in(const pod_writer *p, const char *path)
{
	return arena_format(p->arena, "%s/%s", p->container, path).p;
}

static int change(pod_writer *p, tree_op op, const char *path, tree_value value)
{
	list_push(p->arena, &p->changes, (tree_change){op, path, value});
	return 0;
}

static tree_value string_value(const char *text)
{
	return (tree_value){.kind = NODE_STRING, .text = text};
}

static int take_away(pod_writer *p, const char *path)
{
	return change(p, TREE_REMOVE, path, (tree_value){0});
}

/* "containers/2": where the container stands in its pod. */
static const char *container_path(const workload *w, arena *a)
{
	static const char *const lists[] = {"containers", "initContainers", "ephemeralContainers"};
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const node *list = node_get(w->pod, lists[i]);
		for (uint32_t k = 0; node_is_list(list) && k < list->count; k++)
			if (list->items[k] == w->node)
				return arena_format(a, "%s/%u", lists[i], k).p;
	}
	return NULL;
}

/* --- facts of one key --- */

/* "268435456" as "256Mi": the largest unit that divides it. */
static const char *size_text(const pod_writer *p, int64_t bytes)
{
	static const char *const units[] = {"", "Ki", "Mi", "Gi", "Ti"};
	size_t unit = 0;
	while (unit + 1 < sizeof units / sizeof *units && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	return arena_format(p->arena, "%lld%s", (long long)bytes, units[unit]).p;
}

/* The API server refuses a limit below what the container requests. */
static int64_t not_below_request(const pod_writer *p, fact_id fact, int64_t value)
{
	int64_t request = posture_reserved(p->workload->effective, fact);
	return request > value ? request : value;
}

static bool size_value(const pod_writer *p, fact_id fact, span wanted, tree_value *ret)
{
	int64_t bytes;
	if (!value_docker_size(wanted, &bytes) && !value_quantity(wanted, &bytes))
		return false;
	*ret = string_value(size_text(p, not_below_request(p, fact, bytes)));
	return true;
}

static bool cpu_value(const pod_writer *p, fact_id fact, span wanted, tree_value *ret)
{
	int64_t milli;
	if (!value_decimal_cpu(wanted, &milli) && !value_quantity_cpu(wanted, &milli))
		return false;
	milli = not_below_request(p, fact, milli);
	*ret = string_value(arena_format(
		p->arena, milli % 1000 ? "%lldm" : "%lld", (long long)(milli % 1000 ? milli : milli / 1000))
				    .p);
	return true;
}

static bool number_value(const pod_writer *p, span wanted, tree_value *ret)
{
	int64_t number;
	if (!span_int(wanted, &number))
		return false;
	*ret = (tree_value){.kind = NODE_NUMBER, .text = text_of(p, wanted)};
	return true;
}

static bool word_value(const word_pair *pair, span wanted, tree_value *ret)
{
	for (; pair->theirs; pair++)
		if (span_is(wanted, pair->ours)) {
			bool truth =
				node_truth(&(node){.kind = NODE_STRING, .value = span_of(pair->theirs)}) >= 0;
			*ret = (tree_value){.kind = truth ? NODE_BOOL : NODE_STRING, .text = pair->theirs};
			return true;
		}
	return false;
}

/* What is written for the wanted value of a field; false when Kubernetes has no word for it. */
static bool field_value_of(const pod_writer *p, const kubernetes_field *f, span wanted, tree_value *ret)
{
	if (f->words)
		return word_value(f->words, wanted, ret);
	switch (fact_rows[f->fact].type) {
	case TYPE_SIZE:
		return size_value(p, f->fact, wanted, ret);
	case TYPE_CPU:
		return cpu_value(p, f->fact, wanted, ret);
	case TYPE_NUMBER:
		return number_value(p, wanted, ret);
	case TYPE_TEXT:
	case TYPE_TRUTH:
	case TYPE_LIST:
		break;
	}
	*ret = string_value(text_of(p, wanted));
	return true;
}

static int cannot(const pod_writer *p, const want *w)
{
	return error_set(p->error, ERROR_USAGE, "Kubernetes cannot state %s = %.*s", fact_rows[w->fact].field,
		SPAN_ARG(w->value));
}

/* Where a field is written: where it is said already, else in the container where that can be. */
static const char *field_path(const pod_writer *p, const kubernetes_field *f)
{
	const workload *w = p->workload;
	bool own = f->container && tree_find(w->node, f->container, NULL);
	bool shared = !own && f->pod && tree_find(w->pod, f->pod, NULL);
	return f->container && !shared ? path_in(p, f->container) : f->pod;
}

static int write_profile(pod_writer *p, const char *path, span wanted)
{
	bool local = !span_is(wanted, "default") && !span_is(wanted, "unconfined");
	const char *type = local ? "Localhost" : span_is(wanted, "default") ? "RuntimeDefault" : "Unconfined";
	const char *file = arena_format(p->arena, "%s/localhostProfile", path).p;
	change(p, TREE_SET, arena_format(p->arena, "%s/type", path).p, string_value(type));
	if (local)
		return change(p, TREE_SET, file, string_value(text_of(p, wanted)));
	return node_path(p->workload->pod, file) ? take_away(p, file) : 0;
}

static int write_field(pod_writer *p, const kubernetes_field *f, const want *w)
{
	const char *path = field_path(p, f);
	tree_value value;
	if (f->profile)
		return write_profile(p, path, w->value);
	if (f->removed && span_is(w->value, f->initial))
		return node_path(p->workload->pod, path) ? take_away(p, path) : 0;
	if (!field_value_of(p, f, w->value, &value))
		return cannot(p, w);
	return change(p, TREE_SET, path, value);
}

/* --- facts that are written in ways of their own --- */

static int write_user(pod_writer *p, const want *w)
{
	int64_t uid;
	if (!span_int(w->value, &uid))
		return cannot(p, w); /* names are the image's */
	return write_field(p, kubernetes_field_of(FACT_uid), w);
}

static int write_account(pod_writer *p, const want *w)
{
	if (node_get(p->workload->pod, "serviceAccount"))
		take_away(p, "serviceAccount");
	return change(p, TREE_SET, "serviceAccountName", string_value(text_of(p, w->value)));
}

static int write_image(pod_writer *p, const want *w)
{
	return change(p, TREE_SET, path_in(p, "image"), string_value(text_of(p, w->value)));
}

static const struct {
	fact_id fact;
	int (*write)(pod_writer *p, const want *w);
} own_ways[] = {{FACT_user, write_user}, {FACT_service_account, write_account}, {FACT_image, write_image}};

/* --- lists --- */

/* Lists of capabilities are lists of names; what is written may have CAP_ before it or be in lower case. */
static int write_capability(pod_writer *p, const want *w)
{
	const char *path = path_in(p, w->fact == FACT_caps_add ? "securityContext/capabilities/add"
							       : "securityContext/capabilities/drop");
	span name =
		w->item ? item_text(w->item, MEMBER_capability_name) : value_capability(w->value, p->arena);
	const node *list = node_path(p->workload->pod, path);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span written = node_text(list->items[i]);
		if (!span_equal(value_capability(written, p->arena), name))
			continue;
		if (w->op == WANT_REMOVE)
			change(p, TREE_REMOVE, path, string_value(text_of(p, written)));
		else
			return 0;
	}
	return w->op == WANT_ADD ? change(p, TREE_ADD, path, string_value(text_of(p, name))) : 0;
}

/* Lists whose items are maps, the key that tells them apart, and the keys of members that can be set. */
typedef struct list_field {
	fact_id fact;
	const char *container, *pod, *key;
	int key_member;
} list_field;

static const list_field list_fields[] = {
	{FACT_mounts, "volumeMounts", "volumes", "mountPath", MEMBER_mount_target},
	{FACT_ports, "ports", NULL, "containerPort", MEMBER_port_container_port},
	{FACT_env, "env", NULL, "name", MEMBER_env_name},
	{FACT_env, "envFrom", NULL, "name", MEMBER_env_name},
	{FACT_sysctls, NULL, "securityContext/sysctls", "name", MEMBER_sysctl_name},
};

static const word_pair readonly[] = {{"false", "true"}, {"true", "false"}, {0}};
static const word_pair propagation[] = {{"None", "rprivate"}, {"None", "private"},
	{"HostToContainer", "rslave"}, {"Bidirectional", "rshared"}, {0}};

static const struct {
	fact_id fact;
	int member;
	const char *key;
	const word_pair *words;
} member_fields[] = {
	{FACT_mounts, MEMBER_mount_writable, "readOnly", readonly},
	{FACT_mounts, MEMBER_mount_propagation, "mountPropagation", propagation},
	{FACT_ports, MEMBER_port_host_ip, "hostIP", NULL},
};

/* The path of the item that a want is about: the one that stands where the finding says, or that has the wanted key. */
static const char *list_item_path(const pod_writer *p, const want *w, const char *path, const char *key)
{
	const node *list = node_path(p->workload->pod, path);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		const node *n = list->items[i];
		bool same = w->item ? n->start == w->item->origin.start
				    : span_equal(node_text(node_get(n, key)), w->value);
		if (same)
			return arena_format(p->arena, "%s/%u", path, i).p;
	}
	return NULL;
}

static const char *item_path(const pod_writer *p, const want *w)
{
	const char *found = NULL;
	for (size_t i = 0; i < sizeof list_fields / sizeof *list_fields && !found; i++) {
		const list_field *f = &list_fields[i];
		if (f->fact != w->fact)
			continue;
		if (f->container)
			found = list_item_path(p, w, path_in(p, f->container), f->key);
		if (!found && f->pod)
			found = list_item_path(p, w, f->pod, f->fact == FACT_mounts ? "name" : f->key);
	}
	return found;
}

static int write_member(pod_writer *p, const want *w)
{
	const char *path = item_path(p, w);
	for (size_t i = 0; path && i < sizeof member_fields / sizeof *member_fields; i++) {
		tree_value value = string_value(text_of(p, w->value));
		if (member_fields[i].fact != w->fact || member_fields[i].member != w->member)
			continue;
		if (member_fields[i].words && !word_value(member_fields[i].words, w->value, &value))
			return cannot(p, w);
		return change(
			p, TREE_SET, arena_format(p->arena, "%s/%s", path, member_fields[i].key).p, value);
	}
	/* A port is not published when it has no hostPort. */
	if (path && w->fact == FACT_ports && w->member == MEMBER_port_published && span_is(w->value, "false"))
		return take_away(p, arena_format(p->arena, "%s/hostPort", path).p);
	return cannot(p, w);
}

static uint32_t mounts_of(const node *pod, span volume)
{
	static const char *const lists[] = {"containers", "initContainers", "ephemeralContainers"};
	uint32_t count = 0;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const node *list = node_get(pod, lists[i]);
		for (uint32_t k = 0; node_is_list(list) && k < list->count; k++) {
			const node *mounts = node_get(list->items[k], "volumeMounts");
			for (uint32_t j = 0; node_is_list(mounts) && j < mounts->count; j++)
				count += span_equal(node_text(node_get(mounts->items[j], "name")), volume);
		}
	}
	return count;
}

static const char *volume_path(const pod_writer *p, span name)
{
	const node *volumes = node_get(p->workload->pod, "volumes");
	for (uint32_t i = 0; node_is_list(volumes) && i < volumes->count; i++)
		if (span_equal(node_text(node_get(volumes->items[i], "name")), name))
			return arena_format(p->arena, "volumes/%u", i).p;
	return NULL;
}

/* A mount goes with its volume when nobody else mounts that. */
static int remove_item(pod_writer *p, const want *w)
{
	const char *path = item_path(p, w);
	if (!path)
		return cannot(p, w);
	span volume = w->fact == FACT_mounts ? node_text(node_get(node_path(p->workload->pod, path), "name"))
					     : (span){0};
	const char *shared =
		volume.n && span_starts(span_of(path), span_of(p->container)) ? volume_path(p, volume) : NULL;
	if (shared && mounts_of(p->workload->pod, volume) == 1)
		take_away(p, shared);
	return take_away(p, path);
}

/* A volume name of letters, digits and dashes that no volume has: "/var/tmp" gives "var-tmp". */
static const char *free_volume_name(const pod_writer *p, span target)
{
	auto_buffer name = {0};
	for (size_t i = 0; i < target.n && name.n < 50; i++) {
		char c = ascii_lower(target.p[i]);
		bool word = ascii_alpha(c) || ascii_digit(c);
		if (word || (name.n && name.p[name.n - 1] != '-'))
			buffer_add_byte(&name, word ? c : '-');
	}
	while (name.n && name.p[name.n - 1] == '-')
		name.n--;
	if (!name.n)
		buffer_add_string(&name, "tmp");
	span ret = arena_copy(p->arena, buffer_span(&name));
	for (uint32_t i = 2; volume_path(p, ret) && i < 1000; i++)
		ret = arena_format(p->arena, "%.*s-%u", SPAN_ARG(buffer_span(&name)), i);
	return ret.p;
}

/* "tmpfs:/tmp": a volume in memory of the pod, mounted into the container. */
static int add_mount(pod_writer *p, const want *w)
{
	if (!span_starts(w->value, SPAN("tmpfs:")))
		return cannot(p, w);
	span target = span_from(w->value, 6);
	const node *mounts = node_path(p->workload->pod, path_in(p, "volumeMounts"));
	for (uint32_t i = 0; node_is_list(mounts) && i < mounts->count; i++)
		if (span_equal(node_text(node_get(mounts->items[i], "mountPath")), target))
			return 0;
	tree_value *parts = ARENA_ARRAY(p->arena, tree_value, 6);
	const char *name = free_volume_name(p, target);
	parts[0] = (tree_value){.kind = NODE_STRING, .key = "name", .text = name};
	parts[1] = (tree_value){.kind = NODE_STRING, .key = "mountPath", .text = text_of(p, target)};
	parts[2] = (tree_value){.kind = NODE_STRING, .key = "medium", .text = "Memory"};
	parts[3] = (tree_value){.kind = NODE_STRING, .key = "sizeLimit", .text = "64Mi"};
	parts[4] = parts[0];
	parts[5] = (tree_value){.kind = NODE_MAP, .key = "emptyDir", .items = &parts[2], .count = 2};
	change(p, TREE_ADD, path_in(p, "volumeMounts"),
		(tree_value){.kind = NODE_MAP, .items = &parts[0], .count = 2});
	return change(p, TREE_ADD, "volumes", (tree_value){.kind = NODE_MAP, .items = &parts[4], .count = 2});
}

static int write_list(pod_writer *p, const want *w)
{
	if (w->fact == FACT_caps_add || w->fact == FACT_caps_drop)
		return write_capability(p, w);
	if (w->op == WANT_SET && w->member >= 0)
		return write_member(p, w);
	if (w->op == WANT_REMOVE)
		return remove_item(p, w);
	if (w->op == WANT_ADD && w->fact == FACT_mounts)
		return add_mount(p, w);
	return cannot(p, w);
}

static int write_one(pod_writer *p, const want *w)
{
	if (fact_rows[w->fact].type == TYPE_LIST)
		return write_list(p, w);
	for (size_t i = 0; i < sizeof own_ways / sizeof *own_ways; i++)
		if (own_ways[i].fact == w->fact)
			return own_ways[i].write(p, w);
	const kubernetes_field *f = kubernetes_field_of(w->fact);
	return f ? write_field(p, f, w) : cannot(p, w);
}

int kubernetes_write(const workload *w, const want *wants, size_t count, arena *a, edit_list *ret, error *e)
{
	pod_writer p = {.arena = a, .workload = w, .container = container_path(w, a), .error = e};
	if (!p.container)
		return error_set(e, ERROR_USAGE, "%s has no container here that could be changed", w->name);
	for (size_t i = 0; i < count; i++)
		TRY(write_one(&p, &wants[i]));
	return tree_edit(w->document->text, w->pod, p.changes.items, p.changes.count, a, ret, e);
}
