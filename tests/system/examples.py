#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The two examples: the usual one violates every control that files can show, the hardened one is clean under --profile strict."""
import json
import os

from common import ROOT, Tap, report, run

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
tap.end()
