# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch` and the running kernel, without containers: deeds of this test are told, two watchers do not disturb one another, and nothing stays
in the kernel however a watcher ends. Wants root and a kernel that loads BPF programs; skipped elsewhere."""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from common import PROGRAM, Tap

RULES = """
- rule: {name}
  desc: what {name} sees
  condition: {condition}
  output: "{output}"
  priority: NOTICE
"""

tap = Tap()
work = tempfile.TemporaryDirectory(prefix="bulkhead-watch-")


def rule_file(*rules):
    path = os.path.join(work.name, "-".join(rule[0].replace(" ", "") for rule in rules) + ".yaml")
    with open(path, "w", encoding="utf-8") as file:
        for name, condition, output in rules:
            file.write(RULES.format(name=name, condition=condition, output=output))
    return path


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def processes(watcher):
    """How many the watcher knows, by its own page."""
    port = watcher.process.args[watcher.process.args.index("--listen") + 1]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
        return next(int(float(line.split()[1])) for line in page.read().decode().splitlines() if line.startswith("bulkhead_watch_processes "))


class Watcher:
    def __init__(self, *rules, options=()):
        self.out = os.path.join(work.name, f"out-{len(rules)}")
        self.err = os.path.join(work.name, f"err-{len(rules)}")
        with open(self.out, "w", encoding="utf-8") as out, open(self.err, "w", encoding="utf-8") as err:
            self.process = subprocess.Popen([PROGRAM, "watch", "--format", "json", "-r", rule_file(*rules), *options], stdout=out, stderr=err)
        self.wait(lambda: "watching by" in self.complaint() or self.process.poll() is not None)

    def wait(self, until, seconds=20):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if until():
                return True
            time.sleep(0.02)
        return False

    def complaint(self):
        with open(self.err, encoding="utf-8") as file:
            return file.read()

    def alerts(self):
        with open(self.out, encoding="utf-8") as file:
            return [json.loads(line) for line in file.read().splitlines(True) if line.endswith("\n")]

    def told(self, rule, **fields):
        wanted = {key.replace("_", "."): value for key, value in fields.items()}

        def found():
            return any(alert["rule"] == rule and wanted.items() <= alert["output_fields"].items() for alert in self.alerts())
        return self.wait(found)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(20)


def programs_of(watcher):
    """Ids of the programs that a watcher holds."""
    ids = set()
    folder = f"/proc/{watcher.process.pid}/fdinfo"
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            ids |= {int(line.split()[1]) for line in file if line.startswith("prog_id:")}
    return ids


def in_kernel(ids):
    out = subprocess.run(["bpftool", "-j", "prog", "show"], capture_output=True, text=True, check=False).stdout
    return ids & {program["id"] for program in json.loads(out or "[]")}


FILE = os.path.join(work.name, "a-file")
FIELDS = "%proc.name %proc.cmdline %proc.pid %fd.name %fd.typechar %evt.arg.flags %evt.arg.mode %user.uid %container.id"
rules = [
    ("reads", f"evt.type = openat and evt.is_open_read = true and fd.name = {FILE}", FIELDS),
    ("writes", f"evt.type = openat and evt.is_open_write = true and fd.name startswith {FILE}", FIELDS),
    ("fails", "evt.type = openat and evt.rawres < 0 and fd.nameraw = /nonexistent/bulkhead", "%evt.res %fd.nameraw"),
    ("execs", "evt.type = execve and proc.name = echo", "%proc.exepath %proc.args %proc.pname %proc.cwd %proc.env[BULKHEAD_TEST]"),
    ("removes", "evt.type in (unlink, unlinkat) and fs.path.name endswith .gone", "%evt.type %fs.path.name"),
    ("connects", "evt.type = connect and fd.sport = 9 and fd.sip = 127.0.0.9", "%fd.name %fd.l4proto %evt.res"),
    ("lets in", "evt.type = accept4 and fd.sip = 127.0.0.8", "%fd.sip %fd.cip %fd.typechar"),
]
first = Watcher(*rules)
if first.process.poll() is not None:
    tap.skip("events of the kernel", "it does not start here: " + first.complaint().strip().splitlines()[-1])
    tap.end()
tap.ok("watching by" in first.complaint(), "it says how it watches", first.complaint())
present = programs_of(first)
tap.ok(len(present) >= 4 and in_kernel(present) == present, "its programs are in the kernel", present)

with open(FILE, "w", encoding="utf-8"):
    pass
with open(FILE, encoding="utf-8"):
    pass
tap.ok(first.told("writes", fd_name=FILE, fd_typechar="f", user_uid=0, container_id="host"), "a write", first.alerts()[-3:])
tap.ok(first.told("writes", evt_arg_mode="0666"), "its mode", first.alerts()[-3:])
tap.ok(first.told("reads", fd_name=FILE), "a read", first.alerts()[-3:])
os.symlink(FILE, FILE + ".link")
os.close(os.open(os.path.relpath(FILE + ".link"), os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC))
tap.ok(first.told("writes", fd_name=FILE, evt_arg_flags="O_WRONLY|O_APPEND|O_CLOEXEC"), "by a relative path and a link: the file itself", first.alerts()[-3:])
try:
    os.open("/nonexistent/bulkhead", os.O_RDONLY)
except FileNotFoundError:
    pass
tap.ok(first.told("fails", evt_res="ENOENT"), "an open that fails", first.alerts()[-3:])
subprocess.run(["/bin/echo", "one", "two words"], cwd=work.name, env={"BULKHEAD_TEST": "seen"}, stdout=subprocess.DEVNULL, check=True)
tap.ok(first.told("execs", proc_args="one two words", proc_cwd=work.name + "/"), "an exec with its arguments and its folder", first.alerts()[-3:])
tap.ok(any(alert["output_fields"].get("proc.env[BULKHEAD_TEST]") == "seen" for alert in first.alerts()), "and its environment", first.alerts()[-3:])
os.mkdir(FILE + ".d")
folder = os.open(FILE + ".d", os.O_RDONLY)
with open(FILE + ".d/x.gone", "w", encoding="utf-8"):
    pass
os.unlink("x.gone", dir_fd=folder)
tap.ok(first.told("removes", fs_path_name=FILE + ".d/x.gone", evt_type="unlinkat"), "a name below a descriptor", first.alerts()[-3:])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.connect(("127.0.0.9", 9))
tap.ok(first.told("connects", fd_l4proto="udp", evt_res="SUCCESS"), "a connection", first.alerts()[-3:])
with socket.socket() as server:
    server.bind(("127.0.0.8", 0))
    server.listen()
    with socket.create_connection(server.getsockname(), source_address=("127.0.0.7", 0)):
        server.accept()[0].close()
tap.ok(first.told("lets in", fd_cip="127.0.0.7", fd_sip="127.0.0.8", fd_typechar="4"), "one that is let in", first.alerts()[-3:])

second = Watcher(rules[3])
others = programs_of(second)
tap.ok(others and not others & present, "a second watcher has programs of its own", others, present)
subprocess.run(["/bin/echo", "both"], stdout=subprocess.DEVNULL, check=True)
tap.ok(first.told("execs", proc_args="both") and second.told("execs", proc_args="both"), "both see the same")
second.end(signal.SIGKILL)
tap.ok(first.wait(lambda: not in_kernel(others)) and in_kernel(present) == present, "one is killed: its programs are gone, the others stay")
subprocess.run(["/bin/echo", "again"], stdout=subprocess.DEVNULL, check=True)
tap.ok(first.told("execs", proc_args="again"), "and go on")
status = first.end()
tap.ok(status == 1, "exit 1: there were alerts", status, first.complaint())
tap.ok(first.wait(lambda: not in_kernel(present)), "nothing stays in the kernel", in_kernel(present))

# While nobody reads, one process fills the buffer; what another does comes through all the same, and it is told who made the noise.
NOISE = "import os, sys\nopen('/proc/self/comm', 'w').write('noise')\nfor i in range(40000): os.close(os.open(sys.argv[1], os.O_RDONLY))"
third = Watcher(rules[0], rules[1], options=("--listen", str(free_port())))
sleepers = [subprocess.Popen(["sleep", "600"]) for _ in range(300)]
known = third.wait(lambda: processes(third) >= 300) and processes(third)
third.process.send_signal(signal.SIGSTOP)
noise = subprocess.Popen([sys.executable, "-c", NOISE, FILE])
noise.wait()
with open(FILE + ".quiet", "w", encoding="utf-8"):
    pass
# And the rest of it is filled by others that come and go: the ends of processes are lost as well.
for _ in range(4000):
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)
for sleeper in sleepers:
    sleeper.kill()
    sleeper.wait()
third.process.send_signal(signal.SIGCONT)
tap.ok(third.told("writes", fd_name=FILE + ".quiet"), "one noisy process does not hide what others do", third.complaint())
tap.ok(third.told("bulkhead: events lost", noisiest_pid=noise.pid, noisiest="noise"), "and is named", third.complaint())
tap.ok(known and third.wait(lambda: processes(third) < known - 250), "processes whose end was lost are forgotten", known, processes(third))
tap.ok(third.end() == 3, "exit 3: events were lost", third.complaint())
tap.end()
