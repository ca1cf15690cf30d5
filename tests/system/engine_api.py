#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What real engines say: Docker over a socket, over TCP with TLS and by contexts, Podman over its socket. Every fact of a container that is declared equals the
flags it was started with, and so does what the OCI spec of its bundle says. Called with engine_tool (tests/unit/engine_tool.c)."""
import contextlib
import glob
import io
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
from common import Tap  # noqa: E402

tap = Tap()
TOOL = os.path.abspath(sys.argv[1])
VARIABLES = ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "CONTAINER_HOST", "XDG_RUNTIME_DIR")
CLEAN = {name: value for name, value in os.environ.items() if name not in VARIABLES}
PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["bpf"], "action": "SCMP_ACT_ERRNO"}]}'

# (name, flags, {fact: what the engine declares}, {fact: what the spec has}); lists as their lines, the default marked by "~".
CASES = [
    ("plain", [], {
        "user.uid": "~0", "filesystem.read_only": "~false", "confinement.no_new_privileges": "~false", "seccomp.profile": "~default",
        "memory.limit": "~0", "restart.policy": "~no", "namespace.pid": "~private", "mount": []},
     {"user.uid": "0", "filesystem.read_only": "false", "confinement.no_new_privileges": "false", "seccomp.profile": "filter",
      "memory.limit": "0", "memory.swap": "-1", "namespace.pid": "private", "mount": [], "isolation.privileged": "false"}),
    ("user", ["--user", "1000:50", "--group-add", "20"], {"user.uid": "1000", "user.gid": "50", "group": ["20"]},
     {"user.uid": "1000", "user.gid": "50", "user.host_uid": "1000", "capabilities.effective": []}),
    ("root", ["--user", "0:0"], {"user.uid": "0", "user.gid": "0"}, {"user.uid": "0"}),
    ("readonly", ["--read-only"], {"filesystem.read_only": "true"}, {"filesystem.read_only": "true"}),
    ("dropped", ["--cap-drop", "ALL", "--cap-add", "CHOWN"], {"capabilities.bounding": ["CHOWN CHOWN"], "capabilities.drop": ["ALL"]},
     {"capabilities.bounding": ["CHOWN CHOWN"], "capabilities.drop": ["ALL ALL"]}),
    ("added", ["--cap-add", "NET_ADMIN"], {"capabilities.add": ["NET_ADMIN"]}, {"capabilities.add": ["NET_ADMIN NET_ADMIN"]}),
    ("nnp", ["--security-opt", "no-new-privileges"], {"confinement.no_new_privileges": "true"}, {"confinement.no_new_privileges": "true"}),
    ("unconfined", ["--security-opt", "seccomp=unconfined"], {"seccomp.profile": "unconfined"}, {"seccomp.profile": "unconfined"}),
    ("profile", ["--security-opt", "seccomp=PROFILE"], {"seccomp.profile": "custom"},
     {"seccomp.profile": "filter", "seccomp.default_allows": "true"}),
    ("limits", ["--memory", "64m", "--memory-swap", "96m", "--cpus", "0.5", "--pids-limit", "50", "--cpu-shares", "512"],
     {"memory.limit": "67108864", "memory.swap": "100663296", "cpu.limit": "500", "pids.limit": "50", "cpu.shares": "512"},
     {"memory.limit": "67108864", "memory.swap": "100663296", "cpu.limit": "500", "pids.limit": "50", "cpu.shares": "512"}),
    ("quota", ["--cpu-quota", "30000", "--cpu-period", "60000"], {"cpu.limit": "500"}, {"cpu.limit": "500"}),
    ("ulimit", ["--ulimit", "nofile=100:200"], {"ulimit": ["nofile 100 200"]}, {"ulimit": ["nofile 100 200"]}),
    ("binds", ["-v", "/etc:/host-etc:ro", "-v", "kept:/kept"],
     {"mount": ["bind /etc /host-etc false", "volume kept /kept true"]}, {"mount": ["bind /etc /host-etc false", "volume kept /kept true"]}),
    ("tmpfs", ["--tmpfs", "/scratch:size=8m,noexec"], {"mount": ["tmpfs - /scratch true - 8388608 - true"]},
     {"mount": ["tmpfs - /scratch true - 8388608 - true"]}),
    ("hostpid", ["--pid", "host"], {"namespace.pid": "host"}, {"namespace.pid": "host"}),
    ("hostuts", ["--uts", "host"], {"namespace.uts": "host"}, {"namespace.uts": "host"}),
    ("device", ["--device", "/dev/full:/dev/other:r"], {"device": ["/dev/full"]}, {"device": ["/dev/other r"]}),
    ("env", ["-e", "A=b c"], {"env": ["A b c literal"]}, {"env": ["A b c literal"]}),
    ("label", ["--label", "x=y"], {"label": ["x y"]}, {}),
    ("restart", ["--restart", "on-failure:3"], {"restart.policy": "on-failure", "restart.retries": "3"}, {}),
    ("health", ["--health-cmd", "true"], {"health.check": '["CMD-SHELL", "true"]'}, {}),
    ("oom", ["--oom-score-adj", "300"], {"process.oom_score": "300"}, {"process.oom_score": "300"}),
    ("sysctl", ["--sysctl", "net.ipv4.ip_unprivileged_port_start=1024"], {}, {"sysctl": ["net.ipv4.ip_unprivileged_port_start 1024"]}),
]
NETWORKS = [("hostnet", "host", {"namespace.network": "host"}, {"namespace.network": "host"}),
            ("nonet", "none", {"namespace.network": "none"}, {"namespace.network": "private"})]
# What only one of the two engines can do, or says in its own way.
ONLY_DOCKER = [
    ("hostipc", ["--ipc", "host"], {"namespace.ipc": "host"}, {"namespace.ipc": "host"}),
    ("nnpfalse", ["--security-opt", "no-new-privileges:false"], {"confinement.no_new_privileges": "false"}, {"confinement.no_new_privileges": "false"}),
    ("systempaths", ["--security-opt", "systempaths=unconfined"], {"confinement.unmasked": "true"}, {"confinement.unmasked": "true"}),
    ("cgrouprule", ["--device-cgroup-rule", "c 42:* rmw"], {"device": ["c 42:* rmw"]}, {}),
    ("mounttmp", ["--mount", "type=tmpfs,dst=/t,tmpfs-size=1048576"], {"mount": ["tmpfs - /t true - 1048576 - true"]},
     {"mount": ["tmpfs - /t true - 1048576 - true"]}),
]
ONLY_PODMAN = [
    ("hostipc", ["--ipc", "host"], {}, {"namespace.ipc": "host"}),  # Podman calls it shareable
    ("unmask", ["--security-opt", "unmask=ALL"], {}, {"confinement.unmasked": "true"}),
    ("uidmap", ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"], {"namespace.user": "private"},
     {"namespace.user": "private", "user.host_uid": "100000"}),
    ("ambient", ["--user", "1000", "--cap-add", "NET_ADMIN"], {"capabilities.effective": ["NET_ADMIN NET_ADMIN"]},
     {"capabilities.effective": ["NET_ADMIN NET_ADMIN"], "capabilities.ambient": ["NET_ADMIN NET_ADMIN"]}),
]


def calls(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **options)


def tool(*words, **environment):
    return calls(TOOL, *words, env={**CLEAN, **environment})


def facts_of(lines):
    """{fact: value, or the lines of a list}."""
    found = {}
    for line in lines:
        name, _, value = line.partition(" ")
        mark = "~" if name.startswith("~") else ""
        found.setdefault(name.lstrip("~"), []).append(mark + value)
    return found


def containers(output):
    """{name: facts}, and the line about the engine."""
    found, lines, head = {}, [], ""
    for line in output.splitlines():
        if line.startswith("engine "):
            head = line
        elif line.startswith("container "):
            lines = found.setdefault(line.split()[1], [])
        else:
            lines.append(line)
    return {name: facts_of(lines) for name, lines in found.items()}, head


def holds(fact, want, got):
    """Lists: every line is there, as far as it is wanted ('-' for anything); an empty list is one line without words."""
    if not isinstance(want, list):
        return got == [want]
    got = [line for line in got or [] if line.strip("~ ")]
    if len(want) == 0:
        return not got
    def same(one, line):
        words, of = one.split(" "), line.split(" ")
        return len(of) >= len(words) and all(a in ("-", b) for a, b in zip(words, of))
    return all(any(same(one, line) for line in got) for one in want)


def check(name, want, got):
    wrong = [f"{fact}: {got.get(fact)}, not {value}" for fact, value in want.items() if not holds(fact, value, got.get(fact))]
    tap.ok(not wrong, name, *wrong)


@contextlib.contextmanager
def background(*words, up, log):
    """A server of ours until the end of the block; gives whether it came up."""
    with open(log, "wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=CLEAN)
    try:
        for _ in range(300):
            if up() or process.poll() is not None:
                break
            time.sleep(0.1)
        yield up() and process.poll() is None
    finally:
        process.terminate()
        process.wait(60)


def image(scratch):
    """A root file system of nothing but a static busybox."""
    path = os.path.join(scratch, "root.tar")
    with tarfile.open(path, "w") as tar:
        for folder in ("bin", "etc", "tmp"):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(info)
        tar.add(os.path.realpath(shutil.which("busybox")), "bin/busybox")
        link = tarfile.TarInfo("bin/sleep")
        link.type, link.linkname = tarfile.SYMTYPE, "busybox"
        tar.addfile(link, io.BytesIO())
    return path


def start_all(run, cases, profile, engine):
    started = []
    for name, flags, declared, configured in cases:
        flags = [flag.replace("PROFILE", profile) for flag in flags]
        done = run("run", "-d", "--name", name, *flags, "engine-api-test:one", "/bin/sleep", "600")
        if done.returncode:
            tap.skip(f"{engine}: {name}", "it cannot be started here: " + " ".join(done.stderr.split())[-120:])
        else:
            started.append((name, declared, configured, done.stdout.split()[-1]))
    return started


def all_cases(extra, engine_flags):
    with_network = [(name, ["--network", "none", *flags, *engine_flags(name)], *rest) for name, flags, *rest in CASES + extra]
    return with_network + [(name, ["--network", mode, *engine_flags(name)], *rest) for name, mode, *rest in NETWORKS]


def check_all(engine, found, started, bundle):
    tap.ok(set(found) == {one[0] for one in started}, f"{engine}: the list of what runs", set(found) ^ {one[0] for one in started})
    for name, declared, configured, identity in started:
        check(f"{engine}: {name}: declared", declared, found.get(name, {}))
        folder = glob.glob(bundle.replace("ID", identity))
        spec = tool("spec", folder[0]) if folder else None
        if spec is None:
            tap.ok(False, f"{engine}: {name}: the bundle is there", bundle)
            continue
        check(f"{engine}: {name}: configured", configured, facts_of(spec.stdout.splitlines()))


# --- Docker ---


def certificates(folder):
    """An authority with certificates for the daemon and its client, and another authority."""
    os.mkdir(folder)
    def openssl(*words):
        calls("openssl", *words, cwd=folder).check_returncode()
    for name in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", name + "-key.pem", "-out", name + ".pem", "-days", "2", "-subj", "/CN=" + name)
    for name, extra in (("server", "subjectAltName=IP:127.0.0.1"), ("client", "extendedKeyUsage=clientAuth"), ("wrong", "subjectAltName=IP:127.0.0.9")):
        with open(os.path.join(folder, name + ".ext"), "w", encoding="utf-8") as out:
            out.write(extra + "\n")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", name + "-key.pem", "-out", name + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial", "-out", name + ".pem", "-days", "2",
                "-extfile", name + ".ext")
    for target, authority in (("good", "ca"), ("bad", "other")):
        os.mkdir(os.path.join(folder, target))
        for name, source in (("ca.pem", authority + ".pem"), ("cert.pem", "client.pem"), ("key.pem", "client-key.pem")):
            shutil.copy(os.path.join(folder, source), os.path.join(folder, target, name))
    os.mkdir(os.path.join(folder, "alone"))
    shutil.copy(os.path.join(folder, "ca.pem"), os.path.join(folder, "alone", "ca.pem"))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def test_tls(folder, port, names):
    host = f"tcp://127.0.0.1:{port}"
    done = tool("docker", DOCKER_HOST=host, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=folder + "/good")
    found, head = containers(done.stdout)
    tap.ok(done.returncode == 0 and set(found) == names and head.endswith(" remote"), "docker, TLS: the same containers", done.stdout[:400])
    done = tool("docker", host, DOCKER_TLS="1", DOCKER_CERT_PATH=folder + "/good")
    tap.ok(done.returncode == 0, "docker, TLS: not verified", done.stdout[:300])
    for name, path in (("an unknown authority is refused", "/bad"), ("no certificate of its own is refused", "/alone"), ("no authority", "/nothing")):
        done = tool("docker", DOCKER_HOST=host, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=folder + path)
        tap.ok(done.returncode == 1 and done.stdout.startswith("error ") and "container" not in done.stdout, "docker, TLS: " + name, done.stdout[:300])
    done = tool("docker", DOCKER_HOST=f"tcp://localhost:{port}", DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=folder + "/good")
    tap.ok(done.returncode == 1 and "certificate" in done.stdout, "docker, TLS: a name that the certificate is not for", done.stdout[:300])
    done = tool("docker", DOCKER_HOST=host)
    tap.ok(done.returncode == 1 or "container" not in done.stdout, "docker, TLS: spoken to without", done.stdout[:300])


def test_contexts(scratch, docker_socket, tls, port, names):
    config = os.path.join(scratch, "config")
    environment = {**CLEAN, "DOCKER_CONFIG": config}
    made = [calls("docker", "context", "create", "near", "--docker", "host=unix://" + docker_socket, env=environment),
            calls("docker", "context", "create", "far", "--docker",
                  f"host=tcp://127.0.0.1:{port},ca={tls}/good/ca.pem,cert={tls}/good/cert.pem,key={tls}/good/key.pem", env=environment),
            calls("docker", "context", "use", "near", env=environment)]
    if any(one.returncode for one in made):
        tap.skip("docker: contexts", "docker makes none here: " + made[0].stderr.strip()[:100])
        return
    done = tool("docker", DOCKER_CONFIG=config)
    found, head = containers(done.stdout)
    tap.ok(set(found) == names and "unix://" in head, "docker: the context of config.json", done.stdout[:300])
    done = tool("docker", DOCKER_CONFIG=config, DOCKER_CONTEXT="far")
    found, head = containers(done.stdout)
    tap.ok(set(found) == names and f":{port} " in head, "docker: a context with TLS by DOCKER_CONTEXT", done.stdout[:300])
    done = tool("docker", DOCKER_CONFIG=config, DOCKER_CONTEXT="gone")
    tap.ok(done.returncode == 1 and "gone" in done.stdout, "docker: a context that is not there", done.stdout[:300])
    done = tool("docker", DOCKER_CONFIG=config, DOCKER_HOST="unix:///nowhere")
    tap.ok(done.returncode == 1 and "/nowhere" in done.stdout, "docker: DOCKER_HOST goes before a context", done.stdout[:300])
    done = tool("docker", "unix://" + docker_socket, DOCKER_CONFIG=config, DOCKER_HOST="unix:///nowhere")
    tap.ok(done.returncode == 0, "docker: an option goes before DOCKER_HOST", done.stdout[:300])


def test_docker(scratch, root, profile):
    if os.geteuid() or not all(shutil.which(one) for one in ("dockerd", "docker", "openssl")):
        tap.skip("docker", "dockerd, docker or openssl is not installed, or this is not root")
        return
    folder, tls, port = os.path.join(scratch, "docker"), os.path.join(scratch, "tls"), free_port()
    os.mkdir(folder)
    certificates(tls)
    path = folder + "/d.sock"
    with open(folder + "/none.json", "w", encoding="utf-8") as out:
        out.write("{}")
    words = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", "unix://" + path,
             "-H", f"tcp://127.0.0.1:{port}", "--tlsverify", "--tlscacert", tls + "/ca.pem", "--tlscert", tls + "/server.pem",
             "--tlskey", tls + "/server-key.pem", "--bridge=none", "--iptables=false", "--ip6tables=false", "--config-file", folder + "/none.json"]

    def run(*arguments):
        return calls("docker", *arguments, env={**CLEAN, "DOCKER_HOST": "unix://" + path})
    with background(*words, up=lambda: os.path.exists(path), log=folder + "/log") as up:
        imported = run("import", root, "engine-api-test:one") if up else None
        if not up or imported.returncode:
            tap.skip("docker", "it does not start here, or cannot import an image")
            return
        started = start_all(run, all_cases(ONLY_DOCKER, lambda name: []), profile, "docker")
        try:
            done = tool("docker", "unix://" + path)
            found, _ = containers(done.stdout)
            check_all("docker", found, started, folder + "/exec/containerd/daemon/io.containerd.runtime.v2.task/moby/ID")
            names = {one[0] for one in started}
            test_tls(tls, port, names)
            test_contexts(scratch, path, tls, port, names)
        finally:
            run("rm", "-f", *(one[0] for one in started))


# --- Podman ---


def test_podman(scratch, root, profile):
    if os.geteuid() or not shutil.which("podman"):
        tap.skip("podman", "podman is not installed, or this is not root")
        return
    folder = os.path.join(scratch, "podman")
    os.mkdir(folder)
    words = ["podman", "--root", folder + "/root", "--runroot", folder + "/run", "--tmpdir", folder + "/tmp", "--storage-driver", "vfs",
             "--cgroup-manager", "cgroupfs", "--events-backend", "file", "--runtime", "runc"]

    def run(*arguments):
        return calls(*words, *arguments, env=CLEAN)
    if run("import", root, "engine-api-test:one").returncode:
        tap.skip("podman", "it cannot import an image here")
        return
    # Its own default is above what a container may have where CAP_SYS_RESOURCE is missing.
    limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
    started = start_all(run, all_cases(ONLY_PODMAN, lambda name: [] if name == "ulimit" else limits), profile, "podman")
    path = folder + "/p.sock"
    try:
        with background(*words, "system", "service", "--time=0", "unix://" + path, up=lambda: os.path.exists(path), log=folder + "/log") as up:
            if not up:
                tap.skip("podman", "its service does not start here")
                return
            found, head = containers(tool("podman", CONTAINER_HOST="unix://" + path).stdout)
            tap.ok("unix://" in head and len(head.split()) == 4, "podman: its version and that of its API", head)
            check_all("podman", found, started, folder + "/root/vfs-containers/ID/userdata")
            done = tool("docker", "unix://" + path)
            tap.ok(set(containers(done.stdout)[0]) == {one[0] for one in started}, "podman: as if it were Docker", done.stdout[:300])
    finally:
        run("rm", "-f", "-t", "0", *(one[0] for one in started))


def test_nobody(scratch):
    done = tool("docker", DOCKER_HOST="unix://" + scratch + "/no.sock")
    tap.ok(done.returncode == 1 and "/no.sock" in done.stdout, "no engine: the error says what was tried", done.stdout)
    done = tool("docker", DOCKER_HOST="ssh://host")
    tap.ok(done.returncode == 1 and "ssh" in done.stdout, "ssh is refused", done.stdout)


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-api-")
    try:
        test_nobody(scratch)
        if not shutil.which("busybox"):
            tap.skip("containers", "there is no busybox to make an image of")
            tap.end()
        profile = os.path.join(scratch, "profile.json")
        with open(profile, "w", encoding="utf-8") as out:
            out.write(PROFILE)
        root = image(scratch)
        test_docker(scratch, root, profile)
        test_podman(scratch, root, profile)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
