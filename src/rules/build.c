/* SPDX-License-Identifier: Apache-2.0
 *
 * build: instructions and stages of Dockerfiles. Commands are in build_commands.c, package managers in build_packages.c. */
#include "rules/build_tables.h"
#include "rules/tables.h"

static const build_repeat cmd_final = {DOCKERFILE_CMD, BUILD_FINAL},
			  cmd_other = {DOCKERFILE_CMD, BUILD_OTHER},
			  entry_final = {DOCKERFILE_ENTRYPOINT, BUILD_FINAL},
			  entry_other = {DOCKERFILE_ENTRYPOINT, BUILD_OTHER},
			  health_all = {DOCKERFILE_HEALTHCHECK, BUILD_ALL};
static const build_form plain_form = {1u << DOCKERFILE_CMD | 1u << DOCKERFILE_ENTRYPOINT, false},
			shell_form = {1u << DOCKERFILE_CMD | 1u << DOCKERFILE_ENTRYPOINT, true},
			health_plain = {1u << DOCKERFILE_HEALTHCHECK, false},
			health_shell = {1u << DOCKERFILE_HEALTHCHECK, true};
static const build_workdir loose = {false}, anchored = {true};
static const build_folder named_folder = {false}, dot_folder = {true};
static const build_from from_unknown = FROM_UNKNOWN, from_self = FROM_SELF, from_number = FROM_NUMBER;

#define BUILD_RULE(id_, severity_, profile_, judge_, of_, title_, why_, aliases_)                    \
	{                                                                                            \
		.id = "build/" id_, .severity = SEVERITY_##severity_, .profile = PROFILE_##profile_, \
		.judge = judge_, ON_DOCKERFILE, .of = of_, .title = title_, .why = why_,             \
		.aliases = aliases_, .references = ""                                                \
	}
#define REPEATED_WHY \
	"Only the last one counts: what an earlier one says is read by people and by nothing else."
#define SHELL_FORM_WHY                                                                                                          \
	"The process is a child of a shell that keeps signals to itself: stopping the container kills it in the middle of its " \
	"work, and every argument passes through the shell."

/* clang-format off */
static const rule build_rules[] = {
	/* --- what the builder refuses or takes for something else --- */
	BUILD_RULE("onbuild-refused", HIGH, RECOMMENDED, judge_onbuild, NULL, "ONBUILD of an instruction that cannot be one",
		"The builder refuses FROM, MAINTAINER and ONBUILD as triggers, and with them the whole file.", "hadolint:DL3043"),
	BUILD_RULE("stray-line", HIGH, RECOMMENDED, judge_stray, NULL, "A line that is no instruction",
		"The builder refuses the file; what an editor or a mail left behind hides what was meant to stand there.",
		""),
	BUILD_RULE("from-not-first", HIGH, RECOMMENDED, judge_from_first, NULL, "An instruction before FROM",
		"Only ARG may stand before the first FROM: the builder refuses the file.", "hadolint:DL3061"),
	BUILD_RULE("stage-name-twice", MEDIUM, RECOMMENDED, judge_stage_twice, NULL, "Two stages of one name",
		"COPY --from takes the later one, whoever meant the first.",
		"hadolint:DL3024 buildkit:DuplicateStageName trivy:DS-0012 kics:same_alias_in_different_froms checkov:CKV_DOCKER_11"),
	BUILD_RULE("stage-name-reserved", MEDIUM, RECOMMENDED, judge_stage_reserved, NULL, "A stage with a reserved name",
		"The builder uses the name for the build context or for an empty image.", "hadolint:DL3063 buildkit:ReservedStageName"),
	BUILD_RULE("copy-from-unknown", MEDIUM, STRICT, judge_copy_from, &from_unknown, "COPY --from a stage that is not there",
		"The builder looks for an image of that name in the registry and copies from whatever lies there.", "hadolint:DL3022"),
	BUILD_RULE("copy-from-itself", HIGH, RECOMMENDED, judge_copy_from, &from_self, "COPY --from the stage itself",
		"A stage cannot copy from what it has not become yet: the builder refuses the file.",
		"hadolint:DL3023 trivy:DS-0006 kics:copy_from_references_current_from_alias"),
	BUILD_RULE("copy-from-number", LOW, STRICT, judge_copy_from, &from_number, "COPY --from the number of a stage",
		"A stage that is put before it changes what is copied, and nothing says so.", "kics:using_unnamed_build_stages"),
	BUILD_RULE("copy-several-to-file", MEDIUM, RECOMMENDED, judge_copy_folder, &named_folder,
		"Several files are copied to what does not look like a folder",
		"The destination must end in a slash; builders refuse it otherwise, or the last file wins.",
		"hadolint:DL3021 trivy:DS-0011 kics:copy_with_more_than_two_arguments_not_ending_with_slash"),
	BUILD_RULE("copy-several-to-dot", LOW, STRICT, judge_copy_folder, &dot_folder, "Several files are copied to a plain dot",
		"./ says that it is a folder, whatever the builder.",
		"hadolint:DL3021 trivy:DS-0011 kics:copy_with_more_than_two_arguments_not_ending_with_slash"),
	BUILD_RULE("from-undefined", MEDIUM, RECOMMENDED, judge_from_undefined, NULL, "FROM uses a variable that nothing declares",
		"It is empty: the image is not the one that was meant, or the build fails.", "buildkit:UndefinedArgInFrom"),
	BUILD_RULE("from-default", MEDIUM, RECOMMENDED, judge_from_default, NULL, "FROM needs a build argument to be valid",
		"The file builds only for those who know which --build-arg to give.", "buildkit:InvalidDefaultArgInFrom"),
	BUILD_RULE("undefined-variable", MEDIUM, STRICT, judge_undefined, NULL, "A variable that nothing defines",
		"It is empty: a path or a name is another one than was meant.", "buildkit:UndefinedVar"),
	BUILD_RULE("env-self", MEDIUM, RECOMMENDED, judge_env_self, NULL, "ENV uses a variable that the same ENV sets",
		"The values of one ENV do not see each other: it is empty.", "hadolint:DL3044"),
	BUILD_RULE("copy-ignored", MEDIUM, RECOMMENDED, judge_copy_ignored, NULL, "COPY of a file that .dockerignore keeps out",
		"The file is not sent to the builder, which stops there or, with a wildcard, copies less than was meant.",
		"buildkit:CopyIgnoredFile"),
	BUILD_RULE("expose-format", MEDIUM, RECOMMENDED, judge_expose_format, NULL, "EXPOSE with an address or a port of the host",
		"Only the port of the container can be stated; newer builders refuse the rest.", "buildkit:ExposeInvalidFormat"),
	BUILD_RULE("port-range", MEDIUM, RECOMMENDED, judge_port_range, NULL, "A port that does not exist",
		"Ports end at 65535: the service that was meant stands behind another one, or the builder refuses the file.",
		"hadolint:DL3011 trivy:DS-0008 kics:unix_ports_out_of_range"),

	/* --- only the last one counts --- */
	BUILD_RULE("cmd-twice", LOW, STRICT, judge_repeated, &cmd_final, "CMD several times", REPEATED_WHY,
		"hadolint:DL4003 trivy:DS-0016 buildkit:MultipleInstructionsDisallowed kics:multiple_cmd_instructions_listed"),
	BUILD_RULE("cmd-twice-in-stage", LOW, STRICT, judge_repeated, &cmd_other, "CMD several times in a build stage", REPEATED_WHY,
		"hadolint:DL4003 trivy:DS-0016 buildkit:MultipleInstructionsDisallowed"),
	BUILD_RULE("entrypoint-twice", LOW, STRICT, judge_repeated, &entry_final, "ENTRYPOINT several times", REPEATED_WHY,
		"hadolint:DL4004 trivy:DS-0007 buildkit:MultipleInstructionsDisallowed kics:multiple_entrypoint_instructions_listed"),
	BUILD_RULE("entrypoint-twice-in-stage", LOW, STRICT, judge_repeated, &entry_other, "ENTRYPOINT several times in a build stage",
		REPEATED_WHY, "hadolint:DL4004 trivy:DS-0007 buildkit:MultipleInstructionsDisallowed"),
	BUILD_RULE("healthcheck-twice", LOW, STRICT, judge_repeated, &health_all, "HEALTHCHECK several times", REPEATED_WHY,
		"hadolint:DL3012 trivy:DS-0023 buildkit:MultipleInstructionsDisallowed"),

	/* --- what goes into the image --- */
	BUILD_RULE("add-instead-of-copy", LOW, RECOMMENDED, judge_add, NULL, "ADD where COPY is enough",
		"ADD unpacks archives and fetches URLs: what is put in the file's place can write anywhere in the image.",
		"hadolint:DL3020 trivy:DS-0005 kics:add_instead_of_copy checkov:CKV_DOCKER_4"),
	BUILD_RULE("add-url-unchecked", MEDIUM, RECOMMENDED, judge_add_url, NULL, "ADD of a URL without a checksum",
		"Whoever controls the server decides what is in the image; --checksum=sha256:… pins the file.",
		"kics:curl_or_wget_instead_of_add"),
	BUILD_RULE("copy-archive", LOW, STRICT, judge_copy_archive, NULL, "An archive is copied and unpacked in another step",
		"The archive stays in a layer for ever; ADD unpacks it without leaving it behind.", "hadolint:DL3010"),
	BUILD_RULE("copy-root", MEDIUM, STRICT, judge_copy_root, NULL, "The whole of another stage is copied",
		"Build tools, caches and secrets of that stage come along.", "hadolint:DL3067"),
	BUILD_RULE("copy-relative", LOW, STRICT, judge_copy_relative, NULL, "COPY to a relative path without WORKDIR",
		"Where the file lies depends on the base image, today and after its next version.", "hadolint:DL3045"),
	BUILD_RULE("chown-flag", LOW, STRICT, judge_chown, NULL, "COPY --chown makes the files changeable",
		"A process that is taken over can change the program that it runs; files that root owns can only be read and run.",
		"kics:chown_flag_exists"),
	BUILD_RULE("workdir-relative", LOW, RECOMMENDED, judge_workdir, &loose, "WORKDIR relative to the base image's",
		"Where it lies depends on the base image, today and after its next version.",
		"hadolint:DL3000 trivy:DS-0009 kics:workdir_path_not_absolute checkov:CKV_DOCKER_10 buildkit:WorkdirRelativePath"),
	BUILD_RULE("workdir-step", LOW, STRICT, judge_workdir, &anchored, "WORKDIR relative to an earlier one",
		"Who reads the file has to add up all of them to know where a step runs.",
		"hadolint:DL3000 trivy:DS-0009 kics:workdir_path_not_absolute checkov:CKV_DOCKER_10"),

	/* --- who runs it, and how --- */
	BUILD_RULE("ssh-port", LOW, STRICT, judge_ssh_port, NULL, "Port 22 is exposed",
		"An SSH server in a container is a second way in, with keys and passwords of its own; use docker exec.",
		"trivy:DS-0004 kics:exposing_port_22 checkov:CKV_DOCKER_1"),
	BUILD_RULE("stage-ends-as-root", LOW, STRICT, judge_stage_user, NULL, "A build stage ends as root",
		"Whoever builds upon the stage, or targets it, runs as root without having said so.", "hadolint:DL3002"),
	BUILD_RULE("user-by-name", LOW, STRICT, judge_user_name, NULL, "USER is a name, not a number",
		"What uid a name has depends on /etc/passwd of the base image; Kubernetes cannot prove that it is not 0.",
		"hadolint:DL3066"),
	BUILD_RULE("shell-form", LOW, STRICT, judge_shell_form, &plain_form, "CMD or ENTRYPOINT runs through a shell", SHELL_FORM_WHY,
		"hadolint:DL3025 buildkit:JSONArgsRecommended kics:not_using_json_in_cmd_and_entrypoint_arguments"),
	BUILD_RULE("own-shell-form", LOW, STRICT, judge_shell_form, &shell_form, "CMD or ENTRYPOINT runs through a shell of its own",
		SHELL_FORM_WHY, "hadolint:DL3025 kics:not_using_json_in_cmd_and_entrypoint_arguments"),
	BUILD_RULE("healthcheck-shell-form", INFO, STRICT, judge_shell_form, &health_plain, "HEALTHCHECK runs through a shell",
		"The image needs a shell for it, which a minimal base has not.", "hadolint:DL3025"),
	BUILD_RULE("healthcheck-own-shell-form", INFO, STRICT, judge_shell_form, &health_shell,
		"HEALTHCHECK runs through a shell of its own", "The image needs a shell for it, which a minimal base has not.",
		"hadolint:DL3025"),

	/* --- style --- */
	BUILD_RULE("maintainer", INFO, STRICT, judge_maintainer, NULL, "MAINTAINER is deprecated",
		"Tools read the label org.opencontainers.image.authors.",
		"hadolint:DL4000 buildkit:MaintainerDeprecated trivy:DS-0022 kics:maintainer_instruction_being_used checkov:CKV_DOCKER_6"),
	BUILD_RULE("label-key", INFO, STRICT, judge_label_key, NULL, "A label key that tools may not take",
		"Keys are made of lower-case letters, digits, single dots and dashes, outside of Docker's own name spaces.",
		"hadolint:DL3048"),
	BUILD_RULE("old-pair", INFO, STRICT, judge_old_pair, NULL, "ENV or LABEL without an equals sign",
		"A typing error turns the rest of the line into the value.", "buildkit:LegacyKeyValueFormat"),
	BUILD_RULE("blank-continuation", INFO, STRICT, judge_blank_continuation, NULL, "A blank line in a continued instruction",
		"Builders will take it for the end of the instruction.", "buildkit:NoEmptyContinuation"),
	BUILD_RULE("keyword-case", INFO, STRICT, judge_keyword_case, NULL, "Keywords in different cases",
		"Who skims the file for instructions misses the odd one, in a review as well.", "buildkit:ConsistentInstructionCasing"),
	BUILD_RULE("as-case", INFO, STRICT, judge_as_case, NULL, "FROM and AS in different cases",
		"Who skims the file for stages misses the one whose name stands behind another AS.",
		"buildkit:FromAsCasing"),
	BUILD_RULE("stage-case", INFO, STRICT, judge_stage_case, NULL, "The name of a stage is not in lower case",
		"Keywords and names are told apart by their case.", "buildkit:StageNameCasing"),
	BUILD_RULE("expose-case", INFO, STRICT, judge_expose_case, NULL, "The protocol of a port is not in lower case",
		"Some tools compare the protocol as it is written and then do not find the port.", "buildkit:ExposeProtoCasing"),
	BUILD_RULE("run-split", INFO, STRICT, judge_run_split, NULL, "RUN after RUN",
		"Every one of them is a layer of its own, and what it leaves behind the next one cannot take out.",
		"hadolint:DL3059"),
	BUILD_RULE("layers", INFO, STRICT, judge_layers, NULL, "Instructions that could be one layer",
		"What one layer holds no later layer can take out.", "kics:multiple_run_add_copy_instructions_listed"),
	BUILD_RULE("ignore-comment", INFO, STRICT, judge_ignore_comment, NULL, "A rule is turned off by a comment",
		"In strict files a decision is written down in the policy, with its reason.", "hadolint:DL1001"),
	BUILD_RULE("description", INFO, STRICT, judge_description, NULL, "A comment that does not describe what it stands above",
		"Builders show comments that begin with the name as the description of the argument or stage.",
		"buildkit:InvalidDefinitionDescription"),
};
/* clang-format on */

const rule_table build_table = RULE_TABLE(build_rules);
