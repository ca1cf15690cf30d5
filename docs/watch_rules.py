# SPDX-License-Identifier: Apache-2.0
"""The rules of watch (data/rules/*.yaml) as they are documented. The files are read by their shape, which is always the same."""
import collections
import os
import re

RuleFile = collections.namedtuple("RuleFile", "path name about rules")
Rule = collections.namedtuple("Rule", "name why output priority tags names")
NOT_EXCEPTIONS = {"in_container", "started", "opened_to_read", "opened_to_write", "renamed", "removed", "linked", "mode_changed"}
INTRO = """# The rules of watch

`bulkhead watch` without `-r` looks for these. They lie as files in `share/bulkhead/rules`; with `-r FILE` they are left out unless `--default-rules`
is given as well. They are then read before that file, which may add to the lists and say the macros of `macros.yaml` anew, or switch a rule off:

```yaml
- list: server_programs
  items: [my-server]
  override: {items: append}
- rule: Shadow file read
  condition: and not (proc.name = my-login and container.image.repository endswith /login)
  override: {condition: append}
- rule: Compiler in a container
  enabled: false
  override: {enabled: replace}
```

Every rule takes exceptions in the second way; below stands which lists and macros it speaks of, for the first. `bulkhead watch --list-rules -r FILE
--default-rules --format json` shows the conditions as they are then.

`--select disable-tag=practice` leaves out what is only bad practice. Tags say where a rule looks (`container`, `host`), what it is about, and the
techniques of MITRE ATT&CK.

Those for containers have `posture: true`: in a container that is privileged, has the engine's socket or the like, they are [one step more
urgent](watch.md#the-posture-of-a-container) than the tables say.
"""


def folded(text, key):
    """A text behind `key: >`, as one line."""
    found = re.search(rf"^  {key}: >\n((?:    .*\n)+)", text, re.M)
    return " ".join(found[1].split()) if found else ""


def read_rule(text, defined):
    condition = re.sub(r'"[^"]*"', "", folded(text, "condition"))
    names = [name for name in dict.fromkeys(re.findall(r"(?<![\w.])[a-z_]+(?![\w.\[])", condition)) if name in defined - NOT_EXCEPTIONS]
    return Rule(re.match(r"(.*)\n", text)[1], folded(text, "desc"), folded(text, "output"), re.search(r"^  priority: (\w+)$", text, re.M)[1],
                re.search(r"^  tags: \[(.*)\]$", text, re.M)[1].split(", "), names)


def rule_files(folder):
    """All files, in the order in which the program reads them."""
    with open(os.path.join(folder, "..", "meson.build"), encoding="utf-8") as f:
        names = re.findall(r"'rules/(\w+)\.yaml'", f.read())
    ret, defined = [], set()
    for name in names:
        path = os.path.join(folder, name + ".yaml")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        defined.update(re.findall(r"^- (?:list|macro): (\w+)$", text, re.M))
        about = " ".join(re.search(r"#\n((?:# .*\n)+)", text)[1].replace("# ", "").split())
        ret.append(RuleFile(path, name, about, [read_rule(one, defined) for one in re.split(r"^- rule: ", text, flags=re.M)[1:]]))
    return ret


def page(files):
    """The page about all of them."""
    lines = [INTRO, f"{sum(len(one.rules) for one in files)} rules."]
    for one in files:
        if not one.rules:
            continue
        lines += ["", f"## {one.name}.yaml", "", one.about, "", "| rule | priority | tags |", "|---|---|---|"]
        for rule in one.rules:
            lines.append(f"| [{rule.name}](#{re.sub(r'[^a-z0-9 -]', '', rule.name.lower()).replace(' ', '-')}) | {rule.priority} | {', '.join(rule.tags)} |")
        for rule in one.rules:
            lines += ["", f"### {rule.name}", "", rule.why]
            if rule.names:
                lines += ["", f"Speaks of {', '.join(f'`{name}`' for name in rule.names)}."]
    return "\n".join(lines) + "\n"
