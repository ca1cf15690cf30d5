#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The readers of the distributions' package databases against dpkg-query, rpm, SQLite, an independent reading of the binary formats, and real images."""
import collections
import csv
import glob
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import SHARED, Tap  # noqa: E402

TOOL = os.path.abspath(sys.argv[1])
DATABASES = os.path.join(SHARED, "pkgdbs")
tap = Tap()
Package = collections.namedtuple("Package", "type name version source source_version architecture licence module line")


def tool(*arguments):
    done = subprocess.run([TOOL, *arguments], capture_output=True, check=False, timeout=120)
    return done.returncode, [line.split("\t") for line in done.stdout.decode("utf-8", "replace").splitlines()]


def rows_of(rows, kind):
    return [row[1:] for row in rows if row[0] == kind]


def read(path, file):
    """(packages, (owners, files), problems) of a file that is named `path` in an image."""
    code, rows = tool("read", path, file)
    assert code == 0, file
    files = rows_of(rows, "files")
    return [Package(*row[:9]) for row in rows_of(rows, "package")], tuple(map(int, files[0])) if files else (0, 0), rows_of(rows, "problem")


def same(name, got, want):
    got, want = sorted(got), sorted(want)
    tap.ok(got == want and got, f"{name}: {len(want)} rows", f"too much: {[x for x in got if x not in want][:5]}", f"missing: {[x for x in want if x not in got][:5]}")


def database(name):
    path = os.path.join(DATABASES, name)
    if not os.path.exists(path):
        tap.skip(name, "it is not here")
        return None
    return path


# --- dpkg ---

def query_dpkg(admin):
    """What dpkg-query says of an administrative folder, of the packages that are there."""
    shape = "${db:Status-Status}\t${Package}\t${Version}\t${source:Package}\t${source:Version}\t${Architecture}\n"
    done = subprocess.run(["dpkg-query", f"--admindir={admin}", "-W", "-f", shape], capture_output=True, check=True)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return [tuple(row[1:]) for row in rows if row[0] not in ("not-installed", "config-files")]


def dpkg_rows(packages):
    return [(p.name, p.version, p.source or p.name, p.source_version or p.version, p.architecture) for p in packages]


def compare_dpkg(work):
    if not shutil.which("dpkg-query"):
        tap.skip("dpkg", "dpkg-query is not installed")
        return
    if os.path.exists("/var/lib/dpkg/status"):
        same("the status of this machine, as dpkg-query", dpkg_rows(read("var/lib/dpkg/status", "/var/lib/dpkg/status")[0]), query_dpkg("/var/lib/dpkg"))
    for path in filter(None, [database("dpkg-debian12-minbase.status")]):
        admin = f"{work}/dpkg"
        os.makedirs(f"{admin}/info")
        os.makedirs(f"{admin}/updates")
        shutil.copy(path, f"{admin}/status")
        same("a minimal Debian 12, as dpkg-query", dpkg_rows(read("var/lib/dpkg/status", path)[0]), query_dpkg(admin))
        packages = read("var/lib/dpkg/status", path)[0]
        lines = open(path, encoding="utf-8").read().splitlines()
        tap.ok(all(lines[int(p.line) - 1] == f"Package: {p.name}" for p in packages), "every package stands on its line")
    for path in filter(None, [database("dpkg-distroless-libsqlite3-0.statusd")]):
        packages, _, problems = read("var/lib/dpkg/status.d/libsqlite3-0", path)
        same("distroless", dpkg_rows(packages), [("libsqlite3-0", "3.34.1-3", "sqlite3", "3.34.1-3", "arm64")])


def compare_owners():
    lists = sorted(glob.glob("/var/lib/dpkg/info/*.list"))[:400]
    if not lists or not shutil.which("dpkg-query"):
        tap.skip("owners", "dpkg is not here")
        return
    wrong = []
    for path in lists:
        name = "var/lib/dpkg/info/" + os.path.basename(path)
        _, files, _ = read(name, path)
        want = sum(1 for line in open(path, encoding="utf-8", errors="surrogateescape") if len(line.rstrip("\n")) > 1)
        if (files[1] if want else 0) != want:
            wrong.append((path, files, want))
    tap.ok(not wrong, f"{len(lists)} lists of files", wrong[:5])


# --- apk ---

def compare_apk():
    for path in filter(None, [database("apk-multiple-2.installed")]):
        want, files = [], 0
        for part in open(path, encoding="utf-8").read().split("\n\n"):
            fields = dict(re.findall(r"^([A-Zo]):(.*)$", part, re.M))
            files += len(re.findall(r"^R:", part, re.M))
            if "P" in fields:
                want.append((fields["P"], fields["V"], fields.get("o", ""), fields["A"], fields["L"]))
        packages, counts, problems = read("lib/apk/db/installed", path)
        same("apk, as a regular expression reads it", [(p.name, p.version, p.source, p.architecture, p.licence) for p in packages], want)
        tap.ok(counts[1] == files and not problems, "apk: files", counts, files, problems)


# --- rpm ---

RPM_QUERY = "%{NAME}\t%{EPOCHNUM}\t%{VERSION}\t%{RELEASE}\t%{ARCH}\t%{SOURCERPM}\t%{LICENSE}\t%{MODULARITYLABEL}\n"


def rpm_rows(packages):
    return [(p.name, p.version, p.source, p.source_version, p.architecture, p.licence, p.module) for p in packages]


def rpm_row(name, epoch, version, release, architecture, source, licence, module):
    whole = (f"{epoch}:" if epoch not in ("0", 0, None) else "") + version + "-" + release
    split = re.fullmatch(r"(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm", source or "")
    return (name, whole, split[1] if split else "", split[2] if split else "", architecture, licence, "" if module in ("(none)", None) else module)


def query_rpm(folder, *arguments):
    done = subprocess.run(["rpm", "-qa", "--dbpath", folder, *arguments, "--qf", RPM_QUERY], capture_output=True, check=False)
    rows = [line.split("\t") for line in done.stdout.decode().splitlines()]
    return [rpm_row(*row) for row in rows if row[0] != "gpg-pubkey"]


def rpm_files(folder):
    done = subprocess.run(["rpm", "-qa", "--dbpath", folder, "-l"], capture_output=True, check=False)
    return sum(1 for line in done.stdout.decode().splitlines() if line.startswith("/"))


def header(blob):
    """The tags of an rpm header, read another way than the program does."""
    count, size = struct.unpack_from(">II", blob)
    data = blob[8 + count * 16:8 + count * 16 + size]
    tags = {}
    for i in range(count):
        tag, kind, offset, n = struct.unpack_from(">IIII", blob, 8 + i * 16)
        if kind in (6, 8, 9):
            tags.setdefault(tag, data[offset:].split(b"\0", n)[:n])
        elif kind == 4:
            tags.setdefault(tag, struct.unpack_from(f">{n}I", data, offset))
    return tags


def header_row(blob):
    t = header(blob)
    text = lambda tag: t[tag][0].decode() if tag in t else None  # noqa: E731
    if text(1000) == "gpg-pubkey":
        return None
    return rpm_row(text(1000), t.get(1003, (0,))[0], text(1001), text(1002), text(1022) or "", text(1044), text(1014) or "", text(5096))


def blobs_ndb(data):
    """All blobs of an ndb file that a slot points to: found by their magic, not by the slots."""
    live = {struct.unpack_from("<I", data, at + 8)[0] * 16 for at in range(32, 4096 * struct.unpack_from("<I", data, 12)[0], 16) if data[at:at + 4] == b"Slot"}
    for match in re.finditer(b"BlbS", data):
        at = match.start()
        if at % 16 == 0 and at in live:
            yield data[at + 16:at + 16 + struct.unpack_from("<I", data, at + 12)[0]]


def blobs_bdb(data):
    """All chains of overflow pages of a little-endian hash file: from the pages that no other page names as its next."""
    size = struct.unpack_from("<I", data, 20)[0]
    pages = [data[at:at + size] for at in range(0, len(data), size)]
    overflow = {n: p for n, p in enumerate(pages) if n and p[25] == 7}
    later = {struct.unpack_from("<I", p, 16)[0] for p in overflow.values()}
    for n in sorted(set(overflow) - later):
        blob = b""
        while n:
            page = overflow[n]
            blob += page[26:26 + struct.unpack_from("<H", page, 22)[0]]
            n = struct.unpack_from("<I", page, 16)[0]
        yield blob


def files_of(blobs):
    total = 0
    for blob in blobs:
        total += len(header(blob).get(1117, ()))
    return total


def compare_sqlite(work):
    path = database("rpm-cbl-mariner-2.0.rpmdb.sqlite")
    if not path:
        return
    packages, files, problems = read("var/lib/rpm/rpmdb.sqlite", path)
    tap.ok(not problems, "rpm, SQLite: no problems", problems)
    copy = f"{work}/sqlite"
    os.makedirs(copy)
    shutil.copy(path, f"{copy}/rpmdb.sqlite")
    if shutil.which("rpm"):
        same("rpm, SQLite: as rpm", rpm_rows(packages), query_rpm(copy))
        tap.ok(files[1] == rpm_files(copy), "rpm, SQLite: as many files as rpm lists", files, rpm_files(copy))
    else:
        tap.skip("rpm, SQLite: as rpm", "rpm is not installed")
    compare_log(work, path)


def compare_log(work, path):
    """A database with a write-ahead log beside it, in which a package has gone and another was written twice."""
    live = f"{work}/log"
    os.makedirs(live)
    shutil.copy(path, f"{live}/rpmdb.sqlite")
    os.chmod(f"{live}/rpmdb.sqlite", 0o644)
    db = sqlite3.connect(f"{live}/rpmdb.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA wal_autocheckpoint=0")
    rows = db.execute("SELECT hnum, blob FROM Packages ORDER BY hnum").fetchall()
    db.execute("DELETE FROM Packages WHERE hnum = ?", (rows[0][0],))
    db.execute("INSERT INTO Packages(blob) VALUES(?)", (rows[1][1].replace(b"filesystem\0", b"elsewheres\0"),))
    want = [header_row(row[0]) for row in db.execute("SELECT blob FROM Packages")]
    db.execute("BEGIN")
    db.execute("DELETE FROM Packages")  # not committed
    saved = f"{work}/saved"
    shutil.copytree(live, saved)
    db.execute("ROLLBACK")
    db.close()
    tap.ok(os.path.getsize(f"{saved}/rpmdb.sqlite-wal") > 4096, "there is a log")
    code, joined = tool("join", "var/lib/rpm/rpmdb.sqlite", f"{saved}/rpmdb.sqlite", "var/lib/rpm/rpmdb.sqlite-wal", f"{saved}/rpmdb.sqlite-wal")
    got = rpm_rows([Package(*row[:9]) for row in rows_of(joined, "package")])
    same("rpm, SQLite with a log: as SQLite", got, set(filter(None, want)))
    alone = read("var/lib/rpm/rpmdb.sqlite", f"{saved}/rpmdb.sqlite")[0]
    tap.ok(sorted(rpm_rows(alone)) != sorted(got), "the log says something else than the database without it")


def compare_binary(work):
    for name, path, blobs in (("rpm-sle15-bci-old.Packages.db", "var/lib/rpm/Packages.db", blobs_ndb), ("rpm-libuuid.Packages.bdb", "var/lib/rpm/Packages", blobs_bdb)):
        file = database(name)
        if not file:
            continue
        data = open(file, "rb").read()
        packages, files, problems = read(path, file)
        tap.ok(not problems, f"{name}: no problems", problems)
        same(f"{name}: as read another way", rpm_rows(packages), filter(None, map(header_row, blobs(data))))
        tap.ok(files[1] == files_of(b for b in blobs(data) if header_row(b)), f"{name}: files", files)
        for keep in (len(data) // 2, 4096, 600, 31):
            with open(f"{work}/cut", "wb") as f:
                f.write(data[:keep])
            short, _, problems = read(path, f"{work}/cut")
            tap.ok(problems and set(rpm_rows(short)) <= set(rpm_rows(packages)), f"{name}: the first {keep} bytes", problems, short)
    compare_convert(work)


def compare_convert(work):
    """The headers of a database that rpm reads, put into the formats that it does not read any more."""
    path = database("rpm-cbl-mariner-2.0.rpmdb.sqlite")
    if not path:
        return
    blobs = [row[0] for row in sqlite3.connect(f"file:{path}?immutable=1", uri=True).execute("SELECT blob FROM Packages")]
    want = [row for row in map(header_row, blobs) if row]
    at, slots, body = 4096, b"", b""
    for n, blob in enumerate(blobs):
        size = (len(blob) + 28 + 15) // 16 * 16
        slots += b"Slot" + struct.pack("<3I", n + 1, at // 16, size // 16)
        body += b"BlbS" + struct.pack("<3I", n + 1, 1, len(blob)) + blob + bytes(size - len(blob) - 28) + struct.pack("<2I", 0, len(blob)) + b"BlbE"
        at += size
    slots += (b"Slot" + bytes(12)) * ((4096 - 32 - len(slots)) // 16)
    with open(f"{work}/ndb", "wb") as f:
        f.write(b"RpmP" + struct.pack("<3I", 0, 1, 1) + bytes(16) + slots + body)
    same("the same packages as ndb", rpm_rows(read("usr/lib/sysimage/rpm/Packages.db", f"{work}/ndb")[0]), want)
    for order, name in (("<", "little-endian"), (">", "big-endian")):
        for size in (512, 4096, 65536):
            with open(f"{work}/bdb", "wb") as f:
                f.write(berkeley(blobs, order, size))
            same(f"the same packages as a {name} Berkeley database with pages of {size}", rpm_rows(read("var/lib/rpm/Packages", f"{work}/bdb")[0]), want)


def berkeley(blobs, order, size):
    pages = [bytearray(size)]
    struct.pack_into(order + "III", pages[0], 12, 0x061561, 9, size)
    pages[0][25] = 8

    def page(kind):
        pages.append(bytearray(size))
        pages[-1][25] = kind
        return len(pages) - 1

    for start in range(0, len(blobs), 10):
        hashed, top, offsets = page(13), size, []
        for blob in blobs[start:start + 10]:
            first = len(pages)
            for at in range(0, len(blob), size - 26):
                part = blob[at:at + size - 26]
                n = page(7)
                pages[n][26:26 + len(part)] = part
                struct.pack_into(order + "I", pages[n], 16, n + 1 if at + len(part) < len(blob) else 0)
                struct.pack_into(order + "HH", pages[n], 20, 1, len(part))
            top -= 5
            pages[hashed][top] = 1
            offsets.append(top)
            top -= 12
            pages[hashed][top] = 3
            struct.pack_into(order + "II", pages[hashed], top + 4, first, len(blob))
            offsets.append(top)
        struct.pack_into(order + "H", pages[hashed], 20, len(offsets))
        struct.pack_into(f"{order}{len(offsets)}H", pages[hashed], 26, *offsets)
    return b"".join(pages)


# --- images and releases ---

def compare_images():
    folder, golden = os.path.join(SHARED, "images"), os.path.join(SHARED, "golden")
    if not os.path.isdir(folder) or not os.path.isdir(golden):
        tap.skip("real images", "there are none here")
        return
    for file in sorted(os.listdir(folder)):
        name = file.split(".docker-archive")[0]
        with open(os.path.join(golden, f"{name}.packages.tsv"), encoding="utf-8") as f:
            rows = [row for row in csv.DictReader(f, delimiter="\t") if row["type"] in ("alpine", "debian")]
        code, lines = tool("image", os.path.join(folder, file))
        packages = [Package(*row[:9]) for row in rows_of(lines, "package") if row[0] in ("apk", "deb")]
        # of Debian's packages the list has no epoch and no revision
        short = lambda v: re.sub(r"^\d+:", "", v).rsplit("-", 1)[0]  # noqa: E731
        got = [(p.name, short(p.version) if p.type == "deb" else p.version, p.source or p.name) for p in packages]
        same(f"{name}: as its list of packages", got, [(r["name"], short(r["version"]) if r["type"] == "debian" and "-" in r["version"] else r["version"], r["source"]) for r in rows])
        tap.ok(not rows_of(lines, "problem"), f"{name}: no problems", rows_of(lines, "problem"))
        if name.startswith("alpine"):
            owners = tool("owner", os.path.join(folder, file), "bin/busybox", "usr/bin/busybox", "lib/libz.so.1", "etc/nothing")[1]
            tap.ok([row[1] for row in owners] == ["busybox", "busybox", "zlib", "-"], f"{name}: owners", owners)


def compare_support(work):
    """The ends of support of Debian and Ubuntu, where this machine knows them as well."""
    for name, standard, extended in (("debian", "eol", "eol-lts"), ("ubuntu", "eol", "eol-esm")):
        path = f"/usr/share/distro-info/{name}.csv"
        if not os.path.exists(path):
            tap.skip(f"ends of support: {name}", "distro-info-data is not installed")
            continue
        wrong = count = 0
        for row in csv.DictReader(open(path, encoding="utf-8")):
            version = row["version"].replace(" LTS", "")
            with open(f"{work}/os-release", "w", encoding="utf-8") as f:
                f.write(f"ID={name}\nVERSION_ID={version}\n")
            said = rows_of(tool("read", "etc/os-release", f"{work}/os-release")[1], "support")
            if not said:
                continue
            count += 1
            good = said[0][0] == row[standard] and said[0][1] == (row.get(extended) or "")
            if not good:
                print(f"# {name} {version}: {said[0]}, not {row[standard]}, {row.get(extended)}")
            wrong += not good
        tap.ok(count > 5 and not wrong, f"ends of support: {count} releases of {name}")


with tempfile.TemporaryDirectory() as top:
    compare_dpkg(top)
    compare_owners()
    compare_apk()
    compare_sqlite(top)
    compare_binary(top)
    compare_images()
    compare_support(top)
tap.end()
