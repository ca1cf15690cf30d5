# SPDX-License-Identifier: Apache-2.0
"""Engines that are none: sockets that answer like one."""
import contextlib
import socket
import threading


@contextlib.contextmanager
def serving(path, body):
    """An engine that says its version, and answers nothing else (None), or the same to everything."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(16)
    kept = []

    def serve(one):
        while data := one.recv(65536):
            ping = b" /_ping" in data
            answer = b"OK" if ping else body
            if answer is not None:
                one.sendall(b"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))

    def accept():
        with contextlib.suppress(OSError):
            while True:
                kept.append(server.accept()[0])
                threading.Thread(target=serve, args=(kept[-1],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield
    finally:
        server.close()
        for one in kept:
            one.close()
