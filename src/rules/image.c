/* SPDX-License-Identifier: Apache-2.0
 *
 * image: pinned, minimal, from a trusted registry, multi-stage. */
#include "rules/tables.h"

/* A base that is an earlier stage, nothing at all, or a variable that only the build knows, needs no tag: sources leave its facts unset. */
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
			   "kube-score:container-image-tag kics:invalid_image",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/latest", .severity = SEVERITY_MEDIUM, .profile = PROFILE_BASELINE,
		.condition = "image.tag = latest and not known(image.digest) and not image.built exists",
		.title = "The tag is latest",
		.message = "{image.reference} is another image tomorrow",
		.why = "Nobody can say which version runs or go back to it, and whoever can push to the tag decides what runs.",
		.aliases = "hadolint:DL3007 trivy:DS-0001 checkov:CKV_DOCKER_7 kics:image_version_using_latest "
			   "dclint:service-image-require-explicit-tag kube-linter:latest-tag checkov:CKV_K8S_14 trivy:KSV-0013 "
			   "kube-score:container-image-tag kics:invalid_image",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/unpinned", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "known(image.repository) and not image.repository = library/scratch and not known(image.digest) and "
			     "not image.built exists",
		.title = "Not pinned by digest",
		.message = "{image.reference} has no digest",
		.why = "A tag can be moved to another image by whoever controls the registry; a digest cannot.",
		.aliases = "checkov:CKV_K8S_43 kics:image_without_digest",
		.references = "CIS-Docker-1.6:4.2"},
	{.id = "image/heavy-base", .severity = SEVERITY_LOW, .profile = PROFILE_STRICT,
		.condition = "dockerfile and workload.final = true and image.repository in (heavy_images) and "
			     "not image.tag icontains slim and not image.tag icontains alpine and not image.tag icontains distroless and "
			     "not image.tag icontains minimal and not image.tag icontains chiselled",
		.title = "A base with more than the application needs",
		.message = "{image.reference} brings a package manager, shells and hundreds of packages",
		.why = "Every package is a tool for an attacker and a vulnerability to patch. A slim, alpine or distroless base of the same "
		       "runtime has a tenth of them.",
		.aliases = "", .references = "CIS-Docker-1.6:4.3"},
	{.id = "image/build-tools", .severity = SEVERITY_MEDIUM, .profile = PROFILE_RECOMMENDED,
		.condition = "dockerfile and workload.final = true and image.repository in (build_images)",
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
};

const rule_table image_table = RULE_TABLE(image_rules);
