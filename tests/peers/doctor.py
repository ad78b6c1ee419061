#!/usr/bin/env python3
"""awsfed doctor at the AD FS look-alike and the strict STS, each wrong in one way: doctor.py AWSFED [PLAY-TALKS]

How many passwords were posted, the farm's own log tells. With PLAY-TALKS what is recorded is played again.
"""
import json
import re
import ssl
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path

from oracle import ORACLE, PASSWORD, PROFILES, ROLE, Farm, admin, flags, leaks, main

METADATA = "/FederationMetadata/2007-06/FederationMetadata.xml"
PLAYER = Path(sys.argv[2] if len(sys.argv) > 2 else Path(sys.argv[1]).resolve().parents[2] / "tests/play-talks")


class Examined:
    """One run of the doctor at a farm."""

    def __init__(self, farm, *more, user="CORP\\alice", password=PASSWORD, **settings):
        given = {"idp": "adfs", "idp_url": ORACLE["ADFS"], "ca_file": ORACLE["CA"], "user": user, "password": "env:PASSWORD",
                 "region": "us-east-1", "sts_endpoint": ORACLE["STS"], "role_arn": ROLE, **settings}
        self.farm = farm
        self.outcome = farm.tool("doctor", "--json", *more, *flags(**given), PASSWORD=password)
        self.steps = json.loads(self.outcome.out)["steps"] if self.outcome.out else []

    def failed(self):
        return {(step["step"], step["code"]) for step in self.steps if step["outcome"] == "failed"}

    def text(self, name, field="found"):
        return " ".join(step[field] for step in self.steps if step["step"] == name)

    def outcomes(self):
        return {step["step"]: step["outcome"] for step in self.steps}


def case(cases, name, seen, failed, posts, *more):
    """failed: {(step, code)}, and no other; more: what must be in (step, field)'s text."""
    faults = [] if seen.failed() == set(failed) else [f"failed: {sorted(seen.failed())}"]
    faults += [] if seen.outcome.exit == (1 if failed else 0) else [f"exit status {seen.outcome.exit}"]
    faults += [] if seen.farm.posts() == posts else [f"{seen.farm.posts()} password posts"]
    faults += [f"{step} without advice" for step, _ in failed if not seen.text(step, "advice")]
    faults += [f"{step} does not say {words!r}: {seen.text(step, field)}" for step, field, words in more
               if words not in seen.text(step, field)]
    faults += leaks.leaks(seen.outcome.out + seen.outcome.err, {"the password": PASSWORD, **leaks.SAML_MARKS})
    cases.case(name, "; ".join(faults) + f" {seen.outcome!r}" if faults else None)


def run(tool, cases, home):
    if "ADFS" not in ORACLE:
        print("skip oracle: it is not running")
        return
    settings(tool, cases)
    servers(tool, cases, home)
    pages(tool, cases)
    answers(tool, cases, home)
    records(tool, cases, home)


def settings(tool, cases):
    healthy = Examined(Farm(tool), "--with-password", "--trade", idp_metadata=ORACLE["ADFS"] + METADATA)
    case(cases, "all is in order, through to STS", healthy, (), 1, ("idp-clock", "found", "agree"), ("sts-clock", "found", "agree"),
         ("metadata", "found", "is being changed"), ("roles", "found", ROLE), ("trade", "found", "assumed-role/Build"))
    case(cases, "and nothing is sent without --with-password", Examined(Farm(tool)), (), 0)
    case(cases, "a bare user name", Examined(Farm(tool), user="alice"), {("settings", "user-name-form")}, 0)
    case(cases, "the address of another page", Examined(Farm(tool), idp_url=ORACLE["ADFS"] + "/adfs/oauth2/authorize"),
         {("settings", "setting-invalid"), ("entry", "setting-invalid")}, 0)


def servers(tool, cases, home):
    case(cases, "a wrong host", Examined(Farm(tool), idp_url="https://sts.invalid"),
         {("idp-connection", "host-unknown"), ("entry", "host-unknown")}, 0)
    case(cases, "a wrong port", Examined(Farm(tool), idp_url="https://localhost:1"),
         {("idp-connection", "connect-failed"), ("entry", "connect-failed")}, 0)
    case(cases, "a wrong authority", Examined(Farm(tool), ca_file=None),
         {(step, "certificate-untrusted") for step in ("idp-connection", "entry", "sts-connection")}, 0,
         ("idp-connection", "found", "has issued"))
    off = Farm(tool)
    admin("ADFS", "POST", "/clock", {"offset": 900})
    case(cases, "the farm's clock is off", Examined(off), {("idp-clock", "")}, 0, ("idp-clock", "found", "before"))
    admin("ADFS", "POST", "/clock", {"offset": 0})
    off = Farm(tool)
    admin("STS", "POST", "/clock", {"offset": -900})
    case(cases, "the clock of STS is off", Examined(off), {("sts-clock", "")}, 0, ("sts-clock", "found", "behind"))
    admin("STS", "POST", "/clock", {"offset": 0})
    missing = Examined(Farm(tool), idp_metadata=home / "none.xml")
    case(cases, "metadata that are not there", missing, {("metadata", "setting-invalid")}, 0)


def pages(tool, cases):
    for profile in ("2.0", *PROFILES):
        case(cases, f"{profile}: the page is known, the fields are told", Examined(Farm(tool, profile, idp_initiated=True)), (), 0,
             ("entry", "found", "IdP-initiated page is on"))
    for how in ("MSIS7065", "MSIS7012", "503"):
        farm = Farm(tool, idp_initiated=False, idp_disabled=how)
        case(cases, f"the page off by {how}: a request is taken", Examined(farm), (), 0, ("entry", "found", "is off"))
    case(cases, "the page off, and no other door", Examined(Farm(tool, idp_initiated=False), adfs_entry="idp-initiated"),
         {("entry", "page-disabled")}, 0)
    case(cases, "a wrong relying party", Examined(Farm(tool), "--with-password", relying_party="urn:amazon:webservices/"),
         {("entry", "relying-party-unknown")}, 0, ("sign-in", "found", "no password"))
    case(cases, "Windows sign-in alone", Examined(Farm(tool, zone="intranet"), "--with-password"),
         {("entry", "windows-sign-in-only")}, 0, ("entry", "advice", "intranet"))
    case(cases, "a form that leads elsewhere", Examined(Farm(tool, form_action="https://evil.example/adfs/ls/"), "--with-password"),
         {("entry", "origin-refused")}, 0)


def answers(tool, cases, home):
    def wrong(name, code, *more, user="CORP\\alice", farm=None, step="sign-in", **settings):
        seen = Examined(farm or Farm(tool), "--with-password", user=user, **settings)
        case(cases, name, seen, {(step, code)}, 1, *more)

    wrong("a wrong password", "credentials-refused", password="Wrong-Horse-7")
    wrong("an expired password", "password-expired", user="CORP\\expired")
    wrong("a second factor", "second-factor-demanded", user="CORP\\mfa-vip")
    case(cases, "a user without a role", Examined(Farm(tool), "--with-password", user="CORP\\noroles"),
         {("assertion", "response-malformed"), ("roles", "no-role")}, 1, ("assertion", "advice", "claim rule"))
    wrong("a user whom a rule refuses", "idp-access-denied", user="CORP\\noaccess")
    wrong("a role that is not offered", "role-not-offered", ("roles", "advice", ROLE), step="roles",
          role_arn="arn:aws:iam::123456789012:role/Nobody")
    text = metadata_text()
    pem = Path(home) / "signing.pem"
    first = re.search(r'use="signing".*?<(?:\w+:)?X509Certificate>(.*?)</', text, re.S).group(1)
    pem.write_text("-----BEGIN CERTIFICATE-----\n" + "\n".join(textwrap.wrap("".join(first.split()), 64)) + "\n-----END CERTIFICATE-----\n")
    pinned = {"idp_certificates": pem, "idp_entity_id": re.search(r'entityID="([^"]*)"', text).group(1)}
    farm = Farm(tool)
    case(cases, "a pinned certificate", Examined(farm, "--with-password", **pinned), (), 1, ("signature", "found", "pinned"))
    farm = Farm(tool)
    admin("ADFS", "POST", "/rollover")
    try:
        wrong("a signing certificate that is not the pinned one", "signer-not-in-metadata", ("signature", "advice", "new signing certificate"),
              farm=farm, step="signature", **pinned)
    finally:
        admin("ADFS", "POST", "/rollover")


def metadata_text():
    trust = ssl.create_default_context(cafile=ORACLE["CA"])
    with urllib.request.urlopen(ORACLE["ADFS"] + METADATA, context=trust, timeout=30) as answer:
        return answer.read().decode()


def records(tool, cases, home):
    cases_of = [("alice", PASSWORD, "= response"), ("alice", "Wrong-Horse-7", "= error credentials-refused"),
                ("expired", PASSWORD, "= error password-expired"), ("mfa-vip", PASSWORD, "="), ("mfa-two", PASSWORD, "="),
                ("mfa-duo", PASSWORD, "="), ("noaccess", PASSWORD, "= error idp-access-denied"),
                ("responder", PASSWORD, "= error idp-refused urn:oasis:names:tc:SAML:2.0:status:Responder")]
    for profile in ("2.0", *PROFILES):
        for number, (user, password, end) in enumerate(cases_of):
            path = home / f"{profile}-{number}.talk"
            seen = Examined(Farm(tool, profile, idp_initiated=True), "--with-password", "--record", path, user=f"CORP\\{user}", password=password)
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            played = subprocess.run([PLAYER, path], capture_output=True, text=True)
            last = (text.splitlines() or [""])[-1]
            private = [word for word in ("localhost", "CORP\\" + user, "9843", "Correct-Horse", "alice@", "MSISAuth") if word in text]
            faults = [(bool(text), f"no talk: {seen.text('record')}"), (last.startswith(end), f"it ends {last}"), (played.returncode == 0, played.stdout),
                      (not private, f"private: {private}"), (not leaks.leaks(text, {"the password": PASSWORD, **({} if user == "responder" else leaks.SAML_MARKS)}), "a secret")]
            cases.case(f"{profile}: the sign-in of {user}{'' if password == PASSWORD else ' with a wrong password'} is recorded and plays",
                       "; ".join(str(why) for good, why in faults if not good))


if __name__ == "__main__":
    main(run)
