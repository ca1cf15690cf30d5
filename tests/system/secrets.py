# SPDX-License-Identifier: Apache-2.0
"""The TOML reader against Python's, and the secret scanner over files, with its own and with foreign rules.
Argument: the secret_tool of the build."""
import datetime
import os
import random
import subprocess
import sys
import tempfile

import tomllib

from common import SHARED, Tap

TOOL = os.path.abspath(sys.argv[1])


def tool(*arguments):
    done = subprocess.run([TOOL, *arguments], capture_output=True, timeout=200)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def flat(value, path="", out=None):
    """A tomllib tree as the lines of `secret_tool toml`, values apart from strings and booleans left out."""
    out = {} if out is None else out
    if isinstance(value, dict):
        out[path] = ("map", "")
        for key, child in value.items():
            flat(child, f"{path}/{key.encode().hex()}", out)
    elif isinstance(value, list):
        out[path] = ("list", "")
        for i, child in enumerate(value):
            flat(child, f"{path}/{i}", out)
    elif isinstance(value, bool):
        out[path] = ("bool", str(value).lower().encode().hex())
    elif isinstance(value, str):
        out[path] = ("string", value.encode().hex())
    elif isinstance(value, (int, float)):
        out[path] = ("number", value)
    else:
        assert isinstance(value, (datetime.date, datetime.time)), type(value)
        out[path] = ("string", None)
    return out


def same(ours, theirs):
    if ours.keys() != theirs.keys():
        return False
    for path, (kind, want) in theirs.items():
        got_kind, got = ours[path]
        if got_kind != kind:
            return False
        if kind == "number":
            text = bytes.fromhex(got).decode().replace("_", "")
            number = int(text, 0) if isinstance(want, int) else float(text)
            if number != want and want == want:
                return False
        elif want is not None and got != want:
            return False
    return True


def compare(text, folder):
    """None if both readers agree on the bytes, else what differs."""
    path = os.path.join(folder, "x.toml")
    with open(path, "wb") as out:
        out.write(text)
    try:
        theirs = flat(tomllib.loads(text.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, RecursionError):
        theirs = None
    code, out, _ = tool("toml", path)
    if theirs is None:
        return None if code else f"accepted: {text!r}"
    if code:
        return f"refused: {text!r}: {out}"
    ours = {}
    for line in out.split("\n")[:-1]:
        place, kind, value = line.split("\t")
        ours[place] = (kind, value)
    return None if same(ours, theirs) else f"different: {text!r}"


PIECES = ["a", "b", "a.b", "b.a", "a.b.c", '"a"', "'b'", '"a b"', "[a]", "[b]", "[a.b]", "[a.b.c]", "[[a]]", "[[b]]", "[[a.b]]", "[b.a]", "\n", "\n", "\n",
          " = 1\n", " = 'x'\n", ' = "y\\n\\u00e9"\n', " = {}\n", " = {a = 1, b.c = 2}\n", " = [1, 'a', {b = 2}]\n", " = [\n 1,\n # c\n]\n",
          " = true\n", " = 1979-05-27\n", " = 1979-05-27T07:32:00Z\n", " = 07:32:00.5\n", " = 0xff\n", " = 1_0.5e-3\n", " = inf\n", " = +1\n",
          ' = """\nx\n  y\\\n  z"""\n', " = '''\n'a\\'''\n", " = 01\n", " = 1__0\n", " # c\n", "\r\n", "=", ",", "]", "}", "\t", "é"]


def generated(count, seed):
    source = random.Random(seed)
    for _ in range(count):
        lines = []
        for _ in range(source.randint(1, 6)):
            if source.random() < 0.75:
                lines.append(source.choice(PIECES[:8]) + source.choice(PIECES[19:38]))
            elif source.random() < 0.8:
                lines.append(source.choice(PIECES[8:16]) + "\n")
            else:
                lines.append(source.choice(PIECES))
        yield "".join(lines).encode()


def toml_tests(tap, folder):
    wrong = [why for why in (compare(text, folder) for text in generated(1500, 7)) if why]
    tap.ok(not wrong, "1500 generated TOML documents are read as Python reads them", *wrong[:5])
    found = []
    for root in ("/usr/lib/python3", "/usr/share/doc", os.path.join(SHARED, "secrets")):
        for base, _, names in os.walk(root):
            found += [os.path.join(base, name) for name in names if name.endswith(".toml")]
    wrong = []
    for path in found[:200]:
        with open(path, "rb") as file:
            why = compare(file.read(), folder)
        wrong += [path] if why else []
    if found:
        tap.ok(not wrong, f"{min(len(found), 200)} TOML files of this machine are read as Python reads them", *wrong)
    else:
        tap.skip("TOML files of this machine", "there are none")


def scan(*arguments):
    _, out, _ = tool(*arguments)
    return [line.split("\t") for line in out.splitlines()]


def golden_tests(tap, folder):
    golden = os.path.join(SHARED, "golden", "lang-app.secrets.tsv")
    foreign = os.path.join(SHARED, "secrets", "gitleaks.toml")
    # The file of the image that the golden list speaks of, made from parts so that this file holds no token.
    path = os.path.join(folder, ".env")
    with open(path, "w") as out:
        out.write("AWS_ACCESS_KEY_ID=AKIA" + "Q3EGRTXYZ5LMN2OP\naws_secret_access_key=" + "wJalrXUtnFEMIxK7MDENG" + "xbPxRfiCYEzzzzzABCD\n")
    rows = scan("scan", path)
    tap.ok([(row[3], row[1]) for row in rows] == [("aws-access-key-id", "1"), ("aws-secret-access-key", "2")],
           "both credentials of an .env file", rows)
    tap.ok("Q3EGRTXYZ5LMN2OP" not in str(rows), "values are never printed", rows)
    if not os.path.exists(golden):
        tap.skip("the golden list of secrets", "no shared data")
    else:
        with open(golden) as file:
            want = {tuple(line.rstrip("\n").split("\t")[1:]) for line in list(file)[1:]}
        tap.ok({(row[3], row[1]) for row in rows} == want, "the golden list of secrets", rows)
    if not os.path.exists(foreign):
        tap.skip("foreign rules", "no shared data")
        return
    code, out, err = tool("-n", "-r", foreign, "rules")
    tap.ok(code == 0 and len(out.splitlines()) == 222 and not err, "all 222 foreign rules are read and compile", err)
    rows = scan("-n", "-r", foreign, "scan", path)
    tap.ok([row[1] for row in rows] == ["1", "2"], "foreign rules find the same credentials", rows)
    rows = scan("-r", foreign, "scan", path)
    tap.ok([row[3] for row in rows] == ["aws-access-key-id", "aws-secret-access-key"], "own rules come before foreign ones", rows)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        toml_tests(tap, folder)
        golden_tests(tap, folder)
    tap.end()


main()
