#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The database of advisories: imports, replacement, damage, crashes, two at once, export; and matching against dpkg's own comparison and reference findings."""
import collections
import csv
import gzip
import io
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import zipfile

from common import PROGRAM, SHARED, Tap, run

tap = Tap()
ADVISORIES = os.path.join(SHARED, "advisories")
GOLDEN = os.path.join(SHARED, "golden")
work = tempfile.mkdtemp(prefix="bulkhead-advisories-")


def path(name):
    return os.path.join(work, name)


def write(name, data):
    with open(path(name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path(name)


def osv(number, package="a", fixed="2.0.0", ecosystem="npm", **more):
    return json.dumps({"id": number, "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}], **more})


def imported(db, *files, options=()):
    return run("db", "import", "--db", path(db), *options, *files)


def match(db, ecosystem, name, version, *options):
    code, out, err = run("db", "match", "--db", path(db), "--format", "json", ecosystem, name, version, *options)
    return json.loads(out)["matches"] if out else err


def ids(db, *query):
    return [m["id"] for m in match(db, *query)]


# --- formats, each decided by content ---
forms = {
    "object": osv("A-1"),
    "lines": osv("A-1") + "\n" + osv("A-2", "b") + "\n",
    "list": "[" + osv("A-1") + ",\n" + osv("A-2", "b") + "]",
    "gzip": gzip.compress(osv("A-1").encode()),
}
archive = io.BytesIO()
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("A-1.json", osv("A-1"))
    z.writestr("sub/A-2.json", osv("A-2", "b"))
    z.writestr("README.txt", "no advisory")
forms["zip"] = archive.getvalue()
for name, data in forms.items():
    code, out, err = imported(f"{name}.db", write(f"{name}.bin", data))
    tap.ok(code == 0 and ids(f"{name}.db", "npm", "a", "1.0.0") == ["A-1"] and ids(f"{name}.db", "npm", "a", "2.0.0") == [],
           f"{name} is imported", code, out, err)

secdb = {"distroversion": "v3.19", "reponame": "main", "packages": [
    {"pkg": {"name": "busybox", "secfixes": {"1.36.1-r2": ["CVE-2022-1 GHSA-x"], "0": ["CVE-2022-2"]}}}]}
kev = {"catalogVersion": "2026", "vulnerabilities": [{"cveID": "CVE-2022-1", "dateAdded": "2022-03-03", "dueDate": "2022-03-24",
                                                       "knownRansomwareCampaignUse": "Known"}]}
epss = "#model_version:v2025.03.14,score_date:2026-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2022-1,0.25,0.9\n"
code, out, err = imported("all.db", write("main.json", json.dumps(secdb)), write("kev.json", json.dumps(kev, indent=1)),
                          write("epss.csv.gz", gzip.compress(epss.encode())))
found = match("all.db", "Alpine:v3.19", "busybox", "1.36.1-r1")
tap.ok(code == 0 and len(found) == 1 and found[0]["id"] == "CVE-2022-1" and found[0]["aliases"] == ["GHSA-x"] and found[0]["fixed"] == "1.36.1-r2"
       and found[0]["exploited"] and found[0]["ransomware"] and found[0]["due"] == "2022-03-24" and found[0]["probability"] == 0.25,
       "secdb, KEV and EPSS come together; version 0 never matches", code, err, found)
status = json.loads(run("db", "status", "--db", path("all.db"), "--format", "json")[1])
tap.ok(status["advisories"] == 1 and status["exploited"] == 1 and status["probabilities"] == 1 and not status["old"]
       and [s["name"] for s in status["sources"]] == ["Alpine secdb v3.19 main", "CISA KEV", "FIRST EPSS"], "db status says so", status)

# --- what replaces what ---
imported("r.db", write("src.jsonl", osv("A-1") + "\n" + osv("A-2", "b")))
code, out, err = imported("r.db", write("src.jsonl", osv("A-1", fixed="3.0.0")))
tap.ok(ids("r.db", "npm", "a", "2.5.0") == ["A-1"] and ids("r.db", "npm", "b", "1.0.0") == [] and "1 of before removed" in out,
       "a source replaces what it said before", out)
imported("r.db", write("new.jsonl", osv("B-1", modified="2024-02-02T00:00:00Z", fixed="5.0.0")))
imported("r.db", write("older.jsonl", osv("B-1", modified="2024-01-01T00:00:00Z", fixed="9.0.0")))
tap.ok(ids("r.db", "npm", "a", "6.0.0") == [], "an older statement from elsewhere does not count")
imported("r.db", write("newer.jsonl", osv("B-1", modified="2024-03-03T00:00:00Z", fixed="9.0.0")))
tap.ok(ids("r.db", "npm", "a", "6.0.0") == ["B-1"], "a newer one does")
imported("r.db", write("gone.jsonl", osv("B-1", modified="2024-04-04T00:00:00Z", withdrawn="2024-04-04T00:00:00Z")))
tap.ok(ids("r.db", "npm", "a", "6.0.0") == [], "a withdrawn advisory is gone")

# --- names ---
merged = [osv("GHSA-1", "m", aliases=["CVE-2024-1"], database_specific={"severity": "LOW"}), osv("NSWG-1", "m", fixed="2.5.0", aliases=["CVE-2024-1"]),
          osv("X-1", "m", related=["CVE-2024-1"])]
imported("m.db", write("m.jsonl", "\n".join(merged)))
found = match("m.db", "npm", "m", "1.0.0")
tap.ok([m["id"] for m in found] == ["CVE-2024-1", "X-1"] and found[0]["aliases"] == ["GHSA-1", "NSWG-1"] and found[0]["severity"] == "low"
       and found[0]["severity_source"] == "GitHub" and found[0]["fixed"] == "2.0.0", "aliases are one problem, what is related is not", found)
imported("m.db", write("d.jsonl", osv("DSA-1-1", "d", "2.0-1", "Debian:12", upstream=["CVE-2024-7", "CVE-2024-8"]) + "\n"
                       + osv("DEBIAN-CVE-2024-7", "d", "2.0-1", "Debian:12", upstream=["CVE-2024-7"])))
found = match("m.db", "Debian:12", "d", "1.0-1")
tap.ok([(m["id"], m["aliases"]) for m in found] == [("CVE-2024-7", []), ("CVE-2024-8", [])] and found[1]["advisory"] == "DSA-1-1",
       "an advisory on several CVEs is one problem for each", found)
tap.ok(ids("m.db", "Debian:11", "d", "1.0-1") == [] and ids("m.db", "Debian", "d", "1.0-1") == [], "releases are kept apart")
module = osv("ALSA-1", "nodejs", "1:18.9-1.module_el8.7.0+1+2", "AlmaLinux:8", summary="Important: nodejs:18 security update", related=["CVE-2024-9"])
imported("m.db", write("alma.jsonl", module + "\n" + osv("ALSA-2", "nodejs", "1:17-1.el8", "AlmaLinux:8", summary="Low: nodejs security update", related=["CVE-2024-10"])))
ask = ("AlmaLinux:8", "nodejs", "1:16.0-1.module_el8.7.0+1+2")
tap.ok(ids("m.db", *ask, "--module", "nodejs:18:8070020221:abc") == ["CVE-2024-9"] and ids("m.db", *ask, "--module", "nodejs:16:1:2") == []
       and ids("m.db", *ask) == ["CVE-2024-10"], "advisories of a module are for its stream")

# --- damage ---
code, out, err = imported("bad.db", write("bad.jsonl", osv("A-1") + '\n{"id": "A-2", "affec\n' + osv("A-3", "c") + "\n"))
tap.ok(code == 3 and "bad.jsonl: line 2" in err and ids("bad.db", "npm", "c", "1.0.0") == ["A-3"], "a damaged line is told and passed over", code, err)
code, out, err = imported("bad.db", path("nothing-there.json"), write("words.txt", "these are words"), path("object.bin"))
tap.ok(code == 3 and "nothing-there.json" in err and "words.txt" in err and ids("bad.db", "npm", "a", "1.0.0") == ["A-1"],
       "files that are none are told, the others are imported", code, err)
code, out, err = imported("cut.db", write("cut.gz", gzip.compress((osv("A-1") + "\n" + osv("A-2", "b") + "\n").encode() * 400)[:-9]))
tap.ok(code == 3 and ids("cut.db", "npm", "a", "1.0.0") == ["A-1"], "compressed data that ends early is told", code, err)
before = open(path("bad.db"), "rb").read()
code, out, err = imported("bad.db", write("src2.jsonl", osv("A-9") + "\nbroken\n"), options=["--source", "bad"])
tap.ok(code == 3 and ids("bad.db", "npm", "c", "1.0.0") == ["A-3"], "what a damaged file no longer has stays", code, err)
write("garbage.db", os.urandom(9000))
code, out, err = run("db", "match", "--db", path("garbage.db"), "npm", "a", "1")
tap.ok(code == 2 and "garbage.db" in err, "a database that is none is told", code, err)
code, out, err = imported("garbage.db", path("object.bin"))
tap.ok(code == 2 and "garbage.db" in err, "and not imported into", code, err)
code, out, err = imported("garbage.db", path("object.bin"), options=["--anew"])
tap.ok(code == 0 and ids("garbage.db", "npm", "a", "1.0.0") == ["A-1"], "unless a new one is asked for", code, err)
code, out, err = run("db", "match", "--db", path("absent.db"), "npm", "a", "1")
tap.ok(code == 2 and "bulkhead db import" in err, "an absent database is told, with what makes one", err)

# A database whose pages are damaged: answers or an error, never a crash.
random.seed(7)
whole, crashes = bytearray(open(path("m.db"), "rb").read()), []
for i in range(150):
    damaged = bytearray(whole)
    for _ in range(20):
        damaged[random.randrange(100, len(damaged))] = random.randrange(256)
    write("damaged.db", bytes(damaged))
    code = run("db", "match", "--db", path("damaged.db"), "npm", "m", "1.0.0")[0]
    crashes += [i] if code not in (0, 1, 2) else []
tap.ok(not crashes, "150 damaged databases are asked without a crash", crashes)

# --- crashes and two at once ---
many = "\n".join(osv(f"C-{i}", f"p{i}") for i in range(60000))
imported("k.db", path("object.bin"))
before, killed = open(path("k.db"), "rb").read(), 0
source = write("many.jsonl", many)
for delay in (0.02, 0.05, 0.1, 0.2, 0.3):
    process = subprocess.Popen([PROGRAM, "db", "import", "-q", "--db", path("k.db"), source])
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    killed += process.wait() == -signal.SIGKILL
    if killed and open(path("k.db"), "rb").read() != before:
        break
tap.ok(killed > 0 and open(path("k.db"), "rb").read() == before, "an import that is killed leaves the database as it was", killed)
processes = [subprocess.Popen([PROGRAM, "db", "import", "-q", "--db", path("k.db"), f]) for f in
             [source, path("lines.bin"), write("e.jsonl", osv("E-1", "e")), write("f.jsonl", osv("F-1", "f"))]]
codes = [p.wait() for p in processes]
check = sqlite3.connect(path("k.db"))
tap.ok(codes == [0] * 4 and ids("k.db", "npm", "e", "1.0.0") == ["E-1"] and ids("k.db", "npm", "f", "1.0.0") == ["F-1"]
       and ids("k.db", "npm", "p59999", "1.0.0") == ["C-59999"] and check.execute("PRAGMA integrity_check").fetchone() == ("ok",),
       "four imports at once are all in", codes)
check.close()
tap.ok(not [f for f in os.listdir(work) if f.endswith(".new")], "no copies are left behind")

# --- export ---
for first, second in (("all.db", "x1.db"), ("m.db", "x2.db"), ("k.db", "x3.db")):
    run("db", "export", "--db", path(first), path("one.zst"))
    code, out, err = imported(second, path("one.zst"))
    run("db", "export", "--db", path(second), path("two.zst"))
    tap.ok(code == 0 and open(path("one.zst"), "rb").read() == open(path("two.zst"), "rb").read(), f"an export of {first} is taken back without loss", err)

# --- with real advisories ---
if not os.path.isdir(ADVISORIES):
    tap.skip("real advisories", "the shared reference data is not here")
    shutil.rmtree(work)
    tap.end()


def records(name):
    data = subprocess.run(["zstdcat", os.path.join(ADVISORIES, name)], stdout=subprocess.PIPE, check=True).stdout
    return [json.loads(line) for line in data.splitlines()]


files = sorted(os.path.join(ADVISORIES, f) for f in os.listdir(ADVISORIES) if f.endswith(".zst"))
code, out, err = imported("real.db", *files)
tap.ok(code == 0 and not err, "all real advisories are imported", code, err)
status = json.loads(run("db", "status", "--db", path("real.db"), "--format", "json")[1])
counts = {s["name"]: s["count"] for s in status["sources"]}
want = {n: len(records(f"{n}.osv.jsonl.zst")) for n in ("debian12", "debian-dsa", "rubysec")}
tap.ok(all(counts[n] == want[n] for n in want) and counts["CISA KEV"] == 1404 and counts["nodejs-core"] == 171, "their number is right", counts, want)

if shutil.which("dpkg"):
    by_package = collections.defaultdict(list)
    for r in records("debian12.osv.jsonl.zst"):
        for a in r["affected"]:
            events = a["ranges"][0]["events"]
            by_package[a["package"]["name"]].append((r["upstream"][0], events[1]["fixed"]))
    random.seed(3)
    wrong, asked, affected = [], 0, 0
    for package in random.sample(sorted(by_package), 60):
        versions = {f for _, f in by_package[package]}
        for version in random.sample(sorted(versions), min(4, len(versions))):
            newer = {c: f for c, f in by_package[package] if subprocess.run(["dpkg", "--compare-versions", version, "lt", f]).returncode == 0}
            got = {m["id"]: m["fixed"] for m in match("real.db", "Debian:12", package, version)}
            asked, affected = asked + 1, affected + len(newer)
            wrong += [(package, version, newer, got)] if set(got) != set(newer) or any(got[c] != newer[c] for c in got
                                                                                         if len([1 for k, _ in by_package[package] if k == c]) == 1) else []
    tap.ok(not wrong and affected > 100, f"{asked} packages of Debian 12 have the {affected} CVEs that dpkg --compare-versions gives them", *wrong[:3])
else:
    tap.skip("matching against dpkg", "dpkg is not here")

ecosystems = {"node-pkg": "npm", "gemspec": "RubyGems", "python-pkg": "PyPI"}
images = {"alpine-3.9.4": "Alpine:v3.9", "alpine-3.10.2": "Alpine:v3.10", "alpine-3.10.1-gzip-layers": "Alpine:v3.10", "lang-app": "Debian:12"}


def table(name):
    with open(os.path.join(GOLDEN, name), newline="") as f:
        return list(csv.DictReader(f, delimiter="\t"))


for image, distribution in images.items() if os.path.isdir(GOLDEN) else ():
    sources = {(r["type"], r["name"]): r["source"] for r in table(f"{image}.packages.tsv")}
    rows, missing, extra, names = table(f"{image}.findings.tsv"), [], [], collections.defaultdict(set)
    for r in rows:
        names[r["type"], r["package"], r["installed"]].add(r["id"])
    for r in rows:
        language = ecosystems.get(r["type"])
        name = r["package"] if language else sources[r["type"], r["package"]] or r["package"]
        found = match("real.db", language or distribution, name, r["installed"])
        this = [m for m in found if r["id"] in [m["id"], *m["aliases"]]]
        fixes = [f.strip(" <>=~") for f in r["fixed"].split(",")]
        missing += [r] if not this or this[0]["fixed"] not in fixes else []
        known = names[r["type"], r["package"], r["installed"]]
        extra += [(r["package"], m["id"]) for m in found if not known & {m["id"], *m["aliases"]}]
    tap.ok(not missing, f"{image}: each of {len(rows)} reference findings, with its fix", *missing[:5])
    tap.ok(not extra, f"{image}: and no other", sorted(set(extra))[:10])

shutil.rmtree(work)
tap.end()
