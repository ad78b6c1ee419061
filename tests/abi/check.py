#!/usr/bin/env python3
"""Compares the C interface of a build with the recorded one, or records it: check.py BUILD [--record]

The interface is more than the symbols of the library. Recorded in capi/abi/ are
  symbols.txt      what libawsfed.so exports, with the version node of each
  types.abi        the types behind them, as abidw (libabigail) writes them
  enumerators.txt  every constant of include/awsfed.h
  errors.txt       every error code and its status: programs branch on them
  settings.txt     name, type and default of every setting
What is recorded may only grow, and growth must be recorded; a removal or a change needs another AWSFED_ABI.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
RECORD = ROOT / "capi/abi"
HEADER = ROOT / "include/awsfed.h"


def output_of(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{Path(str(command[0])).name} failed: {done.stderr.strip()}")
    return done.stdout


def library_in(build):
    for path in sorted(Path(build).rglob("libawsfed.so")):
        return path.resolve()
    raise RuntimeError(f"there is no libawsfed.so in {build}")


def symbols(build):
    lines = (line.split() for line in output_of("nm", "-D", "--defined-only", library_in(build)).splitlines())
    return {parts[-1].replace("@@", " "): "" for parts in lines if parts[-2] != "A"}  # A: the version nodes


def enumerators(_build):
    """The compiler says what each is; the header's text only says which there are."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", " ", HEADER.read_text(encoding="utf-8"), flags=re.S)
    names = [name for body in re.findall(r"\benum\b[^{;]*\{([^}]*)\}", text)
             for name in re.findall(r"(?:^|,)\s*(AWSFED_\w+)", body)]
    lines = "".join(f'printf("{name} %lld\\n", (long long){name});' for name in names)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "enumerators.c"
        source.write_text(f'#include <stdio.h>\n#include "awsfed.h"\nint main(void) {{ {lines} return 0; }}\n')
        output_of("cc", "-I", HEADER.parent, source, "-o", Path(folder) / "enumerators")
        return dict(line.split(" ", 1) for line in output_of(Path(folder) / "enumerators").splitlines())


def errors(_build):
    rows = re.findall(r'^AWSFED_ERROR\(\w+,\s*"([^"]+)",\s*(\w+),', (ROOT / "src/base/errors.def").read_text(), re.M)
    return dict(rows)


def settings(build):
    rows = json.loads(output_of(Path(build) / "bindings/cli/awsfed", "settings", "--json"))
    rows = rows["settings"] if isinstance(rows, dict) else rows
    return {row["name"]: f"{row['type']} {json.dumps(row.get('default') or '', ensure_ascii=False)}" for row in rows}


LISTS = {"symbols": symbols, "enumerators": enumerators, "errors": errors, "settings": settings}


def read_list(name):
    path = RECORD / f"{name}.txt"
    if not path.exists():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict((line.split("\t") + [""])[:2] for line in lines)


def write_list(name, rows):
    text = "".join(f"{key}\t{value}".rstrip() + "\n" for key, value in sorted(rows.items()))
    (RECORD / f"{name}.txt").write_text(text, encoding="utf-8")


def compare(recorded, present):
    """(broken, grown): what a program built before would miss, and what is new."""
    broken = [f"{key} is gone" for key in recorded if key not in present]
    broken += [f"{key} was {recorded[key]} and is {present[key]}" for key in recorded
               if key in present and present[key] != recorded[key]]
    return broken, [f"{key} is new" for key in present if key not in recorded]


def dump_types(build, target):
    output_of("abidw", "--exported-interfaces-only", "--headers-dir", HEADER.parent, "--drop-private-types",
              "--no-parameter-names", "--no-show-locs", "--no-comp-dir-path", "--no-corpus-path", "--no-elf-needed",
              "--out-file", target, library_in(build))
    # Where the sources lay when they were compiled is nobody's business.
    text = re.sub(r" path='[^']*/([^/']*)'", r" path='\1'", Path(target).read_text(encoding="utf-8"))
    Path(target).write_text(text, encoding="utf-8")


def types_changes(build):
    """What abidiff finds changed in recorded types; None when the record is of another kind of machine."""
    record = RECORD / "types.abi"
    with tempfile.TemporaryDirectory() as folder:
        present = Path(folder) / "present.abi"
        dump_types(build, present)
        machine = re.compile(r"architecture='([^']*)'")
        if machine.findall(record.read_text())[:1] != machine.findall(present.read_text())[:1]:
            return None
    done = subprocess.run(["abidiff", "--exported-interfaces-only", "--no-added-syms", "--headers-dir1", HEADER.parent,
                           "--headers-dir2", HEADER.parent, record, library_in(build)], capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stdout + done.stderr).strip() or f"abidiff exits {done.returncode}"


def record(build):
    RECORD.mkdir(exist_ok=True)
    present = {name: read(build) for name, read in LISTS.items()}
    recorded = {name: read_list(name) for name in LISTS}
    abi = present["enumerators"]["AWSFED_ABI"]
    if (recorded["enumerators"] or {}).get("AWSFED_ABI", abi) == abi:
        broken = [what for name in LISTS for what in compare(recorded[name] or {}, present[name])[0]]
        if (RECORD / "types.abi").exists() and (changed := types_changes(build)):
            broken.append(changed)
        if broken:
            print("Not recorded: with AWSFED_ABI unchanged the interface may only grow.\n  " + "\n  ".join(broken))
            return 1
    for name, rows in present.items():
        write_list(name, rows)
    dump_types(build, RECORD / "types.abi")
    print(f"recorded in {RECORD.relative_to(ROOT)}, AWSFED_ABI {abi}")
    return 0


def check(build):
    """Yields (name, fault or None) for each part of the interface."""
    strangers = [key for key in symbols(build) if not key.startswith("awsfed_")]
    yield "only awsfed_ names are exported", ", ".join(strangers) or None
    for name, read in LISTS.items():
        recorded = read_list(name)
        if recorded is None:
            yield f"{name} as recorded", "there is no record: run ./dev abi"
            continue
        broken, grown = compare(recorded, read(build))
        fault = "; ".join(broken + grown)
        if fault:
            fault += ". A removal or change needs another AWSFED_ABI" if broken else ""
            fault += ". Run ./dev abi to record"
        yield f"{name} as recorded", fault or None
    if not (RECORD / "types.abi").exists():
        yield "types as recorded", "there is no record: run ./dev abi"
        return
    changed = types_changes(build)
    if changed is None:
        print("skip types as recorded: the record is of another kind of machine")
    else:
        yield "types as recorded", changed.replace("\n", "\n     ") or None


def self_test():
    broken, grown = compare({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"})
    if broken == ["c is gone", "b was 2 and is 9"] and grown == ["d is new"]:
        return None
    return f"{broken} {grown}"


def main():
    build = sys.argv[1]
    if sys.argv[2:] == ["--record"]:
        return record(build)
    failed = 0
    for name, fault in [("a removal, a change and an addition are noticed", self_test()), *check(build)]:
        failed += fault is not None
        print(f"FAIL {name}: {fault}" if fault else f"ok {name}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RuntimeError, OSError) as trouble:
        print(f"FAIL the interface can be read: {trouble}")
        sys.exit(1)
