#!/usr/bin/env python3
"""awsfed saml verify over responses of real identity providers, with metadata that is fetched from them: verify.py AWSFED

Each response passes as it is, fails with anybody else's metadata, and fails when one bit of what is signed is changed,
wherever it stands. lxml, which knows nothing of awsfed, says what stands in a response and what of it is signed.
"""
import base64
import dataclasses
import importlib.util
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import requests
from lxml import etree

import oracle
from oracle import ORACLE
from peers import PEER, USERS, role, sign_in

from cli import ROOT, flags, leaks, main

SAMPLES_MAX = 400  # changed positions of a signed element; those of digests and signatures come on top
NS = {"s": "urn:oasis:names:tc:SAML:2.0:assertion", "ds": "http://www.w3.org/2000/09/xmldsig#",
      "xenc": "http://www.w3.org/2001/04/xmlenc#"}
AWS = "https://aws.amazon.com/SAML/Attributes/"
PROOF = ("message", "provider", "signature", "status", "issuer", "times")  # checks that must pass, whatever AWS's rules say
PROVER, PROVER_PASSWORD = "prover", "prover-pass"
ENC = {"recipient": "https://signin.aws.amazon.com/saml/acs/SAMLEXAMPLE1", "audience": "urn:amazon:webservices:enc"}


def load_browser():
    """samlcheck.py of the peers as a module, for its sign-in and its decryption. It is a program, and ends as one."""
    spec = importlib.util.spec_from_file_location("samlcheck", ROOT.parent / "shared" / "peers" / "samlcheck.py")
    module = importlib.util.module_from_spec(spec)
    arguments, sys.argv = sys.argv, ["samlcheck"]
    try:
        spec.loader.exec_module(module)
    except SystemExit:
        pass
    finally:
        sys.argv = arguments
    return module


# ---- providers and their responses ----------------------------------------------------------

@dataclasses.dataclass
class Sample:
    """A kind of response, and what must be found in it."""

    name: str
    url: str
    user: str
    password: str
    roles: list
    session_name: str
    options: dict = dataclasses.field(default_factory=dict)  # what verify must be told for it to pass
    key: str = ""  # opens the assertion
    refused: str = ""  # the one rule of AWS's that it breaks, and nothing else
    prepare: object = None


@dataclasses.dataclass
class Provider:
    name: str
    metadata: str
    samples: list
    terms: dict  # what verify must be told to fetch the metadata
    ca: str = ""


def ssp():
    def sample(name, user, url=PEER["SSP_LOGIN"], **more):
        password, roles = USERS[user]
        return Sample(name, url, user, password, roles, {"student": "student@example.org", "münch&er": "uml"}.get(user, user), **more)
    encrypted = {"url": PEER["SSP_LOGIN_ENC"], "key": PEER["SSP_SP_KEY"]}
    audience = {"audience": "urn:amazon:webservices:enc"}
    return Provider("SimpleSAMLphp", PEER["SSP_METADATA"], [
        sample("response and assertion signed", "one"),
        sample("a name beyond ASCII", "münch&er"),
        sample("a tag that AWS does not take", "student", refused="tag"),
        sample("aes128-cbc and rsa-oaep-mgf1p", "one", options={**audience, "allow": "cbc"}, **encrypted),
        sample("cbc that is not allowed", "one", options=audience, refused="algorithm", **encrypted),
    ], {"http_loopback": True})


def keycloak():
    """The users of the peer have a tag that AWS does not take, so one without it is made."""
    base, realm = PEER["KEYCLOAK_BASE"].split("/realms/")
    admin, password = PEER["KEYCLOAK_ADMIN"].split(":")
    clients = ["urn:amazon:webservices" + client for client in ("", ":enc", ":enc1", ":plain")]
    roles = [f"{role(name)},{PEER['KEYCLOAK_PROVIDER']}" for name in ("Dev", "Ops")]
    user = {"username": PROVER, "enabled": True, "email": "prover@example.org", "emailVerified": True, "firstName": "F", "lastName": "L",
            "credentials": [{"type": "password", "value": PROVER_PASSWORD}], "clientRoles": dict.fromkeys(clients, roles)}
    with requests.Session() as session:
        token = session.post(f"{base}/realms/master/protocol/openid-connect/token", timeout=30, data={
            "grant_type": "password", "client_id": "admin-cli", "username": admin, "password": password}).json()["access_token"]
        made = session.post(f"{base}/admin/realms/{realm}/partialImport", timeout=30, headers={"Authorization": "Bearer " + token},
                            json={"ifResourceExists": "OVERWRITE", "users": [user]})
        made.raise_for_status()

    def sample(name, login, client="", user=(PROVER, PROVER_PASSWORD), **more):
        options = {"audience": "urn:amazon:webservices" + client, **more.pop("options", {})}
        return Sample(name, PEER["KEYCLOAK_" + login], *user, ["Dev", "Ops"], user[0], options, **more)
    key = PEER["KEYCLOAK_SP_KEY"]
    return Provider("Keycloak", PEER["KEYCLOAK_METADATA"], [
        sample("response and assertion signed", "LOGIN"),
        sample("the response alone signed", "LOGIN_UNSIGNED_ASSERTION", ":plain"),
        sample("a tag that AWS does not take", "LOGIN", user=("student", "studentpass"), refused="tag"),
        sample("aes256-gcm and rsa-oaep with SHA-256", "LOGIN_ENC", ":enc", key=key),
        sample("aes256-cbc and rsa-oaep-mgf1p", "LOGIN_ENC1", ":enc1", key=key, options={"allow": "cbc"}),
        sample("cbc that is not allowed", "LOGIN_ENC1", ":enc1", key=key, refused="algorithm"),
    ], {"http_loopback": True})


def llng():
    return Provider("LemonLDAP::NG", PEER["LLNG_METADATA"], [
        Sample("response and assertion signed", PEER["LLNG_LOGIN"], "dwho", "dwho", ["Dev", "Ops"], "dwho"),
        Sample("one role", PEER["LLNG_LOGIN"], "rtyler", "rtyler", ["Dev"], "rtyler"),
    ], {"http_loopback": True})


def adfs():
    def sample(name, party="", user="alice", roles=("Build", "Admin"), signature="AssertionOnly", **more):
        url = f"{ORACLE['ADFS']}/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices{party}"
        return Sample(name, url, f"CORP\\{user}", oracle.PASSWORD, list(roles), f"{user}@corp.example",
                      prepare=lambda: oracle.Farm(None, idp_initiated=True, signature=signature), **more)
    encrypted = {"key": ORACLE["RUN"] + "/certs/sp-enc.key"}
    cbc = {**ENC, "audience": "urn:amazon:webservices:enc-cbc", "allow": "cbc"}
    return Provider("AD FS look-alike", metadata_of_adfs(), [
        sample("the assertion signed"),
        sample("the response signed", signature="MessageOnly"),
        sample("both signed", signature="MessageAndAssertion"),
        sample("session tags", user="tags"),
        sample("five roles", user="many", roles=("Build", "Admin", "Long", "Corp", "NoTagging")),
        sample("a user without roles", user="noroles", roles=(), refused="role"),
        sample("aes256-gcm, the assertion signed", ":enc", options=ENC, **encrypted),
        sample("aes256-gcm, the response signed", ":enc", signature="MessageOnly", options=ENC, **encrypted),
        sample("aes256-cbc, both signed", ":enc-cbc", signature="MessageAndAssertion", options=cbc, **encrypted),
        sample("aes256-cbc under no signature", ":enc-cbc", options=cbc, refused="algorithm", **encrypted),
    ], {"ca_file": ORACLE["CA"]}, ORACLE["CA"])


def metadata_of_adfs():
    return ORACLE["ADFS"] + "/FederationMetadata/2007-06/FederationMetadata.xml"


# ---- lxml's reading -------------------------------------------------------------------------

def parsed(xml):
    try:
        return etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        return None


def content(xml):
    """Who it is about, the roles and the session name, as they stand there."""
    root = parsed(xml)

    def values(name):
        return [value.text for value in root.iterfind(f".//s:Attribute[@Name='{AWS}{name}']/s:AttributeValue", NS)]
    return {"name_id": root.findtext(".//s:Subject/s:NameID", namespaces=NS), "session_name": (values("RoleSessionName") or [None])[0],
            "roles": sorted(sorted(text.split(",")) for text in values("Role"))}


def signed_elements(root):
    """The response and the assertion, where they are signed, the outer one first. An encrypted assertion hides its signature."""
    return [element for element in (root, root.find("s:Assertion", NS))
            if element is not None and element.find("ds:Signature", NS) is not None]


def canonical(element):
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def protected(xml):
    """{element: what its signature covers, and the signature}, and the cipher text. Empty: not even XML, or nothing is signed."""
    root = parsed(xml)
    if root is None:
        return {}
    forms = {}
    try:
        cipher = [base64.b64decode(value.text) for value in root.iterfind("s:EncryptedAssertion//xenc:CipherValue", NS)]
        if cipher:
            forms["cipher"] = cipher
        for element in reversed(signed_elements(root)):  # the inner one first: the outer one covers its signature, too
            whole = etree.fromstring(canonical(element))
            signature = whole.find("ds:Signature", NS)
            value = base64.b64decode(signature.findtext("ds:SignatureValue", namespaces=NS))
            before = signature.getprevious()  # lxml takes the text behind an element away with it
            before.tail = (before.tail or "") + (signature.tail or "")
            whole.remove(signature)
            forms[etree.QName(whole).localname] = [canonical(signature.find("ds:SignedInfo", NS)), value, canonical(whole)]
    except (AttributeError, TypeError, ValueError):
        return {}
    return forms


def positions(xml):
    """The bytes to change: evenly over the signed element, and all of digests and signature values in it."""
    signed = signed_elements(parsed(xml))
    tag = etree.QName(signed[0]).localname if signed else "EncryptedAssertion"
    whole = re.search(rf"<(?:\w+:)?{tag}[\s>].*</(?:\w+:)?{tag}\s*>".encode(), xml, re.S)
    step = max(1, -(-len(whole.group()) // SAMPLES_MAX))
    values = re.finditer(rb"<((?:\w+:)?(?:DigestValue|SignatureValue))>([^<]*)</\1>", whole.group())
    exact = {at + whole.start() for value in values for at in range(value.start(2), value.end(2))}
    return sorted(exact.union(range(whole.start(), whole.end(), step)))


# ---- awsfed's verdict -----------------------------------------------------------------------

class Verify:
    """One process of `saml verify --serve`: a list of arguments a line, a verdict a line."""

    def __init__(self, tool, home):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
        self.process = subprocess.Popen([tool.path, "saml", "verify", "--json", "--serve"], env=kept, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)
        self.file = home / "response"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def __call__(self, xml, **options):
        """xml travels as the browser carries it. An error of the tool itself is no verdict, and ends the script."""
        self.file.write_bytes(base64.b64encode(xml))
        given = {name: value for name, value in options.items() if value not in (None, "", True)}
        switches = ["--" + name.replace("_", "-") for name, value in options.items() if value is True]
        print(json.dumps([*flags(**given), *switches, "--form", "base64", str(self.file)]), file=self.process.stdin)
        verdict = json.loads(self.process.stdout.readline())
        if "error" in verdict:
            raise RuntimeError(f"saml verify: {verdict['error']}")
        return verdict


def told(verdict):
    """A verdict in short; it never holds the response."""
    return f"accepted={verdict['accepted']}, reason {verdict['reason']}: {verdict['detail']}"


def found(verdict):
    return {"name_id": verdict.get("name_id"), "session_name": verdict.get("session_name"),
            "roles": sorted(sorted(offer.values()) for offer in verdict.get("roles", []))}


class Proof:
    """The cases of one provider."""

    def __init__(self, verify, cases, browser, provider, home):
        self.verify, self.cases, self.browser, self.provider = verify, cases, browser, provider
        self.metadata = self.fetch(home)

    def fetch(self, home):
        path = home / (re.sub(r"\W", "", self.provider.name) + ".xml")
        answer = requests.get(self.provider.metadata, timeout=30, verify=self.provider.ca or True)
        answer.raise_for_status()
        path.write_bytes(answer.content)
        return path

    def case(self, name, fault):
        self.cases.case(f"{self.provider.name}: {name}", fault)

    def response(self, sample):
        self.browser.a.ca = self.provider.ca or None
        if sample.prepare:
            sample.prepare()
        value, page = self.browser.signin(sample.url, sample.user, sample.password)
        if value is None:
            raise RuntimeError(f"{self.provider.name} gave no response to {sample.user}: HTTP {page.status_code}")
        return base64.b64decode(value)

    def plain(self, sample, xml):
        if not sample.key:
            return xml
        self.browser.a.key = sample.key
        return self.browser.decrypt(xml)[0]

    def run(self, others):
        for sample in self.provider.samples:
            xml = self.response(sample)
            at = (datetime.now(timezone.utc) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
            options = {"key": sample.key, **sample.options}
            if sample.refused:
                self.breaks_a_rule(sample, xml, options)
                continue
            wanted = content(self.plain(sample, xml))
            self.accepted(sample, xml, options, wanted)
            self.foreign(sample, xml, {**options, "at": at}, others)
            self.changed(sample, xml, {**options, "at": at})

    def accepted(self, sample, xml, options, wanted):
        configured = (wanted["session_name"], sorted(next(part for part in pair if ":role/" in part) for pair in wanted["roles"]))
        verdicts = (("at its address", self.verify(xml, metadata=self.provider.metadata, **self.provider.terms, **options), "url"),
                    ("in a file", self.verify(xml, metadata=self.metadata, **options), "pinned"))
        for where, verdict, trust in verdicts:
            faults = [(verdict["accepted"], told(verdict)), (found(verdict) == wanted, f"{found(verdict)}, not {wanted}"),
                      (verdict["trust"] == trust, f"trust {verdict['trust']}"),
                      (configured == (sample.session_name, sorted(map(role, sample.roles))), f"the peer says {configured}")]
            self.case(f"{sample.name}: verified by the metadata {where}", "; ".join(why for good, why in faults if not good))

    def breaks_a_rule(self, sample, xml, options):
        verdict = self.verify(xml, metadata=self.provider.metadata, **self.provider.terms, **options)
        failed = {check["reason"] for check in verdict["checks"] if check["outcome"] == "failed"}
        passed = {check["check"] for check in verdict["checks"] if check["outcome"] == "passed"}
        proved = sample.refused == "algorithm" or set(PROOF) <= passed
        good = not verdict["accepted"] and failed == {sample.refused} and proved
        name = "refused" if sample.refused == "algorithm" else "refused for that alone; signature, issuer and times passed"
        self.case(f"{sample.name}: {name}", None if good else f"{told(verdict)}; failed {failed}, passed {passed}")

    def foreign(self, sample, xml, options, others):
        own = self.metadata.read_text(encoding="utf-8")
        entity = re.search(r'entityID="([^"]*)"', own).group(0)
        for other in others:
            theirs = other.metadata.read_text(encoding="utf-8")
            disguised = re.sub(r'entityID="[^"]*"', lambda _: entity, theirs, count=1)
            for what, metadata, reason in ((f"the metadata of {other.provider.name}", other.metadata, "signature"),
                                           (f"the keys of {other.provider.name} under its own name", disguised, "signature")):
                self.refused(f"{sample.name}: refused with {what}", self.verify(xml, metadata=metadata, **options), reason)
        renamed = own.replace(entity, 'entityID="https://another.example/"')
        self.refused(f"{sample.name}: refused with its keys under another name", self.verify(xml, metadata=renamed, **options), "issuer")

    def refused(self, name, verdict, reason):
        good = not verdict["accepted"] and verdict["reason"] == reason and "name_id" not in verdict
        self.case(name, None if good else f"{told(verdict)}, not {reason}")

    def changed(self, sample, xml, options):
        """Nothing passes but where all that is still signed is as it was, to lxml as well; and that gives the same.

        A change in its namespace turns the outer one of two signatures into an element that says nothing; the response is
        then one whose assertion alone is signed. Such changes are counted by themselves.
        """
        def verdict_on(text):
            return self.verify(text, metadata=self.metadata, **options)
        wanted, forms, faults = verdict_on(xml), protected(xml), []
        at = positions(xml)
        unsigned = undone = 0
        for position in at:
            text = bytearray(xml)
            text[position] ^= 1
            verdict = verdict_on(bytes(text))
            if not verdict["accepted"]:
                continue
            now = protected(bytes(text))
            unsigned += now == forms
            undone += now != forms
            if not now or any(forms.get(name) != form for name, form in now.items()):
                faults.append(f"the change of byte {position} passes")
            elif found(verdict) != found(wanted):
                faults.append(f"the change of byte {position} gives something else")
        # Had the response gone stale meanwhile, nothing would have been shown.
        if not wanted["accepted"] or verdict_on(xml) != wanted:
            faults.append("the response itself does not pass, before or behind")
        self.case(f"{sample.name}: none of {len(at) - unsigned - undone} changed bytes passes ({unsigned} more are not signed and change "
                  f"nothing, {undone} undo the outer of two signatures)", "; ".join(faults[:5]))


# ---- the whole way --------------------------------------------------------------------------

def obtained(cases, name, outcome):
    cases.case(f"{name}: what is verified becomes credentials", None if outcome.exit == 0 else repr(outcome))


def sts_calls():
    """How often the oracle's STS has been called since it was reset."""
    return len(oracle.admin("STS", "GET", "/log?since=0")["requests"])


def called_once(cases, name):
    cases.case(f"{name}: STS counts that call", None if sts_calls() == 1 else f"{sts_calls()} calls")


def unproved(cases, name, outcome, password, reason="signature", code="assertion-unproved"):
    cases.refused(name, outcome, code, "trust")
    why = [] if outcome.error.get("peer") == reason else [f"peer {outcome.error.get('peer')}"]
    why += [f"{sts_calls()} calls of STS"] if sts_calls() else []
    why += leaks.leaks(outcome.out + outcome.err, {"the password": password, **leaks.SAML_MARKS})
    cases.case(f"{name}: STS is not called then, and nothing secret is printed", "; ".join(why))


def whole_way_of_forms(tool, cases, proofs):
    """Sign-ins by form, at the strict STS of the peers."""
    def obtain(proof, sample, metadata, **more):
        settings = {"idp_url": sample.url, "role_arn": role(sample.roles[0]), "idp_metadata": metadata, "require_verified": "true", **more}
        return tool("obtain", "--error-format", "json", "--format", "process", *sign_in(sample.user, **settings), PASSWORD=sample.password)
    known = {"SimpleSAMLphp": "SSP", "Keycloak": "Keycloak", "LemonLDAP::NG": "LLNG"}
    foreign = next((proof.metadata for proof in proofs if proof.provider.name not in known), None)
    for proof in proofs:
        name, sample = proof.provider.name, proof.provider.samples[0]
        if name not in known:
            continue
        if known[name] not in PEER["STSAML_PROVIDERS"].split():
            print(f"skip verify: {name} became ready after stsaml, which does not trust it")
            continue
        obtained(cases, name, obtain(proof, sample, proof.provider.metadata))
        if foreign is None:
            continue
        elsewhere = {"sts_endpoint": ORACLE["STS_HTTP"]}  # it counts, and trusts none of these providers
        oracle.admin("STS", "POST", "/reset")
        unproved(cases, f"{name}: refused with foreign metadata", obtain(proof, sample, foreign, **elsewhere), sample.password,
                 code="signer-not-in-metadata")
        obtain(proof, sample, proof.provider.metadata, **elsewhere)
        called_once(cases, name)


def whole_way_of_adfs(tool, cases, proof, foreign):
    name = proof.provider.name
    own = {"idp_metadata": proof.provider.metadata, "require_verified": "true"}
    obtained(cases, name, oracle.Farm(tool).obtain(**own))
    called_once(cases, name)
    if foreign:
        outcome = oracle.Farm(tool).obtain(**{**own, "idp_metadata": foreign})
        unproved(cases, f"{name}: refused with foreign metadata", outcome, oracle.PASSWORD, code="signer-not-in-metadata")

    encrypted = {"relying_party": ENC["audience"], "saml_recipients": ENC["recipient"], "saml_audiences": ENC["audience"],
                 "principal_arn": "arn:aws:iam::123456789012:saml-provider/ADFSEnc", **own}
    farm = oracle.Farm(tool)
    oracle.admin("STS", "POST", "/config", {"saml": {"audiences": [ENC["audience"]]}})
    obtained(cases, f"{name}, encrypted", farm.obtain(saml_key="file:" + ORACLE["RUN"] + "/certs/sp-enc.key", **encrypted))
    unproved(cases, f"{name}, encrypted: refused without the key", oracle.Farm(tool).obtain(**encrypted), oracle.PASSWORD, "decrypt")


def run(tool, cases, home):
    known = (("AD FS look-alike", "ADFS" in ORACLE, adfs), ("SimpleSAMLphp", "SSP_METADATA" in PEER, ssp),
             ("Keycloak", "KEYCLOAK_METADATA" in PEER, keycloak), ("LemonLDAP::NG", "LLNG_METADATA" in PEER, llng))
    for name, running, _ in known:
        if not running:
            print(f"skip verify: {name} is not running")
    browser = load_browser()
    with Verify(tool, home) as verify:
        proofs = [Proof(verify, cases, browser, make(), home) for _, running, make in known if running]
        for proof in proofs:
            proof.run([other for other in proofs if other is not proof])
    if "STSAML_ENDPOINT" in PEER:
        whole_way_of_forms(tool, cases, proofs)
    else:
        print("skip verify: stsaml is not running")
    if "ADFS" in ORACLE:
        whole_way_of_adfs(tool, cases, proofs[0], proofs[1].metadata if proofs[1:] else None)


if __name__ == "__main__":
    main(run)
