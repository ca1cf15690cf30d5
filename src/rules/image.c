/* SPDX-License-Identifier: Apache-2.0
 *
 * image: pinned, minimal, from a trusted registry, multi-stage. */
#include "rules/build_tables.h"
#include "rules/tables.h"

static const build_platform platform_fixed = PLATFORM_FIXED, platform_unnamed = PLATFORM_FIXED_UNNAMED,
			    platform_redundant = PLATFORM_REDUNDANT;
static const build_ignore ignore_missing = {true}, ignore_incomplete = {false};

/* A base that is an earlier stage, nothing at all, or a variable that only the build knows, needs no tag: sources leave its facts unset. */
/* clang-format off */
static const rule image_rules[] = {
	{.id = "image/untagged", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE,
		.condition = "known(image.repository) and not image.repository = library/scratch and not known(image.tag) and "
			     "not known(image.digest) and not image.built exists",
		.title = "No tag",
		.message = "{image.reference} names no version",
		.why = "The engine takes :latest, which is another image tomorrow: nobody can say what runs, and whoever can push there decides "
		       "it.",
		.aliases = "hadolint:DL3006 trivy:DS-0001 checkov:CKV_DOCKER_7 kics:image_version_not_explicit "
			   "dclint:service-image-require-explicit-tag kube-linter:latest-tag checkov:CKV_K8S_14 trivy:KSV-0013 "
			   "kube-score:container-image-tag kics:invalid_image docker-bench:5.28",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/latest", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE,
		.condition = "image.tag = latest and not known(image.digest) and not image.built exists",
		.title = "The tag is latest",
		.message = "{image.reference} is another image tomorrow",
		.why = "Nobody can say which version runs or go back to it, and whoever can push to the tag decides what runs.",
		.aliases = "hadolint:DL3007 trivy:DS-0001 checkov:CKV_DOCKER_7 kics:image_version_using_latest "
			   "dclint:service-image-require-explicit-tag kube-linter:latest-tag checkov:CKV_K8S_14 trivy:KSV-0013 "
			   "kube-score:container-image-tag kics:invalid_image docker-bench:5.28",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/moving-tag", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "engine and image.tag in (moving_tags) and not image.tag = latest and not known(image.digest) and "
			     "not image.built exists",
		.title = "A tag that moves",
		.message = "{image.reference} is another image tomorrow",
		.why = "Tags such as edge or nightly name a state, not a version: nobody can say what runs or go back to it.",
		.aliases = "dclint:service-image-require-explicit-tag docker-bench:5.28",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/unpinned", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "known(image.repository) and not image.repository = library/scratch and not known(image.digest) and "
			     "not image.built exists",
		.title = "Not pinned by digest",
		.message = "{image.reference} has no digest",
		.why = "A tag can be moved to another image by whoever controls the registry; a digest cannot.",
		.aliases = "checkov:CKV_K8S_43 kics:image_without_digest",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/heavy-base", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.condition = "final_image and known(image.repository) and image.smaller exists and "
			     "not image.repository in (build_images)",
		.title = "A base with more than the application needs",
		.message = "{image.reference} brings a package manager, shells and hundreds of packages: take {image.smaller}",
		.why = "Every package is a tool for an attacker and a vulnerability to patch. A slim, alpine or distroless base of the same "
		       "runtime has a tenth of them.",
		.aliases = "", .references = "CIS-Docker-1.6:4.3"},
	{.id = "image/build-tools", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "final_image and image.repository in (build_images)",
		.title = "Build tools are left in the final image",
		.message = "the final stage is built on {image.reference}",
		.why = "A compiler in the image lets an attacker build what he needs on the spot. Build in one stage, copy the result into a "
		       "small one.",
		.aliases = "", .references = "CIS-Docker-1.6:4.3"},
	{.id = "image/pull-policy", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "kubernetes and not image.pull_policy = always",
		.wanted = "image.pull_policy = always",
		.title = "The image is not pulled anew",
		.message = "{workload} may run a copy that lies on the node",
		.why = "A cached image is used without asking the registry: stale versions stay, and pods of others use it without its "
		       "credentials.",
		.aliases = "checkov:CKV_K8S_15 kics:image_pull_policy_of_container_is_not_always kube-score:container-image-pull-policy",
		.references = ""},
	{.id = "image/platform-fixed", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT, .judge = judge_platform, ON_DOCKERFILE,
		.of = &platform_unnamed,
		.title = "FROM fixes the platform",
		.why = "The image is of that platform whatever is asked for: on others it runs under emulation, or not at all.",
		.aliases = "hadolint:DL3029 buildkit:FromPlatformFlagConstDisallowed kics:using_platform_with_from", .references = ""},
	{.id = "image/platform-stage", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT, .judge = judge_platform, ON_DOCKERFILE,
		.of = &platform_fixed,
		.title = "FROM fixes the platform of a stage that is named after it",
		.why = "The stage is of that platform whatever is asked for.",
		.aliases = "hadolint:DL3029 kics:using_platform_with_from", .references = ""},
	{.id = "image/platform-redundant", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT, .judge = judge_platform, ON_DOCKERFILE,
		.of = &platform_redundant,
		.title = "FROM asks for the platform that it has anyway",
		.why = "--platform=$TARGETPLATFORM is the default; who reads it looks for a reason that is not there.",
		.aliases = "hadolint:DL3065 buildkit:RedundantTargetPlatform", .references = ""},
	{.id = "image/compiler-installed", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED, .judge = judge_build_tools,
		ON_DOCKERFILE,
		.title = "A compiler is installed in the final image",
		.why = "It lets an attacker build what he needs on the spot. Build in one stage, copy the result into another, or take it out "
		       "in the same step.",
		.aliases = "", .references = "CIS-Docker-1.6:4.3"},
	{.id = "image/no-dockerignore", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED, .judge = judge_ignore_file,
		ON_DOCKERFILE, .of = &ignore_missing,
		.title = "Everything in the folder is copied into the image",
		.why = "Without a .dockerignore the history in .git, .env files, keys and whatever else lies there become part of the image.",
		.aliases = "", .references = ""},
	{.id = "image/dockerignore-incomplete", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT, .judge = judge_ignore_file,
		ON_DOCKERFILE, .of = &ignore_incomplete,
		.title = "The .dockerignore lets in what should stay out",
		.why = "The history in .git and the variables in .env often hold secrets, and become part of the image.",
		.aliases = "", .references = ""},
	{.id = "image/old", .severity = SEVERITY_LOW, .profile = PROFILE_RECOMMENDED,
		.condition = "image.age_days > 365",
		.title = "The image is more than a year old",
		.message = "{workload} was built {image.age_days} days ago",
		.why = "Its packages have had none of the fixes since then. Build it anew, on a fresh base, at least every month.",
		.aliases = "", .references = "CIS-Docker-1.6:4.4"},
	{.id = "image/wasted", .severity = SEVERITY_INFO, .profile = PROFILE_RECOMMENDED,
		.condition = "image.wasted > 52428800",
		.title = "Layers hold files that later ones replace or delete",
		.message = "{image.wasted} of {image.size} in {workload} are in no container: later layers replace or delete them",
		.why = "They are pulled and stored all the same, and whoever has the image can read them. Delete in the step that creates, or copy the "
		       "result into a fresh stage.",
		.aliases = "", .references = ""},
	{.id = "image/shell", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.condition = "tool.kind intersects (shell)",
		.title = "A shell is in the image",
		.message = "{workload} holds a shell",
		.why = "Most attacks go on in a shell. Images without one (distroless, from scratch) leave an attacker with the application alone.",
		.aliases = "docker-bench:4.3", .references = "CIS-Docker-1.6:4.3"},
	{.id = "image/package-manager", .severity = SEVERITY_INFO, .profile = PROFILE_STRICT,
		.condition = "tool.kind intersects (package-manager)",
		.title = "A package manager is in the image",
		.message = "{workload} holds a package manager",
		.why = "It fetches for an attacker what the image lacks. What runs needs none.",
		.aliases = "docker-bench:4.3", .references = "CIS-Docker-1.6:4.3"},
	{.id = "image/compiler-left", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "tool.kind intersects (compiler)",
		.title = "A compiler is in the image",
		.message = "{workload} holds a compiler",
		.why = "It lets an attacker build what he needs on the spot. Build in one stage, copy the result into another.",
		.aliases = "docker-bench:4.3", .references = "CIS-Docker-1.6:4.3"},
};
/* clang-format on */

const rule_table image_table = RULE_TABLE(image_rules);
