#!/usr/bin/env python3
"""Every fault of the TLS peer, met by a call of STS and by a sign-in: which error, in which words, how soon: tls_faults.py AWSFED

The peer is an nginx, and a server that breaks what nginx would not. What must stand in each message names the cause.
"""
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from peers import PEER, USERS, keys, role

from cli import flags, leaks, main

PASSWORD = "hunter2hunter2"
TIMEOUT, CONNECT_TIMEOUT = 3, 2  # seconds, as set for every call
SLACK = 1  # second for the start of the tool and a busy machine
TRIES = 3
AT_ONCE = 4

UNTRUSTED = ("certificate-untrusted", "trust")
NO_TLS = ("tls-failed", "trust")
BROKEN = ("network-failed", "network")
DOWN = ("service-failed", "network")
LATE = ("timeout", "timeout")
NOT_STS = ("not-sts", "protocol")
NO_ANSWER = ("sts-answer-malformed", "protocol")
NO_PAGE = ("page-unknown", "protocol")
TOO_LARGE = ("answer-too-large", "protocol")
ELSEWHERE = ("origin-refused", "trust")
ENDLESS = ("sign-in-endless", "protocol")
STATUS = ("http-status", "protocol")


class Fault(NamedTuple):
    """What STS's answer comes to, and a pattern of the message; the same of the sign-in, where it is another."""

    sts: tuple
    word: str
    sign_in: tuple = ()
    sign_in_word: str = ""
    setting: str = None
    settings: dict = {}


# The name of the peer's variable, behind PEER_TLS_
SERVERS = {
    "WRONGHOST": Fault(UNTRUSTED, "subject name", setting="ca_file"),
    "CNONLY": Fault(UNTRUSTED, "subject name", setting="ca_file"),
    "EXPIRED": Fault(UNTRUSTED, "has expired", setting="ca_file"),
    "FUTURE": Fault(UNTRUSTED, "not yet valid", setting="ca_file"),
    "UNTRUSTED": Fault(UNTRUSTED, "issuer certificate", setting="ca_file"),
    "TLS11": Fault(NO_TLS, "protocol version"),
    "CLIENTCERT": Fault(NO_TLS, "client certificate", setting="client_certificate"),
    "503": Fault(DOWN, "ServiceUnavailable", sign_in_word="503"),
    "SLOWBODY": Fault(LATE, "within 3000 ms", setting="timeout"),
    "CLOSE": Fault(BROKEN, "Empty reply"),
    "DOWNGRADE": Fault(NOT_STS, "302", ELSEWHERE, "http://127.0.0.1:"),
    "LOOP": Fault(NOT_STS, "302", ENDLESS, "more than 10 times"),
    "PINGPONG": Fault(NOT_STS, "302", ELSEWHERE, "https://localhost:"),
    "307": Fault(NOT_STS, "307", ELSEWHERE, "https://localhost:"),
    "HUGE": Fault(NOT_STS, "405", TOO_LARGE, "2097152 bytes"),  # nginx takes no POST for a file
    "H2C": Fault(BROKEN, "HTTP/0.9"),
    # It says no as soon as it has heard something, and closes: we read that, or find the connection gone as we write.
    "FAULTS_H2ONLY": Fault(BROKEN, "HTTP2|Broken pipe|reset by peer"),
    "FAULTS_STALL": Fault(LATE, "within 2000 ms", setting="connect_timeout"),
}
# The paths of the server that breaks things
PATHS = {
    "/ok": Fault(NO_ANSWER, "no result", NO_PAGE, "text/xml"),
    "/truncated": Fault(BROKEN, "bytes remaining"),
    "/truncated-chunk": Fault(BROKEN, "outstanding read data"),
    "/no-length": Fault(NO_ANSWER, "no result", NO_PAGE, "text/xml"),
    "/slow-loris": Fault(LATE, "within 3000 ms", setting="timeout"),
    "/slow-header": Fault(LATE, "within 3000 ms", setting="timeout"),
    "/huge-header": Fault(TOO_LARGE, "header that is too long"),
    "/many-headers": Fault(TOO_LARGE, "131072 bytes of headers"),
    "/endless": Fault(LATE, "within 3000 ms", setting="timeout"),
    "/bad-status": Fault(BROKEN, "HTTP version"),
    "/bad-chunk": Fault(BROKEN, "chunked-encoding"),
    "/two-lengths": Fault(NO_ANSWER, "cut off", NO_PAGE, "text/xml"),
    # It takes the peer two seconds to pack; nobody unpacks it.
    "/gzip-bomb": Fault(NOT_STS, "with a text", NO_PAGE, "text/xml", settings={"timeout": "20s"}),
    "/nul": Fault(NO_ANSWER, "control characters", NO_PAGE, "text/xml"),
    "/redirect-chain/60": Fault(NOT_STS, "302", ENDLESS, "more than 10 times"),
    "/set-cookie-flood": Fault(NO_ANSWER, "no result", NO_PAGE, "text/xml"),
    "/utf16": Fault(NOT_STS, "with a text", NO_PAGE, "text/xml"),
    "/smuggle": Fault(NO_ANSWER, "no result", NO_PAGE, "text/xml"),
    "/100-continue": Fault(NO_ANSWER, "no result", NO_PAGE, "text/xml"),
    "/empty": Fault(BROKEN, "Empty reply"),
}


class Call(NamedTuple):
    what: str
    outcome: object
    took: float


def timed(what, call, seconds=TIMEOUT + SLACK):
    """A busy machine may be late for once; what hangs is late again."""
    for _ in range(TRIES):
        began = time.monotonic()
        outcome = call()
        took = time.monotonic() - began
        if took < seconds:
            break
    return Call(what, outcome, took)


def network(**more):
    return {"ca_file": PEER["TLS_CA"], "timeout": f"{TIMEOUT}s", "connect_timeout": f"{CONNECT_TIMEOUT}s", **more}


def ask_sts(tool, url, **more):
    asked = {"sts_action": "assume-role", "role_arn": PEER["CEPH_ROLE"], "role_session_name": "build-1", "attempts": "1"}
    return tool("obtain", "-vvv", "--error-format", "json", "--format", "process",
                *keys(url, PEER["CEPH_KEY"], **asked, **network(**more)), KEY=PEER["CEPH_SECRET"])


def sign_in(tool, url, **more):
    settings = {"idp": "form", "idp_url": url, "user": "alice", "password": "env:PASSWORD", "region": "us-east-1", "http_loopback": "true"}
    return tool("obtain", "-vvv", "--error-format", "json", *flags(**settings, **network(**more)), PASSWORD=PASSWORD)


def fails(cases, name, call, code, word, setting=None, seconds=TIMEOUT + SLACK):
    """The error in full, with the cause in its words, in time, and without a secret."""
    name = f"{name}, {call.what}"
    cases.refused(name, call.outcome, *code, setting)
    message = call.outcome.error.get("message", "")
    faults = [] if re.search(word, message) else [f"no {word!r} in {message!r}"]
    faults += [] if call.took < seconds else [f"it took {call.took:.1f} s"]
    faults += leaks.leaks(call.outcome.out + call.outcome.err, {"the password": PASSWORD, "the key": PEER["CEPH_SECRET"]})
    cases.case(f"{name}: told by its cause, within the time-out, without a secret", "; ".join(faults))


def limit(fault):
    return int(fault.settings.get("timeout", f"{TIMEOUT}s")[:-1]) + SLACK


def every_fault(tool, cases):
    faults = {name: (PEER["TLS_" + name] + "/", fault) for name, fault in SERVERS.items()}
    faults |= {path: (PEER["TLS_FAULTS"] + path, fault) for path, fault in PATHS.items()}

    def both(row):
        url, fault = row
        return [timed("asked as STS", lambda: ask_sts(tool, url, **fault.settings), limit(fault)),
                timed("as a sign-in page", lambda: sign_in(tool, url, **fault.settings), limit(fault))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (name, (_, fault)), (sts, page) in zip(faults.items(), pool.map(both, faults.values())):
            fails(cases, name, sts, fault.sts, fault.word, fault.setting, limit(fault))
            fails(cases, name, page, fault.sign_in or fault.sts, fault.sign_in_word or fault.word, fault.setting, limit(fault))


def good_ones(tool, cases):
    """The twins: the same peer, as it should be."""
    certificate = {"client_certificate": PEER["TLS_CLIENT_CERT"], "client_key": PEER["TLS_CLIENT_KEY"]}
    for name, server, more in (("TLS", "STS", {}), ("HTTP/2", "H2", {}), ("with a client certificate", "CLIENTCERT", certificate)):
        outcome = ask_sts(tool, PEER["TLS_" + server], **more)
        cases.case(f"STS gives credentials by {name}", None if outcome.exit == 0 else repr(outcome))
    outcome = ask_sts(tool, PEER["TLS_UNTRUSTED"], ca_file=PEER["TLS_OTHERCA"])
    cases.case("STS gives credentials where the other authority is set", None if outcome.exit == 0 else repr(outcome))
    page = PEER["TLS_IDP"] + "/" + PEER["SSP_LOGIN"].split("/", maxsplit=3)[3]
    settings = {"idp": "form", "idp_url": page, "user": "student", "password": "env:PASSWORD"}
    outcome = tool("roles", *flags(**settings, **network()), PASSWORD=USERS["student"][0])
    cases.case("a user signs in by TLS", None if outcome.exit == 0 and role("Dev") in outcome.out else repr(outcome))


def throttled(tool, cases):
    """nginx answers one request a second, and the others with 429."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        calls = list(pool.map(lambda _: timed("asked as STS", lambda: ask_sts(tool, PEER["TLS_429"])), range(AT_ONCE)))
    late = [call for call in calls if call.outcome.exit != 0]
    cases.case("of several calls at once, one is answered", None if len(late) < AT_ONCE else f"{calls}")
    fails(cases, "429", (late or calls)[0], ("throttled", "throttled"), "429")


def all_are_here():
    """What the peer has and nobody asks for would be a hole in the net."""
    servers = {name.removeprefix("TLS_") for name in PEER if name.startswith("TLS_") and PEER[name].startswith("http")}
    paths = {path.replace("/N", "/60") for path in PEER["TLS_FAULT_PATHS"].split()}
    return servers - {*SERVERS, "STS", "IDP", "H2", "429", "FAULTS", "FAULTS_PLAIN"} | paths - {*PATHS}


def run(tool, cases, _home):
    if not {"TLS_FAULTS", "CEPH_KEY", "SSP_LOGIN"} <= set(PEER):
        print("skip tls_faults: one of the peers tls, ceph and ssp is not running")
        return
    cases.case("every fault of the peer is met here", ", ".join(sorted(all_are_here())))
    good_ones(tool, cases)
    every_fault(tool, cases)
    throttled(tool, cases)


if __name__ == "__main__":
    main(run)
