#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the cases below this folder: each is a folder with input files and what bulkhead says of them, side by side.

A case has `expected` (standard output) and, where the exit code is not 0, `expected.code`; optionally `command`, one command line
without the program (default: check --no-config --profile strict --format concise .) and `stdin`. Speaks TAP.

A case with `image.json` is about an image: app.tar is made of it as `docker save` would write it, advisories.db of `advisories.jsonl`, and
the command runs beside them (default: scan --no-config --db advisories.db --profile strict --format concise app.tar). image.json holds
{"config": …, "created": …, "history": [created_by of each layer, or {"created_by", "empty_layer"}], "layers": [[entry, …], …]}; an entry is
{"path", "text" or "zeros" (how many) or "link" or "hard" or neither for a folder, "mode" in octal}.

A case with `host.json`, its own or that of the folder above, is about a recorded host (recorded.py): the folder `host` is made of it, and the command
runs beside it; $PWD in the command and in what it says is where. Reports in JSON are laid out in lines, so that a difference can be read.
"owners": true says that owners of files count, which only root can make.

usage: run.py BULKHEAD [--update] [CASE...]     --update writes what bulkhead says now: look at the diff before you commit it
"""
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile

import recorded

HERE = os.path.dirname(os.path.abspath(__file__))
DEFAULT = "check --no-config --profile strict --format concise ."
DEFAULT_IMAGE = "scan --no-config --db advisories.db --profile strict --format concise app.tar"


def read(path, otherwise=""):
    try:
        with open(path, encoding="utf-8") as f:
            return f.read()
    except FileNotFoundError:
        return otherwise


def entry_of(entry):
    info = tarfile.TarInfo(entry["path"])
    data = entry.get("text", "").encode() + bytes(entry.get("zeros", 0))
    if "link" in entry:
        info.type, info.linkname = tarfile.SYMTYPE, entry["link"]
    elif "hard" in entry:
        info.type, info.linkname = tarfile.LNKTYPE, entry["hard"]
    elif "text" not in entry and "zeros" not in entry:
        info.type = tarfile.DIRTYPE
    info.mode = int(entry.get("mode", "755" if info.isdir() else "644"), 8)
    info.size = len(data)
    return info, io.BytesIO(data)


def tar_of(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in entries:
            archive.addfile(info, data)
    return out.getvalue()


def file_of(name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, io.BytesIO(data)


def make_image(description, path):
    """Writes a docker-archive."""
    layers = [tar_of(map(entry_of, entries)) for entries in description["layers"]]
    history = [{"created_by": h} if isinstance(h, str) else h for h in description.get("history", [])]
    config = json.dumps({"os": "linux", "architecture": "amd64", "created": description.get("created", ""), "config": description.get("config", {}),
                         "history": history,
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]}}).encode()
    names = [f"layer{i}.tar" for i in range(len(layers))]
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["app:1"], "Layers": names}]).encode()
    with open(path, "wb") as f:
        f.write(tar_of([file_of("manifest.json", manifest), file_of("config.json", config), *map(file_of, names, layers)]))


def prepare(program, folder, work, environment):
    shutil.copytree(folder, work, dirs_exist_ok=True)
    make_image(json.loads(read(os.path.join(folder, "image.json"))), os.path.join(work, "app.tar"))
    advisories = os.path.join(work, "advisories.jsonl")
    if os.path.exists(advisories):
        subprocess.run([program, "db", "import", "--quiet", "--db", "advisories.db", "advisories.jsonl"], cwd=work, env=environment, check=True,
                       capture_output=True, timeout=60)


def host_of(folder):
    """The description of the recorded host that a case is about."""
    for path in (folder, os.path.dirname(folder)):
        text = read(os.path.join(path, "host.json"))
        if text:
            return json.loads(text)
    return None


def lay_out(value, depth=0):
    """JSON in lines: what fits into one is one."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + depth <= 140 or not isinstance(value, (dict, list)) or not value:
        return flat
    pad = " " * (depth + 1)
    if isinstance(value, dict):
        parts = [json.dumps(key) + ": " + lay_out(item, depth + 1) for key, item in value.items()]
    else:
        parts = [lay_out(item, depth + 1) for item in value]
    ends = "{}" if isinstance(value, dict) else "[]"
    return ends[0] + "\n" + ",\n".join(pad + part for part in parts) + "\n" + " " * depth + ends[1]


def run_recorded(program, command, host, environment):
    with tempfile.TemporaryDirectory() as work:
        with recorded.host(host, os.path.join(work, "host")):
            out, code, err = run_in(program, [word.replace("$PWD", work) for word in command], work, "", environment)
        if out.startswith("{"):
            out = lay_out(json.loads(out.replace('"seconds":N', '"seconds":0'))) + "\n"
        return out.replace(work, "$PWD"), code, err.replace(work, "$PWD")


def run(program, folder):
    image, host = os.path.exists(os.path.join(folder, "image.json")), host_of(folder)
    command = shlex.split(read(os.path.join(folder, "command"), DEFAULT_IMAGE if image else DEFAULT))
    stdin = os.path.join(folder, "stdin")
    environment = {"PATH": "/nonexistent", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
        if name in os.environ:
            environment[name] = os.environ[name]
    if host:
        return run_recorded(program, command, host, environment)
    with tempfile.TemporaryDirectory() as work:
        if image:
            prepare(program, folder, work, environment)
        return run_in(program, command, work if image else folder, stdin, environment)


def run_in(program, command, folder, stdin, environment):
    done = subprocess.run([program, *command], cwd=folder, capture_output=True, timeout=60, env=environment,
                          stdin=open(stdin, "rb") if os.path.exists(stdin) else subprocess.DEVNULL)
    out = done.stdout.decode("utf-8", "replace")
    out = re.sub(r"\d+\.\d+ ms\b", "N ms", out)
    out = re.sub(r'"seconds":[0-9.]+', '"seconds":N', out)
    out = re.sub(r"built \d+\s+days\s+ago", "built N days ago", out)
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
        if os.geteuid() and (host_of(folder) or {}).get("owners"):
            print(f"ok {number} - {os.path.relpath(folder, HERE)} # SKIP files of other owners need root")
            continue
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
