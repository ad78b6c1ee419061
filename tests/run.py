#!/usr/bin/env python3
"""Runs the tests of a build directory and counts them: run.py BUILD [--without SUITE] [NAME...]

A test in meson's sense is a program; what is counted is what it says of its cases:
  * doctest's summary: "[doctest] test cases: 12 | 12 passed | 0 failed | 0 skipped"
  * a plain closing line: "12 passed, 0 failed, 1 skipped"
  * otherwise its lines "ok NAME", "FAIL NAME why" and "skip NAME why"
  * otherwise the program as one case.
A program that fails without naming a failed case is one failed case. The last line printed is the sum.
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

DOCTEST = re.compile(r"^\[doctest\] test cases: *(\d+) *\| *(\d+) passed *\| *(\d+) failed *\| *(\d+) skipped", re.M)
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
CASE = re.compile(r"^(ok|FAIL|skip) +\S.*$", re.M)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
EXIT_SKIP = 77  # meson's convention, after automake


def count(text, returncode):
    """(passed, failed, skipped) of one program by what it printed."""
    text = COLOUR.sub("", text)
    if found := DOCTEST.findall(text):
        passed, failed, skipped = (sum(int(row[column]) for row in found) for column in (1, 2, 3))
    elif found := CLOSING.findall(text):
        passed, failed, skipped = (int(number or 0) for number in found[-1])
    elif found := CASE.findall(text):
        passed, failed, skipped = (found.count(word) for word in ("ok", "FAIL", "skip"))
    elif returncode == EXIT_SKIP:
        return 0, 0, 1
    else:
        passed, failed, skipped = (1, 0, 0) if returncode == 0 else (0, 1, 0)
    if returncode not in (0, EXIT_SKIP) and failed == 0:
        failed = 1  # it crashed, was stopped or found fault with the whole
    return passed, failed, skipped


def run_meson(build, without, names):
    """Lets meson run the tests, shows its line for each, and gives the records of its log."""
    log = Path(build) / "meson-logs/awsfed-tests.json"
    log.unlink(missing_ok=True)
    command = ["meson", "test", "-C", build, "--logbase", "awsfed-tests", "--no-rebuild"]
    for suite in without:
        command += ["--no-suite", suite]
    with subprocess.Popen(command + names, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as meson:
        rest = []
        for line in meson.stdout:
            if re.match(r" *\d+/\d+ ", line):
                print("  " + line.strip(), flush=True)
            else:
                rest.append(line)
    if not log.exists():
        sys.exit("meson ran no test:\n" + "".join(rest))
    with open(log, encoding="utf-8") as records:
        return [json.loads(line) for line in records]


def show(record, failed, skipped):
    """What a person must see of a program that did not simply pass."""
    text = COLOUR.sub("", record.get("stdout") or "")
    lines = text.splitlines()
    if failed:
        print(f"\n---- {record['name']} ({record['result']}, exit status {record['returncode']})")
        named = [line for line in lines if line.startswith("FAIL")]
        print("\n".join(named or lines[-80:]))
        errors = (record.get("stderr") or "").splitlines()
        print("\n".join(errors[-80:]))
    elif skipped:
        print("\n".join(f"  {record['name']}: {line}" for line in lines if line.startswith("skip")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build")
    parser.add_argument("--without", metavar="SUITE", action="append", default=[])
    parser.add_argument("names", nargs="*")
    options = parser.parse_intermixed_args()

    total = [0, 0, 0]
    records = run_meson(options.build, options.without, options.names)
    print()
    for record in sorted(records, key=lambda record: record["name"]):
        counts = count(record.get("stdout") or "", record["returncode"])
        total = [sum(pair) for pair in zip(total, counts)]
        print(f"  {record['name']:<32} {counts[0]:>5} passed {counts[1]:>3} failed {counts[2]:>3} skipped"
              f" {record['duration']:>7.1f} s")
        show(record, counts[1], counts[2])
    print(f"\n{total[0]} passed, {total[1]} failed" + (f", {total[2]} skipped" if total[2] else ""))
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main())
