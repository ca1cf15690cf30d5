#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the pages that come from the program's own tables: a page per rule, the index of rules, the fields, the rules
of watch, the man page.

usage: generate.py BULKHEAD FOLDER [README]
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import watch_rules

program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]


def ask(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, check=True, text=True).stdout


def write(path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def refresh_screens(readme):
    """The screens of the README are what the program prints: one about files, one about a recorded host."""
    home = os.path.dirname(os.path.abspath(readme))
    sys.path[:0] = [os.path.join(home, "tests", "cases"), os.path.join(home, "tests", "system")]
    import recorded
    from terminal import on_terminal

    def refresh(text, start, cwd):
        """The first example behind a place of the text."""
        block = re.compile(r"```console\n\$ (.*)\n((?:.*\n)*?)```").search(text, start)
        return text[:block.start(2)] + on_terminal(program, block[1], cwd) + text[block.end(2):]

    with open(readme, encoding="utf-8") as f:
        text = refresh(f.read(), 0, home)
    named = re.search(r"^<!-- host: (\S+) -->$", text, re.M)
    with open(os.path.join(home, named[1]), encoding="utf-8") as f:
        host = json.load(f)
    with tempfile.TemporaryDirectory() as work, recorded.host(host, os.path.join(work, "host")):
        text = refresh(text, named.end(), work)
    with open(readme, "w", encoding="utf-8") as f:
        f.write(text)


rules = json.loads(ask("rules", "--format", "json"))["rules"]
shutil.rmtree(os.path.join(folder, "rules"), ignore_errors=True)
pages = ask("explain", "--all", "--format", "markdown").split("\n# ")
for rule, page in zip(rules, pages):
    write(f"rules/{rule['rule']}.md", "# " + page.removeprefix("# ").rstrip() + "\n")
index = ["# Rules", "", f"{len(rules)} rules. `bulkhead explain RULE` shows each; a rule is also found by the name another tool gives it.", ""]
control = None
for rule in rules:
    if rule["control"] != control:
        control = rule["control"]
        index += ["", f"## {control}", "", "| rule | severity | profile | |", "|---|---|---|---|"]
    index.append(f"| [{rule['rule']}]({rule['rule']}.md) | {rule['severity']} | {rule['profiles'][0]} | {rule['title']} |")
write("rules/README.md", "\n".join(index) + "\n")
write("fields.md", "# Fields of conditions\n\nWhat `bulkhead rules --fields` prints.\n\n```\n" + ask("rules", "--fields") + "```\n")
write("watch-rules.md", watch_rules.page(watch_rules.rule_files(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "rules"))))
write("bulkhead.1", ask("man"))
for shell in ("bash", "zsh", "fish"):
    write(f"completions/bulkhead.{shell}", ask("completions", shell))
if len(sys.argv) > 3:
    refresh_screens(sys.argv[3])
