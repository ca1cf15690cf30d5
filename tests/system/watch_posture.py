#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Rules with `posture: true` weigh more in containers that make things worse, and their alerts say why: containers of a private dockerd, one that an engine calls
privileged, and rules without the key, which stay as they are."""
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
import pretended_engine  # noqa: E402
from common import PROGRAM, Tap  # noqa: E402

tap = Tap()
RULES = "".join(f"""
- rule: {name}
  desc: every program that is started in a container
  condition: evt.type = execve and container.id != host and proc.exepath in (/bin/short, /bin/idle)
  output: "%container.name"
  priority: {priority}
{more}""" for name, priority, more in (("weighed", "Warning", "  posture: true\n"), ("critical", "Critical", "  posture: true\n"), ("plain", "Warning", "")))


class Watch:
    def __init__(self, scratch, *options, docker=None):
        self.path = tempfile.mktemp(dir=scratch)
        rules = os.path.join(scratch, "rules.yaml")
        with open(rules, "w", encoding="utf-8") as out:
            out.write(RULES)
        environment = {**os.environ, "DOCKER_HOST": "unix://" + (docker or "/nowhere"), "CONTAINER_HOST": "unix:///nowhere"}
        with open(self.path, "wb") as out, open(self.path + ".said", "wb") as said:
            self.process = subprocess.Popen([PROGRAM, "watch", "-r", rules, *options], stdin=subprocess.DEVNULL, stdout=out, stderr=said, env=environment)
        for _ in range(200):
            if self.running() or self.process.poll() is not None:
                break
            time.sleep(0.05)

    def running(self):
        with open(self.path + ".said", encoding="utf-8", errors="replace") as said:
            return self.process.poll() is None and "watching by" in said.read()

    def lines(self, container, count):
        """What was told of a container, once there are so many."""
        found = []
        for _ in range(60):
            with open(self.path, encoding="utf-8") as out:
                found = [line for line in out if line.endswith("\n") and container in line]
            if len(found) >= count:
                break
            time.sleep(0.05)
        return found


@contextlib.contextmanager
def watching(scratch, *options, docker=None):
    watch = Watch(scratch, *options, docker=docker)
    try:
        yield watch if watch.running() else None
    finally:
        watch.process.terminate()
        watch.process.wait(30)


def make_archive(scratch):
    root = engine_start.make_root(scratch)
    source = os.path.join(scratch, "short.c")
    with open(source, "w", encoding="utf-8") as out:
        out.write("int main(void) { return 0; }\n")
    if not root or engine_start.calls("cc", "-static", "-o", root + "/bin/short", source).returncode:
        return None, None
    archive = os.path.join(scratch, "root.tar")
    return root, archive if engine_start.calls("tar", "-C", root, "-cf", archive, ".").returncode == 0 else None


def cases(scratch, engine):
    """A name, the options that make the container so, and what its alerts are to say."""
    named = os.path.join(scratch, "docker.sock")
    os.link(engine.socket, named)
    alone = ("--network", "none")
    return [
        ("as-usual", alone, []),
        ("bound", (*alone, "-v", scratch + ":/data"), []),
        ("socket", (*alone, "-v", named + ":/s.sock"), [f"engine socket {named}"]),
        ("socket-ro", (*alone, "-v", named + ":/s.sock:ro"), [f"engine socket {named} (read-only)"]),
        ("root", (*alone, "-v", "/:/host"), ["host root directory"]),
        ("root-ro", (*alone, "-v", "/:/host:ro"), ["host root directory (read-only)"]),
        ("processes", (*alone, "--pid", "host"), ["host processes"]),
        ("network", ("--network", "host"), ["host network"]),
        ("capable", (*alone, "--cap-add", "SYS_ADMIN", "--cap-add", "DAC_READ_SEARCH"), ["capability DAC_READ_SEARCH", "capability SYS_ADMIN"]),
        ("harmless", (*alone, "--cap-drop", "ALL", "--cap-add", "CHOWN"), []),
        ("unfiltered", (*alone, "--security-opt", "seccomp=unconfined"), ["no seccomp"]),
        ("several", (*alone, "--pid", "host", "--cap-add", "SYS_PTRACE", "-v", "/:/host:ro"), ["capability SYS_PTRACE", "host processes", "host root directory (read-only)"]),
    ]


def judge(name, alerts, because):
    """All three rules of one container."""
    by = {alert["rule"]: alert for alert in alerts}
    wrong = []
    if sorted(by) != ["critical", "plain", "weighed"]:
        wrong.append(f"alerts of {sorted(by)}")
    else:
        said = {rule: alert.get("posture") for rule, alert in by.items()}
        for rule in said:
            if said[rule]:
                said[rule]["because"].sort()
        wanted = {"plain": None, "critical": {"because": because} if because else None,
                  "weighed": {"raised_from": "Warning", "because": because} if because else None}
        priorities = {rule: alert["priority"] for rule, alert in by.items()}
        if said != wanted:
            wrong.append(f"said {said}")
        if priorities != {"plain": "Warning", "critical": "Critical", "weighed": "Error" if because else "Warning"}:
            wrong.append(f"priorities {priorities}")
        for rule, alert in by.items():
            words = alert["output"]
            if f": {alert['priority']} {name}" not in words or ("[raised from Warning: " in words) != (rule == "weighed" and bool(because)) or \
               ("[posture: " in words) != (rule == "critical" and bool(because)) or (rule != "plain" and any(word not in words for word in because)):
                wrong.append(f"{rule}: {words}")
    tap.ok(not wrong, f"{name}: {', '.join(because) or 'nothing'}", *wrong)


def with_json(scratch, engine, all_cases):
    with watching(scratch, "--format", "json", docker=engine.socket) as watch:
        if not watch:
            tap.skip("postures of containers", "watching is not possible here")
            return False
        for name, options, because in all_cases:
            done = engine.run("run", "--rm", "--name", name, *options, "kernel-test:one", "/bin/short")
            if done.returncode:
                tap.skip(name, f"it does not start: {done.stderr.strip()[:100]}")
                continue
            judge(name, [json.loads(line) for line in watch.lines(f'"container.name":"{name}"', 3)], because)
    return True


def with_text(scratch, engine):
    """The end of lines of text, what --priority leaves, and the severity of syslog."""
    path = os.path.join(scratch, "log.sock")
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    log.settimeout(10)
    options = ("--output", "stdout", "--output", "syslog=" + path, "--priority", "error", "--select", "disable=critical")
    with watching(scratch, *options, docker=engine.socket) as watch:
        for name, more in (("calm", ()), ("loud", ("--pid", "host"))):
            engine.run("run", "--rm", "--name", name, "--network", "none", *more, "kernel-test:one", "/bin/short")
        lines = watch.lines("loud", 1)
        tap.ok(len(lines) == 1 and ": Error loud" in lines[0] and lines[0].endswith(" [raised from Warning: host processes]\n"), "text: the reason stands at the end", *lines)
        tap.ok(not watch.lines("calm", 1), "what is raised to --priority is told, what is not is not")
        try:
            message = log.recv(8192).decode()
        except OSError as why:
            message = str(why)
        tap.ok(message.startswith("<11>") and "loud" in message, "syslog has the severity of the alert", message)
    log.close()
    with watching(scratch, "--format", "json", "--first", "--priority", "error", "--select", "disable=critical", docker=engine.socket) as watch:
        for name, more in (("quiet", ()), ("raised", ("--pid", "host"))):
            engine.run("run", "--rm", "--name", name, "--network", "none", *more, "kernel-test:one", "/bin/short")
        rules = [json.loads(line)["rule"] for line in watch.lines('"container.name":"raised"', 1)]
        tap.ok(rules == ["weighed"] and not watch.lines('"container.name":"quiet"', 1), "--first stops at what is told", rules)


def with_privileged(scratch, root):
    """Privileged containers do not start everywhere: the record of one does, told of a container of runc's."""
    identity = "0123456789abcdef" * 3 + "0123456789abcd77"
    record = {"Id": identity, "Name": "/recorded", "Config": {"Image": "kernel-test:one"}, "Mounts": [],
              "HostConfig": {"Privileged": True, "PidMode": "", "NetworkMode": "none", "SecurityOpt": ["label=disable"]}}

    def change(spec):
        spec["linux"]["cgroupsPath"] = "/some/" + identity
        spec["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["kexec_load"], "action": "SCMP_ACT_ERRNO"}]}
        for kind in ("bounding", "effective", "permitted"):
            spec["process"]["capabilities"][kind] = ["CAP_CHOWN"]

    path = os.path.join(scratch, "recorded.sock")
    with pretended_engine.serving(path, json.dumps(record).encode()), watching(scratch, "--format", "json", docker=path) as watch:
        if not watch:
            return
        with engine_start.runc(scratch, root, identity, change) as bundle:
            if not bundle:
                tap.skip("privileged", "runc does not start a container here")
                return
            alerts = [json.loads(line) for line in watch.lines('"container.name":"recorded"', 3)]
            judge("recorded", alerts, ["privileged"])


folder = tempfile.mkdtemp(prefix="watch-posture-")
try:
    if os.geteuid():
        tap.skip("postures of containers", "it takes root")
    else:
        tree, image = make_archive(folder)
        if not image:
            tap.skip("postures of containers", "no compiler")
        else:
            with engine_start.docker(folder, image) as dockerd:
                if not dockerd:
                    tap.skip("postures of containers", "no dockerd starts here")
                elif with_json(folder, dockerd, cases(folder, dockerd)):
                    with_text(folder, dockerd)
            with_privileged(folder, tree)
finally:
    engine_start.remove(folder)
tap.end()
