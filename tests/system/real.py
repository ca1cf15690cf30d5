#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real Dockerfiles, Compose files and manifests: no crash, no hang, one report of all; and fixes that hold on a sample of them."""
import collections
import os
import random
import subprocess
import tempfile

from common import SHARED, Tap, report

tap = Tap()
archive = os.path.join(SHARED, "real", "real.tar.zst")
if not os.path.exists(archive):
    tap.skip("real files", "the archive is not here")
    tap.end()

KINDS = {"dockerfile": "dockerfile", "compose": "compose", "k8s": "kubernetes"}


def apply(data, edits):
    for e in sorted(edits, key=lambda e: (e["start"], e["end"]), reverse=True):
        data = data[:e["start"]] + e["text"].encode() + data[e["end"]:]
    return data


def fixes_hold(folder, kind, work):
    """A sample of fixes, each applied alone to a copy of its file; all copies are checked in one run, one result per file."""
    _, got = report("check", "--no-config", "--profile", "strict", "--as", KINDS[kind], folder)
    fixed = [f for f in got["findings"] if f.get("fix") and len({e["file"] for e in f["fix"]["edits"]}) == 1]
    random.Random(1).shuffle(fixed)
    sample, wrong = fixed[:300], []
    broken = {e["file"] for e in got["errors"]}
    before = collections.Counter((f["file"], f["rule"], f["workload"]) for f in got["findings"])
    for n, f in enumerate(sample):
        path = f["fix"]["edits"][0]["file"]
        if path in broken:
            continue
        with open(path, "rb") as source:
            data = apply(source.read(), f["fix"]["edits"])
        copy = os.path.join(work, f"{kind}-{n}-{os.path.basename(path)}")
        with open(copy, "wb") as out:
            out.write(data)
        code, again = report("check", "--no-config", "--profile", "strict", "--as", KINDS[kind], copy)
        _, alone = report("check", "--no-config", "--profile", "strict", "--as", KINDS[kind], path)
        then = sum(1 for x in alone["findings"] if (x["rule"], x["workload"]) == (f["rule"], f["workload"]))
        now = sum(1 for x in again["findings"] if (x["rule"], x["workload"]) == (f["rule"], f["workload"]))
        if then and now >= then:
            wrong.append(f"{os.path.basename(path)}:{f['line']} {f['rule']} is still there")
        if len(again["errors"]) > len(alone["errors"]):
            wrong.append(f"{os.path.basename(path)}:{f['line']} {f['rule']} breaks the file: {again['errors'][:1]}")
    tap.ok(not wrong, f"{len(sample)} fixes of real files ({kind}) hold", *wrong)
    return before


with tempfile.TemporaryDirectory() as work:
    unpack = subprocess.run(f"zstd -dc '{archive}' | tar x -C '{work}'", shell=True, capture_output=True)
    root = os.path.join(work, "real")
    tap.ok(unpack.returncode == 0 and os.path.isdir(root), "the archive is unpacked", unpack.stderr.decode())
    code, got = report("check", "--no-config", "--profile", "strict", root)
    tap.ok(code in (0, 1, 3), "all real files are checked", code)
    tap.ok(got["summary"]["files"] > 1500 and len(got["findings"]) > 1000, "and judged", got["summary"])
    copies = os.path.join(work, "fixed")
    os.mkdir(copies)
    for kind, word in KINDS.items():
        code, got = report("check", "--no-config", "--as", word, os.path.join(root, kind))
        tap.ok(code in (0, 1, 3), f"{kind}: {got['summary']['files']} files, {len(got['errors'])} errors", code)
        fixes_hold(os.path.join(root, kind), kind, copies)
tap.end()
