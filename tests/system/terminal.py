# SPDX-License-Identifier: Apache-2.0
"""What a command prints on a terminal of some width, without colours. Used by examples.py and docs/generate.py."""
import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import termios


def on_terminal(program, command, cwd, columns=80):
    """Runs a line of the shell that finds the program on its PATH."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {"PATH": os.path.dirname(program) + ":/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8", "NO_COLOR": "1"}
    environment.update({name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ})
    process = subprocess.Popen(["bash", "-c", command], stdout=theirs, stdin=subprocess.DEVNULL, cwd=cwd, env=environment)
    os.close(theirs)
    out = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while part := os.read(ours, 65536):
            out += part
    os.close(ours)
    process.wait()
    return out.decode().replace("\r\n", "\n")
