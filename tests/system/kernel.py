#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel shows of containers: real ones of dockerd, podman and plain runc, each started with other flags, and recorded trees for what this machine
cannot start (cgroup version 2, privileged). argv[1] is kernel_tool, which prints all facts."""
import ctypes
import json
import os
import platform
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
from common import Tap  # noqa: E402

tap = Tap()
TOOL = os.path.abspath(sys.argv[1])
DOCKER_DEFAULT = ("CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE SETFCAP").split()


def look(root="/", *options, user=None):
    done = subprocess.run([TOOL, root, *options], capture_output=True, text=True, timeout=60, user=user)
    return json.loads(done.stdout)


def find(found, name):
    return next((c for c in found if c["id"] == name or c["name"] == name), None)


def names(facts, fact, member="name"):
    return [x[member] for x in facts.get(fact, [])]


def is_so(what, got, want):
    tap.ok(got == want, what, f"got  {got!r}", f"want {want!r}")


def facts_are(what, container, **wanted):
    if not container:
        tap.ok(False, what, "it was not found")
        return
    facts = container["facts"]
    wrong = {key: (facts.get(key), value) for key, value in wanted.items() if facts.get(key) != value}
    tap.ok(not wrong, what, *(f"{key}: {got!r}, not {value!r}" for key, (got, value) in wrong.items()))


def mount(container, target):
    return next((m for m in (container or {"facts": {}})["facts"].get("mounts", []) if m["target"] == target), {})


# --- engines ---


def each_engine(engine, scratch):
    """The same flags for Docker and Podman."""
    data = os.path.join(scratch, engine.name + "-data")
    os.makedirs(data + "/inner")
    ids = {}
    plain = ("--network", "none")
    ids["plain"] = engine.start("plain", *plain)
    ids["hard"] = engine.start("hard", *plain, "--user", "1000:1001", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN", "--read-only", "--security-opt",
                               "no-new-privileges", "--memory", "64m", "--memory-swap", "96m", "--cpus", "0.5", "--cpu-shares", "512", "--pids-limit", "50",
                               "--oom-score-adj", "500", "--ulimit", "nofile=100:200", "--tmpfs", "/tmp:rw,size=1m,noexec",
                               "-e", "DB_PASSWORD=one two", "-v", data + ":/data:ro", "--group-add", "2000")
    ids["soft"] = engine.start("soft", "--network", "host", "--pid", "host", "--ipc", "host", "--uts", "host", "--security-opt", "seccomp=unconfined",
                               "-v", data + ":/data", "--device", "/dev/kmsg", *(("-v", engine.socket + ":/run/x.sock:ro") if engine.socket else ()))
    ids["listen"] = engine.start("listen", *plain, "-v", "named:/data", command=("/bin/idle", "tcp", "8080", "udp", "5353", "thread"))
    ids["joined"] = engine.start("joined", "--network", "container:listen", "--pid", "container:listen", *(("-v", engine.scratch + ":/engine") if engine.socket else ()))
    for name, one in ids.items():
        if not one:
            tap.skip(f"{engine.name}: {name}", "it cannot be started here: " + engine.error[-120:].replace("\n", " "))
    return {name: one for name, one in ids.items() if one}, data


def test_engine(engine, scratch):
    ids, data = each_engine(engine, scratch)
    time.sleep(0.3)
    found = {name: find(look(), one) for name, one in ids.items()}
    if not all(found.values()):
        tap.ok(False, f"{engine.name}: all are found", ids, [name for name, c in found.items() if not c])
        return
    for name, c in found.items():
        state = engine.inspect(name)["State"]
        is_so(f"{engine.name}: {name}: engine, first process, runtime, bundle", (c["engine"], c["pid"], c["runtime"], os.path.exists(c["bundle"] + "/config.json")),
              (engine.name, state["Pid"], "runc", True))
        is_so(f"{engine.name}: {name}: nothing was refused", c["problems"], [])
        if engine.name == "podman":
            is_so(f"podman: {name}: conmon says the name", c["name"], name)
    if "plain" in found:
        facts_are(f"{engine.name}: plain", found["plain"], uid=0, gid=0, host_uid=0, read_only=False, no_new_privileges=False, seccomp="filter", privileged=False,
                  all_devices=False, devices=[], mounts=[], unmasked=False, sys_writable=False, network_mode="none", pid_namespace="private",
                  ipc_namespace="private", uts_namespace="private", memory_limit=0, cpu_limit=0, cpu_shares=0, tasks=[], user_namespace="host",
                  command='["/bin/idle"]')
        if engine.name == "docker":
            is_so("docker: plain: the default capabilities", (names(found["plain"]["facts"], "caps_bounding"), names(found["plain"]["facts"], "caps_add"),
                                                              names(found["plain"]["facts"], "caps_drop")), (DOCKER_DEFAULT, [], []))
        else:
            is_so("podman: plain: three less", sorted(names(found["plain"]["facts"], "caps_drop")), ["AUDIT_WRITE", "MKNOD", "NET_RAW"])
    if "hard" in found:
        test_hard(engine, found["hard"], data)
    if "soft" in found:
        test_soft(engine, found["soft"], data)
    if "listen" in found:
        listening = [(x["protocol"], x["address"], x["port"]) for x in found["listen"]["facts"]["listening"]]
        is_so(f"{engine.name}: listening sockets", sorted(listening), [("tcp", "0.0.0.0", 8080), ("udp", "0.0.0.0", 5353)])
        volume = mount(found["listen"], "/data")
        is_so(f"{engine.name}: a volume has its name", (volume.get("type"), volume.get("source"), volume.get("writable")), ("volume", "named", True))
    if "joined" in found and "listen" in found:
        facts_are(f"{engine.name}: namespaces of another container", found["joined"], network_mode="container:" + ids["listen"],
                  pid_namespace="container:" + ids["listen"])
        if engine.socket:
            is_so(f"{engine.name}: a folder that holds the engine's socket", mount(found["joined"], "/engine").get("engine_socket"),
                  "/engine/" + os.path.basename(engine.socket))
    if "hard" in ids:
        test_entered(engine, ids["hard"])
    test_set_uid(engine, ids)


def test_hard(engine, c, data):
    facts_are(f"{engine.name}: hard", c, uid=1000, gid=1001, host_uid=1000, read_only=True, no_new_privileges=True, memory_limit=64 << 20,
              cpu_limit=500, cpu_shares=512, pids_limit=50, oom_score=500, oom_kill_disabled=False)
    facts = c["facts"]
    if "memory_swap" in facts:
        is_so(f"{engine.name}: hard: memory and swap", facts["memory_swap"], 96 << 20)
    is_so(f"{engine.name}: hard: capabilities", (names(facts, "caps_bounding"), names(facts, "caps_drop"), names(facts, "caps_add")),
          (["NET_ADMIN"], ["ALL"], ["NET_ADMIN"]))
    tap.ok("2000" in names(facts, "groups"), f"{engine.name}: hard: groups", names(facts, "groups"))
    tap.ok({"name": "nofile", "soft": 100, "hard": 200} in facts["ulimits"], f"{engine.name}: hard: ulimits", facts["ulimits"])
    tap.ok({"name": "DB_PASSWORD", "value": "one two", "source": "literal"} in facts["env"], f"{engine.name}: hard: environment", facts["env"])
    tmp, bind = mount(c, "/tmp"), mount(c, "/data")
    is_so(f"{engine.name}: hard: tmpfs", (tmp.get("type"), tmp.get("writable"), tmp.get("noexec"), tmp.get("size")), ("tmpfs", True, True, 1 << 20))
    is_so(f"{engine.name}: hard: bind", (bind.get("type"), bind.get("source"), bind.get("writable")), ("bind", data, False))


def test_soft(engine, c, data):
    facts_are(f"{engine.name}: soft", c, network_mode="host", pid_namespace="host", ipc_namespace="host", uts_namespace="host", seccomp="unconfined",
              privileged=False)
    is_so(f"{engine.name}: soft: the device", [(d["source"], d["access"]) for d in c["facts"]["devices"]], [("/dev/kmsg", "rwm")])
    bind = mount(c, "/data")
    is_so(f"{engine.name}: soft: bind", (bind.get("source"), bind.get("writable")), (data, True))
    tap.ok("listening" not in c["facts"], f"{engine.name}: soft: the host's sockets are not its own")
    if engine.socket:
        one = mount(c, "/run/x.sock")
        is_so(f"{engine.name}: soft: the engine's socket under another name, read-only", (one.get("engine_socket"), one.get("writable")), ("/run/x.sock", False))


def test_entered(engine, container):
    """An exec with more rights than the container was started with."""
    words = ("exec", "-d", "--privileged", "--user", "0", "hard", "/bin/idle")
    done = engine.run(*words)
    if done.returncode:
        words = ("exec", "-d", "--user", "0", "hard", "/bin/idle")
        done = engine.run(*words)
    time.sleep(0.5)
    c = find(look(), container)
    tasks = c["facts"]["tasks"] if c else []
    if done.returncode or not c or c["pids"] < 2:
        tap.skip(f"{engine.name}: an exec with more rights", "exec cannot be started here: " + done.stderr[-120:].replace("\n", " "))
        return
    tap.ok(any("uid 0" in t["gains"] and t["command"] == "idle" and t["uid"] == 0 for t in tasks), f"{engine.name}: an exec with more rights is a task", tasks)
    tap.ok(all(t["pid"] != c["pid"] for t in tasks), f"{engine.name}: the first process gains nothing over itself", tasks)


def test_set_uid(engine, ids):
    found = look("/", "--set-uid")
    plain, hard = find(found, ids.get("plain")), find(found, ids.get("hard"))
    if plain:
        is_so(f"{engine.name}: set-uid files", [(f["path"], f["kind"], f["mode"]) for f in plain["facts"].get("set_uid", [])], [("/bin/raised", "set-uid", 0o4755)])
    if hard:
        tap.ok("set_uid" not in hard["facts"], f"{engine.name}: no set-uid files count with no_new_privs", hard["facts"].get("set_uid"))


def test_without_cgroups(engine):
    """conmon alone says what it is."""
    one = engine.start("nogroup", "--network", "none", "--cgroups", "disabled")
    if not one:
        tap.skip("podman: --cgroups=disabled", engine.error[-150:].replace("\n", " "))
        return
    c = find(look(), one)
    is_so("podman: --cgroups=disabled is found", (c or {}).get("name"), "nogroup")
    facts_are("podman: --cgroups=disabled: its namespaces", c, pid_namespace="private", network_mode="none")


# --- plain runc ---


def change(spec):
    spec["linux"]["namespaces"].append({"type": "user"})
    spec["linux"]["uidMappings"] = [{"containerID": 0, "hostID": 100000, "size": 1000}]
    spec["linux"]["gidMappings"] = [{"containerID": 0, "hostID": 200000, "size": 1000}]
    spec["process"]["user"] = {"uid": 7, "gid": 8}
    spec["linux"].pop("maskedPaths", None)
    spec["linux"].pop("readonlyPaths", None)


def test_runc(scratch, root):
    with engine_start.runc(scratch, root, "plain-name") as bundle:
        if not bundle:
            tap.skip("runc: a container that no engine knows", "runc cannot start one here")
        else:
            facts_are("runc: a container that no engine knows", find(look(), "plain-name"), read_only=True, no_new_privileges=True, seccomp="unconfined", unmasked=False)
    with engine_start.runc(scratch, root, "mapped-name", change) as bundle:
        if not bundle:
            tap.skip("runc: a user namespace", "runc cannot start one here")
        else:
            facts_are("runc: a user namespace", find(look(), "mapped-name"), uid=7, gid=8, host_uid=100007, user_namespace="private", unmasked=True)


def attach_program(folder, answer):
    """Allows all devices (1) or none (0) by a BPF program of our own (BPF_PROG_LOAD, BPF_PROG_ATTACH of bpf(2)); gives whether the kernel took it."""
    bpf_call, load, attach, type_device, attach_device = 321, 5, 8, 15, 6
    if platform.machine() != "x86_64":
        return False
    libc = ctypes.CDLL(None, use_errno=True)

    def bpf(command, attributes):
        return libc.syscall(bpf_call, command, ctypes.create_string_buffer(attributes.ljust(128, b"\0"), 128), 128)

    program = struct.pack("<BBhi", 0xb7, 0, 0, answer) + struct.pack("<BBhi", 0x95, 0, 0, 0)  # r0 = answer; exit
    words, licence = ctypes.create_string_buffer(program, len(program)), ctypes.create_string_buffer(b"GPL")
    loaded = bpf(load, struct.pack("<IIQQ", type_device, 2, ctypes.addressof(words), ctypes.addressof(licence)))
    target = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return loaded >= 0 and bpf(attach, struct.pack("<IIII", target, loaded, attach_device, 2)) == 0
    finally:
        os.close(target)


def test_devices_v2(scratch, root):
    """Version 2 of the machine itself, seen from a mount namespace in which version 1 has no devices."""
    folder = next((f for f in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup") if os.path.exists(f + "/cgroup.procs")), None)
    name = "device policy of version 2"
    if not folder or not shutil.which("unshare"):
        tap.skip(name, "there is no cgroup2")
        return
    own = f"{folder}/bulkhead-test-{os.getpid()}"
    hide = "mountpoint -q /sys/fs/cgroup/devices && umount -l /sys/fs/cgroup/devices; exec " + TOOL + " /"
    with engine_start.runc(scratch, root, "device-name") as bundle:
        c = bundle and find(look(), "device-name")
        if not c:
            tap.skip(name, "runc cannot start a container here")
            return
        os.mkdir(own)
        try:
            with open(own + "/cgroup.procs", "w", encoding="utf-8") as out:
                out.write(str(c["pid"]))

            def seen():
                found = json.loads(engine_start.calls("unshare", "--mount", "sh", "-c", hide).stdout)
                return next((x["facts"].get("all_devices") for x in found if x["pid"] == c["pid"]), "not found")
            is_so(name + ": without a program all devices are allowed", seen(), True)
            if attach_program(own, 1):
                is_so(name + ": a program that allows all, as privileged containers have it", seen(), True)
                attach_program(own, 0)
                is_so(name + ": one that does not", seen(), False)
            else:
                tap.skip(name + ": programs", "the kernel takes none")
            with open(folder + "/cgroup.procs", "w", encoding="utf-8") as out:
                out.write(str(c["pid"]))
        finally:
            engine_start.calls("runc", "--root", scratch + "/runc", "delete", "--force", "device-name")
            for _ in range(50):
                try:
                    os.rmdir(own)
                    break
                except OSError:
                    time.sleep(0.1)


def test_sandbox(root):
    """What a browser does: a PID namespace, but the host's root."""
    if not shutil.which("unshare"):
        tap.skip("a PID namespace on the host's root is no container", "there is no unshare")
        return
    process = subprocess.Popen(["unshare", "--fork", "--pid", "--mount", "--kill-child", root + "/bin/idle"], stdout=subprocess.PIPE)
    try:
        ready = process.stdout.readline()
        children = engine_start.calls("ps", "-o", "pid=", "--ppid", str(process.pid)).stdout.split()
        tap.ok(ready.strip() == b"ready" and not any(str(c["pid"]) in children for c in look()), "a PID namespace on the host's root is no container", children)
    finally:
        process.kill()  # and its child with it
        process.wait(20)


def test_ordinary_user(ids_exist):
    """Somebody who may not look says what was refused."""
    folder = tempfile.mkdtemp(prefix="bulkhead-tool-")
    try:
        shutil.copy(TOOL, folder + "/tool")
        os.chmod(folder, 0o755)
        done = subprocess.run([folder + "/tool", "/"], capture_output=True, text=True, timeout=60, user=65534, group=65534, extra_groups=[])
        found = json.loads(done.stdout or "[]")
        if not ids_exist:
            tap.skip("an ordinary user", "no container runs")
            return
        tap.ok(found and all("permission denied" in str(c["problems"]) and "environ" in str(c["problems"]) and "env" not in c["facts"] for c in found),
               "an ordinary user sees them, and what was refused", done.stderr, [(c["id"][:12], c["problems"]) for c in found])
    finally:
        shutil.rmtree(folder)


# --- recorded trees ---


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
    facts_are("record, v2: limits of its own", second, memory_limit=256 << 20, memory_swap=384 << 20, cpu_limit=0, cpu_shares=0, pids_limit=100)
    facts_are("record, v2: who runs it", second, uid=7, gid=7, host_uid=100007, user_namespace="private", read_only=True, no_new_privileges=True)
    tap.ok("all_devices" not in first["facts"] and "privileged" not in first["facts"], "record, v2: the program of a record cannot be asked for", first["facts"])
    facts_are("record, v2: namespaces", first, network_mode="container:" + two, pid_namespace="private", ipc_namespace="host", user_namespace="host")
    gains = {t["pid"]: t["gains"] for t in second["facts"]["tasks"]}
    tap.ok(list(gains) == [401] and gains[401].startswith("the user namespace of the host; ") and "capabilities CHOWN" in gains[401] and
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


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-kernel-")
    os.chmod(scratch, 0o755)
    try:
        test_record_v2(scratch)
        test_record_mounts(scratch)
        test_record_privileged(scratch)
        test_record_supervisors(scratch)
        test_record_hostile(scratch)
        archive = engine_start.make_archive(scratch)
        if not archive or os.geteuid():
            tap.skip("real engines", "there is no compiler for static programs, or this is not root")
            return
        test_runc(scratch, scratch + "/root")
        test_devices_v2(scratch, scratch + "/root")
        test_sandbox(scratch + "/root")
        with engine_start.docker(scratch, archive) as docker, engine_start.podman(scratch, archive) as podman:
            for engine, name in ((docker, "docker"), (podman, "podman")):
                if engine:
                    test_engine(engine, scratch)
                else:
                    tap.skip(name, "it does not start here")
            if podman:
                test_without_cgroups(podman)
            test_ordinary_user(docker or podman)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
