#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts the single tests (TAP lines) of a Meson test log and prints the closing line."""
import json
import re
import sys

passed = failed = skipped = 0
for line in open(sys.argv[1], encoding="utf-8", errors="replace"):
    test = json.loads(line)
    rows = re.findall(r"^(not )?ok\b(.*)$", test.get("stdout", ""), re.M)
    bad = sum(1 for no, rest in rows if no and "# SKIP" not in rest)
    skip = sum(1 for _, rest in rows if "# SKIP" in rest)
    whole_failed = test["result"] in ("FAIL", "ERROR", "TIMEOUT", "INTERRUPT")
    if not rows:
        skip, good = (1, 0) if test["result"] == "SKIP" else (0, 0 if whole_failed else 1)
    else:
        good = len(rows) - bad - skip
    if whole_failed and not bad:
        bad = 1  # it ended before it could say which
    passed, failed, skipped = passed + good, failed + bad, skipped + skip
    for name in re.findall(r"^ok\b(.*# SKIP.*)$", test.get("stdout", ""), re.M):
        print(f"skipped: {test['name']}:{name}")
print(f"{passed} passed, {failed} failed, {skipped} skipped")
sys.exit(1 if failed or not passed else 0)
