#!/usr/bin/env python3
"""Numbers the functions of the C interface for calls by messages: calls.py HEADER CPP, or calls.py HEADER JAVA_CALLS JAVA_CODES

Writes the table for C++, and for Java the numbers of the functions and the header's enumerators. Both carry one text that
two sides compare: it differs as soon as any function, parameter or number does.
"""
import hashlib
import re
import sys
from pathlib import Path

# What comes back by this one is part of an answer, not a call.
LEFT_OUT = {"awsfed_store_reply_add"}
FUNCTION = re.compile(r"^AWSFED_API\s+[^;]*?\b(awsfed_\w+)\(([^;]*)\);", re.M)
ENUMERATOR = re.compile(r"\bAWSFED_(\w+)\s*=\s*(-?\d+)")


def functions(header):
    """(name, whether it takes callbacks), in the order of the header."""
    for name, parameters in FUNCTION.findall(header):
        if name not in LEFT_OUT:
            yield name, "awsfed_done_fn" in parameters


def cpp_table(rows, version):
    lines = [f"AWSFED_CALL_WITH_CALLBACKS({name.removeprefix('awsfed_')})" if callbacks else f"AWSFED_CALL({name})"
             for name, callbacks in rows]
    return "\n".join(["// Made by calls.py.", "#ifndef AWSFED_CALLS_VERSION", f'#define AWSFED_CALLS_VERSION "{version}"', "#endif",
                      *lines]) + "\n"


def java_class(name, comment, members):
    return "\n".join(["package io.awsfed;", "", f"/** {comment} Made by calls.py. */", f"final class {name} {{",
                      f"    private {name}() {{}}", "", *(f"    static final {member};" for member in members), "}"]) + "\n"


def main():
    header_path, *made = map(Path, sys.argv[1:])
    header = header_path.read_text(encoding="utf-8")
    without_comments = re.sub(r"/\*.*?\*/", "", header, flags=re.S)
    rows = list(functions(without_comments))
    enumerators = ENUMERATOR.findall(without_comments)
    shape = [re.sub(r"\s+", " ", f"{name}({parameters})") for name, parameters in FUNCTION.findall(without_comments)]
    version = hashlib.sha256("\n".join([*shape, *map(str, enumerators)]).encode()).hexdigest()[:16]
    if len(made) == 1:
        made[0].write_text(cpp_table(rows, version), encoding="utf-8")
    else:
        calls, codes = made
        calls.write_text(java_class("Call", "The numbers of the C interface's functions.", [
            f'String TABLE = "{version}"',
            *(f"int {name.removeprefix('awsfed_').upper()} = {number}" for number, (name, _) in enumerate(rows))]),
            encoding="utf-8")
        codes.write_text(java_class("Code", "The numbers of awsfed.h.", [f"int {name} = {number}" for name, number in enumerators]),
                         encoding="utf-8")


if __name__ == "__main__":
    main()
