# SPDX-License-Identifier: Apache-2.0
"""audit --unscanned against an engine that has one container of a known image: never scanned, scanned without advisories, scanned, scanned too long ago."""
import json
import os
import sqlite3

from common import run

ADVISORY = {"id": "DEBIAN-CVE-2024-0001", "modified": "2024-01-02T03:04:05Z", "affected": [{
    "package": {"ecosystem": "Debian:12", "name": "libone"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]}]}


def age(folder, seconds):
    """Makes every record older than it is."""
    for where, _, files in os.walk(folder):
        for name in files:
            with sqlite3.connect(os.path.join(where, name)) as base:
                for (table,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                    columns = [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
                    if "time" in columns:
                        base.execute(f"UPDATE {table} SET time = time - ?", (seconds,))


def check(tap, shown, image, scratch, engines, container):
    database, advisory = os.path.join(scratch, "advisories.db"), os.path.join(scratch, "one.json")
    with open(advisory, "w", encoding="utf-8") as out:
        json.dump(ADVISORY, out)
    environment = {**os.environ, **engines, "XDG_STATE_HOME": os.path.join(scratch, "state"), "XDG_CACHE_HOME": os.path.join(scratch, "cache")}
    run("db", "import", "--db", database, advisory, env=environment)

    def state(*words):
        code, out, err = run("audit", "--unscanned", *words, "--format", "json", "--no-config", container, env=environment)
        found = [f["message"] for f in json.loads(out)["findings"]] if out.startswith("{") else [err]
        return code, " ".join(found)
    code, said = state()
    tap.ok(code == 1 and "never" in said, f"--unscanned, {shown}: never scanned", code, said)
    run("scan", "--no-advisories", image, env=environment)
    code, said = state()
    tap.ok(code == 1 and said, f"--unscanned, {shown}: scanned without advisories", code, said)
    done = run("scan", "--db", database, image, env=environment)
    code, said = state()
    tap.ok(code == 0 and not said, f"--unscanned, {shown}: fresh", code, said, done[2][-300:])
    age(environment["XDG_STATE_HOME"], 3 * 86400)
    code, said = state("--max-age", "2d")
    tap.ok(code == 1 and said, f"--unscanned, {shown}: older than it may be", code, said)
    code, said = state("--max-age", "4d")
    tap.ok(code == 0 and not said, f"--unscanned, {shown}: --max-age lets it be older", code, said)
