#!/usr/bin/env python3
"""Signs in over and over in one process, as a build server does for months: soak.py BUILD [SECONDS]

Several threads share one context of the C interface, at a real SimpleSAMLphp and a real moto. After a warm-up the
process may not grow: neither memory, nor open files, nor threads. Every fifth sign-in has a wrong password.
"""
import ctypes
import os
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "demo")]
import services  # noqa: E402

THREADS = 3
GROWTH_BYTES_MAX = 4 << 20  # the allocator's own wavering; a leak of one sign-in's data passes it in minutes
NUL = ctypes.c_size_t(-1).value
REFUSED = 10  # AWSFED_E_REFUSED
ABI = 1


class Interface:
    """The few functions of awsfed.h that a host needs."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path))
        for name in ("error_text", "credentials_text"):
            getattr(self.library, "awsfed_" + name).restype = ctypes.c_char_p

    def call(self, name, *arguments):
        """Returns (status, message); the error object does not outlive the call."""
        error = ctypes.c_void_p()
        status = getattr(self.library, "awsfed_" + name)(*arguments, ctypes.byref(error))
        message = self.library.awsfed_error_text(error, 0, None) if error else b""
        self.library.awsfed_error_free(error)
        return status, (message or b"").decode()

    def must(self, name, *arguments):
        status, message = self.call(name, *arguments)
        if status:
            raise RuntimeError(f"awsfed_{name}: {status} {message}")

    def free(self, kind, thing):
        getattr(self.library, f"awsfed_{kind}_free")(thing)

    def settings(self, **values):
        thing = ctypes.c_void_p()
        self.must("settings_new", ctypes.byref(thing))
        for name, value in values.items():
            data = value.encode()
            setter = "settings_set_secret" if name == "password" else "settings_set"
            self.must(setter, thing, name.encode(), ctypes.c_size_t(NUL), data, ctypes.c_size_t(len(data)))
        return thing

    def context(self, settings):
        thing = ctypes.c_void_p()
        self.must("context_new", ctypes.c_uint32(ABI), settings, ctypes.byref(thing))
        return thing

    def obtain(self, context, settings):
        """The status, after reading every value as a host would."""
        credentials = ctypes.c_void_p()
        status, _ = self.call("obtain", context, settings, None, ctypes.byref(credentials))
        if credentials:
            for field in range(3):
                if not self.library.awsfed_credentials_text(credentials, field, None):
                    raise RuntimeError(f"the credentials lack value {field}")
        self.free("credentials", credentials)
        return status


def footprint():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {"memory": pages * os.sysconf("SC_PAGESIZE"), "files": len(os.listdir("/proc/self/fd")),
            "threads": len(os.listdir("/proc/self/task"))}


class Soak:
    def __init__(self, interface, context, user, deadline):
        self.interface, self.context, self.user, self.deadline = interface, context, user, deadline
        self.lock = threading.Lock()
        self.done = 0
        self.faults = []

    def work(self):
        while time.monotonic() < self.deadline and not self.faults:
            with self.lock:
                self.done += 1
                wrong = self.done % 5 == 0
            settings = self.interface.settings(user=self.user.name, cache="off",
                                               password="wrong" if wrong else self.user.password)
            try:
                status = self.interface.obtain(self.context, settings)
                if status != (REFUSED if wrong else 0):
                    raise RuntimeError(f"obtain ended with status {status}")
            except RuntimeError as fault:
                self.faults.append(str(fault))
            finally:
                self.interface.free("settings", settings)

    def watch(self, seconds):
        """Runs the threads; the footprint after a quarter of the time, and at the end."""
        workers = [threading.Thread(target=self.work) for _ in range(THREADS)]
        for worker in workers:
            worker.start()
        time.sleep(seconds / 4)
        early = footprint()
        while any(worker.is_alive() for worker in workers):
            time.sleep(min(10, seconds / 8))
            now = footprint()
            if time.monotonic() < self.deadline:
                late = now
            print(f"   {self.done} sign-ins, {now['memory'] >> 10} KiB, {now['files']} files, {now['threads']} threads", flush=True)
        for worker in workers:
            worker.join()
        return early, late


def main():
    build, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    services.stop_on_terminate()
    interface = Interface(next(Path(build).rglob("libawsfed.so")).resolve())
    with services.SimpleSamlPhp() as idp, services.Moto() as aws:
        settings = interface.settings(idp="form", idp_url=idp.sign_in_url, http_loopback="true", region="us-east-1",
                                      sts_endpoint=aws.url)
        context = interface.context(settings)
        interface.free("settings", settings)
        soak = Soak(interface, context, idp.user("anna"), time.monotonic() + seconds)
        early, late = soak.watch(seconds)
        interface.free("context", context)
    grown = late["memory"] - early["memory"]
    cases = {"every sign-in ended as it should": "; ".join(soak.faults),
             "memory does not grow": f"by {grown >> 10} KiB" if grown > GROWTH_BYTES_MAX else "",
             "no file stays open": f"{late['files']} after {early['files']}" if late["files"] > early["files"] + 2 * THREADS else "",
             "no thread stays": f"{late['threads']} after {early['threads']}" if late["threads"] > early["threads"] + THREADS else ""}
    for name, fault in cases.items():
        print(f"FAIL {name}: {fault}" if fault else f"ok {name}")
    failed = sum(bool(fault) for fault in cases.values())
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
