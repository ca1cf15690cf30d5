#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Containers of plain runc that resist being looked at: odd names, thousands of mounts and processes, file systems that never answer, processes without a first
thread, frozen, stopped and stuck ones, descriptors that were left open. argv[1] is kernel_tool, argv[2] bulkhead."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import engine_start  # noqa: E402
from kernel_look import facts_are, find, is_so, look, mount, tap  # noqa: E402

PROGRAM = os.path.abspath(sys.argv[2])
HOSTILE = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static void *wait_for_ever(void *of) { for (;;) pause(); return of; }
static void *end(void *of) { return of; }

static void names(void)
{
	static const char *const all[] = {"a\nUid:\t0\t0", "\033[2J\033]0;x\a", "\xe2\x80\xae" "evil", "conmon", "dockerd", "runc", "(x) S 1 1", "\xff\xfe\"\\"};
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (!fork()) { prctl(PR_SET_NAME, all[i]); wait_for_ever(NULL); }
}

static void mounts(int count)
{
	char name[64];
	mount("tmpfs", "/tmp", "tmpfs", 0, "");
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof name, "/tmp/%d\n\033\\040", i);
		mkdir(name, 0755);
		mount("tmpfs", name, "tmpfs", 0, "size=4k");
	}
}

static void churn(int count)
{
	pthread_t t;
	for (int i = 0; i < count; i++)
		if (!fork()) {
			if (i % 4 == 0) pthread_create(&t, NULL, wait_for_ever, NULL);
			if (i % 50) wait_for_ever(NULL);
			for (;;) { if (!fork()) _exit(0); if (!pthread_create(&t, NULL, end, NULL)) pthread_detach(t); usleep(5000); }
		}
}

static int serve_nothing(int count, char **folders)
{
	char options[100];
	mknod("/run/fuse", S_IFCHR | 0600, makedev(10, 229));
	int fd = open("/run/fuse", O_RDWR), failed = 0;
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	for (int i = 0; i < count; i++)
		failed |= mount("x", folders[i], "fuse", 0, options) < 0;
	return failed;
}

static void give_up(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};
	syscall(SYS_capset, &head, none);
}

int main(int argc, char **argv)
{
	pthread_t t;
	const char *mode = argc > 1 ? argv[1] : "";
	int failed = 0;
	signal(SIGCHLD, SIG_IGN);
	if (!strcmp(mode, "names")) names();
	if (!strcmp(mode, "mounts")) mounts(atoi(argv[2]));
	if (!strcmp(mode, "churn")) churn(atoi(argv[2]));
	if (!strcmp(mode, "fuse")) failed = serve_nothing(argc - 2, argv + 2);
	if (!strcmp(mode, "leader") || !strcmp(mode, "weak")) pthread_create(&t, NULL, wait_for_ever, NULL);
	if (!strcmp(mode, "weak")) give_up();
	puts(failed ? "failed" : "ready");
	fflush(stdout);
	if (!strcmp(mode, "leader")) pthread_exit(NULL);
	if (!strcmp(mode, "stuck") && !vfork()) wait_for_ever(NULL);
	return wait_for_ever(NULL) != NULL;
}
"""


def make_root(scratch):
    root = engine_start.make_root(scratch)
    source = os.path.join(scratch, "hostile.c")
    with open(source, "w", encoding="utf-8") as out:
        out.write(HOSTILE)
    if not root or engine_start.calls("cc", "-static", "-O1", "-pthread", "-o", root + "/bin/hostile", source).returncode:
        return None
    return root


def resist(spec):
    """May mount and make devices, and has a filter that can be asked for."""
    for kind in ("bounding", "effective", "permitted"):
        spec["process"]["capabilities"][kind] = ["CAP_SYS_ADMIN", "CAP_MKNOD", "CAP_KILL"]
    spec["process"]["noNewPrivileges"] = False
    spec["process"]["rlimits"] = []
    spec["root"]["readonly"] = False
    spec["linux"]["resources"]["devices"] = [{"allow": True, "access": "rwm"}]
    spec["linux"]["seccomp"] = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["swapon"], "action": "SCMP_ACT_ERRNO"}]}


@contextlib.contextmanager
def hostile(scratch, root, name, *arguments, change=None):
    """A container that runs the program; gives its first pid, or None (which is told)."""
    def both(spec):
        resist(spec)
        if change:
            change(spec)
    pid = None
    with engine_start.runc(scratch, root, name, both, ("/bin/hostile", *arguments)) as bundle:
        try:
            if bundle and engine_start.said(bundle, "ready"):
                with open(f"{scratch}/runc/{name}/state.json", encoding="utf-8") as state:
                    pid = json.load(state)["init_process_pid"]
            else:
                tap.skip(name, "it cannot be started here")
            yield pid
        finally:
            if pid and pid > 1:  # runc takes one without a first thread for ended
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def deep(name):
    done = subprocess.run([PROGRAM, "audit", "--kernel", "--no-host", "--deep", "--format", "json", name], capture_output=True, text=True, timeout=60)
    return json.loads(done.stdout)


def state_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as text:
        return text.read().rpartition(")")[2].split()[0]


def test_names(scratch, root):
    long = "é\u202e\x1b[31m\n\"" * 10000  # 120 KB each; one may have 128
    env = [f"V{i}={long}" for i in range(8)]

    with hostile(scratch, root, "hostile-names", "names", change=lambda spec: spec["process"]["env"].extend(env)) as pid:
        if not pid:
            return
        c = find(look(), "hostile-names")
        facts_are("names: nothing that a process calls itself makes it a supervisor or an engine", c, tasks=[])
        names = {p["name"] for p in c["facts"]["programs"]}
        tap.ok({"hostile", "conmon", "dockerd", "runc", "a\\nUid:\t0\t0"} <= names, "names: all are there, line ends escaped", names)
        values = [e["value"] for e in c["facts"]["env"] if e["name"].startswith("V")]
        tap.ok(len(values) == 8 and all(len(v.encode("latin-1")) == len(long.encode()) for v in values), "names: an environment of a megabyte", [len(v) for v in values])
        done = subprocess.run([PROGRAM, "audit", "--kernel", "--no-host", "--explain", "hostile-names"], capture_output=True, timeout=60)
        tap.ok(done.stdout and b"\x1b" not in done.stdout and "\u202e".encode() not in done.stdout, "names: the report holds no control characters", done.stdout[-300:])


def test_mounts(scratch, root):
    with hostile(scratch, root, "hostile-mounts", "mounts", "5000") as pid:
        if pid:
            found = [m for m in find(look(), "hostile-mounts")["facts"]["mounts"] if m["target"].startswith("/tmp/") and m["type"] == "tmpfs" and m["size"] == 4096]
            is_so("mounts: thousands", len(found), 5000)


def test_churn(scratch, root):
    with hostile(scratch, root, "hostile-churn", "churn", "2000") as pid:
        if pid:
            for _ in range(3):
                c = find(look(), "hostile-churn")
                tap.ok(c and c["pids"] > 1900 and c["facts"]["tasks"] == [] and all("threads" in p for p in c["problems"]), "processes that come and go are no problem",
                       c and c["problems"])


def test_silent_files(scratch, root):
    """File systems that the container itself serves, and does not."""
    silent = ("/data", "/dev/shm", "/dev/mqueue")
    with hostile(scratch, root, "hostile-fuse", "fuse", *silent) as pid:
        if pid:
            c = find(look("/", "--set-uid"), "hostile-fuse")
            is_so("silent file systems: what lies beside them is found", [f["path"] for f in c["facts"]["set_uid"]], ["/bin/raised"])
            is_so("silent file systems: they are told of", mount(c, "/data").get("writable"), True)

    def bind(spec):
        spec["mounts"].append({"destination": "/data", "source": "/", "type": "none", "options": ["rbind", "rslave"]})
    with hostile(scratch, root, "hostile-cover", "fuse", "/data/run", "/data/var/run", change=bind) as pid:
        if pid:
            tap.ok(find(look(), "hostile-cover"), "silent file systems: over the way to the engine's socket")


def test_odd_root(scratch, root):
    """What stands at the paths that are looked at."""
    odd = os.path.join(scratch, "odd")
    engine_start.calls("cp", "-a", root, odd)
    os.rmdir(odd + "/dev")
    os.symlink("/", odd + "/dev")
    os.mkfifo(odd + "/etc/fifo")
    os.symlink("loop", odd + "/etc/loop")
    os.symlink("/proc/1/root/proc/self/fd", odd + "/var/odd")

    def change(spec):
        spec["mounts"] = [m for m in spec["mounts"] if m["destination"] == "/proc"]
        spec["root"]["path"] = odd
        spec["linux"]["maskedPaths"] = spec["linux"]["readonlyPaths"] = []
    with hostile(scratch, odd, "hostile-root", "wait", change=change) as pid:
        if pid:
            c = find(look("/", "--set-uid"), "hostile-root")
            facts_are("an odd root: links, loops and pipes", c, unmasked=True)
            is_so("an odd root: set-uid files", [f["path"] for f in c["facts"]["set_uid"]], ["/bin/raised"])


def test_threads(scratch, root):
    with hostile(scratch, root, "hostile-leader", "leader") as pid:
        if pid:
            time.sleep(0.2)
            c = find(look(), "hostile-leader")
            is_so("a first process without its first thread", (state_of(pid), c and c["pid"]), ("Z", pid))
            facts_are("what it may do", c, seccomp="filter", user_namespace="host", pid_namespace="private", no_new_privileges=False)
            tap.ok(not deep("hostile-leader")["errors"], "its filter")
    with hostile(scratch, root, "hostile-weak", "weak") as pid:
        if pid:
            c = find(look(), "hostile-weak")
            tap.ok([t for t in c["facts"]["tasks"] if "SYS_ADMIN" in t["gains"] and t["pid"] != pid], "a thread that keeps what the first gave up", c["facts"]["tasks"])


def test_stopped(scratch, root):
    runc = ("runc", "--root", scratch + "/runc")
    with hostile(scratch, root, "hostile-stop", "wait") as pid:
        if pid:
            os.kill(pid, signal.SIGSTOP)
            tap.ok(not deep("hostile-stop")["errors"], "a stopped process gives its filter")
            is_so("and stays stopped", state_of(pid), "T")
            os.kill(pid, signal.SIGCONT)
            engine_start.calls(*runc, "pause", "hostile-stop")
            errors = str(deep("hostile-stop")["errors"])
            tap.ok("frozen" in errors, "a frozen process is not waited for", errors)
            engine_start.calls(*runc, "resume", "hostile-stop")
            time.sleep(0.2)
            is_so("and goes on when it is thawed", state_of(pid), "S")
    with hostile(scratch, root, "hostile-stuck", "stuck") as pid:
        if pid:
            time.sleep(0.2)
            errors = str(deep("hostile-stuck")["errors"])
            tap.ok(state_of(pid) == "D" and "does not stop" in errors, "nor is one that cannot be interrupted", state_of(pid), errors)


def test_descriptors(scratch, root):
    """Left open by whoever starts the runtime."""
    with engine_start.runc(scratch, root, "hostile-open", resist, ("/bin/hostile", "wait"), preserve=("/etc", "/dev/kmsg", "/etc/hostname", "/dev/zero")) as started:
        if not started:
            tap.skip("descriptors", "runc cannot preserve them here")
            return
        c = find(look(), "hostile-open")
        kinds = {(d["kind"], d["path"]) for d in c["facts"]["descriptors"]}
        tap.ok({("folder", "/etc"), ("device", "/dev/kmsg"), ("file", os.path.realpath("/etc/hostname"))} <= kinds, "descriptors: a folder, a device and a file of the host", kinds)
        tap.ok(not any("zero" in path or "null" in path or "log" in path for _, path in kinds), "descriptors: what every container has is not told", kinds)
        is_so("descriptors: the bundle is known from runc's record or not at all", c["bundle"], "")
        done = subprocess.run([PROGRAM, "audit", "--kernel", "--no-host", "--only", "isolation/open-descriptor", "--format", "concise", "hostile-open"], capture_output=True, text=True,
                              timeout=60)
        tap.ok(done.returncode == 1 and "/etc" in done.stdout, "descriptors: a finding", done.stdout, done.stderr)
    with hostile(scratch, root, "hostile-closed", "wait") as pid:
        if pid:
            is_so("descriptors: none is told where none was left", find(look(), "hostile-closed")["facts"]["descriptors"], [])


def main():
    if os.geteuid() or not shutil.which("runc"):
        tap.skip("containers that resist", "this is not root, or there is no runc")
        tap.end()
    scratch = tempfile.mkdtemp(prefix="bulkhead-hostile-")
    os.chmod(scratch, 0o755)
    try:
        root = make_root(scratch)
        if not root:
            tap.skip("containers that resist", "there is no compiler for static programs")
            return
        for test in (test_names, test_mounts, test_churn, test_silent_files, test_odd_root, test_threads, test_stopped, test_descriptors):
            test(scratch, root)
    finally:
        engine_start.remove(scratch)
    tap.end()


main()
