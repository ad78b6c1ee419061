#!/usr/bin/env python3
"""The layout of the C++ here by clang-format, and its faults by clang-tidy: lint.py BUILD TOOLS [FILE...]

Needs BUILD/compile_commands.json, and the two tools in the folder TOOLS. Prints a line for each file and tool, what the tool said where it found fault,
and closes with "N passed, N failed".
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("include", "capi", "src", "bindings", "sandbox", "tests", "bench")
SUFFIXES = (".h", ".hpp", ".c", ".cpp")
BY_HAND = {"include/awsfed.h"}  # its tables are aligned for readers
# What a compiler warns of is an error of gcc's where CI=true. Here clang's own opinions would only differ by how the
# build is configured: it finds fault with libstdc++ 12 itself.
TIDY = ("--quiet", "--warnings-as-errors=*", "--extra-arg=-Wno-error")


def sources():
    """What git knows or would take in; generated files are not ours to lay out."""
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *ROOMS], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    return sorted(path for path in set(listed) if path.endswith(SUFFIXES) and (ROOT / path).exists())


def compiled(build):
    commands = json.loads((Path(build) / "compile_commands.json").read_text(encoding="utf-8"))
    return {os.path.relpath(os.path.realpath(os.path.join(entry["directory"], entry["file"])), ROOT)
            for entry in commands}


def run(tools, tool, path, *options):
    started = time.monotonic()
    done = subprocess.run([Path(tools) / tool, *options, path], cwd=ROOT, capture_output=True, text=True)
    said = (done.stdout + done.stderr).strip() if done.returncode else ""
    return tool, path, said, time.monotonic() - started


def main():
    build, tools, *wanted = sys.argv[1:]
    files = [path for path in sources() if not wanted or path in wanted]
    in_build = compiled(build)
    jobs = [("clang-format", path, "--dry-run", "--Werror") for path in files if path not in BY_HAND]
    jobs += [("clang-tidy", path, *TIDY, "-p", build) for path in files if path in in_build]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for tool, path, said, seconds in pool.map(lambda job: run(tools, *job), jobs):
            if said or seconds >= 10:
                print(f"{'FAIL' if said else 'ok'} {tool} {path} ({seconds:.0f} s)", flush=True)
            if said:
                failed += 1
                print("\n".join("    " + line for line in said.splitlines()[:40]), flush=True)
    print(f"{len(jobs) - failed} passed, {failed} failed")
    return 1 if failed or not jobs else 0


if __name__ == "__main__":
    sys.exit(main())
