# SPDX-License-Identifier: Apache-2.0
"""A container without an engine: a cgroup with the name of one, and processes in it. Wants root."""
import os
import shutil
import signal
import subprocess
import time

ID = "bada55" + "0123456789abcdef" * 3 + "0123456789"


def wait(until, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if until():
            return True
        time.sleep(0.02)
    return False


class Container:
    def __init__(self, ident=ID):
        top = "/sys/fs/cgroup/pids" if os.path.isdir("/sys/fs/cgroup/pids") else "/sys/fs/cgroup"
        self.id = ident[:12]
        self.parent = os.path.join(top, "docker")
        self.new_parent = not os.path.isdir(self.parent)
        self.folder = os.path.join(self.parent, ident)
        os.makedirs(self.folder)

    def enter(self):
        with open(os.path.join(self.folder, "cgroup.procs"), "w", encoding="ascii") as file:
            file.write(str(os.getpid()))

    def start(self, *words):
        return subprocess.Popen((shutil.which(words[0]), *words[1:]), preexec_fn=self.enter, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *words):
        return self.start(*words).wait(30)

    def remove(self):
        with open(os.path.join(self.folder, "cgroup.procs"), encoding="ascii") as file:
            for pid in file.read().split():
                os.kill(int(pid), signal.SIGKILL)
        wait(lambda: not open(os.path.join(self.folder, "cgroup.procs"), encoding="ascii").read(), 5)
        os.rmdir(self.folder)
        if self.new_parent:
            os.rmdir(self.parent)
