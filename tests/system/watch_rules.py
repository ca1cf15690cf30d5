#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of our own: they are sound, say what every rule should, are documented, fire in the live test, and are loaded when they should be."""
import os
import re
import sys
import tempfile

from common import ROOT, SHARED, Tap, run

sys.path.insert(0, os.path.join(ROOT, "docs"))
from watch_rules import page, rule_files  # noqa: E402

# They need a server that has run for a minute, or a cluster.
NOT_LIVE = {"Shell started by an application server"}
NEEDED = ["container.name", "container.id", "container.image.repository", "proc.name", "proc.pname", "proc.cmdline", "user.name"]

tap = Tap()
files = rule_files(os.path.join(ROOT, "data", "rules"))
status, out, complaint = run("watch", "--validate", *[one.path for one in files])
unused = re.findall(r"warning: (?!List not referred|Macro not referred).*", out)
tap.ok(status == 0 and not unused, "the files are sound", complaint, *unused)
tap.ok("warning" not in out.split(files[-1].path + ": ")[-1], "every list and macro is used", out[-2000:])

rules = [rule for one in files for rule in one.rules]
names = [rule.name for rule in rules]
tap.ok(len(names) == len(set(names)), f"{len(names)} rules, each name once")
wrong = [rule.name for rule in rules if not {"container", "host"} & set(rule.tags)]
tap.ok(not wrong, "every rule says whether it is for containers or hosts", wrong)
wrong = [rule.name for rule in rules if not any(re.fullmatch(r"T\d{4}(\.\d{3})?", tag) for tag in rule.tags)]
tap.ok(not wrong, "every rule names a technique of ATT&CK", wrong)
texts = {}
for one in files:
    with open(one.path, encoding="utf-8") as text:
        texts.update((part.split("\n")[0], part) for part in re.split(r"^- rule: ", text.read(), flags=re.M)[1:])
wrong = [rule.name for rule in rules if ("container" in rule.tags) != ("\n  posture: true\n" in texts[rule.name])]
tap.ok(not wrong, "every rule for containers weighs more by their posture", wrong)
wrong = [rule.name for rule in rules if len(rule.why) < 60]
tap.ok(not wrong, "every rule says why", wrong)
wrong = [rule.name for rule in rules if any("%" + field not in rule.output for field in NEEDED)]
tap.ok(not wrong, "every output says container, image, process, parent, command line and user", wrong)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "watch_live.py"), encoding="utf-8") as text:
    live = text.read()
wrong = [name for name in names if f'"{name}"' not in live and name not in NOT_LIVE]
tap.ok(not wrong, "every rule has an action in the live test", wrong)
with open(os.path.join(ROOT, "docs", "watch-rules.md"), encoding="utf-8") as text:
    tap.ok(text.read() == page(files), "docs/watch-rules.md is what ./dev docs writes")

capture = os.path.join(SHARED, "falco", "captures", "own__vm_actions.scap")
if os.path.exists(capture):
    with tempfile.TemporaryDirectory() as folder:
        own = os.path.join(folder, "own.yaml")
        with open(own, "w", encoding="utf-8") as out:
            out.write('- rule: mine\n  desc: d\n  condition: evt.type = mkdir and evt.num = 0\n  output: o\n  priority: notice\n'
                      '- list: shells\n  items: [nosuchshell]\n  override: {items: append}\n')
        for options, status in ((["-r", own], 2), (["-r", own, "--default-rules"], 1), ([], 1), (["--no-default-rules"], 2)):
            got, out, complaint = run("watch", "--replay", capture, "--format", "json", *options)
            tap.ok(got == status and bool(out) == (status == 1), f"watch {' '.join(options[1:] if '-r' in options else options) or 'alone'}", got, complaint)
else:
    tap.skip("when the rules are loaded", "no shared data")
tap.end()
