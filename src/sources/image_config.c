/* SPDX-License-Identifier: Apache-2.0
 *
 * What an image says of itself, as facts. A configuration is one long line of JSON; nobody wants to look at that, so it is written out as a
 * Dockerfile would have it, and origins point into these lines. There is no writer: an image is mended where it is built. */
#include "sources/image_config.h"

#include "base/buffer.h"
#include "sources/sources.h"

#include "formats/json.h"

/* The base that a build names in the labels of its image (OCI image-spec, annotations). */
#define LABEL_BASE_NAME   "org.opencontainers.image.base.name"
#define LABEL_BASE_DIGEST "org.opencontainers.image.base.digest"

typedef struct config_reader {
	arena *arena;
	const node *config; /* the member "config" */
	text *text;         /* filled at the end; its place is known before */
	buffer lines;
	posture *posture;
} config_reader;

/* Adds a line; control characters and line ends become blanks. The origin is what stands behind the keyword. */
static origin add_line(config_reader *r, const char *keyword, span words)
{
	if (keyword[0])
		buffer_format(&r->lines, "%s ", keyword);
	uint32_t start = (uint32_t)r->lines.n;
	for (size_t i = 0; i < words.n; i++)
		buffer_add_byte(&r->lines, (uint8_t)words.p[i] < ' ' ? ' ' : words.p[i]);
	uint32_t end = (uint32_t)r->lines.n;
	buffer_add_byte(&r->lines, '\n');
	return (origin){r->text, start, end};
}

static origin whole(const config_reader *r)
{
	return (origin){r->text, 0, (uint32_t)strlen("# image")};
}

/* ["a","b c"] as a Dockerfile would have it. */
static span words_of(const config_reader *r, const node *list)
{
	auto_buffer out = {0};
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		buffer_format(&out, "%s\"%.*s\"", i ? ", " : "[", SPAN_ARG(node_text(list->items[i])));
	if (out.n)
		buffer_add_byte(&out, ']');
	return arena_copy(r->arena, buffer_span(&out));
}

static void read_user(config_reader *r)
{
	span user = span_trim(node_text(node_get(r->config, "User")));
	if (user.n)
		posture_set_user(r->posture, KNOWN_DECLARED, user, add_line(r, "USER", user));
	else
		posture_set_user(r->posture, KNOWN_DEFAULT, SPAN("root"), whole(r));
}

static void read_env(config_reader *r)
{
	const node *list = node_get(r->config, "Env");
	posture_set_list(r->posture, FACT_env, KNOWN_DEFAULT, whole(r), r->arena);
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++) {
		span entry = node_text(list->items[i]);
		size_t equal = span_find_byte(entry, '=');
		item *x = posture_add(r->posture, FACT_env, add_line(r, "ENV", entry), r->arena);
		item_set_text(x, MEMBER_env_name, span_sub(entry, 0, equal));
		item_set_text(x, MEMBER_env_source, SPAN("literal"));
		if (equal != SPAN_NONE)
			item_set_text(x, MEMBER_env_value, span_from(entry, equal + 1));
	}
}

static void read_labels(config_reader *r)
{
	const node *labels = node_get(r->config, "Labels");
	posture_set_list(r->posture, FACT_labels, KNOWN_DEFAULT, whole(r), r->arena);
	for (uint32_t i = 0; node_is_map(labels) && i < labels->count; i++) {
		span name = labels->members[i].key->value, value = node_text(labels->members[i].value);
		origin at = add_line(
			r, "LABEL", arena_format(r->arena, "%.*s=%.*s", SPAN_ARG(name), SPAN_ARG(value)));
		item *x = posture_add(r->posture, FACT_labels, at, r->arena);
		item_set_text(x, MEMBER_label_name, name);
		item_set_text(x, MEMBER_label_value, value);
	}
}

/* What it is made of, where its labels say so. */
static void read_base(config_reader *r)
{
	const item_list *labels = posture_items(r->posture, FACT_labels);
	span name = {0}, digest = {0};
	origin at = {0};
	for (uint32_t i = 0; i < labels->all.count; i++) {
		const item *x = labels->all.items[i];
		if (span_is(item_text(x, MEMBER_label_name), LABEL_BASE_DIGEST))
			digest = item_text(x, MEMBER_label_value);
		if (!span_is(item_text(x, MEMBER_label_name), LABEL_BASE_NAME))
			continue;
		name = item_text(x, MEMBER_label_value);
		at = x->origin;
	}
	if (name.n && digest.n && span_find_byte(name, '@') == SPAN_NONE)
		name = arena_format(r->arena, "%.*s@%.*s", SPAN_ARG(name), SPAN_ARG(digest));
	if (name.n)
		posture_set_image(r->posture, KNOWN_DECLARED, name, at, r->arena);
}

/* Keys like "8080/tcp". */
static void read_ports(config_reader *r)
{
	const node *ports = node_get(r->config, "ExposedPorts");
	posture_set_list(r->posture, FACT_ports, KNOWN_DEFAULT, whole(r), r->arena);
	for (uint32_t i = 0; node_is_map(ports) && i < ports->count; i++) {
		span port = ports->members[i].key->value;
		size_t slash = span_find_byte(port, '/');
		int64_t number;
		if (!span_int(span_sub(port, 0, slash), &number))
			continue;
		item *x = posture_add(r->posture, FACT_ports, add_line(r, "EXPOSE", port), r->arena);
		item_set_number(x, MEMBER_port_container_port, number);
		item_set_text(x, MEMBER_port_protocol,
			slash == SPAN_NONE ? SPAN("tcp") : span_from(port, slash + 1));
		item_set_truth(x, MEMBER_port_published, false);
	}
}

static void read_volumes(config_reader *r)
{
	const node *volumes = node_get(r->config, "Volumes");
	posture_set_list(r->posture, FACT_mounts, KNOWN_DEFAULT, whole(r), r->arena);
	for (uint32_t i = 0; node_is_map(volumes) && i < volumes->count; i++) {
		span target = volumes->members[i].key->value;
		item *x = posture_add(r->posture, FACT_mounts, add_line(r, "VOLUME", target), r->arena);
		item_set_text(x, MEMBER_mount_type, SPAN("volume"));
		item_set_text(x, MEMBER_mount_target, target);
	}
}

static void read_health(config_reader *r)
{
	const node *test = node_path(r->config, "Healthcheck/Test");
	span words = words_of(r, test);
	if (words.n == 0)
		posture_set_text(r->posture, FACT_health, KNOWN_DEFAULT, SPAN("none"), whole(r));
	else if (span_is(words, "[\"NONE\"]"))
		posture_set_text(r->posture, FACT_health, KNOWN_DECLARED, SPAN("none"),
			add_line(r, "HEALTHCHECK", SPAN("NONE")));
	else
		posture_set_text(
			r->posture, FACT_health, KNOWN_DECLARED, words, add_line(r, "HEALTHCHECK", words));
}

static void read_command(config_reader *r)
{
	span entry = words_of(r, node_get(r->config, "Entrypoint")),
	     command = words_of(r, node_get(r->config, "Cmd"));
	origin at = whole(r);
	if (command.n)
		at = add_line(r, "CMD", command);
	if (entry.n)
		at = add_line(r, "ENTRYPOINT", entry);
	if (entry.n || command.n)
		posture_set_text(r->posture, FACT_command, KNOWN_DECLARED,
			arena_format(r->arena, "%.*s%s%.*s", SPAN_ARG(entry), entry.n && command.n ? " " : "",
				SPAN_ARG(command)),
			at);
}

workload *image_config_add(bundle *b, const char *name, const node *config)
{
	text *t = ARENA_NEW(b->arena, text);
	*t = (text){.path = name};
	document *d = bundle_add_document(b, DOCUMENT_IMAGE, t, &image_config_source);
	workload *w = bundle_add_workload(b, d, "image", name);
	config_reader r = {
		.arena = b->arena, .config = node_get(config, "config"), .text = t, .posture = &w->posture};
	w->final = true;
	w->origin = whole(&r);
	d->root = config;
	buffer_format(&r.lines, "# image %s\n", name);
	if (config) {
		read_env(&r);
		read_labels(&r);
		read_base(&r);
		read_ports(&r);
		read_volumes(&r);
		read_health(&r);
		read_user(&r);
		read_command(&r);
	}
	text_init(t, name, arena_copy(b->arena, buffer_span(&r.lines)), b->arena);
	buffer_done(&r.lines);
	return w;
}

origin image_config_origin(const workload *w)
{
	return w->origin;
}

static void image_config_read(const text *t, loader *files, bundle *b)
{
	(void)files;
	error e;
	node *root;
	node_problems problems = {0};
	if (json_read(t, b->arena, &root, &problems, &e) < 0)
		bundle_add_problem(b, t, text_line_start(t, e.line), text_line_start(t, e.line),
			arena_string(b->arena, span_of(e.text)));
	else
		image_config_add(b, t->path, root);
}

const source image_config_source = {
	.name = "image",
	.controls = 1u << CONTROL_user | 1u << CONTROL_filesystem | 1u << CONTROL_image |
		    1u << CONTROL_secrets | 1u << CONTROL_vulnerabilities | 1u << CONTROL_resources |
		    1u << CONTROL_network,
	.read = image_config_read,
};
