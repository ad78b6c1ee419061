"""A second opinion on SAML responses, for tests: judges as the corpus' rules say, on lxml and cryptography.

Nothing here was taken from the library in src/saml, and it should stay so: two programs that were written from one text
seldom make the same mistake. Canonical forms are made by tests/saml/cases/message.py, which uses no libxml2. It is read by
people, and it is not fast. This half opens a message and proves it;
second_rules.py says what it must say.

    Trust(entity_id, keys, decryption_keys, allow, recipients, audiences, prefix, skew)
    judge(data, base64_form, at, trust) -> {"accepted": True, ...values} or {"accepted": False, "reason": word}
"""
import base64
import binascii
import hashlib
import hmac
import re
import sys
from pathlib import Path
from xml.parsers import expat

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

sys.path.append(str(Path(__file__).resolve().parent.parent / "saml" / "cases"))

import message
from second_rules import A, P, Refused, check_status, must, one, text, values_of

D = "{http://www.w3.org/2000/09/xmldsig#}"
X = "{http://www.w3.org/2001/04/xmlenc#}"
X11 = "{http://www.w3.org/2009/xmlenc11#}"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
DSIG, MORE, XENC, XENC11 = D[1:-1], "http://www.w3.org/2001/04/xmldsig-more#", X[1:-1], X11[1:-1]

DIGESTS = {DSIG + "sha1": "sha1", XENC + "sha256": "sha256", MORE + "sha384": "sha384", XENC + "sha512": "sha512"}
SIGNATURES = {DSIG + "rsa-sha1": (rsa.RSAPublicKey, "sha1")}
for bits in ("256", "384", "512"):
    SIGNATURES[MORE + "rsa-sha" + bits] = (rsa.RSAPublicKey, "sha" + bits)
    SIGNATURES[MORE + "ecdsa-sha" + bits] = (ec.EllipticCurvePublicKey, "sha" + bits)
CIPHERS = {XENC11 + "aes128-gcm": (16, "gcm"), XENC11 + "aes192-gcm": (24, "gcm"), XENC11 + "aes256-gcm": (32, "gcm"),
           XENC + "aes128-cbc": (16, "cbc"), XENC + "aes192-cbc": (24, "cbc"), XENC + "aes256-cbc": (32, "cbc")}


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
    version = re.match(rb"<\?xml[^>]*?version\s*=\s*[\"']([^\"']*)", data)
    must(not version or version[1] == b"1.0", "encoding")
    must(not data.startswith(b"\xef\xbb\xbf"), "encoding")
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
    ids, elements, depth, prefixes, declarations = set(), 0, 0, 0, 0
    for event, node in etree.iterwalk(root, events=("start", "end", "start-ns", "end-ns", "comment", "pi")):
        if event == "start-ns":
            prefixes, declarations = prefixes + 1, declarations + 1
            must(not node[1] or re.match(r"[^:/?#]+:", node[1]), "c14n")
            must("&" not in node[1], "c14n")  # which libxml2's canonical form does not escape
            must(re.fullmatch(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*", node[1]), "malformed")  # no URI (RFC 3986); lxml lets it pass
            must(len(node[1].encode()) <= 256 and declarations <= 1500, "limits")
        elif event == "end-ns":
            prefixes -= 1
        elif event == "end":
            depth -= 1
        else:
            must(event == "start" and isinstance(node.tag, str), "markup")
            elements, depth = elements + 1, depth + 1
            must(elements <= 5000 and depth <= 64 and prefixes <= 64 and len(node.attrib) <= 32, "limits")
            must(all(len(text.encode()) <= 65536 for text in (node.text, node.tail) if text), "limits")
            check_names(node, ids)


def check_names(node, ids):
    must(":" not in node.tag.rpartition("}")[2], "malformed")
    for name, value in node.attrib.items():
        space, _, local = name.rpartition("}")
        must(":" not in local, "malformed")
        must(name != "{http://www.w3.org/XML/1998/namespace}base", "id")
        if local.lower() == "id":
            must(not space and value not in ids and 0 < len(value) <= 256 and not set(value) & set(":{}\ufeff"), "id")  # an xs:ID is a name of XML's earlier editions
            try:
                etree.QName("_" + value)  # an NCName, but a digit may come first, as bare GUIDs have it
            except ValueError:
                raise Refused("id") from None
            ids.add(value)


# ---- the shape of a message ---------------------------------------------------------------------

def check_signatures(root, places):
    """Each stands in one of these elements, right after Issuer or first where there is none; no SignedInfo elsewhere."""
    for signature in root.iter(D + "Signature"):
        parent, before = signature.getparent(), signature.getprevious()
        must(any(parent is place for place in places), "structure")
        must(before.tag == A + "Issuer" and before.getprevious() is None if before is not None else
             parent.tag == P + "Response" and parent.find(A + "Issuer") is None, "structure")
    must(all(info.getparent().tag == D + "Signature" for info in root.iter(D + "SignedInfo")), "structure")


def check_response(root):
    must(root.tag == P + "Response", "structure")
    must(root.get("ID"), "id")
    must(root.get("Version") == "2.0", "version")
    inner = [e for e in root if e.tag in (A + "Assertion", A + "EncryptedAssertion")]
    known = {A + "Issuer", D + "Signature", P + "Extensions", P + "Status", A + "Assertion", A + "EncryptedAssertion"}
    must(all(child.tag in known for child in root), "structure")
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


def bare(element, *names):
    """It has no attributes but these, whatever their namespace."""
    must(set(element.attrib) <= set(names), "signature-form")


def prefixes_in(parameter):
    return re.findall("[^ \t\r\n]+", parameter.get("PrefixList", ""))


def prefixes_of(method, reason):
    must(method.get("Algorithm") == EXC and set(method.attrib) == {"Algorithm"}, reason)
    must(len(method) <= 1, "signature-form")
    if len(method) == 0:
        return None
    must(method[0].tag == "{%s}InclusiveNamespaces" % EXC and len(method[0]) == 0, "signature-form")
    must(set(method[0].attrib) <= {"PrefixList"}, "signature-form")
    prefixes = prefixes_in(method[0])
    must(len(prefixes) <= 16, "signature-form")
    return prefixes


def canonical(element, prefixes):
    """By a program of our own: lxml forgets #default, and libxml2 would be asked about itself."""
    try:
        octets = message.canonical(message.parsed(etree.tostring(element, encoding="unicode", with_tail=False)), prefixes or ()).encode()
    except expat.ExpatError:  # it knows names of XML's fourth edition only: U+FEFF, for one, is a letter since the fifth
        octets = etree.tostring(element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes or None)
    must(len(octets) <= 400_000, "limits")
    return octets


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
    must(len(algorithm) == 0 and len(digest_method) == 0, "signature-form")
    for element in (signature, info, value):
        bare(element, "Id")
    for element in (transforms, digest):
        bare(element)
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
    must(method is not None and {e.tag for e in method} <= {D + "DigestMethod", X11 + "MGF", X + "OAEPparams"}, "encryption-form")
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
    must({e.tag for e in element} <= {X + "EncryptedData", X + "EncryptedKey"}, "encryption-form")
    must(data is not None and [e.tag for e in data if e.tag != D + "KeyInfo"] == [X + "EncryptionMethod", X + "CipherData"],
         "encryption-form")
    must(data.get("Type", XENC + "Element") == XENC + "Element", "encryption-form")
    keys = list(element.iter(X + "EncryptedKey"))
    must(len(keys) == 1 and [e.tag for e in keys[0]] == [X + "EncryptionMethod", X + "CipherData"], "encryption-form")
    for info in data.findall(D + "KeyInfo"):
        must([e.tag for e in info] in ([X + "EncryptedKey"], [D + "RetrievalMethod"]), "encryption-form")
    method = data.find(D + "KeyInfo/" + D + "RetrievalMethod")
    must(method is None or method.get("Type", XENC + "EncryptedKey") == XENC + "EncryptedKey", "encryption-form")
    must(method is None or method.get("URI") == "#" + keys[0].get("Id", "") and keys[0].getparent() is element, "encryption-form")
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


def judge(data, base64_form, at, trust):
    try:
        if base64_form:
            must(data.strip() and len(data) <= 100_000, "size")
            data = decoded(data)
            must(data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"), "base64")
        must(len(data) <= 75_000, "size")
        root = parsed(data)
        assertion = proved(root, trust)
        check_status(root)
        return values_of(assertion, root, at, trust)
    except Refused as refusal:
        return {"accepted": False, "reason": str(refusal)}
