"""The cases and the keys that sign them: what structure.py, signatures.py and contents.py add their cases by."""
import datetime
import re
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from message import D, ISSUER, P, PROVIDER, ROLE, SIGNIN, SUBJECT, base64_of, response, signed

FOLDER = Path(__file__).resolve().parent.parent / "data/cases"
NOON = "2028-02-29T12:00:00Z"


# ---- keys ---------------------------------------------------------------------------------------

def key_named(name, make):
    path = FOLDER / "keys" / f"{name}.key"
    if not path.exists():
        pem = make().private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.parent.mkdir(exist_ok=True)
        path.write_text("A key for tests: everybody has it, and nothing may trust it.\n" + pem.decode())
    return serialization.load_pem_private_key(path.read_bytes(), None)


def certificate_of(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "awsfed test key")])
    day = datetime.datetime(2026, 1, 1)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, day, day.replace(year=2056))
    is_rsa = isinstance(key, rsa.RSAPrivateKey)
    done = made.sign(key, hashes.SHA256(), ecdsa_deterministic=None if is_rsa else True)
    return base64_of(done.public_bytes(serialization.Encoding.DER))


KEY = key_named("mill-p256", lambda: ec.generate_private_key(ec.SECP256R1()))
RSA_KEY = key_named("mill-rsa", lambda: rsa.generate_private_key(65537, 2048))
STRANGER = key_named("stranger-p256", lambda: ec.generate_private_key(ec.SECP256R1()))


def metadata(*keys, use="signing"):
    certificates = "".join(
        f'<m:KeyDescriptor use="{use}"><d:KeyInfo><d:X509Data><d:X509Certificate>{certificate_of(key)}</d:X509Certificate></d:X509Data>'
        "</d:KeyInfo></m:KeyDescriptor>\n" for key in keys)
    return (f'<m:EntityDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:d="{D}" entityID="{ISSUER}">'
            f'<m:IDPSSODescriptor protocolSupportEnumeration="{P}">\n{certificates}<m:SingleSignOnService Binding="urn:oasis:names:'
            'tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.mill.test/"/></m:IDPSSODescriptor></m:EntityDescriptor>\n')


# ---- the list of cases --------------------------------------------------------------------------

RESULT = {"issuer": ISSUER, "name_id": SUBJECT, "name_id_format": "", "assertion_id": "_a", "recipient": SIGNIN,
          "roles": [{"role": ROLE, "provider": PROVIDER}], "session_name": "ada", "not_on_or_after": "2028-02-29T12:05:00Z"}
CASES, FILES = [], {}


def add(expect, row, name, idea, message, reasons="", at=NOON, args=(), keys="mill.xml", **result):
    form = next((args[i + 1] for i, option in enumerate(args) if option == "--form"), "xml")
    path = f"{expect}/{expect}_{name}.{'xml' if form == 'xml' else 'txt'}"
    assert path not in FILES, path
    FILES[path] = message if isinstance(message, bytes) else message.encode()
    reason, *also = reasons.split() or [None]
    case = {"file": path, "form": form, "expect": expect, "reason": reason, "reason_also": also, "idea": idea, "row": row,
            "metadata": "metadata/" + keys, "evaluate_at": at, "args": list(args),
            "result": {} if expect == "refuse" else {**RESULT, **result}}
    CASES.append({name: value for name, value in case.items() if value})


def accept(row, name, idea, message, **more):
    add("accept", row, name, idea, message, **more)


def refuse(row, name, reasons, idea, message, **more):
    """`reasons`: the first is the one that is meant; the others are right too, where the order of checks decides."""
    add("refuse", row, name, idea, message, reasons, **more)


def by_assertion(message=None, form=None, key=KEY):
    return signed(response() if message is None else message, "_a", key, form)


def by_response(message=None, form=None, key=KEY):
    return signed(response() if message is None else message, "_r", key, form)


def swapped(text, old, new):
    assert old in text, old
    return text.replace(old, new, 1)


def piece(text, name):
    """The first element of that name, as it is written."""
    return re.search(rf"<{name}\b.*</{name}>", text, re.S)[0]
