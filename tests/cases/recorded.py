#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the root of a host as a recording of it would be: /proc, /sys/fs/cgroup, /etc, from a description that can be read (host.json):

{"cgroups": "v2" or "v1",
 "processes": {PID: {"name", "parent", "like": PID, "inner": [pids in its namespaces], "uid", "gid", "groups": [], "caps": {"bounding": "a80425fb", …},
                     "no_new_privileges", "seccomp", "cgroup", "mounts": [lines], "namespaces": {"net": inode}, "cmdline": [], "environ": [],
                     "cwd", "sockets": [inodes], "descriptors": {number: [target, flags, id of the mount]}, "files": {name: text}}},
 "files": {PATH: text, [lines] or {"text", "json", "link", "hard", "socket", "folder", "mode", "owner", "group"}},
 "answers": {PATH: what the API of Docker says, on run/docker.sock}}

`like` takes over what another process has. Namespaces that are not named are the host's. Used by run.py, and by the examples of docs/audit.md.

usage: recorded.py HOST.JSON FOLDER
"""
import contextlib
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from answers import engine as engine_answers  # noqa: E402

HOST_NAMESPACES = {"cgroup": 4026531835, "ipc": 4026531839, "mnt": 4026531832, "net": 4026531833, "pid": 4026531836, "user": 4026531837, "uts": 4026531838}
CGROUPS = {
    "v2": ["24 22 0:24 / /sys/fs/cgroup rw,nosuid,nodev,noexec - cgroup2 cgroup2 rw"],
    "v1": ["24 22 0:24 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755"]
    + [f"{30 + i} 24 0:{30 + i} / /sys/fs/cgroup/{name} rw - cgroup cgroup rw,{name}" for i, name in enumerate(("memory", "cpu", "pids", "devices"))],
}
MOUNTS = ["20 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw", "21 20 0:21 / /proc rw - proc proc rw", "22 20 0:22 / /sys rw - sysfs sysfs rw"]
FIRST = {"name": "systemd", "parent": 0, "caps": {name: "1ffffffffff" for name in ("permitted", "effective", "bounding")}, "cgroup": "0::/init.scope\n"}


def lines_of(value):
    return "".join(line + "\n" for line in value) if isinstance(value, list) else value


def status_of(pid, p):
    caps = {name: f"{int(p.get('caps', {}).get(name, '0'), 16):016x}" for name in ("inheritable", "permitted", "effective", "bounding", "ambient")}
    inner = "\t".join(str(one) for one in [pid, *p.get("inner", [])])
    uid, gid = p.get("uid", 0), p.get("gid", p.get("uid", 0))
    filters = p.get("seccomp", 0)
    return lines_of([
        f"Name:\t{p['name']}", "State:\tS (sleeping)", f"Tgid:\t{pid}", f"Pid:\t{pid}", f"PPid:\t{p['parent']}", f"Uid:\t{uid}\t{uid}\t{uid}\t{uid}",
        f"Gid:\t{gid}\t{gid}\t{gid}\t{gid}", "Groups:\t" + " ".join(str(g) for g in p.get("groups", [])), f"NStgid:\t{inner}", f"NSpid:\t{inner}", "Threads:\t1",
        f"CapInh:\t{caps['inheritable']}", f"CapPrm:\t{caps['permitted']}", f"CapEff:\t{caps['effective']}", f"CapBnd:\t{caps['bounding']}",
        f"CapAmb:\t{caps['ambient']}", f"NoNewPrivs:\t{p.get('no_new_privileges', 0)}", f"Seccomp:\t{filters}", f"Seccomp_filters:\t{1 if filters else 0}"])


class Recording:
    def __init__(self, root):
        self.root = root

    def path(self, path):
        full = os.path.join(self.root, path.lstrip("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        return full

    def text(self, path, text):
        with open(self.path(path), "w", encoding="utf-8") as out:
            out.write(text)

    def socket(self, path):
        full, here = self.path(path), os.getcwd()
        os.chdir(os.path.dirname(full))  # names of sockets are short
        try:
            with contextlib.closing(socket.socket(socket.AF_UNIX)) as one:
                one.bind(os.path.basename(full))
        finally:
            os.chdir(here)

    def file(self, path, entry):
        if not isinstance(entry, dict):
            entry = {"text": lines_of(entry)}
        if "link" in entry:
            os.symlink(entry["link"], self.path(path))
            return
        if "hard" in entry:
            os.link(self.path(entry["hard"]), self.path(path))
            return
        if entry.get("socket"):
            self.socket(path)
        elif entry.get("folder"):
            os.makedirs(self.path(path), exist_ok=True)
        else:
            self.text(path, json.dumps(entry["json"]) if "json" in entry else lines_of(entry.get("text", "")))
        if os.geteuid() == 0:
            os.chown(self.path(path), entry.get("owner", 0), entry.get("group", 0))
        os.chmod(self.path(path), int(entry.get("mode", "755" if entry.get("folder") else "644"), 8))

    def process(self, pid, p):
        folder = f"proc/{pid}/"
        self.text(folder + "status", status_of(pid, p))
        self.text(folder + "comm", p["name"] + "\n")
        self.text(folder + "cgroup", lines_of(p.get("cgroup", "0::/\n")))
        self.text(folder + "mountinfo", lines_of(p["mounts"]))
        for name in ("cmdline", "environ"):
            self.text(folder + name, "".join(word + "\0" for word in p.get(name, [])))
        for kind, inode in HOST_NAMESPACES.items():
            os.symlink(f"{kind}:[{p.get('namespaces', {}).get(kind, inode)}]", self.path(f"{folder}ns/{kind}"))
        for number, inode in enumerate(p.get("sockets", [])):
            os.symlink(f"socket:[{inode}]", self.path(f"{folder}fd/{number}"))
        for number, (target, flags, mount) in p.get("descriptors", {}).items():
            os.symlink(target, self.path(f"{folder}fd/{number}"))
            self.text(f"{folder}fdinfo/{number}", f"pos:\t0\nflags:\t{flags}\nmnt_id:\t{mount}\nino:\t1\n")
        if "cwd" in p:
            os.symlink(p["cwd"], self.path(folder + "cwd"))
        for name, text in p.get("files", {}).items():
            self.text(folder + name, lines_of(text))


def make(description, root):
    """Writes the recording below root."""
    r = Recording(root)
    os.makedirs(root, exist_ok=True)
    os.chmod(root, 0o755)
    host = MOUNTS + CGROUPS[description.get("cgroups", "v2")] + description.get("mounts", [])
    processes = {"1": {}, **description.get("processes", {})}
    for pid, p in processes.items():
        r.process(pid, {**(FIRST if pid == "1" else {}), "mounts": host, **processes.get(p.get("like"), {}), **p})
    for path, entry in description.get("files", {}).items():
        r.file(path, entry)


@contextlib.contextmanager
def engine(description, root):
    """Answers as Docker would, on run/docker.sock, as long as the block runs; nothing where there are no answers."""
    answers = description.get("answers")
    if answers is None:
        yield
        return

    def opened(path):
        os.chmod(path, 0o660)
        if os.geteuid() == 0:
            os.chown(path, 0, description.get("docker_group", 998))

    path = os.path.join(root, "run/docker.sock")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with engine_answers(path, answers, opened):
        yield


@contextlib.contextmanager
def host(description, root):
    """A recording, whose engine answers as long as the block runs. Links to the engine's socket need it to be there first."""
    with engine(description, root):
        make(description, root)
        yield


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as text:
        make(json.load(text), sys.argv[2])
