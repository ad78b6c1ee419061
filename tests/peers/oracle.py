#!/usr/bin/env python3
"""idp=adfs at an AD FS look-alike of all versions, its response traded at a strict STS: oracle.py AWSFED

Both were written apart from awsfed (../shared/oracle). They count by themselves what passwords they saw.
"""
import json
import os
import urllib.request

import peers  # noqa: F401  (puts the frame of tests/real on the path)
from cli import flags, leaks, main

ORACLE = {name.removeprefix("AWSFED_ORACLE_"): value for name, value in os.environ.items() if name.startswith("AWSFED_ORACLE_")}
PROFILES = ("2012R2", "2016", "2019", "2019-paginated", "2022")
PASSWORD = "Correct-Horse-7"
ROLE = "arn:aws:iam::123456789012:role/Build"


def admin(which, method, path, data=None):
    request = urllib.request.Request(ORACLE[which + "_ADMIN"] + path, method=method, headers={"X-Admin-Token": ORACLE["ADMIN_TOKEN"]},
                                     data=None if data is None else json.dumps(data).encode())
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


class Farm:
    """One call of the tool at a farm of a profile and with some knobs, and what the farm then knows of it."""

    def __init__(self, tool, profile="2019", more=None, faults=(), **overrides):
        self.tool = tool
        admin("ADFS", "POST", "/reset")
        admin("STS", "POST", "/reset")
        admin("ADFS", "POST", "/farm", {"profile": profile, "overrides": overrides, **(more or {})})
        for fault in faults:
            admin("ADFS", "POST", "/faults", fault)

    def obtain(self, user="CORP\\alice", password=PASSWORD, **more):
        settings = {"idp": "adfs", "idp_url": ORACLE["ADFS"], "ca_file": ORACLE["CA"], "user": user, "password": "env:PASSWORD",
                    "region": "us-east-1", "sts_endpoint": ORACLE["STS"], "role_arn": ROLE, **more}
        return self.tool("obtain", "-vvv", "--error-format", "json", "--format", "process", *flags(**settings), PASSWORD=password)

    def attempts(self):
        return [row["verdict"] for row in admin("ADFS", "GET", "/attempts")["attempts"]]

    def posts(self):
        """Requests that carried a password, by the farm's log: whatever it made of them."""
        rows = admin("ADFS", "GET", "/log?since=0")["requests"]
        return sum(row.get("method") == "POST" and "assword" in str(row.get("body")) for row in rows)

    def odd(self):
        """What a farm would stumble over, or should never be sent: a name twice in a form, Authorization, another host."""
        faults = []
        for row in admin("ADFS", "GET", "/log?since=0")["requests"]:
            names = [pair.split("=")[0] for pair in str(row.get("body") or "").split("&")]
            if row.get("method") == "POST" and "AuthMethod" in names and len(names) != len(set(names)):
                faults.append(f"names twice: {names}")
            headers = {name.lower(): value for name, value in row.get("headers") or []}
            if "authorization" in headers:
                faults.append("Authorization was sent")
            if headers.get("host") != ORACLE["ADFS"].split("//")[1]:
                faults.append(f"host {headers.get('host')}")
        return faults

    def leaked(self):
        rows = admin("STS", "GET", "/log?since=0")["requests"]
        return sum("SAMLResponse" in str(row.get("body")) for row in rows)


def signs_in(cases, name, farm, password=PASSWORD, **more):
    outcome = farm.obtain(password=password, **more)
    faults = [(outcome.exit == 0, repr(outcome)), (farm.attempts() == ["ok"], f"attempts {farm.attempts()}"),
              (farm.posts() == 1, f"{farm.posts()} password posts"), (farm.leaked() == 0, "a response was posted to the sign-in host"), (not farm.odd(), ", ".join(farm.odd()))]
    if outcome.exit == 0:
        given = json.loads(outcome.out)
        secrets = {"the password": password, **{key: given[key] for key in ("SecretAccessKey", "SessionToken")}, **leaks.SAML_MARKS}
        found = leaks.leaks(outcome.err, secrets)
        faults.append((not found, "leaks " + ", ".join(found)))
    cases.case(name, "; ".join(why for good, why in faults if not good))


def is_refused(cases, name, farm, code, status, attempts, password=PASSWORD, peer=None, **more):
    outcome = farm.obtain(password=password, **more)
    cases.refused(name, outcome, code, status)
    seen, posts = farm.attempts(), farm.posts()
    said = outcome.error.get("peer")
    why = [] if seen == attempts else [f"attempts {seen}, not {attempts}"]
    why += [] if posts <= 1 else [f"{posts} password posts"]
    why += [] if peer in (None, said) else [f"peer {said}, not {peer}"]
    why += leaks.leaks(outcome.out + outcome.err, {"the password": password, **leaks.SAML_MARKS})
    cases.case(f"{name}: the password went at most once, as told, and is nowhere printed", "; ".join(why))


def run(tool, cases, _home):
    if "ADFS" not in ORACLE:
        print("skip oracle: it is not running")
        return
    for profile in PROFILES:
        every_profile(tool, cases, profile)
    knobs(tool, cases)
    refusals(tool, cases)
    faults(tool, cases)


def every_profile(tool, cases, profile):
    def farm(**overrides):
        return Farm(tool, profile, **{"idp_initiated": True, **overrides})

    signs_in(cases, f"{profile}: by the IdP-initiated page", farm())
    signs_in(cases, f"{profile}: by a SAML request, where the page is off", farm(idp_initiated=False))
    signs_in(cases, f"{profile}: by a SAML request, as set", farm(), adfs_entry="sp-initiated")
    signs_in(cases, f"{profile}: a password in other letters", farm(), user="utf8@corp.example", password="Päß & <\"'>+%20=€;")
    signs_in(cases, f"{profile}: the user with a mail-like name", farm(), user="alice@corp.example")
    signs_in(cases, f"{profile}: kept signed in", farm(kmsi_visible=True), keep_signed_in="true")
    is_refused(cases, f"{profile}: a wrong password", farm(), "credentials-refused", "refused", ["wrong"], password="Wrong-Horse-7")
    is_refused(cases, f"{profile}: an expired password", farm(), "password-expired", "refused", ["expired"], user="CORP\\expired")
    is_refused(cases, f"{profile}: a second factor", farm(), "second-factor-demanded", "unsupported", ["ok"], user="CORP\\mfa-vip",
               peer="VIPAuthenticationProviderWindowsAccountName")


def knobs(tool, cases):
    signs_in(cases, "ports in URLs", Farm(tool, adfs_port_in_urls=True))
    signs_in(cases, "the error text in a label", Farm(tool, "2016", error_tag="label", idp_initiated=True))
    signs_in(cases, "the context cookie always demanded", Farm(tool, context_cookie="always"))
    signs_in(cases, "a session cookie in many pieces", Farm(tool, auth_cookie_bytes=6000))
    signs_in(cases, "303 behind the post", Farm(tool, post_redirect_status=303))
    signs_in(cases, "a certificate on offer", Farm(tool, offer_certificate=True))
    signs_in(cases, "a certificate on offer on the paginated page", Farm(tool, "2022", offer_certificate=True, idp_initiated=True))
    signs_in(cases, "forms within the intranet", Farm(tool, zone="intranet", intranet_forms=True))
    signs_in(cases, "the page off by MSIS7012", Farm(tool, idp_initiated=False, idp_disabled="MSIS7012"))
    signs_in(cases, "the page off by 503", Farm(tool, idp_initiated=False, idp_disabled="503"))
    signs_in(cases, "the whole message signed", Farm(tool, signature="MessageAndAssertion"))
    signs_in(cases, "a bare name and a default domain", Farm(tool), user="alice", default_domain="CORP")
    signs_in(cases, "the URL of the page", Farm(tool), idp_url=ORACLE["ADFS"] + "/adfs/ls/idpinitiatedsignon.aspx?loginToRp=urn:amazon:webservices")
    encrypted = Farm(tool)
    admin("STS", "POST", "/config", {"saml": {"audiences": ["urn:amazon:webservices:enc"]}})
    signs_in(cases, "an encrypted assertion", encrypted, relying_party="urn:amazon:webservices:enc",
             principal_arn="arn:aws:iam::123456789012:saml-provider/ADFSEnc")
    signs_in(cases, "five roles and more", Farm(tool), user="CORP\\many")
    signs_in(cases, "the WebForms page of 2.0", Farm(tool, "2.0"))


def refusals(tool, cases):
    def refused(name, code, status, attempts, farm=None, **more):
        is_refused(cases, name, farm or Farm(tool), code, status, attempts, **more)

    refused("a user whom nobody knows", "credentials-refused", "refused", ["wrong"], user="CORP\\nobody")
    for state in ("locked", "disabled"):  # AD FS does not tell them from a wrong password
        refused(f"a {state} user", "credentials-refused", "refused", [state], user=f"CORP\\{state}")
    for how in ("redirect", "inline"):
        for user, verdict in (("expired", "expired"), ("mustchange", "must_change")):
            refused(f"the password of {user}, told by {how}", "password-expired", "refused", [verdict],
                    Farm(tool, update_password=how), user=f"CORP\\{user}")
    refused("an expired password where the portal is off is told as a wrong one", "credentials-refused", "refused", ["expired"],
            Farm(tool, update_password="off"), user="CORP\\expired")
    adapters = {"mfa-code": "AzureMfaAuthentication", "mfa-totp": "TotpAdapter", "mfa-vip2": "SymantecVipAdapter", "mfa-securid": "SecurIDAuthentication",
                "mfa-securid2": "SecurIDv2Authentication", "mfa-next": "SecurIDAuthentication", "mfa-duo": "DuoAdfsAdapter"}
    for user, adapter in adapters.items():
        refused(f"the second factor of {user}", "second-factor-demanded", "unsupported", ["ok"], user=f"CORP\\{user}", peer=adapter)
    refused("a choice of second factors", "second-factor-demanded", "unsupported", ["ok"], user="CORP\\mfa-two")
    refused("a user whom a rule refuses", "idp-access-denied", "refused", ["ok"], user="CORP\\noaccess")
    refused("a SAML status Responder", "idp-refused", "refused", ["ok"], user="CORP\\responder")
    refused("a SAML status AuthnFailed", "idp-refused", "refused", ["ok"], user="CORP\\authnfailed")
    refused("a user without a role", "no-role", "role", ["ok"], user="CORP\\noroles")

    refused("an unknown relying party", "relying-party-unknown", "setting", [], peer="MSIS7007", relying_party="urn:amazon:webservices/")
    refused("a relying party of WS-Federation", "page-disabled", "refused", [], adfs_entry="idp-initiated",
            relying_party="urn:federation:wsfed-app")
    signed = {"relying_parties": {"urn:amazon:webservices": {"signed_required": True}}}
    refused("a request that must be signed", "signed-request-required", "unsupported", [], Farm(tool, more=signed, idp_initiated=False),
            peer="MSIS7085")
    refused("the page off, and no other door", "page-disabled", "refused", [], Farm(tool, idp_initiated=False),
            adfs_entry="idp-initiated", peer="MSIS7065")
    refused("the page off by 503, and no other door", "service-failed", "network", [],
            Farm(tool, idp_initiated=False, idp_disabled="503"), adfs_entry="idp-initiated")
    refused("Windows sign-in only", "windows-sign-in-only", "unsupported", [], Farm(tool, zone="intranet"), peer="MSIS7102")
    refused("a form that leads elsewhere", "origin-refused", "trust", [], Farm(tool, form_action="https://evil.example/adfs/ls/"))
    refused("a form that leads to http", "setting-insecure", "setting", [], Farm(tool, form_action="http://localhost/adfs/ls/"))
    refused("a form that leads to another port", "origin-refused", "trust", [],
            Farm(tool, form_action=ORACLE["SIGNIN"] + "/adfs/ls/"))
    refused("a bare user name", "user-name-form", "setting", [], user="alice")
    refused("a password of 129 characters", "setting-invalid", "setting", [], password="x" * 129)
    for status in (307, 308):
        refused(f"{status} behind the post", "page-unknown", "protocol", ["ok"], Farm(tool, post_redirect_status=status))


def faults(tool, cases):
    def at_post(**do):
        return {"match": {"method": "POST"}, "times": -1, "do": do}

    for name, code, status, do in (
            ("503 and a page", "service-failed", "network", {"preset": "html503"}),
            ("502 and a page", "service-failed", "network", {"preset": "html502"}),
            ("500 and nothing", "service-failed", "network", {"preset": "empty500"}),
            ("a filter's page", "http-status", "protocol", {"preset": "waf403"}),
            ("a portal's page", "credentials-refused", "refused", {"preset": "captive200"}),
            ("an empty page", "not-idp", "protocol", {"status": 200, "body": "", "ctype": "text/html"}),
            ("a reset", "network-failed", "network", {"reset": "before"})):
        is_refused(cases, f"{name} in place of an answer to the password", Farm(tool, faults=[at_post(**do)]), code, status, [])
    entry = {"match": {"method": "GET"}, "times": -1, "do": {"preset": "captive200"}}
    is_refused(cases, "a portal's form in place of AD FS's", Farm(tool, faults=[entry]), "not-idp", "protocol", [])
    loop = {"match": {"method": "POST"}, "times": -1, "do": {"status": 200, "ctype": "text/html; charset=utf-8",
            "body": '<div id="errorArea"><ul id="errorDetails"><li>MSIS7042: x</li></ul></div>'}}
    is_refused(cases, "loop detection", Farm(tool, faults=[loop]), "sign-in-loop", "throttled", [], peer="MSIS7042")


if __name__ == "__main__":
    main(run)
