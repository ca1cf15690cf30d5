#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures bulkhead scan, and beside it Trivy where $TRIVY names one, on the same images; prints the bounds where there are some.

Trivy lists packages (and secrets); it has no database here and looks nothing up, which bulkhead does in all rows but those that say otherwise.
The images: Alpine 3.10 from the shared data, and a Debian with Node.js, npm and Git that debootstrap makes once below build-debian/.

usage: scan.py BULKHEAD
"""
import hashlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile

from measure import broken, measure, once

PROGRAM = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SHARED = os.path.join(os.path.dirname(ROOT), "shared")
DEBIAN = os.path.join(ROOT, "build-debian", "rootfs")
TRIVY = os.environ.get("TRIVY")


class Bench:
    def __init__(self, work):
        self.work = work
        self.environment = {**os.environ, "XDG_CACHE_HOME": os.path.join(work, "cache"), "XDG_STATE_HOME": os.path.join(work, "state")}
        self.db = os.path.join(work, "advisories.db")
        files = [os.path.join(SHARED, "advisories", f) for f in sorted(os.listdir(os.path.join(SHARED, "advisories"))) if f.endswith(".zst")] \
            if os.path.isdir(os.path.join(SHARED, "advisories")) else []
        if files:
            subprocess.run([PROGRAM, "db", "import", "--quiet", "--db", self.db, *files], check=True)
        self.base = ["--db", self.db] if files else ["--no-advisories"]

    def ours(self, label, image, *options, times=9, **bounds):
        return measure(f"  bulkhead, {label}", [PROGRAM, "scan", "--no-config", *self.base, "--format", "json", *options, image], self.environment, times,
                       **bounds)

    def trivy(self, label, image, *options, warm=False, times=1):
        if not TRIVY:
            return
        cache = os.path.join(self.work, "trivy")
        kind = ["rootfs", image] if os.path.isdir(image) and not os.path.exists(os.path.join(image, "oci-layout")) else ["image", "--input", image]
        def command(folder):
            return [TRIVY, "-q", "--cache-dir", folder, *kind[:1], "--offline-scan", *options, *kind[1:]]
        if warm:
            once(command(cache), self.environment)
            measure(f"  Trivy, {label}", command(cache), self.environment, times)
            return
        runs = []
        for _ in range(times):
            shutil.rmtree(cache, ignore_errors=True)
            runs.append(once(command(cache), self.environment))
        print(f"  {'Trivy, ' + label:56} {statistics.median(r[0] for r in runs) * 1000:9.1f} ms {statistics.median(r[1] for r in runs) * 1000:9.1f} ms CPU "
              f"{max(r[2] for r in runs):7.1f} MB", flush=True)

    def both(self, image, **bounds):
        """Cold and warm, with and without secrets."""
        self.ours("cold, no secrets", image, "--no-secrets", "--no-cache", **bounds)
        self.ours("cold, secrets", image, "--no-cache")
        self.ours("warm, no secrets", image, "--no-secrets")
        self.ours("warm, secrets", image)
        self.trivy("cold, packages only", image, "--format", "cyclonedx")
        self.trivy("cold, secrets", image, "--scanners", "secret", "--list-all-pkgs", "--format", "json")
        self.trivy("warm, packages only", image, "--format", "cyclonedx", warm=True)
        self.trivy("warm, secrets", image, "--scanners", "secret", "--list-all-pkgs", "--format", "json", warm=True)


def make_debian():
    print("a Debian below build-debian/ (made once)", flush=True)
    os.makedirs(os.path.dirname(DEBIAN), exist_ok=True)
    return subprocess.run([os.path.join(ROOT, "tests", "make_debian.sh"), DEBIAN], check=False).returncode == 0


def docker_archive(path, *layers):
    """An archive of these tars, as docker save writes it."""
    digests = []
    with tarfile.open(path, "w") as archive:
        for n, layer in enumerate(layers):
            digest = hashlib.sha256()
            with open(layer, "rb") as f:
                for block in iter(lambda: f.read(1 << 20), b""):
                    digest.update(block)
            digests.append("sha256:" + digest.hexdigest())
            archive.add(layer, f"{n}/layer.tar")
        config = json.dumps({"os": "linux", "architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": digests}}).encode()
        manifest = json.dumps([{"Config": "config.json", "RepoTags": ["app:1"], "Layers": [f"{n}/layer.tar" for n in range(len(layers))]}]).encode()
        for name, data in (("config.json", config), ("manifest.json", manifest)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def data_layer(path, megabytes):
    """A layer of large files: models, maps, databases."""
    with tarfile.open(path, "w") as archive:
        for n in range(megabytes // 100):
            info = tarfile.TarInfo(f"srv/data/{n}.bin")
            info.size = 100 << 20
            with open("/dev/urandom", "rb") as f:
                archive.addfile(info, f)
    return path


def alpine(bench):
    image = os.path.join(SHARED, "images", "alpine-3.10.2.docker-archive.tar.gz")
    if not os.path.exists(image):
        print("Alpine: the shared data is not there")
        return
    plain = os.path.join(bench.work, "alpine.tar")
    with open(plain, "wb") as f:
        subprocess.run(["gzip", "-dc", image], stdout=f, check=True)
    for name, path in (("as a compressed archive", image), ("as docker save writes it", plain)):
        print(f"Alpine, {name}")
        bench.ours("warm, secrets", path, times=25, bound_ms=30, bound_mb=30)
        bench.trivy("warm, secrets", path, "--scanners", "secret", "--list-all-pkgs", "--format", "json", warm=True)


def debian(bench):
    if not make_debian():
        print("Debian: debootstrap needs root and a mirror")
        return
    layer = os.path.join(bench.work, "layer.tar")
    subprocess.run(["tar", "-C", DEBIAN, "--exclude=./proc/*", "--exclude=./sys/*", "--exclude=./dev/*", "-cf", layer, "."], check=True)
    archive = docker_archive(os.path.join(bench.work, "debian.tar"), layer)
    print(f"Debian, {os.path.getsize(layer) / 1e6:.0f} MB, a root folder")
    bench.both(DEBIAN)
    print("Debian, docker-archive")
    bench.both(archive)
    for compression in "gzip", "zstd":
        layout = os.path.join(bench.work, "oci-" + compression)
        subprocess.run(["skopeo", "copy", "--insecure-policy", "-q", "--dest-compress-format", compression, "docker-archive:" + archive,
                        "oci:" + layout + ":latest"], check=True)
        print(f"Debian, OCI layout, {compression}")
        bench.both(layout)
    inflate(bench, os.path.join(bench.work, "oci-gzip"))
    os.remove(archive)
    data = data_layer(os.path.join(bench.work, "data.tar"), 1000)
    large = docker_archive(os.path.join(bench.work, "large.tar"), layer, layer, data)
    print(f"Debian twice over and a layer of data, docker-archive, {os.path.getsize(large) / 1e9:.1f} GB")
    bench.ours("cold, no secrets", large, "--no-secrets", "--no-cache", bound_ms=500, bound_mb=60)
    bench.ours("cold, secrets", large, "--no-cache", times=3)


def inflate(bench, layout):
    """Against the bare inflate of the same bytes by the same library."""
    if not shutil.which("igzip"):
        print("bare inflate: igzip (package isal) is not installed")
        return
    blobs = os.path.join(layout, "blobs", "sha256")
    largest = max((os.path.join(blobs, f) for f in os.listdir(blobs)), key=os.path.getsize)
    print("gzip layers against the bare inflate")
    bare = measure("  igzip -d", ["sh", "-c", f"igzip -d -c '{largest}' > /dev/null"], bench.environment, 5)
    ours = bench.ours("no secrets, no cache", layout, "--no-secrets", "--no-cache")
    print(f"  ratio {ours / bare:.2f}, bound 1.3" + (": kept" if ours <= bare * 1.3 else ": BROKEN"))
    if ours > bare * 1.3:
        broken.append("gzip layers")


def main():
    work = tempfile.mkdtemp(prefix="bulkhead-bench-")
    try:
        bench = Bench(work)
        if not TRIVY:
            print("Trivy: $TRIVY names none, so there is nothing beside")
        alpine(bench)
        debian(bench)
    finally:
        shutil.rmtree(work)
    return 1 if broken else 0


sys.exit(main())
