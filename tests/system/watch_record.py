#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead watch --record: what is recorded of this kernel, of containers of a real Docker and of other captures gives the same alerts when it is read back, sysdig
reads it too where it is installed, and folders do not fill up."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
from common import PROGRAM, SHARED, Tap, run  # noqa: E402

tap = Tap()
NAME = re.compile(r"^\d{8}T\d{6}\.\d{9}Z-\d{8}-[0-9a-f]{8}\.scap$")
SYSDIG = shutil.which("sysdig")
PROCESS = ("cmd=%proc.cmdline exe=%proc.exe path=%proc.exepath cwd=%proc.cwd parent=%proc.pname a2=%proc.aname[2] a3=%proc.aname[3] a4=%proc.aname[4] pcmd=%proc.pcmdline "
           "user=%user.name uid=%user.uid login=%user.loginuid group=%group.name tty=%proc.tty sid=%proc.sid pid=%proc.pid vpid=%proc.vpid pgid=%proc.pgid env=%proc.env "
           "caps=%thread.cap_effective age=%proc.duration id=%container.id name=%container.name image=%container.image.repository:%container.image.tag "
           "type=%container.type labels=%container.labels")
RULES = f"""
- rule: Opened
  desc: a file of the test
  condition: evt.type in (open, openat, openat2) and fd.name startswith MARK and proc.name in (cat, idle)
  output: "Opened | file=%fd.name raw=%fd.nameraw num=%fd.num flags=%evt.arg.flags inode=%fd.ino device=%fd.dev {PROCESS}"
  priority: WARNING
- rule: Executed
  desc: a program of the test
  condition: evt.type in (execve, execveat) and (proc.args contains MARK or proc.cmdline contains recorded-word)
  output: "Executed | upper=%proc.is_exe_upper_layer inode=%proc.exe_ino changed=%proc.exe_ino.ctime {PROCESS}"
  priority: WARNING
- rule: Removed
  desc: by a relative path
  condition: evt.type in (unlink, unlinkat) and fs.path.name startswith MARK and proc.name = rm
  output: "Removed | path=%fs.path.name raw=%fs.path.nameraw folder=%evt.arg.dirfd {PROCESS}"
  priority: NOTICE
- rule: Contacted
  desc: sockets that nobody saw being made
  condition: evt.type in (connect, sendto) and proc.cmdline contains MARK and fd.typechar in (4, u)
  output: "Contacted | socket=%fd.name type=%fd.type protocol=%fd.l4proto server=%fd.sip port=%fd.sport tuple=%evt.arg.tuple result=%evt.res call=%evt.type {PROCESS}"
  priority: NOTICE
- rule: Copied
  desc: a socket under another number
  condition: evt.type in (dup, dup2, dup3) and proc.cmdline contains MARK and fd.typechar = 4
  output: "Copied | socket=%fd.name protocol=%fd.l4proto num=%fd.num {PROCESS}"
  priority: NOTICE
"""
SOCKETS = """
import os, socket, sys
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.connect(("127.0.0.1", 9))
two = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
two.sendto(b"x", ("127.0.0.1", 9))
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
three = socket.create_connection(listener.getsockname())
os.dup2(three.fileno(), 20)
four = socket.socket(socket.AF_UNIX)
try:
    four.connect(sys.argv[1] + "nowhere.sock")
except OSError:
    pass
"""


class Watcher:
    """A bulkhead watch in the background, its alerts in a file."""

    all = []

    def __init__(self, folder, rules, *options, socket=None):
        self.alerts_path, self.said_path = folder + "/alerts", folder + "/said"
        env = {**os.environ, "DOCKER_HOST": "unix://" + (socket or "/nowhere"), "CONTAINER_HOST": "unix:///nowhere"}
        with open(self.alerts_path, "w", encoding="utf-8") as out, open(self.said_path, "w", encoding="utf-8") as said:
            self.process = subprocess.Popen([PROGRAM, "watch", "-r", rules, "--format", "json", *options], stdin=subprocess.DEVNULL, stdout=out, stderr=said, env=env)
        self.all.append(self.process)
        for _ in range(100):
            if "watching by" in self.said() or self.process.poll() is not None:
                break
            time.sleep(0.1)
        time.sleep(0.3)

    def said(self):
        with open(self.said_path, encoding="utf-8") as text:
            return text.read()

    def alerts(self):
        with open(self.alerts_path, encoding="utf-8") as text:
            return [json.loads(line) for line in text if line.endswith("\n")]

    def wait(self, count):
        """Until so many alerts have come."""
        for _ in range(100):
            if len(self.alerts()) >= count:
                break
            time.sleep(0.1)

    def works(self):
        return self.process.poll() is None and "watching by" in self.said()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(30)


def replay(rules, capture, *options):
    code, out, said = run("watch", "-r", rules, "--replay", capture, "--format", "json", *options)
    return code, [json.loads(line) for line in out.splitlines()], said


def same(one, other):
    """What differs between two alerts, but for what is no part of the event."""
    keys = ("rule", "priority", "time", "tags", "source", "posture")
    fields = {key: (value, other["output_fields"].get(key)) for key, value in one["output_fields"].items() if other["output_fields"].get(key) != value}
    return {**{key: (one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)}, **fields}


def compare(name, live, read):
    tap.ok([one["rule"] for one in live] == [one["rule"] for one in read] and live, f"{name}: the same rules in the same order",
           [one["rule"] for one in live], [one["rule"] for one in read])
    for one, other in zip(live, read):
        differs = same(one, other)
        tap.ok(not differs, f"{name}: {one['rule']}, all fields", differs)


def captures(folder):
    return sorted(os.path.join(folder, name) for name in os.listdir(folder))


def act(mark):
    """Things that only a shell's descendants do, by relative paths and through a link."""
    with open(mark + "secret", "w", encoding="utf-8") as out:
        out.write("secret\n")
    os.makedirs(mark + "folder/inner", exist_ok=True)
    with open(mark + "folder/inner/file", "w", encoding="utf-8"):
        pass
    folder, name = os.path.split(mark)
    script = f"cd {folder} && cat {name}secret >/dev/null; sh -c 'cat ./{name}secret' >/dev/null; rm -r {name}folder; {sys.executable} -c \"$SOCKETS\" {mark}; true"
    subprocess.run(["sh", "-c", script], env={**os.environ, "SOCKETS": SOCKETS}, check=False, stdout=subprocess.DEVNULL)


def look_with_sysdig(capture, mark):
    if not SYSDIG:
        tap.skip("sysdig reads the recording", "it is not installed")
        return
    def ask(condition, output):
        done = subprocess.run([SYSDIG, "-r", capture, "-p", output, condition], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr
    code, lines, said = ask("evt.type = openat and evt.dir = < and proc.name = cat and fd.name contains secret", "%proc.name|%proc.pname|%fd.name|%proc.cwd|%container.id|%user.name")
    folder = os.path.dirname(mark) + "/"
    tap.ok(code == 0 and f"cat|sh|{mark}secret|{folder}|host|root" in lines, "sysdig: an open", code, lines, said)
    code, lines, said = ask("evt.type = connect and evt.dir = < and fd.type = ipv4", "%proc.name|%fd.name|%fd.l4proto|%fd.sport")
    tap.ok(code == 0 and any(line.endswith("->127.0.0.1:9|udp|9") for line in lines), "sysdig: a socket that nobody saw being made", code, lines, said)
    code, lines, said = ask("evt.type = unlinkat and evt.dir = < and proc.name = rm", "%evt.args")
    tap.ok(code == 0 and any(mark + "folder/inner" in line for line in lines), "sysdig: a file removed below a folder", code, lines, said)
    code, lines, said = ask("evt.type = chdir or evt.type = setsid", "%evt.num")
    tap.ok(code == 0 and not lines, "sysdig: what only explains is hidden", code, lines, said)


def record_here(scratch, rules, mark):
    folder = scratch + "/captures"
    watcher = Watcher(scratch, rules, "--record", folder)
    if not watcher.works():
        watcher.end()
        return False
    act(mark)
    watcher.wait(12)
    time.sleep(0.5)
    code, live = watcher.end(), watcher.alerts()
    files = captures(folder)
    tap.ok(code == 1 and len(files) == 1, "one recording", code, files, watcher.said())
    tap.ok(all(NAME.match(os.path.basename(path)) and os.stat(path).st_mode & 0o777 == 0o600 for path in files), "its name and its mode", files)
    tap.ok(os.stat(folder).st_mode & 0o777 == 0o700, "the folder's mode", oct(os.stat(folder).st_mode))
    tap.ok({one.get("capture") for one in live} == set(files), "all alerts name it", [one.get("capture") for one in live])
    tap.ok({"Opened", "Executed", "Removed", "Contacted", "Copied"} <= {one["rule"] for one in live}, "all rules fired", [one["rule"] for one in live])
    code, read, said = replay(rules, files[0])
    tap.ok(code == 1 and not said, "it is read to its end", code, said)
    compare("read back", live, read)
    before = subprocess.run(["gzip", "-dc", files[0]], capture_output=True, check=False).stdout
    tap.ok(before[:4] == b"\x0a\x0d\x0d\x0a", "it is compressed by gzip", before[:4])
    look_with_sysdig(files[0], mark)
    return True


def record_marked(scratch, rules, mark):
    """Rules with capture: true alone begin a recording."""
    folder, marked = scratch + "/marked", scratch + "/marked.yaml"
    with open(rules, encoding="utf-8") as text, open(marked, "w", encoding="utf-8") as out:
        out.write(text.read().replace("- rule: Removed\n", "- rule: Removed\n  capture: true\n  capture_duration: 300\n"))
    watcher = Watcher(scratch, marked, "--record", folder)
    act(mark)
    watcher.wait(12)
    time.sleep(1)
    subprocess.run(["cat", mark + "secret"], check=False, stdout=subprocess.DEVNULL)
    time.sleep(0.5)
    watcher.end()
    alerts = watcher.alerts()
    of = {rule: {one.get("capture") for one in alerts if one["rule"] == rule} for rule in ("Removed", "Opened")}
    tap.ok(of["Removed"] == set(captures(folder)) and len(of["Removed"]) == 1, "a marked rule begins a recording", of, captures(folder))
    tap.ok(of["Opened"] == {None}, "others do not, before and after it", of)
    _, read, _ = replay(marked, captures(folder)[0])
    tap.ok(any(one["rule"] == "Opened" for one in read), "what happened before stands in it", [one["rule"] for one in read])


def record_killed(scratch, rules, mark):
    """What a killed watcher leaves behind."""
    folder = scratch + "/killed"
    watcher = Watcher(scratch, rules, "--record", folder)
    act(mark)
    watcher.wait(12)
    time.sleep(0.5)
    watcher.end(signal.SIGKILL)
    live, files = watcher.alerts(), captures(folder)
    code, read, said = replay(rules, files[0]) if files else (None, [], "")
    tap.ok(code == 3 and said, "the recording of a killed watcher ends early", code, said)
    tap.ok([one["rule"] for one in read] == [one["rule"] for one in live] and live, "it has all that came until a moment before", len(live), len(read))


def record_full(scratch, rules, mark):
    folder = scratch + "/full"
    os.makedirs(folder)
    with open(folder + "/old.scap", "wb") as out:
        out.truncate(1 << 20)
    watcher = Watcher(scratch, rules, "--record", folder, "--record-limit", "1")
    act(mark)
    watcher.wait(12)
    time.sleep(0.5)
    code, alerts = watcher.end(), watcher.alerts()
    told = [one for one in alerts if one["rule"] == "bulkhead: not recorded"]
    tap.ok(captures(folder) == [folder + "/old.scap"], "nothing is recorded beyond the limit", captures(folder))
    tap.ok(len(told) == 1 and watcher.said().count("not recorded: the recordings have as many bytes") == 1, "which is told once", told, watcher.said())
    tap.ok(code == 1 and not any("capture" in one for one in alerts), "and alerts come all the same", code)


def record_container(scratch, rules):
    archive = engine_start.make_archive(scratch) if shutil.which("dockerd") and shutil.which("docker") else None
    if not archive:
        tap.skip("a container is recorded", "no engine or no compiler")
        return
    with engine_start.docker(scratch, archive) as engine:
        if not engine:
            tap.skip("a container is recorded", "no engine starts here")
            return
        folder = scratch + "/container"
        watcher = Watcher(scratch, rules, "--record", folder, socket=engine.socket)
        engine.run("run", "-d", "--name", "recorded-one", "--label", "of=test", *engine.always, "--network", "none", "kernel-test:one", "/bin/idle", "recorded-word")
        engine.run("exec", "-d", "recorded-one", "/bin/idle", "recorded-word")
        watcher.wait(1)
        time.sleep(0.5)
        ident = engine.inspect("recorded-one")["Id"]
        watcher.end()
    inside = [one for one in watcher.alerts() if one["output_fields"].get("container.id") == ident[:12]]
    files = captures(folder)
    tap.ok(inside and files, "a program in a container is recorded", watcher.alerts()[:1], watcher.said())
    if not inside or not files:
        return
    _, read, _ = replay(rules, files[0])
    read = [one for one in read if one["output_fields"].get("container.id") == ident[:12]]
    tap.ok(inside[0]["output_fields"]["container.name"] == "recorded-one", "its container has its name", inside[0]["output_fields"])
    compare("container", inside, read)
    if SYSDIG:
        done = subprocess.run([SYSDIG, "-r", files[0], "-p", "%container.id|%container.name|%container.image", "evt.type = execve and evt.dir = < and proc.name = idle"],
                              capture_output=True, text=True, check=False)
        tap.ok(f"{ident[:12]}|recorded-one|kernel-test:one" in done.stdout.splitlines(), "sysdig: its name and its image", done.stdout, done.stderr)


def cut(scratch):
    """Pieces of a capture."""
    falco = os.path.join(SHARED, "falco")
    if not os.path.isdir(falco):
        tap.skip("pieces of a capture", "no shared data")
        return
    rules = [word for name in ("falco_rules", "falco-incubating_rules", "falco-sandbox_rules", "enable_all_rules")
             for word in ("-r", os.path.join(falco, "rules", name + ".yaml"))]
    def ask(capture, *options):
        code, out, said = run("watch", *rules, "--replay", capture, "--format", "json", *options)
        return code, [json.loads(line) for line in out.splitlines()], said
    whole = os.path.join(falco, "captures", "own__vm_actions.scap")
    _, expected, _ = ask(whole)
    for name, options in (("one", ()), ("many", ("--record-time", "1"))):
        folder = f"{scratch}/cut-{name}"
        code, alerts, said = ask(whole, "--record", folder, *options)
        files = captures(folder)
        tap.ok(code == 1 and not said and len(alerts) == len(expected), f"{name}: the capture gives its alerts", code, said, len(alerts))
        tap.ok((len(files) == 1) == (name == "one"), f"{name}: {len(files)} recordings", files)
        read = [(one, path) for path in files for one in ask(path)[1]]
        tap.ok(len(read) == len(expected), f"{name}: the pieces give as many alerts as the whole", len(read), len(expected))
        differs = [same(one, other) for one, (other, _) in zip(expected, read)]
        tap.ok(not any(differs), f"{name}: with the same fields", *[one for one in differs if one][:5])
        tap.ok([one["capture"] for one in alerts] == [path for _, path in read], f"{name}: each alert names its recording")


def refuse(scratch, rules):
    capture = scratch + "/no.scap"
    for options, word in ((("--record", "/proc/nowhere"), "/proc/nowhere"), (("--record", scratch + "/x", "--record-time", "0"), "--record-time '0'"),
                          (("--record", scratch + "/x", "--record-limit", "some"), "--record-limit 'some'")):
        code, out, said = run("watch", "-r", rules, "--replay", os.path.join(SHARED, "falco", "captures", "falco__empty.scap"), *options)
        tap.ok(code == 2 and word in said and not out, f"{word} is refused", code, said)
    tap.ok(not os.path.exists(capture), "and nothing is written")


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-record-")
    mark, rules = os.path.join(scratch, "recorded-"), os.path.join(scratch, "rules.yaml")
    with open(rules, "w", encoding="utf-8") as out:
        out.write(RULES.replace("MARK", mark))
    try:
        cut(scratch)
        if os.path.isdir(os.path.join(SHARED, "falco")):
            refuse(scratch, rules)
        if os.geteuid():
            tap.skip("recordings of this kernel", "this takes root")
        elif not record_here(scratch, rules, mark):
            tap.skip("recordings of this kernel", "its events are not to be had")
        else:
            record_marked(scratch, rules, mark)
            record_killed(scratch, rules, mark)
            record_full(scratch, rules, mark)
            record_container(scratch, rules)
    finally:
        for process in Watcher.all:
            process.kill()
        engine_start.remove(scratch)
    tap.end()


main()
