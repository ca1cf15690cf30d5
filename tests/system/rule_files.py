# SPDX-License-Identifier: Apache-2.0
"""`bulkhead watch --validate`: the cases of tests/cases/watch/, what Falco says of its own test files (cases/rulefiles.jsonl of the shared data,
engine 0.63) and the public rule files. `rule_files.py BULKHEAD --update` writes the expected results of the cases: read the diff."""
import json
import os
import re
import sys
import tempfile

from common import ROOT, SHARED, Tap, run

CASES = os.path.join(ROOT, "tests", "cases", "watch")
# What is theirs alone: the results of a JSON schema library.
THEIRS = ("schema_valid", "schema_warnings")
PUBLIC = ("falco_rules.yaml", "falco-incubating_rules.yaml", "falco-sandbox_rules.yaml")

# Differences on purpose: (test, file) and why.
ON_PURPOSE = {}


def validate(*files, cwd=None):
    """(exit code, list of results) of --format json."""
    code, out, err = run("watch", "--validate", "--format", "json", *files, cwd=cwd)
    try:
        return code, json.loads(out)["falco_load_results"]
    except (ValueError, KeyError):
        return code, err


def comparable(result):
    return {key: value for key, value in result.items() if key not in THEIRS}


def laid_out(results):
    return json.dumps(results, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def own_cases(tap, update):
    """A case is a folder of rule files, read in the order of their names, with what is said of them."""
    for name in sorted(os.listdir(CASES)):
        folder = os.path.join(CASES, name)
        files = sorted(f for f in os.listdir(folder) if f.endswith(".yaml"))
        code, results = validate(*files, cwd=folder)
        got = laid_out({"exit": code, "results": results})
        path = os.path.join(folder, "expected.json")
        if update:
            with open(path, "w", encoding="utf-8") as f:
                f.write(got)
        with open(path, encoding="utf-8") as f:
            want = f.read()
        tap.ok(got == want, f"case {name}", *[f"{w}   is now   {g}" for w, g in zip(want.splitlines(), got.splitlines()) if w != g])


def usage(tap):
    for arguments in (["--validate"], ["--validate", "--format", "xml", "x"], ["--validate", "--parse", "x"]):
        status, out, complaint = run("watch", *arguments)
        tap.ok(status == 2 and not out and complaint.startswith("bulkhead watch: "), f"watch {' '.join(arguments)} is refused", complaint)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "good.yaml"), "w", encoding="utf-8") as f:
            f.write("- rule: a\n  desc: b\n  condition: evt.type=open\n  output: c\n  priority: info\n")
        status, out, complaint = run("watch", "--validate", "absent.yaml", "good.yaml", cwd=folder)
        tap.ok(status == 3 and "absent.yaml" in complaint and "good.yaml: ok\n" in out, "a file that is not there spoils no other", out, complaint)
        status, results = validate("absent.yaml", "good.yaml", cwd=folder)
        tap.ok(status == 3 and [r["successful"] for r in results] == [False, True] and results[0]["errors"][0]["code"] == "LOAD_ERR_FILE_READ",
               "and has a result", results)
        with open(os.path.join(folder, "bad.yaml"), "w", encoding="utf-8") as f:
            f.write("- rule: \"a\\e[31mb\"\n  desc: b\n  condition: evt.type=open foo\n  output: c\n  priority: info\n")
        status, out, _ = run("watch", "--validate", "bad.yaml", cwd=folder)
        tap.ok(status == 1 and "\x1b" not in out and out.startswith("bad.yaml: 1 error\nbad.yaml:3:14: error: unexpected token after 'open'"),
               "the text has the place, and steers no terminal", out)
        tap.ok("    evt.type=open foo\n" in out and "put 'and' or 'or'" in out, "an excerpt, and what to do", out)


def falco_cases(tap):
    path = os.path.join(SHARED, "falco", "cases", "rulefiles.jsonl")
    if not os.path.exists(path):
        tap.skip("rule files of Falco's tests", "no shared data")
        return
    with open(path, encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    used = set()
    for case in cases:
        files = [f"rules/{name}.yaml" for name in case["rules"]]
        code, results = validate(*files, cwd=os.path.dirname(path))
        if not case["validation"]:  # those were only run: nobody recorded warnings
            errors = [e for r in results for e in r["errors"]]
            tap.ok(code == 0 and not errors, f"{case['test']}: loads", errors)
            continue
        notes = []
        for got, want in zip(results, case["validation_result"]["falco_load_results"]):
            if got == comparable(want):
                continue
            if (case["test"], want["name"]) in ON_PURPOSE:
                used.add((case["test"], want["name"]))
            else:
                notes += [f"{want['name']}: {key}: {got.get(key)!r}, not {value!r}" for key, value in comparable(want).items() if got.get(key) != value]
        tap.ok(code == case["exit"] and not notes and len(results) == len(files), f"{case['test']}: as Falco has it", code, *notes)
    tap.ok(used == set(ON_PURPOSE), "every difference on purpose is one", *(set(ON_PURPOSE) - used))


def public_files(tap):
    folder = os.path.join(SHARED, "falco", "rules")
    if not os.path.isdir(folder):
        tap.skip("public rule files", "no shared data")
        return
    for name in PUBLIC:
        code, results = validate(name, cwd=folder)
        tap.ok(code == 0 and not results[0]["errors"], f"{name} loads", results[0]["errors"])
    code, results = validate(*PUBLIC, "enable_all_rules.yaml", cwd=folder)
    tap.ok(code == 0 and all(r["successful"] for r in results), "all of them are one set", [r["errors"] for r in results])
    said = {w["code"] for r in results for w in r["warnings"]}
    tap.ok(said <= {"LOAD_UNUSED_MACRO", "LOAD_UNUSED_LIST"}, "with no warning but of what is not used", said)
    with open(os.path.join(folder, PUBLIC[0]), "rb") as f:
        stable = f.read()
    rule = re.compile(rb"^- rule: (.+)$", re.M).findall(stable)[0].strip()
    with tempfile.TemporaryDirectory() as own:
        with open(os.path.join(own, "x.yaml"), "wb") as f:
            f.write(stable.replace(b"- rule: " + rule, b"- rule:", 1))
        code, results = validate("x.yaml", cwd=own)
        tap.ok(code == 1 and results[0]["errors"][0]["message"] == "Mapping for key 'rule' is empty", "a rule without a name is seen among many", results[0]["errors"])


if __name__ == "__main__":
    tap = Tap()
    usage(tap)
    own_cases(tap, "--update" in sys.argv)
    falco_cases(tap)
    public_files(tap)
    tap.end()
