# SPDX-License-Identifier: Apache-2.0
"""What real executables and archives say of packages: Debian's programs (fetched by apt where that works), what Go and Cargo say themselves, real jars;
and the same in an image, where the distribution that owns a program speaks for it."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

from common import ROOT, Tap

tap = Tap()
TOOL = os.path.abspath(sys.argv[1])
PROGRAM = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else os.path.join(ROOT, "build", "bulkhead")


def said(what, path, file):
    """The packages that a file says, as (type, name, version); and the problems."""
    done = subprocess.run([TOOL, what, path, file], capture_output=True, text=True, timeout=120, check=False)
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {tuple(row[1:4]) for row in rows if row[0] == "package"}, [row for row in rows if row[0] == "problem"]


def fetch(package, to):
    """Unpacks a package of Debian; its version, or None where it cannot be had."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    folder = tempfile.mkdtemp(dir=to)
    try:
        subprocess.run(["apt-get", "download", package], cwd=folder, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired:
        return None
    for file in glob.glob(f"{folder}/*.deb"):
        subprocess.run(["dpkg-deb", "-x", file, f"{to}/root"], check=True)
        version = subprocess.run(["dpkg-deb", "-f", file, "Version"], capture_output=True, text=True, check=True).stdout.strip()
        return re.sub(r"-[^-]*$", "", re.sub(r"^\d+:", "", version))
    return None


# --- known programs ---

PROGRAMS = [  # package of Debian, file in it, the name it has elsewhere, what it is
    ("python3.11-minimal", "usr/bin/python3.11", None, "python"),
    ("libpython3.11", "usr/lib/*/libpython3.11.so.1.0", None, "python"),
    ("libnode108", "usr/lib/*/libnode.so.108", None, "node"),
    ("libruby3.1", "usr/lib/*/libruby-3.1.so.*.*.*", None, "ruby"),
    ("perl-base", "usr/bin/perl", None, "perl"),
    ("libperl5.36", "usr/lib/*/libperl.so.5.36.*", None, "perl"),
    ("php8.2-cli", "usr/bin/php8.2", "php", "php"),
    ("nginx", "usr/sbin/nginx", None, "nginx"),
    ("apache2-bin", "usr/sbin/apache2", "httpd", "httpd"),
    ("redis-tools", "usr/bin/redis-check-rdb", "redis-server", "redis"),
    ("postgresql-15", "usr/lib/postgresql/15/bin/postgres", None, "postgresql"),
    ("mariadb-server-core", "usr/sbin/mariadbd", None, "mariadb"),
    ("openssl", "usr/bin/openssl", None, "openssl"),
    ("libssl3", "usr/lib/*/libcrypto.so.3", None, "openssl"),
    ("curl", "usr/bin/curl", None, "curl"),
    ("libcurl4", "usr/lib/*/libcurl.so.4.*.*", None, "curl"),
    ("busybox-static", "bin/busybox", None, "busybox"),
    ("bash", "bin/bash", None, "bash"),
    ("haproxy", "usr/sbin/haproxy", None, "haproxy"),
    ("memcached", "usr/bin/memcached", None, "memcached"),
]


def compare_programs(work):
    for package, pattern, name, program in PROGRAMS:
        version = fetch(package, work)
        files = [f for f in glob.glob(f"{work}/root/{pattern}") if not os.path.islink(f)]
        if not version or not files:
            tap.skip(f"{program}: {package}", "the package cannot be had")
            continue
        version = re.sub(r"[+~].*", "", version)
        got, problems = said("program", f"usr/local/bin/{name or os.path.basename(files[0])}", files[0])
        tap.ok(got == {("binary", program, version)} and not problems, f"{program}: {package}", got, version, problems)
        got, _ = said("program", "usr/local/bin/something", files[0])
        tap.ok(not got, f"{program}: nothing under another name", got)


def compare_java_runtime():
    if not shutil.which("java"):
        tap.skip("java: its release", "java is not here")
        return
    home = os.path.dirname(os.path.dirname(os.path.realpath(shutil.which("java"))))
    if not os.path.exists(f"{home}/release"):
        tap.skip("java: its release", "it has none")
        return
    done = subprocess.run(["java", "-version"], capture_output=True, text=True, timeout=60, check=False).stderr
    want = re.search(r'version "([^"]+)"', done).group(1)
    got, _ = said("read", "opt/java/release", f"{home}/release")
    tap.ok(got == {("binary", "java", want)}, "java: its release", got, want)


# --- Go and Rust ---

def compare_go(work):
    go = shutil.which("go")
    files = [go] if go else []
    if not go and fetch("golang-1.19-go", work):
        files = glob.glob(f"{work}/root/usr/lib/go-1.19/bin/go*")
        go = f"{work}/root/usr/lib/go-1.19/bin/go"
    image = os.path.join(os.path.dirname(ROOT), "shared", "images", "lang-app.docker-archive.tar.gz")
    if not files:
        tap.skip("go: as go version -m", "Go is not here")
        return
    files += unpack_image(image, work, ("gobin", "runc", "skopeo"))
    for file in files:
        text = subprocess.run([go, "version", "-m", file], capture_output=True, text=True, timeout=60, check=True).stdout
        want = {("go", "stdlib", re.match(r".*: go([\d.]+)", text).group(1))}
        lines = [line.split("\t")[1:] for line in text.splitlines()[1:]]
        for at, line in enumerate(lines):
            if line[0] in ("dep", "mod") and not (at + 1 < len(lines) and lines[at + 1][0] == "=>"):
                want.add(("go", line[1], line[2]))
            if line[0] == "=>":
                want.add(("go", line[1], line[2]))
        want = {row for row in want if row[2] != "(devel)"}
        got, problems = said("program", "usr/bin/any", file)
        tap.ok(got == want and not problems, f"go: as go version -m of {os.path.basename(file)}", got ^ want, problems)


def unpack_image(path, work, names):
    """The files of these names in an image."""
    found = []
    if not os.path.exists(path):
        return found
    with tarfile.open(path) as outer:
        for layer in json.load(outer.extractfile("manifest.json"))[0]["Layers"]:
            with tarfile.open(fileobj=outer.extractfile(layer)) as inner:
                for member in inner:
                    if member.isfile() and os.path.basename(member.name) in names:
                        to = f"{work}/{os.path.basename(member.name)}"
                        with open(to, "wb") as f:
                            f.write(inner.extractfile(member).read())
                        os.chmod(to, 0o755)
                        found.append(to)
    return found


def compare_rust(work):
    """A program as cargo-auditable makes it: the section is added by hand."""
    if not (shutil.which("cc") and shutil.which("objcopy")):
        tap.skip("rust: a section that objcopy adds", "there is no compiler")
        return
    with open(f"{work}/a.c", "w", encoding="ascii") as f:
        f.write("int main(void) { return 0; }\n")
    crates = [{"name": "a", "version": "1.0.0", "source": "crates.io"}, {"name": "b", "version": "2.0.0-rc.1", "source": "git", "kind": "build"},
              {"name": "c", "version": "0.1.0", "source": "local", "root": True, "dependencies": [0, 1]}]
    with open(f"{work}/crates", "wb") as f:
        f.write(zlib.compress(json.dumps({"packages": crates}).encode()))
    subprocess.run(["cc", "-o", f"{work}/a", f"{work}/a.c"], check=True)
    got, problems = said("program", "usr/bin/a", f"{work}/a")
    tap.ok(not got and not problems, "rust: nothing without the section", got, problems)
    subprocess.run(["objcopy", "--add-section", f".dep-v0={work}/crates", f"{work}/a", f"{work}/b"], check=True)
    got, problems = said("program", "usr/bin/a", f"{work}/b")
    tap.ok(got == {("cargo", c["name"], c["version"]) for c in crates} and not problems, "rust: a section that objcopy adds", got, problems)


# --- Java ---

def compare_jars(work):
    """Jars say what their pom.properties say, read by another program; and an archive of them all says it of all of them."""
    fetch("libcommons-io-java", work)
    jars = [f for f in glob.glob(f"{work}/root/usr/share/java/*.jar") + glob.glob("/usr/share/java/*.jar") if not os.path.islink(f)]
    want_all, wrong = set(), []
    for jar in jars:
        with zipfile.ZipFile(jar) as z:
            want = set()
            for name in z.namelist():
                if re.fullmatch(r"META-INF/maven/.*/pom\.properties", name):
                    row = dict(re.findall(r"(?m)^\s*(\w+)\s*=\s*(.*?)\s*$", z.read(name).decode("utf-8", "replace")))
                    want.add(("maven", f"{row['groupId']}:{row['artifactId']}", row["version"]))
        got, problems = said("read", f"opt/{os.path.basename(jar)}", jar)
        want_all |= want
        if problems or not want <= got or len(got) > len(want) + 1:
            wrong.append((jar, want, got, problems))
    if not jars:
        tap.skip("java: jars of this machine", "there are none")
        return
    tap.ok(not wrong and want_all, f"java: {len(jars)} jars of this machine", *wrong)
    for method, name in ((zipfile.ZIP_STORED, "stored"), (zipfile.ZIP_DEFLATED, "deflated")):
        with zipfile.ZipFile(f"{work}/app.war", "w", method) as z:
            for jar in {os.path.basename(jar): jar for jar in jars}.values():
                z.write(jar, f"WEB-INF/lib/{os.path.basename(jar)}")
        got, problems = said("read", "srv/app.war", f"{work}/app.war")
        tap.ok(want_all <= got and not problems, f"java: the same in one archive, {name}", want_all - got, problems)


# --- in an image ---

def compare_owned(work):
    """A program that a package owns is its distribution's; beside it, the same without an owner is nobody's."""
    files = [f for f in glob.glob(f"{work}/root/usr/lib/*/libnode.so.108")]
    if not files or not os.path.exists(PROGRAM):
        tap.skip("owned programs", "there is no program to own")
        return
    root = f"{work}/image"
    for folder in ("usr/bin", "usr/local/bin", "var/lib/dpkg/info", "etc"):
        os.makedirs(f"{root}/{folder}")
    for to in ("usr/bin/node", "usr/local/bin/node"):
        shutil.copy(files[0], f"{root}/{to}")
        os.chmod(f"{root}/{to}", 0o755)
    texts = {"etc/os-release": "ID=debian\nVERSION_ID=12\n", "var/lib/dpkg/info/nodejs.list": "/.\n/usr/bin/node\n",
             "var/lib/dpkg/status": "Package: nodejs\nStatus: install ok installed\nVersion: 18.20.4+dfsg-1~deb12u1\nArchitecture: amd64\n"}
    for path, text in texts.items():
        with open(f"{root}/{path}", "w", encoding="ascii") as f:
            f.write(text)
    with open(f"{work}/core.jsonl", "w", encoding="ascii") as f:
        f.write(json.dumps({"cve": ["CVE-2099-1234"], "ref": "https://example.org/a", "vulnerable": "18.x", "patched": "^18.99.0",
                            "description": "an example", "overview": "an example", "affectedEnvironments": ["all"], "severity": "high", "_id": "1"}) + "\n")
    subprocess.run([PROGRAM, "db", "import", "--db", f"{work}/a.db", f"{work}/core.jsonl"], capture_output=True, check=True)
    done = subprocess.run([PROGRAM, "scan", "--db", f"{work}/a.db", "--format", "json", root], capture_output=True, text=True, timeout=120, check=False)
    report = json.loads(done.stdout)
    rows = report["images"][0]["packages"]
    nodes = {row["path"]: row for row in rows if row["type"] == "binary" and row["name"] == "node"}
    tap.ok(set(nodes) == {"/usr/bin/node", "/usr/local/bin/node"}, "both programs are listed", rows)
    owners = {path: row.get("owner", "") for path, row in nodes.items()}
    tap.ok(owners.get("/usr/bin/node") == "nodejs" and not owners.get("/usr/local/bin/node"), "the one that a package owns says so", owners)
    found = [(f["id"], f["package"]["path"]) for f in report["findings"] if "id" in f]
    tap.ok(found == [("CVE-2099-1234", "/usr/local/bin/node")], "and only the other one is judged by the advisories of its makers", found)


with tempfile.TemporaryDirectory() as top:
    compare_programs(top)
    compare_java_runtime()
    compare_go(top)
    compare_rust(top)
    compare_jars(top)
    compare_owned(top)
tap.end()
