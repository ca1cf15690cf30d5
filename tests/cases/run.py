#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the cases below this folder: each is a folder with input files and what bulkhead says of them, side by side.

A case has `expected` (standard output) and, where the exit code is not 0, `expected.code`; optionally `command`, one command line
without the program (default: check --no-config --profile strict --format concise .) and `stdin`. Speaks TAP.

usage: run.py BULKHEAD [--update] [CASE...]     --update writes what bulkhead says now: look at the diff before you commit it
"""
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = "check --no-config --profile strict --format concise ."


def read(path, otherwise=""):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return otherwise


def run(program, folder):
    command = shlex.split(read(os.path.join(folder, "command"), DEFAULT))
    stdin = os.path.join(folder, "stdin")
    environment = {"PATH": "/nonexistent", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    done = subprocess.run([program, *command], cwd=folder, capture_output=True, timeout=60, env=environment,
                          stdin=open(stdin, "rb") if os.path.exists(stdin) else subprocess.DEVNULL)
    out = done.stdout.decode("utf-8", "replace")
    out = re.sub(r"\d+\.\d+ ms\b", "N ms", out)
    out = re.sub(r'"seconds":[0-9.]+', '"seconds":N', out)
    return out, done.returncode, done.stderr.decode("utf-8", "replace")


def differences(folder, out, code, err):
    want, want_code = read(os.path.join(folder, "expected")), int(read(os.path.join(folder, "expected.code"), "0"))
    if out != want:
        a, b = want.splitlines(), out.splitlines()
        for line in a:
            if line not in b:
                yield f"- {line}"
        for line in b:
            if line not in a:
                yield f"+ {line}"
        if set(a) == set(b):
            yield "the same lines, in another order or number"
    if code != want_code:
        yield f"exit code {code}, not {want_code}: {err.strip()[:300]}"
    want_err = os.path.join(folder, "expected.err")
    if os.path.exists(want_err) and err != read(want_err):
        yield f"stderr: {err.strip()}"


def update(folder, out, code, err):
    with open(os.path.join(folder, "expected"), "w", encoding="utf-8") as f:
        f.write(out)
    path = os.path.join(folder, "expected.code")
    if code:
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"{code}\n")
    elif os.path.exists(path):
        os.remove(path)
    if os.path.exists(os.path.join(folder, "expected.err")):
        with open(os.path.join(folder, "expected.err"), "w", encoding="utf-8") as f:
            f.write(err)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    program, chosen = os.path.abspath(arguments[0]), arguments[1:]
    folders = sorted(os.path.dirname(os.path.join(d, f)) for d, _, files in os.walk(HERE) for f in files if f == "expected")
    folders = [f for f in folders if not chosen or any(c in f for c in chosen)]
    failed = 0
    print(f"1..{len(folders)}")
    for number, folder in enumerate(folders, 1):
        out, code, err = run(program, folder)
        if "--update" in sys.argv:
            update(folder, out, code, err)
        wrong = list(differences(folder, out, code, err))
        failed += bool(wrong)
        for line in wrong[:40]:
            print(f"# {line}")
        print(f"{'not ok' if wrong else 'ok'} {number} - {os.path.relpath(folder, HERE)}")
    return 1 if failed else 0


sys.exit(main())
