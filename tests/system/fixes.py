#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every edit that is shown must mend its finding and change nothing else: applies each fix alone, checks the result again, and looks that
the finding is gone, that no error has come and that the file is otherwise as it was."""
import collections
import os
import shutil
import tempfile

from common import ROOT, Tap, report

tap = Tap()
BATCH = 400


def apply(data, edits):
    for e in sorted(edits, key=lambda e: (e["start"], e["end"]), reverse=True):
        data = data[:e["start"]] + e["text"].encode() + data[e["end"]:]
    return data


def key(f):
    return f["rule"], f["workload"]


def tree_of(folder, target):
    """Copies a folder (without what cases keep beside their input)."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("expected*", "command", "stdin"))


def check(folder, label):
    code, first = report("check", "--no-config", "--profile", "strict", ".", cwd=folder)
    fixes = [f for f in first["findings"] if f.get("fix") and len({e["file"] for e in f["fix"]["edits"]}) == 1]
    errors_before = len(first["errors"])
    before = collections.Counter(key(f) for f in first["findings"])
    wrong = []
    with tempfile.TemporaryDirectory() as work:
        for start in range(0, len(fixes), BATCH):
            for n, f in enumerate(fixes[start:start + BATCH]):
                target = os.path.join(work, str(n))
                tree_of(folder, target)
                name = os.path.join(target, f["fix"]["edits"][0]["file"])
                with open(name, "rb") as source:
                    data = source.read()
                with open(name, "wb") as out:
                    out.write(apply(data, f["fix"]["edits"]))
                _, again = report("check", "--no-config", "--profile", "strict", ".", cwd=target)
                now = collections.Counter(key(x) for x in again["findings"])
                if now[key(f)] >= before[key(f)]:
                    wrong.append(f"{f['file']}:{f['line']} {f['rule']}: still there after its fix {f['fix']['edits']}")
                if len(again["errors"]) > errors_before:
                    wrong.append(f"{f['file']}:{f['line']} {f['rule']}: the fix breaks the file: {again['errors'][-1]}")
                shutil.rmtree(target)
    tap.ok(not wrong, f"{label}: {len(fixes)} fixes mend what they say", *wrong)


folders = [os.path.join(ROOT, "examples", "usual")]
cases = os.path.join(ROOT, "tests", "cases", "check")
if os.path.isdir(cases):
    folders += [os.path.join(cases, name) for name in sorted(os.listdir(cases))]
for folder in folders:
    check(folder, os.path.relpath(folder, ROOT))
tap.end()
