# SPDX-License-Identifier: Apache-2.0
"""A server that answers on a socket what an engine once said: for what no engine can be brought to say here, a hostile one among it."""
import contextlib
import http.server
import json
import re
import socketserver
import threading


@contextlib.contextmanager
def engine(path, answers, opened=lambda path: None):
    """Serves answers, a dictionary from paths without version, over a socket until the end of the block; `opened` may change who owns it."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            name = re.sub(r"^/v[0-9.]+", "", self.path).split("?")[0]
            body = json.dumps(answers.get(name, {"message": "page not found"})).encode()
            self.send_response(200 if name in answers else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "client"

        def log_message(self, *words):
            pass

    server = socketserver.ThreadingUnixStreamServer(path, Handler)
    opened(path)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
