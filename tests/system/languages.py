#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The readers of language packages against the tools that write what they read: Python's importlib.metadata, npm, cargo, gem, go."""
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import Tap  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
tap = Tap()
Package = collections.namedtuple("Package", "type name version source source_version architecture licence module line")


def read(path, file):
    """(packages, problems) of a file that is named `path` in an image."""
    done = subprocess.run([TOOL, "read", path.lstrip("/"), file], capture_output=True, check=True, timeout=120)
    rows = [line.split("\t") for line in done.stdout.decode("utf-8", "replace").splitlines()]
    return [Package(*row[1:10]) for row in rows if row[0] == "package"], [row[1:] for row in rows if row[0] == "problem"]


def run(*command, cwd=None, env=None):
    """What a tool says, or None when it is not here or does not work."""
    try:
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


def same(name, got, want):
    got, want = sorted(set(got)), sorted(set(want))
    tap.ok(got == want and got, f"{name}: {len(want)} rows", f"too much: {[x for x in got if x not in want][:5]}", f"missing: {[x for x in want if x not in got][:5]}")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


# --- Python ---

LIST = """
import importlib.metadata as m, json, os
rows = []
for d in m.distributions():
    p = str(getattr(d, "_path", ""))
    for name in ("METADATA", "PKG-INFO"):
        if os.path.isfile(os.path.join(p, name)):
            p = os.path.join(p, name)
            break
    if os.path.isfile(p) and d.metadata["Name"]:
        rows.append((p, d.metadata["Name"], d.version))
print(json.dumps(rows))
"""


def compare_python():
    rows = set()
    for program in ("/usr/bin/python3", shutil.which("python3"), sys.executable):
        rows |= set(map(tuple, json.loads(run(program, "-c", LIST) or "[]")))
    if not rows:
        tap.skip("Python packages, as importlib.metadata", "no package is installed")
        return
    got = []
    for path, _, _ in rows:
        packages, problems = read(path, path)
        lines = open(path, encoding="utf-8", errors="replace").read().split("\n")
        got += [(path, p.name, p.version) for p in packages if not problems and lines[int(p.line) - 1].startswith("Name:")]
    same("Python packages, as importlib.metadata", got, rows)


# --- npm ---

def compare_npm_installed():
    said = run("npm", "ls", "--global", "--all", "--parseable", "--long")
    if not said:
        tap.skip("installed npm packages, as npm ls", "npm is not installed")
        return
    want = set()
    for line in said.splitlines():  # PATH:NAME@VERSION:…
        match = re.match(r"(/[^:]*/node_modules/[^:]*):(@?[^@:]+)@([^:]+)", line)
        if match:
            want.add((match[1] + "/package.json", match[2], match[3]))
    got = []
    for top in {re.match(r"(.*?/node_modules)/", row[0])[1] for row in want}:
        for folder, _, files in os.walk(top):
            path = os.path.join(folder, "package.json")
            if "package.json" in files and re.search(r"/node_modules/(@[^/]+/)?[^/@.][^/]*$", folder):
                got += [(path, p.name, p.version) for p in read(path, path)[0]]
    tap.ok(want and want <= set(got), f"installed npm packages, as npm ls: {len(want)} of {len(got)}", [x for x in want if x not in got][:5])


def compare_npm_lock(work):
    if not shutil.which("npm"):
        tap.skip("lock files of npm, as npm ls", "npm is not installed")
        return
    environment = {**os.environ, "npm_config_cache": f"{work}/cache", "npm_config_audit": "false", "npm_config_fund": "false", "npm_config_update_notifier": "false"}
    for name, version in (("aa", "1.2.3"), ("@scope/bb", "2.0.0-rc.1"), ("dd", "4.5.6")):
        folder = f"{work}/{name.replace('/', '-')}"
        write(f"{folder}/package.json", json.dumps({"name": name, "version": version, "license": "MIT"}))
        if run("npm", "pack", "--pack-destination", work, cwd=folder, env=environment) is None:
            tap.skip("lock files of npm, as npm ls", "npm does not pack")
            return
    tarballs = {re.sub(r"-\d.*", "", os.path.basename(p)): p for p in glob.glob(f"{work}/*.tgz")}
    for number in ("2", "3"):
        project = f"{work}/project{number}"
        write(f"{project}/package.json", json.dumps({
            "name": "project", "version": "9.9.9", "workspaces": ["own"], "dependencies": {"aa": f"file:{tarballs['aa']}", "@scope/bb": f"file:{tarballs['scope-bb']}"},
            "devDependencies": {"dd": f"file:{tarballs['dd']}"}}))
        write(f"{project}/own/package.json", json.dumps({"name": "own", "version": "7.0.0"}))
        made = run("npm", "install", "--package-lock-only", "--offline", "--lockfile-version", number, cwd=project, env=environment)
        said = run("npm", "ls", "--package-lock-only", "--all", "--json", cwd=project, env=environment)
        if made is None or not said:
            tap.skip(f"lock files of npm, version {number}", "npm does not work without a network")
            continue
        packages, problems = read("app/package-lock.json", f"{project}/package-lock.json")
        want = [(n, d["version"]) for n, d in json.loads(said)["dependencies"].items() if n != "own"]
        same(f"lock files of npm, version {number}, as npm ls", [(p.name, p.version) for p in packages if not problems], want)


# --- cargo ---

def compare_cargo(work):
    if run("cargo", "--version") is None:
        tap.skip("Cargo.lock, as cargo metadata", "cargo is not installed")
        return
    for name, version, needs in (("aa-crate", "1.2.3", 'bb_crate = "2"'), ("bb_crate", "2.0.0", "")):
        folder = f"{work}/vendor/{name}"
        write(f"{folder}/Cargo.toml", f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2018"\n[dependencies]\n{needs}\n')
        write(f"{folder}/src/lib.rs", "")
        write(f"{folder}/.cargo-checksum.json", json.dumps({"files": {}, "package": "0" * 64}))
    write(f"{work}/.cargo/config.toml", '[source.crates-io]\nreplace-with = "here"\n[source.here]\ndirectory = "vendor"\n')
    write(f"{work}/Cargo.toml", '[package]\nname = "project"\nversion = "9.9.9"\nedition = "2018"\n[dependencies]\naa-crate = "1"\nown = {path = "own"}\n')
    write(f"{work}/src/lib.rs", "")
    write(f"{work}/own/Cargo.toml", '[package]\nname = "own"\nversion = "7.0.0"\nedition = "2018"\n')
    write(f"{work}/own/src/lib.rs", "")
    said = run("cargo", "metadata", "--offline", "--format-version", "1", cwd=work)
    if not said:
        tap.skip("Cargo.lock, as cargo metadata", "cargo does not work without a network")
        return
    packages, problems = read("app/Cargo.lock", f"{work}/Cargo.lock")
    want = [(p["name"], p["version"]) for p in json.loads(said)["packages"] if p["source"]]
    same("Cargo.lock, as cargo metadata", [(p.name, p.version) for p in packages if not problems], want)


# --- gem, go ---

def compare_gem():
    said = run("ruby", "-e", 'Gem::Specification.each { |s| puts [s.loaded_from, s.name, s.version, s.platform].join("\\t") }')
    if not said:
        tap.skip("gems, as RubyGems", "Ruby is not installed")
        return
    want = [tuple(line.split("\t")) for line in said.splitlines() if "/specifications/" in line]
    got = [(path, p.name, p.version, p.architecture or "ruby") for path, *_ in want for p in read(path, path)[0]]
    same("gems, as RubyGems", got, want)


def compare_go(work):
    text = "module example.com/m\n\ngo 1.16\n\nrequire example.com/a v1.0.0\n\nrequire (\n\texample.com/b v1.1.0 // indirect\n\texample.com/c v2.0.0+incompatible\n)\n"
    write(f"{work}/go.mod", text)
    said = run("go", "mod", "edit", "-json", cwd=work)
    if not said:
        tap.skip("go.mod, as go mod edit", "go is not installed")
        return
    want = [(r["Path"], r["Version"]) for r in json.loads(said)["Require"]]
    same("go.mod, as go mod edit", [(p.name, p.version) for p in read("src/go.mod", f"{work}/go.mod")[0]], want)


with tempfile.TemporaryDirectory() as top:
    compare_python()
    compare_npm_installed()
    compare_npm_lock(f"{top}/npm")
    compare_cargo(f"{top}/cargo")
    compare_gem()
    compare_go(f"{top}/go")
tap.end()
