/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets that stand in manifests: Secret objects with their data, ConfigMaps that hold one, references to keys that are not
 * there. */
#include "rules/secrets_objects.h"

#include "rules/object.h"
#include "secrets/secrets.h"

/* --- Secret --- */

/* Encrypted or filled in by a tool: the data of such an object is no secret. */
static bool is_placeholder(span value)
{
	return value.n == 0 || span_starts(value, SPAN("ENC[")) || span_starts(value, SPAN("$")) ||
	       span_contains(value, "{{") || (value.p[0] == '<' && value.p[value.n - 1] == '>') ||
	       span_starts(value, SPAN("vault:"));
}

/* A certificate is there to be shown; in `data` it is base64 of "-----BEGIN CERTIFICATE". */
static bool is_certificate(span name, span value)
{
	return span_is(name, "tls.crt") || span_is(name, "ca.crt") ||
	       span_starts(value, SPAN("-----BEGIN CERTIFICATE")) ||
	       span_starts(value, SPAN("LS0tLS1CRUdJTiBDRVJUSUZJQ0FU"));
}

/* Types whose data is made by the cluster itself. */
static bool is_token(const node *secret)
{
	return span_starts(node_text(node_get(secret, "type")), SPAN("kubernetes.io/service-account-token"));
}

void judge_secret_manifest(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	static const char *const maps[] = {"data", "stringData"};
	if (!object_is(d, "Secret") || is_token(d->root) || node_get(d->root, "sops"))
		return;
	for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
		const node *data = node_get(d->root, maps[m]);
		for (uint32_t i = 0; node_is_map(data) && i < data->count; i++)
			if (node_is_scalar(data->members[i].value) &&
				!is_placeholder(node_text(data->members[i].value)) &&
				!is_certificate(
					data->members[i].key->value, node_text(data->members[i].value)))
				rule_found(out, r, NULL, object_member_place(d, &data->members[i]), NULL,
					"secret %.*s carries the value of %.*s in its manifest",
					SPAN_ARG(d->object_name), SPAN_ARG(data->members[i].key->value));
	}
}

void judge_native_secret(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	if (object_is(d, "Secret"))
		rule_found(out, r, NULL, object_place(d, "kind"), NULL,
			"secret %.*s is kept by Kubernetes itself", SPAN_ARG(d->object_name));
}

/* --- ConfigMap --- */

/* What a line says: without the quotes and the comma of JSON or YAML; nothing for what opens a list or a map. */
static span line_value(span value)
{
	value = span_trim(value);
	if (value.n && value.p[value.n - 1] == ',')
		value = span_trim(span_sub(value, 0, value.n - 1));
	if (value.n > 1 && (value.p[0] == '"' || value.p[0] == '\'') && value.p[value.n - 1] == value.p[0])
		value = span_sub(value, 1, value.n - 2);
	return value.n && memchr("[{|>&*!", value.p[0], 7) ? (span){0} : value;
}

/* A program sets variables called token from calls: only what has the form of a secret counts there. */
static bool is_program(span name)
{
	static const span endings[] = {{".py", 3}, {".js", 3}, {".ts", 3}, {".lua", 4}, {".go", 3},
		{".rb", 3}, {".java", 5}, {".groovy", 7}, {".sql", 4}};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends(name, endings[i]))
			return true;
	return false;
}

/* A line NAME=value or name: value whose name and value are those of a secret. */
static bool holds_secret(span text)
{
	span line;
	while (span_cut(&text, '\n', &line)) {
		size_t sign = 0;
		while (sign < line.n && line.p[sign] != '=' && line.p[sign] != ':')
			sign++;
		if (sign == line.n)
			continue;
		span name = span_trim(span_sub(line, 0, sign));
		bool comment = span_starts(name, SPAN("#")) || span_starts(name, SPAN("//"));
		if (!comment && secret_name(name) && secret_literal(line_value(span_from(line, sign + 1))))
			return true;
	}
	return secret_form(text);
}

void judge_config_map(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	if (!object_is(d, "ConfigMap"))
		return;
	const node *data = node_get(d->root, "data");
	for (uint32_t i = 0; node_is_map(data) && i < data->count; i++) {
		span name = data->members[i].key->value, value = node_text(data->members[i].value);
		bool named = secret_name(name) && secret_literal(value);
		if (is_program(name) ? secret_form(value) != NULL : named || holds_secret(value))
			rule_found(out, r, NULL, object_member_place(d, &data->members[i]), NULL,
				"%.*s of config map %.*s holds a secret", SPAN_ARG(name),
				SPAN_ARG(d->object_name));
	}
}

/* --- references --- */

static bool has_key(const node *object, span key)
{
	static const char *const maps[] = {"data", "stringData", "binaryData"};
	for (size_t m = 0; m < sizeof maps / sizeof *maps; m++) {
		const node *data = node_get(object, maps[m]);
		for (uint32_t i = 0; node_is_map(data) && i < data->count; i++)
			if (span_equal(data->members[i].key->value, key))
				return true;
	}
	return false;
}

/* Whether the bundle has the object but not its key, or has not the object at all. */
static void judge_reference(const rule *r, const workload *w, const bundle *b, rule_report *out,
	const node *reference, const char *kind)
{
	const node *name = node_get(reference, "name"), *key = node_get(reference, "key");
	if (!node_text(name).n || !node_text(key).n || node_truth(node_get(reference, "optional")) == 1)
		return;
	const document *target = bundle_object(b, kind, w->document->object_namespace, node_text(name));
	if (target && has_key(target->root, node_text(key)))
		return;
	rule_found(out, r, w, object_node_place(w->document, target ? key : name), NULL,
		target ? "%s %.*s has no key %.*s" : "%s %.*s with key %.*s is not among these files", kind,
		SPAN_ARG(node_text(name)), SPAN_ARG(node_text(key)));
}

void judge_dangling_reference(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	list_each(workload *const, w, &d->workloads) {
		const node *env = node_get((*w)->node, "env");
		for (uint32_t i = 0; node_is_list(env) && i < env->count; i++) {
			const node *from = node_get(env->items[i], "valueFrom");
			judge_reference(r, *w, b, out, node_get(from, "secretKeyRef"), "Secret");
			judge_reference(r, *w, b, out, node_get(from, "configMapKeyRef"), "ConfigMap");
		}
	}
}
