#!/usr/bin/env python3
"""Compares the Java binding with the functions that the library exports: coverage.py

Each is called by some class of the binding, or stands here with the reason why not.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LEFT_OUT = {
    "awsfed_abi": "the native part compares it when it is loaded",
    "awsfed_assume_role": "Context.session does it, by the action's name",
    "awsfed_federation_token": "Context.session does it, by the action's name",
    "awsfed_status_name": "the classes of AwsfedException are the names",
    "awsfed_store_reply_add": "what CredentialStore gives back goes through it, on the native side",
}


def main():
    exported = re.findall(r"^(awsfed_\w+) ", (ROOT / "capi/abi/symbols.txt").read_text(encoding="utf-8"), re.M)
    java = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bindings/java/src").rglob("*.java")))
    called = {f"awsfed_{name.lower()}" for name in re.findall(r"\bCall\.([A-Z0-9_]+)\b", java)}
    failed = 0
    for name in sorted(set(exported) | set(LEFT_OUT)):
        fault = ("nothing calls it" if name not in called and name not in LEFT_OUT else
                 "it is called, and left out" if name in called and name in LEFT_OUT else
                 "it is not exported" if name not in exported else "")
        failed += bool(fault)
        print(f"FAIL {name}: {fault}" if fault else f"ok {name}" + (f": left out, {LEFT_OUT[name]}" if name in LEFT_OUT else ""))
    total = len(set(exported) | set(LEFT_OUT))
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed or not exported else 0


if __name__ == "__main__":
    sys.exit(main())
