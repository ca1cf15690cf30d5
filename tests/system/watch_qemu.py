# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch` on another kernel than this machine's: Debian 12's own (6.1), booted by QEMU without any acceleration. The kernel's verifier must
take every program, alone and with all rules, and a deed must be told. Wants qemu-system-x86_64, busybox and cpio, and a kernel: $BULKHEAD_TEST_KERNEL names
its vmlinuz, or /boot has one of 6.1. A vmlinuz needs no modules for this."""
import glob
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile

from common import PROGRAM, Tap

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /tmp /dev
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t tracefs tracefs /sys/kernel/tracing
/bin/busybox --install -s /bin
echo "KERNEL $(uname -r)"
for how in each aside all; do
	# Mounted, not mounted, and not to be mounted.
	less=
	[ $how = aside ] && umount /sys/kernel/tracing
	[ $how = all ] && less="/setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin"
	$less /bulkhead watch -r /rules.yaml > /tmp/out 2> /tmp/err &
	watcher=$!
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sleep 1
		cat /etc/shadow > /dev/null
		ln -s /etc /tmp/link$how$i
		grep -q SYMLINK /tmp/out && break
	done
	kill $watcher
	wait $watcher
	echo "STATUS $how $?"
	sed "s/^/ERR $how /" /tmp/err
	sed "s/^/OUT $how /" /tmp/out
done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ifconfig lo up
ID=/sys/fs/cgroup/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
mkdir -p $ID
printf "#!/bin/sh\ntrue\n" > /bin/vile
ln -s vile /bin/evil
cp /bin/evil /tmp/reader
printf "#!/bin/sh\ncat < /etc/shadow\n" > /bin/friend
mkdir /opt
cp /bin/busybox /opt/ls
chmod +x /bin/vile /bin/friend /tmp/reader
/bulkhead watch --respond -r /deny.yaml > /tmp/out 2> /tmp/err &
watcher=$!
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	sleep 1
	grep -q watching /tmp/err && break
done
sleep 1
sh /deeds host
sh -c "echo \$\$ > $ID/cgroup.procs; exec sh /deeds inside"
sleep 2
kill $watcher
wait $watcher
sed "s/^/ERR deny /" /tmp/err
sed "s/^/OUT deny /" /tmp/out
sh -c "echo \$\$ > $ID/cgroup.procs; exec sh /deeds after"
echo FINISHED
poweroff -f
"""

# Each does one thing, and says whether it could.
DEEDS = """
try() { name=$1; shift; if "$@" > /dev/null 2>&1; then echo "DEED $where $name yes"; else echo "DEED $where $name no"; fi; }
where=$1
try read cat /etc/shadow
try other cat /etc/shadow-
try append sh -c 'echo x >> /etc/new.conf'
try backwards sh -c 'cat < /etc/../etc/shadow'
try evil /bin/evil
try place /opt/ls /
try link ln -s /etc/shadow /tmp/link$where
try behind cat /tmp/link$where
try friend /bin/friend
# By a name that is too long to be looked at at once; in a cgroup that nobody knows yet.
long=
for i in 1 2 3 4 5 6 7 8 9 10; do long=$long/./././././././././././././././.; done
try long $long/bin/evil
try moved sh -c '[ $1 = inside ] && mkdir $2/sub && echo $$ > $2/sub/cgroup.procs; read line < /etc/shadow' sh $where /sys/fs/cgroup/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# A script is not the program that is executed.
try script /tmp/reader
try good true
[ -x /connects ] && { try connect /connects 0 4444; try mptcp /connects 262 4444; try port /connects 262 4445; }
"""

# Whether a connect is refused by the peer, and not before.
CONNECTS = """
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
int main(int argc, char **argv)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(argc > 2 ? atoi(argv[2]) : 0)};
	int fd = socket(AF_INET, SOCK_STREAM, atoi(argv[1]));
	inet_aton("127.0.0.9", &to.sin_addr);
	return fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno != ECONNREFUSED;
}
"""

DENY = """
- rule: no connects
  desc: a port
  condition: evt.type = connect and container.id != host and fd.sip = 127.0.0.9 and fd.sport = 4444 and fd.l4proto = tcp
  output: "CONNECT %fd.sip %fd.sport"
  priority: WARNING
  action: deny
- rule: no shadow
  desc: its content stays with the host
  condition: evt.type in (open, openat, openat2) and container.id != host and fd.num >= 0 and fd.name = /etc/shadow and not proc.name = friend
  output: "SHADOW %fd.name %container.id %evt.res"
  priority: WARNING
  action: deny
- rule: no settings
  desc: written nowhere below
  condition: evt.type in (open, openat, openat2) and container.id != host and evt.is_open_write = true and fd.name startswith /etc/ and fd.name startswith /etc/new
  output: "SETTINGS"
  priority: WARNING
  action: deny
- rule: no writes
  desc: written nowhere below
  condition: evt.type in (open, openat, openat2) and container.id != host and evt.is_open_write = true and fd.name startswith /etc/
  output: "WRITE %proc.name %fd.name"
  priority: WARNING
  action: deny
- rule: no evil
  desc: a program by its name
  condition: evt.type in (execve, execveat) and container.id != host and (proc.name = evil or proc.exepath startswith /opt/ or proc.exepath = /tmp/reader)
  output: "EVIL %evt.arg.exe %container.id"
  priority: WARNING
  action: deny
"""

RULES = """
- rule: read
  desc: reads the file of passwords
  condition: evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.num >= 0 and fd.name = /etc/shadow
  output: "READ %proc.exe %fd.name %fd.typechar %user.uid"
  priority: NOTICE
- rule: link
  desc: a link to etc
  condition: evt.type in (symlink, symlinkat) and evt.arg.target = /etc
  output: "SYMLINK %evt.type %evt.arg.target %evt.arg.linkpath"
  priority: NOTICE
- rule: execs
  desc: programs
  condition: evt.type = execve and proc.exe = cat
  output: "EXEC %proc.exe %proc.exepath %proc.args"
  priority: NOTICE
- rule: others
  desc: every other call that can be told
  condition: >
    evt.type in (connect, accept, accept4, bind, listen, socket, sendto, sendmsg, recvfrom, recvmsg, dup, dup2, dup3, ptrace, bpf, setns, unshare,
    mount, umount2, chmod, fchmod, fchmodat, unlink, unlinkat, rmdir, mkdir, mkdirat, rename, renameat, renameat2, link, linkat, creat, chroot,
    init_module, finit_module, delete_module, memfd_create, userfaultfd, setuid, setgid, mknod, mknodat) and proc.name = nobody
  output: x
  priority: NOTICE
"""


def kernel():
    named = os.environ.get("BULKHEAD_TEST_KERNEL")
    found = [named] if named else sorted(glob.glob("/boot/vmlinuz-6.1*"))
    return found[-1] if found and os.path.exists(found[-1]) else None


def libraries(programs):
    """Shared libraries of programs, the loader among them."""
    needed = set()
    for program in programs:
        out = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        needed |= set(re.findall(r"(/\S+) \(0x", out))
    return needed


def put(root, source, target):
    path = os.path.join(root, target.lstrip("/"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    shutil.copy(source, path)
    os.chmod(path, 0o755)


def initramfs(folder):
    root = os.path.join(folder, "root")
    programs = [PROGRAM, os.path.join(os.path.dirname(PROGRAM), "bulkhead-watch")]
    for program in programs:
        put(root, program, "/" + os.path.basename(program))
    put(root, shutil.which("setpriv"), "/setpriv")
    for library in libraries([*programs, shutil.which("setpriv")]):
        put(root, library, library)
    put(root, shutil.which("busybox"), "/bin/busybox")
    source = os.path.join(folder, "connects.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(CONNECTS)
    if shutil.which("cc"):
        subprocess.run(["cc", "-static", "-o", os.path.join(root, "connects"), source], check=True)
    for path, text in (("init", INIT), ("rules.yaml", RULES), ("deeds", DEEDS), ("deny.yaml", DENY), ("etc/shadow-", "old\n"), ("etc/shadow", "root:*:::::::\n"), ("etc/passwd", "root:x:0:0:root:/:/bin/sh\n")):
        os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
        with open(os.path.join(root, path), "w", encoding="utf-8") as file:
            file.write(text)
    os.chmod(os.path.join(root, "init"), 0o755)
    names = subprocess.run(["find", "."], cwd=root, capture_output=True, check=True).stdout
    archive = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet"], cwd=root, input=names, capture_output=True, check=True).stdout
    image = os.path.join(folder, "initramfs.gz")
    with gzip.open(image, "wb", compresslevel=1) as file:
        file.write(archive)
    return image


tap = Tap()
vmlinuz = kernel()
missing = [name for name in ("qemu-system-x86_64", "busybox", "cpio") if not shutil.which(name)]
if missing or not vmlinuz:
    tap.skip("watch on Linux 6.1", f"{', '.join(missing)} not installed" if missing else "no kernel 6.1 in /boot, and $BULKHEAD_TEST_KERNEL names none")
    tap.end()

with tempfile.TemporaryDirectory(prefix="bulkhead-qemu-") as folder:
    command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024", "-nographic", "-no-reboot", "-nodefaults",
               "-serial", "stdio", "-kernel", vmlinuz, "-initrd", initramfs(folder), "-append", "console=ttyS0 quiet panic=-1"]
    try:
        out = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=280, check=False).stdout.decode("utf-8", "replace")
    except subprocess.TimeoutExpired as late:
        out = (late.stdout or b"").decode("utf-8", "replace")

lines = out.replace("\r", "").splitlines()
tap.ok("FINISHED" in lines, "it boots and comes to its end", *lines[-20:])
tap.ok(any("KERNEL 6.1" in line for line in lines), "the kernel is 6.1", *[line for line in lines if "KERNEL" in line])
for how, means in (("each", "tracepoints of system calls"), ("aside", "tracepoints of system calls"), ("all", "the tracepoint of all system calls")):
    said = [line for line in lines if line.startswith(f"ERR {how}")]
    told = [line for line in lines if line.startswith(f"OUT {how}")]
    tap.ok(any("watching by" in line and means in line for line in said), f"{how}: the verifier takes the programs", *said, *lines[-10:])
    tap.ok(any("READ cat /etc/shadow f 0" in line for line in told), f"{how}: a read is told", *told[:5], *said)
    tap.ok(any(f"SYMLINK symlink /etc /tmp/link{how}" in line for line in told), f"{how}: a link is told", *told[:5], *said)
    tap.ok(any("EXEC cat /bin/busybox /etc/shadow" in line for line in told), f"{how}: an exec is told", *told[:5], *said)
    tap.ok(f"STATUS {how} 1" in lines, f"{how}: it ends when it is told to, with alerts", *[line for line in lines if line.startswith("STATUS")])

CONNECTED = {"connect", "mptcp"} if shutil.which("cc") else set()
DENIED = {"read", "append", "backwards", "evil", "place", "behind", "long", "moved"} | CONNECTED
deeds = {tuple(line.split()[1:]) for line in lines if line.startswith("DEED")}
names = {name for _, name, _ in deeds}
said = [line for line in lines if line.startswith(("ERR deny", "OUT deny"))]
for where, denied in (("host", set()), ("inside", DENIED), ("after", set())):
    failed = {name for place, name, good in deeds if place == where and good == "no"}
    tap.ok(failed == denied and len(names) == (16 if CONNECTED else 13), f"{where}: {', '.join(sorted(denied)) or 'nothing'} is denied by hooks of security modules", failed, *said, *lines[-10:])
tap.ok(any("SHADOW /etc/shadow 0123456789ab EPERM [deny done: the call failed with EPERM]" in line for line in said), "an open that was denied is told", *said)
tap.ok(any("EVIL /bin/evil 0123456789ab [deny done" in line for line in said), "an exec that was denied is told", *said)
tap.ok(any('"no settings" only alerts: the way' in line for line in said), "what cannot be decided is told", *said)
tap.end()
