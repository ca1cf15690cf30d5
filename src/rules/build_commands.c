/* SPDX-License-Identifier: Apache-2.0
 *
 * build: commands and variables that turn checks off, and commands that do not belong into a build. */
#include "rules/build_tables.h"
#include "rules/tables.h"

#define USES(name, ...) static const build_use name[] = {__VA_ARGS__, {NULL, NULL, NULL, NULL}}

/* --- calls --- */

USES(no_use, {"ssh vim nano shutdown service ps free top kill mount ifconfig", NULL, NULL, NULL});
USES(change_folder, {"cd", NULL, NULL, NULL});
USES(change_password, {"chpasswd", NULL, NULL, NULL});
USES(curl_insecure, {"curl", NULL, "k", "insecure"});
USES(wget_insecure, {"wget", NULL, NULL, "no-check-certificate"});
USES(pip_trusted, {"pip pipx", NULL, NULL, "trusted-host"});
USES(apk_untrusted, {"apk", NULL, NULL, "allow-untrusted"});
USES(apt_unauthenticated, {"apt-get apt aptitude", NULL, NULL, "allow-unauthenticated"});
USES(apt_forced, {"apt-get apt aptitude", NULL, NULL, "force-yes"});
USES(rpm_unsigned, {"yum dnf dnf5 tdnf microdnf", NULL, NULL, "nogpgcheck no-gpgchecks"});
USES(rpm_unverified, {"rpm", NULL, NULL, "nodigest nosignature noverify nofiledigest"});
USES(zypper_unsigned, {"zypper", NULL, NULL, "no-gpg-checks allow-unsigned-rpm"});

/* --- variables --- */

static const build_setting node_tls = {"NODE_TLS_REJECT_UNAUTHORIZED", "0"};
static const build_setting python_https = {"PYTHONHTTPSVERIFY", "0"};
static const build_setting npm_ssl = {"NPM_CONFIG_STRICT_SSL npm_config_strict_ssl", "false"};
static const build_setting git_ssl = {"GIT_SSL_NO_VERIFY", NULL};
static const build_setting pip_host = {"PIP_TRUSTED_HOST", NULL};

static const build_pipe plain_pipes = {false}, shell_pipes = {true};

#define CERTIFICATE_WHY \
	"Anyone on the network path can hand the build other files than the server's, and they end in the image without a trace."
#define SIGNATURE_WHY \
	"A mirror that was tampered with, or anyone on the network path, can put packages of his own into the image."

#define COMMAND_RULE(id_, severity_, profile_, judge_, of_, title_, why_, aliases_)                  \
	{                                                                                            \
		.id = "build/" id_, .severity = SEVERITY_##severity_, .profile = PROFILE_##profile_, \
		.judge = judge_, ON_DOCKERFILE, .of = of_, .title = title_, .why = why_,             \
		.aliases = aliases_, .references = ""                                                \
	}

/* clang-format off */
static const rule command_rules[] = {
	/* --- checks that are turned off --- */
	COMMAND_RULE("curl-insecure", HIGH, BASELINE, judge_use, curl_insecure, "curl does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_2"),
	COMMAND_RULE("wget-insecure", HIGH, BASELINE, judge_use, wget_insecure, "wget does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_3"),
	COMMAND_RULE("pip-trusted-host", HIGH, BASELINE, judge_use, pip_trusted, "pip does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_4"),
	COMMAND_RULE("python-https-unverified", HIGH, BASELINE, judge_setting, &python_https,
		"Python does not check certificates", CERTIFICATE_WHY, "checkov:CKV2_DOCKER_5"),
	COMMAND_RULE("node-tls-unverified", HIGH, BASELINE, judge_setting, &node_tls, "Node.js does not check certificates",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_6"),
	COMMAND_RULE("apk-untrusted", HIGH, BASELINE, judge_use, apk_untrusted, "apk installs packages without a trusted signature",
		SIGNATURE_WHY, "checkov:CKV2_DOCKER_7"),
	COMMAND_RULE("apt-unauthenticated", HIGH, BASELINE, judge_use, apt_unauthenticated,
		"apt-get installs packages without a trusted signature", SIGNATURE_WHY, "checkov:CKV2_DOCKER_8"),
	COMMAND_RULE("rpm-unsigned", HIGH, BASELINE, judge_use, rpm_unsigned, "yum or dnf installs packages without a signature",
		SIGNATURE_WHY, "checkov:CKV2_DOCKER_9"),
	COMMAND_RULE("rpm-unverified", HIGH, BASELINE, judge_use, rpm_unverified, "rpm installs packages unverified", SIGNATURE_WHY,
		"checkov:CKV2_DOCKER_10"),
	COMMAND_RULE("zypper-unsigned", HIGH, BASELINE, judge_use, zypper_unsigned, "zypper installs packages without a signature",
		SIGNATURE_WHY, ""),
	COMMAND_RULE("apt-forced", HIGH, BASELINE, judge_use, apt_forced, "apt-get goes on whatever is wrong",
		"--force-yes installs packages without a signature and downgrades others.", "checkov:CKV2_DOCKER_11"),
	COMMAND_RULE("npm-ssl-variable", HIGH, BASELINE, judge_setting, &npm_ssl, "npm does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_12"),
	COMMAND_RULE("npm-ssl-off", HIGH, BASELINE, judge_strict_ssl, NULL, "npm or yarn no longer checks certificates",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_13"),
	COMMAND_RULE("git-ssl-variable", HIGH, BASELINE, judge_setting, &git_ssl, "git does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_14"),
	COMMAND_RULE("git-ssl-off", HIGH, BASELINE, judge_git_ssl, NULL, "git does not check the server's certificate",
		CERTIFICATE_WHY, ""),
	COMMAND_RULE("yum-ssl-off", HIGH, BASELINE, judge_ssl_verify, NULL, "yum or dnf does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_15"),
	COMMAND_RULE("pip-host-variable", HIGH, BASELINE, judge_setting, &pip_host, "pip does not check the server's certificate",
		CERTIFICATE_WHY, "checkov:CKV2_DOCKER_16"),

	/* --- what is run --- */
	COMMAND_RULE("password-set", HIGH, BASELINE, judge_use, change_password, "A password is set in a build step",
		"The password stands in the Dockerfile and in the image's history, and every container of the image has the same one.",
		"checkov:CKV2_DOCKER_17"),
	COMMAND_RULE("curl-to-shell", HIGH, RECOMMENDED, judge_download_to_shell, NULL, "A download is run unchecked",
		"Whoever controls the server, today or at any later build, runs what he likes in the build. Fetch a version, check its "
		"checksum, then run it.",
		""),
	COMMAND_RULE("plain-http", MEDIUM, RECOMMENDED, judge_plain_http, NULL, "A download over plain HTTP",
		"Anyone on the network path can hand the build another file.", ""),
	COMMAND_RULE("world-writable", MEDIUM, RECOMMENDED, judge_world_writable, NULL, "Files that everyone may change",
		"Any process in the container, whatever user it runs as, can replace what others run.", ""),
	COMMAND_RULE("sudo", MEDIUM, RECOMMENDED, judge_sudo, NULL, "sudo in a build step",
		"sudo needs a set-uid program in the image, with which a process of the container can become root again. Switch with USER.",
		"hadolint:DL3004 trivy:DS-0010 kics:run_using_sudo checkov:CKV2_DOCKER_1"),
	COMMAND_RULE("useless-command", LOW, STRICT, judge_use, no_use, "A command that makes no sense in a build step",
		"It shows or changes the state of a machine that is gone when the step ends.",
		"hadolint:DL3001 kics:run_utilities_and_posix_commands"),
	COMMAND_RULE("cd", LOW, STRICT, judge_use, change_folder, "cd instead of WORKDIR",
		"The folder is forgotten at the end of the step, and who reads on has to follow every cd.",
		"hadolint:DL3003 trivy:DS-0013 kics:run_command_cd_instead_of_workdir"),
	COMMAND_RULE("pipe-unchecked", LOW, STRICT, judge_pipe, &plain_pipes, "A pipe whose first part may fail unseen",
		"The shell looks at the last command only: a download that fails halfway still makes a layer. Use SHELL with -o pipefail.",
		"hadolint:DL4006"),
	COMMAND_RULE("shell-pipe-unchecked", LOW, STRICT, judge_pipe, &shell_pipes, "A script whose failure a pipe hides",
		"The shell looks at the last command only: a script that fails halfway still makes a layer. Use SHELL with -o pipefail.",
		"hadolint:DL4006 kics:shell_running_a_pipe_without_pipefail_flag"),
	COMMAND_RULE("two-downloaders", LOW, STRICT, judge_two_downloaders, NULL, "Both wget and curl are used",
		"One of them is enough; the other is one more program to patch, and one more that an attacker finds.",
		"hadolint:DL4001 trivy:DS-0014 kics:run_using_wget_and_curl"),
	COMMAND_RULE("wget-progress", LOW, STRICT, judge_wget_progress, NULL, "wget fills the build log",
		"The progress bar writes thousands of lines, in which a warning is not seen.", "hadolint:DL3047"),
	COMMAND_RULE("shell-replaced", LOW, STRICT, judge_shell_link, NULL, "/bin/sh is replaced instead of using SHELL",
		"Scripts of the distribution are written for its own /bin/sh; SHELL changes the shell of the build alone.",
		"hadolint:DL4005 kics:changing_default_shell_using_run_command"),
	COMMAND_RULE("useradd-log", LOW, STRICT, judge_useradd, NULL, "useradd with a high uid and without -l",
		"The login log has a record for every uid up to this one: the layer grows by gigabytes of zeros.", "hadolint:DL3046"),
};
/* clang-format on */

const rule_table build_commands_table = RULE_TABLE(command_rules);
