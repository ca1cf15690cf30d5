# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch --parse` against what Falco's own parser says of its own test cases and of the conditions of the public rule files
(cases/conditions.jsonl of the shared data, engine 0.63): tree with places, text, error with place, sets of events, and whether fields,
types and values fit, or why not."""
import json
import os
import sys

from common import SHARED, Tap, run

FIELDS = ("ok", "ast", "str", "error", "err_pos", "n_sc", "sc", "sc_err", "compiles", "compile_error")

# Differences on purpose: (condition, field) and why.
ON_PURPOSE = {}

# What was asked had no container plugin: it refused conditions with these words that compile here (docs/watch.md).
PLUGIN_FIELDS = ("filter_check called with nonexistent field container.", "filter_check called with nonexistent field k8s.")


def value(answer, field):
    """What one of the two says of a field, in a form that can be compared: sets have no order."""
    got = answer.get(field)
    return sorted(got) if field == "sc" and got is not None else got


def of_plugin(case, answer, field):
    """Whether the two differ because only one of them knows the fields of containers."""
    return field in ("compiles", "compile_error") and answer.get("compiles") and case["oracle"].get("compile_error", "").startswith(PLUGIN_FIELDS)


tap = Tap()

for arguments in (["x"], ["--parse", "x"], ["--nonsense"], ["--output", "nowhere"], ["-r", "/nonexistent/rules.yaml"]):
    status, out, complaint = run("watch", *arguments)
    tap.ok(status == 2 and not out and complaint.startswith("bulkhead watch: "), f"watch {' '.join(arguments)} is refused", complaint)
status, out, _ = run("watch", "--parse", stdin=b"")
tap.ok(status == 0 and not out, "nothing in, nothing out", status, out)
status, out, _ = run("watch", "--parse", stdin=b'a.b = "\xff\x00" or m\n"m\\nand n"\n')
read = [json.loads(line) for line in out.splitlines()]
tap.ok(status == 0 and [r["ok"] for r in read] == [True, True], "bytes of any kind, and a JSON string with a line feed", out)
tap.ok(read[1]["ast"]["c"][1]["pos"] == [6, 2, 5], "places count lines", out)
status, out, _ = run("watch", "--parse", stdin=b'm\n\n"unclosed\n"m" n\nm n\n' + b"(" * 100000 + b"\nm")
read = [json.loads(line) for line in out.splitlines()]
tap.ok(status == 1 and [r["ok"] for r in read] == [True] + [False] * 5 + [True], "a line that is no condition spoils no other", out)
tap.ok(all(r["error"] and len(r["err_pos"]) == 3 for r in read if not r["ok"]), "each of them says why and where", out)

path = os.path.join(SHARED, "falco", "cases", "conditions.jsonl")
if not os.path.exists(path):
    tap.skip("conditions of Falco's tests", "no shared data")
    tap.end()

with open(path, encoding="utf-8") as lines:
    cases = [json.loads(line) for line in lines]
status, out, _ = run("watch", "--parse", stdin="".join(json.dumps(case["expr"]) + "\n" for case in cases).encode())
answers = [json.loads(line) for line in out.splitlines()]
tap.ok(status == 1 and len(answers) == len(cases), f"a line of JSON for each of {len(cases)} conditions", status, len(answers))

used = set()
for field in FIELDS:
    asked = agree = plugin = 0
    notes = []
    for case, answer in zip(cases, answers):
        want, got = value(case["oracle"], field), value(answer, field)
        asked += want is not None
        if want == got:
            agree += want is not None
        elif (case["expr"], field) in ON_PURPOSE:
            used.add((case["expr"], field))
        elif of_plugin(case, answer, field):
            plugin += 1
        else:
            notes.append(f"{case['expr']!r}: {got!r}, not {want!r}")
    print(f"# {field}: {agree} of {asked} agree" + (f", {plugin} name fields of containers" if plugin else ""))
    tap.ok(not notes and asked, f"{field} as Falco has it", *notes)
tap.ok(used == set(ON_PURPOSE), "every difference on purpose is one", *(set(ON_PURPOSE) - used))
tap.end()
