#!/usr/bin/env python3
"""Two engines judge the same altered SAML responses, and must agree: saml.py BUILD [COUNT [SEED]]

Ours is `awsfed saml verify --serve`; the other is second_engine.py, written apart. Messages of tests/fuzz/corpus and of
tests/saml/data/cases are altered as forgers and as other writers of XML would do it: values change and are signed again, elements move, quotes and attribute orders
change. Where only the spelling changed, both must still accept. A message on which they disagree is kept in
BUILD/soak-saml, and DIFFERENCES below has the disagreements that are meant.
"""
import argparse
import base64
import collections
import concurrent.futures
import copy
import dataclasses
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

import second_engine
from second_engine import D, EXC, MORE, XENC, XENC11
from second_rules import A, AWS, BEARER, P, SIGNIN, SUCCESS, Refused, Trust

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parent / "fuzz" / "corpus"
CASES = HERE.parent / "saml" / "data" / "cases"
NOW = "2027-03-14T09:27:20Z"
BATCH = 40
WORKERS = 2  # each with a process of ours
WEAK = frozenset(("sha1", "cbc"))
KEPT_MAX = 50  # messages that a worker keeps; more tell nothing new
VALUES = ("issuer", "name_id", "name_id_format", "assertion_id", "recipient", "roles", "session_name", "session_duration",
          "tags", "transitive_tag_keys", "source_identity", "not_on_or_after", "session_not_on_or_after")

# Policies of the second engine under which it must agree where it did not, and why ours may have them. Everything else that
# differs is a failure.
DIFFERENCES = {
    "milliseconds": "ours keeps time in milliseconds and cuts finer fractions off; the rules only say that they are read",
    "any account": "ours leaves it to STS whether an ARN's account number has twelve digits",
}


def private_key(name):
    return serialization.load_pem_private_key((HERE / "keys" / name).read_bytes(), None)


PROVIDER, PROVIDER_EC, ATTACKER, SP = map(private_key, ("idp.key", "idp-p256.key", "attacker.key", "sp.key"))


# ---- whom both believe --------------------------------------------------------------------------

def providers():
    """Entity to its certificates as base64; the provider that re-signs here speaks for every entity."""
    found, own = collections.defaultdict(dict), None
    for path in [*sorted((CORPUS / "metadata").glob("*.xml")), CASES / "metadata" / "mill.xml"]:
        if path.name in ("plain-1024.xml", "plain-encryption-only.xml"):  # keys that nobody believes
            continue
        for entity in etree.parse(path).getroot().iter("{*}EntityDescriptor"):
            for key in entity.iter("{*}KeyDescriptor"):
                if key.get("use") != "encryption":
                    for text in key.iter(D + "X509Certificate"):
                        found[entity.get("entityID")]["".join(text.text.split())] = True
                        if path.name in ("plain.xml", "plain-p256.xml"):
                            own = {**(own or {}), "".join(text.text.split()): True}
    return {entity: list({**certificates, **own}) for entity, certificates in found.items()}


def metadata_of(entity, certificates):
    keys = "".join('<m:KeyDescriptor use="signing"><d:KeyInfo><d:X509Data><d:X509Certificate>%s</d:X509Certificate></d:X509Data>'
                   "</d:KeyInfo></m:KeyDescriptor>" % one for one in certificates)
    return ('<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:d="%s" entityID="%s"><m:IDPSSODescriptor '
            'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">%s<m:SingleSignOnService Binding="urn:oasis:'
            'names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.test/"/></m:IDPSSODescriptor></m:EntityDescriptor>'
            ) % (D[1:-1], entity, keys)


# ---- signing and encrypting ---------------------------------------------------------------------

LIST = "{%s}InclusiveNamespaces" % EXC


def by_id(root, wanted):
    return next((e for e in root.iter() if e.get("ID") == wanted), None)


def sign_again(root, key):
    """Every signature in the tree anew, the inner ones first, over what stands there now."""
    for signature in reversed(list(root.iter(D + "Signature"))):
        signed = signature.getparent()
        method, reference = signature.find(D + "SignedInfo/" + D + "SignatureMethod"), signature.find(".//" + D + "Reference")
        if method is None or reference is None or signed is None or reference.find(D + "DigestValue") is None:
            continue
        if method.get("Algorithm") in second_engine.SIGNATURES:
            is_rsa = isinstance(key, rsa.RSAPrivateKey)
            method.set("Algorithm", MORE + ("rsa" if is_rsa else "ecdsa") + "-sha256")
        listed = lambda element: next((second_engine.prefixes_in(e) for e in element.iter(LIST)), None)
        octets = second_engine.without(signed, signature, listed(reference))
        name = second_engine.DIGESTS.get(reference.find(D + "DigestMethod").get("Algorithm"), "sha256")
        reference.find(D + "DigestValue").text = base64.b64encode(hashlib.new(name, octets).digest()).decode()
        info = second_engine.canonical(signature.find(D + "SignedInfo"), listed(signature.find(D + "SignedInfo/*")))
        value = signature.find(D + "SignatureValue")
        if value is not None:
            value.text = base64.b64encode(signed_octets(key, info)).decode()


def signed_octets(key, octets):
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def encrypt(root, rng):
    """Puts an EncryptedAssertion in the place of the assertion."""
    assertion = root.find(A + "Assertion")
    plain = etree.tostring(assertion, method="c14n", exclusive=rng.random() < 0.9, with_tail=False)
    secret, nonce = rng.randbytes(32), rng.randbytes(12)
    content = nonce + AESGCM(secret).encrypt(nonce, plain, None)
    wrapped = SP.public_key().encrypt(secret, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None))
    outer = etree.fromstring(
        '<s:EncryptedAssertion xmlns:s="%s" xmlns:x="%s" xmlns:d="%s"><x:EncryptedData Type="%sElement"><x:EncryptionMethod '
        'Algorithm="%saes256-gcm"/><d:KeyInfo><x:EncryptedKey><x:EncryptionMethod Algorithm="%srsa-oaep-mgf1p"/><x:CipherData>'
        "<x:CipherValue>%s</x:CipherValue></x:CipherData></x:EncryptedKey></d:KeyInfo><x:CipherData><x:CipherValue>%s"
        "</x:CipherValue></x:CipherData></x:EncryptedData></s:EncryptedAssertion>" % (
            A[1:-1], XENC, D[1:-1], XENC, XENC11, XENC, base64.b64encode(wrapped).decode(), base64.b64encode(content).decode()))
    outer.tail = assertion.tail
    root.replace(assertion, outer)


# ---- other values, to be signed again -----------------------------------------------------------

ROLE, PROVIDER_ARN = "arn:aws:iam::210987654321:role/Admin", "arn:aws:iam::210987654321:saml-provider/Harbour"
TEXTS = {
    "RoleSessionName": ["m", "mm", "m" * 64, "m" * 65, "mara voss", "mara\n", "mära", "", "a=b,c@d.e_f-g+h", " mara"],
    "SessionDuration": ["899", "900", "43200", "43201", "0900", "+900", "9e3", " 900", "900 ", "", "4294968196", "-900"],
    "SourceIdentity": ["aws:mara", "mara", "AWS:mara", "m", "m" * 64, "m" * 65, "mara;", ""],
    "Role": [ROLE, "%s,%s" % (ROLE, PROVIDER_ARN), "%s,%s" % (PROVIDER_ARN, ROLE), "%s,%s" % (ROLE, ROLE), "",
             "\n %s\t,\r\n%s " % (ROLE, PROVIDER_ARN), "%s,%s,%s" % (ROLE, PROVIDER_ARN, ROLE), "%s;%s" % (ROLE, PROVIDER_ARN),
             "%s,%s" % (ROLE.replace("aws", "aws-cn"), PROVIDER_ARN.replace("aws", "aws-cn")),
             "%s,%s" % (ROLE.replace("210987654321", "21098765432"), PROVIDER_ARN), "%s,%s" % (ROLE + "/é", PROVIDER_ARN),
             "%s,%s" % (ROLE.replace(":role/", ":user/"), PROVIDER_ARN), "%s, %s" % (ROLE.upper(), PROVIDER_ARN)],
    "TransitiveTagKeys": ["Team", "Kostenstelle", ""],
    "PrincipalTag:Team": ["", "blue", "b" * 256, "b" * 257, "blau grün", "a*b", "a\tb", "\u00a0", "\U0001d7ce", "a;b", "_.:/=+-@"],
    "PrincipalTag:": ["x"], "PrincipalTag:aws:x": ["x"], "PrincipalTag:" + "k" * 128: ["x"], "PrincipalTag:" + "k" * 129: ["x"],
    "PrincipalTag:team": ["blue"], "Unknown": ["x", ""], "": ["x"],
}
INSTANTS = ["2027-03-14T09:27:%sZ" % s for s in ("19", "20", "20.0", "20.000000001", "19.999999999", "20.1234567890", "21", "60")] + [
    "2027-03-14T09:27:20", "2027-03-14T09:27:20+00:00", "2027-03-14 09:27:20Z", "2027-02-30T09:27:20Z", "2028-02-29T00:00:00Z",
    "2027-03-14T24:00:00Z", " 2027-03-14T10:27:20Z", "2027-03-14T10:27:20Z\n", "2027-03-14T10:27:20z", "2027-03-14T10:27:20.Z",
    "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "-2027-03-14T10:27:20Z", "",
    "2027-13-01T00:00:00Z", "2100-02-29T00:00:00Z", "02027-03-14T10:27:20Z", "2027-03-14T10:27:20.9Z"]
ADDRESSES = [SIGNIN, SIGNIN + "/", SIGNIN.upper(), "", "https://elsewhere.test/", " " + SIGNIN, "urn:amazon:webservices",
             "urn:amazon:webservices2", "URN:amazon:webservices"]
WORDS = ["2.0", "1.1", "", "2.0 ", "_x", "1x", "é", "a:b", "a b", "x" * 256, "x" * 257, BEARER, SUCCESS,
         "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key", "urn:oasis:names:tc:SAML:2.0:status:Responder", "_request1", "_request2"]


def change_aws_value(root, rng):
    statement = next(root.iter(A + "AttributeStatement"))
    name, values = rng.choice(list(TEXTS.items()))
    found = [e for e in statement if e.get("Name") == AWS + name]
    attribute = rng.choice(found) if found else etree.SubElement(statement, A + "Attribute", Name=AWS + name)
    value = attribute[0] if len(attribute) and rng.random() < 0.8 else etree.SubElement(attribute, A + "AttributeValue")
    value.text = rng.choice(values)
    if rng.random() < 0.1:
        etree.SubElement(value, rng.choice([A + "NameID", "x"])).text = "x"


def change_time(root, rng):
    name = rng.choice(["NotBefore", "NotOnOrAfter", "SessionNotOnOrAfter", "IssueInstant"])
    tags = {"NotBefore": ["Conditions", "Conditions", "SubjectConfirmationData"], "NotOnOrAfter": ["Conditions", "SubjectConfirmationData"],
            "SessionNotOnOrAfter": ["AuthnStatement"], "IssueInstant": ["Assertion"]}[name]
    found = next(root.iter(A + rng.choice(tags)), None)
    if found is not None:
        found.set(name, rng.choice(INSTANTS))


def elements(root):
    return [e for e in root.iter() if isinstance(e.tag, str) and e.getparent() is not None]


def change_attribute(root, rng):
    few = [root, *root.iter(A + "Assertion", A + "SubjectConfirmation", A + "SubjectConfirmationData", P + "StatusCode")]
    element = rng.choice(few if rng.random() < 0.7 else elements(root))
    others = ["InResponseTo", "Recipient", "Destination", "Version", "ID", "Method", "id", "NotBefore"]
    name = rng.choice(list(element.attrib) or others) if rng.random() < 0.6 else rng.choice(others)
    if rng.random() < 0.3:
        element.attrib.pop(name, None)
    else:
        element.set(name, rng.choice(ADDRESSES + WORDS))


def change_text(root, rng):
    leaves = [e for e in root.iter() if len(e) == 0 and (e.text or "").strip() and not e.tag.startswith(D)]
    if leaves:
        rng.choice(leaves).text = rng.choice(ADDRESSES + WORDS + [" ", "mara", "\U0001f600", "a\rb", "<&>"])


def double_element(root, rng):
    chosen = rng.choice(elements(root))
    chosen.addnext(copy.deepcopy(chosen))


def drop_element(root, rng):
    chosen = rng.choice(elements(root))
    chosen.getparent().remove(chosen)


def move_element(root, rng):
    chosen, goal = rng.choice(elements(root)), rng.choice(elements(root))
    if goal is not chosen and chosen not in goal.iterancestors():
        rng.choice([goal.addnext, goal.addprevious, goal.append])(chosen)


def wrap_element(root, rng):
    chosen = rng.choice(elements(root))
    outer = etree.Element(rng.choice([A + "Advice", A + "Assertion", P + "Extensions", P + "Response", D + "Object", "x"]))
    chosen.addprevious(outer)
    outer.append(chosen)


def rename_element(root, rng):
    chosen = rng.choice(elements(root))
    chosen.tag = rng.choice([rng.choice(elements(root)).tag, chosen.tag + "x", etree.QName(chosen).localname])


PREFIXES = ["#default", "xml", "xs", "xsi", "saml", "samlp", "ds", "s", "p", "q", "d", "nothing", "s,p", "\u00a0", "xs"]


def list_prefixes(root, rng):
    methods = list(root.iter(D + "CanonicalizationMethod")) + [e for e in root.iter(D + "Transform") if e.get("Algorithm") == EXC]
    chosen = rng.choice(methods)
    parameter = chosen[0] if len(chosen) else etree.SubElement(chosen, LIST, nsmap={"x": EXC})
    blank = rng.choice([" ", "  ", "\t", "\n"])
    parameter.set("PrefixList", blank.join(rng.choices(PREFIXES, k=rng.choice([0, 1, 1, 2, 3, 16, 17]))))


def change_signature(root, rng):
    """What stands in a signature beside its form: an attribute, an element or a text."""
    inside = [e for e in next(root.iter(D + "Signature")).iter() if not any(a.tag == D + "KeyInfo" for a in [e, *e.iterancestors()])]
    chosen = rng.choice(inside)
    kind = rng.random()
    if kind < 0.6:
        chosen.set(rng.choice(["Id", "Id", "ID", "foreign", "Algorithm", "{urn:f}x", "{http://www.w3.org/XML/1998/namespace}lang"]), "_v")
    elif kind < 0.9:
        etree.SubElement(chosen, rng.choice(["x", "{urn:f}x", D + "Object", D + "HMACOutputLength", LIST]))
    else:
        chosen.text = (chosen.text or "") + rng.choice(["x", " ", "\n"])


def long_namespace(root, rng):
    """One that stands once, and is written into a canonical form for each of those that use it."""
    statement = next(root.iter(A + "AttributeStatement"))
    uri = "urn:" + "n" * rng.choice([10, 200, 252, 253, 1000])
    value = etree.SubElement(etree.SubElement(statement, A + "Attribute", Name="urn:x:much"), A + "AttributeValue", nsmap={"much": uri})
    for _ in range(rng.choice([1, 10, 400, 1300, 1700])):
        etree.SubElement(value, "{%s}e" % uri)


VALUE_CHANGES = [change_aws_value] * 6 + [change_time] * 4 + [change_attribute] * 3 + [change_text] * 2 + [
    list_prefixes, list_prefixes, change_signature, change_signature, long_namespace,
    double_element, drop_element, move_element, wrap_element, rename_element]


# ---- wrapping (XSW) -----------------------------------------------------------------------------

def evil_copy(element, rng, keep_signature):
    evil = copy.deepcopy(element)
    for name in evil.iter(A + "NameID"):
        name.text = "root@harbour.test"
    for value in evil.iter(A + "AttributeValue"):
        if "role/" in (value.text or ""):
            value.text = "%s,%s" % (ROLE, PROVIDER_ARN)
    for signature in evil.findall(D + "Signature"):
        if not keep_signature:
            evil.remove(signature)
    if rng.random() < 0.7:
        evil.set("ID", "_evil")
    return evil


def wrapped_signature(root, rng):
    """The families XSW 1 to 8: an altered copy where a reader looks, the original where its signature finds it."""
    signatures = list(root.iter(D + "Signature"))
    if not signatures:
        return root
    signature = rng.choice(signatures)
    original = signature.getparent()
    family, keep = rng.randrange(6), rng.random() < 0.5
    evil = evil_copy(original, rng, keep)
    if original is root:  # XSW 1 and 2
        hidden = copy.deepcopy(root)
        if rng.random() < 0.5:
            for inner in hidden.findall(D + "Signature"):
                hidden.remove(inner)
        if not keep:
            evil.insert(1, copy.deepcopy(signature))
        holder = evil.find(D + "Signature")
        holder = etree.SubElement(holder, D + "Object") if family % 2 and holder is not None else evil
        holder.append(hidden)
        return evil
    if family == 0:  # XSW 3
        original.addprevious(evil)
    elif family == 1:  # XSW 3, the other way round
        original.addnext(evil)
    elif family == 2:  # XSW 4
        original.addprevious(evil)
        evil.append(original)
    elif family == 3:  # XSW 5 and 6: the signature goes with the copy
        original.addprevious(evil)
        evil.insert(1, signature)
        (signature if rng.random() < 0.5 else root).append(original)
    elif family == 4:  # XSW 7
        extensions = etree.Element(P + "Extensions")
        root.insert(1, extensions)
        extensions.append(evil)
    else:  # XSW 8
        original.addprevious(evil)
        evil.insert(1, signature)
        etree.SubElement(signature, D + "Object").append(original)
    return root


# ---- the same message in other letters ----------------------------------------------------------

START_TAG = re.compile(r"<[A-Za-z_][^<>]*>")
ATTRIBUTE = re.compile(r"\s([\w:.-]+)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
LEAF = re.compile(r"(<([A-Za-z_][\w:.-]*)(?:\s[^<>]*)?(?<!/)>)([^<>&]+)(</\2\s*>)")


def at_random(pattern, text, rng, change):
    matches = list(pattern.finditer(text))
    if not matches:
        return text
    match = rng.choice(matches)
    return text[:match.start()] + change(match) + text[match.end():]


def other_quotes(text, rng):
    def change(match):
        value = match[2][1:-1]
        quote = "'" if match[2][0] == '"' else '"'
        return match[0] if quote in value else " %s=%s%s%s" % (match[1], quote, value, quote)
    return at_random(ATTRIBUTE, text, rng, change)


def other_order(text, rng):
    def change(match):
        found = [m[0] for m in ATTRIBUTE.finditer(match[0])]
        name, end = re.match(r"<[^\s/>]+", match[0])[0], "/>" if match[0].endswith("/>") else ">"
        rng.shuffle(found)
        return name + "".join(found) + end
    return at_random(START_TAG, text, rng, change)


def space_in_tag(text, rng):
    blank = rng.choice([" ", "\n", "\t", "\r\n", "    "])
    return at_random(START_TAG, text, rng, lambda m: m[0][:-2] + blank + "/>" if m[0].endswith("/>") else m[0][:-1] + blank + ">")


def empty_tag(text, rng):
    return at_random(re.compile(r"<([A-Za-z_][\w:.-]*)(\s[^<>]*?)?/>"), text, rng, lambda m: "<%s%s></%s>" % (m[1], m[2] or "", m[1]))


def character_reference(text, rng):
    def change(match):
        value, at = match[3], rng.randrange(len(match[3]))
        if value[at] in "\r\n":  # a reference to CR stays CR, the letter becomes LF
            return match[0]
        return match[1] + value[:at] + rng.choice(["&#%d;", "&#x%x;", "&#x%06X;"]) % ord(value[at]) + value[at + 1:] + match[4]
    return at_random(LEAF, text, rng, change)


def as_cdata(text, rng):
    def change(match):
        a, b = sorted((rng.randint(0, len(match[3])), rng.randint(0, len(match[3]))))
        return match[1] + match[3][:a] + "<![CDATA[" + match[3][a:b] + "]]>" + match[3][b:] + match[4]
    return at_random(LEAF, text, rng, change)


def unused_prefix(text, rng):
    declaration = ' xmlns:unused%d="urn:unused:%d"' % (rng.randrange(10**6), rng.randrange(3))
    return at_random(START_TAG, text, rng, lambda m: re.sub(r"^<[^\s/>]+", lambda n: n[0] + declaration, m[0]))


def space_in_signature(text, rng):
    """SignatureValue is signed by nobody, unless another signature stands around it."""
    if text.count("SignatureValue>") != 2:
        return text
    def change(match):
        at = rng.randrange(len(match[2]))
        return match[1] + match[2][:at] + rng.choice([" ", "\n", "\r\n", "\t", "&#13;", "&#xA;"]) + match[2][at:]
    return at_random(re.compile(r"(SignatureValue>)([A-Za-z0-9+/= \r\n]+)"), text, rng, change)


def other_beginning(text, rng):
    bare = re.sub(r"^\ufeff?(<\?xml[^>]*>)?\s*", "", text)
    return rng.choice(["", "\ufeff"]) + rng.choice(["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-8" ?>\n',
                                                   "<?xml version='1.0' encoding='UTF-8' standalone='no'?>\r\n"]) + bare


NEUTRAL = [other_quotes, other_order, space_in_tag, empty_tag, character_reference, as_cdata, unused_prefix, space_in_signature,
           other_beginning]


# ---- damage -------------------------------------------------------------------------------------

def flip_byte(data, rng):
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1:]


def cut_piece(data, rng):
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice([1, 2, 16, 300]):]


MARKUP = [b"<!---->", b"<!-- x -->", b"<?x y?>", b"<![CDATA[]]>", b"<x/>", b'<x xmlns=""/>', b"<y:x/>", b"&x;", b"&amp;", b"&#0;", b"&#13;",
          b"]]>", b"\0", b"\xff", b"\xc3\xa9", b"\xf0\x9f\x98\x80", b' ID="_x"', b' xml:id="_y"', b' x:ID="z"', b' xmlns=""', b' xmlns:x="1"',
          b' xmlns:saml="urn:x"', b' xmlns:y="urn:' + b"y" * 252 + b'"', b' xmlns:y="urn:' + b"y" * 253 + b'"', b' xmlns:y="urn:y?a&amp;b"',
          b"<?oasis-xml-catalog c?>", b' xml:base="/"', b' a="1" a="2"', b" ", b"\n", b"x", b"<!DOCTYPE x>", b"<!doctype", b"\xef\xbb\xbf"]


def insert_markup(data, rng):
    places = [m.start() for m in re.finditer(rb"[<>]|(?<=\w)(?= |/?>)", data)] or [0]
    at = rng.choice(places) + rng.randint(0, 1) if rng.random() < 0.8 else rng.randrange(len(data))
    return data[:at] + rng.choice(MARKUP) + data[at:]


def swap_words(data, rng):
    words = list(re.finditer(rb"\"[^\"<]*\"", data))
    a, b = sorted((rng.choice(words), rng.choice(words)), key=lambda m: m.start()) if words else (None, None)
    if a is None or a.start() == b.start():
        return data
    return data[:a.start()] + b[0] + data[a.end():b.start()] + a[0] + data[b.end():]


def other_prefix(data, rng):
    names = sorted(set(re.findall(rb"xmlns:([A-Za-z]\w*)=", data)))
    if not names:
        return data
    old, new = rng.choice(names), rng.choice(names + [b"q", b"xmlns", b"xml"])
    return re.sub(rb"(</?|xmlns:|\s)%s(?=[:=])" % old, lambda m: m[1] + new, data, count=0 if rng.random() < 0.7 else 1)


def odd_beginning(data, rng):
    bare = re.sub(rb"^(\xef\xbb\xbf)?(<\?xml[^>]*>)?\s*", b"", data)
    return rng.choice([b"\xef\xbb\xbf\xef\xbb\xbf", b'<?xml version="1.1"?>', b"<?xml version='1.1' encoding='utf-8'?>", b"<?xml version='1.9'?>",
                       b'\xef\xbb\xbf<?xml version = "1.1"?>', b"<?oasis-xml-catalog catalog='file:///nowhere'?>",
                       b'<?xml version="1.0"?>\xef\xbb\xbf']) + bare


DAMAGE = [odd_beginning, flip_byte, flip_byte, cut_piece, insert_markup, insert_markup, insert_markup, swap_words, other_prefix]


def damaged_base64(text, rng):
    at = rng.randrange(len(text))
    return text[:at] + rng.choice([b"=", b"-", b"A", b"\0", b"%", b"\x0b", b"\xc2\xa0", b" ", b"==", b"A==="]) + text[at:]


# ---- one message --------------------------------------------------------------------------------

class Message:
    """What both engines are given, and how it was made."""

    def __init__(self, seed, rng):
        name, data, self.provider, accepted, self.at = seed
        self.trail, self.form, self.skew, self.allow = [name], "xml", 0, WEAK
        self.data, self.must_accept = data, accepted
        values = rng.random() < 0.6
        if values:
            self.change_values(rng)
        if rng.random() < 0.4:
            self.change_spelling(rng)
        if rng.random() < (0.1 if values else 0.5):  # else a rule behind the signature is seldom reached
            self.apply(rng.choice(DAMAGE), rng)
        if rng.random() < 0.15:
            self.move_in_time(rng)
        if rng.random() < 0.1:
            self.allow = frozenset(rng.sample(sorted(WEAK), rng.randint(0, 1)))
            self.note(f"allow {' '.join(self.allow)}")
        if rng.random() < 0.2:
            self.as_base64(rng)

    def note(self, change, harmless=False):
        self.trail.append(getattr(change, "__name__", change))
        self.must_accept = self.must_accept and harmless

    def apply(self, change, rng):
        self.data = change(self.data, rng)
        self.note(change)

    def change_values(self, rng):
        root = etree.fromstring(self.data.removeprefix(b"\xef\xbb\xbf"), etree.XMLParser(strip_cdata=False, resolve_entities=False))
        if root.find(A + "Assertion") is None:
            return
        if rng.random() < 0.15:
            root = wrapped_signature(root, rng)
            self.note(wrapped_signature)
        try:
            for change in rng.choices(VALUE_CHANGES, k=rng.choice([0, 1, 1, 1, 2, 3])):
                change(root, rng)
                self.note(change)
            hand = rng.choice([PROVIDER] * 8 + [PROVIDER_EC] * 2 + [ATTACKER, None])
            if hand is not None:
                sign_again(root, hand)
                self.note({PROVIDER: "signed again", PROVIDER_EC: "signed by ECDSA", ATTACKER: "signed by the attacker"}[hand])
            if rng.random() < 0.12 and root.find(A + "Assertion") is not None:
                encrypt(root, rng)
                self.note("encrypted")
        except (StopIteration, IndexError, ValueError, AttributeError, etree.LxmlError, Refused):  # there is nothing left to change
            self.note("broken")
        self.data = etree.tostring(root)

    def change_spelling(self, rng):
        if b"<![CDATA[" in self.data or b"<!--" in self.data:
            return
        for change in rng.choices(NEUTRAL, k=rng.choice([1, 1, 2, 3])):
            if change is not as_cdata or b"<![CDATA[" not in self.data:
                self.data = change(self.data.decode(), rng).encode()
                self.note(change, harmless=True)
            if b"<![CDATA[" in self.data:
                return

    def move_in_time(self, rng):
        self.at = rng.choice(["2027-03-14T09:21:52Z", "2027-03-14T09:21:53Z", "2027-03-14T09:31:52Z", "2027-03-14T09:31:53Z",
                              "2027-03-14T10:26:53Z", "2027-03-14T09:26:53Z"] if self.at == NOW else
                             ["2028-02-29T11:54:59Z", "2028-02-29T11:55:00Z", "2028-02-29T12:04:59Z", "2028-02-29T12:05:00Z"])
        self.skew = rng.choice([0, 0, 1, 60])
        self.note(f"at {self.at}, skew {self.skew}")

    def as_base64(self, rng):
        text = base64.b64encode(self.data)
        if rng.random() < 0.5:
            text = re.sub(rb"(.{%d})" % rng.choice([1, 60, 64, 76]), lambda m: m[1] + rng.choice([b"\n", b"\r\n", b" ", b"\t"]), text)
        self.note("base64", harmless=len(text) <= 100_000)
        if rng.random() < 0.2:
            text = damaged_base64(text, rng)
            self.note(damaged_base64)
        self.data, self.form = text, "base64"


# ---- two judges ---------------------------------------------------------------------------------

class Ours:
    """One process of the command-line tool: a line of arguments, a line of JSON."""

    def __init__(self, tool, folder):
        self.folder, self.asked = folder, 0
        self.process = subprocess.Popen([tool, "saml", "verify", "--json", "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, messages):
        lines = []
        for message in messages:
            self.asked += 1
            path = self.folder / f"{self.asked % (4 * BATCH)}.message"
            path.write_bytes(message.data)
            options = ["--metadata", message.provider.path, "--at", message.at, "--form", message.form, "--skew", str(message.skew),
                       "--key", str(HERE / "keys" / "sp.key")]
            for weak in sorted(message.allow):
                options += ["--allow", weak]
            lines.append(json.dumps([*options, str(path)]))
        self.process.stdin.write(("\n".join(lines) + "\n").encode())
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"awsfed ended with status {self.process.wait()}")
        return json.loads(line)


class Provider:
    def __init__(self, entity, certificates, folder):
        self.path = str(folder / (hashlib.sha256(entity.encode()).hexdigest()[:8] + ".metadata"))
        Path(self.path).write_text(metadata_of(entity, certificates))
        keys = [x509.load_der_x509_certificate(base64.b64decode(one)).public_key() for one in certificates]
        self.trust = Trust(entity, keys, [SP], WEAK)


def judge(message, *policies):
    trust = dataclasses.replace(message.provider.trust, allow=message.allow, skew=message.skew, policies=frozenset(policies))
    return second_engine.judge(message.data, message.form == "base64", message.at, trust)


def fault_of(message, ours, theirs):
    """A sentence on what they disagree about; None where they do not."""
    if "accepted" not in ours:
        return f"ours has no verdict: {ours}"
    if ours["accepted"] != theirs["accepted"]:
        return f"ours: {ours.get('reason') or 'accepted'} ({ours.get('detail')}); the other: {theirs.get('reason', 'accepted')}"
    if message.must_accept and not ours["accepted"]:
        return f"only the spelling was changed, and both refuse: {ours['reason']}, {theirs['reason']}"
    if ours["accepted"]:
        for name in VALUES:
            if ours[name] != theirs[name]:
                return f"{name}: ours {ours[name]!r}, the other {theirs[name]!r}"
    return None


def seeds(believed):
    """(name, bytes, provider, whether it is accepted as it is, when), and those that are several times."""
    found = []
    for case in json.loads((CASES / "manifest.json").read_text())["cases"]:
        # With one more prefix, which only the spelling has, some are beyond a limit.
        usual = case["form"] == "xml" and case["metadata"] == "metadata/mill.xml" and "args" not in case
        if case["expect"] == "accept" and usual and "_64_" not in case["file"]:
            data = (CASES / case["file"]).read_bytes()
            found.append((Path(case["file"]).stem, data, believed["urn:mill:idp"], True, case["evaluate_at"]))
    for path in sorted([*(CORPUS / "verifier").glob("*.xml"), *(CORPUS / "decryption").glob("*.xml")]):
        data = path.read_bytes()
        issuer = re.search(rb"Issuer[^>]*>([^<]*)<", data)
        provider = believed.get(issuer[1].decode() if issuer else "https://idp.harbour.test/saml", believed["https://idp.harbour.test/saml"])
        accepted = second_engine.judge(data, False, NOW, provider.trust)["accepted"]
        found += [(path.stem, data, provider, accepted, NOW)] * (3 if accepted else 1)
    return found


class Soak:
    """One of several that work at once."""

    def __init__(self, build, seed, folder):
        self.kept, self.seed, self.rng = build / "soak-saml", seed, random.Random(seed)
        self.ours = Ours(build / "bindings/cli/awsfed", folder)
        self.seeds = seeds({name: Provider(name, keys, folder) for name, keys in providers().items()})
        self.counts, self.faults = collections.Counter(), []

    def run(self, count):
        waiting = []
        for done in range(0, count, BATCH):
            messages = [Message(self.rng.choice(self.seeds), self.rng) for _ in range(min(BATCH, count - done))]
            self.ours.ask(messages)
            self.compare(waiting)  # ours works on the next ones meanwhile
            waiting = [(message, judge(message)) for message in messages]
            if done // BATCH % 100 == 99:
                print(f"   {done} messages of seed {self.seed}, {len(self.faults)} disagreements", flush=True)
        self.compare(waiting)
        return self.counts, len(self.faults)

    def compare(self, judged):
        for message, theirs in judged:
            mine = self.ours.answer()
            self.counts["messages"] += 1
            self.counts["accepted"] += mine.get("accepted", False)
            self.counts["only spelled otherwise"] += message.must_accept
            fault = fault_of(message, mine, theirs)
            known = fault and next((p for p in DIFFERENCES if not fault_of(message, mine, judge(message, p))), None)
            if known:
                self.counts["known difference: " + known] += 1
            elif fault:
                self.keep(message, fault)

    def keep(self, message, fault):
        self.faults.append(fault)
        if len(self.faults) <= KEPT_MAX:
            self.kept.mkdir(parents=True, exist_ok=True)
            path = self.kept / f"{hashlib.sha256(message.data).hexdigest()[:12]}.{message.form}"
            path.write_bytes(message.data)
            print(f"FAIL {fault}\n     {' > '.join(message.trail)}; at {message.at}, {message.provider.trust.entity_id}\n     {path}", flush=True)


def work(build, count, seed):
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        return Soak(build, seed, Path(folder)).run(count)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("build", type=Path)
    arguments.add_argument("count", type=int, nargs="?", default=100_000)
    arguments.add_argument("seed", type=int, nargs="?", default=int(time.time()))
    options = arguments.parse_args()
    print(f"   seed {options.seed}", flush=True)
    started, counts, faults = time.monotonic(), collections.Counter(), 0
    with concurrent.futures.ProcessPoolExecutor(WORKERS) as pool:
        running = [pool.submit(work, options.build, options.count // WORKERS, options.seed + n) for n in range(WORKERS)]
        for one in running:
            counts.update(one.result()[0])
            faults += one.result()[1]
    for name, number in sorted(counts.items()):
        print(f"   {number:>8} {name}")
    print(f"   {counts['messages'] / (time.monotonic() - started):>8.0f} a second")
    print(f"FAIL the engines agree: {faults} disagreements" if faults else "ok the engines agree")
    print(f"{0 if faults else 1} passed, {1 if faults else 0} failed")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
