/* SPDX-License-Identifier: Apache-2.0
 *
 * The flags of the control plane and of kubelets, as the CIS Kubernetes Benchmark wants them: one table, by the id of the
 * rule. Flags are read from the command and args of containers that run a component, and from the configuration objects of
 * kubelets and schedulers. */
#include "rules/cluster_objects.h"
#include "rules/object.h"

typedef enum flag_test {
	FLAG_SET,   /* all flags have a value */
	FLAG_UNSET, /* none is given */
	FLAG_IS,    /* the value is `value` */
	FLAG_IS_NOT,
	FLAG_HAS, /* one of the comma-separated words is one of `value` */
	FLAG_HAS_NOT,
	FLAG_AT_LEAST, /* a number */
	FLAG_AT_MOST,
	FLAG_TIMEOUT, /* a duration of `value` seconds at the most */
	FLAG_CIPHERS, /* all words are ciphers that are held to be strong */
	FLAG_FILE,    /* the file of a certificate or key, by its name */
} flag_test;

typedef struct flag_check {
	const char *id, *components, *flags;
	flag_test test;
	const char *value;
	bool absent_ok;
	const char *field; /* of the component's configuration object; NULL: none */
	bool field_needed; /* its absence is a fault */
} flag_check;

#define API       "kube-apiserver"
#define MANAGER   "kube-controller-manager"
#define SCHEDULER "kube-scheduler"
#define ADMISSION "enable-admission-plugins admission-control"

static const flag_check checks[] = {
	{"cluster/apiserver-anonymous", API " kubelet", "anonymous-auth", FLAG_IS, "false",
		.field = "authentication/anonymous/enabled"},
	{"cluster/apiserver-basic-auth", API, "basic-auth-file", FLAG_UNSET},
	{"cluster/apiserver-token-auth", API, "token-auth-file", FLAG_UNSET},
	{"cluster/apiserver-external-ips", API, ADMISSION, FLAG_HAS_NOT, "DenyServiceExternalIPs"},
	{"cluster/apiserver-kubelet-https", API, "kubelet-https", FLAG_IS, "true", .absent_ok = true},
	{"cluster/apiserver-kubelet-client", API, "kubelet-client-certificate kubelet-client-key", FLAG_SET},
	{"cluster/apiserver-kubelet-ca", API, "kubelet-certificate-authority", FLAG_SET},
	{"cluster/authorization-always-allow", API " kubelet", "authorization-mode", FLAG_HAS_NOT,
		"AlwaysAllow", .field = "authorization/mode"},
	{"cluster/authorization-missing", API " kubelet", "authorization-mode", FLAG_SET},
	{"cluster/authorization-node", API, "authorization-mode", FLAG_HAS, "Node"},
	{"cluster/authorization-rbac", API, "authorization-mode", FLAG_HAS, "RBAC"},
	{"cluster/admission-rate-limit", API, ADMISSION, FLAG_HAS, "EventRateLimit"},
	{"cluster/admission-always-admit", API, ADMISSION, FLAG_HAS_NOT, "AlwaysAdmit"},
	{"cluster/admission-always-pull", API, ADMISSION, FLAG_HAS, "AlwaysPullImages"},
	{"cluster/admission-image-policy", API, ADMISSION, FLAG_HAS, "ImagePolicyWebhook"},
	{"cluster/admission-security-context", API, ADMISSION, FLAG_HAS,
		"SecurityContextDeny PodSecurityPolicy"},
	{"cluster/admission-service-account", API, "disable-admission-plugins", FLAG_HAS_NOT,
		"ServiceAccount"},
	{"cluster/admission-namespaces", API, "disable-admission-plugins", FLAG_HAS_NOT,
		"NamespaceLifecycle"},
	{"cluster/admission-pod-security", API, ADMISSION, FLAG_HAS, "PodSecurityPolicy"},
	{"cluster/admission-node-restriction", API, ADMISSION, FLAG_HAS, "NodeRestriction"},
	{"cluster/apiserver-insecure-address", API, "insecure-bind-address", FLAG_UNSET},
	{"cluster/apiserver-insecure-port", API, "insecure-port", FLAG_IS, "0"},
	{"cluster/apiserver-secure-port", API, "secure-port", FLAG_IS_NOT, "0"},
	{"cluster/apiserver-profiling", API, "profiling", FLAG_IS, "false"},
	{"cluster/manager-profiling", MANAGER, "profiling", FLAG_IS, "false"},
	{"cluster/scheduler-profiling", SCHEDULER, "profiling", FLAG_IS, "false"},
	{"cluster/scheduler-profiling-on", SCHEDULER, "profiling", FLAG_IS, "false", .absent_ok = true,
		.field = "enableProfiling"},
	{"cluster/audit-log", API, "audit-log-path", FLAG_SET},
	{"cluster/audit-age", API, "audit-log-maxage", FLAG_AT_LEAST, "30"},
	{"cluster/audit-backups", API, "audit-log-maxbackup", FLAG_AT_LEAST, "10"},
	{"cluster/audit-size", API, "audit-log-maxsize", FLAG_AT_LEAST, "100"},
	{"cluster/audit-size-unsaid", API, "audit-log-maxsize", FLAG_SET},
	{"cluster/audit-policy", API, "audit-policy-file", FLAG_SET},
	{"cluster/apiserver-timeout", API, "request-timeout", FLAG_TIMEOUT, "300", .absent_ok = true},
	{"cluster/account-lookup", API, "service-account-lookup", FLAG_IS, "true", .absent_ok = true},
	{"cluster/account-lookup-unsaid", API, "service-account-lookup", FLAG_IS, "true"},
	{"cluster/account-key", API, "service-account-key-file", FLAG_SET},
	{"cluster/etcd-client", API, "etcd-certfile etcd-keyfile", FLAG_SET},
	{"cluster/etcd-ca", API, "etcd-cafile", FLAG_SET},
	{"cluster/apiserver-tls", API, "tls-cert-file tls-private-key-file", FLAG_SET},
	{"cluster/kubelet-tls", "kubelet", "tls-cert-file tls-private-key-file", FLAG_SET, .absent_ok = true,
		.field = "tlsCertFile", .field_needed = true},
	{"cluster/apiserver-client-ca", API, "client-ca-file", FLAG_SET},
	{"cluster/apiserver-client-ca-file", API, "client-ca-file", FLAG_FILE, .absent_ok = true},
	{"cluster/kubelet-client-ca", "kubelet", "client-ca-file", FLAG_FILE, .absent_ok = true,
		.field = "authentication/x509/clientCAFile", .field_needed = true},
	{"cluster/kubelet-client-ca-unsaid", "kubelet", "client-ca-file", FLAG_SET},
	{"cluster/encryption-at-rest", API, "encryption-provider-config", FLAG_SET},
	{"cluster/weak-ciphers", API " kubelet", "tls-cipher-suites", FLAG_CIPHERS, .absent_ok = true,
		.field = "tlsCipherSuites", .field_needed = true},
	{"cluster/garbage-threshold", MANAGER, "terminated-pod-gc-threshold", FLAG_AT_LEAST, "1"},
	{"cluster/garbage-threshold-high", MANAGER, "terminated-pod-gc-threshold", FLAG_AT_MOST, "12500",
		.absent_ok = true},
	{"cluster/manager-accounts", MANAGER, "use-service-account-credentials", FLAG_IS, "true"},
	{"cluster/manager-account-key", MANAGER, "service-account-private-key-file", FLAG_SET},
	{"cluster/manager-account-key-file", MANAGER, "service-account-private-key-file", FLAG_FILE,
		.absent_ok = true},
	{"cluster/manager-root-ca", MANAGER, "root-ca-file", FLAG_SET},
	{"cluster/manager-root-ca-file", MANAGER, "root-ca-file", FLAG_FILE, .absent_ok = true},
	{"cluster/manager-rotation", MANAGER, "feature-gates", FLAG_HAS,
		"RotateKubeletServerCertificate=true"},
	{"cluster/kubelet-server-rotation", MANAGER " kubelet", "feature-gates", FLAG_HAS_NOT,
		"RotateKubeletServerCertificate=false",
		.field = "featureGates/RotateKubeletServerCertificate"},
	{"cluster/manager-address", MANAGER, "bind-address", FLAG_IS, "127.0.0.1"},
	{"cluster/scheduler-address", SCHEDULER, "bind-address", FLAG_IS, "127.0.0.1"},
	{"cluster/etcd-tls", "etcd", "cert-file key-file", FLAG_SET},
	{"cluster/etcd-client-auth", "etcd", "client-cert-auth", FLAG_IS, "true"},
	{"cluster/etcd-auto-tls", "etcd", "auto-tls", FLAG_IS_NOT, "true"},
	{"cluster/etcd-peer-tls", "etcd", "peer-cert-file peer-key-file", FLAG_SET},
	{"cluster/etcd-peer-auth", "etcd", "peer-client-cert-auth", FLAG_IS, "true"},
	{"cluster/etcd-peer-auto-tls", "etcd", "peer-auto-tls", FLAG_IS_NOT, "true"},
	{"cluster/kubelet-read-only-port", "kubelet", "read-only-port", FLAG_IS, "0",
		.field = "readOnlyPort"},
	{"cluster/kubelet-kernel-defaults", "kubelet", "protect-kernel-defaults", FLAG_IS, "true",
		.absent_ok = true, .field = "protectKernelDefaults", .field_needed = true},
	{"cluster/kubelet-streaming", "kubelet", "streaming-connection-idle-timeout", FLAG_IS_NOT, "0 0s",
		.field = "streamingConnectionIdleTimeout"},
	{"cluster/kubelet-iptables", "kubelet", "make-iptables-util-chains", FLAG_IS, "true",
		.absent_ok = true, .field = "makeIPTablesUtilChains"},
	{"cluster/kubelet-hostname", "kubelet", "hostname-override", FLAG_UNSET},
	{"cluster/kubelet-events", "kubelet", "event-qps", FLAG_AT_MOST, "5", .field = "eventRecordQPS"},
	{"cluster/kubelet-events-limited", "kubelet", "event-qps", FLAG_IS, "0", .field = "eventRecordQPS",
		.field_needed = true},
	{"cluster/kubelet-rotation", "kubelet", "rotate-certificates", FLAG_IS, "true", .absent_ok = true,
		.field = "rotateCertificates", .field_needed = true},
};

/* Ciphers of TLS 1.2 with forward secrecy and authenticated encryption, and those of TLS 1.3. */
static const char strong_ciphers[] =
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 "
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305 "
	"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305 "
	"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 "
	"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 "
	"TLS_RSA_WITH_AES_256_GCM_SHA384 TLS_RSA_WITH_AES_128_GCM_SHA256 TLS_AES_128_GCM_SHA256 "
	"TLS_AES_256_GCM_SHA384 "
	"TLS_CHACHA20_POLY1305_SHA256";

/* --- values --- */

static bool any_word(span list, const char *words)
{
	span word;
	while (span_cut(&list, ',', &word))
		if (word.n && span_in(word, words))
			return true;
	return false;
}

static bool all_words(span list, const char *words)
{
	span word;
	while (span_cut(&list, ',', &word))
		if (!span_in(word, words))
			return false;
	return true;
}

/* "1h2m3s" in seconds; false when the units are out of order or unknown. */
static bool duration(span s, int64_t *ret)
{
	static const char order[] = "hms";
	static const int64_t seconds[] = {3600, 60, 1};
	int64_t total = 0, number = 0;
	size_t next = 0, digits = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_digit(s.p[i]) && digits++ < 9) {
			number = number * 10 + (s.p[i] - '0');
			continue;
		}
		const char *unit = strchr(order + next, s.p[i]);
		if (!digits || !unit || !*unit)
			return false;
		total += number * seconds[unit - order];
		next = (size_t)(unit - order) + 1;
		number = 0;
		digits = 0;
	}
	*ret = total + number;
	return s.n;
}

static bool number_holds(const flag_check *c, span value)
{
	int64_t have, want = 0;
	span_int(span_of(c->value), &want);
	if (c->test == FLAG_TIMEOUT)
		return duration(value, &have) && have <= want;
	return span_int(value, &have) && (c->test == FLAG_AT_LEAST ? have >= want : have <= want);
}

static bool value_holds(const flag_check *c, span value)
{
	switch (c->test) {
	case FLAG_SET:
		return value.n;
	case FLAG_UNSET:
		return false;
	case FLAG_IS:
		return span_is_fold(value, c->value);
	case FLAG_IS_NOT:
		return !value.n || !span_in(value, c->value);
	case FLAG_HAS:
		return any_word(value, c->value);
	case FLAG_HAS_NOT:
		return !any_word(value, c->value);
	case FLAG_CIPHERS:
		return all_words(value, strong_ciphers);
	case FLAG_FILE:
		return span_ends(value, SPAN(".crt")) || span_ends(value, SPAN(".pem")) ||
		       span_ends(value, SPAN(".cer")) || span_ends(value, SPAN(".key"));
	case FLAG_AT_LEAST:
	case FLAG_AT_MOST:
	case FLAG_TIMEOUT:
		break;
	}
	return number_holds(c, value);
}

static bool absence_holds(const flag_check *c)
{
	return c->absent_ok || c->test == FLAG_UNSET || c->test == FLAG_IS_NOT || c->test == FLAG_HAS_NOT;
}

/* --- flags of containers --- */

typedef struct flags { /* the words of command and args */
	const node *lists[2];
	span word, value; /* of the flag that was found */
	const node *item; /* that it stands in */
} flags;

/* "--name=value" or a bare "--name", which means true. */
static bool word_is_flag(span word, const char *names, span *ret_value)
{
	if (!span_starts(word, SPAN("--")))
		return false;
	word = span_from(word, 2);
	size_t equal = span_find_byte(word, '=');
	if (!span_in(span_sub(word, 0, equal), names))
		return false;
	*ret_value = equal == SPAN_NONE ? SPAN("true") : span_from(word, equal + 1);
	return true;
}

static bool flag_find(flags *f, const char *names)
{
	for (size_t k = 0; k < 2; k++)
		for (uint32_t i = 0; node_is_list(f->lists[k]) && i < f->lists[k]->count; i++) {
			span rest = node_text(f->lists[k]->items[i]);
			while (span_word(&rest, &f->word))
				if (word_is_flag(f->word, names, &f->value)) {
					f->item = f->lists[k]->items[i];
					return true;
				}
		}
	return false;
}

static bool runs(const flags *f, const char *components)
{
	for (size_t k = 0; k < 2; k++)
		for (uint32_t i = 0; node_is_list(f->lists[k]) && i < f->lists[k]->count; i++) {
			span rest = node_text(f->lists[k]->items[i]), word;
			while (span_word(&rest, &word)) {
				size_t slash = span_find_last(word, '/');
				span name = slash == SPAN_NONE ? word : span_from(word, slash + 1);
				if (name.n && !span_starts(word, SPAN("-")) && span_in(name, components))
					return true;
			}
		}
	return false;
}

/* A container without a command runs what its image is made for: quay.io/coreos/etcd:v3. */
static bool image_is(const node *container, const char *components)
{
	span image = node_text(node_get(container, "image"));
	size_t slash = span_find_last(image, '/');
	span name = slash == SPAN_NONE ? image : span_from(image, slash + 1);
	name = span_sub(name, 0, span_find_byte(name, ':'));
	return name.n && span_in(name, components);
}

/* The first of the names that is not given with a value; empty: all are. */
static span flag_missing(flags *f, const char *names)
{
	span rest = span_of(names), name;
	while (span_cut(&rest, ' ', &name)) {
		char one[64];
		size_t n = name.n < sizeof one ? name.n : sizeof one - 1;
		memcpy(one, name.p, n);
		one[n] = 0;
		if (!flag_find(f, one) || !f->value.n)
			return name;
	}
	return (span){0};
}

/* Whether the container keeps to the check. *ret_at: the item that does not, or NULL when *ret_missing is missing. FLAG_SET
 * wants each of its flags; in the other checks they are names of one flag, the current one first. */
static bool flags_hold(flags *f, const flag_check *c, const node **ret_at, span *ret_missing)
{
	span all = span_of(c->flags);
	*ret_at = NULL;
	span_cut(&all, ' ', ret_missing);
	if (!flag_find(f, c->flags))
		return absence_holds(c);
	if (c->test == FLAG_SET) {
		*ret_missing = flag_missing(f, c->flags);
		return !ret_missing->n;
	}
	*ret_at = f->item;
	return value_holds(c, f->value);
}

enum { FLAG_SHOWN_BYTES = 100 };

static void judge_container(
	const rule *r, const document *d, const node *container, const flag_check *c, rule_report *out)
{
	flags f = {.lists = {node_get(container, "command"), node_get(container, "args")}};
	const node *at;
	span missing;
	const member *command = node_member(container, "command");
	bool running = command ? runs(&f, c->components)
			       : image_is(container, c->components) || runs(&f, c->components);
	if (!command)
		command = node_member(container, "args");
	if (!command || !running || flags_hold(&f, c, &at, &missing))
		return;
	if (at)
		rule_found(out, r, NULL, object_node_place(d, at), NULL, "%s: %.*s", r->title,
			SPAN_ARG(span_sub(f.word, 0, FLAG_SHOWN_BYTES)));
	else
		rule_found(out, r, NULL, object_member_place(d, command), NULL, "%s: --%.*s is not set",
			r->title, SPAN_ARG(missing));
}

/* --- configuration objects --- */

/* The first word of a list that is no strong cipher, or NULL. */
static const node *weak_cipher(const node *list)
{
	for (uint32_t i = 0; node_is_list(list) && i < list->count; i++)
		if (!span_in(node_text(list->items[i]), strong_ciphers))
			return list->items[i];
	return NULL;
}

static bool field_holds(const flag_check *c, const node *value)
{
	if (c->test == FLAG_CIPHERS && node_is_list(value))
		return !weak_cipher(value);
	/* A gate is a flag's word and a field's truth. */
	if (c->test == FLAG_HAS_NOT && node_truth(value) >= 0)
		return node_truth(value) == 1;
	return value_holds(c, node_text(value));
}

static void judge_configuration(const rule *r, const document *d, const flag_check *c, rule_report *out)
{
	const node *value = node_path(d->root, c->field),
		   *weak = c->test == FLAG_CIPHERS ? weak_cipher(value) : NULL;
	if (!value && c->field_needed)
		rule_found(
			out, r, NULL, object_place(d, "kind"), NULL, "%s: %s is not set", r->title, c->field);
	else if (value && !field_holds(c, value))
		rule_found(out, r, NULL, weak ? object_node_place(d, weak) : object_place(d, c->field), NULL,
			"%s: %s", r->title, c->field);
}

/* Whether the document can be about the control plane at all: a configuration object, or a pod that names a component. */
static bool is_component(const document *d, const kubernetes_pod *pod)
{
	if (span_ends(d->object_kind, SPAN("Configuration")))
		return true;
	if (!pod->spec)
		return false;
	span words = span_sub(d->text->bytes, pod->spec->start, pod->spec->end - pod->spec->start);
	return span_contains(words, "kube") || span_contains(words, "etcd");
}

void judge_component(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	kubernetes_pod pod = kubernetes_pod_of(d->root);
	if (!is_component(d, &pod)) /* nearly all documents: there are a hundred such rules */
		return;
	const flag_check *c = checks, *end = checks + sizeof checks / sizeof *checks;
	while (c < end && strcmp(c->id, r->id) != 0)
		c++;
	if (c == end)
		return;
	bool scheduler = strcmp(c->components, SCHEDULER) == 0;
	if (c->field && object_is(d, scheduler ? "KubeSchedulerConfiguration" : "KubeletConfiguration"))
		judge_configuration(r, d, c, out);
	const node *container;
	for (uint32_t i = 0; pod.spec && (container = pod_container(&pod, i)); i++)
		judge_container(r, d, container, c, out);
}

/* --- configuration files of the API server --- */

void judge_admission_configuration(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *plugins = object_is(d, "AdmissionConfiguration") ? node_get(d->root, "plugins") : NULL;
	if (!node_is_list(plugins))
		return;
	for (uint32_t i = 0; i < plugins->count; i++)
		if (span_is(node_text(node_get(plugins->items[i], "name")), "EventRateLimit"))
			return;
	rule_found(out, r, NULL, object_place(d, "plugins"), NULL,
		"the admission configuration does not limit events");
}

/* The first provider is the one that writes; those after it only read what was written before. aesgcm needs keys that are
 * changed every 200,000 writes by hand, and identity is no encryption. */
static bool provider_is_strong(const node *providers)
{
	const node *first = node_is_list(providers) && providers->count ? providers->items[0] : NULL;
	return node_get(first, "aescbc") || node_get(first, "secretbox") || node_get(first, "kms");
}

void judge_encryption(
	const rule *r, const document *d, const bundle *b __attribute__((unused)), rule_report *out)
{
	const node *resources = object_is(d, "EncryptionConfiguration EncryptionConfig")
					? node_get(d->root, "resources")
					: NULL;
	for (uint32_t i = 0; node_is_list(resources) && i < resources->count; i++) {
		const member *providers = node_member(resources->items[i], "providers");
		if (providers && !provider_is_strong(providers->value))
			rule_found(out, r, NULL, object_member_place(d, providers), NULL,
				"the first provider does not encrypt with a strong cipher");
	}
}
