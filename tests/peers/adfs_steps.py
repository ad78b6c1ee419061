#!/usr/bin/env python3
"""Second factors, choices and many sign-ins at the AD FS look-alike: adfs_steps.py AWSFED

It was written apart from awsfed (../shared/oracle), and counts by itself which passwords and codes it saw.
"""
import base64
import ctypes
import os
import time

import peers  # noqa: F401  (puts the frame of tests/real on the path)
from cli import main
from oracle import ORACLE, PASSWORD, PROFILES, ROLE, Farm, admin, is_refused, signs_in

TOTP_SECRET = base64.b32encode(b"adfs-totp-secret-001").decode()
PARTNER = "http://sts.partner.example/adfs/services/trust"
REALMS = {"claims_providers": [{"name": "Partner", "id": PARTNER, "suffixes": ["partner.example"]}]}


def factor(cases, name, tool, user, verdicts, profile="2019", code=None, **more):
    """A sign-in with a second factor, one password post, and these verdicts on password and factors."""
    farm = Farm(tool, profile, idp_initiated=True)
    if code:
        os.environ["PASSCODE"] = code
        more["passcode"] = "env:PASSCODE"
    outcome = farm.obtain(user=f"CORP\\{user}", **more)
    faults = [] if outcome.exit == 0 else [repr(outcome)]
    faults += [] if farm.attempts() == verdicts else [f"attempts {farm.attempts()}"]
    faults += [] if farm.posts() == 1 else [f"{farm.posts()} password posts"]
    if code and code in outcome.err.replace("123456789012", ""):
        faults.append("the code is in the log")
    cases.case(name, "; ".join(faults))
    return outcome


def factors(tool, cases, home):
    for profile in PROFILES:
        factor(cases, f"{profile}: a code", tool, "mfa-vip", ["ok", "ok"], profile, code="654321")
        outcome = factor(cases, f"{profile}: an approval on a telephone is waited for", tool, "mfa-number", ["ok", "ok"], profile)
        cases.case(f"{profile}: its number is shown", None if ": 42" in outcome.err else outcome.err)
    for user, code in (("mfa-code", "123456"), ("mfa-vip2", "654321"), ("mfa-securid", "11112222"), ("mfa-securid2", "11112222")):
        factor(cases, f"{user}: a code", tool, user, ["ok", "ok"], code=code)
    factor(cases, "an approval without a number", tool, "mfa-server", ["ok", "ok"])
    factor(cases, "of two second factors the one with a code", tool, "mfa-two", ["ok", "ok"], code="11112222",
           factor_method="SecurIDAuthentication")
    factor(cases, "of two second factors the other one", tool, "mfa-two", ["ok", "ok"], factor_method="AzureMfaAuthentication")

    def refused(name, user, code, status, attempts, sent=None, **more):
        if sent:
            os.environ["PASSCODE"] = sent
            more["passcode"] = "env:PASSCODE"
        is_refused(cases, name, Farm(tool), code, status, attempts, user=f"CORP\\{user}", **more)

    for user, adapter in (("mfa-code", "AzureMfaAuthentication"), ("mfa-vip", "VIPAuthenticationProviderWindowsAccountName"),
                          ("mfa-securid", "SecurIDAuthentication")):
        refused(f"{user}: a wrong code goes once", user, "second-factor-refused", "refused", ["ok", "wrong"], sent="000000", peer=adapter)
    refused("denied on the telephone", "mfa-denied", "second-factor-denied", "refused", ["ok", "denied"], peer="AzureMfaAuthentication")
    refused("Duo is named, and its host never sees anything", "mfa-duo", "second-factor-demanded", "unsupported", ["ok"],
            sent="123456", peer="DuoAdfsAdapter")
    refused("a method that is not on offer", "mfa-two", "second-factor-demanded", "unsupported", ["ok"], factor_method="Yubikey")
    never = Farm(tool, idp_initiated=True, mfa_poll_approve=99)
    is_refused(cases, "nobody approves in time", never, "second-factor-timeout", "timeout", ["ok"], user="CORP\\mfa-number",
               factor_timeout="3s", peer="AzureMfaAuthentication")
    next_code(tool, cases, home)
    app_codes(tool, cases, home)


def next_code(tool, cases, home):
    """A program that gives the next code each time that it is asked; commands come from files of one's own alone."""
    script = home / "codes"
    script.write_text(f"#!/bin/sh\nif [ -e {home}/first ]; then echo 33334444; else : > {home}/first; echo 11112222; fi\n")
    script.chmod(0o700)
    config = home / "config"
    config.write_text(f"[connector c]\nidp = adfs\nidp_url = {ORACLE['ADFS']}\nca_file = {ORACLE['CA']}\nuser = CORP\\mfa-next\n"
                      f"password = env:PASSWORD\npasscode = command:{script}\nregion = us-east-1\nsts_endpoint = {ORACLE['STS']}\n"
                      f"role_arn = {ROLE}\n")
    config.chmod(0o600)
    farm = Farm(tool, idp_initiated=True)
    outcome = tool("obtain", "--config", config, "--connector", "c", PASSWORD=PASSWORD)
    cases.case("SecurID's next code, by a command", None if outcome.exit == 0 and farm.attempts() == ["ok", "ok"] else
               f"{outcome!r} {farm.attempts()}")


def app_codes(tool, cases, home):
    """The codes of an authenticator app: two processes in one period send two codes."""
    os.environ.update(TOTP=TOTP_SECRET, CACHE_KEY="a key of thirty-two random bytes")
    farm = Farm(tool, idp_initiated=True)
    kept = {"cache": "files", "cache_folder": home / "codes-kept", "cache_key": "env:CACHE_KEY", "totp_secret": "env:TOTP",
            "user": "CORP\\mfa-totp"}
    time.sleep(30 - time.time() % 30)  # a period begins, so that both of them begin in it
    first = farm.obtain(**kept)
    second = farm.obtain(**kept, duration="1h")
    codes = [row["body"] for row in admin("ADFS", "GET", "/log?since=0")["requests"] if "VerificationCode=" in str(row.get("body"))]
    sent = {str(body).split("VerificationCode=")[1][:6] for body in codes}
    good = first.exit == 0 and second.exit == 0 and len(codes) == 2 and len(sent) == 2
    cases.case("the codes of an authenticator app: each is sent once, by whichever process",
               None if good else f"{first!r} {second!r} {len(codes)} {len(sent)}")


def choices(tool, cases):
    signs_in(cases, "of several organisations the farm's own", Farm(tool, more=REALMS, idp_initiated=True))
    signs_in(cases, "the farm's own by its id", Farm(tool, more=REALMS, idp_initiated=True), home_realm="AD AUTHORITY")
    is_refused(cases, "a partner that is not allowed", Farm(tool, more=REALMS, idp_initiated=True), "origin-refused", "trust", [],
               home_realm=PARTNER)
    is_refused(cases, "an organisation that is not there", Farm(tool, more=REALMS, idp_initiated=True), "home-realm-unknown", "setting",
               [], home_realm="urn:nobody")
    for profile in PROFILES:
        signs_in(cases, f"{profile}: a SAML request in a form", Farm(tool, profile, idp_initiated=False), adfs_entry="sp-initiated-post")


def other_knobs(tool, cases):
    for profile in PROFILES:
        for duplicates in ("join", "refuse"):
            signs_in(cases, f"{profile}: a field that comes twice would be {duplicates}d", Farm(tool, profile, idp_initiated=True,
                                                                                               duplicates=duplicates))
    signs_in(cases, "only the message is signed", Farm(tool, idp_initiated=True, signature="MessageOnly"))
    signs_in(cases, "a token that lives for five minutes", Farm(tool, idp_initiated=True, token_lifetime=300))
    signs_in(cases, "a token that began a minute ago", Farm(tool, idp_initiated=True, not_before_skew=60))
    signs_in(cases, "no room for large headers", Farm(tool, idp_initiated=True, max_head=3000))
    signs_in(cases, "without lockout", Farm(tool, idp_initiated=True, extranet=False))
    signs_in(cases, "without loop detection", Farm(tool, idp_initiated=True, loop_detection=False))
    is_refused(cases, "SHA-1, which STS refuses", Farm(tool, idp_initiated=True, sha1=True), "signer-not-in-metadata", "trust", ["ok"])
    locked = Farm(tool, idp_initiated=True, lock_threshold=1)
    for password in ("wrong-1", "wrong-2"):
        locked.obtain(password=password)
    seen = locked.attempts()
    cases.case("a lockout is told as AD FS tells it, and each password goes once", None if seen == ["wrong", "locked"] else f"{seen}")


class Library:
    """Many calls in one process, by the C interface."""

    def __init__(self, path):
        self.c = ctypes.CDLL(path)
        for name in ("settings_new", "context_new", "obtain", "settings_set", "settings_set_secret"):
            getattr(self.c, "awsfed_" + name).restype = ctypes.c_int32

    def settings(self, values, secrets):
        made = ctypes.c_void_p()
        self.c.awsfed_settings_new(ctypes.byref(made), None)
        for function, items in ((self.c.awsfed_settings_set, values), (self.c.awsfed_settings_set_secret, secrets)):
            for name, value in items.items():
                text, data = str(name).encode(), str(value).encode()
                if function(made, text, ctypes.c_size_t(len(text)), data, ctypes.c_size_t(len(data)), None) != 0:
                    raise RuntimeError(name)
        return made

    def obtain(self, context, call):
        keys = ctypes.c_void_p()
        status = self.c.awsfed_obtain(context, call, None, ctypes.byref(keys), None)
        self.c.awsfed_credentials_free(keys)
        return status


def kept_context(tool, library, **more):
    Farm(tool, idp_initiated=True)
    common = {"idp": "adfs", "idp_url": ORACLE["ADFS"], "ca_file": ORACLE["CA"], "user": "CORP\\alice", "region": "us-east-1",
              "sts_endpoint": ORACLE["STS"], "role_arn": ROLE, "cache": "off", "keep_session": "true", **more}
    context = ctypes.c_void_p()
    library.c.awsfed_context_new(ctypes.c_uint32(1), library.settings(common, {"password": PASSWORD}), ctypes.byref(context), None)
    return context


def verdicts():
    return [row["verdict"] for row in admin("ADFS", "GET", "/attempts")["attempts"]]


def many(cases, tool, library):
    """60 sign-ins of one user in one process, with kept cookies."""
    context = kept_context(tool, library)
    statuses = [library.obtain(context, None) for _ in range(60)]
    library.c.awsfed_context_free(context)
    rows = admin("ADFS", "GET", "/log?since=0")["requests"]
    sizes = [sum(len(value) for name, value in row["headers"] if name.lower() == "cookie") for row in rows if row.get("headers")]
    cases.case("60 sign-ins in one process, with cookies that are kept", None if statuses == [0] * 60 else f"{statuses}")
    cases.case("one of them sent the password", None if verdicts() == ["ok"] else f"{verdicts()}")
    cases.case("the cookies do not grow", None if sizes and max(sizes[-5:]) <= max(sizes[:10]) else f"{sizes}")


def application_list(cases, tool, library):
    """The double forgets the choice of who is not signed in yet, so it is tried with a session."""
    to_list = {"match": {"method": "GET"}, "times": 1,
               "do": {"redirect": ORACLE["ADFS"] + "/adfs/ls/IdpInitiatedSignOn.aspx", "redirect_status": 302}}
    for name, guid in (("by its usual name", ""), ("by GUID", "0a1b2c3d-0001-e611-80c9-005056000001")):
        context = kept_context(tool, library, **({"relying_party_guid": guid} if guid else {}))
        first = library.obtain(context, None)
        admin("ADFS", "POST", "/faults", to_list)
        second = library.obtain(context, None)
        library.c.awsfed_context_free(context)
        chosen = [row for row in admin("ADFS", "GET", "/log?since=0")["requests"] if "RelyingParty=" in str(row.get("body"))]
        cases.case(f"the list of applications: AWS {name}", None if (first, second, len(chosen), verdicts()) == (0, 0, 1, ["ok"]) else
                   f"{first} {second} {len(chosen)} {verdicts()}")


def run(tool, cases, home):
    if "ADFS" not in ORACLE:
        print("skip the steps at AD FS: the oracle is not running")
        return
    factors(tool, cases, home)
    choices(tool, cases)
    other_knobs(tool, cases)
    library = Library(os.path.realpath(os.path.join(os.path.dirname(tool.path), "../../capi/libawsfed.so")))
    many(cases, tool, library)
    application_list(cases, tool, library)


if __name__ == "__main__":
    main(run)
