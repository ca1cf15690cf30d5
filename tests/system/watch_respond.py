# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch --respond`: processes in containers are killed before they go on, those of the host never, and nobody stays stopped however the watcher
ends. A container is here what its cgroup's name says. Wants root and a kernel that loads BPF programs; skipped elsewhere."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from cgroup_container import Container, wait
from common import PROGRAM, Tap

RULES = """
- rule: harm
  desc: decided by what only the rule can see
  condition: evt.type in (execve, execveat) and proc.args contains harm
  output: "harm (%proc.name %container.id)"
  priority: WARNING
  action: kill
- rule: evil
  desc: decided by the name
  condition: evt.type in (execve, execveat) and container.id != host and proc.name = evil
  output: "evil (%proc.name %container.id)"
  priority: WARNING
  action: kill
- rule: secret
  desc: an open
  condition: evt.type in (open, openat, openat2) and fd.num >= 0 and fd.name = {work}/secret
  output: "secret (%proc.name %fd.name)"
  priority: WARNING
  action: kill
- rule: no connect
  desc: a connect that fails
  condition: >
    evt.type = connect and container.id != host and fd.snet = 127.0.0.8/31 and fd.sport in (4444, 5555) and fd.l4proto in (tcp, udp)
    and not proc.name = friend
  output: "connect (%proc.name %fd.sip %fd.sport %evt.res)"
  priority: WARNING
  action: deny
- rule: cannot
  desc: what the kernel cannot decide
  condition: evt.type = connect and proc.cmdline contains harmless
  output: "x"
  priority: WARNING
  action: deny
"""
CONNECT = """
import socket, sys
for address, port in (("127.0.0.9", 4444), ("127.0.0.8", 5555), ("127.0.0.9", 4445), ("127.0.0.10", 4444), ("::ffff:127.0.0.9", 4444)):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as udp:
        try:
            udp.connect((address, port))
            print("y", end="")
        except PermissionError:
            print("n", end="")
"""
# The same from a thread that goes on when the first one has ended.
THREAD = """
import ctypes, os, sys, threading
def go_on():
    while open(f"/proc/{os.getpid()}/stat").read().rsplit(")", 1)[1].split()[0] != "Z":
        pass
    exec(sys.argv[1])
    sys.stdout.flush()
    os._exit(0)
threading.Thread(target=go_on).start()
ctypes.CDLL(None).syscall(60, 0)
"""
HELD = "the process was stopped at this event and did nothing after it"

tap = Tap()
work = tempfile.TemporaryDirectory(prefix="bulkhead-respond-")


def path(name):
    return os.path.join(work.name, name)


class Watcher:
    started = []

    def __init__(self, *options):
        with open(path("rules.yaml"), "w", encoding="utf-8") as file:
            file.write(RULES.format(work=work.name))
        with open(path("out"), "w", encoding="utf-8") as out, open(path("err"), "w", encoding="utf-8") as err:
            self.process = subprocess.Popen([PROGRAM, "watch", "--format", "json", "--containers", "none", "-r", path("rules.yaml"), *options], stdout=out, stderr=err)
        self.started.append(self.process)
        wait(lambda: "watching by" in self.complaint() or self.process.poll() is not None)

    @staticmethod
    def complaint():
        with open(path("err"), encoding="utf-8") as file:
            return file.read()

    @staticmethod
    def actions(rule):
        with open(path("out"), encoding="utf-8") as file:
            alerts = [json.loads(line) for line in file.read().splitlines(True) if line.endswith("\n")]
        return [alert["action"] for alert in alerts if alert["rule"] == rule]

    def acted(self, rule, **wanted):
        return wait(lambda: any(all(a[k] == v for k, v in wanted.items()) for a in self.actions(rule)))

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(20)


def state(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return ""


def touches(name):
    """Words of a shell that leaves a file behind, when it comes that far."""
    return ("sh", "-c", f"exec {path(name)} {path('mark-' + name)}")


def without(watcher, container):
    tap.ok(container.run(path("evil"), path("mark-dry")) == 0 and os.path.exists(path("mark-dry")), "without --respond it lives")
    tap.ok(watcher.acted("evil", asked="kill", done=False, how="--respond is not given"), "and the alert says so")
    tap.ok('rule "cannot" only alerts: this test of proc.cmdline' in watcher.complaint(), "what could not be denied is told before", watcher.complaint())


def killed(watcher, container):
    tap.ok(container.run(*touches("evil")) == -signal.SIGKILL, "a program is killed")
    tap.ok(not os.path.exists(path("mark-evil")), "before it did anything")
    tap.ok(watcher.acted("evil", asked="kill", done=True, how=HELD), "and the alert says so")
    tap.ok(container.run("sh", "-c", f"exec touch {path('harm')}") == -signal.SIGKILL and not os.path.exists(path("harm")), "one that only the rule can tell")
    tap.ok(container.run("sh", "-c", f"echo x < {path('secret')}; touch {path('mark-secret')}") == -signal.SIGKILL and not os.path.exists(path("mark-secret")),
           "at an open")
    tap.ok(watcher.acted("secret", done=True, how=HELD), "whose alert says so too")
    tap.ok(all(container.run("sh", "-c", "true; cat /etc/hostname; exec true") == 0 for _ in range(20)), "others go on")


def connects(folder, enter=None, name="python", words=("-c", CONNECT)):
    """y or n for each address: whether it may be connected to."""
    if not os.path.lexists(path(name)):
        os.symlink(os.path.realpath(sys.executable), path(name))
    return subprocess.run([path(name), "-I", *words], preexec_fn=enter, capture_output=True, text=True, check=False, cwd=folder).stdout


def denied(watcher, container):
    tap.ok(connects(work.name, container.enter) == "nnyyn", "connects to two ports of a network fail, in both families", connects(work.name, container.enter))
    tap.ok(connects(work.name, container.enter, "friend") == "yyyyy", "but not of a program that may")
    tap.ok(connects(work.name, container.enter, "friend", ("-c", THREAD, CONNECT)) == "yyyyy", "whose first thread may end before the others")
    tap.ok(connects(work.name) == "yyyyy", "nor of the host")
    tap.ok(watcher.acted("no connect", asked="deny", done=True, how="the call failed with EPERM"), "and the alert says so", watcher.complaint())
    tap.ok('rule "cannot" only alerts: this test of proc.cmdline' in watcher.complaint(), "a rule that cannot be decided is told", watcher.complaint())


def replaced(watcher, container):
    with open(path("rules.yaml"), "w", encoding="utf-8") as file:
        file.write(RULES.format(work=work.name).replace("4444", "4445"))
    watcher.process.send_signal(signal.SIGHUP)
    wait(lambda: "the rules were read anew" in watcher.complaint())
    tap.ok(connects(work.name, container.enter) == "ynnyy", "rules that are read anew deny something else", watcher.complaint())
    with open(path("rules.yaml"), "w", encoding="utf-8") as file:
        file.write(RULES.format(work=work.name).replace("action: deny", "action: none"))
    watcher.process.send_signal(signal.SIGHUP)
    wait(lambda: watcher.complaint().count("the rules were read anew") == 2)
    tap.ok(connects(work.name, container.enter) == "yyyyy", "or nothing", watcher.complaint())


def of_the_host(watcher):
    tap.ok(subprocess.run(["touch", path("harm")], check=False).returncode == 0 and os.path.exists(path("harm")), "a process of the host lives")
    tap.ok(watcher.acted("harm", asked="kill", done=False, how="it is not in a container"), "and the alert says why")


def stuck(watcher, container):
    container.run("true")
    watcher.process.send_signal(signal.SIGSTOP)
    process = container.start("sh", "-c", f"exec touch {path('slow')}")
    tap.ok(process.wait(20) == 0 and os.path.exists(path("slow")), "a watcher that is stuck keeps nobody waiting for long")
    tap.ok(container.run(*touches("evil")) == 0, "and is not asked any more")
    watcher.process.send_signal(signal.SIGCONT)
    os.unlink(path("mark-evil"))
    tap.ok(wait(lambda: container.run(*touches("evil")) == -signal.SIGKILL), "until it goes on")


def abandoned(watcher, container):
    container.run("true")  # now the cgroup is known
    watcher.process.send_signal(signal.SIGSTOP)
    process = container.start("sh", "-c", f"exec touch {path('late')}")
    tap.ok(wait(lambda: state(process.pid) == "T"), "while nobody answers a program waits")
    watcher.end(signal.SIGKILL)
    tap.ok(process.wait(20) == 0 and os.path.exists(path("late")), "the watcher is killed: it goes on")


def ended(container):
    watcher = Watcher("--respond")
    process = container.start("sh", "-c", "while :; do true; cat /dev/null; done")
    time.sleep(0.3)
    watcher.end()
    tap.ok(wait(lambda: state(process.pid) in "RS"), "the watcher ends: nobody stays stopped")
    process.kill()
    process.wait()


def main():
    shutil.copy(shutil.which("touch"), path("evil"))
    with open(path("secret"), "w", encoding="ascii") as file:
        file.write("x")
    watcher = Watcher()
    if watcher.process.poll() is not None:
        tap.skip("responding", "it does not start here: " + watcher.complaint().strip()[:200])
        return
    container = Container()
    try:
        without(watcher, container)
        watcher.end()
        watcher = Watcher("--respond")
        killed(watcher, container)
        denied(watcher, container)
        of_the_host(watcher)
        stuck(watcher, container)
        replaced(watcher, container)
        abandoned(watcher, container)
        ended(container)
    finally:
        for process in Watcher.started:
            process.kill()
        container.remove()


main()
raise SystemExit(tap.end())
