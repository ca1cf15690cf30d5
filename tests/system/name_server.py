#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A program with a name server of its own, as nobody's network is asked: in new namespaces of networks and mounts, with a resolv.conf and an nsswitch.conf for it.

    unshare --net --mount python3 name_server.py ANSWERS.json PROGRAM ARGUMENT…

ANSWERS.json is read for every question: {"name": ["203.0.113.7", "2001:db8::1"], "other": "silence"}; "silence": no answer, "garbage": bytes that are none, "failure":
SERVFAIL, "refused": REFUSED. What is not there does not exist. Each question is a line of ANSWERS.json.log. The process becomes the program; the server ends with it."""
import ctypes
import fcntl
import ipaddress
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile

ADDRESS = "127.0.0.53"
A, AAAA = 1, 28
CODES = {"failure": 2, "refused": 5}


def wrapped(answers, *words):
    """The words that start a program so."""
    return ["unshare", "--net", "--mount", "--propagation", "slave", sys.executable, os.path.abspath(__file__), answers, *words]


def works():
    return subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True, check=False).returncode == 0 and os.path.exists("/etc/resolv.conf")


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS


def address_add(address, label="lo:1"):
    """Gives the loopback another address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8916, struct.pack("16sHH4s8x", label.encode(), socket.AF_INET, 0, socket.inet_aton(address)))  # SIOCSIFADDR


def put(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)
    os.chmod(path, 0o644)
    subprocess.run(["mount", "--bind", path, os.path.realpath("/etc/" + name)], check=True)


def question(packet):
    """The name, the type, and the bytes of the question."""
    at, labels = 12, []
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("ascii", "replace"))
        at += packet[at] + 1
    return ".".join(labels), struct.unpack("!H", packet[at + 1:at + 3])[0], packet[12:at + 5]


def record(kind, address):
    data = ipaddress.ip_address(address).packed
    return b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 1, len(data)) + data


def answer(packet, answers):
    """None: there is none."""
    name, kind, asked = question(packet)
    said = answers.get(name.lower())
    if said == "silence":
        return None
    if said == "garbage":
        return packet[:2] + b"\x81\x80\xff\xff\xff\xff" + os.urandom(60)
    code = CODES.get(said, 0) if isinstance(said, str) else 3 if said is None else 0
    found = [one for one in said or [] if kind == (AAAA if ":" in one else A)] if not code else []
    return packet[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(found), 0, 0) + asked + b"".join(record(kind, one) for one in found)


def serve(server, path):
    while True:
        packet, client = server.recvfrom(4096)
        with open(path, encoding="utf-8") as file:
            answers = json.load(file)
        with open(path + ".log", "a", encoding="utf-8") as out:
            out.write(question(packet)[0] + "\n")
        reply = answer(packet, answers)
        if reply:
            server.sendto(reply, client)


def main():
    path, *words = sys.argv[1:]
    loopback_up()
    with tempfile.TemporaryDirectory() as folder:
        put(folder, "resolv.conf", f"nameserver {ADDRESS}\noptions timeout:30 attempts:1\n")
        if os.path.exists("/etc/nsswitch.conf"):
            put(folder, "nsswitch.conf", "hosts: files dns\n")
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((ADDRESS, 53))
    program = os.getpid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() == program:
            for number in (1, 2):  # nobody shall wait for this end of a pipe
                os.dup2(os.open(os.devnull, os.O_WRONLY), number)
            serve(server, path)
        os._exit(0)
    server.close()
    os.execv(words[0], words)


if __name__ == "__main__":
    main()
