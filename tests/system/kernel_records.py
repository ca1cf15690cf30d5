#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel shows of containers, on recorded trees: what this machine cannot start (cgroup version 2, privileged, AppArmor, SELinux), and records that are
made to mislead. argv[1] is kernel_tool."""
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from kernel_look import facts_are, find, is_so, look, tap  # noqa: E402


def write(root, path, text):
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as out:
        out.write(text)


def status(pid, parent, inner, name="init", uid=0, effective="000001ffffffffff", bounding="000001ffffffffff", privileges=0, seccomp=0):
    return (f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{parent}\nTracerPid:\t0\n"
            f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{uid}\t{uid}\t{uid}\t{uid}\nFDSize:\t64\nGroups:\t\nNStgid:\t{inner}\nNSpid:\t{inner}\n"
            f"Threads:\t1\nCapInh:\t0000000000000000\nCapPrm:\t{effective}\nCapEff:\t{effective}\nCapBnd:\t{bounding}\nCapAmb:\t0000000000000000\n"
            f"NoNewPrivs:\t{privileges}\nSeccomp:\t{seccomp}\nSeccomp_filters:\t{1 if seccomp else 0}\n")


HOST_MOUNTS = ("1 0 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n2 1 0:20 / /proc rw - proc proc rw\n3 1 0:21 / /sys rw - sysfs sysfs rw\n"
               "4 3 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n5 1 8:2 / /srv rw - ext4 /dev/sda2 rw\n")
CONSTANT = {"cgroup": 4026531835, "ipc": 4026531839, "mnt": 4026531832, "net": 4026531833, "pid": 4026531836, "user": 4026531837, "uts": 4026531838}


def record_process(root, pid, text, cgroup, mounts, namespaces, **files):
    write(root, f"proc/{pid}/status", text)
    write(root, f"proc/{pid}/cgroup", cgroup)
    write(root, f"proc/{pid}/mountinfo", mounts)
    os.makedirs(f"{root}/proc/{pid}/ns", exist_ok=True)
    for kind, inode in CONSTANT.items():
        os.symlink(f"{kind}:[{namespaces.get(kind, inode)}]", f"{root}/proc/{pid}/ns/{kind}")
    for name, content in files.items():
        write(root, f"proc/{pid}/{name}", content)


def record(scratch, version2):
    root = os.path.join(scratch, "record-" + ("v2" if version2 else "v1"))
    one, two = "ab" * 32, "cd" * 32
    host = HOST_MOUNTS if version2 else HOST_MOUNTS.replace("0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0:22 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices")
    record_process(root, 1, status(1, 0, "1", "systemd"), "0::/init.scope\n", host, {})
    group = f"0::/system.slice/docker-{one}.scope\n" if version2 else f"5:devices:/docker/{one}\n"
    mounts = ("50 49 0:50 / / rw - overlay overlay rw\n51 50 0:51 / /proc rw - proc proc rw\n52 50 0:21 / /sys rw - sysfs sysfs rw\n"
              "53 50 8:2 /shared\\040data /data ro,relatime - ext4 /dev/sda2 rw\n54 53 8:1 /srv/shared\\040data/sub /data/sub rw - ext4 /dev/sda1 rw\n"
              "55 50 0:60 / /scratch rw,nosuid,noexec - tmpfs tmpfs rw,size=2048k\n56 50 8:1 /var/lib/docker/volumes/vol/_data /vol rw - ext4 /dev/sda1 rw\n"
              "57 50 8:1 /var/lib/kubelet/pods/1/volumes/kubernetes.io~configmap/conf /conf ro - ext4 /dev/sda1 rw\n"
              f"58 50 8:1 /var/lib/docker/containers/{one}/hosts /etc/hosts rw - ext4 /dev/sda1 rw\n")
    private = {"pid": 4026532001, "net": 4026532002, "mnt": 4026532003}
    record_process(root, 300, status(300, 1, "300\t1"), group, mounts, private, environ="A=1\0B=2\0nothing\0", oom_score_adj="-5\n",
                   cmdline="/bin/sh\0-c\0a b\0", uid_map="         0          0 4294967295\n")
    record_process(root, 301, status(301, 300, "301\t7", "worker", 1000, "0" * 16, "0" * 16, 1, 2), group, mounts, private)
    pod = (f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a1b2c3d_1111_2222_3333_444455556666.slice/cri-containerd-{two}.scope\n"
           if version2 else f"5:devices:/kubepods/burstable/pod0a1b2c3d-1111-2222-3333-444455556666/{two}\n")
    record_process(root, 400, status(400, 1, "400\t1", uid=100007, effective="0" * 16, privileges=1, seccomp=2), pod, "60 59 0:70 / / ro - overlay overlay rw\n",
                   {"user": 4026532900, "net": 4026532002}, uid_map="0 100000 65536\n", gid_map="0 100000 65536\n")
    record_process(root, 401, status(401, 1, "401\t30", "entered"), pod, "60 59 0:70 / / ro - overlay overlay rw\n", {})
    write(root, "proc/kcore", "")
    return root, one, two


def record_limits(root, one, two):
    """Version 2: limits on the way up count."""
    slices = "sys/fs/cgroup/system.slice"
    write(root, f"{slices}/memory.max", "1073741824\n")
    write(root, f"{slices}/memory.swap.max", "0\n")
    write(root, f"{slices}/pids.max", "20\n")
    write(root, f"{slices}/cpu.max", "150000 100000\n")
    own = f"{slices}/docker-{one}.scope"
    for name, text in {"memory.max": "max", "memory.swap.max": "max", "memory.low": "1048576", "cpu.max": "200000 100000", "cpu.weight": "20", "pids.max": "max"}.items():
        write(root, f"{own}/{name}", text + "\n")
    kube = "sys/fs/cgroup/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0a1b2c3d_1111_2222_3333_444455556666.slice"
    for name, text in {"memory.max": "268435456", "memory.swap.max": "134217728", "cpu.max": "max 100000", "cpu.weight": "100", "pids.max": "100"}.items():
        write(root, f"{kube}/cri-containerd-{two}.scope/{name}", text + "\n")


def test_record_v2(scratch):
    root, one, two = record(scratch, True)
    record_limits(root, one, two)
    found = look(root)
    first, second = find(found, one), find(found, two)
    is_so("record, v2: engines and pods", [(c["id"], c["engine"], c["pod"], c["pid"], c["pids"]) for c in found],
          [(one, "docker", "", 300, 2), (two, "containerd", "0a1b2c3d-1111-2222-3333-444455556666", 400, 2)])
    facts_are("record, v2: limits are the least of all above", first, memory_limit=1 << 30, memory_swap=1 << 30, memory_request=1 << 20, cpu_limit=1500, pids_limit=20,
              cpu_shares=501, oom_kill_disabled=False, oom_score=-5)
    facts_are("record, v2: limits of its own", second, memory_limit=256 << 20, memory_swap=384 << 20, cpu_limit=0, cpu_shares=1024, pids_limit=100)
    facts_are("record, v2: who runs it", second, uid=7, gid=7, host_uid=100007, user_namespace="private", read_only=True, no_new_privileges=True)
    tap.ok("all_devices" not in first["facts"] and "privileged" not in first["facts"], "record, v2: the program of a record cannot be asked for", first["facts"])
    facts_are("record, v2: namespaces", first, network_mode="container:" + two, pid_namespace="private", ipc_namespace="host", user_namespace="host")
    gains = {t["pid"]: t["gains"] for t in second["facts"]["tasks"]}
    tap.ok(list(gains) == [401] and gains[401].startswith("the user namespace of the host; all capabilities; ") and
           "no seccomp filter" in gains[401] and "new privileges" in gains[401], "record, v2: a process with more rights", gains)
    is_so("record, v2: one with less is none", first["facts"]["tasks"], [])


def test_record_mounts(scratch):
    root, one, _ = record(os.path.join(scratch, "again"), True)
    c = find(look(root), one)
    got = {m["target"]: m for m in c["facts"]["mounts"]}
    is_so("record: what was asked for", sorted(got), ["/conf", "/data", "/scratch", "/vol"])
    is_so("record: a path of the host with a blank", (got["/data"].get("source"), got["/data"]["writable"], got["/data"]["type"]), ("/srv/shared data", False, "bind"))
    is_so("record: what is writable below a read-only bind", got["/data"].get("recursive"), False)
    is_so("record: tmpfs", (got["/scratch"]["type"], got["/scratch"]["size"], got["/scratch"]["noexec"]), ("tmpfs", 2 << 20, True))
    is_so("record: volumes", [(got[t]["type"], got[t]["source"]) for t in ("/vol", "/conf")], [("volume", "vol"), ("configmap", "conf")])
    facts_are("record: environment, command", c, env=[{"name": "A", "value": "1", "source": "literal"}, {"name": "B", "value": "2", "source": "literal"}],
              command='["/bin/sh", "-c", "a b"]', unmasked=True, sys_writable=True, read_only=False)


def test_record_covered_mounts(scratch):
    """What is the host's is told below /dev, /proc and /sys too; nodes and file systems that a runtime makes are not."""
    root = plain_host(scratch, "covered")
    write(root, "proc/1/mountinfo", HOST_MOUNTS + "6 1 0:5 / /dev rw - devtmpfs udev rw\n7 1 0:25 / /run rw - tmpfs tmpfs rw\n8 6 0:26 / /dev/shm rw - tmpfs tmpfs rw\n")
    one = record_container(root, 810)
    lines = (("0:5 / /dev/host", "devtmpfs"), ("0:5 /snd /dev/sound", "devtmpfs"), ("0:5 /null /dev/null", "devtmpfs"), ("0:5 /null /proc/kcore", "devtmpfs"),
             ("0:25 /engine.sock /dev/log", "tmpfs"), ("0:25 /docker.sock /sys/fs/cgroup/x", "tmpfs"), ("0:26 / /dev/shm", "tmpfs"), ("0:90 / /dev", "tmpfs"),
             ("0:91 / /proc/acpi", "tmpfs"), ("0:20 / /proc", "proc"))
    write(root, "proc/810/mountinfo", "8100 1 0:810 / / rw - overlay overlay rw\n" +
          "".join(f"{8101 + i} 8100 {words} rw - {kind} {kind} rw\n" for i, (words, kind) in enumerate(lines)))
    got = {m["target"]: m.get("source") for m in find(look(root), one)["facts"]["mounts"]}
    is_so("record: parts of the host below /dev and /sys", got, {"/dev/host": "/dev", "/dev/sound": "/dev/snd", "/dev/log": "/run/engine.sock", "/sys/fs/cgroup/x": "/run/docker.sock"})


def test_record_privileged(scratch):
    root, one, two = record(scratch, False)
    folder = "sys/fs/cgroup/devices"
    write(root, f"{folder}/docker/{one}/devices.list", "a *:* rwm\n")
    write(root, f"{folder}/kubepods/burstable/pod0a1b2c3d-1111-2222-3333-444455556666/{two}/devices.list", "c *:* m\nc 1:3 rwm\nc 81:* r\nb 8:0 rw\n")
    write(root, "sys/dev/block/8:0/uevent", "MAJOR=8\nMINOR=0\nDEVNAME=sda\n")
    found = look(root)
    facts_are("record, v1: privileged", find(found, one), privileged=True, all_devices=True, devices=[], sys_writable=True)
    facts_are("record, v1: not privileged, and its devices", find(found, two), privileged=False, all_devices=False,
              devices=[{"source": "c 81:*", "access": "r"}, {"source": "/dev/sda", "access": "rw"}])
    write(root, "proc/1/status", status(1, 0, "1", "systemd", bounding="000003ffffffffff"))
    facts_are("record, v1: one capability less than the host has is not privileged", find(look(root), one), privileged=False)


def test_record_supervisors(scratch):
    """Containers that no cgroup names: only who holds them says what they are."""
    root, one, _ = record(os.path.join(scratch, "held"), True)
    pod, own, mounts, none = "ef" * 32, "12" * 32, "60 59 0:71 / / rw - overlay overlay rw\n", "70 69 0:20 / /proc rw - proc proc rw\n"
    group = "0::/user.slice/user-0.slice/session-1.scope\n"

    def record_held(pid, text, cgroup=group, mount=mounts, **files):
        record_process(root, pid, text, cgroup, mount, {"pid": 4026530000 + pid}, **files)

    record_held(500, status(500, 1, "500", "conmon"), mount=HOST_MOUNTS, cmdline=f"/usr/bin/conmon\0-c\0{own}\0-b\0/b/userdata\0-r\0/usr/bin/crun\0-n\0alone\0")
    record_held(501, status(501, 500, "501"), "0::/\n")
    record_held(502, status(502, 501, "502", "deeper"), "0::/elsewhere\n")
    record_held(510, status(510, 1, "510", "containerd-shim"), mount=HOST_MOUNTS, cmdline="/usr/bin/containerd-shim-runc-v2\0-namespace\0default\0-id\0web\0")
    os.symlink("/run/containerd/io.containerd.runtime.v2.task/default/web", f"{root}/proc/510/cwd")
    record_held(511, status(511, 510, "511\t1"), "0::/default/web\n")
    record_held(520, status(520, 1, "520", "containerd-shim"), mount=HOST_MOUNTS, cmdline=f"containerd-shim-kata-v2\0-namespace\0k8s.io\0-id\0{pod}\0")
    os.symlink(f"/run/tasks/{pod}", f"{root}/proc/520/cwd")
    record_held(521, status(521, 520, "521\t1"), f"0::/kubepods/besteffort/podu/{'34' * 32}\n")
    record_held(530, status(530, 1, "530\t1"), "0::/lxc.payload.box\n")
    record_held(531, status(531, 530, "531\t2\t1", "nested"), "0::/lxc.payload.box/x\n")
    record_held(540, status(540, 1, "540\t1", "browser"), mount=none)
    record_held(541, status(541, 1, "541\t1", "browser"), mount=HOST_MOUNTS)
    record_held(542, status(542, 1, "542", "conmon", uid=1000), mount=HOST_MOUNTS, cmdline=f"conmon\0-c\0{one}\0-b\0/home/evil\0-n\0innocent\0")
    record_held(543, status(543, 542, "543\t1", "child", uid=1000))
    record_held(544, status(544, 1, "544", "conmon", uid=1000), mount=HOST_MOUNTS, cmdline=f"conmon\0-c\0{'78' * 32}\0-b\0/home/b\0-n\0rootless\0")
    record_held(545, status(545, 544, "545\t1", "child", uid=1000), f"0::/user.slice/libpod-{'78' * 32}.scope\n")
    record_held(550, status(550, 300, "550\t8", "conmon"), f"0::/system.slice/docker-{one}.scope\n", cmdline=f"conmon\0-c\0{'56' * 32}\0-n\0forged\0")
    record_held(551, status(551, 550, "551\t9", "child"), f"0::/system.slice/docker-{one}.scope\n")
    found = {c["id"]: c for c in look(root)}
    is_so("record: held by conmon, without a cgroup", [found.get(own, {}).get(key) for key in ("name", "engine", "runtime", "bundle", "pid", "pids")],
          ["alone", "podman", "crun", "/b/userdata", 501, 2])
    is_so("record: held by a shim, with a name", [found.get("web", {}).get(key) for key in ("engine", "runtime", "bundle", "pid")],
          ["containerd", "runc", "/run/containerd/io.containerd.runtime.v2.task/default/web", 511])
    is_so("record: held by the shim of its pod", [found.get("34" * 32, {}).get(key) for key in ("engine", "runtime", "bundle", "pod", "pid")],
          ["containerd", "kata", "/run/tasks/" + "34" * 32, "u", 521])
    is_so("record: LXC, with what is nested in it", [found.get("box", {}).get(key) for key in ("engine", "pid", "pids")], ["lxc", 530, 2])
    tap.ok(not {540, 541} & {c["pid"] for c in found.values()}, "record: sandboxes of browsers are none", sorted(found))
    is_so("record: what another user says of root's container is not believed, nor is his process put into it",
          [found[one]["name"], found[one]["bundle"], found[one]["pid"], found.get("pid-543", {}).get("pid")], ["", "", 300, 543])
    is_so("record: of a user without root, what he holds", [found.get("78" * 32, {}).get(key) for key in ("name", "bundle")], ["rootless", "/home/b"])
    tap.ok("56" * 32 not in found and found[one]["pids"] == 4, "record: what a process in a container calls itself is not believed", sorted(found))


def test_record_hostile(scratch):
    """A record that is made to lead out of itself, or to hang."""
    root, one, _ = record(os.path.join(scratch, "hostile"), True)
    os.remove(f"{root}/proc/300/environ")
    os.symlink("/etc/passwd", f"{root}/proc/300/environ")
    os.remove(f"{root}/proc/300/cmdline")
    os.mkfifo(f"{root}/proc/300/cmdline")
    os.symlink("/", f"{root}/proc/300/root")
    write(root, "proc/301/status", "Name:\tx\nUid:\tmany\n")
    c = find(look(root, "--set-uid"), one)
    facts_are("record, hostile: links stay inside, nothing is waited for", c, uid=0)
    tap.ok(c and "env" not in c["facts"] and "command" not in c["facts"], "record, hostile: what is outside is not read", c and c["facts"])


def test_record_starting(scratch):
    """A container that its runtime is still making does not run yet; the name alone proves nothing."""
    root = plain_host(scratch, "starting")
    for pid, name in ((690, "runc:[2:INIT]"), (691, "runc:[2:INIT]"), (692, "worker"), (693, "runc:[2:INIT]"), (694, "runc:[1:CHILD]"), (695, "crun")):
        record_container(root, pid, status(pid, 1, f"{pid}\t1", name))
    # those of Docker elsewhere are where its shim was told
    write(root, "b/694/options.json", '{"binary_name":"runc","root":"/far"}')
    record_process(root, 680, status(680, 1, "680", "containerd-shim"), "0::/\n", HOST_MOUNTS, {}, cmdline=f"containerd-shim-runc-v2\0-namespace\0moby\0-id\0{container_id(694)}\0")
    os.symlink("/b/694", f"{root}/proc/680/cwd")
    for folder, number in (("run/runc", 690), ("run/runc", 692), ("far/moby", 694), ("run/crun", 695)):
        os.makedirs(f"{root}/{folder}/{container_id(number)}")
        os.mkfifo(f"{root}/{folder}/{container_id(number)}/exec.fifo")
    write(root, f"run/runc/{container_id(693)}/exec.fifo", "no pipe")
    hidden = {690, 694, 695} if os.geteuid() == 0 else set()  # whose pipes these are, counts
    is_so("record: who is still made is left out, and nobody hides by a name", {c["pid"] for c in look(root)}, {690, 691, 692, 693, 694, 695} - hidden)
    if os.geteuid() == 0:
        os.chown(f"{root}/run/runc/{container_id(690)}/exec.fifo", 1000, 1000)
        tap.ok(690 in {c["pid"] for c in look(root)}, "record: what another user has made says nothing of root's containers", "")


def test_record_deep_files(scratch):
    root = plain_host(scratch, "deep")
    one = record_container(root, 670)
    for name, depth in (("flat", 3), ("deep", 80)):
        os.makedirs(f"{root}/proc/670/root/" + "/".join([name] * depth))
    write(root, "proc/670/root/raised", "")
    os.chmod(f"{root}/proc/670/root/raised", 0o4755)
    c = find(look(root, "--set-uid"), one)
    is_so("record: set-uid files", [f["path"] for f in c["facts"].get("set_uid", [])], ["/raised"])
    tap.ok(any("not all files were searched" in p for p in c["problems"]), "record: folders that are too deep are told", c["problems"])
    shutil.rmtree(f"{root}/proc/670/root/deep")
    is_so("record: nothing is told of what was searched", find(look(root, "--set-uid"), one)["problems"], [])


def container_id(number):
    return f"{number:064x}"


def plain_host(scratch, name):
    root = os.path.join(scratch, name)
    record_process(root, 1, status(1, 0, "1", "systemd"), "0::/init.scope\n", HOST_MOUNTS, {})
    return root


def record_container(root, pid, text=None, namespaces=None, **files):
    """One of Docker's by its cgroup; its id is made of its pid."""
    mounts = f"{pid}0 1 0:{pid} / / rw - overlay overlay rw\n"
    record_process(root, pid, text or status(pid, 1, f"{pid}\t1"), f"0::/docker/{container_id(pid)}\n", mounts,
                   namespaces or {"pid": 4026530000 + pid, "ipc": 4026540000 + pid}, **files)
    return container_id(pid)


def test_record_labels(scratch):
    """AppArmor and SELinux, which say it in one line."""
    root = plain_host(scratch, "labels")
    shared = {"ipc": 4026549999}
    rows = (
        (600, {"attr/current": "docker-default (enforce)\n"}, {"apparmor": "docker-default", "selinux_type": None}),
        (601, {"attr/current": "unconfined\n"}, {"apparmor": "unconfined"}),
        (602, {"attr/current": "web (complain)\n"}, {"apparmor": "unconfined"}),
        (603, {"attr/apparmor/current": "cri-containerd.apparmor.d (enforce)\n", "attr/current": "system_u:system_r:x_t:s0\n"},
         {"apparmor": "cri-containerd.apparmor.d", "selinux_type": None}),
        (604, {"attr/current": "system_u:system_r:container_t:s0:c1,c2\0"},
         {"selinux_user": "system_u", "selinux_role": "system_r", "selinux_type": "container_t", "selinux_level": "s0:c1,c2", "selinux_disabled": False,
          "selinux_shared": None, "apparmor": None}),
        (605, {"attr/current": "system_u:system_r:spc_t:s0\0"}, {"selinux_type": "spc_t", "selinux_disabled": True, "selinux_level": "s0", "selinux_shared": None}),
        (606, {"attr/current": "system_u:system_r:spc_t:s0\0"}, {"selinux_shared": None}),
        (607, {"attr/current": "system_u:system_r:container_t:s0:c7,c8\0"}, {"selinux_shared": container_id(608)}),
        (608, {"attr/current": "system_u:system_r:container_t:s0:c7,c8\0"}, {"selinux_shared": container_id(607)}),
        (609, {"attr/current": ""}, {"apparmor": None, "selinux_type": None}),
        (610, {}, {"apparmor": None, "selinux_type": None}),
        (611, {"attr/current": "a:b:"}, {"selinux_type": None}),
        (612, {"attr/current": "system_u:system_r:container_t:s0:c3,c4\0"}, {"selinux_shared": None}),
        (613, {"attr/current": "system_u:system_r:container_t:s0:c3,c4\0"}, {"selinux_shared": None}),
    )
    for pid, files, _ in rows:
        record_container(root, pid, namespaces=shared if pid >= 612 else None, **files)
    found = look(root)
    for pid, files, wanted in rows:
        facts_are(f"record: label {sorted(files.values())} of {pid}", find(found, container_id(pid)), **wanted)


def test_record_threads(scratch):
    """Threads have rights of their own: the one that installs a filter or gives something up may not be the only one."""
    root = plain_host(scratch, "threads")
    weak = {"effective": "0" * 16, "bounding": "0" * 16, "privileges": 1, "seccomp": 2}
    one = record_container(root, 620, status(620, 1, "620\t1", **weak).replace("Threads:\t1", "Threads:\t4"))
    write(root, "proc/620/task/620/status", status(620, 1, "620\t1", **weak))
    write(root, "proc/620/task/621/status", status(620, 1, "621\t2", "no filter", **{**weak, "seccomp": 0}))
    write(root, "proc/620/task/622/status", status(620, 1, "622\t3", "strong", **{**weak, "effective": "0000000000200000"}))
    write(root, "proc/620/task/623/status", status(620, 1, "623\t4", "alike", **weak))
    gains = {t["pid"]: (t["command"], t["gains"]) for t in find(look(root), one)["facts"]["tasks"]}
    is_so("record: threads with more rights than the first", gains, {621: ("no filter", "no seccomp filter"), 622: ("strong", "capabilities SYS_ADMIN")})


def test_record_ended_leader(scratch):
    """A process whose first thread has ended lives on, and shows itself only through another thread."""
    root = plain_host(scratch, "leader")
    gone = status(630, 1, "630\t1").replace("State:\tS", "State:\tZ").replace("Threads:\t1", "Threads:\t2")
    write(root, "proc/630/status", gone)
    write(root, "proc/630/task/630/status", gone)
    write(root, "proc/630/task/634/status", status(630, 1, "634\t9"))
    record_container(root, 634, status(630, 1, "634\t9"), environ="A=1\0")
    write(root, "proc/635/status", status(635, 1, "635\t1").replace("State:\tS", "State:\tZ"))
    os.makedirs(f"{root}/proc/635/task/635")
    found = [c for c in look(root) if c["pid"] != 634]  # which /proc does not list
    is_so("record: a process without its first thread, and one that has ended altogether", [(c["pid"], c["id"], c["facts"]["env"]) for c in found],
          [(630, container_id(634), [{"name": "A", "value": "1", "source": "literal"}])])


def test_record_user_namespace(scratch):
    """Privileged in a user namespace is only who holds all that can be had there."""
    root = plain_host(scratch, "mapped")
    mounts = HOST_MOUNTS.replace("0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0:22 / /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices")
    write(root, "proc/1/mountinfo", mounts)
    own = "60 59 0:70 / / rw - overlay overlay rw\n61 60 0:21 / /sys rw - sysfs sysfs rw\n"
    for pid, effective in ((650, "000001ffffffffff"), (651, "0" * 16)):
        record_process(root, pid, status(pid, 1, f"{pid}\t1", uid=100000, effective=effective), f"5:devices:/docker/{container_id(pid)}\n", own,
                       {"user": 4026532900, "pid": 4026530000 + pid}, uid_map="0 100000 65536\n")
        write(root, f"sys/fs/cgroup/devices/docker/{container_id(pid)}/devices.list", "a *:* rwm\n")
    found = look(root)
    facts_are("record: privileged in a user namespace", find(found, container_id(650)), privileged=True, user_namespace="private")
    facts_are("record: a full bounding set alone is not", find(found, container_id(651)), privileged=False, user_namespace="private")


def record_open(root, pid, number, target, info=""):
    os.makedirs(f"{root}/proc/{pid}/fd", exist_ok=True)
    os.symlink(target, f"{root}/proc/{pid}/fd/{number}")
    write(root, f"proc/{pid}/fdinfo/{number}", info)


def test_record_descriptors(scratch):
    root = plain_host(scratch, "descriptors")
    one = record_container(root, 660, status(660, 1, "660\t1", **{"effective": "0" * 16, "bounding": "0" * 16}))
    record_process(root, 661, status(661, 660, "661\t2", "strong"), f"0::/docker/{one}\n", "6610 1 0:1 / / rw - ext4 x rw\n", {"pid": 4026530660, "mnt": 4026531000})
    record_process(root, 670, status(670, 1, "670", "sleep"), "0::/\n", HOST_MOUNTS, {})
    outside, inside, folder = "flags:\t0100000\nmnt_id:\t1\n", "flags:\t0100000\nmnt_id:\t6600\n", "pos:\t0\nflags:\t02300000\nmnt_id:\t1\n"
    for number, (target, info) in enumerate((
            ("/dev/null", outside), ("/var/log/x", outside), ("pipe:[1]", ""), ("/host", folder), ("/file", outside), ("/inside", inside), ("/damaged", "nonsense\nmnt_id:\tx\n"),
            ("/memfd:x (deleted)", outside), ("anon_inode:bpf-map", ""), ("anon_inode:[eventpoll]", ""), ("anon_inode:[perf_event]", ""), ("net:[4026531833]", ""),
            ("pid:[4026530660]", ""), ("anon_inode:[pidfd]", "Pid:\t670\nNSpid:\t670\n"), ("anon_inode:[pidfd]", "Pid:\t661\nNSpid:\t661 2\n"),
            ("anon_inode:[pidfd]", "Pid:\t-1\n"), ("pid:[4026531836]", ""), ("net:[x", ""), ("socket:[7]", ""))):
        record_open(root, 660, number, target, info)
    record_open(root, 661, 9, "/etc", folder)
    record_open(root, 661, 10, "/own", folder.replace("mnt_id:\t1\n", "mnt_id:\t6610\n"))
    got = sorted((d["number"], d["kind"], d["path"]) for d in find(look(root), one)["facts"]["descriptors"])
    is_so("record: descriptors that lead out", got, [(3, "folder", "/host"), (4, "file", "/file"), (8, "bpf", "anon_inode:bpf-map"), (9, "folder", "/etc"),
                                                    (10, "perf", "anon_inode:[perf_event]"), (13, "process", "anon_inode:[pidfd]"), (16, "namespace", "pid")])


def stat_line(pid, started):
    return f"{pid} (a) b) 1 2) S 1 {pid} {pid} 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 {started} 1000 10\n"


def test_record_states(scratch):
    """What runtimes have written down: found by it in the host's PID namespace, and where the bundle is."""
    root = plain_host(scratch, "states")

    def record_named(pid, parent, name, uid=0, user=None, group=None):
        record_process(root, pid, status(pid, parent, str(pid), name, uid), f"0::/{group or name}\n", f"{pid}0 1 0:9 / / rw - ext4 x rw\n",
                       {"user": user} if user else {}, stat=stat_line(pid, pid * 10))

    def record_state(path, **members):
        write(root, path, json.dumps(members))

    runc = {"config": {"labels": ["a=b", "bundle=/bundles/one"]}}
    record_named(700, 1, "web")
    record_state("run/runc/web/state.json", id="web", init_process_pid=700, init_process_start=7000, **runc)
    record_named(701, 1, "exec", group="web")  # started into it later
    record_named(702, 700, "child", group="else")
    record_named(710, 1, "box")
    record_state("run/crun/box/status", pid=710, **{"process-start-time": 7100}, bundle="/bundles/two")
    record_named(720, 1, "reused")
    record_state("run/runc/reused/state.json", id="reused", init_process_pid=720, init_process_start=1, **runc)
    record_named(730, 1, "own", 1000)
    record_state("run/user/1000/runc/own/state.json", id="own", init_process_pid=730, init_process_start=7300, **runc)
    record_named(740, 1, "mapped", 100000, 4026532901)
    record_state("run/user/1000/crun/mapped/status", pid=740, **{"process-start-time": 7400}, bundle="/bundles/three")
    record_named(750, 1, "victim", 1001)
    record_state("run/user/1000/runc/victim/state.json", id="victim", init_process_pid=750, init_process_start=7500, **runc)
    record_named(760, 1, "runc")
    write(root, "proc/760/cmdline", "runc\0--log\0x\0--root\0/odd/place\0run\0--root\0/not/this\0far\0")
    record_named(761, 760, "far", group="other")
    record_state("odd/place/far/state.json", id="far", init_process_pid=761, init_process_start=7610, **runc)
    record_named(770, 1, "conmon")
    write(root, "proc/770/cmdline", f"conmon\0-c\0{'ab' * 32}\0--runtime-arg\0--root\0--runtime-arg\0other\0--runtime-arg\0--root=more\0")
    os.symlink("/elsewhere", f"{root}/proc/770/cwd")
    record_named(771, 1, "more", group="x")
    record_state("elsewhere/more/held/status", pid=771, **{"process-start-time": 7710}, bundle="/b")
    record_named(780, 1, "twin")
    record_state("run/containerd/runc/default/twin/state.json", id="another", init_process_pid=780, init_process_start=7800, **runc)
    for path in ("run/runc/fifo/state.json", "run/runc/loop/state.json"):
        os.makedirs(os.path.dirname(f"{root}/{path}"))
    os.mkfifo(f"{root}/run/runc/fifo/state.json")
    os.symlink("state.json", f"{root}/run/runc/loop/state.json")
    write(root, "run/runc/damaged/state.json", "{" * 1000)
    write(root, "run/runc/large/state.json", " " * (3 << 20) + "{}")
    os.makedirs(f"{root}/run/user/1001/runc")
    if os.geteuid() == 0:
        os.chown(f"{root}/run/user/1000/runc/own/state.json", 1000, 1000)
        os.chown(f"{root}/run/user/1000/crun/mapped/status", 1000, 1000)
        os.chown(f"{root}/run/user/1000/runc/victim/state.json", 1000, 1000)
    got = {c["id"]: (c["pid"], c["pids"], c["runtime"], c["bundle"]) for c in look(root)}
    want = {"web": (700, 3, "runc", "/bundles/one"), "box": (710, 1, "crun", "/bundles/two"), "own": (730, 1, "runc", "/bundles/one"),
            "mapped": (740, 1, "crun", "/bundles/three"), "far": (761, 1, "runc", "/bundles/one"), "held": (771, 1, "crun", "/b")}
    if os.geteuid():
        got.pop("victim", None)  # its record belongs to this user as well as to everybody else's
    is_so("record: containers that runtimes have written down", got, want)



def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-records-")
    try:
        test_record_v2(scratch)
        test_record_mounts(scratch)
        test_record_covered_mounts(scratch)
        test_record_privileged(scratch)
        test_record_supervisors(scratch)
        test_record_hostile(scratch)
        test_record_labels(scratch)
        test_record_threads(scratch)
        test_record_ended_leader(scratch)
        test_record_user_namespace(scratch)
        test_record_descriptors(scratch)
        test_record_states(scratch)
        test_record_starting(scratch)
        test_record_deep_files(scratch)
    finally:
        shutil.rmtree(scratch)
    tap.end()


main()
