# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch --replay` against what Falco (0.44) said of the same captures and rules: the shared data's alerts of all three public
rule files, and its cases of rule files, with how often each rule fired and the first alert in full."""
import collections
import json
import os

from common import SHARED, Tap, run

FALCO = os.path.join(SHARED, "falco")
CAPTURES = {"CatWrite": "cat_write", "OpenMultipleFiles": "open-multiple-files", "Empty": "empty", "PingSendto": "ping_sendto"}

tap = Tap()
if not os.path.isdir(FALCO):
    tap.skip("captures and what Falco said of them", "no shared data")
    tap.end()


def captured(name):
    return os.path.join(FALCO, "captures", name + ".scap")


def replay(rules, capture, *options):
    """The exit code, the alerts, what it complained of."""
    arguments = [word for path in rules for word in ("-r", path)]
    status, out, complaint = run("watch", *arguments, "--replay", capture, "--format", "json", *options)
    return status, [json.loads(line) for line in out.splitlines()], complaint


def without_host(alert):
    return {key: value for key, value in alert.items() if key != "hostname"}


public = [os.path.join(FALCO, "rules", name) for name in
          ("falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml", "enable_all_rules.yaml")]
status, alerts, complaint = replay(public, captured("own__vm_actions"))
with open(os.path.join(FALCO, "alerts", "own__vm_actions.all_rules.alerts.jsonl"), encoding="utf-8") as lines:
    expected = [json.loads(line) for line in lines]
tap.ok(status == 1 and not complaint, "the three public rule files and a capture: exit 1, no complaint", status, complaint)
by_rule = collections.Counter(alert["rule"] for alert in expected)
found = collections.Counter(alert["rule"] for alert in alerts)
for rule in sorted(by_rule | found):
    tap.ok(by_rule[rule] == found[rule], f"{rule}: {by_rule[rule]} alerts", found[rule])
same = sum(without_host(a) == without_host(b) for a, b in zip(alerts, expected))
tap.ok(same == len(expected) == len(alerts), f"{len(expected)} alerts in their order, with the same text and fields", same, len(alerts),
       *[f"{key}: {a.get(key)} instead of {b.get(key)}" for a, b in zip(alerts, expected) for key in b
         if key != "hostname" and a.get(key) != b.get(key)][:5])

with open(os.path.join(FALCO, "cases", "rulefiles.jsonl"), encoding="utf-8") as lines:
    cases = [json.loads(line) for line in lines]


def options_of(case):
    """Falco's options of a case as ours; None: it is about something that has no counterpart."""
    options = ["--first"]
    words = [word for word in case["args"] if word != "-o"]
    for word in words:
        key, _, value = word.partition("=")
        if key.startswith("rules[]."):
            action, kind = key.split(".")[1:]
            # Falco's rule names match as a whole, as globs do.
            options += ["--select", f"{action}-tag={value}" if kind == "tag" else f"{action}={value}"]
        elif key == "time_format_iso_8601":
            options += ["--iso-time"]
        elif not key.startswith("json_include"):
            return None
    return options


for case in cases:
    if case["validation"]:
        continue
    options = options_of(case)
    name = case["test"].removeprefix("TestFalco_Legacy_")
    if options is None:
        continue
    rules = [os.path.join(FALCO, "cases", "rules", rule + ".yaml") for rule in case["rules"]]
    status, alerts, complaint = replay(rules, captured("falco__" + CAPTURES[case["captures"][0]]), *options)
    found = dict(collections.Counter(alert["rule"] for alert in alerts))
    tap.ok(found == case["by_rule"], f"{name}: {case['alerts']} alerts", found, case["by_rule"], complaint)
    tap.ok(status == (1 if case["alerts"] else 0), f"{name}: exit code", status, complaint)
    first = case["first"]
    if first and alerts:
        got = {key: alerts[0].get(key) for key in first if key != "hostname"}
        tap.ok(got == without_host(first), f"{name}: the first alert", got, first)

for name in sorted(os.listdir(os.path.join(FALCO, "captures"))):
    if not name.endswith(".scap"):
        continue
    status, alerts, complaint = replay(public[:3], os.path.join(FALCO, "captures", name))
    tap.ok(status in (0, 1) and not complaint, f"{name} is read to its end with all public rules", status, complaint)

tap.end()
