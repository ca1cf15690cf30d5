/* SPDX-License-Identifier: Apache-2.0
 *
 * Every bound on what an input may ask for, each with its reason. Going over one is an error with its place, never a
 * hang, and never the end of the run. */
#pragma once

enum {
	/* Sources. The largest honest manifest seen in the wild is a bundle of custom resources near 10 MB. */
	LIMIT_FILE_BYTES = 32 << 20,
	/* One line of a source: minified JSON passes, a binary that calls itself a Dockerfile does not. */
	LIMIT_LINE_BYTES = 1 << 20,
	/* Files found under one directory argument. */
	LIMIT_FILES = 1000000,
	/* Directory depth: deeper trees are loops or attacks. */
	LIMIT_DIRECTORY_DEPTH = 64,

	/* Trees. libyaml recurses into nothing, but our walkers do; honest files stay below 30. */
	LIMIT_TREE_DEPTH = 100,
	/* Nodes of one file, aliases counted as if written out: stops the billion laughs. */
	LIMIT_TREE_NODES = 2000000,

	/* Dockerfiles: an instruction after its continuation lines are joined. */
	LIMIT_INSTRUCTIONS = 100000,
	/* Shell: nesting of subshells and substitutions that the splitter follows. */
	LIMIT_SHELL_DEPTH = 32,
	/* Commands of one shell text. */
	LIMIT_SHELL_COMMANDS = 20000,
	/* One expansion of ENV, ARG or Compose variables. */
	LIMIT_EXPANSION_BYTES = 1 << 20,
	LIMIT_EXPANSION_DEPTH = 16,

	/* Compose: chains of extends and include. */
	LIMIT_INCLUDE_DEPTH = 16,
	/* Workloads and objects of one run. */
	LIMIT_WORKLOADS = 200000,

	/* Conditions: nesting and nodes of one expression, macros written out. */
	LIMIT_EXPRESSION_DEPTH = 64,
	LIMIT_EXPRESSION_NODES = 65536,
	/* Values of a list of an event (descriptors of a poll, arguments): more are not looked at. What join and concat may make of them:
	 * without it a rule could double a text with every transformer. */
	LIMIT_EXPRESSION_VALUES = 4096,
	LIMIT_EXPRESSION_TEXT = 1 << 20,
	/* The table by which all texts that a field is searched for are found together: that of 2,000 texts of 15 bytes. Beyond it each is looked for. */
	LIMIT_TEXT_PARTS_BYTES = 2 << 20,
	/* One condition as it is written; the longest in public rule files has 5 KiB before its lists are written out. */
	LIMIT_CONDITION_BYTES = 1 << 20,
	/* Parentheses and transformers in a condition of runtime rules, one in another. */
	LIMIT_CONDITION_DEPTH = 1000,

	/* Rule files for events: warnings of one file; the sets in use give below 100. */
	LIMIT_RULE_PROBLEMS = 1000,
	/* Exceptions and tags of one rule: each is looked for among the others. */
	LIMIT_RULE_EXCEPTIONS = 1000,
	LIMIT_RULE_TAGS = 256,
	/* Lists in lists in an exception: values have two levels. */
	LIMIT_RULE_ENTRY_DEPTH = 8,
	/* Text moved while lists are written out in all conditions of a set; the public rules move 300 KiB. */
	LIMIT_RULE_LIST_BYTES = 64 << 20,
	/* Nodes looked at while macros are put into all conditions of a set; the public rules have 2,300. */
	LIMIT_RULE_SET_NODES = 2000000,
	/* Levels of a condition with its macros: those who walk it call themselves. */
	LIMIT_RULE_TREE_DEPTH = 4096,

	/* Images. One layer, decompressed: the largest honest ones (GPU frameworks) are near 20 GiB. */
	LIMIT_LAYER_MIB = 64 << 10,
	/* What compressed data may grow by, judged only past LIMIT_RATIO_FROM_MIB: file systems shrink to a third, runs of zeros to a
	 * thousandth. A bomb is both large and hollow. */
	LIMIT_RATIO = 200,
	LIMIT_RATIO_FROM_MIB = 1024,
	/* The window of a Zstandard frame: 128 MiB, what its own tool takes without being asked. */
	LIMIT_ZSTD_WINDOW_LOG = 27,
	/* Memory of one xz decoder: `xz -9` needs 65 MiB. */
	LIMIT_XZ_MEMORY_MIB = 128,
	/* One extended tar header (pax, GNU long name): what Go's reader, and so every engine, refuses beyond. */
	LIMIT_TAR_HEADER = 1 << 20,
	/* A path of an image: longer ones (PATH_MAX) cannot be unpacked by any engine. */
	LIMIT_IMAGE_PATH = 4096,
	/* Pieces of one sparse file. */
	LIMIT_TAR_PIECES = 1 << 18,
	/* One file of an image that is handed out whole: the largest honest executables and package databases are below 300 MB. */
	LIMIT_IMAGE_FILE_MIB = 512,
	/* All that is remembered of the files of one image (names, sizes, folders): three million files of usual names. */
	LIMIT_IMAGE_INDEX_MIB = 1024,
	/* Steps through folders and symbolic links while layers are laid over one another: honest images need two a file. */
	LIMIT_IMAGE_STEPS = 200000000,
	/* Symbolic links on one path, as in the kernel. */
	LIMIT_IMAGE_LINKS = 40,
	/* Manifests and configs; registries stop at 4 MiB. */
	LIMIT_IMAGE_JSON = 8 << 20,
	/* Layers: overlayfs stacks at most 500. */
	LIMIT_IMAGE_LAYERS = 512,
	/* Members of an archive of images, and manifests that are looked at to find one. */
	LIMIT_IMAGE_MEMBERS = 16384,
	LIMIT_IMAGE_MANIFESTS = 1024,
	/* An index that names an index that names …: two is the most that registries hold. */
	LIMIT_IMAGE_INDEXES = 4,

	/* Packages that one database, lock file or executable names: the largest honest lock files have 50,000. */
	LIMIT_PACKAGES = 200000,
	/* Files that the packages of one database own: a full desktop with its sources has a million. */
	LIMIT_PACKAGE_FILES = 4000000,
	/* A name, a version or another field of a package. */
	LIMIT_PACKAGE_FIELD = 1024,
	/* Tags and folders of one rpm header: rpm itself stops at 65,535 tags; the largest kernels have 20,000 folders. */
	LIMIT_RPM_TAGS = 65535,
	LIMIT_RPM_FOLDERS = 1 << 18,
	/* One header: kernels with all their files have 20 MB, rpm itself stops at 256 MiB. */
	LIMIT_RPM_HEADER = 256 << 20,
	/* Steps of SQLite's virtual machine over a foreign database: a package needs five. */
	LIMIT_SQLITE_STEPS = 10000000,

	/* Secrets. What is searched of one file: credentials stand in small files, and logs repeat themselves. */
	LIMIT_SECRET_BYTES = 64 << 20,
	/* Keywords of one rule. */
	LIMIT_SECRET_RULE_KEYWORDS = 64,
	/* Rules of one foreign file, and all their keywords together: some thirty times of what the largest public set has. */
	LIMIT_SECRET_RULES = 8192,
	LIMIT_SECRET_KEYWORD_BYTES = 1 << 18,
	/* Steps of one pattern from one place: honest ones need some hundreds. */
	LIMIT_SECRET_MATCH_STEPS = 100000,
	/* What a pattern searches before the time is looked at again. */
	LIMIT_SECRET_PIECE = 64 << 10,
	/* CPU seconds of all patterns on one file: honest ones need milliseconds. */
	LIMIT_SECRET_SECONDS = 10,
	/* Matches that are kept while one file is searched, and findings that are listed of it. */
	LIMIT_SECRET_RAW = 100000,
	LIMIT_SECRET_FINDINGS = 1000,

	/* Advisories. One record: the largest of OSV (a kernel notice with its packages) and a release of Alpine's secdb are below 5 MB. */
	LIMIT_ADVISORY_BYTES = 32 << 20,
	/* Ids, versions, names of packages, vectors, URLs. */
	LIMIT_ADVISORY_WORD = 1024,
	/* A line of several of them. */
	LIMIT_ADVISORY_TEXT = 4 << 20,
	/* Names of one advisory: kernel notices mend a thousand problems at once. */
	LIMIT_ADVISORY_NAMES = 4096,
	/* Packages of one advisory: distributions list each binary of each release. */
	LIMIT_ADVISORY_PACKAGES = 100000,
	/* Listed versions times bytes of ranges that are compared to leave out what is said twice: 50 ms. */
	LIMIT_ADVISORY_THINNING = 8 << 20,
	/* What is kept of a summary. */
	LIMIT_ADVISORY_TITLE = 240,
	/* An import from a pipe, which cannot be mapped. */
	LIMIT_ADVISORY_PIPE = 1 << 30,
	/* VEX: statements of one document, and flags of one vulnerability; the largest of distributions have 100,000 of the former. */
	LIMIT_VEX_STATEMENTS = 500000,
	LIMIT_VEX_FLAGS = 256,
	/* Sections or segments of one executable: those made with a section a function have 100,000. */
	LIMIT_ELF_PARTS = 1 << 18,
	/* The name of a section: the longest of compilers (names of C++ functions) are below. */
	LIMIT_ELF_NAME = 1 << 10,
	/* Data in which the build information of Go is searched where there are no sections: it lies in front. */
	LIMIT_GO_SEARCH = 16 << 20,
	/* A list of crates in an executable, packed and unpacked: cargo-audit stops at 8 MiB, honest ones have 100 KiB. */
	LIMIT_RUST_AUDIT = 8 << 20,
	/* What is searched of a program for its version: the largest that are known by name have 120 MiB. */
	LIMIT_PROGRAM_BYTES = 256 << 20,
	/* Java archives in archives: an ear holds wars, which hold jars, some of which hold others. */
	LIMIT_JAVA_DEPTH = 4,
	/* All that is inflated of the archives inside of one file: the largest honest war files have 300 MiB. */
	LIMIT_JAVA_UNPACKED = 512 << 20,
	/* A group, an artifact or a version of Maven: the longest of its central repository are near 100. */
	LIMIT_JAVA_NAME = 256,
	/* Versions that are remembered of what was merged into one archive: the largest hold 300 others. */
	LIMIT_JAVA_VERSIONS = 1000,
	/* A manifest; those of signed archives list all their files. */
	LIMIT_JAVA_TEXT = 8 << 20,
	/* Zip archives: OSV's for npm has 220,000. */
	LIMIT_ZIP_ENTRIES = 2000000,

	/* The memory of layers: one layer's findings (a million files take about 60 MB), and all together, compressed. */
	LIMIT_CACHED_LAYER_MIB = 256,
	LIMIT_CACHE_MIB = 512,

	/* Downloads. One message between the program and its helper: its lines (tokens of registries have 10 KB), their number, the bytes that
	 * come along (manifests have at most 4 MiB; lists of ecosystems less), one header of an answer. */
	LIMIT_FETCH_LINES = 1 << 18,
	LIMIT_FETCH_FIELDS = 128,
	LIMIT_FETCH_BODY = 8 << 20,
	LIMIT_FETCH_HEADER = 16384,
	/* Seconds until a server answers, and without a kilobyte a second before the connection is given up. */
	LIMIT_FETCH_CONNECT_SECONDS = 15,
	LIMIT_FETCH_STALL_SECONDS = 30,
	/* Redirects: registries need one. */
	LIMIT_FETCH_REDIRECTS = 10,
	/* Attempts that bring nothing, and seconds that a server may make us wait in all. */
	LIMIT_FETCH_ATTEMPTS = 5,
	LIMIT_FETCH_WAIT_SECONDS = 90,
	/* Blobs of one image that are fetched at once: what engines do. */
	LIMIT_FETCH_PARALLEL = 4,
	/* One blob, and all of an image as it is stored: the largest honest ones (GPU frameworks, compressed) are near 15 GiB. */
	LIMIT_BLOB_MIB = 32 << 10,
	LIMIT_PULL_MIB = 64 << 10,
	/* What is kept of pulled images when nobody says. */
	LIMIT_IMAGE_CACHE_MIB = 4 << 10,
	/* Images in the index of the cache; the reader of layouts stops at LIMIT_IMAGE_MANIFESTS. */
	LIMIT_IMAGE_CACHE_NAMES = 512,
	/* What a credential helper says, and the seconds it has (it may ask a person). */
	LIMIT_CREDENTIAL_BYTES = 1 << 16,
	LIMIT_CREDENTIAL_SECONDS = 60,
	/* The file of one ecosystem: npm's has 200 MB. */
	LIMIT_UPDATE_MIB = 4 << 10,

	/* Engines of this machine. Images of one: build servers keep some thousands. */
	LIMIT_ENGINE_IMAGES = 20000,
	/* Addresses at which one port of a container is published. */
	LIMIT_ENGINE_BINDINGS = 1000,
	/* What is shown of one value that it says: a list that is longer is cut off. */
	LIMIT_EVIDENCE_VALUE = 4096,
	/* Containers of one, and what it may say of all of them together: honest descriptions have 10 KB. */
	LIMIT_ENGINE_CONTAINERS = 10000,
	LIMIT_ENGINE_ANSWERS_MIB = 256,
	/* Seconds without a byte of an answer: Docker packs a whole image before it sends the first. */
	LIMIT_ENGINE_SECONDS = 300,
	/* Seconds for the whole of one description (honest engines need milliseconds), and for those of all containers: one that drips keeps nobody. */
	LIMIT_ENGINE_ANSWER_SECONDS = 20,
	LIMIT_ENGINE_LIST_SECONDS = 120,

	/* The longest pause between two rounds of an audit: a day. */
	LIMIT_WATCH_SECONDS = 86400,

	/* Seccomp filters. Instructions that are followed for one system call (profiles of engines need some hundred); filters of one process (the kernel allows
	 * 32,768 instructions in all); looks
	 * without a pause, then pauses of 20 µs, until a thread stops. */
	LIMIT_SECCOMP_STEPS = 1 << 16,
	LIMIT_SECCOMP_FILTERS = 512,
	LIMIT_SECCOMP_YIELDS = 2000,
	LIMIT_SECCOMP_WAITS = 5000,
	/* Pauses after which it is looked whether it sleeps so that it cannot stop; given up when it does so three times. */
	LIMIT_SECCOMP_ASLEEP = 100,

	/* How often a file below a root is opened anew because something was mounted or renamed meanwhile. */
	LIMIT_OPEN_TRIES = 64,

	/* Hosts. Names in one folder (registries in certs.d, processes in /proc: the kernel's own bound is four million, busy hosts have 20,000). */
	LIMIT_HOST_NAMES = 1 << 18,
	/* Files of engines of one host: certificates of registries are the many. */
	LIMIT_HOST_FILES = 2000,
	/* A file of settings, of accounts or of rules: the largest honest ones have some hundred kilobytes. */
	LIMIT_HOST_FILE = 4 << 20,
	/* Arguments of one daemon. */
	LIMIT_HOST_ARGUMENTS = 4096,
	/* Users or groups, and rules of the audit system. */
	LIMIT_HOST_ACCOUNTS = 100000,
	LIMIT_HOST_AUDIT_RULES = 10000,
	/* Sockets of one daemon, descriptors that are looked at to find them, and mounts of a host. */
	LIMIT_HOST_SOCKETS = 4096,
	LIMIT_HOST_DESCRIPTORS = 1 << 16,
	LIMIT_HOST_MOUNTS = 100000,

	/* What the kernel shows. One file of /proc: a table of 100,000 mounts, which is what fs.mount-max allows, has 16 MiB. */
	LIMIT_PROC_BYTES = 16 << 20,
	LIMIT_MOUNTS = 100000,
	/* Processes of a host: the largest pid_max. */
	LIMIT_PROCESSES = 1 << 22,
	/* Records of runtimes: folders that are looked at for them, one file (with the largest seccomp profiles 200 KB), all of them together. */
	LIMIT_RUNTIME_STATES = 16384,
	LIMIT_RUNTIME_STATE = 2 << 20,
	LIMIT_RUNTIME_STATES_BYTES = 64 << 20,
	/* Milliseconds for which containers that their runtime is just making are waited for, all together. */
	LIMIT_STARTING_WAIT = 100,
	/* Connections to the engines of a host: each of their clients has some. */
	LIMIT_UNIX_SOCKETS = 1 << 16,
	/* Descriptors of one process that are looked at: the usual limit of open files is 1,024, proxies have more. */
	LIMIT_CONTAINER_DESCRIPTORS = 16384,
	/* Threads of one container that are looked at one by one: 5 ms. */
	LIMIT_CONTAINER_THREADS = 1000,
	/* Folders from a cgroup up to the root, and of a path of /proc in general; the kernel allows what a path can hold. */
	LIMIT_CGROUP_DEPTH = 64,
	/* Environment variables, and listening sockets, of one container that are told. */
	LIMIT_CONTAINER_ENV = 10000,
	LIMIT_CONTAINER_SOCKETS = 4096,
	/* Processes of a container with more rights than its first that are told one by one. */
	LIMIT_CONTAINER_TASKS = 100,
	/* Device nodes below a container's /dev. */
	LIMIT_CONTAINER_DEVICES = 4096,
	/* Files below the root of a running container in the search for set-uid files: 2 s. */
	LIMIT_CONTAINER_FILES = 500000,

	/* Files of rules in one folder: sets have a few. */
	LIMIT_WATCH_RULE_FILES = 4096,
	/* Threads that are followed: what Falco follows; pid_max of most machines is below. */
	LIMIT_WATCH_PROCESSES = 1 << 18,
	/* Descriptors of one process: the usual limit of open files is 1,024, proxies have more. */
	LIMIT_WATCH_DESCRIPTORS = 1 << 16,
	/* A text of a thread (arguments, environment, cgroups): recorders stop at 4 KiB or at 64 KiB. */
	LIMIT_WATCH_TEXT = 64 << 10,
	/* A path, and the name of a descriptor: the kernel's own limit. */
	LIMIT_WATCH_PATH = 4096,
	/* All texts of threads together, and all descriptors together: a host of 10,000 processes needs 30 MiB of each. */
	LIMIT_WATCH_MEMORY_MIB = 256,
	/* Containers that are remembered: some times of what one host runs at once. Bytes of the labels of one, and of its mounts: 32 KiB each, so that
	 * all together have no more than that. */
	LIMIT_WATCH_CONTAINERS = 512,
	LIMIT_WATCH_CONTAINER_BYTES = 32 << 10,
	/* What one container is told to have that makes its alerts weigh more: two or three mounts and capabilities are usual. */
	LIMIT_WATCH_WORSE = 16,
	/* Questions about containers that wait for the same source; the oldest are dropped, and asked again when they matter. */
	LIMIT_WATCH_QUESTIONS = 256,
	/* Milliseconds for which an event waits for what is said of its container; honest engines need five. */
	LIMIT_WATCH_WAIT = 100,
	/* Bytes of records that wait while something is asked: twice what the kernel keeps, or a tenth of a second of 100,000 events. */
	LIMIT_WATCH_BACKLOG = 8 << 20,
	/* Places of records that runtimes were seen to have. */
	LIMIT_RUNTIME_ROOTS = 64,
	/* Ancestors that are looked at: honest chains have 30. */
	LIMIT_WATCH_ANCESTORS = 1000,
	/* Orphans of one process that are given to another parent: init of a large machine has some hundred. */
	LIMIT_WATCH_ORPHANS = 4096,
	/* Users, and groups, of one capture. */
	LIMIT_WATCH_ACCOUNTS = 1 << 17,
	/* Containers whose users and groups are kept (a power of two), what is read of each of their two files, and lines of one that count:
	 * images have some thirty. */
	LIMIT_WATCH_INSIDE_BITS = 9,
	LIMIT_WATCH_ACCOUNT_BYTES = 16 << 10,
	LIMIT_WATCH_ACCOUNTS_INSIDE = 256,
	/* Addresses of a machine: hosts of many containers have some hundred. */
	LIMIT_WATCH_ADDRESSES = 4096,
	/* Alerts that wait for one destination, and their bytes: a busy host has some a second, so an hour of a server that is down. */
	LIMIT_WATCH_QUEUE = 16384,
	LIMIT_WATCH_QUEUE_BYTES = 16 << 20,
	/* One alert: its fields are bounded by what a recorder keeps of a text (64 KiB). */
	LIMIT_WATCH_ALERT_BYTES = 1 << 20,
	/* Seconds for which what is queued is still delivered at the end; service managers kill after 90. */
	LIMIT_WATCH_FLUSH_SECONDS = 5,
	/* The longest pause, in milliseconds, before a destination that failed is tried again. */
	LIMIT_WATCH_RETRY_MS = 30000,
	/* One alert of a syslog: what rsyslog takes by default. */
	LIMIT_SYSLOG_BYTES = 8192,
	/* Pairs of a rule and a container whose rate is limited; more share one allowance. */
	LIMIT_WATCH_RATES = 16384,
	/* Clients of the pages of watch at once, the head of a request, and the milliseconds that each has. */
	LIMIT_SERVE_CLIENTS = 16,
	LIMIT_SERVE_HEAD = 8192,
	LIMIT_SERVE_MS = 5000,
	/* Names of addresses that rules may ask for (lists of harmful hosts have some hundred), and addresses of each that count. */
	LIMIT_RESOLVE_NAMES = 1024,
	LIMIT_RESOLVE_ADDRESSES = 64,
	/* Milliseconds for which a capture waits for them: servers that do not answer are given up after ten seconds. */
	LIMIT_RESOLVE_MS = 30000,
	/* What --record writes: bytes of one file before they are compressed (to a tenth of that), some minutes of a busy host; files in the folder;
	 * mebibytes of all of them, if the option says nothing; events before the match that are kept in memory, some seconds of a busy host, and the list of
	 * threads before them; what waits for the disk. */
	LIMIT_RECORD_FILE = 256 << 20,
	LIMIT_RECORD_FILES = 10000,
	LIMIT_RECORD_MIB = 1024,
	LIMIT_RECORD_BEFORE = 1 << 20,
	LIMIT_RECORD_HEAD = 32 << 20,
	LIMIT_RECORD_QUEUE = 64 << 20,
	/* One block of a capture: large events have some MiB, process lists of busy hosts 60. */
	LIMIT_CAPTURE_BLOCK = 256 << 20,
	/* Entries of system calls that wait for their exit in old captures: bytes of all their parameters. */
	LIMIT_CAPTURE_ENTRIES = 64 << 20,

	/* Errors reported for one file; what follows is counted, not listed. */
	LIMIT_FILE_ERRORS = 100,
	/* Findings of one rule in one file; a generated file should not drown the rest. */
	LIMIT_RULE_FINDINGS = 1000,
};
