/* SPDX-License-Identifier: Apache-2.0
 *
 * secrets: none in the image, the environment or the manifest. */
#include "inventory/inventory.h"
#include "rules/build.h"
#include "rules/secrets_objects.h"
#include "rules/tables.h"

static const severity severity_of_secret[] = {
	[SECRET_INFO] = SEVERITY_INFO,
	[SECRET_LOW] = SEVERITY_LOW,
	[SECRET_MEDIUM] = SEVERITY_MEDIUM,
	[SECRET_HIGH] = SEVERITY_HIGH,
	[SECRET_CRITICAL] = SEVERITY_CRITICAL,
};

static void judge_in_image(const rule *r, const document *d, const bundle *b, rule_report *out)
{
	(void)b;
	for (uint32_t i = 0; d->inventory && i < d->inventory->secrets.count; i++) {
		const inventory_secret *x = &d->inventory->secrets.items[i];
		const secret_found *s = x->secret;
		rule_found_in_image(out, r, d->workloads.items[0], x->spot, NULL,
			severity_of_secret[s->rule->severity],
			arena_format(
				rule_arena(out), "%s %.*s %s", s->rule->id, SPAN_ARG(s->masked), s->hash),
			"%s (%s)%s%s%s", s->rule->title, s->rule->id, s->note ? ", " : "",
			s->note ? s->note : "",
			x->spot->deleted ? "; a later layer deletes the file, and it is still in the image"
					 : "");
	}
}

/* clang-format off */
static const rule secrets_rules[] = {
	{.id = "secrets/in-env", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "env",
		.condition = "env.secret_form exists or env.secret_name = true and env.literal = true",
		.wanted = "env -= this", .unsafe = true,
		.title = "A secret is written into the environment",
		.message = "{env.name} of {workload} holds a secret",
		.why = "The value is in every copy of the file, in `docker inspect`, in /proc of the process and of its children, and in many "
		       "a crash report.",
		.aliases = "kics:passwords_and_secrets checkov:CKV_SECRET_6 docker-bench:4.10",
		.references = "CIS-Docker-1.6:4.10 OWASP-Docker:12"},
	{.id = "secrets/env-name", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.each = "env",
		.condition = "(dockerfile or image_config) and env.secret_name = true and not env.literal = true and not env.secret_form exists",
		.title = "ENV carries a secret",
		.message = "ENV {env.name} is part of the image for ever",
		.why = "ENV is stored in the image's configuration: everyone who can pull the image can read it, also after a later ENV "
		       "changed it.",
		.aliases = "buildkit:SecretsUsedInArgOrEnv trivy:DS-0031 hadolint:DL3064",
		.references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/env-written", .severity = SEVERITY_MEDIUM, .profile = PROFILE_STRICT,
		.each = "env", .condition = "(dockerfile or image_config) and env.secret_name = true and (env.literal = true or env.secret_form exists)",
		.title = "ENV carries a secret that is written out",
		.message = "ENV {env.name} is part of the image for ever",
		.why = "ENV is stored in the image's configuration: everyone who can pull the image can read it, also after a later ENV "
		       "changed it.",
		.aliases = "buildkit:SecretsUsedInArgOrEnv trivy:DS-0031 hadolint:DL3064",
		.references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/no-password", .severity = SEVERITY_HIGH, .profile = PROFILE_RECOMMENDED,
		.each = "env",
		.condition = "env.name in (MYSQL_ALLOW_EMPTY_PASSWORD, MARIADB_ALLOW_EMPTY_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, "
			     "ALLOW_EMPTY_PASSWORD) and env.value in (1, yes, true, Yes, True, YES, TRUE) or "
			     "env.name = POSTGRES_HOST_AUTH_METHOD and env.value = trust or "
			     "env.name = xpack.security.enabled and env.value = false",
		.title = "A data store asks for no password",
		.message = "{env.name} lets everyone into {workload}",
		.why = "Whoever reaches its port, from a neighbouring container that was taken over for one, reads and changes all data.",
		.aliases = "", .references = ""},
	{.id = "secrets/arg-name", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.each = "arg",
		.condition = "dockerfile and arg.secret_name = true and not arg.literal = true and not arg.secret_form exists",
		.title = "A build argument carries a secret",
		.message = "ARG {arg.name} stays readable in the image's history",
		.why = "Build arguments are recorded in the history of the image and in the provenance of the build. A secret mount "
		       "(RUN --mount=type=secret) leaves nothing.",
		.aliases = "buildkit:SecretsUsedInArgOrEnv trivy:DS-0031 hadolint:DL3064",
		.references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/arg-written", .severity = SEVERITY_MEDIUM, .profile = PROFILE_STRICT,
		.each = "arg", .condition = "dockerfile and arg.secret_name = true and (arg.literal = true or arg.secret_form exists)",
		.title = "A build argument carries a secret that is written out",
		.message = "ARG {arg.name} stays readable in the image's history",
		.why = "Build arguments are recorded in the history of the image and in the provenance of the build. A secret mount "
		       "(RUN --mount=type=secret) leaves nothing.",
		.aliases = "buildkit:SecretsUsedInArgOrEnv trivy:DS-0031 hadolint:DL3064",
		.references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/in-arg", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "arg",
		.condition = "arg.secret_form exists or arg.secret_name = true and arg.literal = true",
		.title = "A secret is written into a build argument",
		.message = "{arg.name} of {workload} holds a secret",
		.why = "The default of a build argument is in the file and in the image's history; a secret mount "
		       "(RUN --mount=type=secret) leaves nothing.",
		.aliases = "docker-bench:4.10",
		.references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/in-label", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.each = "label", .condition = "label.secret_form exists",
		.title = "A secret is written into a label",
		.message = "label {label.name} of {workload} holds a secret",
		.why = "Labels and annotations are shown to everyone who may list the workload or pull the image.",
		.aliases = "", .references = ""},
	{.id = "secrets/env-from-secret", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.each = "env", .condition = "kubernetes and env.source = secret",
		.title = "A secret reaches the process through its environment",
		.message = "{workload} takes {env.name} from secret {env.reference}",
		.why = "Environment variables are inherited by every child and end in crash reports; a mounted file can be read once and "
		       "rotated.",
		.aliases = "checkov:CKV_K8S_35 kics:secrets_as_environment_variables kube-linter:read-secret-from-env-var",
		.references = "CIS-Kubernetes:5.4.1"},
	{.id = "secrets/env-plain", .severity = SEVERITY_HIGH, .profile = PROFILE_STRICT,
		.each = "env", .condition = "kubernetes and env.name icontains SECRET and env.value exists and not env.value = ''",
		.title = "A variable called secret has its value in the manifest",
		.message = "{env.name} of {workload} is written out",
		.why = "Manifests are committed, templated and logged: what stands in them is no secret.",
		.aliases = "kube-linter:env-var-secret",
		.references = ""},
	{.id = "secrets/in-manifest", .severity = SEVERITY_HIGH, .profile = PROFILE_RECOMMENDED,
		.judge = judge_secret_manifest, .kinds = 1u << DOCUMENT_KUBERNETES,
		.title = "A Secret is written into a manifest",
		.why = "base64 hides nothing: whoever can read the repository has the secret. Sealed, encrypted or external secrets leave "
		       "only a reference there.",
		.aliases = "", .references = "CIS-Kubernetes:5.4.2"},
	{.id = "secrets/native", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.judge = judge_native_secret, .kinds = 1u << DOCUMENT_KUBERNETES,
		.title = "A secret that Kubernetes keeps",
		.why = "Secrets in etcd are plain unless encryption at rest was set up, and everyone who may read the namespace's secrets has all of "
		       "them. An external store gives each workload its own, and rotates it.",
		.aliases = "kics:using_kubernetes_native_secret_management", .references = "CIS-Kubernetes:5.4.2"},
	{.id = "secrets/in-config-map", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE,
		.judge = judge_config_map, .kinds = 1u << DOCUMENT_KUBERNETES,
		.title = "A config map holds a secret",
		.why = "Config maps are readable to almost everyone in the namespace and are not encrypted at rest.",
		.aliases = "trivy:KSV-0109", .references = ""},
	{.id = "secrets/dangling-reference", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.judge = judge_dangling_reference, .kinds = 1u << DOCUMENT_KUBERNETES,
		.title = "A reference to a secret or config map that is not there",
		.why = "The pod does not start without it, or starts with whatever somebody else creates under that name.",
		.aliases = "kube-linter:env-value-from", .references = ""},
	{.id = "secrets/name-like-secret", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT, .judge = judge_secret_like, ON_DOCKERFILE,
		.title = "A variable whose name sounds like a secret",
		.why = "ENV and ARG stay in the image's configuration and history. If it is a secret, mount it: RUN --mount=type=secret.",
		.aliases = "buildkit:SecretsUsedInArgOrEnv trivy:DS-0031 hadolint:DL3064", .references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/copied", .severity = SEVERITY_HIGH, .profile = PROFILE_RECOMMENDED, .judge = judge_copied_secret, ON_DOCKERFILE,
		.title = "A file that holds secrets is copied into the image",
		.why = "Everyone who can pull the image can read it, also after a later step removed it. A secret mount "
		       "(RUN --mount=type=secret) leaves nothing.",
		.aliases = "docker-bench:4.10", .references = "CIS-Docker-1.6:4.10"},
	{.id = "secrets/in-image", .severity = SEVERITY_HIGH, .profile = PROFILE_BASELINE, .judge = judge_in_image,
		.kinds = 1u << DOCUMENT_IMAGE,
		.title = "A secret lies in a layer of the image",
		.why = "Everyone who can pull the image can read all of its layers, also what later ones delete. Take it back where it was issued, "
		       "and give it to the process at run time or to the build by a secret mount.",
		.aliases = "docker-bench:4.10", .references = "CIS-Docker-1.6:4.10"},
};
/* clang-format on */

const rule_table secrets_table = RULE_TABLE(secrets_rules);
