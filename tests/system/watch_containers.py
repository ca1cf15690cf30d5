# SPDX-License-Identifier: Apache-2.0
"""What `bulkhead watch` says of containers, against what their engines say: a private dockerd, Podman with and without its service, and runc alone. The first
exec of containers that end at once has their names and images."""
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
import pretended_engine  # noqa: E402
from common import PROGRAM, Tap  # noqa: E402

tap = Tap()
ENDED = []  # how each watcher ended, and what it said
SHORT = 20
RULES = """
- rule: Exec in a container
  desc: every program that is started in one
  condition: evt.type = execve and container.id != host
  output: "%proc.exepath %container.id %container.full_id %container.name %container.type %container.image %container.image.repository
    %container.image.tag %container.image.id %container.privileged %container.mounts %container.host_network %container.host_pid %container.labels
    %container.duration %k8s.pod.name %k8s.ns.name %k8s.pod.uid"
  priority: NOTICE
- rule: Doomed
  desc: what only the engine can tell
  condition: evt.type = execve and container.name startswith doomed and proc.exepath = /bin/leaves
  output: "%proc.exepath %container.name"
  priority: NOTICE
  action: kill
"""


class Watch:
    """`bulkhead watch` in the background."""

    def __init__(self, scratch, *options, **environment):
        self.file = tempfile.mktemp(dir=scratch)
        rules = os.path.join(scratch, "rules.yaml")
        with open(rules, "w", encoding="utf-8") as out:
            out.write(RULES)
        nowhere = {"DOCKER_HOST": "unix:///nowhere", "CONTAINER_HOST": "unix:///nowhere"}
        with open(self.file, "wb") as out, open(self.file + ".said", "wb") as said:
            self.process = subprocess.Popen([PROGRAM, "watch", "-r", rules, "--format", "json", *options], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=said, env={**os.environ, **nowhere, **environment})
        for _ in range(200):
            if "watching by" in self.said() or self.process.poll() is not None:
                break
            time.sleep(0.05)

    def said(self):
        with open(self.file + ".said", encoding="utf-8", errors="replace") as said:
            return said.read()

    def running(self):
        return self.process.poll() is None and "watching by" in self.said()

    def alerts(self, program, count=1):
        """The fields of the alerts of this program, once there are so many."""
        found = []
        for _ in range(100):
            with open(self.file, encoding="utf-8") as out:
                lines = [line for line in out if line.endswith("\n")]
            found = [fields for fields in (json.loads(line)["output_fields"] for line in lines) if fields["proc.exepath"] == program]
            if len(found) >= count:
                break
            time.sleep(0.05)
        return found

    def end(self):
        self.process.terminate()
        ENDED.append((self.process.wait(30), self.said()))


@contextlib.contextmanager
def watching(scratch, *options, **environment):
    watch = Watch(scratch, *options, **environment)
    try:
        yield watch
    finally:
        if watch.process.poll() is None:
            watch.end()


def make_archive(scratch):
    """The root of engine_start with programs that end at once, one a container."""
    root = engine_start.make_root(scratch)
    source = os.path.join(scratch, "short.c")
    with open(source, "w", encoding="utf-8") as out:
        out.write("int main(void) { return 0; }\n")
    with open(source.replace("short", "leaves"), "w", encoding="utf-8") as out:
        out.write("#include <fcntl.h>\nint main(void) { return open(\"/data/left\", O_CREAT | O_WRONLY, 0600) < 0; }\n")
    for name in ("short", "leaves"):
        if not root or engine_start.calls("cc", "-static", "-o", f"{root}/bin/{name}", source.replace("short", name)).returncode:
            return None, None
    archive = os.path.join(scratch, "root.tar")
    return root, archive if engine_start.calls("tar", "-C", root, "-cf", archive, ".").returncode == 0 else None


def plain(key, value):
    """Engines tell mounts in any order."""
    return sorted((value or "").split(",")) if key == "container.mounts" else value


def same(name, alert, expected):
    wrong = [f"{key}: {alert[key]!r} instead of {value!r}" for key, value in expected.items() if plain(key, alert[key]) != plain(key, value)] if alert else ["no alert"]
    tap.ok(not wrong, name, *wrong)


def short_ones(engine, watch, image, *options):
    """Containers that end at once: the first exec of each."""
    name, expected = engine.name, {"container.image": image, "container.type": engine.name, "container.image.tag": "one",
                                   "container.image.repository": image.removesuffix(":one"), "container.privileged": False}
    before = len(watch.alerts("/bin/short", 0))
    started = [engine.run("run", "--rm", "--name", f"{name}-short-{i}", *engine.always, *options, "kernel-test:one", "/bin/short") for i in range(SHORT)]
    failed = [one.stderr for one in started if one.returncode]
    if failed:
        tap.skip(f"{name}: {SHORT} short-lived containers", f"one does not start: {failed[0].strip()[:100]}")
        return
    alerts = watch.alerts("/bin/short", before + SHORT)[before:]
    named = [alert["container.name"] for alert in alerts]
    tap.ok(named == [f"{name}-short-{i}" for i in range(SHORT)], f"{name}: the first exec of {SHORT} short-lived containers has its name", named)
    wrong = [{key: alert[key] for key in expected} for alert in alerts if any(alert[key] != value for key, value in expected.items())]
    tap.ok(alerts and not wrong, f"{name}: … and image, tag, type", *wrong[:3])


def mounts_of(inspect):
    return ",".join(f"{m['Source']}:{m['Destination']}:{m['Mode']}:{'true' if m['RW'] else 'false'}:{m['Propagation']}" for m in inspect["Mounts"])


def from_inspect(engine, name):
    about = engine.inspect(name)
    image = about.get("ImageName") or about["Config"]["Image"]
    return {"container.id": about["Id"][:12], "container.full_id": about["Id"], "container.name": about["Name"].lstrip("/"), "container.image": image,
            "container.image.repository": image.rpartition(":")[0], "container.image.tag": image.rpartition(":")[2],
            "container.image.id": about["Image"].removeprefix("sha256:")[:12], "container.type": engine.name,
            "container.privileged": about["HostConfig"]["Privileged"], "container.mounts": mounts_of(about),
            "container.host_network": about["HostConfig"]["NetworkMode"] == "host", "container.host_pid": about["HostConfig"]["PidMode"] == "host"}


def label(alert, name):
    return dict(part.split(":", 1) for part in (alert["container.labels"] or "").split(", ") if ":" in part).get(name)


def long_one(engine, watch, scratch, *options):
    """A container that stays, with mounts and labels; what is known once its engine has answered in full, seen by a program that is started later."""
    name = f"{engine.name}-long"
    os.makedirs(scratch + "/bound", exist_ok=True)
    started = engine.start(name, "-v", scratch + "/bound:/data:ro", "-v", "kept:/kept", "--label", "team=blue", "--label", "io.kubernetes.pod.name=web-1",
                           "--label", "io.kubernetes.pod.namespace=shop", "--label", "io.kubernetes.pod.uid=0-1-2", "--pid", "host", *options)
    if not started:
        tap.skip(f"{engine.name}: a container that stays", engine.error[:100])
        return
    before = len(watch.alerts("/bin/short", 0))
    time.sleep(1)
    entered = engine.run("exec", name, "/bin/short")
    if entered.returncode:
        tap.skip(f"{engine.name}: a program that is started into it", entered.stderr[:100])
        return
    alerts = watch.alerts("/bin/short", before + 1)[before:]
    alert = alerts[-1] if alerts else None
    same(f"{engine.name}: everything that inspect says", alert, from_inspect(engine, name))
    if alert:
        same(f"{engine.name}: its pod, by its labels", alert, {"k8s.pod.name": "web-1", "k8s.ns.name": "shop", "k8s.pod.uid": "0-1-2"})
        tap.ok(label(alert, "team") == "blue", f"{engine.name}: its labels", alert["container.labels"])
        tap.ok(alert["container.duration"] and 0 < alert["container.duration"] < 300e9, f"{engine.name}: how long it has run", alert["container.duration"])
    engine.remove(name)


def doomed_ones(engine, scratch):
    """Killed by a rule about their names, which the engine has to be asked for: their first program does nothing before."""
    left = os.path.join(scratch, "doomed")
    os.makedirs(left, exist_ok=True)

    def ends(name):
        shutil.rmtree(left)
        os.makedirs(left)
        status = engine.run("run", "--rm", "--name", name, "-v", left + ":/data", "--network", "none", "kernel-test:one", "/bin/leaves").returncode
        return status, os.listdir(left)

    with watching(scratch, "--respond", DOCKER_HOST="unix://" + engine.socket) as watch:
        spared, killed = ends("spared"), [ends(f"doomed-{i}") for i in range(5)]
        alerts = watch.alerts("/bin/leaves", 11)
    tap.ok(spared == (0, ["left"]), f"{engine.name}: with --respond others run as ever", spared)
    tap.ok(killed == [(137, [])] * 5, f"{engine.name}: containers of a name are killed before their first instruction", killed)
    tap.ok(len(alerts) == 11, f"{engine.name}: and told", len(alerts))


def with_docker(scratch, archive):
    with engine_start.docker(scratch, archive) as engine:
        if not engine:
            tap.skip("docker", "no dockerd starts here")
            return
        running = engine.start("before", "--network", "none")
        with watching(scratch, DOCKER_HOST="unix://" + engine.socket) as watch:
            if not watch.running():
                tap.skip("docker", "watching is not possible here: " + watch.said()[:100])
                return
            short_ones(engine, watch, "kernel-test:one", "--network", "none")
            long_one(engine, watch, scratch, "--network", "none")
            seen = len(watch.alerts("/bin/short", 0))
            doomed_ones(engine, scratch)
            if running and engine.run("exec", "before", "/bin/short").returncode == 0:
                alerts = watch.alerts("/bin/short", seen + 1)[seen:]
                same("docker: one that ran before", alerts[-1] if alerts else None, from_inspect(engine, "before"))
        for where, name in (("bundle", None), ("none", None), ("engine", "told")):
            with watching(scratch, "--containers", where, DOCKER_HOST="unix://" + engine.socket) as watch:
                engine.run("run", "--rm", "--name", "told", "--network", "none", "--hostname", "h", "-v", scratch + ":/data", "kernel-test:one", "/bin/short")
                alerts = watch.alerts("/bin/short")
                same(f"docker, --containers {where}", alerts[0] if alerts else None,
                     {"container.name": {"bundle": "h", "none": None}.get(where, name), "container.image": "kernel-test:one" if where == "engine" else None})


def with_podman(scratch, archive):
    with engine_start.podman(scratch, archive) as engine:
        if not engine:
            tap.skip("podman", "no podman here")
            return
        with watching(scratch) as watch:
            if not watch.running():
                tap.skip("podman", "watching is not possible here: " + watch.said()[:100])
                return
            short_ones(engine, watch, "localhost/kernel-test:one", "--network", "none")
        path = scratch + "/podman.sock"
        with engine_start.background(*engine.words, "system", "service", "-t", "0", "unix://" + path, socket=path) as up:
            if not up:
                tap.skip("podman with its service", "it does not start")
                return
            with watching(scratch, CONTAINER_HOST="unix://" + path) as watch:
                long_one(engine, watch, scratch, "--network", "none")


def with_runc(scratch, root):
    identity = "0123456789abcdef" * 4

    def change(spec):
        spec["hostname"] = "alone"
        spec["annotations"] = {"org.opencontainers.image.ref.name": "registry.example:5000/team/app:7"}
        spec["linux"]["cgroupsPath"] = "/some/" + identity
        spec["mounts"].append({"destination": "/data", "type": "bind", "source": scratch, "options": ["rbind", "ro", "rslave"]})

    def pod(spec):
        change(spec)
        spec["annotations"] = {"io.kubernetes.cri.container-name": "web", "io.kubernetes.cri.image-name": "docker.io/library/nginx:1.27", "io.kubernetes.cri.sandbox-name": "web-0",
                               "io.kubernetes.cri.sandbox-namespace": "shop", "io.kubernetes.cri.sandbox-uid": "3-4-5"}

    with watching(scratch) as watch:
        if not watch.running():
            tap.skip("runc", "watching is not possible here: " + watch.said()[:100])
            return
        with engine_start.runc(scratch, root, identity, change) as bundle:
            if not bundle:
                tap.skip("runc", "it does not start a container here")
                return
            alerts = watch.alerts("/bin/idle")
            same("runc: name, image and mounts by its bundle, at its first exec", alerts[0] if alerts else None,
                 {"container.id": identity[:12], "container.full_id": identity, "container.name": "alone", "container.type": "runc", "container.image": "registry.example:5000/team/app:7",
                  "container.image.repository": "registry.example:5000/team/app", "container.image.tag": "7", "container.privileged": False,
                  "container.mounts": scratch + ":/data::false:rslave", "container.host_network": False})
        shutil.rmtree(os.path.join(scratch, "bundle-" + identity))
    with watching(scratch) as watch, engine_start.runc(scratch, root, identity, pod):
        alerts = watch.alerts("/bin/idle")
        same("runc: a pod by the annotations of its bundle", alerts[0] if alerts else None,
             {"container.name": "web", "container.image.repository": "docker.io/library/nginx", "container.image.tag": "1.27", "k8s.pod.name": "web-0", "k8s.ns.name": "shop",
              "k8s.pod.uid": "3-4-5"})


def with_pretenders(scratch, root):
    """Engines that do not answer, or about others only: the bundle still does."""
    identity = "0123456789abcdef" * 3 + "0123456789abcdee"
    other = json.dumps({"Id": "f" * 64, "Name": "/other", "HostConfig": {}, "Config": {"Image": "other"}}).encode()

    def change(spec):
        spec["hostname"] = "alone"
        spec["linux"]["cgroupsPath"] = "/some/" + identity

    for name, body in (("nothing", None), ("damage", b"[{"), ("another container", other), ("a list of another", b"[" + other + b"]")):
        path = os.path.join(scratch, "pretender.sock")
        with pretended_engine.serving(path, body), watching(scratch, DOCKER_HOST="unix://" + path, CONTAINER_HOST="unix://" + path) as watch:
            if not watch.running():
                tap.skip("engines that answer nonsense", "watching is not possible here")
                return
            with engine_start.runc(scratch, root, identity, change) as bundle:
                if not bundle:
                    tap.skip("engines that answer nonsense", "runc does not start a container here")
                    return
                alerts = watch.alerts("/bin/idle")
                same(f"an engine that answers {name}: the bundle's words", alerts[0] if alerts else None, {"container.name": "alone", "container.type": "runc", "container.image": None})
        os.remove(path)
        shutil.rmtree(os.path.join(scratch, "bundle-" + identity))


folder = tempfile.mkdtemp(prefix="watch-containers-")
try:
    if os.geteuid():
        tap.skip("containers of real engines", "it takes root")
    else:
        tree, image = make_archive(folder)
        if not image:
            tap.skip("containers of real engines", "no compiler")
        else:
            with_docker(folder, image)
            with_podman(folder, image)
            with_runc(folder, tree)
            with_pretenders(folder, tree)
    if ENDED:
        wrong = [one for one in ENDED if one[0] not in (0, 1) or len(one[1].splitlines()) > 1]
        tap.ok(not wrong, f"{len(ENDED)} watchers ended as they should, with nothing to complain of", *wrong)
finally:
    engine_start.remove(folder)
tap.end()
