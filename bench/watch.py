#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures bulkhead watch: what it adds to system calls, whether it keeps up with storms, what it takes itself, how fast it replays a capture.
The public rule files of Falco are measured too where the shared data lies beside the clone.

usage: watch.py BULKHEAD
"""
import gzip
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.abspath(sys.argv[1])
FALCO = os.path.join(os.path.dirname(ROOT), "shared", "falco")
PUBLIC = [os.path.join(FALCO, "rules", name) for name in ("falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml")]
SECONDS = 5
TICK = os.sysconf("SC_CLK_TCK")

# Rules that no event of the load is asked about by: what it costs to be there at all.
IDLE = "- rule: idle\n  desc: idle\n  condition: evt.type = ptrace and evt.num = 0\n  output: x\n  priority: DEBUG\n"
TRIGGER = "- rule: trigger\n  desc: the first alert\n  condition: evt.type in (execve, execveat) and proc.name = bh-trigger\n  output: x\n  priority: DEBUG\n"


def load(tool, act, how, amount):
    return float(subprocess.run([tool, act, how, str(amount)], stdout=subprocess.PIPE, check=True, text=True).stdout)


def cpu_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory_of(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024


class Watcher:
    """A watcher; `start` is how long it took until the first alert."""

    def __init__(self, scratch, rules):
        trigger = os.path.join(scratch, "bh-trigger")
        shutil.copy("/bin/true", trigger)
        path = os.path.join(scratch, "trigger.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TRIGGER)
        # Our own rules are there when no file is named; the trigger is one.
        arguments = [word for rule in [*rules, path] for word in ("-r", rule)] + ([] if rules else ["--default-rules"])
        self.out = open(os.path.join(scratch, "out"), "w+", encoding="utf-8")
        self.err = open(os.path.join(scratch, "err"), "w+", encoding="utf-8")
        begun = time.monotonic()
        self.process = subprocess.Popen([PROGRAM, "watch", "--format", "json", *arguments], stdout=self.out, stderr=self.err)
        self.start = None
        while time.monotonic() - begun < 20 and self.process.poll() is None:
            subprocess.run([trigger], check=False)
            with open(self.out.name, encoding="utf-8") as file:
                if '"trigger"' in file.read():
                    self.start = time.monotonic() - begun
                    break
        self.pid = self.process.pid

    def lost(self):
        with open(self.err.name, encoding="utf-8") as file:
            return sum(int(n) for n in re.findall(r"(\d+) events were lost", file.read()))

    def end(self):
        self.process.terminate()
        self.process.wait(20)


def storm(tool, watcher, act):
    """Rounds a second, the watcher's CPU, and what it lost."""
    before, lost = cpu_of(watcher.pid) if watcher else 0, watcher.lost() if watcher else 0
    rounds = load(tool, act, "storm", SECONDS)
    time.sleep(1.5)
    if not watcher:
        return f"{rounds / SECONDS:9.0f}/s"
    return f"{rounds / SECONDS:9.0f}/s, {100 * (cpu_of(watcher.pid) - before) / SECONDS:5.1f} % CPU, {watcher.lost() - lost} lost"


def live(scratch, tool, name, rules, base):
    watcher = Watcher(scratch, rules) if rules is not None else None
    if watcher and watcher.start is None:
        with open(watcher.err.name, encoding="utf-8") as file:
            print(f"{name}: it does not start here: {file.read().strip()}")
        return None
    each = {act: load(tool, act, "each", rounds) for act, rounds in (("getppid", 200000), ("open", 20000), ("spawn", 100))}
    row = []
    for act, unit in (("getppid", "ns"), ("open", "ns"), ("spawn", "ns")):
        added = each[act] - base[act] if base else each[act]
        row.append(f"{act} {'+' if base else ''}{added:.0f} {unit}")
    print(f"{name}: {', '.join(row)}")
    for act in ("open", "spawn"):
        print(f"{name}: {act} storm {storm(tool, watcher, act)}")
    if watcher:
        print(f"{name}: first alert after {watcher.start * 1000:.0f} ms, {memory_of(watcher.pid):.1f} MB")
        watcher.end()
    return each


def enlarge(path, scratch, times):
    """The events of a capture over and over."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    at, head, events = 0, [], []
    while at + 8 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        (events if kind in (0x204, 0x208, 0x216, 0x217, 0x221, 0x222) else head).append(data[at:at + length])
        at += length
    large = os.path.join(scratch, "large.scap")
    with open(large, "wb") as file:
        file.write(b"".join(head))
        for _ in range(times):
            file.write(b"".join(events))
    return large, len(events) * times


def replay(scratch):
    path = os.path.join(FALCO, "captures", "own__vm_actions.scap")
    if not os.path.exists(path):
        print("replay: not measured (no capture at hand)")
        return
    large, count = enlarge(path, scratch, 500)
    idle = os.path.join(scratch, "idle.yaml")
    for name, rules in (("no rules", [idle]), ("25 stable rules", PUBLIC[:1]), ("three public files", PUBLIC)):
        arguments = [word for rule in rules for word in ("-r", rule)]
        runs = []
        for _ in range(5):
            begun = time.monotonic()
            subprocess.run([PROGRAM, "watch", *arguments, "--replay", large], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            runs.append(time.monotonic() - begun)
        print(f"replay, {name}: {count / sorted(runs)[2] / 1e6:.2f} million events/s")


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-bench-")
    try:
        tool = os.path.join(scratch, "load")
        subprocess.run(["cc", "-O2", "-static", "-pthread", "-o", tool, os.path.join(ROOT, "bench", "load.c")], check=True)
        with open(os.path.join(scratch, "idle.yaml"), "w", encoding="utf-8") as file:
            file.write(IDLE)
        base = live(scratch, tool, "nobody watches", None, None)
        sets = [("no rules", [os.path.join(scratch, "idle.yaml")])]
        sets.append(("our rules", []))
        if all(os.path.exists(path) for path in PUBLIC):
            sets += [("25 stable rules", PUBLIC[:1]), ("three public files", PUBLIC)]
        else:
            print("the public rule files: not measured (not at hand)")
        for name, rules in sets:
            live(scratch, tool, name, rules, base)
        replay(scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
