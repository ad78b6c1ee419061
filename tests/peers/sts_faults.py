#!/usr/bin/env python3
"""An STS that fails in every way, that answers late, badly or not at all, or whose clock is another: sts_faults.py AWSFED

The strict STS (see sts_actions.py) spoils its answers by script. Each case says which error awsfed makes of it, that the
server's own words and request id are kept, how many requests came, and that none outlasts its time-outs.
"""
import json
import re
import socket
import time
from datetime import datetime, timezone

from oracle import ORACLE, admin
from peers import role
from sts_actions import ACCOUNT, MFA_DEVICE, NOBODY, Service, differing, keys_in, printed_secrets, saml_response, seconds_left, web_token

from cli import leaks, main

TRACE = "00000000-0000-4000-8000-00000000fa17"  # the request id of the double's ready-made errors
TIMEOUT, CONNECT_TIMEOUT = 3, 2  # seconds, as set for every call
ATTEMPTS = 3
REST = 6  # seconds for the pauses between attempts (1 s and 2 s at the most where it is throttled) and a busy machine
ASKED = {"role_arn": role("Build"), "role_session_name": "build-1"}


class Case:
    """One call at a spoiled service, timed."""

    def __init__(self, tool, do, times=-1, door="HTTP", action="assume-role", variables=None, user="ci", config=None, clock=0, **settings):
        self.service = Service(tool, door, [{"times": times, "do": do}] if do else [], **(config or {}))
        admin("STS", "POST", "/clock", {"offset": clock})
        caller = self.service.user(user) if user else NOBODY
        began = time.monotonic()
        self.outcome = self.service.obtain(action, caller, variables, **(settings or ASKED))
        self.took = time.monotonic() - began
        self.rows = self.service.requests()

    def request_id(self):
        return dict(self.rows[-1].get("response_headers", [])).get("x-amzn-RequestId", "")

    def late(self, seconds):
        return [f"it took {self.took:.1f} s"] if self.took > seconds else []


def refused(cases, name, case, code, status, requests=1, peer="", trace=None, http=0, words="", setting=None, seconds=REST):
    """The error in full; its text repeats nothing secret, and nothing of a page. Without a trace, that of the answer's header."""
    cases.refused(name, case.outcome, code, status, setting)
    error = case.outcome.error
    if trace is None:
        trace = case.request_id() if http else ""
    faults = [f"{what} {error.get(what)!r}, not {value!r}" for what, value in (("peer", peer), ("trace", trace), ("http", http))
              if error.get(what) != value]
    faults += [] if words in error.get("message", "") else [f"no {words!r} in {error.get('message')!r}"]
    faults += [] if len(case.rows) == requests else [f"{len(case.rows)} requests, not {requests}"]
    faults += case.late(seconds) + printed_secrets(case.service, case.outcome)
    faults += leaks.leaks(case.outcome.err, {"a page": "Support ID", "a tag": "<h1>"})
    cases.case(f"{name}: {requests} request{'s' * (requests != 1)}, and what the server said", "; ".join(faults))


def succeeds(cases, name, case, requests=1, seconds=REST):
    faults = [repr(case.outcome)] if case.outcome.exit else []
    if not faults:
        keys = keys_in(case.outcome)
        faults += [] if case.service.session(keys)["arn"].startswith(f"arn:aws:sts::{ACCOUNT}:") else ["another session"]
        faults += printed_secrets(case.service, case.outcome, keys)
    faults += [] if len(case.rows) == requests else [f"{len(case.rows)} requests, not {requests}"]
    cases.case(name, "; ".join(faults + case.late(seconds)))


# ---- ready-made answers ---------------------------------------------------------------------

# preset: code, status, requests, the server's code, its HTTP status, its words
PRESETS = {
    "throttle": ("throttled", "throttled", ATTEMPTS, "Throttling", 400, "Rate exceeded"),
    "throttle429": ("throttled", "throttled", ATTEMPTS, "ThrottlingException", 429, "Rate exceeded"),
    "limit503": ("throttled", "throttled", ATTEMPTS, "RequestLimitExceeded", 503, "Request limit exceeded"),
    "internal500": ("service-failed", "network", ATTEMPTS, "InternalFailure", 500, "unknown error, exception or failure"),
    "unavailable503": ("service-failed", "network", ATTEMPTS, "ServiceUnavailable", 503, "temporary failure of the server"),
    "empty500": ("service-failed", "network", ATTEMPTS, "", 500, "HTTP status 500 with an empty body"),
    "empty503": ("service-failed", "network", ATTEMPTS, "", 503, "HTTP status 503 with an empty body"),
    "html502": ("service-failed", "network", ATTEMPTS, "", 502, "HTTP status 502 with an HTML page"),
    "html503": ("service-failed", "network", ATTEMPTS, "", 503, "HTTP status 503 with an HTML page"),
    "json500": ("service-failed", "network", ATTEMPTS, "InternalFailure", 500, "oops"),
    "captive200": ("not-sts", "protocol", 1, "", 200, "HTTP status 200 with an HTML page"),
    "waf403": ("not-sts", "protocol", 1, "", 403, "HTTP status 403 with an HTML page"),
    "proxy407": ("proxy-failed", "network", 1, "", 407, "HTTP status 407 with an HTML page"),
    "clockskew": ("clock-skew", "denied", 1, "SignatureDoesNotMatch", 403, "Signature expired: 20000101T000000Z"),
    "garbage200": ("sts-answer-malformed", "protocol", ATTEMPTS, "", 200, "cut off"),
    "empty200": ("sts-answer-malformed", "protocol", ATTEMPTS, "", 200, "empty"),
    "error_in_200": ("access-denied", "denied", 1, "AccessDenied", 200, "(AccessDenied: no)"),
    "teapot": ("not-sts", "protocol", 1, "", 418, "HTTP status 418 with a text"),
}


def presets(tool, cases):
    for preset, (code, status, requests, peer, http, words) in PRESETS.items():
        trace = TRACE if peer and preset != "json500" else ""
        for door in ("HTTP", "HTTPS"):
            refused(cases, f"{door}: {preset}", Case(tool, {"preset": preset}, door=door), code, status, requests, peer, trace, http, words)
        if requests > 1:
            succeeds(cases, f"{preset}, once", Case(tool, {"preset": preset}, times=1), 2)
            succeeds(cases, f"{preset}, twice", Case(tool, {"preset": preset}, times=2), 3)
            refused(cases, f"{preset}, with one attempt", Case(tool, {"preset": preset}, attempts="1", **ASKED), code, status, 1, peer, trace,
                    http, words)


def odd_statuses(tool, cases):
    """Of what is no answer of STS's, the status alone tells."""
    for answer, code, status, requests in ((408, "service-failed", "network", ATTEMPTS), (501, "request-refused", "denied", 1),
                                           (504, "service-failed", "network", ATTEMPTS), (505, "service-failed", "network", 1),
                                           (404, "not-sts", "protocol", 1), (204, "not-sts", "protocol", 1)):
        do = {"status": answer, "body": "" if answer == 204 else "x"}
        refused(cases, f"{answer} and no document", Case(tool, do), code, status, requests, http=answer, words=f"HTTP status {answer}")
    ids = {"status": 500, "body": "", "headers": {"x-amzn-RequestId": "id-of-a-header"}}
    refused(cases, "a request id in a header alone", Case(tool, ids), "service-failed", "network", ATTEMPTS, trace="id-of-a-header", http=500)
    for what, replaced in (("gives no key", ["AccessKeyId", "Key"]), ("gives no end", ["Expiration", "End"]),
                           ("answers another action", ["AssumeRoleResponse", "GetSessionTokenResponse"]),
                           ("gives no result", ["AssumeRoleResult", "Result"]), ("is not well-formed", ["<AccessKeyId>", "<Key>"])):
        refused(cases, f"an answer that {what}", Case(tool, {"replace": replaced}), "sts-answer-malformed", "protocol", http=200)


# ---- the wire -------------------------------------------------------------------------------

def wire(tool, cases):
    """How the answer comes. The session in it is good."""
    for name, do in (("slow, but in time", {"delay": 1}), ("in pieces", {"trickle": {"bytes": 100, "pause": 0.05}}),
                     ("in chunks", {"chunked": True}), ("in chunks of one byte", {"chunked": 1}), ("without a length", {"no_length": True}),
                     ("behind 100 and 103", {"interim": [100, 103]}), ("behind five interim answers", {"interim": [103] * 5}),
                     ("with two hundred headers", {"header_flood": 200}), ("with half a megabyte of blanks", {"huge": 500_000}),
                     ("that claims to be compressed", {"gzip_lie": True}), ("and a closed connection", {"close": "after"}),
                     ("without a date", {"no_date": True})):
        for door in ("HTTP", "HTTPS"):
            succeeds(cases, f"{door}: an answer {name}", Case(tool, do, door=door))

    broken = (("a reset", {"reset": "before"}), ("a reset behind the headers", {"reset": "head", "close": "after"}),
              ("a reset in the body", {"truncate": 100, "reset": "body"}), ("a close in place of an answer", {"close": "before"}),
              ("a body that is cut", {"truncate": 100}), ("a length too long", {"length_error": 50}))
    for name, do in broken:
        for door in ("HTTP", "HTTPS"):
            refused(cases, f"{door}: {name}", Case(tool, do, door=door), "network-failed", "network", ATTEMPTS)
        succeeds(cases, f"{name}, once", Case(tool, do, times=1), 2)
    # What is left over on a kept connection may look like the next answer, in a form that no HTTP has.
    case = Case(tool, {"length_error": -50})
    good = case.outcome.error.get("code") in ("sts-answer-malformed", "network-failed") and case.outcome.out == ""
    cases.case("what is left over of an answer is taken for no other", "" if good else repr(case.outcome))
    short = {"length_error": -50, "headers": {"Connection": "close"}}
    for name, do in (("a length too short", short), ("a body that is cut, without a length", {"truncate": 100, "no_length": True})):
        refused(cases, name, Case(tool, do), "sts-answer-malformed", "protocol", ATTEMPTS, http=200, words="cut off")
        succeeds(cases, f"{name}, once", Case(tool, do, times=1), 2)
    refused(cases, "a compressed answer, which nobody asked for", Case(tool, {"gzip": True}), "not-sts", "protocol", http=200)
    for name, do, words in (("an answer of two megabytes", {"huge": 2_000_000}, "1048576 bytes"),
                            ("two thousand headers", {"header_flood": 2000}, "131072 bytes of headers")):
        for door in ("HTTP", "HTTPS"):
            refused(cases, f"{door}: {name}", Case(tool, do, door=door), "answer-too-large", "protocol", words=words)


def time_outs(tool, cases):
    longest = ATTEMPTS * TIMEOUT + REST
    for name, do in (("a service that never answers", {"hang": 20}), ("an answer that trickles", {"trickle": {"bytes": 1, "pause": 0.2}})):
        case = Case(tool, do)
        refused(cases, name, case, "timeout", "timeout", ATTEMPTS, words=f"within {TIMEOUT * 1000} ms", setting="timeout", seconds=longest)
        early = [f"after {case.took:.1f} s"] if case.took < ATTEMPTS * TIMEOUT else []
        cases.case(f"{name} is waited for as long as set, each time", "; ".join(early))
    succeeds(cases, "a service that once does not answer", Case(tool, {"hang": 20}, times=1), 2, TIMEOUT + REST)
    refused(cases, "with one attempt", Case(tool, {"hang": 20}, attempts="1", **ASKED), "timeout", "timeout", 1,
            words=f"within {TIMEOUT * 1000} ms", setting="timeout", seconds=TIMEOUT + REST)

    # The connection stands, and nobody speaks TLS.
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        there = f"https://localhost:{deaf.getsockname()[1]}"
        refused(cases, "a service that does not shake hands", Case(tool, None, door="HTTPS", sts_endpoint=there, **ASKED), "timeout", "timeout", 0,
                words=f"within {CONNECT_TIMEOUT * 1000} ms", setting="connect_timeout", seconds=ATTEMPTS * CONNECT_TIMEOUT + REST)
    refused(cases, "nobody at the port", Case(tool, None, door="HTTPS", sts_endpoint=there, **ASKED), "connect-failed", "network", 0)


def redirects(tool, cases):
    for status in (301, 302, 307, 308):
        do = {"redirect": ORACLE["SIGNIN"] + "/taken", "redirect_status": status}
        case = Case(tool, do)
        refused(cases, f"{status} is not followed", case, "not-sts", "protocol", http=status, words=ORACLE["STS_HTTP"])


def hints(tool, cases):
    """AWS's own hint counts; that of HTTP does not, as in AWS's SDKs."""
    def gap(case):
        return case.rows[1]["at"] - case.rows[0]["at"]
    case = Case(tool, {"preset": "unavailable503", "headers": {"x-amz-retry-after": "1500"}}, times=1)
    succeeds(cases, "x-amz-retry-after, in milliseconds", case, 2)
    cases.case("it is waited for", "" if len(case.rows) == 2 and 1.4 < gap(case) < 3 else "it is not")
    case = Case(tool, {"preset": "unavailable503", "headers": {"x-amz-retry-after": "3600000"}}, times=1)
    succeeds(cases, "x-amz-retry-after of an hour", case, 2, 5 + REST)
    cases.case("five seconds of it are waited for", "" if len(case.rows) == 2 and 4.9 < gap(case) < 7 else "they are not")
    succeeds(cases, "Retry-After of an hour", Case(tool, {"preset": "throttle429", "headers": {"Retry-After": "3600"}}, times=1), 2)


# ---- what must not be sent twice ------------------------------------------------------------

def once(tool, cases):
    """An MFA code is good once. Whatever happens to it, it goes over the wire once."""
    asked = {"assume-role": {"role_arn": role("NeedsMfa"), "role_session_name": "build-1"}, "get-session-token": {}}
    for action, settings in asked.items():
        for name, do, code, status in (
                ("throttle", {"preset": "throttle"}, "throttled", "throttled"), ("503", {"preset": "empty503"}, "service-failed", "network"),
                ("a reset", {"reset": "before"}, "network-failed", "network"), ("a close", {"close": "before"}, "network-failed", "network"),
                ("a cut", {"truncate": 100}, "network-failed", "network"), ("no answer", {"hang": 20}, "timeout", "timeout"),
                ("an empty answer", {"preset": "empty200"}, "sts-answer-malformed", "protocol"),
                ("another clock", {"clock_offset": 3600}, "clock-skew", "denied")):
            digits = Service(tool).mfa_code()
            case = Case(tool, do, action=action, user="mfa", variables={"CODE": digits}, mfa_serial=MFA_DEVICE, mfa_code="env:CODE", **settings)
            sent = [row for row in case.rows if f"TokenCode={digits}" in row["body"]]
            faults = [] if len(case.rows) == len(sent) == 1 else [f"{len(sent)} of {len(case.rows)} requests have it"]
            cases.case(f"{action}: a code goes once, for all that came was {name}", "; ".join(faults + case.late(TIMEOUT + REST)))
            cases.refused(f"{action}: {name} in answer to a code", case.outcome, code, status)


# ---- clocks ---------------------------------------------------------------------------------

def signed_at(row):
    stamp = next(value for name, value in row["headers"] if name.lower() == "x-amz-date")
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()


def clocks(tool, cases):
    for offset in (3600, -3600, 86400, 400, -400):
        for door in ("HTTP", "HTTPS"):
            case = Case(tool, None, door=door, clock=offset)
            name = f"{door}: the service's clock is off by {offset} s"
            succeeds(cases, f"{name}: the call is signed anew", case, 2)
            if len(case.rows) == 2:
                first, second = ((signed_at(row) - row["at"]) for row in case.rows)
                faults = [] if abs(first) < 3 and abs(second - offset) < 3 else [f"signed {first:.0f} s and {second:.0f} s off"]
                faults += differing(*([one] for one in case.service.forms()))
                cases.case(f"{name}: by its time", "; ".join(faults))
            if case.outcome.exit == 0:
                left = seconds_left(json.loads(case.outcome.out)["Expiration"])
                cases.case(f"{name}: the keys end by its time", "" if abs(left - 3600 - offset) < 30 else f"in {left:.0f} s")
    for offset in (200, -200, 280):
        succeeds(cases, f"a clock that is off by {offset} s is right enough", Case(tool, None, clock=offset))
    expired = Case(tool, None, clock=3600, config={"skew_code": "RequestExpired"})
    succeeds(cases, "RequestExpired is a clock's fault, too", expired, 2)
    for offset in (3600, -3600):
        for name, more in (("without a date", {"no_date": True}), ("from a cache", {"headers": {"Age": "10"}})):
            refused(cases, f"a refusal {name}, {offset} s off, tells no time", Case(tool, {"clock_offset": offset, **more}), "clock-skew", "denied",
                    peer="SignatureDoesNotMatch", http=403, words="Signature expired" if offset > 0 else "Signature not yet current")
    case = Case(tool, {"clock_offset": 3600}, attempts="1", **ASKED)
    refused(cases, "with one attempt, a clock's fault is told", case, "clock-skew", "denied", peer="SignatureDoesNotMatch", http=403)
    wrong = Service(tool)
    admin("STS", "POST", "/clock", {"offset": 3600})
    outcome = wrong.obtain("assume-role", wrong.user("ci")._replace(secret="x" * 40), **ASKED)
    cases.refused("a wrong secret and a wrong clock: the secret is told", outcome, "caller-refused", "denied")
    cases.case("it is told by the second call", "" if len(wrong.requests()) == 2 else f"{len(wrong.requests())} requests")


# ---- durations ------------------------------------------------------------------------------

def durations(tool, cases):
    """STS refuses what is longer than the role's maximum, and shortens without a word what an assertion limits."""
    def asked_for(service):
        return [one.get("DurationSeconds") for one in service.forms()]

    def shortened(name, action, caller, seconds, asked, variables=None, **settings):
        service = Service(tool)
        outcome = service.call(("obtain", "--sts-action", action, "--format", "process", "-v"), caller(service), variables, **settings)
        wanted = [str(one) for one in asked]
        faults = [] if outcome.exit == 0 else [repr(outcome)]
        faults += [] if asked_for(service) == wanted else [f"asked for {asked_for(service)}, not {wanted}"]
        faults += [] if outcome.exit or abs(seconds_left(json.loads(outcome.out)["Expiration"]) - seconds) < 30 else ["it lasts otherwise"]
        warning = rf"sts: STS (does not give {asked[0]} seconds; {seconds} are asked for instead|gives \d+ seconds, not {asked[0]})\n"
        faults += [] if re.search(warning, outcome.err) else [f"no warning in {outcome.err!r}"]
        cases.case(f"{name}: a shorter session and a warning", "; ".join(faults))

        service = Service(tool)
        outcome = service.call(("obtain", "--sts-action", action, "--format", "process"), caller(service), variables, **settings)
        said = outcome.err.splitlines()
        cases.case(f"{name}: the warning alone without -v",
                   "" if outcome.exit == 0 and len(said) == 1 and re.search(warning, outcome.err) else repr(outcome))

        service = Service(tool)
        outcome = service.obtain(action, caller(service), variables, strict_duration="true", **settings)
        cases.refused(f"{name}: refused, as set", outcome, "duration-refused", "denied", "duration")
        cases.case(f"{name}: with one call", "; ".join(differing(asked_for(service), wanted[:1])))

    def ci(service):
        return service.user("ci")

    def nobody(_):
        return NOBODY

    shortened("more than the role's maximum", "assume-role", ci, 3600, (10800, 3600), duration="3h", **ASKED)

    def session(service):
        keys = keys_in(service.obtain("assume-role", service.user("ci"), **ASKED))
        admin("STS", "DELETE", "/log")
        return keys
    shortened("more than a role behind a role lasts", "assume-role", session, 3600, (7200, 3600), duration="2h",
              role_arn=role("team/ops/Deploy"), role_session_name="build-1")
    given = {"idp": "assertion", "assertion": "env:RESPONSE", "role_arn": role("Build")}
    shortened("more than the role of a response lasts", "assume-role-with-saml", nobody, 3600, (43200, 3600),
              {"RESPONSE": saml_response("CORP\\alice")}, duration="12h", **given)
    shortened("more than the role of a web token lasts", "assume-role-with-web-identity", nobody, 3600, (7200, 3600), {"JWT": web_token()},
              duration="2h", role_arn=role("Web"), role_session_name="build-1", web_identity_token="env:JWT")
    shortened("more than the response allows", "assume-role-with-saml", nobody, 1800, (3600,), {"RESPONSE": saml_response("CORP\\tags")},
              duration="1h", **given)
    shortened("more than root may have", "get-session-token", Service.root, 3600, (129600,), duration="36h")

    refused(cases, "less than STS gives is not asked for", Case(tool, None, duration="14m", **ASKED), "setting-invalid", "setting", 0,
            setting="duration")
    refused(cases, "more than STS ever gives is not asked for", Case(tool, None, duration="13h", **ASKED), "setting-invalid", "setting", 0,
            setting="duration")
    digits = Service(tool).mfa_code()
    case = Case(tool, None, user="mfa", variables={"CODE": digits}, mfa_serial=MFA_DEVICE, mfa_code="env:CODE", duration="2h",
                role_arn=role("NeedsMfa"), role_session_name="build-1")
    refused(cases, "too long with a code, which would not be good again", case, "duration-refused", "denied", peer="ValidationError", http=400,
            setting="duration")


def run(tool, cases, _home):
    if "STS" not in ORACLE:
        print("skip sts_faults: the oracle is not running")
        return
    for part in (presets, odd_statuses, wire, time_outs, redirects, hints, once, clocks, durations):
        part(tool, cases)


if __name__ == "__main__":
    main(run)
