#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes rule files as a table of C (src/watch/rule_default.h), in the order in which they are given.

usage: rules_pack.py OUTPUT FILE…
"""
import os
import sys

LINE = 24

rows, texts = [], []
for number, path in enumerate(sys.argv[2:]):
    with open(path, "rb") as f:
        content = f.read()
    lines = [", ".join(str(byte) for byte in content[at:at + LINE]) for at in range(0, len(content), LINE)]
    texts.append(f"static const unsigned char text_{number}[] = {{\n\t" + ",\n\t".join(lines) + "};\n")
    rows.append(f'\t{{"bulkhead/{os.path.basename(path)}", {{(const char *)text_{number}, sizeof text_{number}}}}},\n')
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write('/* Written by data/rules_pack.py. */\n#include "watch/rule_default.h"\n\n')
    out.write("\n".join(texts))
    out.write("\nconst rule_default rule_defaults[] = {\n" + "".join(rows) + "};\n\n")
    out.write(f"const uint32_t rule_default_count = {len(rows)};\n")
