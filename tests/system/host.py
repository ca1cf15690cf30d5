#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a host and its engines are set to: recorded hosts in a temporary folder (files with odd modes and owners, daemons with odd arguments), and a real
dockerd with private folders. Each answer of docker-bench-security that is known to be wrong has its test here, in which ours is right."""
import contextlib
import json
import os
import shutil
import socket as sockets
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from answers import engine  # noqa: E402
from common import PROGRAM, Tap  # noqa: E402

tap = Tap()
TOOL = os.path.abspath(sys.argv[2]) if len(sys.argv) > 2 else os.path.join(os.path.dirname(PROGRAM), "tests", "unit", "host_tool")
FIRED, SEEN = set(), {}
PLAIN = "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"


def look(root, *more):
    done = subprocess.run([TOOL, root, *more], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(done.stderr)
    found = json.loads(done.stdout)
    found["checks"] = {c["id"]: c for s in found["cis"]["sections"] for c in s["checks"]}
    FIRED.update(f["rule"] for f in found["findings"] if f["rule"].startswith("host/"))
    for key, value in found["checks"].items():
        SEEN.setdefault(key, set()).add(value["status"])
    return found


class Host:
    """A root of a host that was recorded: write() makes files, daemon() a process."""

    def __init__(self, scratch, name):
        self.root = os.path.join(scratch, name)
        os.makedirs(self.root)
        self.pid = 100
        self.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\nben:x:1001:998::/home/ben:/bin/sh\n")
        self.write("/etc/group", "root:x:0:\ndocker:x:998:\nann:x:1000:\n")
        self.write("/proc/1/mountinfo", PLAIN)

    def path(self, path):
        return self.root + path

    def write(self, path, text="", mode=0o644, owner=0, group=0):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as out:
            out.write(text)
        if os.geteuid() == 0:
            os.chown(full, owner, group)
        os.chmod(full, mode)

    def folder(self, path, mode=0o755):
        os.makedirs(self.path(path), exist_ok=True)
        os.chmod(self.path(path), mode)

    def socket(self, path, mode=0o660, owner=0, group=998):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        here = os.getcwd()
        os.chdir(os.path.dirname(full))  # names of sockets are short
        try:
            one = sockets.socket(sockets.AF_UNIX)
            one.bind(os.path.basename(full))
            one.close()
        finally:
            os.chdir(here)
        os.chown(full, owner, group)
        os.chmod(full, mode)

    def daemon(self, *words, comm="dockerd"):
        self.pid += 1
        self.write(f"/proc/{self.pid}/comm", comm + "\n")
        self.write(f"/proc/{self.pid}/cmdline", "".join(word + "\0" for word in words))
        return self

    def settings(self, config):
        self.write("/etc/docker/daemon.json", json.dumps(config))
        return self

    def look(self):
        return look(self.root)


def expect(name, found, **wanted):
    """Statuses of checks: c2_2="fail"."""
    got = {key: found["checks"][key[1:].replace("_", ".")]["status"] for key in wanted}
    notes = [f"{key}: {found['checks'][key[1:].replace('_', '.')]}" for key in wanted if got[key] != wanted[key]]
    tap.ok(got == wanted, name, *notes)


# --- the daemon's arguments and its file ---


def test_arguments(scratch):
    host = Host(scratch, "equals").daemon("/usr/bin/dockerd", "--icc=false", "--log-level=debug", "--no-new-privileges=false",
                                          "--default-ulimit=nofile=100:200", "--authorization-plugin=opa", "--userland-proxy=false")
    found = host.look()
    expect("arguments with =: icc, log level, no-new-privileges=false, ulimits, plugin, proxy", found, c2_2="pass", c2_3="fail", c2_14="fail",
           c2_8="manual", c2_12="pass", c2_16="pass")
    host = Host(scratch, "blanks").daemon("/usr/bin/dockerd", "--icc", "--log-level", "info", "--no-new-privileges", "--default-ulimit",
                                          "nproc=1024:2048", "--authorization-plugin", "opa", "--log-driver", "syslog")
    found = host.look()
    expect("arguments with blanks", found, c2_2="fail", c2_3="pass", c2_14="pass", c2_8="manual", c2_12="pass", c2_13="pass")
    tap.ok("nproc=1024:2048" in found["checks"]["2.8"]["reason"], "the limits are shown to whoever decides", found["checks"]["2.8"])
    found = Host(scratch, "repeated").daemon("/usr/bin/dockerd", "--log-level=debug", "--log-level=info", "--label", "--icc=false").look()
    expect("the last of a repeated argument holds; a value is no flag", found, c2_3="pass", c2_2="fail")


def test_config(scratch):
    found = Host(scratch, "config").settings({"icc": False, "log-level": "warn", "no-new-privileges": True, "live-restore": True,
                                              "userland-proxy": False, "iptables": False, "insecure-registries": ["registry.test:5000"],
                                              "cgroup-parent": "/mine", "storage-opts": ["dm.basesize=50G"], "userns-remap": "default",
                                              "seccomp-profile": "unconfined", "experimental": True, "log-driver": "none"}).daemon("dockerd").look()
    expect("daemon.json says it all", found, c2_2="pass", c2_3="fail", c2_14="pass", c2_16="pass", c2_4="fail", c2_5="fail", c2_10="fail",
           c2_11="fail", c2_9="pass", c2_17="fail", c2_18="fail", c2_13="fail", c2_15="pass")
    found = Host(scratch, "empty").settings({}).daemon("dockerd").look()
    expect("nothing said: the defaults", found, c2_2="fail", c2_3="pass", c2_4="pass", c2_5="pass", c2_8="fail", c2_9="fail", c2_10="pass",
           c2_12="fail", c2_13="fail", c2_14="fail", c2_16="fail", c2_18="pass", c2_6="unknown")
    host = Host(scratch, "elsewhere")
    host.write("/srv/other.json", '{"icc": false}')
    host.settings({"icc": True}).daemon("dockerd", "--config-file", "/srv/other.json")
    expect("another file of settings is read where the daemon is told of it", host.look(), c2_2="pass")
    host = Host(scratch, "damaged").daemon("dockerd")
    host.write("/etc/docker/daemon.json", '{"icc": ')
    found = host.look()
    expect("a damaged file: what it might say is unknown, not passed", found, c2_2="unknown", c2_14="unknown")
    tap.ok(found["cis"]["errors"], "and it is an error of the report", found["cis"]["errors"])


def test_score(scratch):
    """The share of checks that nobody violates, and the mean of that; nothing that is unknown or left to people. (Sections 4 and 5 are about containers,
    of which there is none: none violates anything.)"""
    found = Host(scratch, "score").settings({"icc": False}).daemon("dockerd").look()
    shares = []
    for section in found["cis"]["sections"]:
        decided = [c["status"] == "pass" for c in section["checks"] if c["status"] in ("pass", "fail")]
        mean = sum(decided) / len(decided) if decided else None
        if section["id"] == "5":
            tap.ok(section["share"] == 1, "share of section 5", section["share"])
        elif section["id"] != "4":
            tap.ok((mean is None) == (section["share"] is None) and abs((mean or 0) - (section["share"] or 0)) < 1e-3, "share of section " + section["id"],
                   mean, section["share"])
        shares += [] if section["share"] is None else [section["share"]]
    tap.ok(abs(found["cis"]["summary"]["score"] - sum(shares) / len(shares)) < 1e-3, "the score", found["cis"]["summary"])
    counts = [found["cis"]["summary"][key] for key in ("pass", "fail", "unknown", "manual", "not_applicable")]
    tap.ok(sum(counts) == len(found["checks"]) == 117, "117 checks, each counted once", counts)


def test_log_drivers(scratch):
    for driver, status in (("none", "fail"), ("local", "fail"), ("json-file", "fail"), ("syslog", "pass"), ("fluentd", "pass")):
        found = Host(scratch, "log-" + driver).settings({"log-driver": driver}).daemon("dockerd").look()
        expect(f"log driver {driver}", found, c2_13=status)


def test_tcp(scratch):
    cases = ((["-H", "tcp://0.0.0.0:2375"], {}, "fail"), (["-Htcp://10.0.0.1:2376", "--tlsverify"], {}, "pass"),
             (["--host=tcp://10.0.0.1:2376", "--tls"], {}, "fail"), (["--host=tcp://:2376", "--tlsverify=false"], {}, "fail"),
             (["-H", "unix:///run/docker.sock"], {}, "pass"), ([], {"hosts": ["fd://", "tcp://127.0.0.1:2375"]}, "fail"),
             ([], {"hosts": ["tcp://10.0.0.1:2376"], "tlsverify": True}, "pass"), (["-H", "fd://"], {}, "pass"), ([], {}, "pass"))
    for number, (words, config, status) in enumerate(cases):
        found = Host(scratch, f"tcp-{number}").settings(config).daemon("dockerd", *words).look()
        expect(f"TCP: {' '.join(words)} {config or ''}", found, c2_7=status)
    host = Host(scratch, "tcp-unit")
    host.write("/lib/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd -H fd://\n")
    host.write("/lib/systemd/system/docker.socket", "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n")
    expect("TCP: handed over by systemd", host.look(), c2_7="fail")


def test_unit(scratch):
    host = Host(scratch, "unit")
    host.write("/etc/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd --icc=false \\\n  --no-new-privileges\n")
    host.write("/lib/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd\n")
    expect("no daemon runs: its unit says how it will, /etc goes first", host.look(), c2_2="pass", c2_14="pass")
    host.write("/etc/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd $DOCKER_OPTS\n")
    expect("a unit with variables leaves it open", host.look(), c2_2="unknown", c2_14="unknown")
    found = Host(scratch, "nothing").look()
    expect("no Docker at all: nothing applies, nothing passes", found, c2_2="not-applicable", c3_1="not-applicable", c7_1="not-applicable",
           c1_1_3="not-applicable")
    tap.ok(all(c["status"] != "pass" for key, c in found["checks"].items()), "and no check passes", found["cis"]["summary"])


# --- files ---


def test_modes(scratch):
    host = Host(scratch, "modes").daemon("dockerd", "-H", "unix:///srv/my/d.sock", "--containerd=/srv/my/c.sock", "--tlscacert=/srv/ca.pem",
                                         "--tlscert", "/srv/cert.pem", "--tlskey", "/srv/key.pem")
    host.write("/etc/docker/daemon.json", "{}", 0o477)
    host.folder("/etc/docker", 0o577)
    host.write("/etc/default/docker", "", 0o477)
    host.write("/etc/docker/certs.d/registry.test/ca.crt", "", 0o464)
    for name, mode in (("ca", 0o444), ("cert", 0o555), ("key", 0o440)):
        host.write(f"/srv/{name}.pem", "", mode)
    host.socket("/srv/my/d.sock", 0o666)
    host.socket("/srv/my/c.sock", 0o660, 0, 0)
    host.write("/lib/systemd/system/docker.service", "[Service]\n", 0o755)
    found = host.look()
    expect("bits, not numbers: 0477, 0577, 0464, 0555, 0440", found, c3_6="fail", c3_18="fail", c3_20="fail", c3_8="fail", c3_10="pass",
           c3_12="fail", c3_14="fail", c3_2="fail")
    expect("the sockets are those that the daemon was told of", found, c3_15="pass", c3_16="fail", c3_23="pass", c3_24="pass")
    expect("what is not there does not apply", found, c3_4="not-applicable", c3_21="not-applicable", c3_22="not-applicable")
    message = found["checks"]["3.18"]["cases"][0]["message"]
    tap.ok("daemon.json" in message and "everybody may write" in message, "the finding names the bits", message)


def test_owners(scratch):
    host = Host(scratch, "owners").daemon("dockerd")
    host.write("/etc/docker/daemon.json", "{}", 0o600, 1000, 0)
    host.write("/etc/default/docker", "", 0o644, 0, 1000)
    host.write("/etc/sysconfig/docker", "", 0o644)
    host.socket("/run/docker.sock", 0o660, 0, 998)
    host.socket("/run/containerd/containerd.sock", 0o660, 0, 998)
    found = host.look()
    expect("owners", found, c3_17="fail", c3_19="fail", c3_22="pass", c3_15="pass", c3_16="pass", c3_23="fail", c3_18="pass", c3_20="pass")
    tap.ok("ann:root" in found["checks"]["3.17"]["cases"][0]["message"], "users by name", found["checks"]["3.17"])
    os.chown(host.path("/run/docker.sock"), 0, 1000)
    expect("a socket of another group", host.look(), c3_15="fail")


def test_exec_root(scratch):
    host = Host(scratch, "exec").daemon("dockerd", "--exec-root", "/srv/exec")
    host.socket("/srv/exec/containerd/containerd.sock", 0o666, 0, 0)
    expect("containerd's socket below the exec root", host.look(), c3_24="fail", c3_23="pass")


def test_links(scratch):
    """Symbolic links of a foreign root lead to files of that root."""
    host = Host(scratch, "links").daemon("dockerd")
    host.folder("/etc/docker")
    host.write("/etc/real.json", '{"icc": false}', 0o600)
    os.symlink("/etc/real.json", host.path("/etc/docker/daemon.json"))
    os.symlink("../../../../../../../../etc", host.path("/etc/default"))
    expect("absolute links stay inside", host.look(), c2_2="pass", c3_18="pass")
    os.remove(host.path("/etc/docker/daemon.json"))
    os.symlink("/../../../../../.." + scratch + "/outside.json", host.path("/etc/docker/daemon.json"))
    with open(scratch + "/outside.json", "w", encoding="utf-8") as out:
        out.write('{"icc": false}')
    expect("links cannot lead out", host.look(), c2_2="fail", c3_18="not-applicable")
    os.remove(host.path("/etc/docker/daemon.json"))
    os.mkfifo(host.path("/etc/docker/daemon.json"))
    expect("a pipe in place of a file does not hang", host.look(), c2_2="unknown")


def test_ordinary_user(scratch):
    """What only root may read is neither passed nor failed."""
    host = Host(scratch, "ordinary").daemon("dockerd")
    host.write("/etc/docker/daemon.json", '{"icc": false}', 0o600)
    host.write("/etc/audit/rules.d/a.rules", "-w /etc/docker\n", 0o600)
    host.write("/etc/docker/certs.d/r.test/ca.crt")
    host.folder("/etc/docker/certs.d", 0o700)
    os.chmod(scratch, 0o755)
    try:
        done = subprocess.run([TOOL, host.root], capture_output=True, text=True, timeout=60, user=65534, group=65534, extra_groups=[])
        found = json.loads(done.stdout)
    except (OSError, ValueError):
        tap.skip("an ordinary user", "the program cannot be started by one here")
        return
    found["checks"] = {c["id"]: c for s in found["cis"]["sections"] for c in s["checks"]}
    expect("an ordinary user", found, c2_2="unknown", c2_14="unknown", c1_1_6="unknown", c3_8="unknown", c3_18="pass", c3_5="pass")
    reason = found["checks"]["2.2"]["reason"]
    tap.ok("daemon.json" in reason and "ermission" in reason, "and is told why", reason)


# --- the host ---


def test_partition(scratch):
    cases = ((PLAIN, "fail", "on the root file system"),
             (PLAIN + "30 20 8:1 /var/lib/docker /var/lib/docker rw - ext4 /dev/sda1 rw\n", "fail", "mounted onto itself"),
             (PLAIN + "30 20 8:2 / /var/lib/docker rw - ext4 /dev/sdb1 rw\n", "pass", "a file system of its own"),
             (PLAIN + "30 20 8:2 / /var rw - ext4 /dev/sdb1 rw\n", "fail", "shared with /var"), ("", "unknown", "no mounts known"))
    for number, (mounts, status, what) in enumerate(cases):
        host = Host(scratch, f"partition-{number}").daemon("dockerd")
        host.write("/proc/1/mountinfo", mounts)
        expect("data root " + what, host.look(), c1_1_1=status)
    host = Host(scratch, "partition-other").daemon("dockerd", "--data-root=/srv/docker")
    host.write("/proc/1/mountinfo", PLAIN + "30 20 8:2 / /srv/docker rw - ext4 /dev/sdb1 rw\n")
    expect("data root elsewhere", host.look(), c1_1_1="pass")


def test_group(scratch):
    host = Host(scratch, "group").daemon("dockerd")
    host.write("/etc/group", "root:x:0:\ndocker:x:998:ann\nmydocker:x:5:eve\n")
    found = host.look()
    expect("members of the group", found, c1_1_2="fail")
    message = found["checks"]["1.1.2"]["cases"][0]["message"]
    tap.ok("ann, ben" in message and "eve" not in message, "listed ones and those whose first group it is", message)
    host.write("/etc/passwd", "root:x:0:0::/:\n")
    host.write("/etc/group", "root:x:0:\ndocker:x:998:root\n")
    expect("root alone", host.look(), c1_1_2="pass")


def test_audit(scratch):
    host = Host(scratch, "audit").settings({}).daemon("dockerd")
    for name in ("dockerd", "containerd", "containerd-shim", "containerd-shim-runc-v2", "runc"):
        host.write("/usr/bin/" + name, "", 0o755)
    host.write("/etc/audit/rules.d/docker.rules", "-D\n-w /usr/bin/dockerd -k docker\n-a always,exit -F dir=/etc/docker -F perm=wa\n"
               "-w /usr/bin/containerd-shim-runc-v2 -p wx\n#-w /usr/bin/runc\n")
    found = host.look()
    expect("rules.d is read; paths are whole: a longer one is no watch of a shorter", found, c1_1_3="pass", c1_1_11="pass", c1_1_6="pass",
           c1_1_14="fail", c1_1_15="fail", c1_1_17="pass", c1_1_18="fail", c1_1_16="not-applicable", c1_1_13="not-applicable")
    host.write("/etc/audit/audit.rules", "-D\n-w /usr/bin/runc -p x\n")
    expect("audit.rules too", host.look(), c1_1_18="pass", c1_1_3="pass")


def test_kernel(scratch):
    host = Host(scratch, "kernel").daemon("dockerd")
    for path, value in (("kernel/unprivileged_bpf_disabled", 0), ("kernel/kptr_restrict", 0), ("kernel/dmesg_restrict", 0),
                        ("kernel/yama/ptrace_scope", 0), ("net/core/bpf_jit_harden", 0), ("fs/protected_symlinks", 0),
                        ("fs/protected_hardlinks", 1), ("fs/protected_fifos", 0), ("fs/protected_regular", 1), ("fs/suid_dumpable", 1),
                        ("kernel/core_pattern", "|/usr/share/apport"), ("net/ipv4/conf/all/route_localnet", 1),
                        ("user/max_user_namespaces", 1000), ("kernel/osrelease", "6.1.0")):
        host.write("/proc/sys/" + path, f"{value}\n")
    host.write("/sys/kernel/security/lsm", "lockdown,capability,landlock,selinux")
    host.write("/sys/fs/selinux/enforce", "0")
    host.write("/sys/fs/cgroup/memory/tasks")
    found = host.look()
    rules = {f["rule"] for f in found["findings"] if f["workload"] == "host"}
    wanted = {"host/" + name for name in ("unprivileged-bpf", "kernel-addresses", "kernel-log", "ptrace", "bpf-jit", "links-followed",
                                          "shared-files-opened", "set-uid-dumps", "core-pipe", "localnet-routed", "user-namespaces",
                                          "selinux-permissive", "cgroups-v1", "no-content-trust")}
    tap.ok(rules == wanted, "an open kernel", sorted(wanted - rules), sorted(rules - wanted))
    host = Host(scratch, "kernel-hard")
    for path, value in (("kernel/unprivileged_bpf_disabled", 2), ("kernel/kptr_restrict", 2), ("kernel/dmesg_restrict", 1),
                        ("kernel/yama/ptrace_scope", 1), ("net/core/bpf_jit_harden", 2), ("fs/protected_symlinks", 1),
                        ("fs/protected_hardlinks", 1), ("fs/protected_fifos", 2), ("fs/protected_regular", 2), ("fs/suid_dumpable", 2),
                        ("kernel/core_pattern", "core"), ("net/ipv4/conf/all/route_localnet", 0), ("kernel/unprivileged_userns_clone", 0),
                        ("user/max_user_namespaces", 1000)):
        host.write("/proc/sys/" + path, f"{value}\n")
    host.write("/sys/kernel/security/lsm", "lockdown,capability,apparmor")
    host.write("/sys/module/apparmor/parameters/enabled", "Y\n")
    host.write("/sys/fs/cgroup/cgroup.controllers", "memory")
    host.write("/etc/environment", 'DOCKER_CONTENT_TRUST="1"\n')
    found = host.look()
    tap.ok(not [f for f in found["findings"] if f["workload"] == "host"], "a closed one", found["findings"])
    expect("AppArmor is there; SELinux is not: does not apply", found, c5_3="not-applicable", c4_5="pass")
    host.write("/sys/kernel/security/lsm", "lockdown,capability")
    os.remove(host.path("/sys/module/apparmor/parameters/enabled"))
    found = host.look()
    expect("no AppArmor in the kernel: does not apply", found, c5_2="not-applicable")
    tap.ok("no AppArmor" in found["checks"]["5.2"]["reason"], "and says so", found["checks"]["5.2"])
    tap.ok(any(f["rule"] == "host/no-security-module" for f in found["findings"]), "but the host is told of it", "")


def test_podman(scratch):
    host = Host(scratch, "podman").daemon("podman", "system", "service", "tcp:0.0.0.0:8080", comm="podman")
    host.write("/usr/share/containers/containers.conf", '[containers]\npids_limit = 100\nseccomp_profile = ""\n')
    host.write("/etc/containers/containers.conf.d/50.conf",
               '[containers]\npids_limit = -1\nseccomp_profile = "unconfined"\nprivileged = true\ndefault_capabilities = ["CHOWN", "SYS_ADMIN"]\n')
    host.write("/etc/containers/registries.conf", 'short-name-mode = "disabled"\n[[registry]]\nlocation = "r.test"\ninsecure = true\n')
    host.write("/etc/containers/policy.json", '{"default": [{"type": "insecureAcceptAnything"}]}', 0o666)
    host.daemon("containerd", comm="containerd")
    host.write("/etc/containerd/config.toml", 'version = 2\n[grpc]\ntcp_address = "0.0.0.0:1234"\n'
               '[plugins."io.containerd.grpc.v1.cri".registry.configs."a.test".tls]\ninsecure_skip_verify = true\n')
    host.write("/etc/containerd/certs.d/b.test/hosts.toml", '[host."https://b.test"]\nskip_verify = true\n')
    found = host.look()
    rules = {f["rule"] for f in found["findings"] if f["workload"] in ("podman", "containerd")}
    wanted = {"host/" + name for name in ("podman-tcp", "podman-insecure-registry", "podman-seccomp-off", "podman-privileged",
                                          "podman-capabilities", "podman-pids-unlimited", "podman-accepts-anything", "podman-short-names",
                                          "containerd-tcp", "containerd-insecure-registry", "file-writable", "not-audited")}
    tap.ok(rules == wanted, "Podman and containerd by their files", sorted(wanted - rules), sorted(rules - wanted))
    tap.ok(found["settings"]["containerd.insecure_registries"] == "a.test, b.test", "both ways to trust a registry", found["settings"])


# --- an engine that says what we want ---


def nodes(managers, workers):
    return [{"Spec": {"Role": "manager"}, "ManagerStatus": {"Leader": i == 0}} for i in range(managers)] + [{"Spec": {"Role": "worker"}}] * workers


def bridge(**options):
    return {"Name": "bridge", "Driver": "bridge", "Options": {"com.docker.network.bridge.default_bridge": "true",
                                                             **{"com.docker.network.bridge." + key: value for key, value in options.items()}}}


def test_answers(scratch):
    """The engine's own answer goes before what its arguments say."""
    hour = 3600 * 10**9
    info = {"Driver": "aufs", "LoggingDriver": "syslog", "LiveRestoreEnabled": False, "ExperimentalBuild": False, "DockerRootDir": "/var/lib/docker",
            "Plugins": {"Authorization": ["opa"]}, "SecurityOptions": ["name=seccomp,profile=/etc/strict.json", "name=userns", "name=rootless"],
            "Images": 3, "Containers": 2, "ContainersStopped": 1, "RegistryConfig": {
                "InsecureRegistryCIDRs": ["127.0.0.0/8", "10.0.0.0/8"], "IndexConfigs": {"docker.io": {"Secure": True}, "r.test": {"Secure": False}}},
            "Swarm": {"LocalNodeState": "active", "ControlAvailable": True}}
    answers = {"/_ping": "OK", "/version": {"Version": "28.0.1", "ApiVersion": "1.48", "MinAPIVersion": "1.24",
                                            "BuildTime": time.strftime("%Y-%m-%dT%H:%M:%S.000000000+00:00", time.gmtime(time.time() - 86400 * 20))},
               "/info": info, "/nodes": nodes(2, 5), "/networks": [bridge(enable_icc="false")], "/secrets": [{}, {}],
               "/swarm": {"Spec": {"EncryptionConfig": {"AutoLockManagers": False}, "CAConfig": {"NodeCertExpiry": 2160 * hour}}},
               "/images/json": [{"Id": "sha256:1"}, {"Id": "sha256:2"}, {"Id": "sha256:3"}], "/containers/json": [{"ImageID": "sha256:1"}, {"ImageID": "sha256:1"}]}
    host = Host(scratch, "answers").daemon("dockerd", "--icc=true", "--log-driver=json-file", "--storage-opt", "dm.basesize=1G", "--cgroup-parent", "/x")
    with engine(scratch + "/a.sock", answers):
        found = look(host.root, "unix://" + scratch + "/a.sock")
        expect("an engine's answer", found, c2_2="pass", c2_5="fail", c2_6="fail", c2_9="pass", c2_12="pass", c2_13="pass", c2_17="manual",
               c2_15="pass", c1_2_2="manual", c5_1="fail", c7_1="fail", c7_5="fail", c7_7="fail", c7_3="pass", c6_1="manual", c2_11="fail", c2_10="fail")
        tap.ok(found["settings"]["docker.insecure_registries"] == "10.0.0.0/8, r.test", "registries of the host itself are left out", found["settings"])
        tap.ok((found["settings"]["docker.images_unused"], found["settings"]["swarm.secrets"]) == ("2", "2"), "numbers", found["settings"])
        tap.ok(found["settings"]["docker.build_days"] == "20", "its age in days", found["settings"]["docker.build_days"])
        answers["/nodes"] = nodes(3, 1)
        answers["/networks"] = [bridge(name="br-other"), {"Name": "web", "Driver": "overlay", "Options": {}},
                                {"Name": "db", "Driver": "overlay", "Options": {"encrypted": ""}}]
        answers["/version"]["BuildTime"] = "2020-01-02T03:04:05.000000000+00:00"
        info["SecurityOptions"] = ["name=no-new-privileges", "name=selinux"]
        found = look(host.root, "unix://" + scratch + "/a.sock")
        expect("other answers: managers are counted, not leaders; icc is on when nobody says; no seccomp", found, c7_1="pass", c2_2="fail", c7_3="fail",
               c1_2_2="fail", c2_17="fail", c2_14="pass", c2_9="fail")
        tap.ok(found["checks"]["7.3"]["cases"][0]["message"].startswith("web:"), "the network that is not encrypted", found["checks"]["7.3"])
        answers["/networks"] = []
        expect("no default bridge", look(host.root, "unix://" + scratch + "/a.sock"), c2_2="pass", c7_3="pass")
        info["Swarm"] = {"LocalNodeState": "active", "ControlAvailable": False}
        expect("a worker knows nothing of its swarm", look(host.root, "unix://" + scratch + "/a.sock"), c7_1="unknown", c7_5="unknown", c5_1="fail")
        info.clear()
        del answers["/networks"]
        expect("an engine that says little: what it was told counts", look(host.root, "unix://" + scratch + "/a.sock"), c2_2="fail", c2_13="fail", c2_6="unknown")
        info.update({"Swarm": {"LocalNodeState": "inactive"}, "LiveRestoreEnabled": False})
        expect("no swarm, no live restore", look(host.root, "unix://" + scratch + "/a.sock"), c2_15="fail", c7_1="not-applicable", c5_1="pass")


# --- a real daemon ---


@contextlib.contextmanager
def dockerd(folder, config, *words):
    os.makedirs(folder)
    with open(folder + "/daemon.json", "w", encoding="utf-8") as out:
        json.dump(config, out)
    started = ["dockerd", "--data-root", folder + "/data", "--exec-root", folder + "/exec", "--pidfile", folder + "/pid", "-H", f"unix://{folder}/d.sock",
               "--bridge=none", "--iptables=false", "--ip6tables=false", "--config-file", folder + "/daemon.json", *words]
    with open(folder + "/log", "wb") as out:
        process = subprocess.Popen(started, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if process.poll() is not None or (os.path.exists(folder + "/d.sock") and docker(folder, "version").returncode == 0):
                break
            time.sleep(0.1)
        yield process.poll() is None
    finally:
        process.terminate()
        process.wait(60)


def docker(folder, *words):
    return subprocess.run(["docker", "-H", f"unix://{folder}/d.sock", *words], capture_output=True, text=True, timeout=120)


def test_real(scratch):
    name = "a real daemon"
    if os.geteuid() or not shutil.which("dockerd") or not shutil.which("docker"):
        tap.skip(name, "dockerd is not installed, or this is not root")
        return
    folder = scratch + "/one"
    config = {"log-driver": "local", "live-restore": True, "insecure-registries": ["registry.test:5000"], "no-new-privileges": True, "experimental": True}
    with dockerd(folder, config, "--log-level", "warn", "--storage-driver=vfs", "--default-ulimit", "nofile=100:200", "--host=tcp://127.0.0.1:42375") as up:
        if not up:
            tap.skip(name, "it does not start here")
            return
        found = look("/", f"unix://{folder}/d.sock")
        expect("a real daemon: what its API and its arguments say", found, c2_2="pass", c2_3="fail", c2_4="fail", c2_5="fail", c2_6="pass",
               c2_7="fail", c2_8="manual", c2_9="fail", c2_12="fail", c2_13="fail", c2_14="pass", c2_15="pass", c2_16="fail", c2_18="fail",
               c1_1_1="fail", c3_16="pass", c7_1="not-applicable", c7_5="not-applicable", c5_1="pass")
        expect("an old engine does not pass", found, c1_2_2="fail" if int(found["settings"]["docker.build_days"] or 0) > 365 else "manual")
        tap.ok(found["settings"]["docker.tcp"] == "127.0.0.1:42375", "its TCP port, once", found["settings"]["docker.tcp"])
        paths = [f["path"] for f in found["files"] if f["kind"] in ("docker-socket", "containerd-socket") and f["workload"] == "docker"]
        tap.ok(paths == [folder + "/d.sock", folder + "/exec/containerd/containerd.sock"], "its own sockets", paths)


def test_swarm(scratch):
    if os.geteuid() or not shutil.which("dockerd") or not shutil.which("docker"):
        tap.skip("a real swarm", "dockerd is not installed, or this is not root")
        return
    with dockerd(scratch + "/two", {}, "--storage-driver=vfs") as up:
        if up:
            test_real_swarm(scratch + "/two")
        else:
            tap.skip("a real swarm", "dockerd does not start here")


def test_real_swarm(folder):
    made = docker(folder, "swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377", "--autolock")
    if made.returncode:
        tap.skip("a real swarm", " ".join(made.stderr.split())[-150:])
        return
    docker(folder, "network", "create", "-d", "overlay", "plain-one")
    docker(folder, "network", "create", "-d", "overlay", "--opt", "encrypted", "secret-one")
    found = look("/", f"unix://{folder}/d.sock")
    expect("a swarm: its manager, address, networks, lock, certificates", found, c7_1="pass", c7_2="pass", c7_3="fail", c7_5="pass", c7_7="fail",
           c7_6="manual", c5_1="fail")
    message = found["checks"]["7.3"]["cases"][0]["message"]
    tap.ok("plain-one" in message and "secret-one" not in message, "the networks by name", message)
    docker(folder, "swarm", "update", "--autolock=false", "--cert-expiry=48h")
    expect("a swarm that is not locked", look("/", f"unix://{folder}/d.sock"), c7_5="fail", c7_7="pass")
    docker(folder, "swarm", "leave", "--force")
    docker(folder, "swarm", "init", "--advertise-addr", "127.0.0.1")
    found = look("/", f"unix://{folder}/d.sock")
    expect("a swarm on all addresses", found, c7_2="fail")
    tap.ok(any(f["rule"] == "host/swarm-all-addresses" for f in found["findings"]), "is a finding", found["findings"])
    docker(folder, "swarm", "leave", "--force")


# --- the command, and the tables ---


def test_command(scratch):
    """bulkhead audit --cis docker says the same as what it is made of."""
    host = Host(scratch, "command").settings({"icc": False}).daemon("dockerd")
    done = subprocess.run([PROGRAM, "audit", "--cis", "docker", "--kernel", "--root", host.root, "--format", "json"], capture_output=True, text=True, timeout=60)
    try:
        found = {c["id"]: c["status"] for s in json.loads(done.stdout)["sections"] for c in s["checks"]}
    except ValueError:
        tap.ok(False, "the command", done.returncode, done.stdout[:200], done.stderr[:400])
        return
    ours = {key: one["status"] for key, one in host.look()["checks"].items()}
    tap.ok(found == ours and len(found) == 117, "the command: all 117 checks", [key for key in ours if ours[key] != found.get(key)])
    tap.ok(done.returncode in (1, 3), "its exit code says that checks fail", done.returncode)
    done = subprocess.run([PROGRAM, "audit", "--cis", "docker", "--kernel", "--root", host.root], capture_output=True, text=True, timeout=60)
    tap.ok("2.2" in done.stdout and max(map(len, done.stdout.splitlines())) <= 80, "as text, 80 columns", [one for one in done.stdout.splitlines() if len(one) > 80])


def test_all():
    done = subprocess.run([PROGRAM, "rules", "--format", "json"], capture_output=True, text=True, timeout=60)
    rules = {one["rule"] for one in json.loads(done.stdout)["rules"] if one["control"] == "host"}
    tap.ok(not rules - FIRED, "every rule about hosts has fired", sorted(rules - FIRED))


def remove(scratch):
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        mounts = [line.split()[4] for line in lines]
    for mount in sorted((one for one in mounts if one.startswith(scratch + "/")), reverse=True):
        subprocess.run(["umount", "-l", mount], capture_output=True, check=False)
    subprocess.run(["rm", "-rf", "--one-file-system", scratch], check=False)


def main():
    if os.geteuid():
        tap.skip("hosts", "files of other owners need root")
        tap.end()
    scratch = tempfile.mkdtemp(prefix="bulkhead-host-")
    try:
        for test in (test_arguments, test_config, test_score, test_log_drivers, test_tcp, test_unit, test_modes, test_owners, test_exec_root, test_links, test_ordinary_user,
                     test_partition, test_group, test_audit, test_kernel, test_podman, test_answers, test_command, test_real, test_swarm):
            test(scratch)
        test_all()
    finally:
        remove(scratch)
    tap.end()


main()
