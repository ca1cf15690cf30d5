#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Version orders through `bulkhead db compare`: the shared lists of comparisons, dpkg itself on generated versions, the command's manners."""
import os
import random
import shutil
import subprocess

from common import SHARED, Tap, run

tap = Tap()
PAIRS = 300


def compare(ecosystem, lines):
    return run("db", "compare", ecosystem, stdin="".join(line + "\n" for line in lines).encode())


def shared_lists():
    folder = os.path.join(SHARED, "versions")
    names = sorted(n for n in os.listdir(folder) if n.endswith(".txt")) if os.path.isdir(folder) else []
    if not names:
        tap.skip("the shared lists of comparisons hold", "they are not here")
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as f:
            lines = f.read().splitlines()
        count = sum(1 for line in lines if line.strip() and not line.startswith("//"))
        code, out, err = compare(name.split("-")[0], lines)
        tap.ok(code == 0 and not out, f"{name}: all {count} lines hold", out, err)


def debian_version(generator):
    pieces = ["0", "1", "2", "10", "01", ".", ".", "~", "+", "rc", "a", "Z", "dfsg"]
    version = generator.choice("0123") + "".join(generator.choice(pieces) for _ in range(generator.randrange(5)))
    if generator.random() < 0.5:
        version += "-" + "".join(generator.choice(pieces) for _ in range(1 + generator.randrange(4)))
    return generator.choice(["", "", "0:", "1:"]) + version


def dpkg_relation(a, b):
    for sign, word in (("<", "lt"), ("=", "eq"), (">", "gt")):
        if subprocess.run(["dpkg", "--compare-versions", a, word, b], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return sign
    return "?"


def dpkg_agrees():
    name = f"dpkg says the same of {PAIRS} generated pairs"
    if not shutil.which("dpkg"):
        tap.skip(name, "there is no dpkg")
        return
    generator = random.Random(1)
    lines = []
    for _ in range(PAIRS):
        a, b = debian_version(generator), debian_version(generator)
        lines.append(f"{a} {dpkg_relation(a, b)} {b}")
    code, out, err = compare("Debian", lines)
    tap.ok(code == 0 and not out, name, out, err)


def manners():
    code, out, err = compare("Debian", ["1 < 2"] * 3 + ["2 < 1", "", "# 2 < 1", "1 = 1.0"])
    tap.ok(code == 1 and out.splitlines() == ["line 4: 2 > 1, not <", "line 7: 1 < 1.0, not ="], "what does not hold is printed with what does",
           code, out, err)
    code, out, err = compare("npm", ["1 <", "2 < 1", "1 <= 2", "1 < 2 < 3"])
    tap.ok(code == 3 and out == "line 2: 2 > 1, not <\n" and all(f"line {n} " in err for n in (1, 3, 4)),
           "malformed lines are named, the others are checked", code, out, err)
    code, out, err = compare("Plan 9", [])
    tap.ok(code == 2 and not out and "Debian" in err and "crates.io" in err, "an unknown ecosystem lists the known ones", code, err)
    tap.ok(compare("Debian", [])[0] == 0, "nothing to compare holds")
    tap.ok(run("db")[0] == 2 and run("db", "nonsense")[0] == 2 and run("db", "compare")[0] == 2, "a missing or wrong subcommand is a usage error")
    code, out, _ = run("db", "--help")
    tap.ok(code == 0 and out.index("Examples") < out.index("Usage") and "compare" in out, "db --help has examples first", out)


shared_lists()
dpkg_agrees()
manners()
tap.end()
