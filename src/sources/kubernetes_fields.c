/* SPDX-License-Identifier: Apache-2.0
 *
 * Facts that one key of a container or of its pod states. The container's word goes before the pod's; see the PodSpec and
 * SecurityContext types of the Kubernetes API reference. */
#include "sources/kubernetes.h"

static const word_pair truth[] = {{"true", "true"}, {"false", "false"}, {0}};
static const word_pair negated[] = {{"true", "false"}, {"false", "true"}, {0}};
static const word_pair host[] = {{"true", "host"}, {"false", "private"}, {0}};
static const word_pair masks[] = {{"Unmasked", "true"}, {"Default", "false"}, {0}};
static const word_pair restarts[] = {{"Always", "always"}, {"OnFailure", "on-failure"}, {"Never", "no"}, {0}};
static const word_pair pulls[] = {{"Always", "always"}, {"IfNotPresent", "missing"}, {"Never", "never"}, {0}};

#define SECURITY(key)      .container = "securityContext/" key
#define SECURITY_BOTH(key) .container = "securityContext/" key, .pod = "securityContext/" key
#define LIMIT(key)         .container = "resources/limits/" key, .initial = "0"
#define REQUEST(key)       .container = "resources/requests/" key, .initial = "0"

const kubernetes_field kubernetes_fields[] = {
	{FACT_uid, SECURITY_BOTH("runAsUser")},
	{FACT_gid, SECURITY_BOTH("runAsGroup")},
	{FACT_non_root, SECURITY_BOTH("runAsNonRoot"), .words = truth, .initial = "false"},
	{FACT_user_namespace, .pod = "hostUsers", .words = host, .initial = "host"},
	{FACT_read_only, SECURITY("readOnlyRootFilesystem"), .words = truth, .initial = "false"},
	{FACT_no_new_privileges, SECURITY("allowPrivilegeEscalation"), .words = negated, .initial = "false"},
	{FACT_seccomp, SECURITY_BOTH("seccompProfile"), .profile = true, .initial = "unconfined"},
	{FACT_apparmor, SECURITY_BOTH("appArmorProfile"), .profile = true, .initial = "default"},
	{FACT_selinux_type, SECURITY_BOTH("seLinuxOptions/type")},
	{FACT_selinux_user, SECURITY_BOTH("seLinuxOptions/user")},
	{FACT_selinux_role, SECURITY_BOTH("seLinuxOptions/role")},
	{FACT_unmasked, SECURITY("procMount"), .words = masks, .initial = "false"},
	{FACT_privileged, SECURITY("privileged"), .words = truth, .initial = "false"},
	{FACT_pid_namespace, .pod = "hostPID", .words = host, .initial = "private", .removed = true},
	{FACT_ipc_namespace, .pod = "hostIPC", .words = host, .initial = "private", .removed = true},
	{FACT_network_mode, .pod = "hostNetwork", .words = host, .initial = "private", .removed = true},
	{FACT_pod_pid_shared, .pod = "shareProcessNamespace", .words = truth, .initial = "false",
		.removed = true},
	{FACT_windows_host_process, SECURITY_BOTH("windowsOptions/hostProcess"), .words = truth,
		.initial = "false"},
	{FACT_service_account_token, .pod = "automountServiceAccountToken", .words = truth,
		.initial = "true"},
	{FACT_memory_limit, LIMIT("memory")},
	{FACT_memory_request, REQUEST("memory")},
	{FACT_cpu_limit, LIMIT("cpu")},
	{FACT_cpu_request, REQUEST("cpu")},
	{FACT_storage_limit, LIMIT("ephemeral-storage")},
	{FACT_storage_request, REQUEST("ephemeral-storage")},
	{FACT_restart, .container = "restartPolicy", .pod = "restartPolicy", .words = restarts,
		.initial = "always"},
	{FACT_pull_policy, .container = "imagePullPolicy", .words = pulls, .initial = "missing"},
};
const size_t kubernetes_field_count = sizeof kubernetes_fields / sizeof *kubernetes_fields;

const kubernetes_field *kubernetes_field_of(fact_id fact)
{
	for (size_t i = 0; i < kubernetes_field_count; i++)
		if (kubernetes_fields[i].fact == fact)
			return &kubernetes_fields[i];
	return NULL;
}

/* How facts say what a scalar of a field says; empty when it is no word of the field. */
static span field_word(const kubernetes_field *f, const node *value)
{
	int truth_value = node_truth(value);
	span theirs = truth_value < 0 ? node_text(value) : truth_value ? SPAN("true") : SPAN("false");
	for (const word_pair *pair = f->words; pair->theirs; pair++)
		if (span_is(theirs, pair->theirs))
			return span_of(pair->ours);
	return (span){0};
}

/* {type: RuntimeDefault}, {type: Localhost, localhostProfile: x}: the words of seccomp and AppArmor. */
static span field_profile(const node *value)
{
	span type = node_text(node_get(value, "type")),
	     local = node_text(node_get(value, "localhostProfile"));
	if (span_is(type, "RuntimeDefault"))
		return SPAN("default");
	if (span_is(type, "Unconfined"))
		return SPAN("unconfined");
	if (span_is(type, "Localhost"))
		return local.n ? local : SPAN("localhost");
	return (span){0};
}

/* Sets the fact of f to a word of conditions; false when it is none of its type. */
static bool field_set(posture *p, const kubernetes_field *f, fact_known known, span word, origin at)
{
	int64_t number = 0;
	switch (fact_rows[f->fact].type) {
	case TYPE_TRUTH:
		if (word.n)
			posture_set_truth(p, f->fact, known, span_is(word, "true"), at);
		return word.n;
	case TYPE_TEXT:
		if (word.n)
			posture_set_text(p, f->fact, known, word, at);
		return word.n;
	case TYPE_NUMBER:
	case TYPE_SIZE:
	case TYPE_CPU:
	case TYPE_LIST:
		break;
	}
	bool (*read)(span, int64_t *) = fact_rows[f->fact].type == TYPE_SIZE  ? value_quantity
					: fact_rows[f->fact].type == TYPE_CPU ? value_quantity_cpu
									      : span_int;
	if (!read(word, &number))
		return false;
	posture_set_number(p, f->fact, known, number, at);
	return true;
}

/* What a Windows node does not know has no default there: nothing is wrong with leaving it out. */
static bool linux_only(fact_id fact)
{
	static const fact_id facts[] = {FACT_read_only, FACT_no_new_privileges, FACT_seccomp, FACT_apparmor};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		if (facts[i] == fact)
			return true;
	return false;
}

/* Reads a field at `path` below root. Without a word there the initial value holds, and `near` is where it would be written. */
static bool read_field(
	pod_reader *r, const kubernetes_field *f, const node *root, const char *path, origin near)
{
	const member *nearest = NULL, *said = tree_find(root, path, &nearest);
	origin at = nearest ? tree_origin(r->text, nearest) : near;
	if (said && f->profile && !field_profile(said->value).n)
		said = NULL; /* no type, no profile */
	bool nothing = !said && r->windows && linux_only(f->fact);
	span word = nothing      ? (span){0}
		    : !said      ? span_of(f->initial)
		    : f->profile ? field_profile(said->value)
		    : f->words   ? field_word(f, said->value)
				 : node_text(said->value);
	/* What cannot be understood (a placeholder, an unknown word) is not known; it is not the default. */
	if (!field_set(r->posture, f, said ? KNOWN_DECLARED : KNOWN_DEFAULT, word, at))
		posture_place(r->posture, f->fact, at);
	return said;
}

static bool path_said(const node *root, const char *path)
{
	return tree_find(root, path, NULL);
}

/* Annotations from before the fields: "runtime/default", "localhost/x", "docker/default", "unconfined". */
static span annotated_profile(span value)
{
	if (span_is(value, "runtime/default") || span_is(value, "docker/default"))
		return SPAN("default");
	return span_starts(value, SPAN("localhost/")) ? span_from(value, 10) : value;
}

/* A profile that an annotation of the pod states, when no field does. */
static void read_annotation(pod_reader *r, fact_id fact, span name)
{
	const member *m = map_get(&r->annotations, name);
	span value = m ? node_text(m->value) : (span){0};
	if (value.n)
		posture_set_text(
			r->posture, fact, KNOWN_DECLARED, annotated_profile(value), tree_origin(r->text, m));
}

/* The annotation for one container goes before that of the pod; fields go before both. */
static void read_profiles(pod_reader *r)
{
	span name = node_text(node_get(r->node, "name"));
	bool seccomp = r->posture->seccomp.known == KNOWN_DEFAULT,
	     apparmor = r->posture->apparmor.known == KNOWN_DEFAULT;
	if (!r->annotations.count)
		return;
	if (seccomp) {
		read_annotation(r, FACT_seccomp, SPAN("seccomp.security.alpha.kubernetes.io/pod"));
		read_annotation(r, FACT_seccomp,
			arena_format(r->arena, "container.seccomp.security.alpha.kubernetes.io/%.*s",
				SPAN_ARG(name)));
	}
	if (apparmor)
		read_annotation(r, FACT_apparmor,
			arena_format(r->arena, "container.apparmor.security.beta.kubernetes.io/%.*s",
				SPAN_ARG(name)));
}

/* serviceAccount is the name that the field had before 1.0. An empty one is none. */
static void read_service_account(pod_reader *r)
{
	static const char *const keys[] = {"serviceAccountName", "serviceAccount"};
	posture_set_text(r->posture, FACT_service_account, KNOWN_DEFAULT, SPAN("default"), r->pod_here);
	for (size_t i = 0; i < 2; i++) {
		const member *m = node_member(r->pod.spec, keys[i]);
		span name = m ? node_text(m->value) : (span){0};
		if (m)
			r->posture->service_account.origin = tree_origin(r->text, m);
		if (!name.n)
			continue;
		posture_set_text(
			r->posture, FACT_service_account, KNOWN_DECLARED, name, tree_origin(r->text, m));
		return;
	}
}

static void read_image(pod_reader *r)
{
	static const fact_id facts[] = {
		FACT_image, FACT_image_registry, FACT_image_repository, FACT_image_tag, FACT_image_digest};
	const member *m = tree_find(r->node, "image", NULL);
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
		posture_place(r->posture, facts[i], r->here);
	if (!m || !node_text(m->value).n)
		return;
	posture_set_image(r->posture, KNOWN_DECLARED, node_text(m->value), tree_origin(r->text, m), r->arena);
	fact *tag = &r->posture->image_tag, *policy = &r->posture->pull_policy;
	bool floating = r->posture->image_digest.known == KNOWN_UNSET &&
			(tag->known == KNOWN_UNSET || span_is(tag->value.text, "latest"));
	if (floating && policy->known == KNOWN_DEFAULT)
		posture_set_text(r->posture, FACT_pull_policy, KNOWN_DEFAULT, SPAN("always"), policy->origin);
}

/* The user as a text: what runAsUser says. Who it is otherwise, the image knows. */
static void read_user(pod_reader *r)
{
	const fact *uid = &r->posture->uid;
	if (uid->known == KNOWN_UNSET)
		posture_place(r->posture, FACT_user, uid->origin);
	else
		posture_set_text(r->posture, FACT_user, uid->known,
			arena_format(r->arena, "%lld", (long long)uid->value.number), uid->origin);
}

void kubernetes_pod_fields(pod_reader *r)
{
	for (size_t i = 0; i < kubernetes_field_count; i++) {
		const kubernetes_field *f = &kubernetes_fields[i];
		if (f->pod && read_field(r, f, r->pod.spec, f->pod, r->pod_here))
			r->said |= 1ull << i;
	}
	read_service_account(r);
}

void kubernetes_container_fields(pod_reader *r)
{
	for (size_t i = 0; i < kubernetes_field_count; i++) {
		const kubernetes_field *f = &kubernetes_fields[i];
		if (f->container && (!(r->said & 1ull << i) || path_said(r->node, f->container)))
			read_field(r, f, r->node, f->container, r->here);
	}
	read_profiles(r);
	read_image(r);
	read_user(r);
}
