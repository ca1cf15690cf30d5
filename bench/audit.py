#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures bulkhead audit over 1, 20 and 50 running containers, beside `docker inspect` of the same, and beside docker-bench-security where $DOCKER_BENCH names
its script. Docker is started on private folders; its containers run one static program that waits.

usage: audit.py BULKHEAD
"""
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
import engine_start  # noqa: E402
from measure import broken, measure  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[1])
BENCH = os.environ.get("DOCKER_BENCH")
HARD = ["--user", "1000", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "32m", "--pids-limit", "50"]


def compare(engine, count):
    environment = {**os.environ, "DOCKER_HOST": "unix://" + engine.socket, "CONTAINER_HOST": "unix:///nowhere"}
    ids = engine.run("ps", "-q").stdout.split()
    times = 11
    measure(f"{count} containers: audit", [PROGRAM, "audit", "--no-config"], environment, times, bound_ms=200 if count == 50 else None)
    measure(f"{count} containers: audit --no-host", [PROGRAM, "audit", "--no-host", "--no-config"], environment, times)
    measure(f"{count} containers: audit --no-host --format json", [PROGRAM, "audit", "--no-host", "--no-config", "--format", "json"], environment, times)
    measure(f"{count} containers: audit --kernel", [PROGRAM, "audit", "--kernel", "--no-config"], environment, times, bound_cpu_ms=20 if count == 20 else None)
    measure(f"{count} containers: audit --deep", [PROGRAM, "audit", "--no-host", "--deep", "--no-config"], environment, 3)
    measure(f"{count} containers: audit --cis docker", [PROGRAM, "audit", "--cis", "docker"], environment, times)
    measure(f"{count} containers: docker inspect of all", ["docker", "inspect", *ids], environment, times)
    if BENCH:
        measure(f"{count} containers: docker-bench-security", ["sh", BENCH, "-b"], {**environment, "PATH": os.environ["PATH"]}, 1)


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-bench-")
    try:
        archive = engine_start.make_archive(scratch)
        with engine_start.docker(scratch, archive) as engine:
            if not engine:
                print("no Docker can be started here: nothing is measured")
                return
            started = 0
            for count in (1, 20, 50):
                while started < count:
                    options = HARD if started % 2 else []
                    if not engine.start(f"bench-{started}", "--network", "none", *options):
                        print("a container does not start: " + engine.error)
                        return
                    started += 1
                compare(engine, count)
    finally:
        engine_start.remove(scratch)
    if not BENCH:
        print("docker-bench-security: not measured ($DOCKER_BENCH names its script)")
    sys.exit(1 if broken else 0)


main()
