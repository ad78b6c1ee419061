#!/usr/bin/env python3
"""A sign-in that hangs is left in time when the host cancels, wherever it hangs: cancels.py AWSFED

By the C interface: at servers that break things, at each place of a sign-in at AD FS, and both through each proxy.
"""
import ctypes
import os
import threading
import time
from pathlib import Path

import peers
from adfs_steps import Library
from cli import main
from oracle import ORACLE, PASSWORD, ROLE, Farm, admin
from proxy_kinds import Fronted, bare, behind_proxy, through
from tls import authority, certificate

PEER = peers.PEER
AFTER = 0.7  # seconds until the host cancels: everything hangs by then
AT_ONCE_MAX = 0.1
CANCELLED = 5
TRIES = 3  # a busy machine may be late for once


class Call:
    """awsfed_obtain on another thread, as a host has it that wants to stop."""

    def __init__(self, library, values, secrets):
        self.c = library.c
        self.context, self.cancel, self.status = ctypes.c_void_p(), ctypes.c_void_p(), None
        self.c.awsfed_cancel_new(ctypes.byref(self.cancel), None)
        settings = library.settings(values, {"password": PASSWORD, **secrets})
        self.c.awsfed_context_new(ctypes.c_uint32(1), settings, ctypes.byref(self.context), None)
        self.thread = threading.Thread(target=self.run)

    def run(self):
        keys = ctypes.c_void_p()
        self.status = self.c.awsfed_obtain(self.context, None, self.cancel, ctypes.byref(keys), None)

    def cancelled_after(self):
        """Seconds from the cancel to the end, and the status; nothing where it was over before."""
        self.thread.start()
        self.thread.join(AFTER)
        if not self.thread.is_alive():
            return None, self.status
        begun = time.monotonic()
        self.c.awsfed_cancel_now(self.cancel)
        self.thread.join(60)
        return time.monotonic() - begun, self.status


def ends(cases, name, library, values, secrets=None):
    for _ in range(TRIES):
        took, status = Call(library, values, secrets or {}).cancelled_after()
        if took is None or took <= AT_ONCE_MAX:
            break
    good = took is not None and took <= AT_ONCE_MAX and status == CANCELLED
    cases.case(f"{name}: a cancel ends it within {AT_ONCE_MAX * 1000:.0f} ms", None if good else f"{took} s, status {status}")


def at_adfs(cases, tool, library):
    common = {"idp": "adfs", "idp_url": ORACLE["ADFS"], "ca_file": ORACLE["CA"], "user": "CORP\\alice", "region": "us-east-1",
              "sts_endpoint": ORACLE["STS"], "role_arn": ROLE}

    def hangs(method, **more):
        return [{"match": {"method": method, **more}, "times": -1, "do": {"hang": 20}}]

    for name, faults, more in (
            ("the first page", hangs("GET"), {}),
            ("behind the password", hangs("POST"), {}),
            ("WS-Trust's metadata", hangs("GET"), {"adfs_method": "ws-trust"}),
            ("WS-Trust's answer", hangs("POST"), {"adfs_method": "ws-trust"}),
            ("a request in a form", hangs("POST"), {"adfs_entry": "sp-initiated-post"})):
        Farm(tool, idp_initiated=True, faults=faults)
        ends(cases, name, library, {**common, **more})
    Farm(tool, idp_initiated=True, mfa_poll_approve=99)
    ends(cases, "a telephone that nobody answers", library, {**common, "user": "CORP\\mfa-number"})


def at_faults(cases, library):
    for name, url in (("a TLS handshake that stalls", PEER["TLS_FAULTS_STALL"] + "/"),
                      *((path, PEER["TLS_FAULTS"] + path) for path in ("/slow-loris", "/slow-header", "/endless"))):
        ends(cases, name, library, {"idp": "form", "idp_url": url, "ca_file": PEER["TLS_CA"], "user": "alice", "region": "us-east-1",
                                    "role_arn": ROLE, "connect_timeout": "30s"})


def through_proxies(cases, tool, library, home):
    """Loopback is never sent through a proxy: the servers stand under another name of this machine (see proxy_kinds.py)."""
    authority(home, "ours")
    certificate(home, "front", "IP:::ffff:127.0.0.1")
    (home / "all.crt").write_text("".join(Path(name).read_text() for name in (home / "ours.crt", ORACLE["CA"], PEER["TLS_CA"])))
    common = {"idp": "adfs", "ca_file": home / "all.crt", "user": "CORP\\alice", "region": "us-east-1", "sts_endpoint": ORACLE["STS"],
              "role_arn": ROLE, "connect_timeout": "30s"}
    with Fronted(home, ORACLE["ADFS"]) as front:
        for kind, url in (("squid", PEER["PROXY_URL"]), ("tinyproxy", PEER["PROXY_TINY"]), ("microsocks", PEER["PROXY_SOCKS"])):
            settings, password = through(url)
            settings = {name: value for name, value in settings.items() if name != "proxy_password"}
            secrets = {"proxy_password": password}
            for name, method in (("the first page", "GET"), ("behind the password", "POST")):
                Farm(tool, idp_initiated=True, faults=[{"match": {"method": method}, "times": -1, "do": {"hang": 20}}])
                ends(cases, f"{name}, through {kind}", library, {**common, "idp_url": front.url, **settings}, secrets)
                cases.case(f"{name}, through {kind}: it came that far", None if hung(method) else "the look-alike was not asked")
            ends(cases, f"a TLS handshake that stalls, through {kind}", library,
                 {**common, "idp_url": behind_proxy("FAULTS_STALL"), **settings}, secrets)
    for kind in ("http", "https", "socks5h"):
        silent = {"proxy": f"{kind}://{bare('FAULTS_STALL')}"}
        ends(cases, f"a proxy ({kind}) that says nothing", library, {**common, "idp_url": "https://sts.corp.example", **silent})


def hung(method):
    return any(row.get("method") == method for row in admin("ADFS", "GET", "/log?since=0")["requests"])


def run(tool, cases, home):
    library = Library(os.path.realpath(os.path.join(os.path.dirname(tool.path), "../../capi/libawsfed.so")))
    if "ADFS" in ORACLE:
        at_adfs(cases, tool, library)
    else:
        print("skip cancels at AD FS: the oracle is not running")
    if "TLS_FAULTS" in PEER:
        at_faults(cases, library)
    else:
        print("skip cancels at servers that break things: the peer tls is not running")
    if "ADFS" in ORACLE and {"PROXY", "TLS_FAULTS"} <= set(PEER):
        through_proxies(cases, tool, library, home)
    else:
        print("skip cancels through proxies: the oracle, or one of the peers proxy and tls, is not running")


if __name__ == "__main__":
    main(run)
