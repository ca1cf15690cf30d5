#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Helm charts and kustomizations: scripts that print manifests stand in for helm and kustomize, on a PATH of their own. What they print
is judged, their failure is an error, and without them the folder is named as skipped."""
import os
import tempfile

from common import Tap, report, run

tap = Tap()
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, namespace: shop}\nspec:\n  hostNetwork: true\n  containers: [{name: a, image: 'b:1'}]\n"
FILES = {
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "chart/values.yaml": "host: true\n",
    "chart/templates/pod.yaml": POD.replace("NAME", "{{ .Release.Name }}").replace("true", "{{ .Values.host }}"),
    "base/kustomization.yaml": "resources: [pod.yaml]\nnamePrefix: test-\n",
    "base/pod.yaml": POD.replace("NAME", "plain"),
    "other/pod.yaml": POD.replace("NAME", "beside"),
}


def script(folder, name, body):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write("#!/bin/sh\n" + body)
    os.chmod(path, 0o755)


def check(work, tools):
    """Checks the folder with these tools on PATH: a map of their names to what the scripts do."""
    path = os.path.join(work, "bin" + "".join(sorted(tools)) + str(len(os.listdir(work))))
    os.mkdir(path)
    for name, body in tools.items():
        script(path, name, body)
    return report("check", "--no-config", "--only", "network/host-network", "tree", cwd=work, env={"PATH": path, "LANG": "C.UTF-8"})


def names(got):
    return sorted(f["workload"] for f in got["findings"])


with tempfile.TemporaryDirectory() as work:
    for name, text in FILES.items():
        path = os.path.join(work, "tree", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    code, got = check(work, {})
    skipped = {s["file"]: s["reason"] for s in got["skipped"]}
    tap.ok(code == 1 and not got["errors"], "without the tools nothing is an error", got["errors"])
    tap.ok(any("chart" in s and "helm" in m for s, m in skipped.items()), "the chart is named as skipped", skipped)
    tap.ok(any("base" in s and "kustomize" in m for s, m in skipped.items()), "so is the kustomization", skipped)
    tap.ok("pod/beside" in names(got) and "pod/plain" in names(got) and not any("Release" in n for n in names(got)),
           "what is complete by itself is read; templates are not", names(got))
    code, out, _ = run("check", "--no-config", "--only", "network/host-network", "tree", cwd=work, env={"PATH": work, "LANG": "C.UTF-8"})
    tap.ok("helm is not on PATH" in out, "the text report names it too", out)

    log = os.path.join(work, "log")
    helm = f"echo \"$@\" >>{log}\nprintf '%s' \"---\n{POD.replace('NAME', 'rendered')}\"\n"
    kustomize = f"echo \"$@\" >>{log}\nprintf '%s' \"{POD.replace('NAME', 'test-plain')}\"\n"
    code, got = check(work, {"helm": helm, "kustomize": kustomize})
    tap.ok({"pod/rendered", "pod/test-plain", "pod/beside"} <= set(names(got)) and not got["errors"] and not got["skipped"],
           "what the tools print is judged", names(got), got["errors"], got["skipped"])
    files = {f["workload"]: f["file"] for f in got["findings"]}
    tap.ok("chart (rendered by helm)" in files.get("pod/rendered", "") and "base (rendered by kustomize)" in files.get("pod/test-plain", ""),
           "findings name the folder and the tool", files)
    with open(log, encoding="utf-8") as f:
        calls = f.read()
    tap.ok("template bulkhead tree/chart" in calls and "build tree/base" in calls, "the tools get the folder", calls)

    code, got = check(work, {"helm": "echo 'parse error' >&2; exit 1\n", "kustomize": kustomize})
    tap.ok(code == 3 and len(got["errors"]) == 1 and "helm" in got["errors"][0]["message"] and got["errors"][0]["file"].endswith("chart"),
           "a tool that fails is an error", code, got["errors"])
    tap.ok("pod/test-plain" in names(got) and "pod/beside" in names(got), "and everything else is still judged", names(got))
    code, got = check(work, {"helm": "kill -9 $$\n"})
    tap.ok(code == 3 and got["errors"], "a tool that is killed is an error", code, got["errors"])
    code, got = check(work, {"helm": "printf 'a: [\\n'\n"})
    tap.ok(code == 3 and got["errors"] and "rendered by helm" in got["errors"][0]["file"], "output that is no YAML is an error", got["errors"])
    code, got = check(work, {"helm": "printf ''\n"})
    tap.ok(code == 1 and not got["errors"], "a chart that renders to nothing is none", got["errors"])
    code, got = check(work, {"helm": "while :; do echo '# and so on and so on and so on and so on and so on and so on'; done\n"})
    tap.ok(code == 3 and got["errors"], "output without end is cut off", code, got["errors"])
tap.end()
