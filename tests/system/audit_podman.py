#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead audit against a real Podman, with root and without: every fact of each container equals the flags on every layer that tells it, with its service and
without; no drift where nothing was changed; podman-compose; scan records."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audited  # noqa: E402
import engine_start  # noqa: E402
import scan_records  # noqa: E402
from audited import containers  # noqa: E402
from common import Tap  # noqa: E402

tap = Tap()
NOWHERE = "unix:///nowhere"
DEFAULT = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "SETFCAP"]
PLAIN = {"user.uid": 0, "user.gid": 0, "filesystem.read_only": False, "mount": [], "capabilities.bounding": DEFAULT, "capabilities.effective": DEFAULT,
         "capabilities.ambient": [], "confinement.no_new_privileges": False, "confinement.unmasked": False, "isolation.privileged": False,
         "namespace.pid": "private", "namespace.uts": "private", "namespace.user": "host", "device": [], "memory.limit": 0, "cpu.limit": 0, "pids.limit": 2048,
         "memory.oom_kill_disabled": False, "isolation.all_devices": False}
KEYS = {"mount": "target", "device": "source"}
ADDED = sorted(DEFAULT + ["SYS_ADMIN"])
ROWS = [  # name, flags, command, what differs from PLAIN
    ("plain", [], {}),
    ("user", ["--user", "1000:1000"], {"user.uid": 1000, "user.gid": 1000, "user.host_uid": 1000, "capabilities.effective": []}),
    ("ambient", ["--user", "1000", "--cap-add", "NET_ADMIN"], {"user.uid": 1000, "user.gid": 1000, "capabilities.effective": ["NET_ADMIN"],
                                                            "capabilities.ambient": ["NET_ADMIN"], "capabilities.bounding": sorted(DEFAULT + ["NET_ADMIN"])}),
    ("read-only", ["--read-only", "--read-only-tmpfs=false"], {"filesystem.read_only": True}),
    ("read-only-tmpfs", ["--read-only"], {"filesystem.read_only": True, "mount": ["/run", "/tmp", "/var/tmp"]}),
    ("drop-all", ["--cap-drop", "ALL"], {"capabilities.bounding": [], "capabilities.effective": []}),
    ("drop-add", ["--cap-drop", "ALL", "--cap-add", "CHOWN"], {"capabilities.bounding": ["CHOWN"], "capabilities.effective": ["CHOWN"]}),
    ("admin", ["--cap-add", "SYS_ADMIN"], {"capabilities.bounding": ADDED, "capabilities.effective": ADDED}),
    ("nnp", ["--security-opt", "no-new-privileges"], {"confinement.no_new_privileges": True}),
    ("unconfined", ["--security-opt", "seccomp=unconfined"], {"seccomp.profile": "unconfined"}),
    ("unmasked", ["--security-opt", "unmask=ALL"], {"confinement.unmasked": True}),
    ("limits", ["--memory", "64m", "--memory-swap", "96m", "--cpus", "0.5", "--pids-limit", "50"],
     {"memory.limit": 64 << 20, "memory.swap": 96 << 20, "cpu.limit": 500, "pids.limit": 50}),
    ("binds", ["-v", "/usr/share:/host-share:ro", "-v", "kept:/kept"], {"mount": ["/host-share", "/kept"]}),
    ("tmpfs", ["--tmpfs", "/scratch:size=1m"], {"mount": ["/scratch"]}),
    ("device", ["--device", "/dev/fuse"], {"device": ["/dev/fuse"]}),
    ("host-pid", ["--pid", "host"], {"namespace.pid": "host"}),
    ("host-uts", ["--uts", "host"], {"namespace.uts": "host"}),
    ("host-ipc", ["--ipc", "host"], {"namespace.ipc": "host"}),
    ("host-network", ["--network", "host"], {"namespace.network": "host"}),
    ("mapped", ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"], {"namespace.user": "private", "user.host_uid": 100000}),
    ("restart", ["--restart", "always"], {"restart.policy": "always"}),
    ("oom", ["--oom-score-adj", "300"], {"process.oom_score": 300}),
]
NOT_ROOTLESS = {"limits", "device", "mapped", "host-network", "oom"}  # need cgroups, /dev, a second range of ids; a network cannot be told there
ONLY_ENGINE = {"restart.policy"}


def audit(socket, *words):
    return audited.audit("--no-host", "-p", "strict", *words, podman=socket)


def drift(container):
    return [(d["what"], d["asked"], d["holds"], d["from"], d["to"]) for d in container.get("drift", [])]


def plain(fact, value):
    if not isinstance(value, list):
        return value
    return sorted(item[KEYS.get(fact, "name")] for item in value)


def check(shown, container, wanted, engine=True):
    wrong = []
    for fact, want in wanted.items():
        have = container["facts"].get(fact) if container else None
        want = sorted(want) if isinstance(want, list) else want
        if not have:
            if engine or fact not in ONLY_ENGINE:
                wrong.append(f"{fact} is not known")
            continue
        for layer in ("value", "declared", "configured", "enforced"):
            if layer in have and plain(fact, have[layer]) != want:
                wrong.append(f"{fact}, {layer}: {plain(fact, have[layer])}, not {want}")
    tap.ok(not wrong, f"{shown}: every fact", *wrong)
    tap.ok(container and not drift(container), f"{shown}: no drift", drift(container) if container else "it was not found")


def start_all(engine, rows, prefix):
    started = []
    for name, flags, differs in rows:
        network = [] if "--network" in flags else ["--network", "none"]
        if engine.start(prefix + name, *network, *flags):
            started.append((prefix + name, differs))
        else:
            tap.skip(f"{prefix}{name}: every fact", "it does not start here: " + " ".join(engine.error.split())[-150:])
    return started


@contextlib.contextmanager
def service(engine):
    socket = engine.scratch + "/unlikely-podman.sock"
    with engine_start.background(*engine.words, "system", "service", "--time=0", "unix://" + socket, socket=socket, log=engine.scratch + "/service.log") as up:
        yield socket if up else None


def test_rootful(engine):
    started = start_all(engine, ROWS, "")
    with service(engine) as socket:
        if socket:
            _, found = audit(socket, *[name for name, _ in started])
            tap.ok(not found["errors"], "podman: nothing is left unread", found["errors"])
            for name, differs in started:
                check("podman: " + name, containers(found).get(name), {**PLAIN, **differs})
            test_unscanned(engine, socket)
            test_compose(engine, socket)
        else:
            tap.skip("podman: with its service", "it does not start here")
    _, found = audit(None, *[name for name, _ in started])
    tap.ok(not found["errors"] and set(containers(found)) == {name for name, _ in started}, "podman without its service: all by their names",
           found["errors"], list(containers(found)))
    for name, differs in started:
        check("podman without its service: " + name, containers(found).get(name), {**PLAIN, **differs}, engine=False)


# --- podman-compose ---

PROJECT = """
services:
  hard:
    image: localhost/kernel-test:one
    command: /bin/idle
    network_mode: none
    user: "1000:1000"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges"]
    mem_limit: 64m
    environment: {MODE: some-hidden-value-33}
    tmpfs: ["/scratch"]
    volumes: ["data:/data", "./:/here:ro"]
    ulimits: {nofile: {soft: 100, hard: 200}, nproc: {soft: 500, hard: 500}}
  soft:
    image: kernel-test:one
    command: /bin/idle
    network_mode: none
    ulimits: {nofile: {soft: 100, hard: 200}, nproc: {soft: 500, hard: 500}}
volumes: {data: {}}
"""


def test_compose(engine, socket):
    if not shutil.which("podman-compose"):
        tap.skip("podman-compose", "it is not installed")
        return
    folder = engine.scratch + "/project"
    os.makedirs(folder)
    file = folder + "/compose.yaml"
    with open(file, "w", encoding="utf-8") as out:
        out.write(PROJECT)
    with open(folder + "/podman", "w", encoding="utf-8") as out:
        out.write("#!/bin/sh\nexec " + " ".join([shutil.which("podman"), *engine.words[1:]]) + ' "$@"\n')
    os.chmod(folder + "/podman", 0o755)
    environment = {**os.environ, "PATH": folder + ":" + os.environ["PATH"]}
    words = ["/usr/bin/python3", shutil.which("podman-compose"), "--podman-path", folder + "/podman", "--no-pod", "-f", file]
    with open(folder + "/log", "wb") as log:
        subprocess.run([*words, "up", "-d"], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120, check=False)
    names = [name for name in engine.run("ps", "--format", "{{.Names}}").stdout.split() if name.startswith("project")]
    if len(names) != 2:
        with open(folder + "/log", encoding="utf-8", errors="replace") as log:
            tap.skip("podman-compose", "it does not start the project here: " + " ".join(log.read().split())[-300:])
        return
    _, found = audit(socket, "--against", file)
    for name in names:
        tap.ok(not drift(containers(found)[name]), f"podman-compose: {name} is as declared", drift(containers(found)[name]))
    tap.ok(not [s for s in found["skipped"]] and "some-hidden-value" not in json.dumps(found), "podman-compose: both services are found, no value is printed",
           found["skipped"])
    engine.remove("-t", "0", *names)


# --- scan records ---


def test_unscanned(engine, socket):
    """An image that was scanned, by the id that Podman knows it by (without sha256:)."""
    scan_records.check(tap, "podman", "podman:kernel-test:one", engine.scratch, {"DOCKER_HOST": NOWHERE, "CONTAINER_HOST": "unix://" + socket,
                                                                               "CONTAINERS_STORAGE_CONF": "/nowhere/storage.conf"}, "plain")


# --- without root ---


@contextlib.contextmanager
def rootless(scratch, archive):
    """A Podman of an ordinary user, who exists in a mount namespace of its own. Gives what runs a line of shell as that user."""
    if not all(shutil.which(one) for one in ("unshare", "setpriv", "newuidmap")):
        yield None, "unshare, setpriv or newuidmap is missing"
        return
    home = scratch + "/rootless"
    os.makedirs(home + "/run")
    shutil.copy(archive, home + "/root.tar")
    os.chmod(scratch, 0o755)
    calls = engine_start.calls
    calls("chown", "-R", "64123:64123", home)
    files = scratch + "/rootless-etc"
    os.makedirs(files)
    shutil.copy("/etc/passwd", files + "/passwd")
    with open(files + "/passwd", "a", encoding="utf-8") as out:
        out.write(f"nobody-else:x:64123:64123::{home}:/bin/sh\n")
    with open(files + "/subuid", "w", encoding="utf-8") as out:
        out.write("nobody-else:300000:65536\n")
    mounts = " && ".join(f"mount --bind {files}/{source} /etc/{name}" for source, name in (("passwd", "passwd"), ("subuid", "subuid"), ("subuid", "subgid")))

    def line(words):
        inner = f"cd {home}; export HOME={home} XDG_RUNTIME_DIR={home}/run; {words}"
        with open(home + "/../rootless.log", "wb") as log:
            done = subprocess.run(["unshare", "-m", "sh", "-c", f"{mounts} && exec setpriv --reuid 64123 --regid 64123 --clear-groups sh -c '{inner}'"],
                                  stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120, check=False)
        with open(home + "/../rootless.log", encoding="utf-8", errors="replace") as log:
            return done.returncode, log.read()
    podman = f"podman --root {home}/root --runroot {home}/runroot --tmpdir {home}/tmp --storage-driver vfs --cgroup-manager cgroupfs --events-backend none " \
             f"--runtime {shutil.which('runc')}"
    code, said = line(f"{podman} import {home}/root.tar kernel-test:one")
    try:
        yield (lambda words: line(f"{podman} {words}")) if code == 0 else None, " ".join(said.split())[-200:]
    finally:
        line(f"{podman} rm -f -t 0 -a; {podman} unshare rm -rf {home}/root {home}/runroot")


def test_rootless(scratch, archive):
    with rootless(scratch, archive) as (podman, why):
        if not podman:
            tap.skip("podman without root", "it does not run here: " + why)
            return
        started = []
        for name, flags, differs in ROWS:
            if name in NOT_ROOTLESS:
                continue
            code, said = podman(f"run -d --name rootless-{name} --ulimit nofile=1024:1024 --ulimit nproc=1000:1000 --network none {' '.join(flags)} "
                                "kernel-test:one /bin/idle")
            if code:
                tap.skip(f"podman without root: {name}", "it does not start here: " + " ".join(said.split())[-150:])
            else:
                started.append((name, differs))
        _, found = audit(None, *["rootless-" + name for name, _ in started])
        tap.ok(not found["errors"] and len(containers(found)) == len(started), "podman without root: all by their names", found["errors"])
        for name, differs in started:
            container = containers(found).get("rootless-" + name)
            uid = {"user.host_uid": 64123 if differs.get("user.uid", 0) == 0 else 300000 + differs["user.uid"] - 1}
            wanted = {**PLAIN, **{k: v for k, v in differs.items() if k != "user.host_uid"}}
            # Its devices are held back by having no nodes of them; the rest is
            for fact in ("pids.limit", "memory.limit", "cpu.limit", "namespace.user", "isolation.all_devices"):  # of what the user himself is limited to, and what he lives in
                wanted.pop(fact)
            check("podman without root: " + name, container, wanted, engine=False)
            have = {fact: container["facts"][fact]["enforced"] for fact in ("user.host_uid", "namespace.user")}
            tap.ok(have == {**uid, "namespace.user": "private"}, f"podman without root: {name}: whom the host knows it by", have)


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-podman-")
    try:
        archive = engine_start.make_archive(scratch)
        if not archive or os.geteuid() or not shutil.which("podman"):
            tap.skip("podman", "no compiler for the program that its containers run, no podman, or this is not root")
            tap.end()
        with engine_start.podman(scratch, archive) as engine:
            if engine:
                test_rootful(engine)
            else:
                tap.skip("podman", "it cannot import an image here")
        test_rootless(scratch, archive)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
