#!/usr/bin/env python3
"""Makes the same call over and over on one thread, at an STS that answers at once: calls.py BUILD [COUNT]

After a warm-up the process has one thread, no more open files, and not a page more per call: what grows by three bytes a
call is found at 100,000.
"""
import ctypes
import subprocess
import sys
from pathlib import Path

from soak import NUL, Interface, footprint

COUNT, WARM_UP = 100_000, 1_000
GROWTH_BYTES_MAX = 256 << 10
KEY_ID, SECRET_KEY = b"AKIAIOSFODNN7EXAMPLE", b"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"  # AWS's own examples


def assume_role(interface, context, source):
    keys = ctypes.c_void_p()
    interface.must("assume_role", context, None, source, None, ctypes.byref(keys))
    interface.free("credentials", keys)


def soaked(interface, address, count):
    """The footprint after the warm-up, and at the end."""
    settings = interface.settings(sts_endpoint=address, http_loopback="true", region="us-east-1",
                                  role_arn="arn:aws:iam::123456789012:role/build", role_session_name="soak")
    context, source = interface.context(settings), ctypes.c_void_p()
    interface.must("credentials_new", KEY_ID, ctypes.c_size_t(NUL), SECRET_KEY, ctypes.c_size_t(NUL), None,
                   ctypes.c_size_t(0), ctypes.c_int64(-1), ctypes.byref(source))
    for _ in range(WARM_UP):
        assume_role(interface, context, source)
    early = footprint()
    for _ in range(count):
        assume_role(interface, context, source)
    late = footprint()
    for kind, thing in (("credentials", source), ("context", context), ("settings", settings)):
        interface.free(kind, thing)
    return early, late


def main():
    build, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    interface = Interface((build / "capi/libawsfed.so").resolve())
    with subprocess.Popen([build / "bench/bench-stand-in"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sts:
        early, late = soaked(interface, f"http://127.0.0.1:{int(sts.stdout.readline())}", count)
        sts.stdin.close()  # it ends with it
    grown = late["memory"] - early["memory"]
    print(f"{count} calls: {early['memory'] >> 10} KiB before, {late['memory'] >> 10} KiB behind them")
    cases = {"memory does not grow": f"by {grown >> 10} KiB" if grown > GROWTH_BYTES_MAX else "",
             "no file stays open": f"{late['files']} after {early['files']}" if late["files"] > early["files"] else "",
             "there is one thread": f"there are {late['threads']}" if late["threads"] != 1 else ""}
    for name, fault in cases.items():
        print(f"FAIL {name}: {fault}" if fault else f"ok {name}")
    failed = sum(bool(fault) for fault in cases.values())
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
