#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the pages that come from the program's own tables: a page per rule, the index of rules, the fields, the man page.

usage: generate.py BULKHEAD FOLDER [README]
"""
import json
import os
import re
import shutil
import subprocess
import sys

program, folder = os.path.abspath(sys.argv[1]), sys.argv[2]


def ask(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, check=True, text=True).stdout


def write(path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def refresh_screen(readme):
    """The one screen of the README is what the program prints."""
    with open(readme, encoding="utf-8") as f:
        text = f.read()
    block = re.search(r"```console\n\$ cd (\S+) && bulkhead (.*)\n((?:.*\n)*?)```", text)
    cwd = os.path.join(os.path.dirname(os.path.abspath(readme)), block[1])
    shown = subprocess.run([program, *block[2].split()], capture_output=True, text=True, cwd=cwd).stdout
    with open(readme, "w", encoding="utf-8") as f:
        f.write(text[:block.start(3)] + shown + text[block.end(3):])


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
write("bulkhead.1", ask("man"))
for shell in ("bash", "zsh", "fish"):
    write(f"completions/bulkhead.{shell}", ask("completions", shell))
if len(sys.argv) > 3:
    refresh_screen(sys.argv[3])
