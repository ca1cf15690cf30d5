#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input: each gets one clear error with its place, the rest is still judged, the exit code is 3, nothing hangs."""
import json
import os
import shutil
import subprocess
import tempfile

from common import PROGRAM, Tap, report, run

tap = Tap()
GOOD = "FROM alpine:3.20\nUSER root\n"


def tree(files, name, message, *arguments, codes=(3,), most_errors=1):
    """Checks a folder of hostile files beside one Dockerfile whose finding must not be lost."""
    with tempfile.TemporaryDirectory() as work:
        with open(os.path.join(work, "Dockerfile"), "w") as f:
            f.write(GOOD)
        for path, content in files.items():
            full = os.path.join(work, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            if callable(content):
                content(full)
            else:
                with open(full, "wb") as f:
                    f.write(content if isinstance(content, bytes) else content.encode())
        try:
            code, got = report("check", "--no-config", *(arguments or (".",)), cwd=work, timeout=60)
        except Exception as e:  # a time-out or no JSON is a failure of this case, not of the rest
            tap.ok(False, name, e)
            return
        finally:
            for root, dirs, _ in os.walk(work):
                for d in dirs:
                    if not os.path.islink(os.path.join(root, d)):
                        os.chmod(os.path.join(root, d), 0o700)
        errors = [e for e in got["errors"]]
        said = not message or any(message in e["message"] for e in errors)
        lost = not any(f["rule"] == "user/root" for f in got["findings"])
        good = code in codes and said and not lost and len(errors) <= most_errors
        tap.ok(good, name, f"exit {code}", f"lost: {lost}", *[f"{e['file']}:{e.get('line')} {e['message']}" for e in errors[:5]])


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join('*' + chr(97 + i) for _ in range(9))}]\n" for i in range(9))

tree({"compose.yaml": "services:\n" + BOMB}, "billion laughs", "", codes=(0, 1, 3))
tree({"compose.yaml": BOMB + "services:\n  web:\n    image: nginx\n"}, "billion laughs beside services", "expand")
tree({"k8s.yaml": "apiVersion: v1\nkind: Pod\nspec: " + "[" * 5000 + "]" * 5000 + "\n"}, "deep nesting in YAML", "deep")
tree({"k8s.json": '{"apiVersion":"v1","kind":"Pod","spec":' + "[" * 5000 + "]" * 5000 + "}"}, "deep nesting in JSON", "deep")
tree({"app/Dockerfile": "FROM a\nRUN " + "x" * (10 << 20) + "\n"}, "a Dockerfile of one 10 MB line", "line")
tree({"app/Dockerfile": b"\x7fELF\x00\x01\x02" * 100}, "a binary named Dockerfile", "binary")
tree({"app/Dockerfile": "FROM alpine:3.20\nRUN <<EOF\necho 1\n"}, "a heredoc without end", "")
tree({"app/Dockerfile": "FROM alpine:3.20\nFOO bar\nUSER 1000\n"}, "an unknown instruction", "FOO")
tree({"compose.yaml": "services:\n  web:\n    image: \"\xff\xfe\"\n".encode("latin-1")}, "invalid UTF-8", "UTF-8")
tree({"compose.yaml": "services:\n\tweb:\n\t\timage: nginx\n"}, "tabs as indentation", "tab", most_errors=2)
tree({"compose.yaml": "services:\n  web:\n    image: nginx:1\n  web:\n    image: nginx:2\n"}, "a duplicate key", "")
tree({"compose.yaml": "services: {web: {image: nginx"}, "truncated flow YAML", "")
tree({"pod.json": '{"apiVersion": "v1", "kind": "Pod", "spec": {'}, "truncated JSON", "", most_errors=2)
tree({"big.yaml": b"apiVersion: v1\nkind: ConfigMap\ndata:\n" + b"  k: v\n" * (100 << 20 >> 3)}, "100 MB of YAML", "larger than")
tree({"pipe/Dockerfile": lambda p: os.mkfifo(p)}, "a pipe that nobody writes", "", codes=(1,), most_errors=0)
tree({"a/loop": lambda p: os.symlink("..", p), "a/b/self": lambda p: os.symlink(".", p)}, "symlinks that loop", "", codes=(1,), most_errors=0)
tree({"d/Dockerfile": lambda p: os.symlink("/nonexistent", p)}, "a dangling symlink", "", codes=(1,), most_errors=0)
tree({"x.yaml": "services:\n  a: *nope\n  b:\n    image: nginx\n"}, "an unknown alias", "", codes=(1, 3), most_errors=1)
tree({"pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: [1]\nspec:\n  containers: 12\n"}, "wrong types", "", codes=(1, 3))
tree({"d" + "/d" * 70 + "/Dockerfile": GOOD}, "folders too deep", "", codes=(3,))
tree({"chart/Chart.yaml": "name: x\nversion: 1\n", "chart/templates/d.yaml": "apiVersion: v1\nkind: Pod\nspec: {{ .x }}\n"}, "a Helm chart",
     "", codes=(1,), most_errors=0)
tree({"t.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.x }}\n{{- if .y }}\nspec: {}\n{{- end }}\n"}, "a Go template", "",
     codes=(1,), most_errors=0)



def unreadable():
    """A file and a folder that may not be read, for one who is not root (root reads everything: then as nobody)."""
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        program = shutil.copy(PROGRAM, work)
        for path, mode in (("Dockerfile", 0o644), ("secret/Dockerfile", 0o000)):
            full = os.path.join(work, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w") as f:
                f.write(GOOD)
            os.chmod(full, mode)
        os.mkdir(os.path.join(work, "closed"), 0o000)
        nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        done = subprocess.run([program, "check", "--no-config", "--format", "json", "."], cwd=work, capture_output=True, **nobody)
        got = json.loads(done.stdout)
        named = sorted(e["file"] for e in got["errors"])
        tap.ok(done.returncode == 3 and named == ["closed", "secret/Dockerfile"] and all("denied" in e["message"] for e in got["errors"])
               and any(f["rule"] == "user/root" for f in got["findings"]), "a file and a folder that may not be read", done.returncode,
               got["errors"], done.stderr)
        os.chmod(os.path.join(work, "closed"), 0o700)


unreadable()

code, out, err = run("check", "--no-config", "/nonexistent/Dockerfile")
tap.ok(code == 3 and "/nonexistent/Dockerfile" in out and "No such file" in out, "a file that is not there", code, out, err)
with tempfile.TemporaryDirectory() as work:
    code, out, err = run("check", "--no-config", ".", cwd=work)
    tap.ok(code == 0 and "0 findings" in out, "an empty folder", code, out, err)
    with open(os.path.join(work, "notes.txt"), "w") as f:
        f.write("hello")
    code, out, err = run("check", "--no-config", "notes.txt", cwd=work)
    tap.ok(code == 3 and "--as" in out, "a named file that is none of ours", code, out)
code, out, err = run("check", "--nonsense")
tap.ok(code == 2 and "--nonsense" in err or "nonsense" in err, "a wrong option", code, err)
code, out, err = run("nonsense")
tap.ok(code == 2 and "nonsense" in err, "a wrong command", code, err)
code, out, err = run("check", "--no-config", "--as", "dockerfile", "-", stdin=GOOD.encode())
tap.ok(code == 1 and "user/root" in out, "standard input", code, out, err)
tap.end()
