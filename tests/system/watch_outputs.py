# SPDX-License-Identifier: Apache-2.0
"""Where alerts of `bulkhead watch` go: real receivers (web servers with TLS and client certificates, a syslog socket, files that are
rotated, programs that die), fed from a capture made here, and from the kernel where it can be watched."""
import collections
import http.server
import json
import os
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.request

from common import PROGRAM, Tap, run

tap = Tap()
FOLDER = tempfile.mkdtemp(prefix="bulkhead-outputs-")
ALERTS = 500
# A sanitizer keeps what was freed: that is no growth.
ENVIRONMENT = dict(os.environ, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1")


def path(name):
    return os.path.join(FOLDER, name)


def write(name, text):
    with open(path(name), "w", encoding="utf-8") as f:
        f.write(text)
    return path(name)


def lines(name):
    try:
        with open(path(name), encoding="utf-8") as f:
            return f.read().rpartition("\n")[0].splitlines()  # a last one may be in the making
    except FileNotFoundError:
        return []


def wait_for(what, seconds=30):
    """A guard against hanging: true as soon as it holds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.005)
    return bool(what())


# --- a capture: openat events, a millisecond apart ---

def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + size + body + size


def capture(count):
    out = block(0x0A0D0D0A, struct.pack("<IHHQ", 0x1A2B3C4D, 1, 2, 2**64 - 1))
    for i in range(count):
        params = [struct.pack("<q", 3), struct.pack("<q", -100), f"/tmp/file{i}".encode() + b"\0", struct.pack("<I", 1),
                  struct.pack("<I", 0), struct.pack("<I", 0), struct.pack("<Q", 0)]
        lengths = b"".join(struct.pack("<H", len(p)) for p in params)
        body = b"".join(params)
        head = struct.pack("<HQQIHI", 0, 10**18 + i * 10**6, 77, 26 + len(lengths) + len(body), 307, len(params))
        out += block(0x216, head + lengths + body)
    return out


RULE = """- rule: opened
  desc: a file was opened
  condition: evt.type = openat and fd.name startswith %s/
  output: opened %%fd.name
  priority: %s
"""
rules = write("rules.yaml", RULE % ("/tmp", "WARNING"))
with open(path("made.scap"), "wb") as made:
    made.write(capture(ALERTS))


def replay(*options, **more):
    return run("watch", "-r", rules, "--replay", path("made.scap"), *options, **more)


status, plain, complaint = replay("--format", "json")
wanted = plain.splitlines()
tap.ok(status == 1 and len(wanted) == ALERTS and not complaint, f"a capture gives {ALERTS} alerts on standard output", status, complaint, plain[:300])
if len(wanted) != ALERTS:
    tap.end()


# --- receivers ---

class Syslog:
    def __init__(self, name):
        self.path = path(name)
        self.got = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            self.got.append(self.socket.recv(65536).decode())


class Web:
    """A server that keeps what is posted; `script` gives the statuses of its first answers."""

    def __init__(self, script=(), tls=None, port=0):
        web = self
        self.got, self.connections, self.types = [], 0, collections.Counter()
        self.script = list(script)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                web.connections += 1
                super().setup()

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status = web.script.pop(0) if web.script else 200
                if status == 200:
                    web.got.append(body)
                web.types[self.headers["Content-Type"]] += 1
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, address):
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


log, web = Syslog("log"), Web()
status, out, complaint = replay(
    "--format", "json", "--output", "stdout", "--output", f"file={path('a.jsonl')}", "--output", f"syslog={log.path}",
    "--output", f"program=cat > {path('b.jsonl')}; echo done >> {path('b.jsonl')}", "--output", f"http=http://127.0.0.1:{web.port}/in?key=secret")
tap.ok(status == 1 and not complaint, "five destinations at once: exit 1, no complaint", status, complaint)
tap.ok(out.splitlines() == wanted, "standard output has all alerts", len(out.splitlines()))
tap.ok(lines("a.jsonl") == wanted, "the file has all alerts", len(lines("a.jsonl")))
tap.ok(lines("b.jsonl") == wanted + ["done"], "the program has read all of them, and its end", len(lines("b.jsonl")))
wait_for(lambda: len(log.got) == ALERTS)
tap.ok([m.split("]: ", 1)[-1] for m in log.got] == wanted, "the syslog has all of them", len(log.got))
tap.ok(all(m.startswith("<12>") and m[19:].startswith(" bulkhead[") for m in log.got), "as user.warning, from bulkhead", log.got[:2])
tap.ok(web.got == wanted, "the web server has all of them, in their order", len(web.got))
tap.ok(web.connections == 1 and set(web.types) == {"application/json"}, "over one connection, as JSON", web.connections, web.types)
tap.ok(os.stat(path("a.jsonl")).st_mode & 0o777 == 0o600, "the file is nobody else's")

replay("--output", f"file={path('a.jsonl')}")
tap.ok(len(lines("a.jsonl")) == 2 * ALERTS, "a file is appended to", len(lines("a.jsonl")))

web = Web(script=[503, 429, 500])
status, _, complaint = replay("--format", "json", "--output", f"http=http://127.0.0.1:{web.port}/")
tap.ok(status == 1 and web.got == wanted, "a server that is busy is tried again; the order stays", status, complaint, len(web.got))

web = Web(script=[200, 403, 200, 404, 302])
status, _, complaint = replay("--format", "json", "--output", f"http=http://127.0.0.1:{web.port}/hook?token=hush")
tap.ok(status == 3 and len(web.got) == ALERTS - 3 and "3 alerts did not get to an output" in complaint,
       "what a server refuses is counted, not sent again: exit 3", status, complaint, len(web.got))
tap.ok("hush" not in complaint and "hook" not in complaint, "the path of a web hook is not told", complaint)

spare = socket.socket()
spare.bind(("127.0.0.1", 0))
port = spare.getsockname()[1]
spare.close()
status, _, complaint = replay("--output", f"http=http://127.0.0.1:{port}/", timeout=60)
tap.ok(status == 3 and f"{ALERTS} alerts did not get to an output" in complaint, "a server that is away: exit 3 after a bounded time", status, complaint)
late = []
threading.Timer(1, lambda: late.append(Web(port=port))).start()
status, _, complaint = replay("--format", "json", "--output", f"http=http://127.0.0.1:{port}/")
tap.ok(status == 1 and late[0].got == wanted, "a server that comes late gets all of them", status, complaint)

for words, why in ((("--output", "pigeon=x"), "no kind of output"), (("--output", "file="), "where to?"), (("--output", "http=ftp://x"), "http://"),
                   (("--output", f"file={FOLDER}/none/x"), "No such file"), (("--limit", "10"), "10/m"), (("--limit", "0/m"), "10/m"),
                   (("--client-cert", "x"), "--client-key"), (("--listen", "1"), "not for captures")):
    status, out, complaint = replay(*words)
    tap.ok(status == 2 and why in complaint and not out, f"{' '.join(words).replace(FOLDER, '…')}: exit 2", status, complaint)

# --- TLS ---


def openssl(*words):
    subprocess.run(["openssl", *words], cwd=FOLDER, check=True, capture_output=True)


if shutil.which("openssl"):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority", "-days", "2")
    for who in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", who + ".key", "-out", who + ".csr", "-subj", "/CN=" + who)
        write(who + ".ext", "subjectAltName=IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", who + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", who + ".pem", "-days", "2",
                "-extfile", who + ".ext")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path("server.pem"), path("server.key"))
    tls.load_verify_locations(path("ca.pem"))
    tls.verify_mode = ssl.CERT_REQUIRED
    web = Web(tls=tls)
    where = f"https=https://127.0.0.1:{web.port}/"
    mine = ("--client-cert", path("client.pem"), "--client-key", path("client.key"))
    status, _, complaint = replay("--format", "json", "--output", where, "--ca", path("ca.pem"), *mine)
    tap.ok(status == 1 and web.got == wanted, "https with a client certificate", status, complaint)
    web.got.clear()
    status, _, complaint = replay("--output", where, "--ca", path("ca.pem"))
    tap.ok(status == 3 and not web.got, "without the certificate nothing gets there", status, complaint)
    status, _, complaint = replay("--output", where, *mine)
    tap.ok(status == 3 and not web.got and "certificate" in complaint, "a server that is not trusted gets nothing", status, complaint)
else:
    tap.skip("https", "no openssl")

# --- rates ---

status, out, _ = replay("--format", "json", "--limit", "100/s")
told = [json.loads(line) for line in out.splitlines()]
held = sum(a.get("suppressed", 0) + a["output_fields"].get("n_suppressed", 0) for a in told)
passed = [a for a in told if a["rule"] == "opened"]
tap.ok(100 <= len(passed) < 200 and len(passed) + held == ALERTS, "100/s of 500 in half a second; the others are counted", len(passed), held)
status, out, _ = replay("--limit", "100/s")
tap.ok("alerts of the rule \"opened\" were held back" in out, "the text says so in a line of its own", out[-300:])

# --- the kernel ---


class Watch:
    def __init__(self, *options, rules=None, name="watch"):
        self.errors = path(name + ".err")
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen([PROGRAM, "watch", "-r", rules, "--format", "json", *options], stdout=errors, stderr=errors,
                                            stdin=subprocess.DEVNULL, env=ENVIRONMENT)
        self.alive = wait_for(lambda: "watching by" in self.said() or self.process.poll() is not None) and self.process.poll() is None

    def said(self):
        with open(self.errors, encoding="utf-8") as f:
            return f.read()

    def port(self):
        return int(self.said().split("at port ")[1].split(":")[0])

    def page(self, name="/metrics"):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port()}{name}", timeout=10) as answer:
            return answer.read().decode()

    def metric(self, name):
        for line in self.page().splitlines():
            if line.startswith("bulkhead_watch_" + name):
                return int(line.rsplit(" ", 1)[1])
        return None

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        self.signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None


TOUCHED = path("touched")
os.mkdir(TOUCHED)


def touch(name):
    os.close(os.open(os.path.join(TOUCHED, name), os.O_CREAT | os.O_WRONLY))


def alerts(name):
    return [json.loads(line) for line in lines(name)]


def names(found):
    return [os.path.basename(a["output_fields"].get("fd.name", "")) for a in found if a["rule"] == "opened"]


live = write("live.yaml", RULE % (TOUCHED, "NOTICE"))
w = Watch("--listen", "127.0.0.1:0", "--output", f"file={path('live.jsonl')}", rules=live)
if not w.alive:
    tap.skip("outputs of live events", w.said().strip().replace("\n", "; ")[:200])
    w.process.poll() is None and w.end()
    shutil.rmtree(FOLDER)
    tap.end()

# Rotation: what is renamed is written to no more.
for i in range(300):
    touch(f"r{i}")
    if i == 150:
        wait_for(lambda: len(lines("live.jsonl")) > 100)
        os.rename(path("live.jsonl"), path("live.jsonl.1"))
        w.signal(signal.SIGHUP)
wait_for(lambda: len(lines("live.jsonl")) + len(lines("live.jsonl.1")) == 300)
first, second = names(alerts("live.jsonl.1")), names(alerts("live.jsonl"))
tap.ok(first + second == [f"r{i}" for i in range(300)] and first and second, "a file that is rotated: every alert is in one of the two",
       len(first), len(second), w.said())

# Pages.
page = w.page()
tap.ok(page.endswith("# EOF\n") and 'alerts_total{rule="opened",priority="Notice"} 300' in page and "rule_file_info{" in page,
       "/metrics counts alerts by rule, and names rule files", page)
tap.ok(w.metric("reloads_total") == 1 and w.metric("events_lost_total") == 0, "and reloads and lost events", page)
families = [line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")]
tap.ok(len(families) == len(set(families)) > 10 and all(
    line.startswith("#") or any(line.startswith(f) for f in families) for line in page.splitlines()), "every sample has its family", families)
tap.ok(w.page("/healthz") == "ok\n", "/healthz")


def raw(data, shut=False):
    with socket.create_connection(("127.0.0.1", w.port()), timeout=20) as s:
        try:
            s.sendall(data)
            if shut:
                s.shutdown(socket.SHUT_WR)
            out = b""
            while piece := s.recv(65536):
                out += piece
            return out
        except ConnectionError:
            return b"reset"


for what, data, status in (("garbage", b"\0\1\2\n\n", b" 400 "), ("another version", b"GET / HTTP/3\r\n\r\n", b" 505 "),
                           ("a body", b"GET /metrics HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", b" 413 "),
                           ("a POST", b"POST /metrics HTTP/1.1\r\n\r\n", b" 405 "), ("no such page", b"GET /../etc/passwd HTTP/1.1\r\n\r\n", b" 404 "),
                           ("a folded field", b"GET /healthz HTTP/1.1\r\n x: y\r\n\r\n", b" 400 "), ("HEAD", b"HEAD /metrics HTTP/1.1\r\n\r\n", b" 200 "),
                           ("a query", b"GET /healthz?x=1 HTTP/1.0\r\n\r\n", b" 200 ")):
    answer = raw(data)
    tap.ok(status in answer[:20] or (answer == b"reset" and status == b" 413 "), f"a request with {what}: {status.decode().strip()}", answer[:200])
answer = raw(b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * 20000)
tap.ok(b" 431 " in answer[:20] or answer == b"reset", "a head that is too long is refused", answer[:100])
slow = [socket.create_connection(("127.0.0.1", w.port()), timeout=20) for _ in range(40)]
tap.ok(wait_for(lambda: w.page("/healthz") == "ok\n"), "40 clients that say nothing keep it busy for a bounded time only")
for s in slow:
    s.close()

# Rules that change.
wrong = write("live.yaml", "- rule: broken\n  condition: no.such = field\n  desc: x\n  output: x\n  priority: INFO\n")
w.signal(signal.SIGHUP)
wait_for(lambda: any(a["rule"] == "bulkhead: rules not reloaded" for a in alerts("live.jsonl")))
tap.ok(any(a["rule"] == "bulkhead: rules not reloaded" and a["priority"] == "Error" for a in alerts("live.jsonl")),
       "rules with errors are not taken, which is an alert of its own", w.said())
touch("still")
tap.ok(wait_for(lambda: "still" in names(alerts("live.jsonl"))), "those from before stay in force", w.said())
tap.ok(w.metric("failed_reloads_total") == 1, "and it is counted")
write("live.yaml", RULE % (TOUCHED, "NOTICE") + """- rule: removed
  desc: a file was removed
  condition: evt.type in (unlink, unlinkat) and proc.name = rm and evt.arg.name contains touched
  output: removed
  priority: INFO
""")
w.signal(signal.SIGHUP)
wait_for(lambda: w.metric("reloads_total") == 2)
subprocess.run(["rm", os.path.join(TOUCHED, "still")], check=True)
tap.ok(wait_for(lambda: any(a["rule"] == "removed" for a in alerts("live.jsonl"))), "a new rule about other system calls holds after SIGHUP", w.said(), lines("live.jsonl")[-2:])
tap.ok(w.end() == 1, "SIGTERM ends it: exit 1, as there were alerts", w.said())

# Under load: no reload may miss an alert, give one twice, or keep memory.
write("live.yaml", RULE % (TOUCHED, "NOTICE"))
w = Watch("--listen", "0", "--output", f"file={path('load.jsonl')}", rules=live, name="load")
stop, touched = threading.Event(), []


def load():
    while not stop.is_set():
        name = f"l{len(touched)}"
        touch(name)
        os.unlink(os.path.join(TOUCHED, name))
        touched.append(name)
        time.sleep(0.001)


thread = threading.Thread(target=load)
thread.start()
others = [RULE % (TOUCHED, "NOTICE"), RULE % (TOUCHED, "NOTICE") + "- rule: other\n  desc: x\n  condition: evt.type in (mkdir, mkdirat) and "
          "fd.name startswith /nowhere\n  output: x\n  priority: INFO\n"]
memory = []
RELOADS = 1000
for i in range(RELOADS):
    write("next.yaml", others[i % 2].replace("a file was", f"number {i}, a file was"))
    os.rename(path("next.yaml"), live)
    w.signal(signal.SIGHUP)
    wait_for(lambda: w.said().count("read anew:") > i)
    if i % 100 == 99:
        memory.append(w.metric("memory_bytes"))
stop.set()
thread.join()
wait_for(lambda: len(lines("load.jsonl")) >= len(touched))
found = names(alerts("load.jsonl"))
reloads, lost = w.metric("reloads_total"), w.metric("events_lost_total")
tap.ok(lost == 0 and found == touched, f"{RELOADS} reloads under load: each of the files once, in order", len(found), len(touched), lost,
       [x for x, n in collections.Counter(found).items() if n > 1][:5], sorted(set(touched) - set(found))[:5], w.said()[-500:])
print(f"# {reloads} reloads, {len(touched)} files, memory {memory[0] >> 10} KiB to {memory[-1] >> 10} KiB")
tap.ok(reloads == RELOADS and memory[-1] < memory[2] + (4 << 20), "memory does not grow", reloads, memory)
w.end()

# Files that change by themselves.
w = Watch("--reload", "--listen", "0", "--output", f"file={path('again.jsonl')}", rules=live, name="again")
write("next.yaml", others[0].replace("NOTICE", "ALERT"))
os.rename(path("next.yaml"), live)
tap.ok(wait_for(lambda: w.metric("reloads_total") == 1), "--reload: a file that takes the place of another is read", w.said())
with open(live, "a", encoding="utf-8") as f:
    f.write("# a word\n")
tap.ok(wait_for(lambda: w.metric("reloads_total") == 2), "and one that is written to", w.said())
touch("again")
tap.ok(wait_for(lambda: any(a["priority"] == "Alert" for a in alerts("again.jsonl"))), "the rules are the new ones")
w.end()

# A folder of rule files, as Falco's rules.d.
os.mkdir(path("rules.d"))
os.rename(write("next.yaml", RULE % (TOUCHED, "NOTICE")), path("rules.d/a.yaml"))
write("rules.d/README", "- rule: not read\n")
w = Watch("--reload", "--listen", "0", "--output", f"file={path('folder.jsonl')}", rules=path("rules.d"), name="folder")
touch("before")
tap.ok(wait_for(lambda: names(alerts("folder.jsonl")) == ["before"]), "-r FOLDER reads the files of rules in it", w.said())
os.rename(write("next.yaml", (RULE % (TOUCHED, "ALERT")).replace("opened", "opened too")), path("rules.d/b.yml"))
tap.ok(wait_for(lambda: w.metric("reloads_total") == 1), "--reload: a file that is new there is read", w.said())
touch("after")
tap.ok(wait_for(lambda: [a["rule"] for a in alerts("folder.jsonl")] == ["opened", "opened", "opened too"]), "with those from before", lines("folder.jsonl"))
os.remove(path("rules.d/a.yaml"))
tap.ok(wait_for(lambda: w.metric("reloads_total") == 2), "and one that is gone is not", w.said())
w.end()

# A program that dies after each alert is started again.
w = Watch("--output", f"program=read line && echo \"$line\" >> {path('died.jsonl')}", rules=live, name="died")
for i in range(3):
    touch(f"d{i}")
    wait_for(lambda: len(lines("died.jsonl")) == i + 1)
tap.ok(names(alerts("died.jsonl")) == ["d0", "d1", "d2"], "a program that ends is started again", w.said(), lines("died.jsonl"))
tap.ok(w.end() in (1, 3), "and its end ends nothing else", w.said())

# A destination that takes nothing: the others get everything, and are told.
w = Watch("--listen", "0", "--output", f"file={path('all.jsonl')}", "--output", "program=exec sleep 300", rules=live, name="stuck")
COUNT = 18000
for i in range(COUNT):
    touch(f"s{i % 50}")
    if i % 100 == 0:
        time.sleep(0.002)
wait_for(lambda: sum(a["rule"] == "opened" for a in alerts("all.jsonl")) == COUNT)
tap.ok(sum(a["rule"] == "opened" for a in alerts("all.jsonl")) == COUNT, "a destination that takes nothing holds nobody up", len(lines("all.jsonl")), w.said())
told = wait_for(lambda: any(a["rule"] == "bulkhead: alerts dropped" for a in alerts("all.jsonl")))
notice = next((a for a in alerts("all.jsonl") if a["rule"] == "bulkhead: alerts dropped"), {})
tap.ok(told and notice["output_fields"]["n_dropped"] > 0 and notice["output_fields"]["output"] == "program exec",
       "what it did not get is an alert for the others", notice, w.said())
children = subprocess.run(["pgrep", "-P", str(w.process.pid)], capture_output=True, text=True, check=False).stdout.split()
tap.ok(w.end() == 3, "the end is not waited for without bound: exit 3", w.said())
for child in children:
    os.kill(int(child), signal.SIGKILL)

# Lost events.
w = Watch("--listen", "0", "--output", f"file={path('lost.jsonl')}", rules=live, name="lost")
w.signal(signal.SIGSTOP)
for i in range(40000):
    touch(f"s{i % 50}")
w.signal(signal.SIGCONT)
told = wait_for(lambda: any(a["rule"] == "bulkhead: events lost" for a in alerts("lost.jsonl")))
notice = next((a for a in alerts("lost.jsonl") if a["rule"] == "bulkhead: events lost"), {})
tap.ok(told and notice["priority"] == "Critical" and notice["output_fields"]["n_lost"] > 0 and notice["source"] == "internal" and
       set(notice) == {"hostname", "output", "output_fields", "priority", "rule", "source", "tags", "time"},
       "lost events are an alert of their own, in the shape of the others", notice, w.said(), len(lines("lost.jsonl")))
tap.ok(w.end() == 3, "and the exit code is 3", w.said())

shutil.rmtree(FOLDER)
tap.end()
