/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes: what manifests say becomes facts with places, and what is wanted becomes edits that say it. */
#include "test.h"

#include "sources/kubernetes.h"
#include "sources/sources.h"

typedef struct manifest {
	arena arena;
	text text;
	bundle bundle;
} manifest;

static void manifest_read(manifest *m, const char *words)
{
	*m = (manifest){0};
	m->bundle.arena = &m->arena;
	text_init(&m->text, "manifest.yaml", span_of(words), &m->arena);
	kubernetes_source.read(&m->text, NULL, &m->bundle);
	kubernetes_link(&m->bundle);
	bundle_overlay(&m->bundle);
}

static void manifest_done(manifest *m)
{
	arena_done(&m->arena);
}

#define auto_manifest __attribute__((cleanup(manifest_done))) manifest

/* A fact as "value@line", with '?' for unset and '~' before a default. */
static span fact_words(manifest *m, const workload *w, fact_id id)
{
	const fact *f = &w->posture.all[id];
	unsigned line = f->origin.text ? text_place(f->origin.text, f->origin.start).line : 0;
	const char *known = f->known == KNOWN_DEFAULT ? "~" : "";
	if (f->known == KNOWN_UNSET)
		return arena_format(&m->arena, "?@%u", line);
	switch (fact_rows[id].type) {
	case TYPE_TRUTH:
		return arena_format(&m->arena, "%s%s@%u", known, f->value.truth ? "true" : "false", line);
	case TYPE_TEXT:
		return arena_format(&m->arena, "%s%.*s@%u", known, SPAN_ARG(f->value.text), line);
	case TYPE_LIST:
		return arena_format(&m->arena, "%s%u items@%u", known, f->value.list->all.count, line);
	case TYPE_NUMBER:
	case TYPE_SIZE:
	case TYPE_CPU:
		break;
	}
	return arena_format(&m->arena, "%s%lld@%u", known, (long long)f->value.number, line);
}

typedef struct fact_case {
	fact_id fact;
	const char *want;
} fact_case;

#define CHECK_FACTS(m, w, ...)                                                                    \
	do {                                                                                      \
		const fact_case cases_[] = {__VA_ARGS__};                                         \
		for (size_t c_ = 0; c_ < sizeof cases_ / sizeof *cases_; c_++) {                  \
			span got_ = fact_words((m), (w), cases_[c_].fact);                        \
			if (!span_is(got_, cases_[c_].want))                                      \
				TEST_FAIL("%s is %.*s, not %s", fact_rows[cases_[c_].fact].field, \
					SPAN_ARG(got_), cases_[c_].want);                         \
		}                                                                                 \
	} while (0)

static const char bare[] = "apiVersion: v1\n"
			   "kind: Pod\n"
			   "metadata:\n"
			   "  name: p\n"
			   "spec:\n"
			   "  containers:\n"
			   "  - image: nginx\n"
			   "    name: web\n";

TEST(kubernetes_defaults)
{
	auto_manifest m;
	manifest_read(&m, bare);
	CHECK_INT(m.bundle.workloads.count, 1);
	const workload *w = m.bundle.workloads.items[0];
	CHECK_SPAN(span_of(w->name), "pod/p");
	CHECK_SPAN(span_of(w->kind), "container");
	CHECK_SPAN(w->document->object_namespace, "default");
	CHECK_FACTS(&m, w, {FACT_uid, "?@8"}, {FACT_user, "?@8"}, {FACT_non_root, "~false@8"},
		{FACT_read_only, "~false@8"}, {FACT_caps_drop, "~0 items@8"},
		{FACT_no_new_privileges, "~false@8"}, {FACT_seccomp, "~unconfined@8"},
		{FACT_apparmor, "~default@8"}, {FACT_privileged, "~false@8"},
		{FACT_pid_namespace, "~private@5"}, {FACT_network_mode, "~private@5"},
		{FACT_user_namespace, "~host@5"}, {FACT_memory_limit, "~0@8"}, {FACT_cpu_request, "~0@8"},
		{FACT_service_account, "~default@5"}, {FACT_service_account_token, "~true@5"},
		{FACT_restart, "~always@8"}, {FACT_health, "~none@8"}, {FACT_ports, "~0 items@8"},
		{FACT_mounts, "~0 items@8"}, {FACT_image_repository, "library/nginx@7"},
		{FACT_image_tag, "?@7"}, {FACT_pull_policy, "~always@8"}, {FACT_policy_ingress, "~false@8"},
		{FACT_policy_egress, "~false@8"}, {FACT_selinux_type, "?@8"}, {FACT_pids_limit, "?@0"},
		{FACT_command, "?@8"});
}

static const char full[] = "apiVersion: apps/v1\n"
			   "kind: Deployment\n"
			   "metadata: {name: api, namespace: shop}\n"
			   "spec:\n"
			   "  template:\n"
			   "    metadata:\n"
			   "      labels: {app: api}\n"
			   "      annotations:\n"
			   "        container.apparmor.security.beta.kubernetes.io/web: localhost/strict\n"
			   "    spec:\n" /* 10 */
			   "      hostNetwork: true\n"
			   "      hostUsers: false\n"
			   "      automountServiceAccountToken: false\n"
			   "      serviceAccountName: robot\n"
			   "      securityContext:\n"
			   "        runAsUser: '1000'\n"
			   "        runAsNonRoot: true\n"
			   "        fsGroup: 5\n"
			   "        sysctls: [{name: kernel.sem, value: \"1\"}]\n"
			   "      containers:\n" /* 20 */
			   "      - name: web\n"
			   "        image: ghcr.io/a/b:1\n"
			   "        command: [sh, -c]\n"
			   "        args: [echo]\n"
			   "        securityContext:\n"
			   "          runAsUser: 0\n"
			   "          allowPrivilegeEscalation: false\n"
			   "          procMount: Unmasked\n"
			   "          seccompProfile: {type: Localhost, localhostProfile: p.json}\n"
			   "          capabilities: {add: [CAP_net_admin], drop: [\"ALL\"]}\n" /* 30 */
			   "        resources: {limits: {memory: 1Gi, cpu: 1500m}, requests: {memory: 1M}}\n"
			   "        ports: [{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1}]\n"
			   "        env:\n"
			   "        - {name: A, value: b}\n"
			   "        - {name: S, valueFrom: {secretKeyRef: {name: s, key: k}}}\n"
			   "        envFrom: [{configMapRef: {name: c}}]\n"
			   "        livenessProbe: {httpGet: {host: h, port: 80}}\n"
			   "        volumeMounts: [{name: host, mountPath: /h, mountPropagation: "
			   "Bidirectional}, {name: t, mountPath: /t}]\n"
			   "      - name: side\n"
			   "        securityContext: {}\n" /* 40 */
			   "      volumes:\n"
			   "      - {name: host, hostPath: {path: /etc}}\n"
			   "      - {name: t, emptyDir: {medium: Memory, sizeLimit: 1Mi}}\n"
			   "      - {name: s, secret: {secretName: x}}\n";

TEST(kubernetes_declared)
{
	auto_manifest m;
	manifest_read(&m, full);
	CHECK_INT(m.bundle.problems.count, 0);
	CHECK_INT(m.bundle.workloads.count, 2);
	const workload *w = m.bundle.workloads.items[0], *side = m.bundle.workloads.items[1];
	CHECK_SPAN(span_of(w->name), "deployment/api:web");
	CHECK_FACTS(&m, w, {FACT_uid, "0@26"}, {FACT_non_root, "true@17"},
		{FACT_no_new_privileges, "true@27"}, {FACT_unmasked, "true@28"}, {FACT_seccomp, "p.json@29"},
		{FACT_apparmor, "strict@9"}, {FACT_caps_add, "1 items@30"}, {FACT_privileged, "~false@25"},
		{FACT_network_mode, "host@11"}, {FACT_user_namespace, "private@12"},
		{FACT_service_account, "robot@14"}, {FACT_service_account_token, "false@13"},
		{FACT_memory_limit, "1073741824@31"}, {FACT_memory_request, "1000000@31"},
		{FACT_cpu_limit, "1500@31"}, {FACT_cpu_request, "~0@31"}, {FACT_groups, "1 items@18"},
		{FACT_sysctls, "1 items@19"}, {FACT_command, "sh -c echo@23"}, {FACT_health, "http@37"},
		{FACT_env, "3 items@33"}, {FACT_labels, "2 items@7"}, {FACT_pull_policy, "~missing@21"});
	CHECK_FACTS(&m, side, {FACT_uid, "1000@16"}, {FACT_read_only, "~false@40"},
		{FACT_apparmor, "~default@40"}, {FACT_image, "?@39"}, {FACT_mounts, "~0 items@39"});
}

TEST(kubernetes_items)
{
	auto_manifest m;
	manifest_read(&m, full);
	const posture *p = &m.bundle.workloads.items[0]->posture;
	CHECK_SPAN(item_text(posture_items(p, FACT_caps_add)->all.items[0], MEMBER_capability_name),
		"NET_ADMIN");
	const item *port = posture_items(p, FACT_ports)->all.items[0];
	CHECK_INT(port->values[MEMBER_port_host_port].number, 8080);
	CHECK(port->values[MEMBER_port_published].truth);
	CHECK_SPAN(item_text(port, MEMBER_port_host_ip), "127.0.0.1");
	const item_list *env = posture_items(p, FACT_env), *mounts = posture_items(p, FACT_mounts);
	CHECK_SPAN(item_text(env->all.items[0], MEMBER_env_source), "literal");
	CHECK_SPAN(item_text(env->all.items[1], MEMBER_env_source), "secret");
	CHECK_SPAN(item_text(env->all.items[2], MEMBER_env_reference), "c");
	CHECK_INT(mounts->all.count, 3);
	CHECK_SPAN(item_text(mounts->all.items[0], MEMBER_mount_type), "bind");
	CHECK_SPAN(item_text(mounts->all.items[0], MEMBER_mount_source), "/etc");
	CHECK_SPAN(item_text(mounts->all.items[0], MEMBER_mount_propagation), "rshared");
	CHECK(mounts->all.items[0]->values[MEMBER_mount_writable].truth);
	CHECK_SPAN(item_text(mounts->all.items[1], MEMBER_mount_type), "tmpfs");
	CHECK_INT(mounts->all.items[1]->values[MEMBER_mount_size].number, 1 << 20);
	CHECK_SPAN(item_text(mounts->all.items[2], MEMBER_mount_source), "x");
	CHECK(!item_has(mounts->all.items[2], MEMBER_mount_target));
}

TEST(kubernetes_relations)
{
	auto_manifest m;
	manifest_read(&m, "apiVersion: v1\n"
			  "kind: List\n"
			  "items:\n"
			  "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: sa}, "
			  "automountServiceAccountToken: false}\n"
			  "- {apiVersion: v1, kind: LimitRange, metadata: {name: l}, spec: {limits: [{type: "
			  "Container, default: {cpu: 1}}]}}\n"
			  "- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n},\n"
			  "   spec: {podSelector: {matchLabels: {a: b}}, egress: []}}\n"
			  "- {apiVersion: v1, kind: Pod, metadata: {name: p, labels: {a: b}}, spec: "
			  "{serviceAccount: sa, containers: [{name: c}]}}\n"
			  "- {apiVersion: v1, kind: Pod, metadata: {name: q, namespace: x, labels: {a: b}}, "
			  "spec: {containers: [{name: c}]}}\n");
	CHECK_INT(m.bundle.documents.count, 5);
	CHECK_INT(m.bundle.workloads.count, 2);
	CHECK_FACTS(&m, m.bundle.workloads.items[0], {FACT_service_account_token, "false@4"},
		{FACT_cpu_limit, "~1000@5"}, {FACT_policy_ingress, "true@6"}, {FACT_policy_egress, "true@6"});
	CHECK_FACTS(
		&m, m.bundle.workloads.items[1], {FACT_cpu_limit, "~0@9"}, {FACT_policy_ingress, "~false@9"});
}

TEST(kubernetes_shapes)
{
	static const struct {
		const char *words, *name;
		unsigned count;
	} cases[] = {
		{"{apiVersion: batch/v1, kind: CronJob, metadata: {name: j}, spec: {jobTemplate: {spec: "
		 "{template: {spec: "
		 "{containers: [{name: c}]}}}}}}",
			"cronjob/j", 1},
		{"{\"apiVersion\": \"v1\", \"kind\": \"PodTemplate\", \"metadata\": {\"name\": \"t\"}, "
		 "\"template\": {\"spec\": "
		 "{\"containers\": [{\"name\": \"c\"}]}}}",
			"podtemplate/t", 1},
		{"{apiVersion: argoproj.io/v1, kind: Rollout, metadata: {name: r}, spec: {template: {spec: "
		 "{containers: [{name: c}]}}}}",
			"rollout/r", 1},
		{"{apiVersion: v1, kind: Pod, metadata: {generateName: g-}, spec: {containers: [{name: c}], "
		 "initContainers: [{name: i}]}}",
			"pod/g-:c", 2},
		{"{apiVersion: v1, kind: Pod, spec: {containers: 7}}", "pod/?", 1},
		{"{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostPID: true}}", "pod/p", 1},
		{"{apiVersion: v1, kind: Service, spec: {ports: []}}", NULL, 0},
		{"services: {web: {image: x}}", NULL, 0},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_manifest m;
		manifest_read(&m, cases[i].words);
		CHECK_INT(m.bundle.problems.count, 0);
		CHECK_INT(m.bundle.workloads.count, cases[i].count);
		if (cases[i].name)
			CHECK_SPAN(span_of(m.bundle.workloads.items[0]->name), cases[i].name);
	}
}

TEST(kubernetes_templates)
{
	static const struct {
		const char *words;
		unsigned skipped, problems;
	} cases[] = {
		{"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n", 1, 0},
		{"apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"{{ printf \"%s\" .x }}\"\n", 1, 0},
		{"{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n", 1, 0},
		{"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: \"{{ x }}\"\n  b: |\n    {{ y }}\n  # {{ z "
		 "}}\n",
			0, 0},
		{"apiVersion: v1\nkind: ConfigMap\ndata: [\n", 0, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_manifest m;
		manifest_read(&m, cases[i].words);
		CHECK_INT(m.bundle.skipped.count, cases[i].skipped);
		CHECK_INT(m.bundle.problems.count, cases[i].problems);
	}
}

/* --- the writer --- */

static const char pod_before[] = "apiVersion: v1\n"
				 "kind: Pod\n"
				 "metadata: {name: p}\n"
				 "spec:\n"
				 "  hostPID: true # why\n"
				 "  containers:\n"
				 "  - name: web\n"
				 "    image: nginx\n"
				 "    env:\n"
				 "    - name: PASSWORD\n"
				 "      value: x\n"
				 "    - name: B\n"
				 "      value: y\n"
				 "    volumeMounts:\n"
				 "    - name: v\n"
				 "      mountPath: /v\n"
				 "  volumes:\n"
				 "  - name: v\n"
				 "    hostPath: {path: /v}\n";

/* Asks for wants (of the first workload), applies the edits, reads again into *after. The text, or NULL and why. */
static const char *rewritten(manifest *before, const want *wants, size_t count, manifest *after)
{
	error e;
	edit_list edits = {0};
	auto_buffer out = {0};
	const workload *w = before->bundle.workloads.items[0];
	if (kubernetes_source.write(w, wants, count, &before->arena, &edits, &e) < 0 ||
		edits_apply(&before->text, &edits, &out, &e) < 0) {
		printf("# %s\n", e.text);
		return NULL;
	}
	const char *ret = arena_copy(&before->arena, buffer_span(&out)).p;
	manifest_read(after, ret);
	return ret;
}

#define SET(fact_, value_)                                                                \
	{                                                                                 \
		.fact = FACT_##fact_, .op = WANT_SET, .member = -1, .value = SPAN(value_) \
	}
#define ADD(fact_, value_)                                                                \
	{                                                                                 \
		.fact = FACT_##fact_, .op = WANT_ADD, .member = -1, .value = SPAN(value_) \
	}

TEST(kubernetes_write_all_at_once)
{
	auto_manifest m, after = {0};
	manifest_read(&m, pod_before);
	const item_list *env = posture_items(&m.bundle.workloads.items[0]->posture, FACT_env);
	const item_list *mounts = posture_items(&m.bundle.workloads.items[0]->posture, FACT_mounts);
	want wants[] = {SET(read_only, "true"), SET(no_new_privileges, "true"), SET(seccomp, "default"),
		SET(uid, "65532"), SET(non_root, "true"), ADD(caps_drop, "ALL"), SET(memory_limit, "256m"),
		SET(cpu_limit, "0.5"), SET(pid_namespace, "private"), SET(service_account_token, "false"),
		ADD(mounts, "tmpfs:/tmp"),
		{.fact = FACT_env, .op = WANT_REMOVE, .member = -1, .item = env->all.items[0]},
		{.fact = FACT_mounts,
			.op = WANT_SET,
			.member = MEMBER_mount_writable,
			.value = SPAN("false"),
			.item = mounts->all.items[0]}};
	const char *out = rewritten(&m, wants, sizeof wants / sizeof *wants, &after);
	CHECK(out);
	CHECK_SPAN(span_of(out), "apiVersion: v1\n"
				 "kind: Pod\n"
				 "metadata: {name: p}\n"
				 "spec:\n"
				 "  containers:\n"
				 "  - name: web\n"
				 "    image: nginx\n"
				 "    env:\n"
				 "    - name: B\n"
				 "      value: y\n"
				 "    volumeMounts:\n"
				 "    - name: v\n"
				 "      mountPath: /v\n"
				 "      readOnly: true\n"
				 "    - name: tmp\n"
				 "      mountPath: /tmp\n"
				 "    securityContext:\n"
				 "      readOnlyRootFilesystem: true\n"
				 "      allowPrivilegeEscalation: false\n"
				 "      seccompProfile:\n"
				 "        type: RuntimeDefault\n"
				 "      runAsUser: 65532\n"
				 "      runAsNonRoot: true\n"
				 "      capabilities:\n"
				 "        drop:\n"
				 "        - ALL\n"
				 "    resources:\n"
				 "      limits:\n"
				 "        memory: 256Mi\n"
				 "        cpu: 500m\n"
				 "  volumes:\n"
				 "  - name: v\n"
				 "    hostPath: {path: /v}\n"
				 "  - name: tmp\n"
				 "    emptyDir:\n"
				 "      medium: Memory\n"
				 "      sizeLimit: 64Mi\n"
				 "  automountServiceAccountToken: false\n");
}

TEST(kubernetes_write_holds)
{
	static const struct {
		fact_id fact;
		const char *value, *holds;
	} cases[] = {
		{FACT_read_only, "true", "true"},
		{FACT_no_new_privileges, "true", "true"},
		{FACT_seccomp, "default", "default"},
		{FACT_seccomp, "a.json", "a.json"},
		{FACT_apparmor, "unconfined", "unconfined"},
		{FACT_uid, "7", "7"},
		{FACT_gid, "7", "7"},
		{FACT_privileged, "false", "false"},
		{FACT_unmasked, "false", "false"},
		{FACT_pid_namespace, "private", "~private"},
		{FACT_network_mode, "host", "host"},
		{FACT_user_namespace, "private", "private"},
		{FACT_service_account, "robot", "robot"},
		{FACT_memory_request, "1000", "1000"},
		{FACT_cpu_request, "2", "2000"},
		{FACT_storage_limit, "1g", "1073741824"},
		{FACT_restart, "on-failure", "on-failure"},
		{FACT_pull_policy, "always", "always"},
		{FACT_image, "a/b:2", "a/b:2"},
	};
	static const char *const texts[] = {pod_before, bare, full};
	for (size_t i = 0; i < sizeof cases / sizeof *cases * 3; i++) {
		auto_manifest m, after = {0};
		manifest_read(&m, texts[i % 3]);
		want w = {.fact = cases[i / 3].fact, .member = -1, .value = span_of(cases[i / 3].value)};
		CHECK(rewritten(&m, &w, 1, &after));
		span got = fact_words(&after, after.bundle.workloads.items[0], w.fact);
		got = span_sub(got, 0, span_find_byte(got, '@'));
		if (!span_is(got, cases[i / 3].holds))
			TEST_FAIL("%s of text %zu is %.*s, not %s", fact_rows[w.fact].field, i % 3,
				SPAN_ARG(got), cases[i / 3].holds);
		CHECK_INT(after.bundle.problems.count, 0);
		CHECK_INT(after.bundle.workloads.count, m.bundle.workloads.count);
	}
}

TEST(kubernetes_write_refuses)
{
	static const struct {
		fact_id fact;
		want_op op;
		const char *value;
	} cases[] = {
		{FACT_health, WANT_SET, "x"},
		{FACT_pids_limit, WANT_SET, "5"},
		{FACT_user, WANT_SET, "nobody"},
		{FACT_policy_ingress, WANT_SET, "true"},
		{FACT_memory_limit, WANT_SET, "much"},
		{FACT_probes, WANT_ADD, "liveness"},
		{FACT_env, WANT_REMOVE, "ABSENT"},
		{FACT_restart, WANT_SET, "sometimes"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		auto_manifest m;
		error e;
		edit_list edits = {0};
		manifest_read(&m, full);
		want w = {.fact = cases[i].fact,
			.op = cases[i].op,
			.member = -1,
			.value = span_of(cases[i].value)};
		CHECK(kubernetes_source.write(m.bundle.workloads.items[0], &w, 1, &m.arena, &edits, &e) < 0);
		CHECK_INT(edits.count, 0);
	}
}

TEST_MAIN()
