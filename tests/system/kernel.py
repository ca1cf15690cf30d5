#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the kernel shows of containers: real ones of dockerd, podman and plain runc, each started with other flags. (Recorded trees: kernel_records.py, containers
that resist: kernel_hostile.py.) argv[1] is kernel_tool, which prints all facts."""
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
from kernel_look import DOCKER_DEFAULT, TOOL, facts_are, find, is_so, look, mount, names, tap  # noqa: E402


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
                  ipc_namespace="private", uts_namespace="private", memory_limit=0, cpu_limit=0, cpu_shares=1024, tasks=[], user_namespace="host",
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


def parent_cgroup(pid, controller):
    """The folder above the cgroup of a process, for a controller of version 1, or None."""
    with open(f"/proc/{pid}/cgroup", encoding="utf-8") as lines:
        path = next((line.rstrip("\n").split(":", 2)[2] for line in lines if line.split(":")[1] == controller), None)
    folder = path and os.path.dirname(f"/sys/fs/cgroup/{controller}{path}")
    return folder if folder and os.path.exists(folder + "/cgroup.procs") else None


def test_limits_above(scratch, root):
    """What holds is the least of a cgroup and all above it."""
    above = f"bulkhead-test-{os.getpid()}"

    def change(spec):
        spec["linux"]["cgroupsPath"] = f"/{above}/nested-name"
        spec["linux"]["resources"]["memory"] = {"limit": 64 << 20}
        spec["linux"]["resources"]["pids"] = {"limit": 100}
    folders = []
    with engine_start.runc(scratch, root, "nested-name", change) as bundle:
        c = bundle and find(look(), "nested-name")
        folders = c and [parent_cgroup(c["pid"], name) for name in ("memory", "pids", "cpu")]
        if not c or not all(folders) or not all(folder.endswith(above) for folder in folders):
            tap.skip("limits of cgroups above", "version 1 is not here, or runc cannot start one")
            return
        facts_are("limits of a cgroup of its own, version 1", c, memory_limit=64 << 20, pids_limit=100, cpu_limit=0)
        for folder, name, value in zip(folders, ("memory.limit_in_bytes", "pids.max", "cpu.cfs_quota_us"), ("33554432", "200", "25000")):
            with open(f"{folder}/{name}", "w", encoding="utf-8") as out:
                out.write(value)
        facts_are("the least of those above, version 1", find(look(), "nested-name"), memory_limit=32 << 20, pids_limit=100, cpu_limit=250)
    with open("/proc/mounts", encoding="utf-8") as lines:
        mounts = [line.split()[1] for line in lines if line.split()[2].startswith("cgroup")]
    for folder in {*(f"{m}/{above}" for m in mounts), *(folders or ())}:
        if os.path.isdir(folder):
            os.rmdir(folder)


def test_foreground(scratch, root):
    """In the host's PID namespace, in a cgroup whose name is no id, its records nobody knows where: the runtime in the foreground says it."""
    def change(spec):
        spec["linux"]["namespaces"] = [n for n in spec["linux"]["namespaces"] if n["type"] != "pid"]
    name = "a-name-that-is-longer-than-an-id"
    with engine_start.runc(scratch, root, name, change, foreground=True) as bundle:
        if not bundle:
            tap.skip("runc: in the foreground", "runc cannot start one here")
            return
        nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # what it starts keeps it open
        subprocess.run(["runc", "--root", scratch + "/runc", "exec", "-d", name, "/bin/idle"], timeout=60, check=False, **nothing)
        time.sleep(0.3)
        c = find(look(), name)
        facts_are("runc: in the foreground, in the PID namespace of the host", c, pid_namespace="host", no_new_privileges=True)
        is_so("runc: its record says where the bundle is, and its cgroup what was started into it", c and (c["name"], c["runtime"], os.path.realpath(c["bundle"]), c["pids"]),
              (name, "runc", os.path.realpath(bundle), 2))


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
    hide = "findmnt -rn -t cgroup -O devices -o TARGET | xargs -r umount -l; exec " + TOOL + " /"
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


def main():
    scratch = tempfile.mkdtemp(prefix="bulkhead-kernel-")
    os.chmod(scratch, 0o755)
    try:
        archive = engine_start.make_archive(scratch)
        if not archive or os.geteuid():
            tap.skip("real engines", "there is no compiler for static programs, or this is not root")
            return
        test_runc(scratch, scratch + "/root")
        test_foreground(scratch, scratch + "/root")
        test_limits_above(scratch, scratch + "/root")
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
