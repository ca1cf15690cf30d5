#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Agreement with other tools on their own cases, of the subjects that every release must hold."""
import os
import re
import subprocess
import sys

from common import PROGRAM, SHARED, Tap

CAUGHT_LEAST, CLEAN_LEAST = 70.0, 97.0

tap = Tap()
runner = os.path.join(SHARED, "conformance", "run.py")
if not os.path.exists(runner):
    tap.skip("conformance", "the cases are not here")
    tap.end()
done = subprocess.run([sys.executable, runner, "--bulkhead", PROGRAM, "--scope", "core"], capture_output=True, text=True)
last = done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr
figures = re.search(r"crashes (\d+);.*caught \d+/\d+ = ([\d.]+) %; clean \d+/\d+ = ([\d.]+) %", last)
tap.ok(bool(figures), "the runner ran", last)
if figures:
    print(f"# {last}")
    tap.ok(figures[1] == "0", "no crash", last)
    tap.ok(float(figures[2]) >= CAUGHT_LEAST, f"at least {CAUGHT_LEAST} % caught", last)
    tap.ok(float(figures[3]) >= CLEAN_LEAST, f"at least {CLEAN_LEAST} % clean", last)
tap.end()
