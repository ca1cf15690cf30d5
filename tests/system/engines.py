#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Images of real engines, each with a store and a socket of its own in a temporary folder: what bulkhead reads from a store or over a socket is what it
reads from the archive that the engine saves. Nothing comes from a network."""
import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
from common import Tap, report, run  # noqa: E402

tap = Tap()
NO_DOCKER = {"DOCKER_DATA_ROOT": "/nowhere", "DOCKER_HOST": "unix:///nowhere"}
NO_PODMAN = {"CONTAINERS_STORAGE_CONF": "/nowhere/storage.conf", "CONTAINER_HOST": "unix:///nowhere"}
STATUS = "".join(f"""Package: {name}
Status: install ok installed
Architecture: amd64
Version: {version}
Maintainer: nobody
Description: made for a test

""" for name, version in (("libone", "1.2-3"), ("two", "2:4.5+deb12u1"), ("three", "0.1")))
KEY = "AKIA" + "Z7QXM3NDV5KTR2WB"
RELEASE = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'


def layer(*entries):
    """A tar of (name, content), (name, None) for a folder, (name, ("link", to)) and (name, ("hard", to))."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.mtime, info.mode = 1700000000, 0o644
            if content is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            elif isinstance(content, tuple):
                info.type = tarfile.SYMTYPE if content[0] == "link" else tarfile.LNKTYPE
                info.linkname = content[1]
            else:
                info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()) if info.isreg() else None)
    return out.getvalue()


def archive(path, name, layers):
    """What `docker save` writes."""
    config = {"architecture": "amd64", "os": "linux", "created": "2024-01-02T03:04:05Z",
              "config": {"User": "1000", "Env": ["PATH=/bin"], "Cmd": ["/bin/one"]},
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(one).hexdigest() for one in layers]},
              "history": [{"created": "2024-01-02T03:04:05Z", "created_by": f"RUN make {number}"} for number in range(len(layers))]}
    text = json.dumps(config).encode()
    digest = hashlib.sha256(text).hexdigest()
    names = [f"{number}.tar" for number in range(len(layers))]
    manifest = json.dumps([{"Config": digest + ".json", "RepoTags": [name], "Layers": names}]).encode()
    with tarfile.open(path, "w") as tar:
        for member, content in [*zip(names, layers), (digest + ".json", text), ("manifest.json", manifest)]:
            info = tarfile.TarInfo(member)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return "sha256:" + digest


LAYERS = [
    layer(("etc", None), ("etc/os-release", RELEASE), ("var", None), ("var/lib", None), ("var/lib/dpkg", None),
          ("var/lib/dpkg/status", STATUS), ("srv", None), ("srv/old", None), ("srv/old/key.txt", f"id = {KEY}\n"),
          ("srv/old/keep.txt", "nothing\n"), ("srv/gone.env", f"aws_access_key_id = {KEY}\n"), ("bin", None),
          ("bin/one", "#!/bin/sh\n"), ("bin/two", ("hard", "bin/one")), ("bin/three", ("link", "one"))),
    layer(("srv", None), ("srv/.wh.gone.env", ""), ("srv/old", None), ("srv/old/.wh..wh..opq", ""),
          ("srv/old/new.txt", "new\n"), ("var", None), ("var/lib", None), ("var/lib/dpkg", None),
          ("var/lib/dpkg/status", STATUS.replace("0.1", "0.2"))),
    layer(("opt", None), ("opt/requirements.txt", "flask==2.0.1\n"), ("srv", None), ("srv/.wh.old", "")),
]


def essence(code, found):
    """What must be the same wherever the image lies."""
    image = found["images"][0]
    packages = sorted((p["name"], p["version"], p.get("path"), p.get("layer"), p.get("deleted", False)) for p in image["packages"])
    findings = sorted((f["rule"], f["severity"], f.get("message", "").split(" ", 1)[-1], f.get("line")) for f in found["findings"])
    layers = [(one.get("diff_id"), one.get("files")) for one in image["layers"]]
    return code, packages, findings, layers, [e["message"] for e in found["errors"]]


def without_counts(found):
    """A store of whole trees cannot tell folders that a layer names without changing them."""
    return (*found[:3], [one[0] for one in found[3]], found[4])


def scan(word, **more):
    environment = {**os.environ, **{key: value for key, value in more.items() if value is not None}}
    code, found = report("scan", "--no-advisories", "--no-cache", word, env=environment)
    return essence(code, found)


def same(name, ours, theirs):
    if "vfs" in name:
        ours, theirs = without_counts(ours), without_counts(theirs)
    names = ("exit code", "packages", "findings", "layers", "errors")
    tap.ok(ours == theirs, name, *(f"{part}: {a} / {b}" for part, a, b in zip(names, ours, theirs) if a != b))


def calls(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **options)


@contextlib.contextmanager
def background(*words, socket, log):
    """A server of ours, until the end of the block; gives whether its socket came up."""
    with open(log, "wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if os.path.exists(socket) or process.poll() is not None:
                break
            time.sleep(0.1)
        yield os.path.exists(socket) and process.poll() is None
    finally:
        process.terminate()
        process.wait(60)


# --- Podman ---


def podman_words(folder, driver):
    return ["podman", "--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", driver,
            "--cgroup-manager", "cgroupfs", "--events-backend", "none"]


def test_podman_names(environment, driver, reference, digest):
    for word in ("podman:localhost/engines-test:one", "podman:engines-test:one", "podman:" + digest, "podman:" + digest[7:],
                 "podman:" + digest[7:17], "containers-storage:engines-test:one"):
        same(f"podman, {driver}: {word.replace(digest[7:], 'ID').replace(digest[7:17], 'ID-PREFIX')}", scan(word, **environment), reference)
    code, found = report("scan", "--no-advisories", "podman:engines-test:two", env={**os.environ, **environment})
    tap.ok(code == 3 and "no such image" in str(found["errors"]), f"podman, {driver}: a name that is not there", found["errors"])


def test_podman(driver, saved, reference, digest, scratch):
    folder = os.path.join(scratch, "podman-" + driver)
    os.mkdir(folder)
    words = podman_words(folder, driver)
    loaded = calls(*words, "load", "-i", saved)
    if loaded.returncode:
        tap.skip(f"podman, {driver}", "it cannot load an image here: " + " ".join(loaded.stderr.split())[-150:])
        return
    conf = os.path.join(folder, "storage.conf")
    with open(conf, "w", encoding="utf-8") as out:
        out.write(f'[storage]\ndriver = "{driver}"\nrunroot = "{folder}/run"\ngraphroot = "{folder}/root"\n')
    test_podman_names({"CONTAINERS_STORAGE_CONF": conf, "CONTAINER_HOST": "unix:///nowhere"}, driver, reference, digest)
    test_podman_commit(driver, scratch)
    test_records({"CONTAINERS_STORAGE_CONF": conf, "CONTAINER_HOST": "unix:///nowhere", **NO_DOCKER}, digest, scratch, "podman " + driver)
    socket = os.path.join(folder, "podman.sock")
    with background(*words, "system", "service", "--time=0", "unix://" + socket, socket=socket, log=folder + "/log") as up:
        if not up:
            tap.skip(f"podman, {driver}: over its socket", "the service does not start")
            return
        same(f"podman, {driver}: over its socket", scan("podman:engines-test:one", CONTAINER_HOST="unix://" + socket), reference)


def test_podman_commit(driver, scratch):
    """An image that Podman makes itself: from a tar, and a container in which something is deleted, replaced and linked."""
    folder = os.path.join(scratch, "podman-" + driver)
    words, root = podman_words(folder, driver), os.path.join(folder, "tree.tar")
    with open(root, "wb") as out:
        out.write(LAYERS[0])
    calls(*words, "import", root, "engines-test:imported")
    made = calls(*words, "create", "--name", "work", "engines-test:imported", "/bin/one")
    mounted = calls(*words, "mount", "work") if made.returncode == 0 else made
    where = mounted.stdout.strip()
    if mounted.returncode or not os.path.isdir(where):
        tap.skip(f"podman, {driver}: a commit", "no container can be mounted here")
        return
    shutil.rmtree(where + "/srv/old")
    os.mkdir(where + "/srv/old")
    os.remove(where + "/srv/gone.env")
    with open(where + "/srv/old/requirements.txt", "w", encoding="utf-8") as out:
        out.write("flask==2.0.1\n")
    os.link(where + "/srv/old/requirements.txt", where + "/srv/notes")
    os.link(where + "/srv/notes", where + "/srv/zz-requirements.txt")
    calls(*words, "umount", "work")
    calls(*words, "commit", "work", "engines-test:committed")
    saved = os.path.join(folder, "committed.tar")
    calls(*words, "save", "-o", saved, "engines-test:committed")
    theirs = scan(saved)
    environment = {"CONTAINERS_STORAGE_CONF": folder + "/storage.conf", "CONTAINER_HOST": "unix:///nowhere"}
    tap.ok(any(p[0] == "flask" for p in theirs[1]), f"podman, {driver}: what is committed holds a package", theirs)
    same(f"podman, {driver}: a commit", scan("podman:engines-test:committed", **environment), theirs)


# --- records ---


def records(environment, *words):
    code, out, _ = run("scan", "--records", "--format", "json", *words, env={**os.environ, **environment})
    found = json.loads(out)
    return code, {one["id"]: one["record"] for one in found["images"] if "engines-test:one" in str(one["names"])}, found


def test_records(environment, digest, scratch, how):
    database = os.path.join(scratch, "advisories.db")
    advisory = os.path.join(scratch, "one.json")
    with open(advisory, "w", encoding="utf-8") as out:
        json.dump({"id": "DEBIAN-CVE-2024-0001", "modified": "2024-01-02T03:04:05Z", "affected": [{
            "package": {"ecosystem": "Debian:12", "name": "libone"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]}]}, out)
    run("db", "import", "--db", database, advisory)
    environment = {**environment, "XDG_STATE_HOME": os.path.join(scratch, "state-" + how.replace(" ", "-"))}
    code, states, _ = records(environment)
    tap.ok((code, states) == (1, {digest: "never-scanned"}), f"records, {how}: never scanned", code, states)
    word = ("podman:" if how.startswith("podman") else "docker:") + "engines-test:one"
    run("scan", "--no-advisories", word, env={**os.environ, **environment})
    code, states, _ = records(environment)
    tap.ok((code, states) == (1, {digest: "incomplete"}), f"records, {how}: without advisories", code, states)
    run("scan", "--db", database, word, env={**os.environ, **environment})
    code, states, found = records(environment)
    others = found["summary"]["images"] - found["summary"]["fresh"]
    tap.ok(states == {digest: "fresh"} and code == (1 if others else 0), f"records, {how}: fresh", code, found)
    code, out, _ = run("scan", "--records", "--max-age", "2w", env={**os.environ, **environment})
    tap.ok("fresh" in out and digest[7:19] in out, f"records, {how}: as text", out)
    code, _, err = run("scan", "--records", "--max-age", "soon", env={**os.environ, **environment})
    tap.ok(code == 2 and "--max-age" in err, f"records, {how}: a time that is none", err)


def test_no_records(scratch):
    nowhere = {"DOCKER_DATA_ROOT": scratch + "/nothing", "DOCKER_HOST": "unix:///nowhere", "CONTAINER_HOST": "unix:///nowhere"}
    with open(scratch + "/empty.conf", "w", encoding="utf-8") as out:
        out.write(f'[storage]\ndriver = "overlay"\ngraphroot = "{scratch}/nothing"\n')
    code, _, found = records({**nowhere, "CONTAINERS_STORAGE_CONF": scratch + "/empty.conf"})
    tap.ok(code == 3 and found["errors"], "records: no engine", code, found)


# --- Docker ---


def test_docker_names(environment, reference, digest, how):
    for word in ("docker:engines-test:one", "docker:docker.io/library/engines-test:one", "docker:" + digest, "docker:" + digest[7:19]):
        same(f"docker, {how}: {word.replace(digest[7:], 'ID').replace(digest[7:19], 'ID-PREFIX')}", scan(word, **environment), reference)
    code, found = report("scan", "--no-advisories", "docker:engines-test", env={**os.environ, **environment})
    tap.ok(code == 3 and "such image" in str(found["errors"]).lower(), f"docker, {how}: a tag that is not there", found["errors"])


def test_docker(driver, saved, reference, digest, scratch):
    folder = os.path.join(scratch, "docker-" + driver)
    os.mkdir(folder)
    socket = folder + "/d.sock"
    environment = {"DOCKER_HOST": "unix://" + socket}
    words = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", "unix://" + socket,
             "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver", driver, "--config-file", folder + "/none.json"]
    with open(folder + "/none.json", "w", encoding="utf-8") as out:
        out.write("{}")
    with background(*words, socket=socket, log=folder + "/log") as up:
        loaded = calls("docker", "load", "-i", saved, env={**os.environ, **environment}) if up else None
        if not up or loaded.returncode:
            tap.skip(f"docker, {driver}", "it does not start here, or cannot load an image")
            return
        store = {"DOCKER_DATA_ROOT": folder + "/data", "DOCKER_HOST": "unix:///nowhere"}
        test_docker_names(store, reference, digest, driver + ", from the store")
        test_docker_names(environment, reference, digest, driver + ", over the socket")
        test_records({**store, **NO_PODMAN}, digest, scratch, "docker " + driver + " store")
        test_records({**environment, **NO_PODMAN}, digest, scratch, "docker " + driver + " socket")
        out = os.path.join(folder, "saved.tar")
        calls("docker", "save", "-o", out, "engines-test:one", env={**os.environ, **environment})
        same(f"docker, {driver}: what docker save writes", scan(out), reference)


def test_absent(scratch):
    environment = {**os.environ, "DOCKER_DATA_ROOT": scratch + "/nothing", "DOCKER_HOST": "unix://" + scratch + "/no.sock"}
    code, found = report("scan", "--no-advisories", "docker:app", env=environment)
    message = str(found["errors"])
    tap.ok(code == 3 and "/nothing" in message and "/no.sock" in message and "docker save" in message,
           "no engine: the error says what was tried", code, message)


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-engines-")
    os.environ.update(XDG_STATE_HOME=scratch + "/state", XDG_CACHE_HOME=scratch + "/cache")
    try:
        saved = os.path.join(scratch, "saved.tar")
        digest = archive(saved, "engines-test:one", LAYERS)
        reference = scan(saved)
        tap.ok(len(reference[1]) == 4 and any("secret" in f[0] for f in reference[2]) and not reference[4],
               "the archive: four packages, a secret, no errors", reference)
        test_absent(scratch)
        test_no_records(scratch)
        for driver in ("overlay", "vfs"):
            if not shutil.which("podman"):
                tap.skip(f"podman, {driver}", "podman is not installed")
            else:
                test_podman(driver, saved, reference, digest, scratch)
        for driver in ("overlay2", "vfs"):
            if not shutil.which("dockerd") or not shutil.which("docker") or os.geteuid():
                tap.skip(f"docker, {driver}", "dockerd is not installed, or this is not root")
            else:
                test_docker(driver, saved, reference, digest, scratch)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
