#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bulkhead.yaml through the real program: where it is found, each of its keys, comments that suppress, faults with their place, the
schema; and every example of docs/check.md, docs/scan.md, docs/audit.md, docs/policy.md and docs/custom-rules.md. A page that says
<!-- host: DESCRIPTION --> has beside its examples the folder `host`, a recorded host (tests/cases/recorded.py)."""
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile

from common import PROGRAM, ROOT, Tap, report, run

sys.path.insert(0, os.path.join(ROOT, "tests", "cases"))
import recorded  # noqa: E402

tap = Tap()
DOCKERFILE = "FROM nginx\nUSER root\n"
POD = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: ghcr.io/example/web:1.0
      ports:
        - {containerPort: 8080, hostPort: 8080}
        - {containerPort: 9090}
"""


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


class Folder(tempfile.TemporaryDirectory):
    """A temporary folder with files in it: Folder({name: text})."""

    def __init__(self, files):
        super().__init__()
        write(self.name, files)


def concise(*arguments, cwd, stdin=None):
    code, out, err = run("check", "--format", "concise", *arguments, cwd=cwd, stdin=stdin)
    return code, out.splitlines(), err


def rules_of(lines):
    return [m[1] for m in (re.match(r".*?: \w+: ([a-z]+/[a-z0-9-]+): ", line) for line in lines) if m]


# --- where it is found ---

files = {"bulkhead.yaml": "fail-on: critical\n", "a/b/Dockerfile": DOCKERFILE, "a/.git/HEAD": ""}
with Folder({k: v for k, v in files.items() if ".git" not in k}) as f:
    tap.ok(concise(".", cwd=f)[0] == 0, "bulkhead.yaml of the checked folder")
    tap.ok(concise(".", cwd=os.path.join(f, "a", "b"))[0] == 0, "bulkhead.yaml of a folder above")
    tap.ok(concise("a/b/Dockerfile", cwd=f)[0] == 0, "bulkhead.yaml above a file")
    tap.ok(concise("--no-config", ".", cwd=f)[0] == 1, "--no-config does not look for it")
    tap.ok(concise("--fail-on", "low", ".", cwd=f)[0] == 1, "--fail-on overrides it")
    write(f, {"other.yaml": "fail-on: low\n"})
    tap.ok(concise("--config", "other.yaml", "a", cwd=f)[0] == 1, "--config names another")
    tap.ok(concise("--config", "nope.yaml", ".", cwd=f)[0] == 2, "a policy that is not there is an error")
with Folder(files) as f:
    tap.ok(concise("a", cwd=f)[0] == 1, "the search ends at the root of a Git repository")
with Folder({".bulkhead.yml": "fail-on: critical\n", "Dockerfile": DOCKERFILE}) as f:
    tap.ok(concise(".", cwd=f)[0] == 0, ".bulkhead.yml is one of its names")

# --- its keys ---

with Folder({"bulkhead.yaml": "profile: baseline\n", "Dockerfile": "FROM nginx\nUSER 1000\n"}) as f:
    few = rules_of(concise(".", cwd=f)[1])
    many = rules_of(concise("--profile", "strict", ".", cwd=f)[1])
    tap.ok(len(few) < len(many), "profile", few, many)

tree = {"Dockerfile": DOCKERFILE, "vendor/x/Dockerfile": DOCKERFILE, "a/generated/Dockerfile": DOCKERFILE,
        "a/b/generated/Dockerfile": DOCKERFILE, "a/old.Dockerfile": DOCKERFILE}
for globs, left in (("[vendor]", 4), ("[vendor/]", 4), ("[generated]", 3), ("[a/generated]", 4), ("[a/**]", 2), ("['*.Dockerfile']", 4),
                    ("[vendor/**, a/*/generated]", 3), ("[./a]", 2)):
    with Folder(tree | {"bulkhead.yaml": f"exclude: {globs}\n"}) as f:
        got = {line.split(":")[0] for line in concise("--only", "user/root", ".", cwd=f)[1]}
        tap.ok(len(got) == left, f"exclude: {globs}", sorted(got))
with Folder({"project/" + k: v for k, v in tree.items()} | {"project/bulkhead.yaml": "exclude: [a/generated, a/b]\n"}) as f:
    for where in ("project", os.path.join(f, "project"), "./project/"):
        got = {line.split(":")[0] for line in concise("--only", "user/root", where, cwd=f)[1]}
        tap.ok(len(got) == 3, "globs are relative to the policy file, from wherever it is called: " + where.replace(f, "…"), sorted(got))
    got = {line.split(":")[0] for line in concise("--only", "user/root", "--exclude", "vendor", "project", cwd=f)[1]}
    tap.ok(len(got) == 2, "--exclude adds to them", sorted(got))

images = "FROM nginx AS a\nFROM ghcr.io/example/app:1 AS b\nFROM registry.example.com:5000/x AS c\nFROM a\nFROM scratch\nFROM quay.io/x/y:1\n"
with Folder({"bulkhead.yaml": "registries: [ghcr.io, 'registry.example.com:5000']\n", "Dockerfile": images}) as f:
    code, lines, err = concise("--only", "image/untrusted-registry", ".", cwd=f)
    tap.ok(code == 1 and [line.split(":")[1] for line in lines] == ["1", "6"] and "docker.io" in lines[0] and "quay.io" in lines[1],
           "registries: others are found, the listed ones and stages are not", *lines, err)
with Folder({"bulkhead.yaml": "registries: [docker.io]\n", "Dockerfile": images}) as f:
    lines = concise("--only", "image/untrusted-registry", ".", cwd=f)[1]
    tap.ok([line.split(":")[1] for line in lines] == ["2", "3", "6"], "an image without a host comes from docker.io", *lines)

# --- exceptions ---


def exceptions(text, *arguments, files=None):
    with Folder((files or {"app/Dockerfile": DOCKERFILE, "k8s/pod.yaml": POD}) | {"bulkhead.yaml": "exceptions:\n" + text}) as f:
        return report("check", *arguments, ".", cwd=f)


def suppressed(got, rule):
    return [f["suppressed"] for f in got["findings"] if f["rule"] == rule and f.get("suppressed")]


def open_rules(got):
    return [f["rule"] for f in got["findings"] if not f.get("suppressed")]


code, got = exceptions("  - {rule: user/root, reason: binds port 80, owner: web, expires: 2099-12-31}\n")
found = suppressed(got, "user/root")
tap.ok(len(found) == 1 and found[0]["by"] == "exception" and found[0]["reason"] == "binds port 80" and found[0]["expires"] == "2099-12-31",
       "an exception suppresses and says by whom, why and until when", found)
tap.ok(got["summary"]["suppressed"] == 1 and "user/root" not in open_rules(got), "a suppressed finding counts as such", got["summary"])
for rule in ("user/*", "DL3002", "hadolint:DL3002", "'*'"):
    code, got = exceptions(f"  - {{rule: {rule}, reason: r}}\n")
    tap.ok(suppressed(got, "user/root"), f"rule: {rule}")
for path, want in (("app/Dockerfile", 1), ("app", 1), ("'**/Dockerfile'", 1), ("Dockerfile", 1), ("k8s/*", 0), ("ap", 0)):
    code, got = exceptions(f"  - {{rule: user/root, reason: r, path: {path}}}\n")
    tap.ok(len(suppressed(got, "user/root")) == want, f"path: {path}")
for workload, want in (("pod/web", 1), ("pod/*", 1), ("pod/other", 0)):
    code, got = exceptions(f"  - {{rule: network/host-port, reason: r, workload: {workload}}}\n")
    tap.ok(len(suppressed(got, "network/host-port")) == want, f"workload: {workload}")
code, got = exceptions("  - {rule: user/root, reason: r, expires: 2020-01-31}\n")
old = [f for f in got["findings"] if f["rule"] == "policy/expired-exception"]
tap.ok("user/root" in open_rules(got) and len(old) == 1 and old[0]["file"] == "bulkhead.yaml" and old[0]["line"] == 2 and
       "2020-01-31" in old[0]["message"], "an exception that has expired does not count and is told", old)
today = subprocess.run(["date", "-u", "+%F"], capture_output=True, text=True).stdout.strip()
tap.ok("user/root" not in open_rules(exceptions(f"  - {{rule: user/root, reason: r, expires: {today}}}\n")[1]), "it counts on its last day")
code, got = exceptions("  - {rule: network/node-port, reason: r}\n")
unused = [f for f in got["findings"] if f["rule"] == "policy/unused-exception"]
tap.ok(len(unused) == 1 and "network/node-port" in unused[0]["message"], "an exception that covers nothing is told", got["findings"][-1:])
code, got = exceptions("  - {rule: network/node-port, reason: r}\n", "--only", "user/*")
tap.ok("policy/unused-exception" not in open_rules(got), "but not when only some rules are asked")
with Folder({"bulkhead.yaml": "exceptions: [{rule: user/root, reason: r, path: app}]\n", "app/Dockerfile": DOCKERFILE,
             "web/Dockerfile": "FROM a@sha256:" + "a" * 64 + "\nUSER 1000\n"}) as f:
    tap.ok("policy/unused-exception" not in rules_of(concise("web/Dockerfile", cwd=f)[1]), "nor when only some files are checked")
    tap.ok("user/root" not in rules_of(concise(os.path.join(f, "app"), cwd="/")[1]), "paths of exceptions are relative to the policy file")
code, out, _ = run("check", "--no-config", "--verbose", "-", "--as", "dockerfile", stdin=b"FROM a\nUSER root # bulkhead: ignore user/root -- so it is\n")
tap.ok("so it is" in out, "--verbose shows what was accepted, and why", out)

# --- custom rules ---


def custom(text, *arguments, files=None):
    with Folder((files or {"pod.yaml": POD}) | {"bulkhead.yaml": "rules:\n" + text}) as f:
        only = [word for name in ("image/of-ours", "network/of-ours") if name in text for word in ("--only", name)]
        return concise(*only, *arguments, ".", cwd=f)


code, lines, err = custom('  - id: image/of-ours\n    severity: high\n    condition: image.registry = ghcr.io\n'
                          '    message: "{workload} takes {image.reference}"\n')
tap.ok(code == 1 and lines == ["pod.yaml:7:7: high: image/of-ours: pod/web takes ghcr.io/example/web:1.0"], "a rule with a message", *lines, err)
code, lines, err = custom("  - id: image/of-ours\n    title: Not ours\n    condition: image.registry = ghcr.io\n")
tap.ok(lines == ["pod.yaml:7:7: medium: image/of-ours: Not ours"], "without one, its title; without a severity, medium", *lines, err)
code, lines, err = custom("  - id: image/of-ours\n    condition: image.registry = quay.io\n")
tap.ok(code == 0 and not lines, "a rule that does not hold finds nothing", *lines, err)
code, lines, err = custom('  - id: network/of-ours\n    each: port\n    condition: port.container_port > 9000\n    message: "port {port.container_port}"\n')
tap.ok([line.split(":", 1)[1] for line in lines] == ["10:11: medium: network/of-ours: port 9090"], "each: asked for every item", *lines, err)
for text, wanted in (
        ("    condition: image.repositry = x\n", ["image/of-ours", "condition, column 1", "image.repository?"]),
        ("    condition: image.tag = a and\n", ["image/of-ours", "condition, column 18"]),
        ("    condition: |\n      image.tag = a\n      and image.tga = b\n", ["image/of-ours", "condition, line 2, column 5"]),
        ("    condition: user.uid > lots\n", ["image/of-ours", "column", "lots"]),
        ("    condition: image.tag regex '('\n", ["image/of-ours", "regular expression"]),
        ("    condition: image.tag = a\n    wanted: image.tg = b\n", ["image/of-ours", "wanted", "image.tg"]),
        ("    condition: image.tag = a\n    wanted: nonsense\n", ["image/of-ours", "wanted", "nonsense"]),
        ("    condition: image.tag = a\n    each: nonsense\n", ["image/of-ours", "nonsense"]),
        ("    condition: image.tag = a\n    message: '{image.tg}'\n", ["image/of-ours", "message", "{image.tg}"])):
    code, lines, err = custom("  - id: image/of-ours\n" + text)
    tap.ok(code == 2 and not lines and all(w in err for w in wanted), "refused: " + " ".join(text.split()), code, err)
for wanted in ("filesystem.read_only = true", "{filesystem.read_only: true}"):
    with Folder({"pod.yaml": POD, "bulkhead.yaml": f"rules: [{{id: filesystem/of-ours, condition: not filesystem.read_only = true, wanted: '{wanted}'}}]\n"
                 .replace("'{", "{").replace("}'", "}")}) as f:
        code, got = report("check", "--only", "filesystem/of-ours", ".", cwd=f)
        fix = got["findings"][0].get("fix") if got["findings"] else None
        tap.ok(fix and "readOnlyRootFilesystem: true" in fix["edits"][0]["text"], f"wanted: {wanted} is a fix", fix, got["errors"])

# --- comments ---

ROOT_POD = "spec:\n  securityContext:\n    runAsUser: 0\n  containers:\n  - {name: web, image: 'ghcr.io/example/web:1.0'}\n"
HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"


def comment(name, kind, text, rule, want):
    code, out, err = run("check", "--no-config", "--profile", "strict", "--format", "json", "--only", rule, "--as", kind, "-", stdin=text.encode())
    found = [f for f in json.loads(out)["findings"]]
    tap.ok(found and all(bool(f.get("suppressed")) == want for f in found), name, text, [f"{f['rule']}:{f['line']} {f.get('suppressed')}" for f in found], err)


for words, want in (
        ("bulkhead: ignore user/root -- r", True), ("bulkhead:ignore user/root", True), ("bulkhead: ignore", True),
        ("bulkhead: ignore user/*", True), ("bulkhead: ignore image/latest, user/root", True), ("bulkhead: ignore DL3002", True),
        ("bulkhead: ignore trivy:DS-0002", True), ("bulkhead: ignore image/latest", False), ("bulkhead: ignore because we may", False),
        ("hadolint ignore=DL3002", True), ("hadolint ignore=DL3006, DL3002", True), ("hadolint ignore=DL3006", False),
        ("hadolint ignore=all", False), ("trivy:ignore:DS-0002", True), ("trivy:ignore:AVD-DS-0002", True),
        ("trivy:ignore:DS-0002:exp:2099-01-01", True), ("trivy:ignore:DS-0002:exp:2020-01-01", False), ("trivy:ignore:DS-0001", False),
        ("checkov:skip=CKV_DOCKER_8:the base needs it", True), ("checkov:skip=CKV_DOCKER_3:not needed at all", False),
        ("kics-scan ignore-line", True), ("kics-scan ignore-block", True), ("kics-scan ignore", True), ("nothing: ignore user/root", False)):
    comment(f"above an instruction: # {words}", "dockerfile", f"FROM a:1\n# {words}\nUSER root\n", "user/root", want)
comment("hadolint global ignore", "dockerfile", "# hadolint global ignore=DL3002\nFROM a:1\nRUN x\n\nUSER root\n", "user/root", True)
comment("an ignored file", "dockerfile", "# bulkhead: ignore-file user/root -- r\nFROM a:1\nRUN x\n\nUSER root\n", "user/root", True)
comment("buildkit's own", "dockerfile", "# check=skip=StageNameCasing\nFROM a:1 AS Base\n", "buildkit:StageNameCasing", True)
comment("buildkit's own, all", "dockerfile", "# check=skip=all;error=true\nFROM a:1 AS Base\n", "buildkit:StageNameCasing", True)
comment("buildkit's own, another", "dockerfile", "# check=skip=JSONArgsRecommended\nFROM a:1 AS Base\n", "buildkit:StageNameCasing", False)
comment("the next instruction only", "dockerfile", "FROM a:1\n# bulkhead: ignore user/root\nRUN x\nUSER root\n", "user/root", False)
comment("words that are no comment", "dockerfile", 'FROM a:1\nLABEL x="bulkhead: ignore-file user/root"\nUSER root\n', "user/root", False)
for name, text, want in (
        ("on the line", ROOT_POD.replace("runAsUser: 0", "runAsUser: 0 # bulkhead: ignore user/run-as-root -- r"), True),
        ("above the line", ROOT_POD.replace("    runAsUser", "    # bulkhead: ignore user/run-as-root\n    runAsUser"), True),
        ("above the block", ROOT_POD.replace("  securityContext", "  # bulkhead: ignore user/run-as-root\n  securityContext"), True),
        ("above another block", ROOT_POD.replace("  containers", "  # bulkhead: ignore user/run-as-root\n  containers"), False),
        ("behind another line", ROOT_POD.replace("securityContext:", "securityContext: # bulkhead: ignore user/run-as-root"), False),
        ("trivy", ROOT_POD.replace("spec:", "# trivy:ignore:KSV-0105\nspec:"), True),
        ("kics", ROOT_POD.replace("    runAsUser", "    # kics-scan ignore-line\n    runAsUser"), True),
        ("the whole file", "# bulkhead: ignore-file\n" + ROOT_POD, True)):
    comment("YAML, " + name, "kubernetes", HEAD + text, "user/run-as-root", want)
comment("YAML, a list no deeper than its key", "kubernetes",
        HEAD + ROOT_POD.replace("  containers", "  # bulkhead: ignore image/unpinned\n  containers"), "image/unpinned", True)
comment("shell, above the command", "commands", "#!/bin/sh\n# bulkhead: ignore isolation/privileged -- r\ndocker run \\\n  --privileged a:1\n",
        "isolation/privileged", True)
comment("shell, on the line", "commands", "docker run --privileged a:1 # bulkhead: ignore isolation/privileged\n", "isolation/privileged", True)
comment("shell, another rule", "commands", "docker run --privileged a:1 # bulkhead: ignore user/root\n", "isolation/privileged", False)

# --- faults, and the schema ---

with open(os.path.join(ROOT, "docs", "bulkhead.schema.json"), encoding="utf-8") as f:
    schema = json.load(f)
try:
    import jsonschema
    import yaml

    class Loader(yaml.SafeLoader):
        """As the schema sees it: dates are texts."""

    Loader.yaml_implicit_resolvers = {k: [r for r in v if r[0] != "tag:yaml.org,2002:timestamp"]
                                      for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
except ImportError:
    validator = None

R = "rules: [{id: image/x, condition: image.tag = a"
for text, place in (
        ("", None), ("profile: strict\nfail-on: high\n", None), ("exclude: [a, 'b/**']\nregistries: [ghcr.io, 'localhost:5000']\n", None),
        ("exceptions: [{rule: user/root, reason: r, path: a, workload: b, owner: c, expires: 2099-01-01}]\n", None),
        (R + ", severity: low, title: t, message: m, why: w, wanted: {image.tag: b}, references: x}]\n", None),
        (R + ", wanted: image.tag = b}]\n", None),
        ("profile: lax\n", (1, 10)), ("fail-on: never\n", (1, 10)), ("colour: blue\n", (1, 1)), ("exclude: vendor\n", (1, 10)),
        ("exclude: [a, '']\n", (1, 14)), ("registries: []\n", (1, 13)), ("registries: ['a\"b']\n", (1, 14)), ("registries: [ghcr.io/team]\n", (1, 14)),
        ("exceptions: {}\n", (1, 13)), ("exceptions: [user/root]\n", (1, 14)), ("exceptions: [{rule: user/root}]\n", (1, 14)),
        ("exceptions: [{reason: r}]\n", (1, 14)), ("exceptions:\n  - rule: user/root\n    reason: r\n    expires: tomorrow\n", (4, 14)),
        ("exceptions:\n  - rule: user/root\n    reason: r\n    expires: 2099-13-01\n", (4, 14)),
        ("exceptions:\n  - rule: user/root\n    reason: r\n    expire: 2099-01-01\n", (4, 5)),
        ("rules: x\n", (1, 8)), ("rules: [{id: image/x}]\n", (1, 9)), ("rules: [{condition: image.tag = a}]\n", (1, 9)),
        ("rules: [{id: colour/x, condition: image.tag = a}]\n", (1, 14)), ("rules: [{id: image, condition: image.tag = a}]\n", (1, 14)),
        ("rules: [{id: image/X Y, condition: image.tag = a}]\n", (1, 14)), (R + ", severity: bad}]\n", (1, 59)), (R + ", colour: blue}]\n", (1, 49)),
        ("[a, b]\n", (1, 1))):
    with Folder({"bulkhead.yaml": text, "Dockerfile": "FROM a@sha256:" + "a" * 64 + "\nUSER 1000\n"}) as f:
        code, got = report("check", "--only", "user/root", ".", cwd=f)
        errors = [(e["file"], e["line"], e["column"]) for e in got["errors"]]
        good = code == 0 and not errors if place is None else code == 3 and errors and errors[0] == ("bulkhead.yaml", *place)
        tap.ok(good, f"{'takes' if place is None else 'refuses'} {text!r}", code, got["errors"])
    if validator:
        wrong = [e.message for e in validator.iter_errors(yaml.load(text, Loader=Loader))]
        tap.ok((not wrong) == (place is None), f"so does the schema: {text!r}", *wrong)
with Folder({"bulkhead.yaml": "profile: strict\nprofile: [\n", "Dockerfile": DOCKERFILE}) as f:
    code, lines, err = concise(".", cwd=f)
    tap.ok(code == 3 and any(line.startswith("bulkhead.yaml:") and " error: " in line for line in lines) and "user/root" in rules_of(lines),
           "a file that is no YAML is an error with its place; the rest is still reported", *lines, err)
if validator:
    with Folder({"bulkhead.yaml": "nonsense: 1\n", "Dockerfile": DOCKERFILE}) as f:
        known = report("check", ".", cwd=f)[1]["errors"][0]["message"].split(": ")[1].split(", ")
    tap.ok(set(schema["properties"]) == set(known), "the schema has the keys that the program names", sorted(schema["properties"]), known)
else:
    tap.skip("the schema", "python3-jsonschema or python3-yaml is missing")

# --- --only ---

with Folder({"Dockerfile": DOCKERFILE}) as f:
    for pattern in ("user/root", "DL3002", "hadolint:DL3002", "user/*", "user/ro*"):
        got = rules_of(concise("--only", pattern, ".", cwd=f)[1])
        tap.ok(got and all(g.startswith("user/") for g in got) and "user/root" in got, f"--only {pattern}", got)
    tap.ok(rules_of(concise("--only", "user/root", "--only", "image/*", ".", cwd=f)[1]).count("user/root") == 1, "--only twice adds up")

# --- the examples of the documentation ---


def normal(text):
    """Times differ from run to run, trailing blanks do not count."""
    return [re.sub(r"\d+\.\d+ ms\b", "N ms", line.rstrip()) for line in text.strip("\n").splitlines()]


def same(want, got):
    """Line by line; a line of … stands for any lines."""
    if "…" not in want:
        return want == got
    at = want.index("…")
    if want[:at] != got[:at]:
        return False
    rest = want[at + 1:]
    return not rest or any(same(rest, got[i:]) for i in range(at, len(got) + 1))


def examples(path):
    """Yields (line, files, command, output): the files are those of the section so far."""
    files, block, info, start = {}, None, "", 0
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            if block is None and line.startswith("```"):
                block, info, start = [], line[3:].split(), number
            elif block is None:
                if line.startswith("## "):
                    files = {}
            elif line.startswith("```"):
                if len(info) == 2:
                    files[info[1]] = "".join(block)
                elif info == ["console"]:
                    command, output = None, []
                    for text in block + ["$ "]:
                        if text.startswith("$ "):
                            if command:
                                yield start, files, command, "".join(output)
                            command, output = text[2:].strip(), []
                        else:
                            output.append(text)
                block = None
            else:
                block.append(line)


environment = {"PATH": os.path.dirname(PROGRAM) + ":/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


def host_of(page):
    """The description of the host that the examples of a page look at."""
    with open(page, encoding="utf-8") as f:
        named = re.search(r"^<!-- host: (\S+) -->$", f.read(), re.M)
    if not named:
        return None
    with open(os.path.join(ROOT, named[1]), encoding="utf-8") as f:
        return json.load(f)


def output_of(command, files, host=None):
    with Folder(files) as f, recorded.host(host, os.path.join(f, "host")) if host else contextlib.nullcontext():
        done = subprocess.run(["bash", "-c", command], cwd=f, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=environment, stdin=subprocess.DEVNULL)
    return done.stdout


def update(path):
    """Writes what the commands of a page say now, but for those that show only a part of it (…)."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    at, host = 0, host_of(path)
    for _, files, command, output in list(examples(path)):
        old = f"$ {command}\n{output}"
        at = text.index(old, at)
        new = old if "…" in normal(output) else "\n".join([f"$ {command}", *normal(output_of(command, files, host))]) + "\n"
        text = text[:at] + new + text[at + len(old):]
        at += len(new)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


for page in ("check.md", "policy.md", "custom-rules.md", "scan.md", "audit.md"):
    path = os.path.join(ROOT, "docs", page)
    if "--update" in sys.argv:  # look at the diff before you commit it
        update(path)
    count, host = 0, host_of(path)
    for line, files, command, output in examples(path):
        got = normal(output_of(command, files, host))
        tap.ok(same(normal(output), got), f"docs/{page}:{line}: {command}", *got)
        count += 1
    tap.ok(count >= 3, f"docs/{page} has examples", count)
tap.end()
