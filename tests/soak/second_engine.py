"""A second opinion on SAML responses, for tests: judges as the corpus' rules say, on lxml and cryptography.

Nothing here was taken from the library in src/saml, and it should stay so: two programs that were written from one text
seldom make the same mistake. It is read by people, and it is not fast.

    Trust(entity_id, keys, decryption_keys, allow, recipients, audiences, prefix, skew)
    judge(message, base64_form, at, trust) -> {"accepted": True, ...values} or {"accepted": False, "reason": word}
"""
import base64
import binascii
import datetime
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

P = "{urn:oasis:names:tc:SAML:2.0:protocol}"
A = "{urn:oasis:names:tc:SAML:2.0:assertion}"
D = "{http://www.w3.org/2000/09/xmldsig#}"
X = "{http://www.w3.org/2001/04/xmlenc#}"
X11 = "{http://www.w3.org/2009/xmlenc11#}"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
DSIG, MORE, XENC, XENC11 = D[1:-1], "http://www.w3.org/2001/04/xmldsig-more#", X[1:-1], X11[1:-1]
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SIGNIN = "https://signin.aws.amazon.com/saml"
AWS = "https://aws.amazon.com/SAML/Attributes/"

DIGESTS = {DSIG + "sha1": "sha1", XENC + "sha256": "sha256", MORE + "sha384": "sha384", XENC + "sha512": "sha512"}
SIGNATURES = {DSIG + "rsa-sha1": (rsa.RSAPublicKey, "sha1")}
for bits in ("256", "384", "512"):
    SIGNATURES[MORE + "rsa-sha" + bits] = (rsa.RSAPublicKey, "sha" + bits)
    SIGNATURES[MORE + "ecdsa-sha" + bits] = (ec.EllipticCurvePublicKey, "sha" + bits)
CIPHERS = {XENC11 + "aes128-gcm": (16, "gcm"), XENC11 + "aes192-gcm": (24, "gcm"), XENC11 + "aes256-gcm": (32, "gcm"),
           XENC + "aes128-cbc": (16, "cbc"), XENC + "aes192-cbc": (24, "cbc"), XENC + "aes256-cbc": (32, "cbc")}


class Refused(Exception):
    """Carries one word of the closed list of reasons."""


@dataclass
class Trust:
    entity_id: str
    keys: list
    decryption_keys: list = field(default_factory=list)
    allow: frozenset = frozenset()
    recipients: tuple = (SIGNIN,)
    audiences: tuple = ("urn:amazon:webservices", SIGNIN)
    prefix: str = AWS
    skew: int = 0


def must(holds, reason):
    if not holds:
        raise Refused(reason)


# ---- bytes to a tree --------------------------------------------------------------------------

def decoded(text, reason="base64"):
    bare = re.sub(rb"[ \t\r\n]", b"", text)
    try:
        out = base64.b64decode(bare, validate=True)
    except binascii.Error:
        raise Refused(reason) from None
    must(base64.b64encode(out) == bare, reason)
    return out


def parsed(data):
    must(data.strip(), "size")
    data = data.removeprefix(b"\xef\xbb\xbf")
    must(b"\0" not in data, "encoding")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("encoding") from None
    declared = re.match(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", data)
    name = declared[1].lower() if declared else b"utf-8"
    must(name == b"utf-8" or (name == b"us-ascii" and data.isascii()), "encoding")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise Refused("malformed") from None
    must(root.getroottree().docinfo.internalDTD is None, "doctype")
    must(root.getprevious() is None and root.getnext() is None, "markup")
    gate(root)
    return root


def gate(root):
    ids, elements = set(), 0
    for node in root.iter():
        must(isinstance(node.tag, str), "markup")
        elements += 1
        must(elements <= 5000 and len(node.attrib) <= 32 and len(node.nsmap) <= 64, "limits")
        must(len((node.text or "").encode()) <= 65536 and len((node.tail or "").encode()) <= 65536, "limits")
        must(":" not in node.tag.rpartition("}")[2], "malformed")
        for uri in node.nsmap.values():
            must(not uri or re.match(r"[^:/?#]+:", uri), "c14n")
        for name, value in node.attrib.items():
            space, _, local = name.rpartition("}")
            must(":" not in local, "malformed")
            must(name != "{http://www.w3.org/XML/1998/namespace}base", "id")
            if local.lower() == "id":
                must(not space and value not in ids and 0 < len(value) <= 256, "id")
                # An NCName, as lxml itself judges it; but a digit may come first, as bare GUIDs have it.
                try:
                    etree.QName("_" + value)
                except ValueError:
                    raise Refused("id") from None
                must(":" not in value and "{" not in value, "id")
                ids.add(value)
    must(depth_of(root) <= 64, "limits")


def depth_of(root):
    deepest, depth = 0, 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def one(parent, name, reason):
    """The only child of that name; None when there is none."""
    found = parent.findall(name)
    must(len(found) <= 1, reason)
    return found[0] if found else None


def text(element):
    must(len(element) == 0, "markup")
    return element.text or ""


# ---- the shape of a message ---------------------------------------------------------------------

def check_signatures(root, places):
    """Every Signature in the tree stands in one of these elements, right after Issuer or first where there is none."""
    for signature in root.iter(D + "Signature"):
        parent, before = signature.getparent(), signature.getprevious()
        must(any(parent is place for place in places), "structure")
        must(before.tag == A + "Issuer" and before.getprevious() is None if before is not None else
             parent.tag == P + "Response" and parent.find(A + "Issuer") is None, "structure")


def check_response(root):
    must(root.tag == P + "Response" and root.get("ID"), "structure")
    must(root.get("Version") == "2.0", "version")
    inner = [e for e in root if e.tag in (A + "Assertion", A + "EncryptedAssertion")]
    must(len(inner) == 1 and len(list(root.iter(A + "Assertion", A + "EncryptedAssertion", P + "Response"))) == 2, "structure")
    plain = inner[0].tag == A + "Assertion"
    if plain:
        must(inner[0].get("Version") == "2.0", "version")
        must(inner[0].get("ID"), "id")
    check_signatures(root, [root, inner[0]] if plain else [root])
    return inner[0]


def check_assertion(root):
    must(root.tag == A + "Assertion" and root.get("ID") and root.get("Version") == "2.0", "structure")
    must(len(list(root.iter(A + "Assertion", A + "EncryptedAssertion", P + "Response"))) == 1, "structure")
    check_signatures(root, [root])
    return root


# ---- signatures ---------------------------------------------------------------------------------

def parts(parent, names, reason):
    """The children, which are exactly these, with nothing but white space between them."""
    must([e.tag for e in parent] == [D + name for name in names], reason)
    must(not (parent.text or "").strip() and not any((e.tail or "").strip() for e in parent), reason)
    return list(parent)


def prefixes_of(method, reason):
    must(method.get("Algorithm") == EXC and set(method.attrib) == {"Algorithm"}, reason)
    must(len(method) <= 1, "signature-form")
    if len(method) == 0:
        return None
    must(method[0].tag == "{%s}InclusiveNamespaces" % EXC and len(method[0]) == 0, "signature-form")
    must(set(method[0].attrib) <= {"PrefixList"}, "signature-form")
    prefixes = method[0].get("PrefixList", "").split()
    must(len(prefixes) <= 16, "signature-form")
    return prefixes


def canonical(element, prefixes):
    try:
        return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False,
                              inclusive_ns_prefixes=prefixes)
    except etree.C14NError:
        raise Refused("c14n") from None


def bytes_in(element):
    out = decoded(text(element).encode(), "signature-form")
    must(out, "signature-form")
    return out


def verifies(key, name, value, octets):
    chosen = getattr(hashes, name.upper())()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, octets, padding.PKCS1v15(), chosen)
        else:
            half = (key.curve.key_size + 7) // 8
            if len(value) != 2 * half:
                return False
            numbers = int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
            key.verify(encode_dss_signature(*numbers), octets, ec.ECDSA(chosen))
    except InvalidSignature:
        return False
    return True


def octets_signed(signature, trust):
    """The canonical octets that the signature covers."""
    names = ["SignedInfo", "SignatureValue", "KeyInfo"]
    info, value = parts(signature, names[:max(2, len(signature))], "signature-form")[:2]
    method, algorithm, reference = parts(info, ["CanonicalizationMethod", "SignatureMethod", "Reference"], "reference")
    transforms, digest_method, digest = parts(reference, ["Transforms", "DigestMethod", "DigestValue"], "transform")
    enveloped, exclusive = parts(transforms, ["Transform", "Transform"], "transform")
    signed = signature.getparent()
    must(reference.get("URI") == "#" + signed.get("ID") and set(reference.attrib) <= {"URI", "Id"}, "reference")
    must(dict(enveloped.attrib) == {"Algorithm": DSIG + "enveloped-signature"} and len(enveloped) == 0, "transform")
    info_prefixes = prefixes_of(method, "algorithm")
    element_prefixes = prefixes_of(exclusive, "transform")
    for element in (algorithm, digest_method):
        must(set(element.attrib) == {"Algorithm"}, "algorithm")
    must(len(algorithm) == 0, "signature-form")
    must(algorithm.get("Algorithm") in SIGNATURES and digest_method.get("Algorithm") in DIGESTS, "algorithm")
    kind, name = SIGNATURES[algorithm.get("Algorithm")]
    digest_name = DIGESTS[digest_method.get("Algorithm")]
    must("sha1" in trust.allow or "sha1" not in (name, digest_name), "algorithm")
    keys = [k for k in trust.keys if isinstance(k, kind)]
    must(keys, "algorithm")
    keys = [k for k in keys if kind is not rsa.RSAPublicKey or k.key_size >= 2048]
    must(keys, "key")

    signed_info = canonical(info, info_prefixes)
    must(any(verifies(key, name, bytes_in(value), signed_info) for key in keys), "signature")
    octets = without(signed, signature, element_prefixes)
    must(hmac.compare_digest(hashlib.new(digest_name, octets).digest(), bytes_in(digest)), "digest")
    return octets


def without(signed, signature, prefixes):
    """What is canonical of an element but for its own signature; the tree stays as it was."""
    at, before, tail = signed.index(signature), signature.getprevious(), signature.tail or ""
    kept = signed.text if before is None else before.tail
    signed.remove(signature)  # takes its tail along
    if before is None:
        signed.text = (kept or "") + tail
    else:
        before.tail = (kept or "") + tail
    octets = canonical(signed, prefixes)
    if before is None:
        signed.text = kept
    else:
        before.tail = kept
    signed.insert(at, signature)
    signature.tail = tail
    return octets


# ---- encryption ---------------------------------------------------------------------------------

def cipher_value(parent):
    data = one(parent, X + "CipherData", "encryption-form")
    must(data is not None and [e.tag for e in data] == [X + "CipherValue"], "encryption-form")
    return decoded(text(data[0]).encode(), "encryption-form")


def oaep_of(key):
    method = key.find(X + "EncryptionMethod")
    must(method is not None, "encryption-form")
    named = method.find(D + "DigestMethod")
    digest = DIGESTS.get(named.get("Algorithm")) if named is not None else "sha1"
    mask = "sha1"
    if method.get("Algorithm") == XENC11 + "rsa-oaep":
        given = method.find(X11 + "MGF")
        mask = given.get("Algorithm", "").removeprefix(XENC11 + "mgf1") if given is not None else "sha1"
    else:
        must(method.get("Algorithm") == XENC + "rsa-oaep-mgf1p", "algorithm")
    must(digest in DIGESTS.values() and mask in DIGESTS.values(), "algorithm")
    label = method.find(X + "OAEPparams")
    return padding.OAEP(padding.MGF1(getattr(hashes, mask.upper())()), getattr(hashes, digest.upper())(),
                        decoded(text(label).encode(), "encryption-form") if label is not None else None)


def decrypted(element, trust, covered):
    data = one(element, X + "EncryptedData", "encryption-form")
    must(data is not None and data.get("Type", XENC + "Element") == XENC + "Element", "encryption-form")
    keys = list(element.iter(X + "EncryptedKey"))
    must(len(keys) == 1, "encryption-form")
    size, mode = CIPHERS.get(getattr(data.find(X + "EncryptionMethod"), "attrib", {}).get("Algorithm"), (0, ""))
    must(size and (mode == "gcm" or ("cbc" in trust.allow and covered)), "algorithm")
    scheme, wrapped, content = oaep_of(keys[0]), cipher_value(keys[0]), cipher_value(data)
    for private in trust.decryption_keys:
        try:
            secret = private.decrypt(wrapped, scheme)
            must(len(secret) == size, "decrypt")
            if mode == "gcm":
                return AESGCM(secret).decrypt(content[:12], content[12:], None)
            decryptor = Cipher(algorithms.AES(secret), modes.CBC(content[:16])).decryptor()
            plain = decryptor.update(content[16:]) + decryptor.finalize()
            must(plain and 1 <= plain[-1] <= 16, "decrypt")
            return plain[:-plain[-1]]
        except (ValueError, InvalidTag):
            continue
    raise Refused("decrypt")


# ---- what is said -------------------------------------------------------------------------------

def instant(written):
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", written, re.ASCII)
    must(match and int(match[1]) >= 1970, "time-format")
    try:
        whole = datetime.datetime(*map(int, match.groups()[:6]), tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refused("time-format") from None
    return int(whole.timestamp()) * 10**9 + int((match[7] or "0").ljust(9, "0"))


def earliest(written):
    return min((w for w in written if w is not None), key=instant, default=None)


def arns(value):
    both = [part.strip(" \t\r\n") for part in value.split(",")]
    must(len(both) == 2, "role")
    found = {}
    for arn in both:
        match = re.fullmatch(r"arn:aws[a-z0-9-]*:iam::\d{12}:(role|saml-provider)/[!-~]+", arn, re.ASCII)
        must(match, "role")
        found["role" if match[1] == "role" else "provider"] = arn
    must(len(found) == 2, "role")
    return found


def aws_values(assertion, trust):
    """Attribute name without AWS's prefix to its values."""
    out = {}
    for attribute in assertion.findall(A + "AttributeStatement/" + A + "Attribute"):
        name = attribute.get("Name", "")
        short = name.removeprefix(trust.prefix) if name.startswith(trust.prefix) else ""
        if short:
            must(short not in out, "attribute")
            out[short] = [text(value) for value in attribute.findall(A + "AttributeValue")]
    return out


def single(values, name, reason, pattern):
    if name not in values:
        return None
    must(len(values[name]) == 1 and re.fullmatch(pattern, values[name][0], re.ASCII), reason)
    return values[name][0]


def tag_text(written):
    return all(unicodedata.category(c)[0] in "LZN" or c in "_.:/=+-@" for c in written)


def session_tags(values):
    tags = {}
    for name, content in values.items():
        key = name.removeprefix("PrincipalTag:")
        if key == name:
            continue
        must(len(content) == 1 and len(key) <= 128 and key and len(content[0]) <= 256, "tag")
        must(tag_text(key) and tag_text(content[0]) and not key.lower().startswith("aws:"), "tag")
        must(key.lower() not in map(str.lower, tags), "tag")
        tags[key] = content[0]
    must(len(tags) <= 50, "tag")
    return tags


def conditions_hold(conditions, trust):
    known = (A + "AudienceRestriction", A + "OneTimeUse", A + "ProxyRestriction")
    must(all(e.tag in known for e in conditions), "conditions")
    restrictions = conditions.findall(A + "AudienceRestriction")
    must(restrictions, "audience")
    for restriction in restrictions:
        named = [text(e) for e in restriction.findall(A + "Audience")]
        must(any(name in trust.audiences for name in named), "audience")


def values_of(assertion, response, at, trust):
    issuer = one(assertion, A + "Issuer", "issuer")
    must(issuer is not None and text(issuer) == trust.entity_id, "issuer")
    around = one(response, A + "Issuer", "issuer")
    must(around is None or text(around) == trust.entity_id, "issuer")
    must(response.get("Destination") in (None, *trust.recipients), "destination")
    subject = one(assertion, A + "Subject", "subject")
    name_id = one(subject, A + "NameID", "subject") if subject is not None else None
    must(name_id is not None and text(name_id).strip(" \t\r\n"), "subject")
    confirmation = one(subject, A + "SubjectConfirmation", "confirmation")
    must(confirmation is not None and confirmation.get("Method") == BEARER, "confirmation")
    data = one(confirmation, A + "SubjectConfirmationData", "confirmation")
    must(data is not None and data.get("NotBefore") is None and data.get("NotOnOrAfter") is not None, "confirmation")
    must(data.get("Recipient") in trust.recipients, "recipient")
    asked = {response.get("InResponseTo"), data.get("InResponseTo")} - {None}
    must(len(asked) <= 1, "response-to")
    conditions = one(assertion, A + "Conditions", "conditions")
    must(conditions is not None, "conditions")
    conditions_hold(conditions, trust)
    authentications = assertion.findall(A + "AuthnStatement")
    must(authentications, "authn")

    now, skew, begin = instant(at), trust.skew * 10**9, conditions.get("NotBefore")
    must(begin is None or instant(begin) - skew <= now, "not-yet-valid")
    end = earliest([conditions.get("NotOnOrAfter"), data.get("NotOnOrAfter")])
    session_end = earliest([e.get("SessionNotOnOrAfter") for e in authentications])
    must(all(e is None or now < instant(e) + skew for e in (end, session_end)), "expired")

    values = aws_values(assertion, trust)
    must(values.get("Role"), "role")
    duration = single(values, "SessionDuration", "session-duration", r"[0-9]{1,9}")
    must(duration is None or 900 <= int(duration) <= 43200, "session-duration")
    session_name = single(values, "RoleSessionName", "session-name", r"[\w+=,.@-]{2,64}")
    must(session_name is not None, "session-name")
    return {"accepted": True, "issuer": text(issuer), "name_id": text(name_id), "name_id_format": name_id.get("Format", ""),
            "assertion_id": assertion.get("ID"), "recipient": data.get("Recipient"),
            "roles": [arns(value) for value in values["Role"]], "session_name": session_name,
            "session_duration": int(duration) if duration else None,
            "source_identity": single(values, "SourceIdentity", "source-identity", r"(?!aws:)[\w+=,.@-]{2,64}"),
            "tags": session_tags(values), "transitive_tag_keys": values.get("TransitiveTagKeys", []),
            "not_on_or_after": end, "session_not_on_or_after": session_end}


# ---- a whole message ----------------------------------------------------------------------------

def proved(root, trust):
    """The assertion, in a tree made of octets that somebody who is trusted has signed."""
    inner = check_response(root)
    signature, covered = root.find(D + "Signature"), None
    if signature is not None:
        covered = parsed(octets_signed(signature, trust))
    plain = inner
    if inner.tag == A + "EncryptedAssertion":
        source = check_response(covered) if covered is not None else inner
        secret = decrypted(source, trust, covered is not None)
        try:
            plain = check_assertion(parsed(secret))
        except Refused:
            raise Refused("decrypt") from None
    own = plain.find(D + "Signature")
    if own is not None:
        return check_assertion(parsed(octets_signed(own, trust)))
    must(covered is not None, "unsigned")
    return plain if inner.tag == A + "EncryptedAssertion" else check_response(covered)


def judge(message, base64_form, at, trust):
    try:
        if base64_form:
            must(message.strip() and len(message) <= 100_000, "size")
            message = decoded(message)
            must(message.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"), "base64")
        must(len(message) <= 75_000, "size")
        root = parsed(message)
        assertion = proved(root, trust)
        status = one(root, P + "Status", "status")
        code = one(status, P + "StatusCode", "status") if status is not None else None
        must(code is not None and code.get("Value") == SUCCESS, "status")
        return values_of(assertion, root, at, trust)
    except Refused as refusal:
        return {"accepted": False, "reason": str(refusal)}
