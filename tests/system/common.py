# SPDX-License-Identifier: Apache-2.0
"""What the system tests share: running bulkhead, TAP output, the folder of shared reference data (which may be absent)."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
PROGRAM = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.join(ROOT, "build", "bulkhead")


class Tap:
    """Counts tests and prints TAP; `skip` is a plain line for what this machine does not have."""

    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, *notes):
        self.count += 1
        self.failed += not good
        if not good:
            for note in notes:
                for line in str(note).splitlines()[:30]:
                    print(f"# {line}")
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)

    def skip(self, name, why):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def run(*arguments, cwd=None, stdin=None, timeout=120, env=None):
    """Runs bulkhead; returns (exit code, stdout, stderr) as bytes decoded leniently."""
    done = subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, timeout=timeout, env=env,
                          input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def report(*arguments, **options):
    """Runs a command with --format json; returns (exit code, the report)."""
    code, out, err = run(*arguments, "--format", "json", **options)
    try:
        return code, json.loads(out)
    except ValueError:
        raise AssertionError(f"no JSON, exit {code}: {err.strip()[:400]}") from None
