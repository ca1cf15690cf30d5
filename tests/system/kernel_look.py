# SPDX-License-Identifier: Apache-2.0
"""What the tests of the kernel's view share: kernel_tool (argv[1]), which prints all facts, and comparing them."""
import json
import os
import subprocess
import sys

from common import Tap

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
