/* SPDX-License-Identifier: Apache-2.0
 *
 * build: package managers. Their command lines are tables, so that a rule about one of them is a row. */
#include "rules/build_tables.h"
#include "rules/tables.h"

/* --- command lines: apt-get(8), apk(8), yum(8), dnf(8), zypper(8), pip, npm, gem, yarn, pacman(8) --- */

#define APT_LETTERS "octa"
#define APT_NAMES   "option config-file target-release default-release host-architecture"
const build_manager build_apt = {"apt-get", APT_LETTERS, APT_NAMES, false};
const build_manager build_apt_all = {"apt-get apt aptitude", APT_LETTERS, APT_NAMES, false};
const build_manager build_apk = {"apk", "tXp",
	"virtual repository root arch keys-dir repositories-file cache-dir wait progress-fd cache-max-age timeout",
	false};
#define RPM_NAMES                                                                                                           \
	"config debuglevel errorlevel randomwait exclude enablerepo disablerepo setopt installroot releasever repo repoid " \
	"repofrompath forcearch comment"
const build_manager build_yum = {"yum", "cdeRx", RPM_NAMES, false};
const build_manager build_dnf = {"dnf dnf5 microdnf tdnf", "cdeRx", RPM_NAMES, false};
const build_manager build_zypper = {
	"zypper", "RcDCrtp", "root config reposd-dir cache-dir repo from type plus-repo", false};
const build_manager build_pip = {"pip", "bcefirtC",
	"abi build constraint requirement editable extra-index-url find-links index-url implementation no-binary only-binary "
	"platform prefix progress-bar proxy python python-version root src target trusted-host upgrade-strategy cache-dir cert "
	"client-cert exists-action global-option install-option keyring-provider log retries timeout root-user-action "
	"use-feature use-deprecated config-settings report",
	false};
const build_manager build_pipx = {"pipx", "i", "python pip-args index-url suffix backend", false};
const build_manager build_npm = {"npm", "wC",
	"registry prefix loglevel cache userconfig tag scope workspace omit include only before otp script-shell",
	false};
const build_manager build_gem = {"gem", "vinsPgB",
	"version install-dir bindir build-root source platform http-proxy file trust-policy use-system-libraries",
	true};
const build_manager build_yarn = {
	"yarn", NULL, "cwd registry cache-folder modules-folder network-timeout mutex", false};
const build_manager build_pacman = {"pacman", "br", "dbpath root cachedir config arch", false};

/* --- versions --- */

static bool any_of(span s, const char *bytes)
{
	for (size_t k = 0; k < s.n; k++)
		if (strchr(bytes, s.p[k]) && s.p[k])
			return true;
	return false;
}

static bool is_local(span package)
{
	return package.n == 0 || package.p[0] == '.' || package.p[0] == '/' || package.p[0] == '~';
}

/* name=version, name/release, ./file.deb */
static bool apt_pinned(span package)
{
	return is_local(package) || any_of(package, "=/") || span_ends(package, SPAN(".deb")) ||
	       span_ends(package, SPAN("-")) || package.p[0] == '^';
}

/* name=1, name~1, name>1, ./file.apk; !name and .virtual say no version. */
static bool apk_pinned(span package)
{
	return is_local(package) || any_of(package, "=<>~") || span_ends(package, SPAN(".apk")) ||
	       package.p[0] == '!';
}

static bool rpm_file(span package)
{
	return is_local(package) || span_contains(package, "://") || span_ends(package, SPAN(".rpm"));
}

/* name-1.2: a dash before a digit. @group is no package. */
static bool rpm_pinned(span package)
{
	if (rpm_file(package) || package.p[0] == '@' || any_of(package, "=<>"))
		return true;
	for (size_t k = 0; k + 1 < package.n; k++)
		if (package.p[k] == '-' && ascii_digit(package.p[k + 1]))
			return true;
	return false;
}

/* name:stream */
static bool module_pinned(span package)
{
	return span_find_byte(package, ':') != SPAN_NONE;
}

static bool zypper_pinned(span package)
{
	return rpm_file(package) || any_of(package, "=<>");
}

/* git+https://host/path@revision: an @ in the path, not before the host. */
static bool revision_in_path(span url)
{
	size_t scheme = span_find(url, SPAN("://"));
	span path = span_from(url, scheme == SPAN_NONE ? 0 : scheme + 3);
	size_t slash = span_find_byte(path, '/');
	return slash != SPAN_NONE && span_find_byte(span_from(path, slash), '@') != SPAN_NONE;
}

/* PEP 440 and PEP 508: name==1, name~=1 …; paths, archives and URLs of archives are what they are. */
static bool pip_pinned(span package)
{
	static const span files[] = {
		{".whl", 4}, {".zip", 4}, {".tar.gz", 7}, {".tar.bz2", 8}, {".tar", 4}, {".tgz", 4}};
	if (span_starts(package, SPAN("git+")) || span_starts(package, SPAN("hg+")) ||
		span_starts(package, SPAN("svn+")))
		return revision_in_path(package);
	for (size_t k = 0; k < sizeof files / sizeof *files; k++)
		if (span_ends(package, files[k]))
			return true;
	return is_local(package) || any_of(package, "=<>") || span_contains(package, "://") ||
	       span_contains(package, " @ ");
}

/* name@version and @scope/name@version; git URLs need #revision; folders and archives are what they are. */
static bool npm_pinned(span package)
{
	if (is_local(package) || span_ends(package, SPAN(".tgz")) || span_ends(package, SPAN(".tar.gz")) ||
		span_ends(package, SPAN(".tar")))
		return true;
	if (span_contains(package, "://") || span_starts(package, SPAN("git")) ||
		span_starts(package, SPAN("github:")))
		return span_contains(package, "://") || span_find_byte(package, ':') != SPAN_NONE
			       ? span_find_byte(package, '#') != SPAN_NONE
			       : span_find_byte(package, '@') != SPAN_NONE;
	size_t at = span_find_byte(span_from(package, 1), '@');
	return at != SPAN_NONE && !span_is(span_from(package, at + 2), "latest");
}

/* name:version */
static bool gem_pinned(span package)
{
	return is_local(package) || span_find_byte(package, ':') != SPAN_NONE ||
	       span_ends(package, SPAN(".gem"));
}

#define VERSIONS(name, ...) static const build_versions name = {__VA_ARGS__}
VERSIONS(apt_versions, &build_apt, "install", NULL, apt_pinned, NULL, NULL);
VERSIONS(apk_versions, &build_apk, "add", NULL, apk_pinned, NULL, NULL);
VERSIONS(yum_versions, &build_yum, "install localinstall", NULL, rpm_pinned, NULL, NULL);
VERSIONS(yum_modules, &build_yum, "install", "module", module_pinned, NULL, NULL);
VERSIONS(dnf_versions, &build_dnf, "install in", NULL, rpm_pinned, NULL, NULL);
VERSIONS(dnf_modules, &build_dnf, "install enable", "module", module_pinned, NULL, NULL);
VERSIONS(zypper_versions, &build_zypper, "install in", NULL, zypper_pinned, NULL, NULL);
VERSIONS(pip_versions, &build_pip, "install", NULL, pip_pinned, "rc", "requirement constraint");
VERSIONS(pipx_versions, &build_pipx, "install", NULL, pip_pinned, NULL, NULL);
VERSIONS(npm_versions, &build_npm, "install i add in", NULL, npm_pinned, NULL, NULL);
VERSIONS(gem_versions, &build_gem, "install i", NULL, gem_pinned, "v", "version");

/* --- options --- */

static const build_option apt_yes = {.manager = &build_apt,
	.subcommands = "install",
	.letters = "y",
	.flags = "yes assume-yes",
	.quiet = "q",
	.settings = "Assume-Yes=true Assume-Yes=1",
	.insert = " -y"};
static const build_option apt_recommends = {.manager = &build_apt,
	.subcommands = "install",
	.flags = "no-install-recommends",
	.settings = "Install-Recommends=false Install-Recommends=0 Install-Recommends=no",
	.insert = " --no-install-recommends"};
static const build_option yum_yes = {.manager = &build_yum,
	.subcommands = "install groupinstall localinstall reinstall",
	.letters = "y",
	.flags = "assumeyes yes",
	.insert = " -y"};
static const build_option dnf_yes = {.manager = &build_dnf,
	.subcommands = "install in groupinstall localinstall reinstall rei",
	.letters = "y",
	.flags = "assumeyes yes",
	.insert = " -y"};
static const build_option zypper_yes = {.manager = &build_zypper,
	.subcommands = "install in remove rm source-install si patch",
	.letters = "yn",
	.flags = "no-confirm non-interactive",
	.insert = " -y"};
static const build_option apk_cache = {.manager = &build_apk,
	.subcommands = "add",
	.flags = "no-cache",
	.mount = "/var/cache/apk",
	.insert = " --no-cache"};
static const build_option pip_cache = {.manager = &build_pip,
	.subcommands = "install",
	.flags = "no-cache-dir",
	.environment = "PIP_NO_CACHE_DIR",
	.mount = "/root/.cache/pip",
	.insert = " --no-cache-dir"};

/* --- caches --- */

#define CACHE(name, ...) static const build_cache name = {__VA_ARGS__}
CACHE(apt_archives, &build_apt, "install", "clean autoclean", NULL, "/var/lib/apt/lists /var/cache/apt",
	BUILD_ALL);
#define YUM_CACHE                                                                  \
	&build_yum, "install groupinstall localinstall reinstall", "clean", "all", \
		"/var/cache/yum /var/cache/dnf"
CACHE(yum_final, YUM_CACHE, BUILD_FINAL);
CACHE(yum_other, YUM_CACHE, BUILD_OTHER);
#define DNF_CACHE                                                                                              \
	&build_dnf,                                                                                            \
		"install in reinstall rei upgrade up upgrade-minimal up-min update groupinstall localinstall", \
		"clean", "all", "/var/cache/libdnf5 /var/cache/dnf /var/cache/yum"
CACHE(dnf_final, DNF_CACHE, BUILD_FINAL);
CACHE(dnf_other, DNF_CACHE, BUILD_OTHER);
#define ZYPPER_CACHE &build_zypper, "install in", "clean cc", NULL, "/var/cache/zypp"
CACHE(zypper_final, ZYPPER_CACHE, BUILD_FINAL);
CACHE(zypper_other, ZYPPER_CACHE, BUILD_OTHER);
CACHE(yarn_cache, &build_yarn, "install", "cache", "clean", "/root/.cache/yarn /usr/local/share/.cache",
	BUILD_SHIPPED);

/* --- calls --- */

static const build_use apt_calls[] = {{"apt", NULL, NULL, NULL}, {NULL, NULL, NULL, NULL}};
static const build_use apt_upgrades[] = {
	{"apt-get apt aptitude", "dist-upgrade full-upgrade", NULL, NULL}, {NULL, NULL, NULL, NULL}};
static const build_use zypper_upgrades[] = {
	{"zypper", "dist-upgrade dup", NULL, NULL}, {NULL, NULL, NULL, NULL}};

/* --- rules --- */

#define UNPINNED_WHY                                                                                                         \
	"The same Dockerfile gives another image tomorrow: nobody can say which version was tested, and a version that was " \
	"tampered with is taken at once."
#define CACHE_WHY \
	"What one layer holds no later layer can take out: the image is larger, and scanners find stale indexes in it."
#define PROMPT_WHY \
	"Without a terminal nobody can answer the question whether to go on: the build stops or hangs there."

#define PACKAGE_RULE(id_, severity_, profile_, judge_, of_, title_, why_, aliases_)                  \
	{                                                                                            \
		.id = "build/" id_, .severity = SEVERITY_##severity_, .profile = PROFILE_##profile_, \
		.judge = judge_, ON_DOCKERFILE, .of = of_, .title = title_, .why = why_,             \
		.aliases = aliases_, .references = ""                                                \
	}
#define UNPINNED(id_, of_, title_, aliases_) \
	PACKAGE_RULE(id_, LOW, STRICT, judge_unpinned, of_, title_, UNPINNED_WHY, aliases_)
#define PROMPTS(id_, of_, title_, aliases_) \
	PACKAGE_RULE(id_, LOW, STRICT, judge_missing_flag, of_, title_, PROMPT_WHY, aliases_)
#define CACHED(id_, of_, title_, aliases_) \
	PACKAGE_RULE(id_, LOW, STRICT, judge_cache, of_, title_, CACHE_WHY, aliases_)

/* clang-format off */
static const rule package_rules[] = {
	UNPINNED("apt-unpinned", &apt_versions, "apt-get installs packages without a version",
		"hadolint:DL3008 kics:apt_get_install_pin_version_not_defined"),
	UNPINNED("apk-unpinned", &apk_versions, "apk adds packages without a version",
		"hadolint:DL3018 kics:unpinned_package_version_in_apk_add"),
	UNPINNED("yum-unpinned", &yum_versions, "yum installs packages without a version",
		"hadolint:DL3033 kics:yum_install_without_version"),
	UNPINNED("yum-module-unpinned", &yum_modules, "yum installs a module without a stream", "hadolint:DL3033"),
	UNPINNED("dnf-unpinned", &dnf_versions, "dnf installs packages without a version",
		"hadolint:DL3041 kics:missing_version_specification_in_dnf_install"),
	UNPINNED("dnf-module-unpinned", &dnf_modules, "dnf installs a module without a stream", "hadolint:DL3041"),
	UNPINNED("zypper-unpinned", &zypper_versions, "zypper installs packages without a version",
		"hadolint:DL3037 kics:zypper_install_without_version"),
	UNPINNED("pip-unpinned", &pip_versions, "pip installs packages without a version",
		"hadolint:DL3013 kics:unpinned_package_version_in_pip_install"),
	UNPINNED("pipx-unpinned", &pipx_versions, "pipx installs programs without a version", "hadolint:DL3013"),
	UNPINNED("npm-unpinned", &npm_versions, "npm installs packages without a version",
		"hadolint:DL3016 kics:npm_install_without_pinned_version"),
	UNPINNED("gem-unpinned", &gem_versions, "gem installs packages without a version",
		"hadolint:DL3028 kics:gem_install_without_version"),
	PACKAGE_RULE("go-unpinned", LOW, STRICT, judge_unpinned_go, NULL, "go fetches modules without a version", UNPINNED_WHY,
		"hadolint:DL3062"),

	PROMPTS("apt-prompts", &apt_yes, "apt-get install waits for an answer",
		"hadolint:DL3014 trivy:DS-0021 kics:apt_get_missing_flags_to_avoid_manual_input"),
	PROMPTS("yum-prompts", &yum_yes, "yum install waits for an answer", "hadolint:DL3030 kics:yum_install_allows_manual_input"),
	PROMPTS("dnf-prompts", &dnf_yes, "dnf install waits for an answer", "hadolint:DL3038 kics:missing_flag_from_dnf_install"),
	PROMPTS("zypper-prompts", &zypper_yes, "zypper waits for an answer",
		"hadolint:DL3034 kics:missing_zypper_non_interactive_switch"),

	PACKAGE_RULE("apt-recommends", LOW, RECOMMENDED, judge_missing_flag, &apt_recommends,
		"apt-get installs recommended packages as well",
		"Packages that nobody asked for are code that an attacker can use and that has to be patched.",
		"hadolint:DL3015 trivy:DS-0029 kics:apt_get_not_avoiding_additional_packages"),
	PACKAGE_RULE("apk-cache-kept", LOW, STRICT, judge_missing_flag, &apk_cache, "apk leaves its index in the image", CACHE_WHY,
		"hadolint:DL3019 trivy:DS-0025 kics:apk_add_using_local_cache_path"),
	PACKAGE_RULE("pip-cache-kept", LOW, STRICT, judge_missing_flag, &pip_cache, "pip leaves its downloads in the image", CACHE_WHY,
		"hadolint:DL3042 kics:pip_install_keeping_cached_packages"),
	PACKAGE_RULE("apt-lists-kept", LOW, STRICT, judge_apt_lists, NULL, "apt leaves its package lists in the image", CACHE_WHY,
		"hadolint:DL3009"),
	CACHED("apt-not-cleaned", &apt_archives, "apt-get install without cleaning up",
		"kics:apt_get_install_lists_were_not_deleted"),
	CACHED("yum-cache-kept", &yum_final, "yum leaves its cache in the image",
		"hadolint:DL3032 trivy:DS-0015 kics:yum_clean_all_missing"),
	CACHED("yum-cache-kept-in-stage", &yum_other, "yum leaves its cache in a build stage", "hadolint:DL3032 trivy:DS-0015"),
	CACHED("dnf-cache-kept", &dnf_final, "dnf leaves its cache in the image",
		"hadolint:DL3040 trivy:DS-0019 kics:missing_dnf_clean_all"),
	CACHED("dnf-cache-kept-in-stage", &dnf_other, "dnf leaves its cache in a build stage", "hadolint:DL3040 trivy:DS-0019"),
	CACHED("zypper-cache-kept", &zypper_final, "zypper leaves its cache in the image",
		"hadolint:DL3036 trivy:DS-0020 kics:missing_zypper_clean"),
	CACHED("zypper-cache-kept-in-stage", &zypper_other, "zypper leaves its cache in a build stage",
		"hadolint:DL3036 trivy:DS-0020"),
	CACHED("yarn-cache-kept", &yarn_cache, "yarn leaves its cache in the image", "hadolint:DL3060"),

	PACKAGE_RULE("apt-interactive", LOW, STRICT, judge_use, apt_calls, "apt is made for people, not for scripts",
		"The command line of apt changes between versions, and it asks questions; apt-get and apt-cache are the stable ones.",
		"hadolint:DL3027 kics:run_using_apt checkov:CKV_DOCKER_9"),
	PACKAGE_RULE("apt-dist-upgrade", MEDIUM, STRICT, judge_use, apt_upgrades, "Upgrades the whole distribution",
		"The image no longer is the base that was chosen and tested, and every build gives another one. Take a newer base instead.",
		"trivy:DS-0024"),
	PACKAGE_RULE("zypper-dist-upgrade", MEDIUM, STRICT, judge_use, zypper_upgrades, "Upgrades the whole distribution",
		"The image no longer is the base that was chosen and tested, and every build gives another one. Take a newer base instead.",
		"hadolint:DL3035"),
	PACKAGE_RULE("update-alone", MEDIUM, RECOMMENDED, judge_update_alone, NULL, "The package index is fetched in a step of its own",
		"The layer is cached: later installs take old and vulnerable versions, or fail, long after the index changed.",
		"trivy:DS-0017 checkov:CKV_DOCKER_5"),
	PACKAGE_RULE("install-from-old-index", MEDIUM, STRICT, judge_install_alone, NULL,
		"Installs from the index of an earlier step",
		"The earlier layer is cached: this step takes old and vulnerable versions, or fails, long after the index changed.",
		"kics:update_instruction_alone"),
};
/* clang-format on */

const rule_table build_packages_table = RULE_TABLE(package_rules);
