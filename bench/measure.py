# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: running a command several times, and comparing it with its bounds."""
import os
import statistics
import subprocess
import time

broken = [] # labels of the bounds that did not hold


def once(command, environment):
    """(seconds, CPU seconds, peak MB) of one run, children included."""
    start = time.perf_counter()
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(command, stdout=null, stderr=null, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        print(f"   exit code {process.returncode}: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(label, command, environment, times, bound_ms=None, bound_mb=None, bound_cpu_ms=None):
    runs = [once(command, environment) for _ in range(times)]
    seconds, cpu, memory = statistics.median(r[0] for r in runs), statistics.median(r[1] for r in runs), max(r[2] for r in runs)
    row = f"{label:58} {seconds * 1000:9.1f} ms {cpu * 1000:9.1f} ms CPU {memory:7.1f} MB"
    bounds = [(bound_ms, seconds * 1000, "ms"), (bound_mb, memory, "MB"), (bound_cpu_ms, cpu * 1000, "ms CPU")]
    bounds = [one for one in bounds if one[0]]
    if bounds:
        kept = all(have <= most for most, have, _ in bounds)
        row += "   bound " + ", ".join(f"{most} {unit}" for most, _, unit in bounds) + (": kept" if kept else ": BROKEN")
        if not kept:
            broken.append(label)
    print(row, flush=True)
    return seconds
