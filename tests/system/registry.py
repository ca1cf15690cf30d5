#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images from registries, and advisories from the web: against Debian's docker-registry, and against servers that misbehave."""
import base64
import gzip
import hashlib
import http.client
import http.server
import io
import json
import os
import shutil
import socket
import ssl
import subprocess
import tarfile
import tempfile
import threading
import time
import urllib.parse
import zipfile

from common import PROGRAM, Tap, run

tap = Tap()
work = tempfile.mkdtemp(prefix="bulkhead-registry-")
home = os.path.join(work, "home")
processes, servers = [], []
SECRET = "s3cret-pass:word"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def path(*parts):
    return os.path.join(work, *parts)


def write(name, data):
    os.makedirs(os.path.dirname(path(name)), exist_ok=True)
    with open(path(name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())
    return path(name)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the registry does not start")


def registry(name, more):
    """A docker-registry over one common storage; its port."""
    port = free_port()
    config = write(f"{name}.yml", f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {path('store')}}}}}\n{more(port)}\n")
    with open(path(f"{name}.log"), "wb") as log:
        processes.append(subprocess.Popen(["docker-registry", "serve", config], stdout=log, stderr=log))
    wait_for(port)
    return port


def environment(**more):
    keep = {k: os.environ[k] for k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "BULKHEAD_FETCH") if k in os.environ}
    return {**keep, "HOME": home, "XDG_CACHE_HOME": path("cache"), "LANG": "C.UTF-8", "no_proxy": "*", **more}


def scan(*arguments, fresh=True, env=None):
    """(exit code, the images' layers and problems, stderr)."""
    if fresh:
        shutil.rmtree(path("cache"), ignore_errors=True)
    code, out, err = run("scan", "--no-config", "--no-advisories", "--format", "json", *arguments, env=env or environment())
    report = json.loads(out) if out else {}
    return code, report, err


def faults(report):
    return " | ".join(f"{x['file']}: {x['message']}" for x in report.get("errors", []))


def good(result, name="app"):
    """Whether an image was scanned under the name that was typed."""
    code, report, _ = result
    return code in (0, 1) and not report["errors"] and any(name in w["name"] for w in report["workloads"])


def expect(result, name, title):
    tap.ok(good(result, name), title, result[0], faults(result[1]), result[2])


def refused(result, words, title):
    code, report, err = result
    text = " ".join(faults(report).split())
    tap.ok(code == 3 and all(w in text for w in words) and SECRET not in text + err, title, code, text, err)


def tar_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def make_archive(name, architecture="amd64", size=3 << 20):
    # What does not compress, so that layers are large enough to be cut in half.
    noise = b"".join(hashlib.sha256(b"%d" % i).digest() for i in range(size // 32))
    layers = [tar_of({"etc/os-release": b"ID=debian\nVERSION_ID=\"12\"\n", "opt/noise": noise}), tar_of({"opt/" + architecture: b"x"})]
    config = json.dumps({"os": "linux", "architecture": architecture, "config": {"User": "1000"}, "history": [{}, {}],
                         "rootfs": {"type": "layers", "diff_ids": [sha(x) for x in layers]}}).encode()
    manifest = json.dumps([{"Config": "config.json", "RepoTags": ["app:1"], "Layers": ["0.tar", "1.tar"]}]).encode()
    return write(name, tar_of({"manifest.json": manifest, "config.json": config, "0.tar": layers[0], "1.tar": layers[1]}))


def push(archive, name, *options):
    subprocess.run(["skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", *options, f"docker-archive:{archive}",
                    f"docker://127.0.0.1:{PLAIN}/{name}"], check=True, capture_output=True, timeout=60, env=environment())


def ask(method, name, body=None, headers=None):
    c = http.client.HTTPConnection("127.0.0.1", PLAIN, timeout=20)
    c.request(method, name, body, headers or {})
    r = c.getresponse()
    data = r.read()
    c.close()
    return r.status, dict(r.getheaders()), data


class Front(http.server.BaseHTTPRequestHandler):
    """In front of the registry: `before` may answer itself (then it returns True); else the registry is asked."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, data=b"", **headers):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return True

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length).decode()
        self.server.seen.append((self.command, self.path, dict(self.headers.items()), self.body))
        if self.server.before(self):
            return
        keep = {k: v for k, v in self.headers.items() if k in ("Accept", "Range")}
        status, headers, data = ask("GET", self.path, headers=keep)
        names = ("Content-Type", "Docker-Content-Digest", "Content-Range", "Www-Authenticate")
        self.reply(status, data, **{k: v for k, v in headers.items() if k in names})

    do_POST = do_GET


def front(before, certificate=None):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Front)
    server.handle_error = lambda *_: None  # a client that hangs up is no news
    server.before, server.seen, server.state = before, [], {}
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    servers.append(server)
    return server, f"127.0.0.1:{server.server_port}"


def login(files):
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home)
    for name, content in files.items():
        write(os.path.join("home", name), json.dumps(content) if not isinstance(content, str) else content)


def auth_of(host, secret=SECRET, **more):
    return {"auths": {host: {"auth": base64.b64encode(f"alice:{secret}".encode()).decode(), **more}}}


# --- what every engine meets ---

def test_plain():
    host = f"127.0.0.1:{PLAIN}"
    expect(scan("--insecure-registry", host, f"{host}/team/app:1"), f"{host}/team/app:1", "plain HTTP, where it is allowed")
    expect(scan("--insecure-registry", "127.0.0.1", f"registry:{host}/team/app:1"), "team/app:1", "registry:NAME; the option without the port")
    refused(scan(f"{host}/team/app:1"), ["does not speak TLS", "--insecure-registry"], "plain HTTP, where it is not")
    refused(scan("--insecure-registry", host, f"{host}/team/none:1"), [host, "has no", "none:1"], "an image that is not there")
    refused(scan("127.0.0.1:1/app:1"), ["127.0.0.1:1", "cannot be reached"], "a registry that cannot be reached")
    refused(scan("./none.tar"), ["no such file"], "a path that does not exist is no name")
    refused(scan("none.tar.gz"), ["no such file"], "nor is what ends like a file")
    refused(scan("Not An Image"), ["neither a file or folder", "nor the name of an image"], "what is neither")
    expect(scan("--insecure-registry", host, f"{host}/team/zstd:1"), "zstd:1", "zstd layers")
    digest = ask("GET", "/v2/team/app/manifests/1", headers={"Accept": OCI_MANIFEST + ", application/vnd.docker.distribution.manifest.v2+json"})[1][
        "Docker-Content-Digest"]
    first = scan("--insecure-registry", host, f"{host}/team/app@{digest}")
    expect(first, "team/app@", "by digest")
    expect(scan(f"127.0.0.1:1/team/app@{digest}", fresh=False), "team/app@", "what is in the cache by its digest needs no network")


def test_tls():
    host, ca = f"localhost:{TLS}", ["--ca-file", "cert.pem"]
    os.chdir(work)
    name = f"{host}/team/app:1"
    login({})
    refused(scan(name), ["certificate is not trusted"], "a certificate that nobody trusts")
    refused(scan(*ca, name), ["wants a login"], "no password")
    login({".docker/config.json": auth_of(host)})
    expect(scan(*ca, name), name, "TLS with a CA file (a relative path), and the password of docker login")
    expect(scan("--insecure-registry", host, name), name, "TLS without verification")
    login({".docker/config.json": auth_of(host, SECRET + "x")})
    refused(scan(*ca, name), ["does not accept the user name and password"], "a wrong password")
    login({".config/containers/auth.json": auth_of(f"{host}/team")})
    expect(scan(*ca, name), name, "the password of podman login, for a namespace")
    login({})
    expect(scan(*ca, name, env=environment(BULKHEAD_USERNAME="alice", BULKHEAD_PASSWORD=SECRET)), name, "the password of the environment")
    expect(scan(*ca, name, env=environment(REGISTRY_AUTH_FILE=write("other.json", json.dumps(auth_of(host))))), name, "REGISTRY_AUTH_FILE")
    login({".docker/config.json": {"credHelpers": {host: "test"}}})
    tool = write("bin/docker-credential-test", f"#!/bin/sh\nread server\n[ \"$1 $server\" = 'get {host}' ] && echo "
                 f"'{{\"Username\":\"alice\",\"Secret\":\"{SECRET}\"}}'\n")
    os.chmod(tool, 0o755)
    expect(scan(*ca, name, env=environment(PATH=path("bin") + ":" + os.environ["PATH"])), name, "a credential helper")
    refused(scan(*ca, name), ["docker-credential-test", "no such program"], "a credential helper that is not there")
    login({".docker/config.json": "{\"auths\": " + SECRET})
    refused(scan(*ca, name), [".docker/config.json", "line 1"], "a damaged file, whose content is not shown")
    login({})


def test_tokens():
    def before(x):
        url = urllib.parse.urlsplit(x.path)
        asked = urllib.parse.parse_qs(url.query or x.body)
        if url.path == "/token":
            basic = "Basic " + base64.b64encode(f"alice:{SECRET}".encode()).decode()
            if x.command == "POST" and asked.get("refresh_token") == ["identity"] and asked.get("grant_type") == ["refresh_token"]:
                return x.reply(200, json.dumps({"access_token": "by-post"}).encode())
            if x.command == "GET" and x.headers.get("Authorization") == basic and asked["scope"] == ["repository:team/app:pull"] and \
                    asked["service"] == ["the service"]:
                return x.reply(200, json.dumps({"token": "by-get"}).encode())
            return x.reply(401)
        if x.headers.get("Authorization") in ("Bearer by-get", "Bearer by-post"):
            return False
        realm = f"http://127.0.0.1:{x.server.server_port}/token"
        return x.reply(401, WWW_Authenticate=f'Bearer realm="{realm}",service="the service",scope="repository:team/app:pull"')

    server, host = front(before)
    login({".docker/config.json": auth_of(host)})
    expect(scan("--insecure-registry", host, f"{host}/team/app:1"), "team/app:1", "a token for a password")
    tap.ok(sum(p.startswith("/token") for _, p, _, _ in server.seen) == 1, "one token for all requests", server.seen)
    login({".docker/config.json": auth_of(host, identitytoken="identity")})
    expect(scan("--insecure-registry", host, f"{host}/team/app:1"), "team/app:1", "a token for an identity token")
    login({".docker/config.json": auth_of(host, SECRET + "x")})
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["does not accept"], "no token for a wrong password")
    login({})

    def elsewhere(x):
        return x.reply(401, WWW_Authenticate='Bearer realm="http://evil.example/token",service="x"')

    server, host = front(elsewhere, (path("cert.pem"), path("key.pem")))
    login({".docker/config.json": auth_of(host)})
    refused(scan("--ca-file", path("cert.pem"), f"{host}/team/app:1"), ["without encryption"], "passwords are not sent without encryption")
    login({})


def test_platforms():
    host = f"127.0.0.1:{PLAIN}"
    entries = []
    for architecture, variant in (("amd64", ""), ("arm64", "v8"), ("arm", "v6")):
        push(make_archive(f"{architecture}.tar", architecture, 1 << 10), f"multi/{architecture}:1", "-f", "oci")
        _, headers, data = ask("GET", f"/v2/multi/{architecture}/manifests/1", headers={"Accept": OCI_MANIFEST})
        for d in [json.loads(data)["config"], *json.loads(data)["layers"]]:
            ask("POST", f"/v2/multi/all/blobs/uploads/?mount={d['digest']}&from=multi/{architecture}")
        ask("PUT", f"/v2/multi/all/manifests/{headers['Docker-Content-Digest']}", data, {"Content-Type": OCI_MANIFEST})
        entries.append({"mediaType": OCI_MANIFEST, "digest": headers["Docker-Content-Digest"], "size": len(data),
                        "platform": {"os": "linux", "architecture": architecture, **({"variant": variant} if variant else {})}})
    index = json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries}).encode()
    status, _, data = ask("PUT", "/v2/multi/all/manifests/1", index, {"Content-Type": OCI_INDEX})
    tap.ok(status == 201, "an index is pushed", data)
    for asked, architecture in (("linux/amd64", "amd64"), ("linux/arm64", "arm64"), ("linux/arm/v7", "arm")):
        code, report, err = scan("--insecure-registry", host, "--platform", asked, f"{host}/multi/all:1")
        image = (report.get("images") or [{}])[0]
        tap.ok(code in (0, 1) and architecture == image.get("architecture"), f"{asked} of an index", code, faults(report), err, image)
    refused(scan("--insecure-registry", host, "--platform", "linux/s390x", f"{host}/multi/all:1"), ["platform", "linux/arm/v6"],
            "a platform that is not there; those that are, are named")
    refused(scan("--insecure-registry", host, "--platform", "linux/s390x", f"{host}/team/app:1"), ["linux/amd64 only"],
            "an image for another platform")


# --- servers that misbehave ---

def is_blob(x):
    return "/blobs/" in x.path


def test_redirects():
    def store(x):
        x.server.state["headers"] = dict(x.headers.items())
        return False

    other, other_host = front(store)

    def before(x):
        if "Authorization" not in x.headers:
            return x.reply(401, WWW_Authenticate='Basic realm="x"')
        return is_blob(x) and x.reply(307, Location=f"http://{other_host}{x.path}")

    server, host = front(before)
    login({".docker/config.json": auth_of(host)})
    expect(scan("--insecure-registry", host, f"{host}/team/app:1"), "team/app:1", "blobs that lie elsewhere")
    tap.ok(other.seen and not any("authorization" in (k.lower() for k in h) for _, _, h, _ in other.seen),
           "other hosts do not get the password", other.seen)
    login({})

    _, looping = front(lambda x: x.reply(302, Location=x.path))
    refused(scan("--insecure-registry", looping, f"{looping}/team/app:1"), ["redirects"], "redirects without end")
    _, down = front(lambda x: x.reply(302, Location=f"http://127.0.0.1:{PLAIN}{x.path}"), (path("cert.pem"), path("key.pem")))
    refused(scan("--ca-file", path("cert.pem"), f"{down}/team/app:1"), ["https to http"], "a redirect from https to http")
    _, out = front(lambda x: x.reply(302, Location="file:///etc/passwd"))
    refused(scan("--insecure-registry", out, f"{out}/team/app:1"), ["redirect"], "a redirect to a file")


def test_broken_off():
    def before(x):
        if not is_blob(x) or x.server.state.get(x.path) or "Range" in x.headers:
            return False
        _, _, data = ask("GET", x.path)
        if len(data) < 1 << 20:
            return False
        x.server.state[x.path] = True
        x.send_response(200)
        x.send_header("Content-Length", str(len(data)))
        x.end_headers()
        x.wfile.write(data[:len(data) // 2])
        x.wfile.flush()
        x.close_connection = True
        return True

    server, host = front(before)
    expect(scan("--insecure-registry", host, f"{host}/team/app:1"), "team/app:1", "a blob whose transfer breaks off")
    ranges = [h.get("Range") for _, p, h, _ in server.seen if "/blobs/" in p and "Range" in h]
    tap.ok(len(ranges) == 1 and ranges[0].startswith("bytes=") and ranges[0] != "bytes=0-", "it goes on where it broke off", ranges)

    # What an earlier run has left is gone on with; what it left wrongly is fetched anew.
    blobs = path("cache/bulkhead/images/blobs/sha256")
    large = max(os.listdir(blobs), key=lambda n: os.path.getsize(os.path.join(blobs, n)))
    whole = open(os.path.join(blobs, large), "rb").read()
    for wrong in (False, True):
        shutil.rmtree(path("cache"))
        start = whole[:1 << 20]
        write(f"cache/bulkhead/images/blobs/sha256/{large}.part", start[::-1] if wrong else start)
        expect(scan("--insecure-registry", f"127.0.0.1:{PLAIN}", f"127.0.0.1:{PLAIN}/team/app:1", fresh=False), "team/app:1",
               "a damaged part of an earlier run" if wrong else "a part of an earlier run")
        tap.ok(open(os.path.join(blobs, large), "rb").read() == whole, "the blob is as it was pushed")


def test_busy():
    def before(x):
        count = x.server.state[x.path] = x.server.state.get(x.path, 0) + 1
        return "/manifests/" in x.path and count == 1 and x.reply(429, Retry_After="1")

    _, host = front(before)
    expect(scan("--insecure-registry", host, f"{host}/team/app:1"), "team/app:1", "a registry that asks to come again later")
    _, host = front(lambda x: x.reply(429, json.dumps({"errors": [{"code": "TOOMANYREQUESTS", "message": "slow\x1b down"}]}).encode(),
                                      Retry_After="100000"))
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["too many requests", "slow down"], "one that asks for too much patience")


def test_wrong_digests():
    def blob(x):
        if not is_blob(x):
            return False
        return x.reply(200, bytes(len(ask("GET", x.path)[2])))

    _, host = front(blob)
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["blob sha256:", "has the digest"], "blobs that are others")
    refused(scan("--insecure-registry", host, f"{host}/team/app:1", fresh=False), ["blob sha256:"], "they are not kept")

    def larger(x):
        return is_blob(x) and x.reply(200, ask("GET", x.path)[2] + b"more")

    _, host = front(larger)
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["larger than was said"], "blobs that are larger than the manifest says")

    def manifest(x):
        return "/manifests/" in x.path and x.reply(200, ask("GET", x.path, headers={"Accept": x.headers["Accept"]})[2] + b" ",
                                                   Docker_Content_Digest="sha256:" + "0" * 64)

    _, host = front(manifest)
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["manifest", "what came has"], "a manifest that is another than is said")
    refused(scan("--insecure-registry", host, f"{host}/team/app@sha256:{'1' * 64}"), ["manifest", "sha256:" + "1" * 64],
            "a manifest that is another than was asked for")
    _, host = front(lambda x: x.reply(200, json.dumps({"schemaVersion": 1, "fsLayers": []}).encode()))
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["schema 1"], "a manifest of schema 1")
    _, host = front(lambda x: x.reply(200, b"x" * (9 << 20)))
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["larger than"], "a manifest without end")
    _, host = front(lambda x: x.reply(200, b"[" * 100000))
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["nested too deeply"], "a manifest that is nested too deeply")
    _, host = front(lambda x: x.reply(200, json.dumps({"schemaVersion": 2, "config": {"digest": "../../x", "size": 1}, "layers": []}).encode()))
    refused(scan("--insecure-registry", host, f"{host}/team/app:1"), ["no SHA-256 digest"], "a digest that is a path")


def test_mirrors():
    host = f"127.0.0.1:{PLAIN}"
    _, broken = front(lambda x: x.reply(500))
    options = ["--insecure-registry", "127.0.0.1"]
    expect(scan(*options, "--registry-mirror", f"registry.invalid={host}", "registry.invalid/team/app:1"), "registry.invalid/team/app:1", "a mirror")
    expect(scan(*options, "--registry-mirror", f"registry.invalid={host}/team", "registry.invalid/app:1"), "registry.invalid/app:1",
           "a mirror below a prefix")
    expect(scan(*options, "--registry-mirror", f"registry.invalid={broken}", "--registry-mirror", f"registry.invalid={host}",
                "registry.invalid/team/app:1"), "team/app:1", "a broken mirror, then one that works")
    expect(scan(*options, "--registry-mirror", f"{host}={broken}", f"{host}/team/app:1"), "team/app:1", "a broken mirror, then the registry itself")


def test_concurrently():
    host = f"127.0.0.1:{PLAIN}"
    shutil.rmtree(path("cache"), ignore_errors=True)
    results = []

    def one():
        results.append(scan("--insecure-registry", host, f"{host}/team/app:1", f"{host}/team/zstd:1", fresh=False))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    tap.ok(all(good(r) for r in results), "several at once", *[faults(r[1]) for r in results])
    tap.ok(not [n for n in os.listdir(path("cache/bulkhead/images/blobs/sha256")) if n.endswith(".part")], "nothing is left behind")


# --- the program ---

def test_program():
    libraries = subprocess.run(["ldd", PROGRAM], capture_output=True, text=True, check=True).stdout
    tap.ok("libcurl" not in libraries and "libssl" not in libraries, "the program itself has neither libcurl nor TLS", libraries)


# --- advisories ---

def osv(number, ecosystem, package):
    return json.dumps({"id": number, "related": ["CVE-2024-1"] if number == "R-1" else [], "affected": [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": [
        {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]}]}).encode()


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, data in files.items():
            z.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def test_update():
    files = {"/osv/ecosystems.txt": b"npm\nDebian\nRocky Linux\nWeird\n",
             "/osv/npm/all.zip": zip_of({"A-1.json": osv("A-1", "npm", "a")}),
             "/osv/Debian/all.zip": zip_of({"D-1.json": osv("D-1", "Debian:12", "d")}),
             "/osv/Rocky%20Linux/all.zip": zip_of({"R-1.json": osv("R-1", "Rocky Linux:9", "r")}),
             "/kev.json": json.dumps({"catalogVersion": "1", "vulnerabilities": [{"cveID": "CVE-2024-1", "dateAdded": "2024-01-01"}]}).encode(),
             "/epss.csv.gz": gzip.compress(b"#model_version:v1,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\n")}

    def before(x):
        data = files.get(x.path)
        if data is None:
            return x.reply(404)
        tag = f'"{hashlib.md5(data).hexdigest()}"'
        return x.reply(304) if x.headers.get("If-None-Match") == tag else x.reply(200, data, ETag=tag)

    server, host = front(before)
    url, db = f"http://{host}/osv", path("update/advisories.db")

    def update(*arguments, db=db):
        server.seen.clear()
        return run("db", "update", "--db", db, "--kev-url", f"http://{host}/kev.json", "--epss-url", f"http://{host}/epss.csv.gz", *arguments,
                   env=environment())

    def known(ecosystem, package, db=db):
        return run("db", "match", "--db", db, ecosystem, package, "1.0.0", env=environment())[0] == 1

    result = update(url)
    tap.ok(result[0] == 0 and known("npm", "a") and known("Debian:12", "d") and known("Rocky Linux:9", "r"), "what the mirror has of the usual", result)
    tap.ok("1 exploited" in run("db", "status", "--db", db)[1] and "1 probabilities" in run("db", "status", "--db", db)[1], "with KEV and EPSS")
    result = update(url)
    tap.ok(result[0] == 0 and result[1].count("unchanged") == 5 and "imported" not in result[1], "nothing is fetched twice", result)
    files["/osv/npm/all.zip"] = zip_of({"A-2.json": osv("A-2", "npm", "b")})
    result = update(url + "/")
    tap.ok(result[0] == 0 and known("npm", "b") and not known("npm", "a") and known("Debian:12", "d"), "what has changed replaces what was", result)
    result = update(url, "--ecosystem", "npm", "--ecosystem", "Nope", "--no-kev", "--no-epss")
    tap.ok(result[0] == 3 and "Nope/all.zip" in result[2] and len(server.seen) == 2, "what cannot be had is named", result, server.seen)
    files["/osv/npm/all.zip"] = zip_of({"A-3.json": osv("A-3", "npm", "c"), "A-4.json": b"{"})
    result = update(url, "--ecosystem", "npm", "--no-kev", "--no-epss")
    tap.ok(result[0] == 3 and known("npm", "c"), "what can be read of a damaged file is imported", result)
    tap.ok(sorted(n for n in os.listdir(path("update")) if not n.startswith("advisories.db")) == [], "nothing is left behind", os.listdir(path("update")))
    run("db", "export", "--db", db, path("export.jsonl.zst"), env=environment())
    files["/export.jsonl.zst"] = open(path("export.jsonl.zst"), "rb").read()
    other = path("other/advisories.db")
    result = update(f"http://{host}/export.jsonl.zst", db=other)
    tap.ok(result[0] == 0 and known("npm", "c", other) and known("Debian:12", "d", other), "what another database has exported", result)
    result = update("http://127.0.0.1:1/osv", "--no-kev", "--no-epss", db=path("none/advisories.db"))
    tap.ok(result[0] == 2 and "cannot be reached" in result[2], "a mirror that cannot be reached", result)
    result = update("ftp://x/y")
    tap.ok(result[0] == 2 and "is no URL" in result[2], "what is no URL", result)
    if PLAIN:
        push_artifact(files["/export.jsonl.zst"])
        third, host = path("third/advisories.db"), f"127.0.0.1:{PLAIN}"
        result = run("db", "update", "--db", third, "--insecure-registry", host, f"oci://{host}/team/advisories:1", env=environment())
        tap.ok(result[0] == 0 and known("npm", "c", third), "an artifact of a registry", result)


def push_blob(repository, data):
    _, headers, _ = ask("POST", f"/v2/{repository}/blobs/uploads/")
    url = urllib.parse.urlsplit(headers["Location"])
    ask("PUT", f"{url.path}?{url.query}&digest={sha(data)}", data, {"Content-Type": "application/octet-stream"})
    return {"mediaType": "application/octet-stream", "digest": sha(data), "size": len(data)}


def push_artifact(data):
    manifest = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": push_blob("team/advisories", b"{}"), "layers": [push_blob("team/advisories", data)]}
    ask("PUT", "/v2/team/advisories/manifests/1", json.dumps(manifest).encode(), {"Content-Type": OCI_MANIFEST})


PLAIN = TLS = 0
try:
    test_program()
    missing = [p for p in ("docker-registry", "skopeo", "htpasswd", "openssl") if not shutil.which(p)]
    if missing:
        tap.skip("registries", f"{missing[0]} is not installed")
    else:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path("key.pem"), "-out", path("cert.pem"), "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"], check=True, capture_output=True)
        subprocess.run(["htpasswd", "-Bbc", path("htpasswd"), "alice", SECRET], check=True, capture_output=True)
        login({})
        PLAIN = registry("plain", lambda port: f"http: {{addr: 127.0.0.1:{port}}}")
        TLS = registry("tls", lambda port: f"http: {{addr: 127.0.0.1:{port}, tls: {{certificate: {path('cert.pem')}, key: {path('key.pem')}}}}}\n"
                       f"auth: {{htpasswd: {{realm: test, path: {path('htpasswd')}}}}}")
        make_archive("app.tar")
        push(path("app.tar"), "team/app:1")
        push(path("app.tar"), "team/zstd:1", "-f", "oci", "--dest-compress-format", "zstd")
        for test in (test_plain, test_tls, test_tokens, test_platforms, test_redirects, test_broken_off, test_busy, test_wrong_digests, test_mirrors,
                     test_concurrently):
            test()
    test_update()
finally:
    for process in processes:
        process.terminate()
        process.wait()
    for server in servers:
        server.shutdown()
    os.chdir("/")
    shutil.rmtree(work, ignore_errors=True)
tap.end()
