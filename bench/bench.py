#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures bulkhead and prints the figures beside their bounds (DESIGN, "Measures"). Where the README's figures come from.

usage: bench.py BULKHEAD [check]
"""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REAL = os.path.join(os.path.dirname(ROOT), "shared", "real", "real.tar.zst")

MANIFEST = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-{n}
  namespace: team-{team}
  labels:
    app: app-{n}
spec:
  replicas: 3
  selector:
    matchLabels:
      app: app-{n}
  template:
    metadata:
      labels:
        app: app-{n}
    spec:
      serviceAccountName: app-{n}
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
      containers:
        - name: app
          image: registry.example.com/team-{team}/app-{n}:1.{n}
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LOG_LEVEL
              value: info
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: app-{n}
                  key: url
          resources:
            requests:
              cpu: 100m
              memory: 128Mi
            limits:
              memory: 256Mi
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
          volumeMounts:
            - name: data
              mountPath: /data
        - name: sidecar
          image: registry.example.com/proxy:latest
          securityContext:
            capabilities:
              add: [NET_ADMIN]
      volumes:
        - name: data
          emptyDir: {{}}
---
apiVersion: v1
kind: Service
metadata:
  name: app-{n}
  namespace: team-{team}
spec:
  selector:
    app: app-{n}
  ports:
    - port: 80
      targetPort: http
"""


def once(arguments, cwd):
    """Runs bulkhead once; returns (seconds, CPU seconds, peak MB, exit code)."""
    start = time.perf_counter()
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen([PROGRAM, *arguments], cwd=cwd, stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
            process.returncode)


def measure(label, arguments, cwd, times, bound_ms=None, bound_mb=None, megabytes=None):
    runs = [once(arguments, cwd) for _ in range(times)]
    seconds = statistics.median(r[0] for r in runs)
    cpu, memory = statistics.median(r[1] for r in runs), max(r[2] for r in runs)
    row = f"{label:46} {seconds * 1000:8.1f} ms {cpu * 1000:8.1f} ms CPU {memory:6.1f} MB"
    if megabytes:
        row += f" {megabytes / seconds:7.1f} MB/s"
    inside = True
    if bound_ms:
        inside = seconds * 1000 <= bound_ms and (not bound_mb or memory <= bound_mb)
        row += f"   bound {bound_ms} ms" + (f", {bound_mb} MB" if bound_mb else "") + (": kept" if inside else ": BROKEN")
    print(row, flush=True)
    return inside


def size_of(folder):
    return sum(os.path.getsize(os.path.join(d, f)) for d, _, files in os.walk(folder) for f in files) / 1e6


def check(work):
    good = measure("start to exit (version)", ["version"], work, 50, 5)
    usual = os.path.join(ROOT, "examples", "usual")
    good &= measure("check of one Dockerfile", ["check", "--no-config", "Dockerfile"], usual, 50, 10)
    good &= measure("check of one manifest", ["check", "--no-config", "k8s/web.yaml"], usual, 50, 10)
    good &= measure("check of one Compose file", ["check", "--no-config", "compose.yaml"], usual, 50, 10)
    many = os.path.join(work, "manifests")
    os.mkdir(many)
    for n in range(1000):
        with open(os.path.join(many, f"app-{n}.yaml"), "w") as f:
            f.write(MANIFEST.format(n=n, team=n % 20))
    for name in ("json", "text", "concise"):
        good &= measure(f"check of 1,000 manifests, {name}", ["check", "--no-config", "-j2", "--format", name, "."], many, 9, 300, 30,
                        size_of(many))
    measure("check of 1,000 manifests, only judged", ["check", "--no-config", "-j2", "--quiet", "."], many, 9, 300, 30, size_of(many))
    measure("the same on one thread", ["check", "--no-config", "-j1", "--quiet", "."], many, 9, megabytes=size_of(many))
    if not os.path.exists(REAL):
        print("real files: not here")
        return good
    subprocess.run(f"zstd -dc '{REAL}' | tar x -C '{work}'", shell=True, check=True)
    real = os.path.join(work, "real")
    for kind, word in (("dockerfile", "dockerfile"), ("compose", "compose"), ("k8s", "kubernetes")):
        folder = os.path.join(real, kind)
        measure(f"real files, {kind}", ["check", "--no-config", "-j2", "--quiet", "--as", word, "."], folder, 9, megabytes=size_of(folder))
    measure("real files, all, strict, JSON", ["check", "--no-config", "-j2", "--profile", "strict", "--format", "json", "."], real, 9,
            megabytes=size_of(real))
    return good


def main():
    print(f"program: {os.path.getsize(PROGRAM) / 1e6:.2f} MB, bound 10 MB")
    work = tempfile.mkdtemp(prefix="bulkhead-bench-")
    try:
        return 0 if check(work) else 1
    finally:
        shutil.rmtree(work)


sys.exit(main())
