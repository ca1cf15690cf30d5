#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead audit against a real Docker: twenty containers, ten of them open in one way each and ten hardened in one way each, and every fact of each of them on
every layer that knows it; drift; the seccomp filter; docker-bench-security's wrong answers; Compose files."""
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audited  # noqa: E402
import engine_start  # noqa: E402
from audited import containers  # noqa: E402
from common import PROGRAM, SHARED, Tap, run  # noqa: E402

tap = Tap()
DEFAULT = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE", "NET_RAW", "SYS_CHROOT", "MKNOD",
           "AUDIT_WRITE", "SETFCAP"]
HYBRID = os.path.isdir("/sys/fs/cgroup/memory")

# What a container is that nobody says anything about. Lists are given as the keys of their items.
PLAIN = {
    "user.uid": 0, "user.gid": 0, "user.host_uid": 0, "namespace.user": "host", "filesystem.read_only": False, "mount": [], "capabilities.add": [],
    "capabilities.drop": [], "capabilities.bounding": DEFAULT, "capabilities.permitted": DEFAULT, "capabilities.effective": DEFAULT,
    "capabilities.inheritable": [], "capabilities.ambient": [], "confinement.no_new_privileges": False, "seccomp.profile": "default",
    "confinement.unmasked": False, "confinement.sys_writable": False, "isolation.privileged": False, "namespace.pid": "private",
    "namespace.ipc": "private", "namespace.uts": "private", "namespace.network": "none", "device": [], "isolation.all_devices": False, "memory.limit": 0,
    "memory.swap": -1, "cpu.limit": 0, "pids.limit": 0, "memory.oom_kill_disabled": False, "process.oom_score": 0, "restart.policy": "no",
    "health.check": "none", "task": [], "listen": [], "image.reference": "kernel-test:one", "namespace.cgroup": "host" if HYBRID else "private",
}


def without(*names):
    return [name for name in DEFAULT if name not in names]


def some(*names):
    order = ["CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
             "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT",
             "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP"]
    return [name for name in order if name in names]


def capabilities(names):
    return {"capabilities.bounding": names, "capabilities.permitted": names, "capabilities.effective": names}


def idle(names):
    """Of a user who is not root: what he could get, and what he has."""
    return {"capabilities.bounding": names, "capabilities.permitted": [], "capabilities.effective": []}


ADMIN = some(*DEFAULT, "SYS_ADMIN", "NET_ADMIN")
# name, options, command, what differs from PLAIN
OPEN = [
    ("plain", [], [], {}),
    ("host-network", ["--network", "host"], [], {"namespace.network": "host", "listen": None}),
    ("host-pid", ["--pid", "host"], [], {"namespace.pid": "host"}),
    ("host-ipc", ["--ipc", "host"], [], {"namespace.ipc": "host"}),
    ("host-uts", ["--uts", "host"], [], {"namespace.uts": "host"}),
    ("unconfined", ["--security-opt", "seccomp=unconfined"], [], {"seccomp.profile": "unconfined"}),
    ("unmasked", ["--security-opt", "systempaths=unconfined"], [], {"confinement.unmasked": True}),
    ("admin", ["--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN"], [], {**capabilities(ADMIN), "capabilities.add": ["NET_ADMIN", "SYS_ADMIN"]}),
    ("binds", ["-v", "/etc:/host-etc:ro", "-v", "/root:/host-root", "--device", "/dev/fuse"], [],
     {"mount": ["/host-etc", "/host-root"], "device": ["/dev/fuse"]}),
    ("root-0-0", ["--user", "0:0", "--restart", "always", "--oom-score-adj", "500"], ["tcp", "8080"],
     {"restart.policy": "always", "process.oom_score": 500, "listen": [8080]}),
]
HARD = [
    ("user", ["--user", "1000:1000"], [], {"user.uid": 1000, "user.gid": 1000, "user.host_uid": 1000, **idle(DEFAULT)}),
    ("read-only", ["--read-only", "--tmpfs", "/tmp:size=1m,mode=1777"], [], {"filesystem.read_only": True, "mount": ["/tmp"]}),
    ("drop-all", ["--cap-drop", "ALL"], [], {**capabilities([]), "capabilities.drop": ["ALL"]}),
    ("drop-all-add", ["--cap-drop", "ALL", "--cap-add", "NET_BIND_SERVICE"], [],
     {**capabilities(["NET_BIND_SERVICE"]), "capabilities.drop": ["ALL"], "capabilities.add": ["NET_BIND_SERVICE"]}),
    ("drop-some", ["--cap-drop", "NET_RAW", "--cap-drop", "MKNOD"], [],
     {**capabilities(without("NET_RAW", "MKNOD")), "capabilities.drop": ["NET_RAW", "MKNOD"]}),
    ("no-new-privileges", ["--security-opt", "no-new-privileges"], [], {"confinement.no_new_privileges": True}),
    ("limits", ["--memory", "64m", "--memory-swap", "96m", "--cpus", "0.5", "--pids-limit", "50"], [],
     {"memory.limit": 64 << 20, "memory.swap": 96 << 20, "cpu.limit": 500, "pids.limit": 50}),
    ("quota", ["--cpu-quota", "50000", "--cpu-shares", "512", "--memory", "32m"], [],
     {"cpu.limit": 500, "cpu.shares": 512, "memory.limit": 32 << 20, "memory.swap": 64 << 20}),
    ("healthy", ["--health-cmd", "/bin/idle", "--health-interval", "1h", "--restart", "on-failure:5", "--ulimit", "nofile=100:200"], [],
     {"health.check": None, "restart.policy": "on-failure", "restart.retries": 5}),
    ("all", ["--user", "65532:65532", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true", "--memory", "32m", "--memory-swap", "32m",
             "--cpus", "0.25", "--pids-limit", "20", "--tmpfs", "/run:size=64k,noexec", "-e", "API_TOKEN=" + "ghp_" + "x7Kq9" * 7 + "b"], [],
     {"user.uid": 65532, "user.gid": 65532, "user.host_uid": 65532, **idle([]), "capabilities.drop": ["ALL"], "filesystem.read_only": True,
      "confinement.no_new_privileges": True, "memory.limit": 32 << 20, "memory.swap": 32 << 20, "cpu.limit": 250, "pids.limit": 20, "mount": ["/run"]}),
]
KEYS = {"mount": "target", "device": "source", "task": "pid", "listen": "port"}
# What the layers say in words of their own: the engine names networks and profiles, the kernel does not.
WORDS = {"seccomp.profile": {"default": "filter", "custom": "filter"}, "namespace.network": {"none": "private"}}
# What a layer has no way to say, or says as its own default.
NOT_SAID = {("capabilities.add", "declared"), ("capabilities.drop", "declared")}


def audit(engine, *words, **options):
    return audited.audit(*words, docker=engine.socket, **options)


def text_of(engine, *words):
    environment = audited.environment_of(engine.socket)
    return run("audit", *words, "--no-config", env=environment)


def plain(fact, value):
    if not isinstance(value, list):
        return value
    return [item[KEYS.get(fact, "name")] for item in value]


def check_facts(name, container, wanted):
    wrong = []
    for fact, want in wanted.items():
        have = container["facts"].get(fact)
        if want is None:
            continue
        have_value = plain(fact, have["value"]) if have else None
        if fact == "mount" and have: # engines write them down in any order
            have_value = sorted(have_value)
        if not have or have_value != want:
            wrong.append(f"{fact} is {plain(fact, have['value']) if have else 'unknown'}, not {want}")
            continue
        for layer in ("declared", "configured", "enforced"):
            if layer not in have or (fact, layer) in NOT_SAID:
                continue
            says = plain(fact, have[layer])
            alike = WORDS.get(fact, {}).get(want) if isinstance(want, str) else sorted(want, key=str) if isinstance(want, list) else want
            if says not in (want, alike) and not (isinstance(says, list) and sorted(says, key=str) == alike):
                wrong.append(f"{fact}, {layer}: {says}, not {want}")
    tap.ok(not wrong, f"{name}: every fact", *wrong)


def findings(found, container, rule=None):
    return [f for f in found["findings"] if f["workload"] == container and (not rule or f["rule"] == rule)]


def has(found, container, rule):
    return bool(findings(found, container, rule))


# --- twenty containers ---


def start_all(engine):
    started = []
    for name, options, command, _ in OPEN + HARD:
        options = options if "--network" in options else ["--network", "none", *options]
        if engine.start(name, *options, command=("/bin/idle", *command)):
            started.append(name)
        else:
            tap.skip(f"{name}: every fact", "it does not start here: " + " ".join(engine.error.split())[-120:])
    return started


def test_facts(engine, started):
    code, found = audit(engine, "--no-host", "-p", "strict")
    there = containers(found)
    tap.ok(code == 1 and not found["errors"], "twenty containers: nothing is left unread", code, found["errors"])
    for name, _, _, differs in OPEN + HARD:
        if name in started:
            check_facts(name, there[name], {**PLAIN, **differs})
    drifted = {name: [d["what"] + ": " + d["asked"] + " / " + d["holds"] for d in there[name]["drift"]] for name in started if there[name]["drift"]}
    tap.ok(not drifted, "twenty containers: what was asked for holds", drifted)
    tap.ok("x7Kq9" not in json.dumps(found) and "x7Kq9" not in text_of(engine, "--no-host", "--explain", "all")[1], "a token is never printed")
    return found


def test_without_engine(engine, started, asked):
    """The kernel alone says the same of everything that it knows."""
    _, found = audit(engine, "--kernel")
    by_pid = {one["pid"]: one for one in found["workloads"] if one["kind"] == "container"}
    only_engine = {"restart.policy", "restart.retries", "health.check", "image.reference", "capabilities.add", "capabilities.drop"}
    wrong = []
    for name in started:
        alone = by_pid.get(containers(asked)[name]["pid"])
        for fact in set(PLAIN) - only_engine:
            have = alone["facts"].get(fact, {}).get("enforced") if alone else None
            want = containers(asked)[name]["facts"].get(fact, {}).get("enforced")
            if [plain(fact, have)] != [plain(fact, want)]:
                wrong.append(f"{name}, {fact}: {have}, not {want}")
    tap.ok(not wrong, "--kernel: the same facts without an engine", *wrong)


def test_rules(engine, started, found):
    rows = [
        ("host-network", "network/host-network"), ("host-pid", "isolation/host-pid"), ("host-ipc", "isolation/host-ipc"), ("host-uts", "isolation/host-uts"),
        ("unconfined", "confinement/seccomp-unconfined"), ("unmasked", "confinement/unmasked"), ("admin", "capabilities/dangerous"),
        ("binds", "isolation/sensitive-host-path"), ("binds", "isolation/writable-sensitive-host-path"), ("plain", "user/root"),
        ("plain", "filesystem/writable"), ("plain", "resources/no-memory-limit"), ("plain", "confinement/new-privileges"), ("all", "secrets/in-env"),
    ]
    for name, rule in rows:
        if name in started:
            tap.ok(has(found, name, rule), f"{name} violates {rule}", [f["rule"] for f in findings(found, name)])
    kept = {"user/root", "user/unset", "filesystem/writable", "capabilities/not-dropped", "confinement/new-privileges", "resources/no-memory-limit",
            "resources/no-cpu-limit", "resources/no-pids-limit", "confinement/seccomp-unconfined", "network/host-network"}
    wrong = [f["rule"] for f in findings(found, "all") if f["rule"] in kept]
    tap.ok("all" not in started or not wrong, "the hardened container violates none of them", wrong)
    code, out, _ = text_of(engine, "--no-host")
    block = out.partition("high user/root")[2].partition("\n\n")[0]
    tap.ok(code == 1 and out.count("high user/root") == 1 and "plain" in block and re.search(r"of \d+\s+containers\)", block),
           "text: one problem of many is told once", block)


# --- docker-bench-security's wrong answers about containers ---


def test_bench(engine, scratch):
    """Of each: the container that it gets wrong, and ours."""
    socket = os.path.join(scratch, "sockets")
    os.makedirs(socket, exist_ok=True)
    rows = [  # check, name, options, rule, whether it is violated
        ("4.1", "bench-0-0", ["--user", "0:0"], "user/root", True),
        ("5.26", "bench-nnp-false", ["--security-opt", "no-new-privileges:false"], "confinement/new-privileges", True),
        ("5.6", "bench-root", ["-v", "/root:/mnt"], "isolation/writable-sensitive-host-path", True),
        ("5.6", "bench-var-run", ["-v", "/var/run:/mnt:ro"], "isolation/sensitive-host-path", True),
        ("5.6", "bench-shadow", ["-v", "/etc/shadow:/mnt:ro"], "isolation/sensitive-host-path", True),
        ("5.6", "bench-etc-ro", ["-v", "/etc:/mnt:ro"], "isolation/sensitive-host-path", True),
        ("5.6", "bench-boot", ["-v", socket + ":/boot"], "isolation/writable-sensitive-host-path", False),
        ("5.12", "bench-quota", ["--cpu-quota", "50000"], "resources/no-cpu-priority", False),
        ("5.12", "bench-quota", [], "resources/no-cpu-limit", False),
        ("5.15", "bench-three", ["--restart", "on-failure:3"], "resources/restart-unbounded", False),
        ("5.15", "bench-endless", ["--restart", "on-failure"], "resources/restart-unbounded", True),
        ("5.15", "bench-always", ["--restart", "always"], "resources/restart-unbounded", True),
        ("5.31", "bench-userns", [], "user/host-user-namespace", True),
        ("5.32", "bench-socket-folder", ["-v", os.path.dirname(engine.socket) + ":/mnt:ro"], "isolation/engine-socket", True),
        ("5.32", "bench-socket", ["-v", engine.socket + ":/mnt/harmless:ro"], "isolation/engine-socket", True),
        ("5.3", "bench-no-selinux", ["--security-opt", "no-new-privileges"], "confinement/selinux-disabled", False),
        ("5.2", "vanilla-web", [], "confinement/apparmor-unconfined", False),
        ("4.1", "vanilla-web", [], "user/root", True),
    ]
    ids = {}
    for _, name, options, _, _ in rows:
        if name not in ids:
            ids[name] = engine.start(name, *([] if "--network" in options else ["--network", "none"]), *options)
    _, found = audit(engine, "--no-host", "-p", "strict", *[name for name in ids if ids[name]])
    for check, name, _, rule, violated in rows:
        if not ids[name]:
            tap.skip(f"docker-bench {check}: {name}", "it does not start here")
            continue
        accused = any("docker-bench:" + check in f["aliases"] for f in findings(found, name)) if violated else has(found, name, rule)
        tap.ok(accused == violated == has(found, name, rule), f"docker-bench {check}: {name} {'violates' if violated else 'keeps'} {rule}",
               [f["rule"] for f in findings(found, name)])
    engine.remove(*ids)


def test_sshd(engine):
    """5.7: it looks for `sshd` in what ps prints inside; here there is no ps."""
    if not engine.start("bench-sshd", "--network", "none", command=("/bin/sshd",)):
        tap.skip("docker-bench 5.7: a process called sshd", "the image has no such program")
        return
    _, found = audit(engine, "--no-host", "bench-sshd")
    tap.ok(has(found, "bench-sshd", "network/sshd-running"), "docker-bench 5.7: a process called sshd", found["findings"])
    engine.remove("bench-sshd")


# --- drift ---


def spec_of(engine, name):
    """The OCI spec in the bundle of a container: below the exec root."""
    identity = engine.run("inspect", "-f", "{{.Id}}", name).stdout.strip()
    for folder, _, files in os.walk(engine.scratch + "/exec"):
        if folder.endswith(identity) and "config.json" in files:
            return os.path.join(folder, "config.json")
    return None


def drift(found, name):
    return [(d["fact"], d["asked"], d["holds"], d["weaker"]) for d in containers(found)[name]["drift"]]


def test_drift_compose(engine, scratch):
    """A Compose file asks for user 1000; somebody has started it by hand, with labels as Compose leaves them, as user 0."""
    file = os.path.join(scratch, "compose.yaml")
    with open(file, "w", encoding="utf-8") as out:
        out.write("services:\n  web:\n    image: kernel-test:one\n    user: \"1000\"\n    read_only: true\n    mem_limit: 64m\n    cap_drop: [ALL]\n"
                  "    network_mode: none\n    restart: on-failure:5\n  absent:\n    image: other:1\n")
    labels = ["--label", "com.docker.compose.service=web", "--label", "com.docker.compose.project=shop"]
    engine.start("shop-web-1", "--network", "none", *labels, "--user", "0", "--read-only", "--memory", "64m")
    code, found = audit(engine, "--no-host", "--against", file)
    rows = drift(found, "shop-web-1")
    facts = {row[0]: row for row in rows}
    tap.ok(code == 1 and facts.get("user.uid", ())[1:] == ("1000", "0", True), "--against: user 0 where the file says 1000", rows)
    tap.ok(has(found, "shop-web-1", "user/drift") and findings(found, "shop-web-1", "user/drift")[0]["severity"] == "critical", "--against: is a finding")
    tap.ok(any(r[0] == "capabilities.bounding" and r[3] for r in rows), "--against: capabilities that the file drops", rows)
    tap.ok(facts.get("restart.policy", ())[1:3] == ("on-failure", "no"), "--against: a restart policy, which only the engine knows", rows)
    tap.ok("filesystem.read_only" not in facts and "memory.limit" not in facts and "namespace.network" not in facts, "--against: what is as declared is no drift", rows)
    tap.ok(any("absent" in s["reason"] for s in found["skipped"]), "--against: a service that does not run is named", found["skipped"])
    judged = {w["kind"] for w in found["workloads"]}
    tap.ok(judged == {"container"}, "--against: the file itself is not judged", judged)
    engine.remove("shop-web-1")


def test_drift_update(engine):
    """`docker update` changes the limits of what runs; the spec in the bundle keeps what it was started with."""
    engine.start("raised", "--network", "none", "--memory", "64m", "--memory-swap", "64m", "--pids-limit", "50")
    engine.run("update", "--memory", "128m", "--memory-swap", "128m", "raised")
    _, found = audit(engine, "--no-host", "raised")
    rows = drift(found, "raised")
    tap.ok(("memory.limit", "64 MiB", "128 MiB", True) in rows, "drift: a limit raised by docker update", rows)
    tap.ok(has(found, "raised", "resources/drift"), "drift: a raised limit is a finding", findings(found, "raised"))
    engine.remove("raised")


def test_drift_exec(engine, scratch):
    """A process in the container's cgroup and namespaces with more capabilities than its first one: what `exec --privileged` leaves."""
    name = "entered"
    engine.start(name, "--network", "none", "--user", "1000:1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    identity = engine.run("inspect", "-f", "{{.Id}}", name).stdout.strip()
    process = os.path.join(scratch, "process.json")
    with open(process, "w", encoding="utf-8") as out:
        sets = ["CAP_CHOWN", "CAP_NET_ADMIN", "CAP_SYS_ADMIN"]
        json.dump({"args": ["/bin/idle"], "cwd": "/", "user": {"uid": 0, "gid": 0}, "env": ["PATH=/bin"],
                   "capabilities": {kind: sets for kind in ("bounding", "effective", "permitted")}}, out)
    state = None
    for folder, folders, _ in os.walk(engine.scratch + "/exec"):
        if identity in folders and "runtime-runc" in folder:
            state = folder
    with open(os.path.join(scratch, "exec.log"), "wb") as log:
        done = subprocess.run(["runc", "--root", state or "/nowhere", "exec", "-d", "--process", process, identity], stdin=subprocess.DEVNULL, stdout=log,
                              stderr=log, timeout=60)
    if done.returncode:
        tap.skip("drift: a process with more rights", "runc exec does not work here: " + open(os.path.join(scratch, "exec.log")).read()[-100:])
    else:
        code, found = audit(engine, "--no-host", name)
        tasks = containers(found)[name]["facts"]["task"]["value"]
        tap.ok(code == 1 and len(tasks) == 1 and "SYS_ADMIN" in tasks[0]["gains"] and tasks[0]["uid"] == 0, "drift: a process with more rights", tasks)
        tap.ok(has(found, name, "user/stronger-process"), "drift: a process with more rights is a finding", findings(found, name))
    engine.remove(name)


def test_drift_wrapper(engine, scratch):
    """Another tool's wrapper around runc takes a capability away: the engine still says that it is there."""
    if not engine.start("wrapped", "--network", "none", "--runtime", "wrapper"):
        tap.skip("drift: a wrapper removes a capability", "the runtime could not be added: " + engine.error[-100:])
        return
    _, found = audit(engine, "--no-host", "wrapped")
    rows = drift(found, "wrapped")
    tap.ok(("capabilities.bounding", "NET_RAW", "nothing", False) in rows, "drift: a wrapper removed a capability (configured is not declared)", rows)
    where = {(d["from"], d["to"]) for d in containers(found)["wrapped"]["drift"]}
    tap.ok(where == {("declared", "configured")}, "drift: it happened between engine and runtime", where)
    tap.ok(has(found, "wrapped", "capabilities/drift") and findings(found, "wrapped", "capabilities/drift")[0]["severity"] == "low",
           "drift: less than was asked for weighs little", findings(found, "wrapped"))
    engine.remove("wrapped")


WRAPPER = """#!/usr/bin/python3
import json, os, sys
words = sys.argv[1:]
if "create" in words and "--bundle" in words:
    path = os.path.join(words[words.index("--bundle") + 1], "config.json")
    spec = json.load(open(path))
    for names in spec["process"]["capabilities"].values():
        if "CAP_NET_RAW" in names:
            names.remove("CAP_NET_RAW")
    json.dump(spec, open(path, "w"))
os.execvp("runc", ["runc", *words])
"""


# --- the filter ---


def verdicts(container):
    return {item["name"]: item["verdict"] for item in container["facts"]["syscall"]["value"]}


def asked_of(spec):
    """What a profile says of a call: allowed, by-argument or denied, from the OCI spec alone."""
    profile = spec["linux"]["seccomp"]
    laxity = {"SCMP_ACT_ALLOW": True, "SCMP_ACT_LOG": True}
    otherwise = laxity.get(profile["defaultAction"], False)
    always, sometimes = {}, {}
    for rule in profile["syscalls"]:
        for name in rule["names"]:
            if rule.get("args"):
                sometimes.setdefault(name, set()).add(laxity.get(rule["action"], False))
            else:
                always.setdefault(name, laxity.get(rule["action"], False))

    def verdict(name):
        outcomes = {always[name]} if name in always else sometimes.get(name, set()) | {otherwise}
        return "allowed" if outcomes == {True} else "denied" if outcomes == {False} else "by-argument"
    return verdict


def test_deep(engine, scratch):
    custom = os.path.join(scratch, "profile.json")
    with open(custom, "w", encoding="utf-8") as out:
        json.dump({"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [
            {"names": ["read", "write", "exit", "exit_group", "rt_sigreturn", "pause", "execve", "brk", "mmap", "mprotect", "munmap", "arch_prctl", "close",
                       "set_tid_address", "set_robust_list", "rseq", "prlimit64", "readlink", "readlinkat", "getrandom", "newfstatat", "fstat", "futex", "openat", "getpid",
                       "gettid", "tgkill", "rt_sigaction", "rt_sigprocmask", "ioctl", "fcntl", "capget", "capset", "prctl", "setuid", "setgid", "setgroups",
                       "chdir", "getdents64", "lseek", "dup3", "fchown", "statx", "epoll_ctl", "epoll_pwait", "epoll_create1", "nanosleep", "clone", "sigaltstack",
                       "getppid", "fstatfs", "getcwd", "stat", "faccessat2", "access", "uname", "open_by_handle_at", "close_range"],
             "action": "SCMP_ACT_ALLOW"},
            {"names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}]}]}, out)
    rows = [("deep-default", []), ("deep-custom", ["--security-opt", "seccomp=" + custom]),
            ("deep-none", ["--security-opt", "seccomp=unconfined"])]
    started = [name for name, options in rows if engine.start(name, "--network", "none", *options)]
    _, found = audit(engine, "--no-host", "--deep", *started)
    there = containers(found)
    for name in ("deep-default", "deep-custom"):
        path = spec_of(engine, name) if name in started else None
        if not path:
            tap.skip(f"--deep: {name}", "it does not start here")
            continue
        with open(path, encoding="utf-8") as text:
            asked = asked_of(json.load(text))
        have = verdicts(there[name])
        known = max(number for number, call in enumerate(sorted(have)) if have[call] != "denied") >= 0
        wrong = [f"{call}: {have[call]}, not {asked(call)}" for call in have if have[call] != asked(call)]
        tap.ok(known and len(have) > 300 and not wrong, f"--deep: {name} lets through exactly what its profile says", *wrong)
        tap.ok(there[name]["facts"]["seccomp.differs"]["value"] == "", f"--deep: {name} has the declared profile", there[name]["facts"]["seccomp.differs"])
    if "deep-custom" in started:
        opened = [f["message"] for f in findings(found, "deep-custom", "confinement/syscall-open")]
        tap.ok(any("open_by_handle_at" in one and "handle" in one for one in opened), "--deep: a call that was opened is named, with what it gives", opened)
        tap.ok(verdicts(there["deep-custom"])["personality"] == "by-argument", "--deep: allowed by argument")
    tap.ok("deep-none" not in started or "syscall" not in there["deep-none"]["facts"], "--deep: no filter, no list")
    _, out, _ = text_of(engine, "--no-host", "--deep", "deep-default")
    tap.ok("system calls allowed" in out and "was stopped for" in out, "--deep: says how long the process was stopped", out[-1500:])
    engine.remove(*started)


def test_deep_rules(engine):
    """What the default profile leaves open; and a profile that was changed behind the container's back, so that its filter is another one."""
    engine.start("deep-changed", "--network", "none")
    path = spec_of(engine, "deep-changed")
    if not path:
        tap.skip("--deep: rules about filters", "it does not start here")
        return
    _, found = audit(engine, "--no-host", "--deep", "--profile", "strict", "deep-changed")
    usual = findings(found, "deep-changed", "confinement/syscall-default-open")
    tap.ok(usual and not has(found, "deep-changed", "confinement/seccomp-differs"), "--deep: what every profile lets through", findings(found, "deep-changed"))
    with open(path, encoding="utf-8") as text:
        before = text.read()
    spec = json.loads(before)
    for rule in spec["linux"]["seccomp"]["syscalls"]:
        rule["names"] = [name for name in rule["names"] if name != "getcwd"]
    with open(path, "w", encoding="utf-8") as out:
        json.dump(spec, out)
    _, found = audit(engine, "--no-host", "--deep", "deep-changed")
    with open(path, "w", encoding="utf-8") as out:
        out.write(before)
    messages = [f["message"] for f in findings(found, "deep-changed", "confinement/seccomp-differs")]
    tap.ok(len(messages) == 1 and "getcwd" in messages[0], "--deep: a filter that is not the declared one", messages)
    engine.remove("deep-changed")


def test_against_reference(engine):
    """Docker 20.10's filter, read back by other means on another day."""
    path = os.path.join(SHARED, "reference/profiles/seccomp-compare.tsv")
    version = engine.run("version", "-f", "{{.Server.Version}}").stdout
    if not os.path.exists(path) or not version.startswith("20.10."):
        tap.skip("--deep: the filter of Docker 20.10", "no shared data, or another Docker")
        return
    engine.start("deep-reference", "--network", "none")
    _, found = audit(engine, "--no-host", "--deep", "deep-reference")
    have, wrong = verdicts(containers(found)["deep-reference"]), []
    with open(path, encoding="utf-8") as lines:
        for line in list(lines)[1:]:
            _, call, docker = line.split("\t")[:3]
            want = "allowed" if docker == "ALLOW" else "by-argument" if docker.startswith("ARG") else "denied"
            if call in have and have[call] != want:
                wrong.append(f"{call}: {have[call]}, not {want}")
    tap.ok(not wrong, "--deep: the filter of Docker 20.10", *wrong)
    engine.remove("deep-reference")


# --- the rest of the command ---


def test_names(engine):
    identity = engine.start("named", "--network", "none")
    code, found = audit(engine, "named")
    tap.ok(list(containers(found)) == ["named"] and len(found["workloads"]) == 1, "a name: this container and nothing else", found["workloads"])
    code, found = audit(engine, identity[:8])
    tap.ok(list(containers(found)) == ["named"], "the beginning of an id", list(containers(found)))
    code, found = audit(engine, "nothing-like-it")
    tap.ok(code == 3 and "nothing-like-it" in str(found["errors"]), "a name that no container has", code, found["errors"])
    engine.remove("named")


def test_formats(engine):
    environment = audited.environment_of(engine.socket)
    engine.start("formats", "--network", "none", "--label", 'note=a "b" c')
    _, out, _ = run("audit", "--format", "sarif", "--no-config", "-p", "strict", env=environment)
    schema = os.path.join(SHARED, "schemas")
    name = next((one for one in os.listdir(schema) if "sarif" in one), None) if os.path.isdir(schema) else None
    try:
        import jsonschema
    except ImportError:
        jsonschema = None
    if not name or not jsonschema:
        tap.skip("SARIF of an audit", "no shared data, or no jsonschema")
    else:
        with open(os.path.join(schema, name), encoding="utf-8") as text:
            problems = list(jsonschema.Draft7Validator(json.load(text)).iter_errors(json.loads(out)))
        tap.ok(not problems, "SARIF of an audit", *problems[:3])
    _, out, _ = run("audit", "--format", "concise", "--no-config", "formats", env=environment)
    tap.ok(all(line.startswith("docker:formats:") for line in out.splitlines()) and "user/root" in out, "a line for each finding", out)
    engine.remove("formats")


def test_unscanned(engine, scratch):
    environment = {**audited.environment_of(engine.socket), "XDG_STATE_HOME": scratch + "/state"}
    engine.start("unscanned", "--network", "none")
    code, out, _ = run("audit", "--unscanned", "--engine", "docker", "unscanned", "--format", "json", "--no-config", env=environment)
    tap.ok(code == 1 and [f["rule"] for f in json.loads(out)["findings"]] == ["vulnerabilities/unscanned"] and "never" in out, "--unscanned: never scanned", out[:600])
    tap.ok(not os.path.exists(scratch + "/state"), "--unscanned: makes no records itself")
    engine.remove("unscanned")


def test_watch(engine):
    environment = audited.environment_of(engine.socket)
    process = subprocess.Popen([PROGRAM, "audit", "--watch", "1", "--no-host", "--no-config"], stdout=subprocess.PIPE, env=environment)
    os.set_blocking(process.stdout.fileno(), False)

    def lines_until(word, seconds=20):
        got, end = "", time.time() + seconds
        while time.time() < end and word not in got:
            got += (process.stdout.read() or b"").decode()
            time.sleep(0.1)
        return got
    lines_until("container plain")
    engine.start("seen", "--network", "none", "--user", "0")
    new = lines_until("user/root")
    engine.remove("seen")
    gone = lines_until("- container seen")
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    tap.ok("+ container seen" in new and all("seen" in line for line in new.splitlines()), "--watch: only what is new", new)
    tap.ok("- container seen" in gone, "--watch: what is gone", gone)


def test_starting(engine):
    """A container that is just being made is not judged by what its runtime still may; nobody else gets away with its name."""
    over, wrong, seen = threading.Event(), set(), 0

    def start_again():
        while not over.is_set():
            engine.start("starting", "--network", "none", "--user", "1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only")
            engine.run("exec", "-d", "starting", "/bin/idle")
            engine.remove("starting")
    engine.start("disguised", "--network", "none", command=("/bin/runc",))
    thread = threading.Thread(target=start_again)
    thread.start()
    try:
        for _ in range(40):
            _, found = audit(engine, "--no-host")
            wrong |= {f["rule"] + ": " + f["message"] for f in found["findings"] if f["workload"] == "starting" and
                      (f["rule"] in ("user/root", "user/stronger-process", "confinement/new-privileges", "filesystem/writable") or f["rule"].endswith("/drift"))}
            seen += has(found, "disguised", "user/root")
    finally:
        over.set()
        thread.join()
    tap.ok(not wrong, "a container that is just being made has not the rights of its runtime", *wrong)
    tap.ok(seen == 40, "a process that is called like a runtime is seen every time", seen)
    engine.remove("starting", "disguised")


def test_clean(engine):
    """What the guide recommends leaves nothing to say."""
    engine.start("clean", "--network", "none", "--user", "1000:1000", "--read-only", "--tmpfs", "/tmp:size=1m,noexec", "--cap-drop", "ALL", "--security-opt",
                 "no-new-privileges", "--memory", "64m", "--memory-swap", "64m", "--cpus", "0.5", "--pids-limit", "50", "--cgroupns", "private",
                 "--restart", "on-failure:5", "--ulimit", "nofile=1024:1024")
    code, out, err = run("audit", "clean", "--no-config", env=audited.environment_of(engine.socket))
    tap.ok(code == 0 and "0 findings, 1 workload" in out, "a hardened container has no findings", code, out, err)
    engine.remove("clean")


def test_hidden_mounts(engine):
    """Below /dev nobody looks for the host's files."""
    engine.start("hidden", "--network", "none", "-v", "/dev:/dev/disk/host")
    _, found = audit(engine, "--kernel")
    mounts = [f["message"] for f in found["findings"] if f["rule"] == "isolation/writable-sensitive-host-path"]
    tap.ok(any("/dev" in m for m in mounts), "--kernel: the host's /dev below that of a container", mounts)
    engine.remove("hidden")


def test_score(engine):
    """No container that is started can raise the score of the benchmark."""
    environment = audited.environment_of(engine.socket)
    scores, wrong = [], []
    for name, options in (("none", None), ("hard", HARD[-1][1]), ("plain", []), ("host", ["--network", "host", "--pid", "host"]), ("other", ["--read-only"])):
        if options is not None:
            engine.start("score-" + name, *([] if "--network" in options else ["--network", "none"]), *options)
        code, out, err = run("audit", "--cis", "docker", "--format", "json", env=environment)
        summary = json.loads(out)["summary"]
        if scores and summary["score"] > scores[-1] + 1e-9:
            wrong.append(f"{name}: from {scores[-1]} to {summary['score']}")
        scores.append(summary["score"])
    tap.ok(not wrong and scores[-1] < scores[0], "--cis: a container more never raises the score", *wrong, scores)
    engine.remove("score-hard", "score-plain", "score-host", "score-other")


def test_default_bridge(scratch, archive):
    """5.30: docker-bench asks for a bridge called docker0; here the default bridge has another name."""
    bridge = "bhtest0"
    made = engine_start.calls("ip", "link", "add", bridge, "type", "bridge") if shutil.which("ip") else None
    if not made or made.returncode:
        tap.skip("docker-bench 5.30: the default bridge by another name", "no bridge can be made here")
        return
    try:
        engine_start.calls("ip", "address", "add", "10.231.77.1/24", "dev", bridge)
        folder = os.path.join(scratch, "bridged")
        os.mkdir(folder)
        with engine_start.docker(folder, archive, None, "--bridge=" + bridge) as engine:
            if not engine or not engine.start("bridged"):
                tap.skip("docker-bench 5.30: the default bridge by another name", "containers cannot be attached to it here")
                return
            _, found = audit(engine, "--no-host", "-p", "strict", "bridged")
            tap.ok(has(found, "bridged", "network/default-bridge"), "docker-bench 5.30: the default bridge by another name",
                   containers(found)["bridged"]["facts"]["namespace.network"])
            engine.start("ported", "-p", "[::1]:18080:80", "-p", "18081:81")
            _, found = audit(engine, "--no-host", "-p", "strict", "ported")
            ports = containers(found)["ported"]["facts"]["port"]["value"] if "ported" in containers(found) else None
            if ports is None:
                tap.skip("docker-bench 5.9: a port on [::1]", "no port can be published here: " + engine.error[-120:])
            else:
                tap.ok(any(p.get("host_ip") == "::1" and p["host_port"] == 18080 for p in ports), "docker-bench 5.9: a port on [::1]", ports)
                tap.ok(has(found, "ported", "network/all-interfaces"), "docker-bench 5.14: a port on all addresses", ports)
    finally:
        engine_start.calls("ip", "link", "delete", bridge)


def test_options():
    for words, said in ((["--kernel", "--host", "unix:///x"], "--kernel"), (["--max-age", "7d"], "--unscanned"), (["--cis", "docker", "web"], "--cis"),
                        (["--watch", "0"], "--watch"), (["--cis", "windows"], "docker"), (["--unscanned", "--max-age", "soon"], "--max-age")):
        code, _, err = run("audit", *words)
        tap.ok(code == 2 and said in err, "wrong options: " + " ".join(words), code, err)


def test_ordinary_user(engine):
    if not shutil.which("setpriv"):
        tap.skip("an ordinary user", "setpriv is not installed")
        return
    environment = {"PATH": os.environ["PATH"], "DOCKER_HOST": "unix:///nowhere", "CONTAINER_HOST": "unix:///nowhere"}
    done = subprocess.run(["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", PROGRAM, "audit", "--kernel", "--format", "json", "--no-config"],
                          capture_output=True, text=True, env=environment, timeout=60, cwd="/")
    found = json.loads(done.stdout) if done.stdout.startswith("{") else {"errors": [], "workloads": []}
    tap.ok(done.returncode == 3 and found["workloads"] and "denied" in str(found["errors"]).lower(), "an ordinary user sees containers, and is told what he could not see",
           done.returncode, done.stderr[-300:], found["errors"][:3])


def wrapped_docker(scratch, archive):
    """Docker with a second runtime: the wrapper."""
    wrapper = os.path.join(scratch, "wrapper")
    with open(wrapper, "w", encoding="utf-8") as out:
        out.write(WRAPPER)
    os.chmod(wrapper, 0o755)
    return engine_start.docker(scratch, archive, {"runtimes": {"wrapper": {"path": wrapper}}})


def main():
    test_options()
    scratch = tempfile.mkdtemp(prefix="bulkhead-audit-")
    try:
        archive = engine_start.make_archive(scratch)
        if not archive:
            tap.skip("containers", "no compiler for the program that they run")
            tap.end()
        with contextlib.ExitStack() as stack:
            engine = stack.enter_context(wrapped_docker(scratch, archive))
            if not engine:
                tap.skip("containers", "dockerd does not start here, or this is not root")
                tap.end()
            started = start_all(engine)
            found = test_facts(engine, started)
            test_without_engine(engine, started, found)
            test_rules(engine, started, found)
            test_ordinary_user(engine)
            test_watch(engine)
            engine.remove(*started)
            test_bench(engine, scratch)
            test_sshd(engine)
            test_drift_compose(engine, scratch)
            test_drift_update(engine)
            test_drift_exec(engine, scratch)
            test_drift_wrapper(engine, scratch)
            test_deep(engine, scratch)
            test_deep_rules(engine)
            test_against_reference(engine)
            test_names(engine)
            test_formats(engine)
            test_unscanned(engine, scratch)
            test_starting(engine)
            test_clean(engine)
            test_hidden_mounts(engine)
            test_score(engine)
        test_default_bridge(scratch, archive)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
