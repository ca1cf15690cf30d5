# SPDX-License-Identifier: Apache-2.0
"""Real engines for system tests, each on private folders and sockets, with an image that the test makes itself: one static program. Nothing comes from a
network. Only what was started here is ended."""
import contextlib
import json
import os
import shutil
import subprocess
import time

PROGRAM = r"""
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
/* idle [tcp PORT] [udp PORT] [thread]: listens, and waits until it is ended. As uid 0 it stays what it was started as. */
static void *wait_thread(void *of) { for (;;) pause(); return of; }
static void open_port(int type, int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type, 0);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		perror("bind");
	if (type == SOCK_STREAM)
		listen(fd, 5);
}
int main(int argc, char **argv)
{
	pthread_t thread;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "tcp") == 0 && i + 1 < argc) open_port(SOCK_STREAM, atoi(argv[++i]));
		else if (strcmp(argv[i], "udp") == 0 && i + 1 < argc) open_port(SOCK_DGRAM, atoi(argv[++i]));
		else if (strcmp(argv[i], "thread") == 0) pthread_create(&thread, NULL, wait_thread, NULL);
	}
	puts("ready");
	fflush(stdout);
	for (;;) pause();
}
"""


def calls(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=120, **options)


@contextlib.contextmanager
def background(*words, socket=None, log="/dev/null"):
    """A process of ours until the end of the block; gives whether its socket came up."""
    with open(log, "wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if not socket or os.path.exists(socket) or process.poll() is not None:
                break
            time.sleep(0.1)
        yield (not socket or os.path.exists(socket)) and process.poll() is None
    finally:
        process.terminate()
        process.wait(60)


def make_root(folder):
    """A root file system with /bin/idle, a set-uid copy of it, and the files that engines mount over. None where no compiler is."""
    root = os.path.join(folder, "root")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        return None
    for name in ("bin", "etc", "proc", "sys", "dev", "tmp", "run", "var", "data"):
        os.makedirs(os.path.join(root, name), exist_ok=True)
    source = os.path.join(folder, "idle.c")
    with open(source, "w", encoding="utf-8") as out:
        out.write(PROGRAM)
    if calls(compiler, "-static", "-O1", "-pthread", "-o", root + "/bin/idle", source).returncode:
        return None
    shutil.copy(root + "/bin/idle", root + "/bin/raised")
    os.chmod(root + "/bin/raised", 0o4755)
    for name in ("sshd", "runc"):  # programs of these names
        shutil.copy(root + "/bin/idle", root + "/bin/" + name)
    with open(root + "/etc/passwd", "w", encoding="utf-8") as out:
        out.write("root:x:0:0::/:/bin/idle\nuser:x:1000:1000::/:/bin/idle\n")
    with open(root + "/etc/group", "w", encoding="utf-8") as out:
        out.write("root:x:0:\nuser:x:1000:\n")
    return root


def make_archive(folder):
    """The root as a tar that engines import."""
    root = make_root(folder)
    if not root:
        return None
    archive = os.path.join(folder, "root.tar")
    return archive if calls("tar", "-C", root, "-cf", archive, ".").returncode == 0 else None


class Engine:
    """The words with which an engine is called, its name, its socket (None: it has none)."""

    def __init__(self, name, words, socket, scratch, always=()):
        self.name, self.words, self.socket, self.scratch, self.always = name, words, socket, scratch, always
        self.error = ""

    def run(self, *words):
        return calls(*self.words, *words)

    def start(self, name, *options, command=("/bin/idle",)):
        """Starts a container; gives its id, or None (then self.error says why)."""
        done = self.run("run", "-d", "--name", name, *self.always, *options, "kernel-test:one", *command)
        self.error = done.stderr.strip()
        return done.stdout.strip().splitlines()[-1] if done.returncode == 0 else None

    def inspect(self, name):
        return json.loads(self.run("inspect", name).stdout)[0]

    def remove(self, *names):
        self.run("rm", "-f", *names)


@contextlib.contextmanager
def docker_of(words, socket, folder, archive):
    """The dockerd that these words start, with the image; None where it does not start. Its containers end with it."""
    with background(*words, socket=socket, log=folder + "/log") as up:
        engine = Engine("docker", ["docker", "-H", "unix://" + socket], socket, folder)
        if not up or engine.run("import", archive, "kernel-test:one").returncode:
            yield None
            return
        try:
            yield engine
        finally:
            names = engine.run("ps", "-aq").stdout.split()
            if names:
                engine.remove(*names)


@contextlib.contextmanager
def docker(scratch, archive, settings=None, *options):
    """A dockerd with settings of daemon.json and further options, or None where it does not start."""
    if os.geteuid() or not shutil.which("dockerd") or not shutil.which("docker"):
        yield None
        return
    folder = os.path.join(scratch, "docker")
    os.makedirs(folder)
    socket = folder + "/unlikely-name.sock"
    with open(folder + "/none.json", "w", encoding="utf-8") as out:
        json.dump(settings or {}, out)
    words = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", "unix://" + socket,
             *(options or ["--bridge=none"]), "--iptables=false", "--ip6tables=false", "--storage-driver", "vfs", "--config-file", folder + "/none.json"]
    with docker_of(words, socket, folder, archive) as engine:
        yield engine


@contextlib.contextmanager
def podman(scratch, archive):
    if os.geteuid() or not shutil.which("podman"):
        yield None
        return
    folder = os.path.join(scratch, "podman")
    os.makedirs(folder)
    words = ["podman", "--root", folder + "/root", "--runroot", folder + "/run", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs",
             "--events-backend", "none", "--runtime", shutil.which("runc") or "runc", "--tmpdir", folder + "/tmp"]
    # its own default asks for more open files than some machines permit
    engine = Engine("podman", words, None, folder, ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"))
    if engine.run("import", archive, "kernel-test:one").returncode:
        yield None
        return
    try:
        yield engine
    finally:
        for _ in range(5): # one in whose namespaces another lives goes after that
            for name in engine.run("ps", "-aq").stdout.split():
                engine.remove("-t", "0", name)


def said(bundle, word):
    """Waits until the program in a bundle has said a word on its output."""
    for _ in range(100):
        with open(bundle + "/log", encoding="utf-8", errors="replace") as log:
            text = log.read()
        if word in text or "failed" in text:
            return word in text
        time.sleep(0.1)
    return False


@contextlib.contextmanager
def preserved(paths):
    """Files that are open as 3, 4 … for a program that is started meanwhile; gives what subprocess needs to know."""
    opened = [os.open(path, os.O_RDONLY) for path in paths]
    first = 3 + len(paths) + 20  # out of the way of what is open already
    for i, fd in enumerate(opened):
        os.dup2(fd, first + i)
    def place():
        for i in range(len(paths)):
            os.dup2(first + i, 3 + i, inheritable=True)
    try:
        yield {"preexec_fn": place, "close_fds": False} if paths else {}
    finally:
        for i, fd in enumerate(opened):
            os.close(fd)
            os.close(first + i)


@contextlib.contextmanager
def runc(scratch, root, name, change=None, command=("/bin/idle",), preserve=(), foreground=False):
    """A container that only runc knows; gives its bundle, or None. `change` edits its configuration, `preserve` are files that it is given open, in the foreground
    runc stays beside it."""
    if os.geteuid() or not shutil.which("runc"):
        yield None
        return
    bundle = os.path.join(scratch, "bundle-" + name)
    os.makedirs(bundle)
    calls("runc", "spec", cwd=bundle)
    with open(bundle + "/config.json", encoding="utf-8") as text:
        spec = json.load(text)
    spec["process"]["terminal"] = False
    spec["process"]["args"] = list(command)
    spec["root"] = {"path": root, "readonly": True}
    if change:
        change(spec)
    with open(bundle + "/config.json", "w", encoding="utf-8") as out:
        json.dump(spec, out)
    runtime = ["runc", "--root", scratch + "/runc"]
    how = () if foreground else ("-d",)
    with open(bundle + "/log", "wb") as log, preserved(preserve) as options: # its process keeps what it is given open
        process = subprocess.Popen([*runtime, "run", *how, "--preserve-fds", str(len(preserve)), "--bundle", bundle, name], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                   **options)
    try:
        good = said(bundle, "ready") if foreground else process.wait(60) == 0
        yield bundle if good else None
    finally:
        calls(*runtime, "delete", "--force", name)
        process.wait(60)


def remove(scratch):
    """Engines mount their stores onto themselves."""
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        mounts = [line.split()[4] for line in lines]
    for mount in sorted((one for one in mounts if one.startswith(scratch + "/")), reverse=True):
        calls("umount", "-l", mount)
    calls("rm", "-rf", "--one-file-system", scratch)
