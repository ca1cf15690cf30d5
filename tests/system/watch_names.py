#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch --resolve`: names of addresses (fd.sip.name), asked of a name server of this test's own. The acts are those of a cgroup with the name of a container, in a
network of its own. Wants root and a kernel that loads BPF programs; skipped elsewhere."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import name_server  # noqa: E402
from cgroup_container import Container, wait  # noqa: E402
from common import PROGRAM, SHARED, Tap  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PUBLIC = [os.path.join(SHARED, "falco", "rules", name + ".yaml") for name in ("falco_rules", "falco-incubating_rules", "falco-sandbox_rules", "enable_all_rules")]
IN = "evt.type = connect and container.id != host and fd.l4proto = udp"
RULES = f"""
- rule: one
  desc: x
  condition: {IN} and fd.sip.name = one.test
  output: "%fd.sip.name"
  priority: WARNING
- rule: case
  desc: letters in either case, and a dot at the end, which is part of the value
  condition: {IN} and fd.sip.name in (ONE.Test, one.test.)
  output: "%fd.sip.name"
  priority: WARNING
- rule: many
  desc: x
  condition: {IN} and fd.sip.name in (many.test, six.test)
  output: "%fd.sip.name"
  priority: WARNING
- rule: not one
  desc: x
  condition: {IN} and fd.sip.name != one.test
  output: "%fd.sip.name"
  priority: WARNING
- rule: start
  desc: sees the names that others ask for
  condition: {IN} and fd.rip.name startswith man
  output: "%fd.rip.name"
  priority: WARNING
- rule: client
  desc: x
  condition: {IN} and fd.cip.name = one.test and fd.lip.name exists
  output: "%fd.cip.name %fd.lip.name %fd.sip.name"
  priority: WARNING
- rule: bad
  desc: names that nobody knows, and one that is none
  condition: {IN} and fd.sip.name in (silence.test, garbage.test, failure.test, refused.test, none.test, "no name; at all")
  output: "%fd.sip.name"
  priority: WARNING
"""
LATER = f"""
- rule: later
  desc: a name that only the rules have that were read later
  condition: {IN} and fd.sip.name = later.test
  output: "%fd.sip.name"
  priority: WARNING
"""
ANSWERS = {"one.test": ["203.0.113.1"], "many.test": ["203.0.113.2", "203.0.113.3", "::1"], "six.test": ["::1"], "later.test": ["203.0.113.4"],
           "silence.test": "silence", "garbage.test": "garbage", "failure.test": "failure", "refused.test": "refused"}
# Connects over UDP: nothing needs to answer.
ACT = """
import socket, sys
sys.path.insert(0, sys.argv[1])
import name_server
name_server.loopback_up()
for i in range(1, 10):
    name_server.address_add(f"203.0.113.{i}", f"lo:{i}")
for where in sys.argv[2:]:
    source, address, port = where.split(",")
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as udp:
        if source:
            udp.bind((source, 0))
        udp.connect((address, int(port)))
"""

tap = Tap()
work = tempfile.TemporaryDirectory(prefix="bulkhead-names-")


def path(name):
    return os.path.join(work.name, name)


def write(name, text):
    with open(path("new"), "w", encoding="utf-8") as out:
        out.write(text)
    os.rename(path("new"), path(name))


def answers(**more):
    write("answers.json", json.dumps({**ANSWERS, **{key.replace("_", "."): value for key, value in more.items()}}))


class Watcher:
    """A watcher with a name server."""

    def __init__(self, *options, rules=None, resolve=True):
        if os.path.exists(path("answers.json.log")):
            os.unlink(path("answers.json.log"))
        files = [word for name in rules or [path("rules.yaml")] for word in ("-r", name)]
        words = [PROGRAM, "watch", "--format", "json", "--containers", "none", *files, *options, *(["--resolve"] if resolve else [])]
        with open(path("out"), "w", encoding="utf-8") as out, open(path("err"), "w", encoding="utf-8") as err:
            self.process = subprocess.Popen(name_server.wrapped(path("answers.json"), *words), stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        wait(lambda: "watching by" in self.complaint() or self.process.poll() is not None)

    @staticmethod
    def complaint():
        with open(path("err"), encoding="utf-8") as file:
            return file.read()

    @staticmethod
    def asked():
        if not os.path.exists(path("answers.json.log")):
            return []
        with open(path("answers.json.log"), encoding="utf-8") as file:
            return file.read().split()

    @staticmethod
    def alerts(rule=None):
        with open(path("out"), encoding="utf-8") as file:
            all_of_them = [json.loads(line) for line in file.read().splitlines(True) if line.endswith("\n")]
        return [one for one in all_of_them if rule in (None, one["rule"])]

    def helpers(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="ascii") as file:
            children = file.read().split()
        return [int(pid) for pid in children if open(f"/proc/{pid}/cmdline", encoding="utf-8").read().startswith("bulkhead-fetch\0")]

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(20)


def act(container, *where):
    return container.run("unshare", "--net", sys.executable, "-c", ACT, HERE, *where)


def fires(container, watcher, rule, *where):
    """Whether the rule fires at last, for acts that are done again until it does: names are looked up in the background."""
    before = len(watcher.alerts(rule))
    return wait(lambda: act(container, *where) == 0 and wait(lambda: len(watcher.alerts(rule)) > before, 1), 60)



def look_up(container):
    answers()
    watcher = Watcher()
    tap.ok(fires(container, watcher, "one", ",203.0.113.1,1"), "a name with one address", watcher.complaint())
    act(container, ",203.0.113.1,2")
    tap.ok(fires(container, watcher, "case", ",203.0.113.1,3"), "letters in either case, a dot at the end")
    found = [fires(container, watcher, "many", where) for where in (",203.0.113.2,1", ",203.0.113.3,1", ",::1,1", ",::ffff:203.0.113.2,1")]
    tap.ok(all(found), "a name with several addresses, IPv6, IPv4 in the form of IPv6", found)
    tap.ok(watcher.alerts("start"), "startswith sees the names that others ask for")
    tap.ok(fires(container, watcher, "client", "203.0.113.1,203.0.113.9,1"), "names of the client and of the local end")
    # The answer that never comes is given up after that long: until then nobody knows which names an address does not have.
    lacks = [one for one in watcher.alerts("not one") if one["output_fields"]["fd.sip.name"] is None]
    tap.ok(not lacks or "nobody could say" in watcher.complaint(), "while names are unknown, an address is not said to lack them", watcher.complaint(), lacks[:1])
    return watcher


def look_up_again(container, watcher):
    answers(one_test=["203.0.113.5"])
    tap.ok(fires(container, watcher, "one", ",203.0.113.5,1"), "answers that change")
    tap.ok(fires(container, watcher, "one", ",203.0.113.1,1"), "what was an address of the name just now still is one")
    for helper in watcher.helpers():
        os.kill(helper, signal.SIGKILL)
    answers(one_test=["203.0.113.6"])
    tap.ok(fires(container, watcher, "one", ",203.0.113.6,1"), "the helper is started anew")
    write("rules.yaml", RULES + LATER)
    watcher.process.send_signal(signal.SIGHUP)
    tap.ok(fires(container, watcher, "later", ",203.0.113.4,1"), "names of rules that were read later", watcher.complaint())
    tap.ok(fires(container, watcher, "one", ",203.0.113.6,1"), "and those from before")


def end(container, watcher):
    helpers = watcher.helpers()
    silent = "silence.test" in watcher.asked()
    tap.ok(watcher.end() == 1 and helpers and silent and not any(os.path.exists(f"/proc/{pid}") for pid in helpers), "it ends although a server is silent, and so does the helper",
           helpers, watcher.complaint())
    tap.ok(not watcher.alerts("bad") and "no name; at all" not in watcher.asked(), "no answer, garbage and failures name nothing", watcher.alerts("bad"))
    own = [one for one in watcher.alerts() if "fetch" in (one["output_fields"].get("proc.name") or "")]
    tap.ok(not own, "looking up connects to nothing that was found", own)


def look_up_quickly(container):
    """Without the one that is silent."""
    answers(silence_test=["203.0.113.8"], garbage_test="failure")
    watcher = Watcher()
    said = wait(lambda: "names of addresses" in watcher.complaint())
    tap.ok(said and "6 of 11 are known; of 3 nobody could say" not in watcher.complaint() and "nobody could say" in watcher.complaint(), "it is said how many are known",
           watcher.complaint())
    tap.ok(fires(container, watcher, "not one", ",203.0.113.9,1"), "an address with none of the names", watcher.complaint())
    count = len(watcher.alerts("not one"))
    tap.ok(fires(container, watcher, "one", ",203.0.113.1,1") and len(watcher.alerts("not one")) == count, "an address with the name is not one without")
    tap.ok(watcher.alerts("not one")[0]["output_fields"]["fd.sip.name"] is None, "without a name there is no value", watcher.alerts("not one")[:1])
    watcher.end()


def do_not_look_up(container):
    answers()
    watcher = Watcher(resolve=False)
    act(container, ",203.0.113.1,1", ",203.0.113.9,1")
    tap.ok(watcher.end() == 0 and not watcher.alerts() and not watcher.asked(), "without --resolve nobody is asked, and the tests are false", watcher.alerts(), watcher.asked())
    tap.ok("7 rules ask for names of addresses (fd.sip.name), which are looked up with --resolve only" in watcher.complaint(), "which is said at the start", watcher.complaint())


def replay(container):
    """A capture of what two processes did."""
    write("record.yaml", RULES + f"- rule: all\n  desc: x\n  condition: {IN}\n  output: x\n  priority: INFO\n")
    answers(silence_test=[], garbage_test=[], failure_test=[], refused_test=[])
    watcher = Watcher("--record", path("captures"), rules=[path("record.yaml")], resolve=False)
    fires(container, watcher, "all", ",203.0.113.1,1", ",203.0.113.9,1")
    watcher.end()
    captures = [os.path.join(path("captures"), name) for name in os.listdir(path("captures"))]
    found = []
    for resolve in (False, True):
        again = Watcher("--replay", captures[0], resolve=resolve)
        again.process.wait(60)
        found.append(sorted({one["rule"] for one in again.alerts()}))
    tap.ok(found == [[], ["case", "client", "not one", "one"]], "a capture: names are looked up with --resolve, before it is read", found, again.complaint())


def public(container):
    if not all(map(os.path.exists, PUBLIC)):
        tap.skip("the two public rules that ask for names", "no shared data")
        return
    answers(kubernetes_default_svc_cluster_local=["203.0.113.1"], pool_minexmr_com=["203.0.113.2"], **{"stratum_antpool_com": ["203.0.113.3"]})
    watcher = Watcher(rules=PUBLIC)
    for rule, where in (("Contact K8S API Server From Container", ",203.0.113.1,443"), ("Detect outbound connections to common miner pool ports", ",203.0.113.2,80"),
                        ("Detect outbound connections to common miner pool ports", ",203.0.113.3,3333")):
        tap.ok(fires(container, watcher, rule, where), f"{rule}: {where[1:]}", watcher.complaint())
    first = watcher.alerts("Contact K8S API Server From Container")[0]["output_fields"]
    tap.ok(first["container.id"] == container.id and first["fd.name"].endswith("->203.0.113.1:443"), "the alert has its container and its connection", first)
    tap.ok(watcher.end() == 1, "it ends", watcher.complaint())


def main():
    if os.geteuid() or not shutil.which("unshare") or not name_server.works():
        tap.skip("names of addresses", "this takes root and namespaces")
        tap.end()
    write("rules.yaml", RULES)
    answers()
    probe = Watcher(resolve=False)
    if "watching by" not in probe.complaint():
        tap.skip("names of addresses", f"events of the kernel are not to be had: {probe.complaint()}")
        tap.end()
    probe.end()
    container = Container("cafe55" + "fedcba9876543210" * 3 + "0123456789")
    try:
        do_not_look_up(container)
        watcher = look_up(container)
        look_up_again(container, watcher)
        end(container, watcher)
        write("rules.yaml", RULES)
        look_up_quickly(container)
        replay(container)
        public(container)
    finally:
        container.remove()
    tap.end()


main()
