#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead audit --against: real Compose projects on a real Docker. What runs as it is declared has no drift, fact by fact; whatever somebody changes by hand is
found, each alone. Manifests against containers with the annotations of the kubelet, and commands of scripts. No value of a variable is ever printed."""
import contextlib
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audited  # noqa: E402
import engine_start  # noqa: E402
from audited import containers  # noqa: E402
from common import PROGRAM, Tap, run  # noqa: E402

tap = Tap()
BRIDGE = f"bh{os.getpid() % 1000000}"
SUBNET = "10.213.{}.1/24".format(os.getpid() % 200 + 20)
# Values of variables, as a file, a list, a map, another file and .env hold them. None of them may be seen anywhere.
SECRETS = {"map": "sk_live_" + "zzqqe1726", "list": "hunter2zz91", "file": "tok-file-" + "9917", "dotenv": "dot-env-5521x", "changed": "other-value-7731"}

SHOP = """
x-hard: &hard
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  user: "1000:1000"
  tmpfs: ["/tmp:size=1m,mode=1777", "/run:noexec"]
  pids_limit: 40
services:
  web:
    <<: *hard
    image: kernel-test:one
    command: /bin/idle tcp 8080
    cap_add: [NET_BIND_SERVICE]
    mem_limit: 64m
    memswap_limit: 96m
    cpus: 0.5
    NETWORKS
    environment:
      API_KEY: SECRET_MAP
      SUB: ${SUBST}
      HOSTED:
      NUM: 5
      FLAG: "true"
    env_file: web.env
    restart: unless-stopped
    healthcheck: {test: ["CMD", "/bin/idle"], interval: 1h}
    ulimits: {nofile: {soft: 100, hard: 200}, nproc: 300}
    sysctls: {net.ipv4.ip_unprivileged_port_start: 1024}
    init: false
    volumes:
      - data:/data
      - ./conf:/conf:ro
      - {type: bind, source: ./conf, target: /conf2}
      - {type: tmpfs, target: /scratch, tmpfs: {size: 2097152}}
    labels: {team: a}
  plain:
    image: kernel-test:one
    command: ["/bin/idle"]
    MODE
  worker:
    image: kernel-test:one
    command: /bin/idle thread
    network_mode: none
    restart: on-failure:4
    deploy:
      resources:
        limits: {memory: 48M, cpus: "0.25"}
        reservations: {memory: 16M}
    group_add: ["44"]
    environment: ["A=b=c", "PASSWORD=SECRET_LIST"]
  odd-limit:
    image: kernel-test:one
    command: /bin/idle
    network_mode: none
    mem_limit: 10000001b
    tmpfs: /scratch:size=100000,exec
    volumes_from: [named]
    depends_on: [named]
  named:
    image: kernel-test:one
    command: /bin/idle
    container_name: special-name
    hostname: h1
    MODE
    pid: host
    ipc: host
    security_opt: ["seccomp:unconfined"]
    cap_add: [SYS_ADMIN, CAP_NET_ADMIN]
    volumes: ["/etc:/host-etc:ro", "/anon", "data:/shared:ro"]
    oom_score_adj: 200
    cpu_shares: 512
    cpu_quota: 25000
    cpu_period: 100000
    devices: ["/dev/full:/dev/other:r", "/dev/fuse:/dev/renamed"]
    secrets: [db]
  side:
    image: kernel-test:one
    command: /bin/idle
    network_mode: "service:web"
    pid: "service:web"
    depends_on: [web]
  hostnet:
    image: kernel-test:one
    command: /bin/idle
    network_mode: host
    userns_mode: host
    read_only: false
    restart: always
  tool:
    image: kernel-test:one
    profiles: [tools]
    command: /bin/idle
volumes: {data: {}}
secrets: {db: {file: ./conf/a}}
TOP
"""

GUARD = """
services:
  guard:
    image: kernel-test:one
    command: /bin/idle
    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 64m
    memswap_limit: 64m
    cpus: 0.5
    pids_limit: 40
    restart: on-failure:4
    network_mode: none
    environment: {MODE: "SECRET_MAP"}
    volumes: ["./conf:/conf:ro"]
    tmpfs: ["/tmp:size=1m"]
    ulimits: {nofile: {soft: 100, hard: 200}}
    healthcheck: {test: ["CMD", "/bin/idle"], interval: 1h}
"""


def audit(engine, *words):
    return audited.audit("--no-host", "-p", "strict", *words, docker=engine.socket)


def drift(found, name):
    return [(d["what"], d["asked"], d["holds"], d["weaker"]) for d in containers(found).get(name, {}).get("drift", [])]


def compose(engine, folder, *words):
    return subprocess.run(["docker-compose", *words], capture_output=True, text=True, timeout=200, cwd=folder, env={**os.environ, "DOCKER_HOST": "unix://" + engine.socket,
                          "COMPOSE_HTTP_TIMEOUT": "120"})


def make_project(folder, text, bridge):
    os.makedirs(folder + "/conf")
    for name, content in (("conf/a", "static\n"), (".env", f"SUBST={SECRETS['dotenv']}\n"),
                          ("web.env", f"# comment\nFILE_TOKEN={SECRETS['file']}\nEMPTY=\n")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(content)
    ports = '["127.0.0.1:28090:8080", "[::1]:28091:8081", "28092:8082/udp", "28100-28102:9000-9002", "8083"]'
    text = text.replace("SECRET_MAP", SECRETS["map"]).replace("SECRET_LIST", SECRETS["list"])
    text = text.replace("NETWORKS", f"networks: [front, back]\n    ports: {ports}" if bridge else "network_mode: none")
    text = text.replace("MODE\n", "labels: {x: y}\n" if bridge else "network_mode: none\n")
    text = text.replace("TOP", "networks: {front: {}, back: {internal: true, name: special_back}}" if bridge else "")
    if not bridge:
        text = text.replace("    sysctls: {net.ipv4.ip_unprivileged_port_start: 1024}\n", "")
    with open(folder + "/compose.yaml", "w", encoding="utf-8") as out:
        out.write(text)
    return folder + "/compose.yaml"


# --- the engine, with a network of its own where the machine lets it have one ---


@contextlib.contextmanager
def own_bridge():
    made = shutil.which("ip") and engine_start.calls("ip", "link", "add", BRIDGE, "type", "bridge").returncode == 0
    try:
        yield made and engine_start.calls("ip", "addr", "add", SUBNET, "dev", BRIDGE).returncode == 0 and \
            engine_start.calls("ip", "link", "set", BRIDGE, "up").returncode == 0
    finally:
        if made:
            engine_start.calls("ip", "link", "del", BRIDGE)


@contextlib.contextmanager
def docker(scratch, archive, bridge):
    folder = os.path.join(scratch, "docker")
    os.makedirs(folder)
    socket = folder + "/unlikely-name.sock"
    with open(folder + "/none.json", "w", encoding="utf-8") as out:
        out.write("{}")
    words = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", "unix://" + socket,
             "--bridge=" + (BRIDGE if bridge else "none"), "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--userland-proxy=true",
             "--storage-driver", "vfs", "--config-file", folder + "/none.json"]
    with engine_start.docker_of(words, socket, folder, archive) as engine:
        if not engine:
            yield None
            return
        engine.run("tag", "kernel-test:one", "kernel-test:two")
        try:
            yield engine
        finally:
            names = engine.run("ps", "-aq").stdout.split()
            if names:
                engine.remove(*names)
            engine.run("network", "prune", "-f")


# --- what runs as it is declared ---


def test_project(engine, scratch, bridge):
    folder = scratch + "/shop-folder"
    file = make_project(folder, SHOP, bridge)
    up = compose(engine, folder, "-p", "shop", "up", "-d", "--scale", "plain=2")
    if up.returncode:
        tap.skip("a project as declared", "docker-compose cannot start it here: " + up.stderr.strip()[-300:])
        return
    names = set(engine.run("ps", "--format", "{{.Names}}").stdout.split())
    tap.ok(len(names) == 8, "a project of eight containers runs", names)
    _, found = audit(engine, "--against", file)
    there = containers(found)
    for name in sorted(names):
        tap.ok(name in there and not drift(found, name), f"as declared: {name} has no drift", drift(found, name))
    tap.ok(not found["errors"], "as declared: nothing is left unread", found["errors"])
    missing = [s["reason"] for s in found["skipped"]]
    tap.ok(missing == ["no running container was found for tool"], "as declared: all but the service of a profile are found", missing)
    files = {d for one in there.values() if one["name"] in names for d in [one.get("declared_by")] if d}
    tap.ok(not files or files == {file}, "as declared: the file is what declares them", files)
    _, bare = audit(engine, *names)
    odd = {name: drift(bare, name) for name in names if drift(bare, name)}
    tap.ok(not odd, "without the file: no drift between engine, runtime and kernel", odd)
    test_other_folder(engine, scratch, file, names)
    test_secrets(engine, file)
    if bridge:
        test_networks(engine, file)
    compose(engine, folder, "-p", "shop", "down", "-v", "-t", "1")


def test_other_folder(engine, scratch, file, names):
    """The same file elsewhere: the project is known by its name, and relative paths are others."""
    other = scratch + "/elsewhere"
    shutil.copytree(os.path.dirname(file), other)
    with open(file, encoding="utf-8") as text:
        content = text.read()
    with open(other + "/compose.yaml", "w", encoding="utf-8") as out:
        out.write("name: shop\n" + content)
    _, found = audit(engine, "--against", other + "/compose.yaml")
    facts = {d[0] for name in names for d in drift(found, name)}
    tap.ok(facts == {"mount /conf", "mount /conf2"}, "a copy of the file: only binds of its own folder differ", facts)
    with open(other + "/compose.yaml", "w", encoding="utf-8") as out:
        out.write("name: market\n" + content.replace("  hostnet:", "  another:"))
    _, found = audit(engine, "--against", other + "/compose.yaml")
    tap.ok(not any(drift(found, name) for name in names if name != "special-name") and len(found["skipped"]) >= 7,
           "another project of like services: its containers are not taken for those of this one", found["skipped"])


def test_networks(engine, file):
    code, found = audit(engine, "--against", file)
    facts = containers(found)["shop_web_1"]["facts"]
    ports = {(p.get("host_ip", ""), p["host_port"], p["container_port"], p["protocol"]) for p in facts["port"]["value"] if p["published"]}
    wanted = {("127.0.0.1", 28090, 8080, "tcp"), ("::1", 28091, 8081, "tcp"), ("", 28092, 8082, "udp"), ("", 28100, 9000, "tcp"), ("", 28101, 9001, "tcp"),
              ("", 28102, 9002, "tcp")}
    tap.ok(wanted <= ports and len(ports) == 7, "published ports, one of them on [::1]", ports)
    names = {n["name"] for n in facts["network"]["value"]}
    tap.ok(names == {"shop_front", "special_back"}, "networks of its own", names)
    engine.run("network", "create", "extra-net")
    engine.run("network", "connect", "extra-net", "shop_web_1")
    _, found = audit(engine, "--against", file)
    tap.ok(drift(found, "shop_web_1") == [("network extra-net", "nothing", "extra-net", True)], "a network that was connected by hand", drift(found, "shop_web_1"))
    engine.run("network", "disconnect", "extra-net", "shop_web_1")
    engine.run("network", "rm", "extra-net")
    engine.start("on-bridge")
    _, found = audit(engine, "on-bridge")
    rules = {f["rule"] for f in found["findings"] if f["workload"] == "on-bridge"}
    tap.ok("network/default-bridge" in rules and not drift(found, "on-bridge"), "the default bridge, whatever it is called", sorted(rules))
    engine.remove("on-bridge")


def test_secrets(engine, file):
    seen = []
    for words in (["--format", "text"], ["--format", "text", "--explain"], ["--format", "json"], ["--format", "json", "--explain"], ["--format", "concise"],
                  ["--format", "sarif"]):
        for more in ([], ["--against", file]):
            _, out, err = run("audit", "--no-host", "--no-config", "-p", "strict", *words, *more, env=audited.environment_of(engine.socket))
            seen += [f"{' '.join(words + more)}: {kind}" for kind, value in SECRETS.items() if value in out + err]
    process = subprocess.Popen([PROGRAM, "audit", "--watch", "1", "--no-host", "--no-config", "--against", file], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, env=audited.environment_of(engine.socket))
    lines = [process.stdout.readline().decode() for _ in range(30)]
    process.terminate()
    process.wait(20)
    seen += ["--watch: " + kind for kind, value in SECRETS.items() if any(value in line for line in lines)]
    tap.ok(not seen and any("container" in line for line in lines), "no value of a variable in any format", *seen)


# --- what somebody has changed ---


def flags(change=None, drop=()):
    """The flags that docker-compose's `guard` is started with, by name."""
    rows = {"user": ["--user", "1000:1000"], "read_only": ["--read-only"], "caps": ["--cap-drop", "ALL"], "nnp": ["--security-opt", "no-new-privileges:true"],
            "memory": ["--memory", "64m", "--memory-swap", "64m"], "cpus": ["--cpus", "0.5"], "pids": ["--pids-limit", "40"], "restart": ["--restart", "on-failure:4"],
            "network": ["--network", "none"], "env": ["-e", "MODE=" + SECRETS["map"]], "bind": ["-v", "CONF:/conf:ro"], "tmpfs": ["--tmpfs", "/tmp:size=1m"],
            "ulimit": ["--ulimit", "nofile=100:200"], "health": ["--health-cmd", "/bin/idle", "--health-interval", "1h"], "image": ["kernel-test:one"]}
    rows.update(change or {})
    return [word for name, words in rows.items() if name not in drop and name != "image" for word in words], rows["image"][0]


CHANGES = [  # what was done, how it is started, what is said of it: (what, asked, holds, weaker), None for anything
    ("nothing", {}, (), []),
    ("--user 0", {"user": ["--user", "0"]}, (), [("user.uid", "1000", "0", True), ("user.gid", "1000", "0", True)]),
    ("an added capability", {"caps": ["--cap-drop", "ALL", "--cap-add", "NET_ADMIN"]}, (), [("capabilities.bounding NET_ADMIN", "nothing", None, True)]),
    ("capabilities that were not dropped", {}, ("caps",), "capabilities.bounding"),
    ("no read_only", {}, ("read_only",), [("filesystem.read_only", "true", "false", True)]),
    ("no no-new-privileges", {}, ("nnp",), [("confinement.no_new_privileges", "true", "false", True)]),
    ("another tag", {"image": ["kernel-test:two"]}, (), [("image.reference", "kernel-test:one", "kernel-test:two", False)]),
    ("another restart policy", {"restart": ["--restart", "always"]}, (), [("restart.policy", "on-failure", "always", False), ("restart.retries", "4", "0", False)]),
    ("another number of tries", {"restart": ["--restart", "on-failure:9"]}, (), [("restart.retries", "4", "9", False)]),
    ("an added bind mount", {"more": ["-v", "/etc:/host-etc"]}, (), [("mount /host-etc", "nothing", None, True)]),
    ("a bind that is writable", {"bind": ["-v", "CONF:/conf"]}, (), [("mount /conf", "writable false", "writable true", True)]),
    ("a bind of another folder", {"bind": ["-v", "/etc:/conf:ro"]}, (), [("mount /conf", None, "source /etc", False)]),
    ("a volume in place of a folder", {"bind": ["-v", "some:/conf:ro"]}, (), None),
    ("a larger tmpfs", {"tmpfs": ["--tmpfs", "/tmp:size=64m"]}, (), [("mount /tmp", "size 1 MiB", "size 64 MiB", True)]),
    ("a tmpfs to execute from", {"tmpfs": ["--tmpfs", "/tmp:size=1m,exec"]}, (), [("mount /tmp", "noexec true", "noexec false", True)]),
    ("an env value changed", {"env": ["-e", "MODE=" + SECRETS["changed"]]}, (), [("env MODE", "one value", "another value", False)]),
    ("a variable that is missing", {}, ("env",), "env MODE"),
    ("more memory", {"memory": ["--memory", "128m", "--memory-swap", "128m"]}, (),
     [("memory.limit", "64 MiB", "128 MiB", True), ("memory.swap", "64 MiB", "128 MiB", True)]),
    ("no limit of CPU time", {}, ("cpus",), [("cpu.limit", None, None, True)]),
    ("no limit of processes", {}, ("pids",), [("pids.limit", "40", "none", True)]),
    ("another ulimit", {"ulimit": ["--ulimit", "nofile=150:300"]}, (), "ulimit nofile"),
    ("seccomp turned off", {"more": ["--security-opt", "seccomp=unconfined"]}, (), [("seccomp.profile", "default", "unconfined", True)]),
    ("a profile of its own", {"more": ["--security-opt", "seccomp=PROFILE"]}, (), [("seccomp.profile", "default", "custom", False)]),
    ("the host's network", {"network": ["--network", "host"]}, (), [("namespace.network", "none", "host", True)]),
    ("the host's processes", {"more": ["--pid", "host"]}, (), [("namespace.pid", "private", "host", True)]),
    ("a device", {"more": ["--device", "/dev/fuse:/dev/renamed"]}, (), [("device /dev/fuse", "nothing", None, True)]),
    ("a supplementary group", {"more": ["--group-add", "20"]}, (), [("group 20", "nothing", None, True)]),
    ("no health check", {"health": ["--no-healthcheck"]}, (), "health.check"),
    ("a sysctl", {"more": ["--sysctl", "kernel.msgmax=4096"]}, (), [("sysctl kernel.msgmax", "nothing", None, False)]),
]


def labels_of(file, service, number=1, project="guards"):
    rows = {"project": project, "service": service, "container-number": str(number), "oneoff": "False", "project.working_dir": os.path.dirname(file),
            "project.config_files": os.path.basename(file)}
    return [word for name, value in rows.items() for word in ("--label", f"com.docker.compose.{name}={value}")]


def alike(row, want):
    return all(b is None or a == b for a, b in zip(row, want))


def test_changes(engine, scratch, bridge):
    folder = scratch + "/guards"
    file = make_project(folder, GUARD, bridge)
    profile = scratch + "/profile.json"
    with open(profile, "w", encoding="utf-8") as out:
        out.write('{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}')
    changes = CHANGES + ([("a published port", {"network": ["--network", "bridge", "-p", "28200:80"]}, (),
                           [("namespace.network", "none", "bridge", True), ("port 80", "nothing", None, True)]),
                          ("another network", {"network": ["--network", "bridge"]}, (), [("namespace.network", "none", "bridge", True)])] if bridge else [])
    started = {}
    for number, (what, change, drop, _) in enumerate(changes):
        words, image = flags(change, drop)
        words = [word.replace("CONF", folder + "/conf").replace("PROFILE", profile) for word in words]
        name = f"guards_guard_{number + 1}"
        done = engine.run("run", "-d", "--name", name, *labels_of(file, "guard", number + 1), *words, image, "/bin/idle")
        if done.returncode:
            tap.skip("changed: " + what, "it does not start here: " + " ".join(done.stderr.split())[-120:])
        else:
            started[what] = name
    _, found = audit(engine, "--against", file)
    for what, _, _, want in changes:
        if what not in started:
            continue
        rows = drift(found, started[what])
        if isinstance(want, str):
            good = rows and all(row[0].startswith(want) for row in rows)
        elif want is None:
            good = bool(rows)
        else:
            good = len(rows) == len(want) and all(any(alike(row, one) for row in rows) for one in want)
        tap.ok(good, "changed: " + what, rows)
        rules = [f["rule"] for f in found["findings"] if f["workload"] == started[what] and f["rule"].endswith("/drift")]
        tap.ok(bool(rules) == bool(rows), "changed: " + what + (" is a finding" if rows else ", and no finding"), rules)
        if what == "another tag":
            tap.ok(rules == ["image/drift"], "changed: another tag is drift of the image", rules)
    text = json.dumps(found)
    seen = [text[max(0, text.find(value) - 200):text.find(value) + 20] for value in SECRETS.values() if value in text]
    tap.ok(not seen, "changed: no value is printed", *seen)
    engine.remove(*started.values())
    test_update(engine, file, folder)


def test_update(engine, file, folder):
    words, image = flags()
    words = [word.replace("CONF", folder + "/conf") for word in words]
    engine.run("run", "-d", "--name", "guards_guard_1", *labels_of(file, "guard"), *words, image, "/bin/idle")
    engine.run("update", "--memory", "96m", "--memory-swap", "96m", "--cpus", "0.8", "--pids-limit", "90", "--restart", "always", "guards_guard_1")
    _, found = audit(engine, "--against", file)
    rows = {row[0]: row[1:] for row in drift(found, "guards_guard_1")}
    want = {"memory.limit": ("64 MiB", "96 MiB", True), "pids.limit": ("40", "90", True), "restart.policy": ("on-failure", "always", False)}
    tap.ok(all(rows.get(fact) == row for fact, row in want.items()) and "cpu.limit" in rows and "memory.swap" in rows, "changed by docker update", rows)
    engine.remove("guards_guard_1")


# --- who is who ---


def test_matching(engine, scratch):
    one, two = scratch + "/one", scratch + "/two"
    for folder in (one, two):
        os.makedirs(folder)
        with open(folder + "/compose.yaml", "w", encoding="utf-8") as out:
            out.write("services:\n  app:\n    image: kernel-test:one\n    network_mode: none\n    user: \"1000\"\n")
    def start(name, *words):
        return engine.start(name, "--network", "none", *words)
    start("one_app_1", *labels_of(one + "/compose.yaml", "app", 1, "one"), "--user", "0")
    start("two-app-1", *labels_of(two + "/compose.yaml", "app", 1, "two"), "--user", "0")
    start("two-app-2", *labels_of(two + "/compose.yaml", "app", 2, "two"), "--user", "1000")
    start("stranger", "--user", "0")  # the image is that of the service: it is of another project all the same
    _, found = audit(engine, "--against", two + "/compose.yaml")
    rows = {name: bool(drift(found, name)) for name in ("one_app_1", "two-app-1", "two-app-2", "stranger")}
    tap.ok(rows == {"one_app_1": False, "two-app-1": True, "two-app-2": False, "stranger": False}, "the project decides where services are called alike", rows)
    with open(scratch + "/third.yaml", "w", encoding="utf-8") as out:
        out.write("services:\n  app:\n    image: kernel-test:one\n    user: \"1000\"\n")
    _, found = audit(engine, "--against", scratch + "/third.yaml")
    tap.ok(not any(drift(found, name) for name in rows if name != "stranger") and "several projects" in str(found["skipped"]),
           "several projects that a file could be of: said, not guessed", found["skipped"])
    engine.remove("one_app_1", "two-app-1", "two-app-2", "stranger")
    for name, form in (("one-app-1", "PROJECT-SERVICE-N"), ("one_app_3", "PROJECT_SERVICE_N"), ("whatever", "an image that only one service has")):
        start(name, "--user", "0")
        _, found = audit(engine, "--against", one + "/compose.yaml")
        tap.ok(any(row[0] == "user.uid" for row in drift(found, name)), "matched by " + form, drift(found, name), found["skipped"])
        engine.remove(name)
    start("app-1", "--user", "0")
    start("other", "--user", "0")
    _, found = audit(engine, "--against", one + "/compose.yaml")
    tap.ok(not drift(found, "app-1") and not drift(found, "other"), "two containers of an image: neither is taken", found["skipped"])
    engine.remove("app-1", "other")


def test_script(engine, scratch):
    file = scratch + "/run.sh"
    with open(file, "w", encoding="utf-8") as out:
        out.write("#!/bin/sh\ndocker run -d --name from-script --network none --user 1000 --read-only --memory 64m -e TOKEN=" + SECRETS["map"] +
                  " --cap-drop ALL -v /etc:/conf:ro kernel-test:one /bin/idle\n")
    line = ["--network", "none", "--memory", "64m", "-e", "TOKEN=" + SECRETS["map"], "--cap-drop", "ALL", "-v", "/etc:/conf:ro"]
    engine.start("from-script", *line, "--user", "1000", "--read-only")
    engine.start("not-from-script", "--network", "none")
    _, found = audit(engine, "--against", file)
    tap.ok(not drift(found, "from-script") and not found["skipped"], "a command of a script: as it says", drift(found, "from-script"), found["skipped"])
    engine.remove("from-script")
    engine.start("from-script", *line, "--user", "0")
    _, found = audit(engine, "--against", file)
    facts = {row[0] for row in drift(found, "from-script")}
    tap.ok(facts == {"user.uid", "filesystem.read_only"}, "a command of a script: what is otherwise", facts)
    engine.remove("from-script", "not-from-script")


MANIFEST = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: prod}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - name: main
        image: registry.example/api:1
        ports: [{containerPort: 8080}]
        env: [{name: MODE, value: fast}, {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]
        resources: {limits: {memory: 64Mi, cpu: 500m}, requests: {cpu: 100m}}
        securityContext:
          runAsUser: 1000
          runAsGroup: 1000
          readOnlyRootFilesystem: true
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
          seccompProfile: {type: RuntimeDefault}
        volumeMounts: [{name: scratch, mountPath: /scratch}]
      volumes: [{name: scratch, emptyDir: {}}]
"""


def annotate(spec, style, pod, uid, root):
    rows = {"containerd": {"io.kubernetes.cri.container-name": "main", "io.kubernetes.cri.sandbox-name": pod, "io.kubernetes.cri.sandbox-namespace": "prod",
                           "io.kubernetes.cri.container-type": "container", "io.kubernetes.cri.image-name": "registry.example/api:1"},
            "cri-o": {"io.kubernetes.container.name": "main", "io.kubernetes.pod.name": pod, "io.kubernetes.pod.namespace": "prod",
                      "io.kubernetes.cri-o.ContainerType": "container", "io.kubernetes.cri-o.ImageName": "registry.example/api:1"}}
    spec["annotations"] = rows[style]
    process = spec["process"]
    process["user"] = {"uid": uid, "gid": 1000}
    process["noNewPrivileges"] = True
    process["env"] = ["PATH=/bin", "MODE=fast", "KEY=" + SECRETS["map"], "API_SERVICE_HOST=10.0.0.1"]
    process["capabilities"] = {name: [] for name in ("bounding", "effective", "permitted")}
    process["rlimits"] = []
    spec["linux"]["resources"] = {**spec["linux"].get("resources", {}), "memory": {"limit": 64 << 20}, "cpu": {"quota": 50000, "period": 100000}}
    spec["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"],
                                "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}
    volume = os.path.join(root, "kubelet/pods/11111111-2222-3333-4444-555555555555/volumes/kubernetes.io~empty-dir/scratch")
    os.makedirs(volume, exist_ok=True)
    token = os.path.join(root, "token")
    os.makedirs(token, exist_ok=True)
    log = os.path.join(root, "log")
    open(log, "w", encoding="utf-8").close()
    bind = {"type": "bind", "options": ["rbind", "rprivate", "rw"]}
    spec["mounts"] += [{**bind, "destination": "/scratch", "source": volume}, {**bind, "destination": "/dev/termination-log", "source": log},
                       {**bind, "destination": "/var/run/secrets/kubernetes.io/serviceaccount", "source": token, "options": ["rbind", "rprivate", "ro"]}]


@contextlib.contextmanager
def containerd(scratch):
    """A containerd; gives what starts a container from a bundle's spec: its word for success, and the one that ends it."""
    folder = scratch + "/containerd"
    os.makedirs(folder)
    socket = folder + "/unlikely-name.sock"
    with open(folder + "/config.toml", "w", encoding="utf-8") as out:
        out.write(f'version = 2\nroot = "{folder}/root"\nstate = "{folder}/state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
                  f'[grpc]\n address = "{socket}"\n[ttrpc]\n address = "{socket}.ttrpc"\n')
    if not shutil.which("containerd") or not shutil.which("ctr"):
        yield None
        return
    with engine_start.background("containerd", "-c", folder + "/config.toml", socket=socket, log=folder + "/log") as up:
        yield (lambda *words: engine_start.calls("ctr", "-a", socket, "-n", "k8s.io", *words)) if up else None


def test_manifest(scratch):
    root = scratch + "/root"
    file = scratch + "/deployment.yaml"
    with open(file, "w", encoding="utf-8") as out:
        out.write(MANIFEST)
    for folder in ("scratch", "var/run/secrets/kubernetes.io/serviceaccount"):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    with containerd(scratch) as ctr:
        rows = [("containerd", "api-5d59d67564-x7k2p", 1000, True), ("cri-o", "api-5d59d67564-abcde", 0, True),
                ("containerd", "api-gateway-5d59d67564-x7k2p", 0, False)]
        for number, (style, pod, uid, is_its) in enumerate(rows):
            if not ctr:
                tap.skip(f"a manifest: {pod}", "containerd does not start here")
                continue
            identity = f"{os.getpid():032x}{number:032x}"
            check_pod(ctr, scratch, root, file, identity, style, pod, uid, is_its)
            ctr("task", "kill", "-s", "9", identity)
            ctr("task", "delete", "-f", identity)
            ctr("container", "delete", identity)
    for parent in glob.glob("/sys/fs/cgroup/kubepods-test") + glob.glob("/sys/fs/cgroup/*/kubepods-test"):
        with contextlib.suppress(OSError):  # the runtime leaves the folder above its own
            os.rmdir(parent)


def check_pod(ctr, scratch, root, file, identity, style, pod, uid, is_its):
    folder = os.path.join(scratch, "spec-" + identity)
    os.makedirs(folder)
    engine_start.calls("runc", "spec", cwd=folder)
    with open(folder + "/config.json", encoding="utf-8") as text:
        spec = json.load(text)
    spec["process"].update({"terminal": False, "args": ["/bin/idle"]})
    spec["root"] = {"path": root, "readonly": True}
    spec["linux"]["cgroupsPath"] = "/kubepods-test/" + identity
    annotate(spec, style, pod, uid, scratch)
    with open(folder + "/config.json", "w", encoding="utf-8") as out:
        json.dump(spec, out)
    done = ctr("run", "-d", "--config", folder + "/config.json", identity)
    if done.returncode:
        tap.skip(f"a manifest: {pod}", "it does not start here: " + done.stderr.strip()[-150:])
        return
    found = json.loads(run("audit", "--kernel", "--no-config", "-p", "strict", "--against", file, "--format", "json")[1])
    shown = f"prod/{pod}/main"
    tap.ok(shown in containers(found), f"a manifest: {shown} has its name", list(containers(found)))
    rows = drift(found, shown)
    if not is_its:
        tap.ok(not rows and "deployment/api" in str(found["skipped"]), "a manifest: the pod of another deployment", rows, found["skipped"])
    elif uid == 0:
        tap.ok(rows == [("user.uid", "1000", "0", True)], f"a manifest: another user ({style})", rows)
    else:
        tap.ok(not rows and not found["skipped"], f"a manifest: as declared ({style})", rows, found["skipped"])


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-compose-")
    try:
        archive = engine_start.make_archive(scratch)
        if not archive or os.geteuid():
            tap.skip("containers", "no compiler for the program that they run, or this is not root")
            tap.end()
        test_manifest(scratch)
        if not shutil.which("dockerd"):
            tap.skip("Docker", "dockerd is not installed")
            tap.end()
        with own_bridge() as bridge, docker(scratch, archive, bridge) as engine:
            if not engine:
                tap.skip("Docker", "dockerd does not start here")
                tap.end()
            if not bridge:
                tap.skip("networks and ports", "no bridge can be made here")
            if shutil.which("docker-compose"):
                test_project(engine, scratch, bridge)
            else:
                tap.skip("a project as declared", "docker-compose is not installed")
            test_changes(engine, scratch, bridge)
            test_matching(engine, scratch)
            test_script(engine, scratch)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
