# SPDX-License-Identifier: Apache-2.0
"""Captures of Falco's projects: read to their ends, counted beside a reader of the block structure that is written here, and, where real
Falco's alerts of one are recorded, compared with what these say of processes and descriptors."""
import collections
import glob
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile

from common import SHARED, Tap

TOOL = os.path.abspath(sys.argv[1])
FOLDER = os.path.join(SHARED, "falco", "captures")
ALERTS = os.path.join(SHARED, "falco", "alerts", "own__vm_actions.all_rules.alerts.jsonl")
EVENTS = {0x204: (0, False), 0x208: (4, False), 0x216: (0, True), 0x217: (4, True), 0x221: (0, True), 0x222: (4, True)}
# Types that later ones have taken the place of (those that occur in the captures), and exits of calls by their entries.
NOW = {231: 293, 289: 293, 105: 309, 91: 171, 103: 307, 272: 324, 297: 369, 99: 277, 109: 301, 85: 83, 146: 152, 16: 186,
       125: 367, 249: 389, 247: 247, 259: 387}


def tool(*arguments, stdin=None):
    done = subprocess.run([TOOL, *arguments], capture_output=True, timeout=120, stdin=stdin)
    return done.returncode, done.stdout.decode("utf-8", "replace").splitlines()


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def blocks(data):
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert struct.unpack_from("<I", data, at + length - 4)[0] == length
        yield kind, data[at + 8:at + length - 4]
        at += length


def count(data, table):
    """Events by today's type, without entries of system calls."""
    counts = collections.Counter()
    for kind, body in blocks(data):
        if kind not in EVENTS:
            continue
        code = struct.unpack_from("<H", body, 2 + EVENTS[kind][0] + 20)[0]
        row, following = table[code], table.get(code + 1)
        if row["dir"] == "E" and code != 148 and following and following["dir"] == "X" and following["name"] == row["name"]:
            continue
        counts[NOW.get(code, code)] += 1
    return counts


def counted(lines):
    return collections.Counter({int(line.split()[1]): int(line.split()[2]) for line in lines if line.startswith("events ")})


def same(field, want, got, event):
    """Whether a field of an alert is what the tool says of the event."""
    if field == "fd.name":
        return (want or "") == got.get("fdname", "") or (want is None and got.get("fdname", "") == "")
    if field in ("fd.lport", "fd.rport") and want is not None:
        return str(want) == got["sport" if field == "fd.lport" else "dport"]
    if field == "fd.l4proto" and want not in (None, "<NA>"):
        return ["", "", "tcp", "udp", "icmp", "raw"][int(got["proto"])] == want
    simple = {"proc.cmdline": "cmdline", "proc.exepath": "exepath", "proc.name": None, "proc.cwd": "cwd", "proc.exe": "exe",
              "proc.pname": "aname[1]", "user.uid": "uid", "user.loginuid": "loginuid", "proc.tty": "tty", "evt.type": "type",
              "proc.exe_ino.ctime": "ctime", "proc.exe_ino.ctime_duration_proc_start": "age", "fd.nameraw": "fdraw",
              "container.id": "container"}
    if field.startswith("proc.aname["):
        simple[field] = field[5:]
    name = simple.get(field)
    if name is None:
        return True
    return (str(want) if want is not None else "") == got.get(name, "")


def alerts_compare(tap):
    _, lines = tool(os.path.join(FOLDER, "own__vm_actions.scap"), "events")
    events = {}
    for line in lines:
        got = dict(part.split("=", 1) for part in line.split("\t") if "=" in part)
        if "time" in got:
            events.setdefault((got["time"], got["type"]), got)
    with open(ALERTS, encoding="utf-8") as f:
        alerts = [json.loads(line) for line in f]
    wrong, compared = [], 0
    for alert in alerts:
        fields = alert["output_fields"]
        got = events.get((str(fields["evt.time"]), fields["evt.type"]))
        if not got:
            wrong.append(f"{alert['rule']}: no such event")
            continue
        for field, want in fields.items():
            compared += 1
            if not same(field, want, got, alert):
                wrong.append(f"{alert['rule']}: {field} is {want!r} in {got}")
    tap.ok(alerts and not wrong, f"{compared} fields of {len(alerts)} recorded alerts", *wrong[:10])


def truncations(tap, path, full):
    """Cut anywhere, what is whole before the cut counts."""
    data, wrong = read(path), []
    with tempfile.TemporaryDirectory() as folder:
        part = os.path.join(folder, "part.scap")
        for cut in [len(data) * i // 23 for i in range(1, 23)] + [len(data) - 1]:
            with open(part, "wb") as f:
                f.write(data[:cut])
            status, lines = tool(part)
            events = counted(lines)
            if status not in (0, 1) or any(events[k] > full[k] for k in events):
                wrong.append(f"{cut}: {status} {lines[-3:]}")
    tap.ok(not wrong, "cut off at 23 places", *wrong)


tap = Tap()
found = sorted(glob.glob(os.path.join(FOLDER, "*.scap")))
if not found:
    tap.skip("captures of Falco's projects", "no shared data")
    tap.end()
with open(os.path.join(FOLDER, "event_table.json"), encoding="utf-8") as f:
    rows = {row["id"]: row for row in json.load(f)}
for path in found:
    status, lines = tool(path)
    want, got = count(read(path), rows), counted(lines)
    tap.ok(status == 0 and "damaged 0" in lines and got == want, f"{os.path.basename(path)}: {sum(want.values())} events",
           lines[-4:], f"missing {want - got}", f"too many {got - want}")
own = os.path.join(FOLDER, "own__vm_actions.scap")
with open(own, "rb") as f:
    status, lines = tool("-", stdin=f)
full = counted(lines)
tap.ok(status == 0 and full == count(read(own), rows), "from a pipe", lines[-4:])
with tempfile.TemporaryDirectory() as folder:
    twice = os.path.join(folder, "twice.scap")
    with open(twice, "wb") as f:
        f.write(read(own) + read(own))
    status, lines = tool(twice)
    tap.ok(status == 0 and counted(lines) == full + full and "damaged 0" in lines, "two captures in one file", lines[-4:])
    with open(twice, "wb") as f:
        f.write(gzip.compress(read(own)))
    tap.ok(counted(tool(twice)[1]) == full, "compressed")
    with open(twice, "wb") as f:
        f.write(b"#!/bin/sh\n" * 10)
    tap.ok(tool(twice)[0] == 1, "something else is refused")
truncations(tap, own, full)
if os.path.exists(ALERTS):
    alerts_compare(tap)
else:
    tap.skip("recorded alerts", "no shared data")
tap.end()
