#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The formats of reports: the JSON contract, SARIF against its schema and its regions against the files, several formats in one run."""
import json
import os
import re
import tempfile

from common import ROOT, SHARED, Tap, report, run

tap = Tap()
USUAL = os.path.join(ROOT, "examples", "usual")

code, got = report("check", "--no-config", "--profile", "strict", ".", cwd=USUAL)
tap.ok(code == 1, "the usual example has findings", code)
tap.ok(got["schema"] == "bulkhead-report/1" and set(got) >= {"tool", "command", "workloads", "findings", "errors", "summary"},
       "the JSON report has its members", sorted(got))
wanted = {"rule", "control", "severity", "title", "message", "workload", "file", "line", "column", "end_line", "end_column", "aliases",
          "references", "fingerprint", "evidence"}
tap.ok(all(wanted <= set(f) for f in got["findings"]), "every finding has its members",
       [wanted - set(f) for f in got["findings"] if not wanted <= set(f)][:3])
tap.ok(len({(f["fingerprint"], f["line"], f["message"]) for f in got["findings"]}) == len(got["findings"]), "no finding is given twice")
secret = "hunter2-in-production"
for name in ("json", "text", "concise", "sarif"):
    _, out, _ = run("check", "--no-config", "--profile", "strict", "--format", name, ".", cwd=USUAL)
    tap.ok(secret not in out, f"{name} never prints a secret", *[line for line in out.splitlines() if secret in line][:5])

with tempfile.TemporaryDirectory() as work:
    path = os.path.join(work, "out.sarif")
    code, out, err = run("check", "--no-config", "--format", "concise", "--format", f"sarif={path}", ".", cwd=USUAL)
    tap.ok(code == 1 and out and os.path.exists(path), "two formats in one run", err)
    with open(path, encoding="utf-8") as f:
        sarif = json.load(f)
    results = sarif["runs"][0]["results"]
    tap.ok(len(results) == len(out.splitlines()), "SARIF has as many results as concise has lines", len(results), len(out.splitlines()))
    good = True
    for r in results:
        location = r["locations"][0]["physicalLocation"]
        lines = open(os.path.join(USUAL, location["artifactLocation"]["uri"]), encoding="utf-8").read().split("\n")
        region = location["region"]
        good &= 1 <= region["startLine"] <= len(lines) and region["startColumn"] <= len(lines[region["startLine"] - 1]) + 1
        good &= (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])
    tap.ok(good, "SARIF regions lie inside their files")
    tap.ok(all(r["partialFingerprints"]["primaryLocationLineHash"] for r in results), "every result has a fingerprint")
    tap.ok(all("security-severity" in rule["properties"] and rule["help"]["text"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]),
           "every rule has its severity and help")
    schema = os.path.join(SHARED, "schemas", "sarif-schema-2.1.0.json")
    if not os.path.exists(schema):
        tap.skip("SARIF is valid against its schema", "the schema is not here")
    else:
        import jsonschema
        with open(schema, encoding="utf-8") as f:
            errors = list(jsonschema.Draft7Validator(json.load(f)).iter_errors(sarif))
        tap.ok(not errors, "SARIF is valid against its schema", *[e.message for e in errors[:5]])

code, out, _ = run("check", "--no-config", "--color", "always", "--format", "text", ".", cwd=USUAL)
tap.ok("\033[" in out, "--color always has colours")
code, out, _ = run("check", "--no-config", ".", cwd=USUAL)
tap.ok("\033[" not in out and "Checklist" in out and re.search(r"\d+ findings \(", out), "a pipe gets no colours")
tap.ok(all(len(line) <= 80 for line in out.splitlines() if not re.match(r"\s+(\d+ )?\||.*\S+:\d+:\d+|\s+[-+] |\d+ findings", line)),
       "text fits 80 columns",
       *[line for line in out.splitlines() if len(line) > 80][:5])
code, _, err = run("check", "--format", "json", "--format", "sarif", ".", cwd=USUAL)
tap.ok(code == 2 and "standard output" in err, "two formats cannot share standard output", code, err)
code, out, err = run("check", "--no-config", "--quiet", ".", cwd=USUAL)
tap.ok(code == 1 and not out and not err, "--quiet prints nothing")
for arguments, wanted_code in ((["--fail-on", "critical"], 1), (["--profile", "baseline", "--fail-on", "critical"], 1)):
    code, _, _ = run("check", "--no-config", *arguments, ".", cwd=USUAL)
    tap.ok(code == wanted_code, "exit code with " + " ".join(arguments), code)

with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as f:
    shown = re.search(r"```console\n\$ cd (\S+) && bulkhead (.*)\n((?:.*\n)*?)```", f.read())
_, out, _ = run(*shown[2].split(), cwd=os.path.join(ROOT, shown[1]))
tap.ok(re.sub(r"[0-9.]+ ms", "N ms", out) == re.sub(r"[0-9.]+ ms", "N ms", shown[3]), "the screen of the README is what is printed", out)
tap.end()
