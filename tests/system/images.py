#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Archives and images as real tools make them: our reading of them against that of tar, gzip, zstd, xz, bzip2 and skopeo; and hostile ones."""
import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zlib

from common import PROGRAM as TOOL, SHARED, Tap

tap = Tap()
LIMIT, DAMAGED, ABSENT = 3, 4, 5  # base/error.h


def tool(*arguments, stdin=None):
    """Runs image_tool; (exit code, stdout as bytes, stderr)."""
    done = subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, stdin=stdin or subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def sha(data):
    return hashlib.sha256(data).hexdigest()


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    return path


def have(program, name):
    if shutil.which(program):
        return True
    tap.skip(name, f"{program} is not installed")
    return False


# --- tar, against GNU tar ---

def make_tree(root):
    """A tree of everything that tar knows; returns the names that only the newer formats can hold."""
    long = "l" * 90
    write(f"{root}/plain", b"content\n" * 1000)
    write(f"{root}/empty", b"")
    write(f"{root}/d1/{long}/{long}/{long}/deep", b"deep\n")
    write(f"{root}/" + "n" * 200, b"long name\n")
    write(f"{root}/with space\tand tab \u00e9", b"odd\n")
    os.symlink("plain", f"{root}/short-link")
    os.symlink("x" * 180, f"{root}/long-link")
    os.link(f"{root}/plain", f"{root}/hard")
    os.link(f"{root}/" + "n" * 200, f"{root}/hard-to-long")
    os.mkfifo(f"{root}/fifo")
    with open(f"{root}/sparse", "wb") as f:
        for at in range(0, 200):
            f.seek(at * 65536)
            f.write(b"x" * (at + 1))
        f.truncate(20 << 20)
    os.chmod(f"{root}/plain", 0o4755)
    os.chmod(f"{root}/d1", 0o1777)
    os.utime(f"{root}/empty", (1, -5))
    os.utime(f"{root}/plain", (1, 9999999999))
    if os.geteuid() == 0:
        os.mknod(f"{root}/null", 0o600 | 0o020000, os.makedev(1, 3))
        os.chown(f"{root}/empty", 3000000, 4000000)


LINE = re.compile(r"^([-bcdhlpsV])(\S{9})\s+(\d+)/(\d+)\s+(\S+)\s+(\S+ \S+)\s+(.*)$")
TYPES = {"-": "file", "h": "hardlink", "l": "symlink", "c": "char", "b": "block", "d": "dir", "p": "fifo"}


def clean(name):
    return "/".join(p for p in name.split("/") if p not in ("", "."))


def gnu_listing(archive):
    """What `tar t` says: {name: (type, uid, gid, size, link)}."""
    text = subprocess.run(["tar", "-tvf", archive, "--numeric-owner", "--full-time", "--quoting-style=literal"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, check=False).stdout
    rows = {}
    for line in text.decode().splitlines():
        kind, _, uid, gid, size, _, name = LINE.match(line).groups()
        name, _, link = name.partition(" -> " if kind == "l" else " link to ")
        rows[clean(name)] = (TYPES[kind], int(uid), int(gid), 0 if kind in "cb" else int(size), clean(link) if kind == "h" else link)
    return rows


def our_listing(archive):
    """The same by our reader, and {name: (mode, mtime, digest)}."""
    code, out, err = tool("tar", archive)
    rows, more = {}, {}
    for line in out.decode().split("\n")[:-1]:
        kind, mode, uid, gid, size, mtime, digest, rest = line.split("\t", 7)
        name, link, _ = rest.rsplit("\t", 2)
        rows[name] = (kind, int(uid), int(gid), int(size), link)
        more[name] = (int(mode, 8), int(mtime), digest)
    return rows, more, (code, err)


def content_differs(root, rows, more):
    for name, (kind, *_) in rows.items():
        path, st = os.path.join(root, name), os.lstat(os.path.join(root, name))
        if kind == "file" and sha(open(path, "rb").read()) != more[name][2]:
            return f"{name}: content"
        if kind in ("file", "dir", "fifo") and st.st_mode & 0o7777 != more[name][0]:
            return f"{name}: mode {more[name][0]:o}"
        if kind == "file" and int(st.st_mtime // 1) != more[name][1]:
            return f"{name}: mtime {more[name][1]}, not {st.st_mtime}"
    return None


def compare_tar(work):
    root = f"{work}/tree"
    make_tree(root)
    formats = {"v7": "--format=v7", "old GNU": "--format=oldgnu", "GNU": "--format=gnu", "ustar": "--format=ustar", "pax": "--format=posix",
               "GNU sparse": "--format=gnu -S", "pax sparse 0.0": "--format=posix -S --sparse-version=0.0",
               "pax sparse 0.1": "--format=posix -S --sparse-version=0.1", "pax sparse 1.0": "--format=posix -S --sparse-version=1.0",
               "GNU, other blocking": "--format=gnu -b1", "absolute names": "--format=posix -P"}
    for name, options in formats.items():
        archive = f"{work}/{name}.tar"
        where = [root] if "-P" in options else ["-C", root, "."]
        subprocess.run(["tar", *options.split(), "-cf", archive, *where], stderr=subprocess.DEVNULL, check=False)
        want, (got, more, end) = gnu_listing(archive), our_listing(archive)
        wrong = [f"{k}: {got.get(k)}, not {want.get(k)}" for k in sorted(want.keys() | got.keys()) if got.get(k) != want.get(k)]
        tap.ok(not wrong and end[0] == 0 and len(got) > 5, f"tar: {name}, as GNU tar lists it", end, *wrong[:5])
        base = "/" if "-P" in options else root
        if options not in ("--format=v7", "--format=oldgnu", "--format=gnu", "--format=ustar", "--format=gnu -S", "--format=gnu -b1"):
            tap.ok(content_differs(base, got, more) is None, f"tar: {name}, contents", content_differs(base, got, more))
        else:  # they cannot hold times far away
            more = {k: (m, int(os.lstat(os.path.join(base, k)).st_mtime // 1), d) for k, (m, _, d) in more.items()}
            tap.ok(content_differs(base, got, more) is None, f"tar: {name}, contents", content_differs(base, got, more))


def compare_xattrs(work):
    path = write(f"{work}/xattr/ping", b"x")
    try:
        os.setxattr(path, "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
    except OSError as e:
        tap.skip("tar: capabilities of files", e)
        return
    subprocess.run(["tar", "--xattrs", "--xattrs-include=*", "--format=posix", "-cf", f"{work}/xattr.tar", "-C", f"{work}/xattr", "ping"], check=True)
    tap.ok(tool("tar", f"{work}/xattr.tar")[1].endswith(b"\tping\t\t20\n"), "tar: capabilities of files", tool("tar", f"{work}/xattr.tar"))


# --- decompression, against the tools ---

def compare_packed(work):
    data = os.urandom(300000) + b"compressible " * 400000 + os.urandom(17)
    half = len(data) // 2
    def by(command, part):
        return subprocess.run(command, input=part, stdout=subprocess.PIPE, check=True).stdout
    tools = {"gzip": (["gzip", "-c"], gzip), "xz": (["xz", "-c"], lzma), "bzip2": (["bzip2", "-c"], bz2), "zstd": (["zstd", "-qc"], None)}
    for name, (command, _) in tools.items():
        if not have(command[0], f"decompress: {name}"):
            continue
        whole, members = by(command, data), by(command, data[:half]) + by(command, data[half:])
        for kind, packed in (("one member", whole), ("two members", members)):
            code, out, err = tool("cat", write(f"{work}/packed", packed))
            tap.ok(code == 0 and out == data, f"decompress: {name}, {kind}", code, err, len(out))
        code, out, err = tool("cat", write(f"{work}/packed", whole[:-9]))
        tap.ok(code == 3 and err.startswith(f"{DAMAGED} ") and data.startswith(out), f"decompress: {name}, truncated", code, err, len(out))
        code, out, err = tool("cat", write(f"{work}/packed", whole[:len(whole) // 2]))
        tap.ok(code == 3 and data.startswith(out) and (out or name == "bzip2"), f"decompress: {name}, what can be read is", code, err, len(out))
        flipped = bytearray(whole)
        flipped[len(whole) // 2] ^= 0x55
        code, out, err = tool("cat", write(f"{work}/packed", bytes(flipped)))
        tap.ok(code == 3 or out != data or name == "zstd", f"decompress: {name}, a damaged byte", code, err)
    code, out, err = tool("cat", write(f"{work}/packed", gzip.compress(data) + bytes(1000)))
    tap.ok(code == 0 and out == data, "decompress: gzip, zeros behind it", code, err)
    packed = lzma.compress(data[:half]) + bytes(8) + lzma.compress(data[half:]) + bytes(4)
    code, out, err = tool("cat", write(f"{work}/packed", packed))
    tap.ok(code == 0 and out == data, "decompress: xz, padding between streams", code, err)
    if shutil.which("zstd"):
        wide = subprocess.run(["zstd", "-qc", "--ultra", "--long=30", "-1"], input=data, stdout=subprocess.PIPE, check=True).stdout
        code, out, err = tool("cat", write(f"{work}/packed", wide))
        tap.ok(code == 3 and err.startswith(f"{LIMIT} "), "decompress: zstd, a window of 1 GiB", code, err)


def bombs(work):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    member = packer.compress(bytes(64 << 20)) + packer.flush()
    code, _, err = tool("inflate", write(f"{work}/bomb.gz", member * 20))
    tap.ok(code == 3 and err.startswith(f"{LIMIT} "), "a gzip bomb", code, err)
    os.remove(f"{work}/bomb.gz")
    if have("zstd", "a zstd bomb"):
        with open(f"{work}/bomb.zst", "wb") as f:
            subprocess.run(f"head -c 1300M /dev/zero | zstd -qc", shell=True, stdout=f, check=True)
        code, _, err = tool("inflate", f"{work}/bomb.zst")
        tap.ok(code == 3 and err.startswith(f"{LIMIT} "), "a zstd bomb", code, err)


# --- images ---

def read_image(path, *more, stdin=None):
    """What image_tool says: ({layer rows}, [problems], {(path, layer): (state, gone, type, digest)}, exit code, stderr)."""
    code, out, err = tool("image", path, *more, stdin=stdin)
    layers, problems, files = [], [], {}
    for line in out.decode(errors="replace").split("\n"):
        part = line.split("\t")
        if part[0] == "layer":
            layers.append({"packed": part[2], "check": part[3], "diff_id": part[4], "files": int(part[5]), "whole": part[7] == "whole"})
        elif part[0] == "problem":
            problems.append((int(part[1]), part[2]))
        elif part[0] == "file":
            files[(part[8], int(part[2]))] = (part[1], int(part[3]), part[4], part[7])
    return layers, problems, files, code, err


def outer(path):
    return tarfile.open(path)  # of any compression


def real_images(work):
    folder = os.path.join(SHARED, "images")
    if not os.path.isdir(folder):
        tap.skip("real images", "there are none here")
        return
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        layers, problems, files, code, err = read_image(path, "all")
        with outer(path) as archive:
            manifest = json.load(archive.extractfile("manifest.json"))[0]
            counts = []
            for layer in manifest["Layers"]:
                write(f"{work}/layer", archive.extractfile(layer).read())
                listed = subprocess.run(["tar", "-tf", f"{work}/layer"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
                counts.append(sum(1 for n in listed if clean(n) and not os.path.basename(n).startswith(".wh.")))
        tap.ok(code == 0 and not problems, f"{name}: no problems", err, problems)
        tap.ok([l["check"] for l in layers] == ["holds"] * len(manifest["Layers"]), f"{name}: the diff ids hold", layers)
        tap.ok([l["files"] for l in layers] == counts, f"{name}: as many files as tar lists", counts, layers)
        same_by_skopeo(work, path, name, files)


def same_by_skopeo(work, path, name, files):
    """The same image as an OCI layout and as skopeo's "dir:" has the same files."""
    if not have("skopeo", f"{name}: as OCI layout"):
        return
    write(f"{work}/plain.tar", tool("cat", path)[1])  # skopeo does not read those that are compressed as a whole
    for kind in ("oci", "dir"):
        target = f"{work}/skopeo-{kind}"
        shutil.rmtree(target, ignore_errors=True)
        done = subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", f"docker-archive:{work}/plain.tar", f"{kind}:{target}" + (":x" if kind == "oci" else "")],
                              stderr=subprocess.PIPE, check=False)
        if done.returncode:
            tap.skip(f"{name}: as {kind}", done.stderr.decode().splitlines()[-1][:100])
            continue
        layers, problems, got, code, err = read_image(target)
        tap.ok(code == 0 and not problems and got == files and len(files) > 100, f"{name}: the same as {kind}", err, problems)
    packed = f"{work}/oci.tar.zst"
    if shutil.which("zstd") and os.path.isdir(f"{work}/skopeo-oci"):
        subprocess.run(f"tar -C {work}/skopeo-oci -c . | zstd -qf -o {packed}", shell=True, check=True)
        tap.ok(read_image(packed)[2] == files, f"{name}: the same as an OCI layout in one compressed archive")


def layer_of(entries):
    """A layer from (name, content or (type, link)) rows."""
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w", format=tarfile.PAX_FORMAT) as t:
        for name, what in entries:
            i = tarfile.TarInfo(name)
            if isinstance(what, tuple):
                i.type, i.linkname = what
                t.addfile(i)
            else:
                i.size = len(what)
                t.addfile(i, io.BytesIO(what))
    return b.getvalue()


def image_of(path, layers, diff_ids=None, packer=lambda x: x, config=None):
    """A docker-archive; layers are bytes or None (missing)."""
    ids = diff_ids or ["sha256:" + sha(l or b"") for l in layers]
    config = config if config is not None else json.dumps({"os": "linux", "rootfs": {"type": "layers", "diff_ids": ids}}).encode()
    rows = [("c.json", config)] + [(f"{n}.tar", packer(l)) for n, l in enumerate(layers) if l is not None]
    rows.append(("manifest.json", json.dumps([{"Config": "c.json", "Layers": [f"{n}.tar" for n in range(len(layers))]}]).encode()))
    return write(path, layer_of(rows))


def damaged_images(work):
    good, more = layer_of([("a", b"a" * 5000), ("b", b"b")]), layer_of([("c", b"c")])
    path = f"{work}/image.tar"
    layers, problems, files, code, err = read_image(image_of(path, [good, more], ["sha256:" + "0" * 64, "sha256:" + sha(more)]), "all")
    tap.ok(code == 0 and [l["check"] for l in layers] == ["differs", "holds"] and problems[0][0] == DAMAGED and len(files) == 3,
           "a wrong diff id is a problem, not an end", err, problems)
    layers, problems, files, code, err = read_image(image_of(path, [good, None]))
    tap.ok(code == 0 and len(files) == 2 and problems[0][0] == ABSENT, "a layer that is not there", err, problems)
    layers, problems, files, code, err = read_image(image_of(path, [gzip.compress(good)[:60], more], packer=lambda x: x))
    tap.ok(code == 0 and ("c", 1) in files and problems[0][0] == DAMAGED and not layers[0]["whole"], "a truncated layer", err, problems)
    layers, problems, files, code, err = read_image(image_of(path, [b"this is no archive " * 100, more]))
    tap.ok(code == 0 and ("c", 1) in files and problems[0][0] == DAMAGED, "a layer that is no archive", err, problems)
    layers, problems, files, code, err = read_image(image_of(path, [good], config=b'{"rootfs":'))
    tap.ok(code == 0 and len(files) == 2 and problems, "a broken config", err, problems)
    whole = open(image_of(path, [good, more]), "rb").read()
    for name, data, want in (("an empty file", b"", ABSENT), ("no archive", b"hello" * 1000, DAMAGED), ("a truncated archive", whole[:9000], DAMAGED),
                             ("a truncated compressed archive", gzip.compress(whole)[:200], DAMAGED), ("an archive without an image", good, ABSENT)):
        _, _, _, code, err = read_image(write(f"{work}/x", data))
        tap.ok(code == 3 and err.startswith(f"{want} "), f"{name} is one error", code, err)
    for packer in (gzip.compress, bz2.compress, lzma.compress):
        layers, problems, files, code, err = read_image(write(f"{work}/x", packer(whole)))
        tap.ok(code == 0 and not problems and len(files) == 3 and layers[0]["check"] == "holds", f"an archive packed by {packer.__module__}", err, problems)
    with open(path, "rb") as f, subprocess.Popen(["cat"], stdin=f, stdout=subprocess.PIPE) as cat:
        layers, problems, files, code, err = read_image("-", stdin=cat.stdout)
    tap.ok(code == 0 and not problems and len(files) == 3, "an archive from a pipe", err, problems)


def hostile_images(work):
    path = f"{work}/image.tar"
    sym, lnk, chr_ = tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE
    rows = [("../../etc/passwd", b"x"), ("/etc/shadow", b"y"), ("a/../../b", b"x"), ("abs", (sym, "/etc/passwd")), ("loop", (sym, "loop")),
            ("loop/x", b"z"), ("up", (sym, "../../..")), ("up/etc/hosts", b"w"), ("dev", (chr_, "")), ("hard", (lnk, "../../etc/passwd")), ("good", b"g")]
    layers, problems, files, code, err = read_image(image_of(path, [layer_of(rows)]))
    names = {n for n, _ in files}
    tap.ok(code == 0 and {"etc/shadow", "good", "abs", "dev"} <= names and not any(".." in n for n in names) and len(problems) == 3,
           "names and links that lead out", err, problems, names)
    layers, problems, files, code, err = read_image(image_of(path, [layer_of([("n" * 5000, b"x"), ("good", b"g")])]))
    tap.ok(code == 0 and ("good", 0) in files and len(problems) == 1, "a name longer than PATH_MAX", err, problems)
    big = tarfile.TarInfo("x")
    big.type, big.size = b"x", 1 << 30
    layers, problems, files, code, err = read_image(image_of(path, [big.tobuf(tarfile.GNU_FORMAT) + bytes(2048)]))
    tap.ok(code == 0 and problems and problems[0][0] == LIMIT, "a pax header of 1 GiB", err, problems)
    for shape in ('[' * 100000, '[{"Layers":[' + ','.join(['"a"'] * 5000) + ']}]', '{"layers":[{"digest":"sha256:../../../etc/passwd"}]}', "[]", "{}"):
        _, problems, files, code, err = read_image(write(path, layer_of([("manifest.json", shape.encode())])))
        tap.ok((code == 3 or problems) and not files, f"a manifest of {shape[:24]}", code, err, problems)
    index = json.dumps({"manifests": [{"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + "0" * 64}]})
    _, problems, files, code, err = read_image(write(path, layer_of([("index.json", index.encode()), ("blobs/sha256/" + "0" * 64, index.encode())])))
    tap.ok(code == 3 and err.startswith(f"{LIMIT} "), "an index that names itself", code, err)
    os.makedirs(f"{work}/layout", exist_ok=True)
    for name in ("manifest.json", "index.json"):
        os.symlink("/etc/passwd", f"{work}/layout/{name}")
        _, _, _, code, err = read_image(f"{work}/layout")
        tap.ok(code in (0, 3) and "root:" not in err, f"a layout whose {name} leads out", code, err)
        os.remove(f"{work}/layout/{name}")


def many_entries(work):
    header = layer_of([("f0000000", b"")])[:512]
    rows = bytearray()
    for i in range(1000000):
        name = b"%03d/f%06d" % (i % 500, i)
        block = bytearray(header)
        block[0:len(name)] = name
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        rows += block
    path = image_of(f"{work}/many.tar", [bytes(rows) + bytes(1024)])
    code, out, err = tool("time", path, "none")
    tap.ok(code == 0 and out.startswith(b"1000000 files"), "a million entries", code, err, out)
    os.remove(path)


def root_folders(work):
    root = f"{work}/root"
    write(f"{root}/etc/os-release", b"ID=test\n")
    write(f"{root}/usr/bin/tool", b"x" * 100000)
    os.symlink("/etc", f"{root}/outside")
    os.symlink("..", f"{root}/usr/loop")
    os.mkfifo(f"{root}/fifo")
    layers, problems, files, code, err = read_image(root)
    want = {"etc", "etc/os-release", "fifo", "outside", "usr", "usr/bin", "usr/bin/tool", "usr/loop"}
    tap.ok(code == 0 and not problems and {n for n, _ in files} == want, "a root folder", err, problems, files)
    tap.ok(files[("usr/bin/tool", 0)][3] == sha(b"x" * 100000), "a root folder: contents", files)


with tempfile.TemporaryDirectory() as top:
    compare_tar(top)
    compare_xattrs(top)
    compare_packed(top)
    bombs(top)
    real_images(top)
    damaged_images(top)
    hostile_images(top)
    many_entries(top)
    root_folders(top)
tap.end()
