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

# --- every rule fires in a case, and stays silent in another ---

RULE = re.compile(r"[a-z]+/[a-z0-9-]+")
# What only a machine with engines can show: the test that does, which names the rule.
ELSEWHERE = {
    "image/drift": "audit_compose.py",               # a file that names another image
    "confinement/seccomp-differs": "audit.py",       # a filter that is read back from the kernel
    "confinement/syscall-default-open": "audit.py",
    "confinement/syscall-open": "audit.py",
    "host/swarm-all-addresses": "host.py",           # a socket of the daemon that listens
}


def read(*path):
    try:
        with open(os.path.join(*path), encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return ""


def judged(command):
    """Whether the case says what was found, rather than which rules there are."""
    return command.split()[0] in ("check", "scan", "audit") and "--help" not in command and "--cis" not in command


cases = {}
for folder, _, files in os.walk(os.path.join(ROOT, "tests", "cases")):
    command = read(folder, "command") or "check"
    if "expected" in files and judged(command):
        cases[os.path.relpath(folder, os.path.join(ROOT, "tests", "cases"))] = (command, set(RULE.findall(read(folder, "expected"))))
fired = set().union(*(found for _, found in cases.values()))
_, out, _ = run("check", "--no-config", "--profile", "strict", "--format", "concise", ".", cwd=os.path.join(ROOT, "examples", "usual"))
fired |= set(RULE.findall(out))
silent = sorted(set(ids) - fired - set(ELSEWHERE))
tap.ok(not silent, "every rule fires in some case", f"{len(silent)} of {len(ids)}:", *silent)
unnamed = [rule for rule, test in ELSEWHERE.items() if f'"{rule}"' not in read(ROOT, "tests", "system", test)]
tap.ok(not unnamed, "or in a test with engines, which names it", *unnamed)
tap.ok(not fired & set(ELSEWHERE), "and not in both", *sorted(fired & set(ELSEWHERE)))
for kind, prefix in (("hosts", "audit/host-"), ("containers", "audit/")):
    whole = [found for name, (command, found) in cases.items()
             if name.startswith(prefix) and name.startswith("audit/host-") == (kind == "hosts") and "--profile strict" in command]
    always = sorted(set.intersection(*whole) & set(ids)) if whole else ["there is no case"]
    tap.ok(not always, f"no rule fires in all cases of {kind}", *always)

with tempfile.TemporaryDirectory() as work:
    generate = os.path.join(ROOT, "docs", "generate.py")
    done = subprocess.run([sys.executable, generate, PROGRAM, work], capture_output=True, text=True)
    stale = subprocess.run(["diff", "-rq", os.path.join(work, "rules"), os.path.join(ROOT, "docs", "rules")], capture_output=True, text=True)
    tap.ok(done.returncode == 0 and stale.returncode == 0, "docs/rules is what the table says (./dev docs writes it)", done.stderr, stale.stdout[:600])
tap.end()
