#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead audit against a Docker whose daemon gives every container more than usual: what its descriptions leave out is taken from the daemon, so that nothing
differs that nobody changed. Containers in other states, and scan records."""
import contextlib
import json
import os
import shutil
import sys
import tempfile
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import audited  # noqa: E402
import engine_start  # noqa: E402
import scan_records  # noqa: E402
from audited import containers  # noqa: E402
from common import Tap  # noqa: E402

tap = Tap()
PROFILE = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}


def audit(engine, *words):
    return audited.audit("--no-host", "-p", "strict", *words, docker=engine.socket)


def drift(container):
    return [(d["what"], d["asked"], d["holds"]) for d in container.get("drift", [])]


def layers(container, fact):
    have = container["facts"].get(fact, {})
    return tuple(have.get(layer) for layer in ("declared", "configured", "enforced"))


@contextlib.contextmanager
def daemon(scratch, archive, settings):
    """A dockerd in a mount namespace of its own, in which its user for mapped ids exists."""
    folder = scratch + "/daemon"
    os.makedirs(folder)
    for name, line in (("passwd", "zz-mapped:x:64321:64321::/:/bin/false"), ("group", "zz-mapped:x:64321:"), ("subuid", "zz-mapped:200000:65536"),
                       ("subgid", "zz-mapped:200000:65536")):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
            if os.path.exists("/etc/" + name) and not name.startswith("sub"):
                with open("/etc/" + name, encoding="utf-8") as text:
                    out.write(text.read())
            out.write(line + "\n")
    with open(folder + "/daemon.json", "w", encoding="utf-8") as out:
        json.dump(settings, out)
    socket = folder + "/unlikely-name.sock"
    mounts = " && ".join(f"mount --bind {folder}/{name} /etc/{name}" for name in ("passwd", "group", "subuid", "subgid"))
    words = ["dockerd", "--userns-remap", "zz-mapped", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid",
             "-H", "unix://" + socket, "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver", "vfs", "--config-file", folder + "/daemon.json"]
    os.chmod(scratch, 0o755)
    with engine_start.docker_of(("unshare", "-m", "sh", "-c", f"{mounts} && exec {' '.join(words)}",), socket, folder, archive) as engine:
        yield engine


ROWS = [  # name, flags, {fact: (declared, configured, enforced)}
    ("of-the-daemon", [], {"confinement.no_new_privileges": (False, True, True), "namespace.user": ("private", "private", "private"),
                           "user.host_uid": (None, 200000, 200000), "seccomp.profile": ("custom", "filter", "filter"),
                           "namespace.cgroup": ("private", "private", "private"), "log.driver": ("none", None, None)}),
    ("of-its-own", ["--userns", "host", "--security-opt", "no-new-privileges:false", "--security-opt", "seccomp=unconfined", "--cgroupns", "host", "--ulimit",
                    "nofile=50", "--log-driver", "local"],
     {"confinement.no_new_privileges": (False, False, False), "namespace.user": ("host", "host", "host"), "seccomp.profile": ("unconfined", "unconfined", "unconfined"),
      "namespace.cgroup": ("host", "host", "host"), "log.driver": ("local", None, None)}),
    ("hardened", ["--read-only", "--tmpfs", "/tmp", "-v", "kept:/kept", "--user", "1000:1000", "--cap-drop", "ALL", "--memory", "64m"],
     {"user.uid": (1000, 1000, 1000), "user.host_uid": (None, 201000, 201000), "filesystem.read_only": (True, True, True)}),
]


def test_defaults(scratch, archive):
    profile = scratch + "/profile.json"
    with open(profile, "w", encoding="utf-8") as out:
        json.dump(PROFILE, out)
    settings = {"no-new-privileges": True, "seccomp-profile": profile, "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 111, "Hard": 222}},
                "default-cgroupns-mode": "private", "default-shm-size": "8M", "log-driver": "none"}
    with daemon(scratch, archive, settings) as engine:
        if not engine:
            tap.skip("a daemon with defaults of its own", "it does not start here")
            return
        started = {}
        for name, flags, wanted in ROWS:
            if engine.start(name, "--network", "none", *flags):
                started[name] = wanted
            else:
                tap.skip(f"daemon: {name}", "it does not start here: " + engine.error[-150:])
        _, found = audit(engine, *started)
        tap.ok(not found["errors"], "daemon: nothing is left unread", found["errors"])
        for name, wanted in started.items():
            one = containers(found)[name]
            wrong = [f"{fact}: {layers(one, fact)}, not {want}" for fact, want in wanted.items() if layers(one, fact) != want]
            tap.ok(not wrong, f"daemon: {name}: every fact", *wrong)
            tap.ok(not drift(one), f"daemon: {name}: what the daemon does of its own accord is no drift", drift(one))
        file = scratch + "/compose.yaml"
        with open(file, "w", encoding="utf-8") as out:
            out.write("services:\n  app:\n    container_name: of-the-daemon\n    image: kernel-test:one\n    network_mode: none\n"
                      "  own:\n    container_name: of-its-own\n    image: kernel-test:one\n    network_mode: none\n")
        _, found = audit(engine, "--against", file)
        there = containers(found)
        tap.ok(not drift(there["of-the-daemon"]), "daemon: a file that says nothing of it", drift(there["of-the-daemon"]))
        facts = {row[0] for row in drift(there["of-its-own"])}
        tap.ok(facts == {"seccomp.profile", "namespace.cgroup"}, "daemon: what was turned off by hand", facts)


# --- states ---


def test_states(engine):
    engine.start("state-paused", "--network", "none", "--memory", "64m")
    engine.run("pause", "state-paused")
    engine.start("state-restarting", "--network", "none", "--restart", "always", command=("/bin/does-not-exist",))
    engine.start("state-healthy", "--network", "none", "--health-cmd", "/bin/idle", "--health-interval", "1s", "--health-timeout", "1s", "--health-retries", "1")
    engine.run("create", "--name", "state-created", "--network", "none", "kernel-test:one", "/bin/idle")
    engine.start("state-entered", "--network", "none", "--user", "1000")
    engine.run("exec", "-d", "state-entered", "/bin/idle")
    code, found = audit(engine)
    there = containers(found)
    tap.ok("state-paused" in there and layers(there["state-paused"], "memory.limit") == (64 << 20,) * 3 and not drift(there["state-paused"]),
           "a paused container is audited", there.get("state-paused", {}).get("drift"))
    tap.ok("state-healthy" in there and not drift(there["state-healthy"]), "a container that is not well is audited")
    tap.ok("state-created" not in there, "a container that does not run is not")
    tap.ok("state-entered" in there and not there["state-entered"]["facts"]["task"]["value"], "`docker exec` with no more rights is nothing to tell",
           there.get("state-entered", {}).get("facts", {}).get("task"))
    tap.ok(code == 1 and not found["errors"], "a container that is restarted over and over does no harm", found["errors"])
    engine.run("unpause", "state-paused")
    engine.remove("state-paused", "state-restarting", "state-healthy", "state-created", "state-entered")


def test_ending(engine):
    """Containers come and go while they are looked at."""
    stop = threading.Event()

    def churn():
        number = 0
        while not stop.is_set():
            number += 1
            engine.start(f"brief-{number}", "--network", "none")
            engine.remove(f"brief-{number}")
    worker = threading.Thread(target=churn)
    worker.start()
    rounds = [audit(engine) for _ in range(30)]
    stop.set()
    worker.join()
    wrong = [(code, found["errors"]) for code, found in rounds if code not in (0, 1) or found["errors"]]
    tap.ok(not wrong, "containers that end while they are looked at are no errors", *wrong[:3])
    odd = [drift(one) for _, found in rounds for name, one in containers(found).items() if name.startswith("brief-") and drift(one)]
    tap.ok(not odd, "nor have they any drift", *odd[:3])


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-daemon-")
    try:
        archive = engine_start.make_archive(scratch)
        if not archive or os.geteuid() or not shutil.which("dockerd"):
            tap.skip("a daemon", "no compiler for the program that containers run, no dockerd, or this is not root")
            tap.end()
        test_defaults(scratch, archive)
        with engine_start.docker(scratch, archive) as engine:
            if not engine:
                tap.skip("states", "dockerd does not start here")
                tap.end()
            test_states(engine)
            test_ending(engine)
            engine.start("recorded", "--network", "none")
            scan_records.check(tap, "docker", "docker:kernel-test:one", scratch, {"DOCKER_HOST": "unix://" + engine.socket, "CONTAINER_HOST": "unix:///nowhere",
                                                                                "DOCKER_DATA_ROOT": "/nowhere"}, "recorded")
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
