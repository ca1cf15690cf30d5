#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rule table: ids, aliases, controls; every rule fires in some golden case; pages and completions are fresh."""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

from common import PROGRAM, ROOT, Tap, run

tap = Tap()
rules = json.loads(run("rules", "--format", "json")[1])["rules"]
ids = collections.Counter(r["rule"] for r in rules)
tap.ok(all(n == 1 for n in ids.values()), "ids are unique", [i for i, n in ids.items() if n > 1])
tap.ok(all(re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", i) for i in ids), "ids are words",
       [i for i in ids if not re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", i)])
bad = [(r["rule"], a) for r in rules for a in r["aliases"] if not re.fullmatch(r"[a-z-]+:[A-Za-z0-9_.-]+", a)]
tap.ok(not bad, "aliases name a tool and its rule", bad)
tap.ok(all(r["why"].rstrip().endswith(".") and len(r["why"]) > 30 for r in rules), "every rule says why",
       [r["rule"] for r in rules if not r["why"].rstrip().endswith(".") or len(r["why"]) <= 30])
code, out, _ = run("explain", "DL3002")
tap.ok(code == 0 and "user/root" in out, "a rule is found by the name another tool gives it", out)
code, _, err = run("explain", "nonsense/rule")
tap.ok(code == 2 and "nonsense/rule" in err, "an unknown rule is said to be one", err)

fired = set()
for folder, _, files in os.walk(os.path.join(ROOT, "tests", "cases")):
    if "expected" in files:
        with open(os.path.join(folder, "expected"), encoding="utf-8") as f:
            fired |= set(re.findall(r"[a-z]+/[a-z0-9-]+", f.read()))
for folder, profile in ((os.path.join(ROOT, "examples", "usual"), "strict"),):
    _, out, _ = run("check", "--no-config", "--profile", profile, "--format", "concise", ".", cwd=folder)
    fired |= set(re.findall(r"[a-z]+/[a-z0-9-]+", out))
silent = sorted(set(ids) - fired)
tap.ok(not silent, "every rule fires in some case", f"{len(silent)} of {len(ids)}:", *silent)

with tempfile.TemporaryDirectory() as work:
    generate = os.path.join(ROOT, "docs", "generate.py")
    done = subprocess.run([sys.executable, generate, PROGRAM, work], capture_output=True, text=True)
    stale = subprocess.run(["diff", "-rq", os.path.join(work, "rules"), os.path.join(ROOT, "docs", "rules")], capture_output=True, text=True)
    tap.ok(done.returncode == 0 and stale.returncode == 0, "docs/rules is what the table says (./dev docs writes it)", done.stderr, stale.stdout[:600])
tap.end()
