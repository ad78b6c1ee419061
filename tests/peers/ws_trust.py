#!/usr/bin/env python3
"""idp=adfs with adfs_method=ws-trust at an AD FS look-alike of all versions, through to a strict STS: ws_trust.py AWSFED

The farm counts by itself what passwords it saw, at which address, and STS what it was given. AD FS leaves the Recipient out
of such assertions and STS refuses them; where the look-alike puts one in, the whole way is walked.
"""
import peers  # noqa: F401  (puts the frame of tests/real on the path)
from cli import main
from oracle import ORACLE, Farm, admin, is_refused, signs_in

PROFILES = ("2.0", "2012R2", "2016", "2019", "2019-paginated", "2022")
METADATA = ORACLE.get("ADFS", "") + "/FederationMetadata/2007-06/FederationMetadata.xml"
ANY_LETTERS = "Pä&<\"'>ß€😀"
V13, V2005 = (f"/adfs/services/trust/{version}/usernamemixed" for version in ("13", "2005"))


class TrustFarm(Farm):
    """A farm whose assertions have a Recipient unless said, and how it was asked for a token."""

    def __init__(self, tool, profile="2019", **more):
        super().__init__(tool, profile, **{"wstrust_recipient": True, **more})

    def obtain(self, **more):
        return super().obtain(**{"adfs_method": "ws-trust", **more})

    def rows(self):
        return admin("ADFS", "GET", "/log?since=0")["requests"]

    def asked(self):
        """Method and path of each request, in their order."""
        return [f"{row['method']} {row['target']}" for row in self.rows()]


def without(policy):
    """A fault script: the metadata without what the policies of such names stand for."""
    return {"match": {"path": "/adfs/services/trust/mex"}, "times": -1, "do": {"replace": [f'URI="#{policy}', 'URI="#none']}}


WITHOUT_13 = without("UserNameWSTrustBinding_IWSTrust13")
WITHOUT_ANY = without("UserName")


def run(tool, cases, _home):
    if "ADFS" not in ORACLE:
        print("skip ws-trust: the oracle is not running")
        return
    for profile in PROFILES:
        every_profile(tool, cases, profile)
    endpoints(tool, cases)
    refusals(tool, cases)
    broken_answers(tool, cases)


def asks(cases, name, farm, wanted):
    asked = farm.asked()
    cases.case(f"{name}: what was asked", None if asked == wanted else f"{asked}, not {wanted}")


def every_profile(tool, cases, profile):
    def farm(**more):
        return TrustFarm(tool, profile, **more)

    signed_in = farm()
    signs_in(cases, f"{profile}: by WS-Trust", signed_in)
    asks(cases, f"{profile}: by WS-Trust", signed_in, ["GET /adfs/services/trust/mex", f"POST {V13}"])
    only_2005 = farm(faults=[WITHOUT_13])
    signs_in(cases, f"{profile}: by WS-Trust 2005", only_2005)
    asks(cases, f"{profile}: by WS-Trust 2005", only_2005, ["GET /adfs/services/trust/mex", f"POST {V2005}"])
    signs_in(cases, f"{profile}: a password in other letters", farm(), user="utf8@corp.example", password="Päß & <\"'>+%20=€;")
    is_refused(cases, f"{profile}: a wrong password", farm(), "credentials-refused", "refused", ["wrong"],
               password="Wrong-Horse-7", peer="ID3242")
    is_refused(cases, f"{profile}: turned off", farm(wstrust=False), "ws-trust-absent", "unsupported", [])


def endpoints(tool, cases):
    letters = TrustFarm(tool)
    admin("ADFS", "POST", "/users/alice", {"password": ANY_LETTERS})
    signs_in(cases, "a password with all that XML must escape", letters, password=ANY_LETTERS)
    told = [(content_length(row), len(row["body"])) for row in letters.rows() if row["method"] == "POST"]  # a letter a byte
    cases.case("its length is told in bytes", None if len(told) == 1 and told[0][0] == told[0][1] else f"{told}")

    signs_in(cases, "within the intranet, where forms are off", TrustFarm(tool, zone="intranet"))
    signs_in(cases, "a bare name and a default domain", TrustFarm(tool), user="alice", default_domain="CORP")
    signs_in(cases, "the address of the page of forms", TrustFarm(tool), idp_url=ORACLE["ADFS"] + "/adfs/ls/idpinitiatedsignon.aspx")
    signs_in(cases, "many roles", TrustFarm(tool), user="CORP\\many")
    encrypted = TrustFarm(tool)
    admin("STS", "POST", "/config", {"saml": {"audiences": ["urn:amazon:webservices:enc"]}})
    signs_in(cases, "an encrypted assertion", encrypted, relying_party="urn:amazon:webservices:enc",
             principal_arn="arn:aws:iam::123456789012:saml-provider/ADFSEnc")

    signs_in(cases, "an assertion whose signature is verified here, too", TrustFarm(tool), require_verified="true", idp_metadata=METADATA)
    altered = {"match": {"method": "POST"}, "times": -1, "do": {"replace": ["CORP\\alice", "CORP\\carol"]}}
    is_refused(cases, "an altered one, where signatures are verified", TrustFarm(tool, faults=[altered]), "assertion-unproved", "trust",
               ["ok"], require_verified="true", idp_metadata=METADATA)

    usual = TrustFarm(tool, wstrust_recipient=False)
    outcome = usual.obtain()
    cases.refused("without a Recipient, as AD FS leaves it, STS says no", outcome, "assertion-refused", "denied")
    cases.case("and the password was right, and went once", None if (usual.attempts(), usual.posts()) == (["ok"], 1) else f"{usual.attempts()}")

    def elsewhere(name, address, code, status):
        moved = {"match": {"path": "/adfs/services/trust/mex"}, "times": -1,
                 "do": {"replace": [ORACLE["ADFS"] + "/adfs/services/trust/", address + "/adfs/services/trust/"]}}
        is_refused(cases, name, TrustFarm(tool, faults=[moved]), code, status, [])

    elsewhere("an endpoint at another host", "https://evil.example", "origin-refused", "trust")
    elsewhere("an endpoint at another port", ORACLE["SIGNIN"], "origin-refused", "trust")
    elsewhere("an endpoint without TLS", "http://sts.corp.example", "ws-trust-absent", "unsupported")
    elsewhere("an endpoint without TLS at this machine", "http://localhost", "origin-refused", "trust")
    is_refused(cases, "no endpoint for user name and password", TrustFarm(tool, faults=[WITHOUT_ANY]),
               "ws-trust-absent", "unsupported", [])


def content_length(row):
    return next((int(value) for name, value in row["headers"] if name.lower() == "content-length"), None)


def refusals(tool, cases):
    def refused(name, code, status, attempts, farm=None, **more):
        is_refused(cases, name, farm or TrustFarm(tool), code, status, attempts, **more)

    refused("a user whom nobody knows", "credentials-refused", "refused", ["wrong"], user="CORP\\nobody")
    for user, verdict in (("locked", "locked"), ("disabled", "disabled"), ("expired", "expired"), ("mustchange", "must_change")):
        # AD FS does not tell them from a wrong password
        refused(f"the {user} user", "credentials-refused", "refused", [verdict], user=f"CORP\\{user}", peer="ID3242")
    for faults, version in (([], "1.3"), ([WITHOUT_13], "2005")):
        refused(f"a user whom a rule refuses, {version}", "idp-access-denied", "refused", ["ok"], TrustFarm(tool, faults=faults),
                user="CORP\\noaccess", peer="MSIS7068")
        refused(f"an unknown relying party, {version}", "relying-party-unknown", "setting", ["ok"], TrustFarm(tool, faults=faults),
                relying_party="urn:amazon:webservices/", peer="ID3082")
    refused("a second factor, which nobody can ask for here", "idp-error", "refused", ["ok"], user="CORP\\mfa-vip", peer="MSIS3126")
    for hours in (-1, 1):
        wrong = TrustFarm(tool)
        admin("ADFS", "POST", "/clock", {"offset": hours * 3600})
        refused(f"a farm whose clock is {hours} h off", "idp-clock-skew", "refused", [], wrong, peer="InvalidSecurity")
    refused("a bare user name", "user-name-form", "setting", [], user="alice")
    control = TrustFarm(tool)
    refused("a password with a control character", "setting-invalid", "setting", [], control, password="a\x01b")
    asks(cases, "a password with a control character", control, [])
    refused("a user without a role", "no-role", "role", ["ok"], user="CORP\\noroles")


def broken_answers(tool, cases):
    def at(method, **do):
        return TrustFarm(tool, faults=[{"match": {"method": method}, "times": -1, "do": do}])

    for name, code, status, do in (
            ("503 and a page", "ws-trust-absent", "unsupported", {"preset": "html503"}),
            ("404", "ws-trust-absent", "unsupported", {"status": 404, "body": "", "ctype": "text/html"}),
            ("500 and nothing", "service-failed", "network", {"preset": "empty500"}),
            ("a filter's page", "http-status", "protocol", {"preset": "waf403"}),
            ("a portal's page", "not-idp", "protocol", {"preset": "captive200"}),
            ("half of it", "not-idp", "protocol", {"replace": ["<wsdl:service", "<wsdl:servic"]}),
            ("a redirect", "not-idp", "protocol", {"redirect": "https://evil.example/"})):
        is_refused(cases, f"{name} in place of the metadata", at("GET", **do), code, status, [])
    for name, code, status, do in (
            ("503 and a page", "service-failed", "network", {"preset": "html503"}),
            ("500 and nothing", "service-failed", "network", {"preset": "empty500"}),
            ("a filter's page", "http-status", "protocol", {"preset": "waf403"}),
            ("a portal's page", "not-idp", "protocol", {"preset": "captive200"}),
            ("nothing", "not-idp", "protocol", {"status": 200, "body": "", "ctype": "application/soap+xml"}),
            ("a redirect", "not-idp", "protocol", {"redirect": "https://evil.example/", "redirect_status": 307}),
            ("a reset", "network-failed", "network", {"reset": "before"})):
        is_refused(cases, f"{name} in place of the token", at("POST", **do), code, status, [])
    is_refused(cases, "half of the token", at("POST", truncate=2000, reset="body"), "network-failed", "network", ["ok"])
    is_refused(cases, "no document", at("POST", replace=["</s:Envelope>", ""]), "not-idp", "protocol", ["ok"])
    is_refused(cases, "a token in a document type", at("POST", replace=["<s:Envelope", "<!DOCTYPE x><s:Envelope"]), "not-idp", "protocol", ["ok"])
    is_refused(cases, "a token of 3 MB", at("POST", replace=["<s:Header>", "<s:Header>" + " " * 3_000_000]), "answer-too-large", "protocol", ["ok"])
    altered = at("POST", replace=["CORP\\alice", "CORP\\carol"])
    outcome = altered.obtain()
    cases.refused("an assertion that was altered on its way", outcome, "signer-not-in-metadata", "trust")




if __name__ == "__main__":
    main(run)
