#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The two examples: the usual one violates every control that files can show, the hardened one is clean under --profile strict. And the screens of an audit:
the recorded host of docs/audit.md on terminals of several widths."""
import json
import os
import sys
import tempfile

from common import PROGRAM, ROOT, Tap, report, run
from terminal import on_terminal

sys.path.insert(0, os.path.join(ROOT, "tests", "cases"))
import recorded  # noqa: E402

tap = Tap()
_, table = 0, json.loads(run("rules", "--format", "json")[1])
controls = {r["control"] for r in table["rules"]} - {"host"}  # the host is audited, not declared in files
code, usual = report("check", "--no-config", ".", cwd=os.path.join(ROOT, "examples", "usual"))
violated = {f["control"] for f in usual["findings"] if not f.get("suppressed")}
tap.ok(code == 1 and controls <= violated, "the usual example violates every control", f"exit {code}", sorted(controls - violated))
tap.ok(not usual["errors"], "the usual example is read whole", usual["errors"])
code, hard = report("check", "--no-config", "--profile", "strict", ".", cwd=os.path.join(ROOT, "examples", "hardened"))
tap.ok(code == 0 and not hard["findings"] and not hard["errors"], "the hardened example is clean under --profile strict", f"exit {code}",
       *[f"{f['file']}:{f['line']} {f['rule']} {f['message']}" for f in hard["findings"]], *hard["errors"])
states = {s for w in hard["workloads"] for s in w["controls"].values()}
tap.ok("violated" not in states and "ok" in states, "its checklist has nothing violated", sorted(states))

with open(os.path.join(ROOT, "tests", "cases", "audit", "guide", "host.json"), encoding="utf-8") as text:
    host = json.load(text)
with tempfile.TemporaryDirectory() as work, recorded.host(host, os.path.join(work, "host")):
    command = "bulkhead audit --no-config --root host --host unix://$PWD/host/run/docker.sock --no-host --profile strict"
    for more, columns in (("", 80), ("", 120), ("--explain", 80), ("--explain", 100), ("--verbose", 80)):
        shown = on_terminal(PROGRAM, f"{command} {more}", work, columns)
        wide = [line for line in shown.splitlines() if len(line) > columns]
        tap.ok(not wide and "\033" not in shown, f"an audit {more} on a terminal of {columns} columns", *wide)
        tap.ok("memory.max: 536870912" in shown, f"what stands in a file is shown, however long its name is: {more} {columns}", shown[-600:])
    shown = on_terminal(PROGRAM, "bulkhead audit --cis docker --kernel --root host", work)
    tap.ok(not [line for line in shown.splitlines() if len(line) > 80] and "score:" in shown, "the benchmark on a terminal of 80 columns", shown[-600:])
tap.end()
