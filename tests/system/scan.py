#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole scans: a real Debian in four forms against dpkg's own judgement, the reference images against the findings of another scanner,
reports against their schemas, images that lie."""
import csv
import hashlib
import io
import json
import os
import random
import shutil
import subprocess
import tarfile
import tempfile
import zipfile

from common import PROGRAM, ROOT, SHARED, Tap, run

tap = Tap()
work = tempfile.mkdtemp(prefix="bulkhead-scan-")
DEBIAN = os.path.join(ROOT, "build-debian", "rootfs")  # made once, for all builds
os.environ["XDG_CACHE_HOME"] = os.path.join(work, "cache")
os.environ["XDG_DATA_HOME"] = os.path.join(work, "data")


def sh(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=900, **options)


def write_json_lines(name, records):
    path = os.path.join(work, name)
    with open(path, "w", encoding="utf-8") as f:
        for record in records:
            f.write(json.dumps(record) + "\n")
    return path


def database(name, *files):
    path = os.path.join(work, name)
    code, _, err = run("db", "import", "--quiet", "--db", path, *files)
    assert code == 0, err
    return path


def scan(*arguments, **options):
    """(exit code, the report) of a scan in JSON."""
    code, out, err = run("scan", "--no-config", "--format", "json", *arguments, **options)
    try:
        return code, json.loads(out)
    except ValueError:
        raise AssertionError(f"no JSON, exit {code}: {err.strip()[:400]}") from None


def found(report):
    return {(f["package"]["name"], f["package"]["version"], f["id"], f["fixed"]) for f in report["findings"] if "id" in f}


# --- images made here ---

def tar_of(entries):
    """entries: (name, bytes) or TarInfo with bytes."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in entries:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def docker_archive(path, layers, config=None, history=None):
    """layers: bytes of tars, or paths of tars (which are copied)."""
    digests = []
    for layer in layers:
        digest = hashlib.sha256()
        if isinstance(layer, bytes):
            digest.update(layer)
        else:
            with open(layer, "rb") as f:
                for block in iter(lambda: f.read(1 << 20), b""):
                    digest.update(block)
        digests.append("sha256:" + digest.hexdigest())
    document = json.dumps({"os": "linux", "architecture": "amd64", "config": config or {}, "history": history or [],
                           "rootfs": {"type": "layers", "diff_ids": digests}}).encode()
    names = [f"{i}/layer.tar" for i in range(len(layers))]
    with tarfile.open(path, "w") as archive:
        def add(name, data):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        add("manifest.json", json.dumps([{"Config": "config.json", "RepoTags": ["test:1"], "Layers": names}]).encode())
        add("config.json", document)
        for name, layer in zip(names, layers):
            if isinstance(layer, bytes):
                add(name, layer)
            else:
                archive.add(layer, name)
    return path


# --- a real Debian ---

def make_debian():
    return sh(os.path.join(ROOT, "tests", "make_debian.sh"), DEBIAN).returncode == 0


def installed():
    out = sh("dpkg-query", "--admindir=" + DEBIAN + "/var/lib/dpkg", "-W", "-f",
             "${Status}\t${Package}\t${Version}\t${source:Package}\t${source:Version}\n").stdout
    rows = [line.split("\t") for line in out.splitlines()]
    return [row[1:] for row in rows if row[0] == "install ok installed"]


def older(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0


def variants(version, generator):
    """Versions near this one, on both sides."""
    digits = [i for i, c in enumerate(version) if c.isdigit()]
    at = generator.choice(digits)
    yield version
    yield version + "+deb12u1"
    yield version + "~bpo"
    yield version[:at] + str((int(version[at]) + 1) % 10) + version[at + 1:]
    yield "1:" + version if ":" not in version else version.split(":", 1)[1]


def advisories_for(packages):
    """Advisories over the sources, each mended in a version near the installed one; and which of them concern which package."""
    generator = random.Random(12)
    records, mended = [], {}
    for number, source in enumerate(sorted({(p[2], p[3]) for p in packages})):
        for k, fixed in enumerate(variants(source[1], generator)):
            name = f"CVE-2031-{number * 10 + k + 10000}"
            records.append({"id": "DEBIAN-" + name, "upstream": [name], "affected": [{
                "package": {"ecosystem": "Debian:12", "name": source[0]},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]})
            if older(source[1], fixed):
                mended.setdefault(source, []).append((name, fixed))
    expected = {(p[0], p[1], name, fixed) for p in packages for name, fixed in mended.get((p[2], p[3]), [])}
    return records, expected


def forms():
    """The same root file system in four forms; yields (name, path)."""
    layer = os.path.join(work, "layer.tar")
    sh("tar", "-C", DEBIAN, "--exclude=./proc/*", "--exclude=./sys/*", "--exclude=./dev/*", "-cf", layer, ".")
    archive = docker_archive(os.path.join(work, "debian.tar"), [layer])
    os.remove(layer)
    yield "rootfs", DEBIAN
    yield "docker-archive", archive
    for compression in "gzip", "zstd":
        layout = os.path.join(work, "oci-" + compression)
        done = sh("skopeo", "copy", "--insecure-policy", "-q", "--dest-compress-format", compression, "docker-archive:" + archive,
                  "oci:" + layout + ":latest")
        if done.returncode == 0:
            yield "OCI " + compression, layout
        else:
            tap.skip(f"a real Debian as OCI {compression}", "skopeo: " + done.stderr.strip()[:100])


def test_debian():
    if not make_debian():
        tap.skip("a real Debian in four forms", "debootstrap needs root and a mirror")
        return
    packages = installed()
    tap.ok(len(packages) >= 400, f"the Debian has {len(packages)} packages")
    records, expected = advisories_for(packages)
    db = database("debian.db", write_json_lines("debian.jsonl", records))
    for name, path in forms():
        code, report = scan("--db", db, "--no-secrets", path)
        seen = {(p["name"], p["version"]) for p in report["images"][0]["packages"] if p["type"] == "deb"}
        tap.ok(seen == {(p[0], p[1]) for p in packages}, f"{name}: the packages that dpkg-query lists",
               seen ^ {(p[0], p[1]) for p in packages})
        debs = {x for x in found(report) if x[2].startswith("CVE-2031-")}
        tap.ok(code == 1 and debs == expected, f"{name}: {len(expected)} findings as dpkg --compare-versions has them",
               f"exit {code}", f"missing {sorted(expected - debs)[:10]}", f"extra {sorted(debs - expected)[:10]}", report["errors"][:3])


# --- the reference images ---

KINDS = {"alpine": "apk", "debian": "deb", "node-pkg": "npm", "python-pkg": "pypi", "gemspec": "gem", "gobinary": "go", "rustbinary": "cargo",
         "jar": "maven"}


def golden(base, kind):
    path = os.path.join(SHARED, "golden", f"{base}.{kind}.tsv")
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f, delimiter="\t"))


def upstream(version):
    """The other scanner lists Debian packages without epoch and revision."""
    version = version.split(":", 1)[-1]
    return version.rsplit("-", 1)[0] if "-" in version else version


def normal(name, kind):
    return name.lower().replace("_", "-").replace(".", "-") if kind == "pypi" else name


def test_golden():
    images = os.path.join(SHARED, "images")
    if not os.path.isdir(images):
        tap.skip("the reference images", "the shared data is not there")
        return
    advisories = os.path.join(SHARED, "advisories")
    db = database("golden.db", *[os.path.join(advisories, f) for f in sorted(os.listdir(advisories)) if f.endswith(".zst")])
    for file in sorted(os.listdir(images)):
        base = file.split(".docker-archive")[0]
        code, report = scan("--db", db, "--profile", "strict", "--development", os.path.join(images, file))
        packages = {(p["type"], normal(p["name"], p["type"]), p["version"]) for p in report["images"][0]["packages"]}
        packages |= {("deb", n, upstream(v)) for t, n, v in packages if t == "deb"}
        wanted = {(KINDS[g["type"]], normal(g["name"], KINDS[g["type"]]), upstream(g["version"]) if g["type"] == "debian" else g["version"])
                  for g in golden(base, "packages")}
        wanted -= {("npm", "t1", "1.0.0")}  # the application itself: its package.json says what it needs, it is installed from nowhere
        tap.ok(not wanted - packages, f"{base}: every package of the other scanner", sorted(wanted - packages)[:20])
        ids = {}
        for f in report["findings"]:
            if "id" in f:
                key = (f["package"]["type"], normal(f["package"]["name"], f["package"]["type"]), f["package"]["version"])
                ids.setdefault(key, set()).update([f["id"], f.get("advisory", ""), *f["aliases"]])
        missing = [g for g in golden(base, "findings")
                   if g["id"] not in ids.get((KINDS[g["type"]], normal(g["package"], KINDS[g["type"]]), g["installed"]), ())]
        tap.ok(not missing, f"{base}: every vulnerability of the other scanner", *missing[:20])
        tap.ok(code == 1 and not report["errors"], f"{base}: exit code 1, nothing unread", code, report["errors"])
        if os.path.exists(os.path.join(SHARED, "golden", base + ".secrets.tsv")):
            places = {(f["file"], f["line"]) for f in report["findings"] if f["rule"] == "secrets/in-image"}
            lost = [g for g in golden(base, "secrets") if (g["file"], int(g["line"])) not in places]
            tap.ok(not lost, f"{base}: every secret of the other scanner", *lost)


# --- reports ---

SECRET = "".join(["postgres://app:w1nter-", "Sleet-19@db:5432/app"])


def sample():
    status = "Package: curl\nStatus: install ok installed\nVersion: 7.88.1-10\nArchitecture: amd64\n\n"
    lower = tar_of([("etc/os-release", b'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'),
                    ("var/lib/dpkg/status", status.encode()), ("srv/.env", f"DATABASE_URL={SECRET}\n".encode())])
    return docker_archive(os.path.join(work, "sample.tar"), [lower], {"Env": ["PASSWORD=" + "Tr0ub4dor-and-3"]})


def sample_database():
    return database("sample.db", write_json_lines("sample.jsonl", [{
        "id": "DEBIAN-CVE-2030-1", "upstream": ["CVE-2030-1"], "summary": "Of \"quotes\" & <marks>", "affected": [{
            "package": {"ecosystem": "Debian:12", "name": "curl"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "7.88.1-10+deb12u1"}]}]}]}]))


def validator(name):
    import jsonschema
    folder = os.path.join(SHARED, "schemas")
    store = {}
    for file in os.listdir(folder):
        with open(os.path.join(folder, file), encoding="utf-8") as f:
            schema = json.load(f)
        store[schema.get("$id", schema.get("id", file)).rstrip("#")] = store["http://cyclonedx.org/schema/" + file] = schema
        if file == name:
            chosen = schema
    resolver = jsonschema.RefResolver(chosen.get("$id", chosen.get("id", "")), chosen, store=store)
    return jsonschema.validators.validator_for(chosen)(chosen, resolver=resolver)


def test_reports():
    image, db = sample(), sample_database()
    texts = {}
    for name in "text", "concise", "json", "sarif", "cyclonedx", "spdx", "openvex":
        code, texts[name], err = run("scan", "--no-config", "--db", db, "--profile", "strict", "--format", name, image)
        tap.ok(code == 1 and not err, f"{name}: exit code 1, nothing on stderr", code, err)
    leaks = [name for name, text in texts.items() if "w1nter" in text or "Tr0ub4dor" in text]
    tap.ok(not leaks, "no report holds a secret", *leaks)
    _, again, _ = run("scan", "--no-config", "--db", db, "--profile", "strict", "--format", "cyclonedx", image,
                      env={**os.environ, "SOURCE_DATE_EPOCH": "0"})
    _, third, _ = run("scan", "--no-config", "--db", db, "--profile", "strict", "--format", "cyclonedx", image,
                      env={**os.environ, "SOURCE_DATE_EPOCH": "0"})
    tap.ok(again == third and '"timestamp":"1970-01-01T00:00:00Z"' in again, "a bill of materials is the same every time")
    for form in "cyclonedx", "spdx":
        path = os.path.join(work, "bom." + form)
        with open(path, "w", encoding="utf-8") as f:
            f.write(texts[form])
        code, report = scan("--db", db, "--sbom", path)
        tap.ok(code == 1 and found(report) == {("curl", "7.88.1-10", "CVE-2030-1", "7.88.1-10+deb12u1")},
               f"{form}: read back, it has the same vulnerabilities", code, found(report), report["errors"])
    if not os.path.isdir(os.path.join(SHARED, "schemas")):
        tap.skip("reports against their schemas", "the shared data is not there")
        return
    for name, schema in (("sarif", "sarif-schema-2.1.0.json"), ("cyclonedx", "bom-1.6.SNAPSHOT.schema.json"), ("spdx", "spdx-schema-2.3.json")):
        wrong = list(validator(schema).iter_errors(json.loads(texts[name])))
        tap.ok(not wrong, f"{name}: valid by its schema", *[e.message[:200] for e in wrong[:5]])


# --- options ---

def test_options():
    image, db = sample(), sample_database()
    code, report = scan("--db", db, "--severity", "low", image)
    tap.ok(not found(report), "--severity leaves out others", found(report))
    code, report = scan("--db", db, "--fail-on", "critical", "--only", "vulnerabilities/known", image)
    tap.ok(code == 0 and found(report), "--fail-on critical: reported, exit code 0", code)
    code, _ = scan("--db", db, "--exit-code", "7", image)
    tap.ok(code == 7, "--exit-code 7", code)
    code, out, err = run("scan", "--no-config", "--db", os.path.join(work, "none.db"), image)
    tap.ok(code == 2 and "none.db" in err, "a database that is named and not there is an error", code, err)
    code, report = scan(image)
    tap.ok(code == 3 and report["errors"] and "db update" in report["errors"][0]["message"],
           "without a database the exit code says that nothing was looked up", code, report["errors"])
    code, report = scan("--no-advisories", "--only", "vulnerabilities/known", image)
    tap.ok(code == 0 and report["images"][0]["packages"] and not report["images"][0]["matched"], "--no-advisories lists packages", code)
    vex = os.path.join(work, "vex.json")
    with open(vex, "w", encoding="utf-8") as f:
        json.dump({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/1", "author": "us", "timestamp": "2030-01-01T00:00:00Z",
                   "version": 1, "statements": [{"vulnerability": {"name": "CVE-2030-1"}, "products": [{"@id": "pkg:deb/debian/curl@7.88.1-10"}],
                                                 "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path"}]}, f)
    _, out, _ = run("scan", "--no-config", "--db", db, "--only", "vulnerabilities/known", "--vex", vex, "--format", "openvex", image)
    said = json.loads(out)["statements"]
    tap.ok(len(said) == 1 and said[0]["status"] == "not_affected" and said[0]["vulnerability"]["name"] == "CVE-2030-1",
           "openvex: what was accepted is said on", said)
    written = os.path.join(work, "written.json")
    with open(written, "w", encoding="utf-8") as f:
        f.write(out)
    code, report = scan("--db", db, "--only", "vulnerabilities/known", "--vex", written, image)
    tap.ok(code == 0, "openvex: read again, it takes the vulnerability out", code)
    code, report = scan("--db", db, "--only", "vulnerabilities/known", "--vex", vex, image)
    tap.ok(code == 0 and report["findings"][0]["suppressed"]["by"] == "VEX", "VEX takes a vulnerability out", code, report["findings"])
    code, report = scan("--no-advisories", rootfs("many", {"app/.env": f"DATABASE_URL={SECRET}\n" * 1200}))
    tap.ok(code == 3 and any("200 more" in e["message"] for e in report["errors"]), "secrets beyond the limit of one file are counted", report["errors"])


# --- from packages to findings ---

def jar(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in entries.items():
            z.writestr(name, data)
    return out.getvalue()


def rootfs(name, files):
    root = os.path.join(work, name)
    for path, data in files.items():
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
    return root


def test_archives_in_archives():
    inner = jar({"META-INF/maven/org.x/b/pom.properties": "groupId=org.x\nartifactId=b\nversion=1.0\n"})
    root = rootfs("war", {"srv/app.war": jar({"WEB-INF/lib/b.jar": inner})})
    db = database("war.db", write_json_lines("war.jsonl", [{"id": "T-1", "affected": [{"package": {"ecosystem": "Maven", "name": "org.x:b"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}]))
    for form in ("json", "text", "cyclonedx", "spdx", "sarif"):
        _, out, err = run("scan", "--no-config", "--db", db, "--format", form, root)
        tap.ok("srv/app.war!/WEB-INF/lib/b.jar" in out.replace("%21", "!"), form + ": a package in an archive in an archive is shown with its way", err)
    with open(os.path.join(work, "war.yaml"), "w", encoding="utf-8") as f:
        f.write("exceptions:\n  - rule: T-1\n    path: /srv/app.war\n    reason: not deployed\n")
    _, out, err = run("scan", "--format", "json", "--config", os.path.join(work, "war.yaml"), "--db", db, root)
    tap.ok([bool(f.get("suppressed")) for f in json.loads(out)["findings"] if f.get("id") == "T-1"] == [True],
           "an exception for the archive is one for what is in it", err)


def test_nothing_known():
    """A distribution that no advisory speaks of must not look like one without problems."""
    db = sample_database()
    status = "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\nArchitecture: amd64\n\n"
    for release, why in (("", "nothing says which distribution this is"), ("ID=unheard\nVERSION_ID=1\n", "no release of unheard that is known"),
                         ("ID=debian\nVERSION_ID=5\n", "the database has no advisories of Debian:5")):
        root = rootfs("unknown" + release[3:9], {"var/lib/dpkg/status": status, "etc/os-release": release})
        code, report = scan("--db", db, root)
        tap.ok(code == 3 and [e["message"] for e in report["errors"] if why in e["message"] and e["message"].startswith("1 package of deb ")],
               "packages that could not be looked up are told: " + why, report["errors"])
    root = rootfs("redhat", {"etc/os-release": 'ID="rhel"\nVERSION_ID="9.4"\n', "bom.json": json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [
        {"type": "library", "name": "bash", "version": "5.1.8-6.el9", "purl": "pkg:rpm/redhat/bash@5.1.8-6.el9?distro=rhel-9.4"}]})})
    advisory = {"id": "RHSA-1", "upstream": ["CVE-2030-1"], "affected": [{"package": {"ecosystem": "Red Hat:enterprise_linux:9::" + part, "name": "bash"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "0:5.1.8-9.el9"}]}]} for part in ("appstream", "baseos")]}
    code, report = scan("--db", database("redhat.db", write_json_lines("redhat.jsonl", [advisory])), "--sbom", os.path.join(root, "bom.json"))
    tap.ok(code == 1 and [f["fixed"] for f in report["findings"] if "id" in f] == ["0:5.1.8-9.el9"], "Red Hat's repositories are one release", report["findings"])


def test_twins():
    """What is installed and locked is one finding, however the lock file writes its name."""
    root = rootfs("twins", {"app/.venv/lib/python3.11/site-packages/PyYAML-5.3.dist-info/METADATA": "Metadata-Version: 2.1\nName: PyYAML\nVersion: 5.3\n",
                            "app/poetry.lock": '[[package]]\nname = "pyyaml"\nversion = "5.3"\n\n[metadata]\nlock-version = "2.0"\n'})
    db = database("twins.db", write_json_lines("twins.jsonl", [{"id": "T-1", "affected": [{"package": {"ecosystem": "PyPI", "name": "pyyaml"}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "5.4"}]}]}]}]))
    _, report = scan("--db", db, root)
    tap.ok([f["package"]["evidence"] for f in report["findings"] if "id" in f] == ["installed"], "a package and its line in a lock file are one finding",
           [f["package"] for f in report["findings"] if "id" in f])


# --- the memory of layers ---

def same(a, b):
    a, b = dict(a), dict(b)
    for report in a, b:
        report["summary"] = {k: v for k, v in report["summary"].items() if k != "seconds"}
    return a == b


def test_cache():
    if not shutil.which("skopeo"):
        tap.skip("the memory of layers", "skopeo is not installed")
        return
    image, db = sample(), sample_database()
    layout = os.path.join(work, "oci-sample")
    sh("skopeo", "copy", "--insecure-policy", "-q", "docker-archive:" + image, "oci:" + layout + ":latest")
    path = os.path.join(os.environ["XDG_CACHE_HOME"], "bulkhead", "layers.db")
    if os.path.exists(path):
        os.remove(path)
    _, first = scan("--db", db, layout)
    tap.ok(os.path.getsize(path) > 0, "a scan leaves a memory of layers")
    for folder, _, files in os.walk(os.path.join(layout, "blobs")):
        for file in files:
            if os.path.getsize(os.path.join(folder, file)) > 0 and open(os.path.join(folder, file), "rb").read(2) == b"\x1f\x8b":
                os.remove(os.path.join(folder, file))
    _, second = scan("--db", db, layout)
    tap.ok(same(first, second), "with the layers gone, the memory gives the same report")
    code, third = scan("--db", db, "--no-cache", layout)
    tap.ok(code == 3 and not found(third), "--no-cache looks into the layers, which are not there", code)
    sh("skopeo", "copy", "--insecure-policy", "-q", "docker-archive:" + image, "oci:" + layout + ":latest")
    with open(path, "r+b") as f:
        f.seek(0)
        f.write(b"garbage" * 1000)
    _, fourth = scan("--db", db, layout)
    tap.ok(same(first, fourth), "a damaged memory is made anew")
    os.remove(path)
    many = [subprocess.Popen([PROGRAM, "scan", "--no-config", "--format", "json", "--db", db, layout], stdout=subprocess.PIPE) for _ in range(6)]
    reports = [json.loads(p.communicate(timeout=120)[0]) for p in many]
    tap.ok(all(same(first, r) for r in reports), "six scans at once agree")


# --- images that lie ---

def gzip_bomb():
    import gzip
    return gzip.compress(bytes(64 << 20), 9)


def test_hostile():
    db = sample_database()
    many = tar_of([("var/lib/dpkg/status", b"Package: " + b"x" * (8 << 20) + b"\nVersion: 1\nStatus: install ok installed\n\n")])
    devices = tarfile.TarInfo("dev/sda")
    devices.type, devices.devmajor, devices.devminor = tarfile.BLKTYPE, 8, 0
    loop = tarfile.TarInfo("a")
    loop.type, loop.linkname = tarfile.SYMTYPE, "a"
    up = tarfile.TarInfo("../../etc/passwd")
    absolute = tarfile.TarInfo("link")
    absolute.type, absolute.linkname = tarfile.SYMTYPE, "/etc"
    lower = tar_of([("etc/os-release", b"ID=debian\nVERSION_ID=12\n"),
                    ("var/lib/dpkg/status", b"Package: curl\nStatus: install ok installed\nVersion: 7.88.1-10\nArchitecture: amd64\n\n")])
    cases = {
        "a package name of 8 MB": [lower, many],
        "devices, loops, paths that lead out": [lower, tar_of([(devices, b""), (loop, b""), (up, b"x"), (absolute, b"")])],
        "a layer that is cut off": [lower, tar_of([("f", b"x" * 100000)])[:50000]],
        "a layer that is no tar": [lower, b"\x00" * 511 + b"\x01" + b"garbage" * 1000],
        "a layer of zeros, compressed": [lower, gzip_bomb()],
    }
    for name, layers in cases.items():
        path = docker_archive(os.path.join(work, "hostile.tar"), layers)
        code, report = scan("--db", db, path, timeout=120)
        known = ("curl", "7.88.1-10", "CVE-2030-1", "7.88.1-10+deb12u1") in found(report)
        tap.ok(code in (1, 3) and (known or "status" in name or "name" in name), f"{name}: the rest is reported", code, found(report),
               report["errors"][:3])
    with open(os.path.join(work, "hostile.tar"), "rb") as f:
        whole = f.read()
    for size in 0, 1, 511, 512, 1024, len(whole) // 2:
        cut = os.path.join(work, "cut.tar")
        with open(cut, "wb") as f:
            f.write(whole[:size])
        code, _, err = run("scan", "--no-config", "--db", db, cut)
        tap.ok(code in (1, 2, 3), f"an archive cut to {size} bytes: exit code {code}", err)
    config = json.dumps({"rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64]}}).encode()
    manifest = json.dumps([{"Config": "c.json", "Layers": ["l.tar"]}]).encode()
    path = os.path.join(work, "wrong.tar")
    import gzip
    with open(path, "wb") as f:
        f.write(tar_of([("manifest.json", manifest), ("c.json", config), ("l.tar", gzip.compress(lower))]))
    code, report = scan("--db", db, path)
    tap.ok(code == 3 and found(report) and any("sha256:000" in e["message"] for e in report["errors"]),
           "a wrong diff id: named, exit code 3, the packages are reported", code, report["errors"])


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(x) for x in f.read().split()]


def test_reader_that_is_ended():
    """What reads an image is a process of its own: when it is ended, somebody says so."""
    import signal
    import time
    scanning = subprocess.Popen([PROGRAM, "scan", "--no-config", "--no-advisories", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)
    for _ in range(200):
        readers = children(scanning.pid)
        if readers and os.path.basename(os.readlink(f"/proc/{readers[0]}/exe")) == "bulkhead-scan":
            break
        time.sleep(0.02)
    os.kill(readers[0], signal.SIGKILL)
    _, err = scanning.communicate(timeout=60)
    tap.ok(scanning.returncode == 3 and "was ended by" in err, "a reader that is ended: told, exit code 3", scanning.returncode, err)


try:
    for test in (test_reports, test_options, test_archives_in_archives, test_nothing_known, test_twins, test_cache, test_reader_that_is_ended, test_hostile, test_golden,
                 test_debian):
        test()
finally:
    shutil.rmtree(work, ignore_errors=True)
tap.end()
