"""Small SAML responses, and signatures over them, for the cases.

The canonical form is made here from what expat reads, and not by libxml2: what the library accepts of it, two programs
have made out of the standard (https://www.w3.org/TR/xml-exc-c14n/).
"""
import base64
import hashlib
import re
from dataclasses import dataclass, field
from typing import Callable
from xml.parsers import expat

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
D = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XML = "http://www.w3.org/XML/1998/namespace"
SIGNIN = "https://signin.aws.amazon.com/saml"
AWS = "https://aws.amazon.com/SAML/Attributes/"
ISSUER = "urn:mill:idp"
XS = ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
LONG_URI = "urn:" + "n" * 252  # as long as a namespace may be
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


# ---- exclusive canonical form -------------------------------------------------------------------

@dataclass
class Element:
    name: str  # as written, with its prefix
    attributes: list  # (name as written, value), without declarations
    scope: dict  # prefix to URI, "" is the default one
    children: list = field(default_factory=list)  # elements and texts

    def named(self, identity):
        """The first element with that ID, itself or inside."""
        if ("ID", identity) in self.attributes:
            return self
        inner = (child.named(identity) for child in self.children if isinstance(child, Element))
        return next((found for found in inner if found), None)

    def first(self, local):
        """The first element of that local name, itself or inside."""
        if self.name.rpartition(":")[2] == local:
            return self
        inner = (child.first(local) for child in self.children if isinstance(child, Element))
        return next((found for found in inner if found), None)


def parsed(text):
    """The root of what expat reads."""
    root, stack = [], []

    def start(name, flat):
        pairs = list(zip(flat[::2], flat[1::2]))
        scope = dict(stack[-1].scope) if stack else {"": "", "xml": XML}
        for key, value in pairs:
            if key == "xmlns" or key.startswith("xmlns:"):
                scope[key[6:]] = value
        element = Element(name, [(k, v) for k, v in pairs if not re.match("xmlns(:|$)", k)], scope)
        (stack[-1].children if stack else root).append(element)
        stack.append(element)

    parser = expat.ParserCreate()
    parser.ordered_attributes = parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, lambda name: stack.pop()
    parser.CharacterDataHandler = lambda data: stack[-1].children.append(data)
    parser.Parse(text.encode(), True)
    return root[0]


def escaped(text, more):
    for letter, reference in (("&", "&amp;"), ("<", "&lt;"), *more, ("\r", "&#xD;")):
        text = text.replace(letter, reference)
    return text


IN_TEXT = ((">", "&gt;"),)
IN_VALUE = (('"', "&quot;"), ("\t", "&#x9;"), ("\n", "&#xA;"))


def canonical(element, listed=(), rendered=None):
    """`listed` is a PrefixList: these prefixes are written where they are in scope, used or not (section 2.3)."""
    rendered = {"": ""} if rendered is None else dict(rendered)
    prefix = lambda name: name.rpartition(":")[0]
    wanted = {prefix(element.name)} | {prefix(name) for name, _ in element.attributes if ":" in name}
    wanted |= {"" if one == "#default" else one for one in listed}
    declarations = []
    for one in sorted(wanted - {"xml"}):
        uri = element.scope.get(one)
        if uri is not None and rendered.get(one) != uri:
            rendered[one] = uri
            declarations.append((one and "xmlns:" + one or "xmlns", uri))
    space = lambda name: element.scope[prefix(name)] if ":" in name else ""
    ordered = sorted(element.attributes, key=lambda pair: (space(pair[0]), pair[0].rpartition(":")[2]))
    inside = "".join(canonical(child, listed, rendered) if isinstance(child, Element) else escaped(child, IN_TEXT)
                     for child in element.children)
    values = "".join(' %s="%s"' % (name, escaped(value, IN_VALUE)) for name, value in declarations + ordered)
    return f"<{element.name}{values}>{inside}</{element.name}>"


# ---- signatures ---------------------------------------------------------------------------------

VALUE = "[value]"  # where a signature's value will stand


def base64_of(octets):
    return base64.b64encode(octets).decode()


def raw_signature(key, octets):
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    halves = decode_dss_signature(key.sign(octets, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return b"".join(half.to_bytes(32, "big") for half in halves)


def inclusive(prefixes):
    """The parameter of a canonicalisation; nothing for None."""
    return "" if prefixes is None else f'<x:InclusiveNamespaces xmlns:x="{EXCLUSIVE}" PrefixList="{prefixes}"/>'


@dataclass
class Form:
    """How to sign. `edit` changes the signature before it is made, `as_if` and `info_as_if` are the PrefixLists that the
    signer goes by, where they are not those that it writes."""
    element_list: str | None = None
    info_list: str | None = None
    as_if: str | None = None
    info_as_if: str | None = None
    uri: str | None = None
    edit: Callable = lambda text: text


def signature_text(form, identity, digest, key):
    kind = "rsa" if isinstance(key, rsa.RSAPrivateKey) else "ecdsa"
    uri = "#" + identity if form.uri is None else form.uri
    return form.edit(
        f'<d:Signature xmlns:d="{D}"><d:SignedInfo><d:CanonicalizationMethod Algorithm="{EXCLUSIVE}">{inclusive(form.info_list)}'
        f'</d:CanonicalizationMethod><d:SignatureMethod Algorithm="{MORE}{kind}-sha256"/><d:Reference URI="{uri}"><d:Transforms>'
        f'<d:Transform Algorithm="{D}enveloped-signature"/><d:Transform Algorithm="{EXCLUSIVE}">{inclusive(form.element_list)}'
        '</d:Transform></d:Transforms><d:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<d:DigestValue>{digest}</d:DigestValue></d:Reference></d:SignedInfo><d:SignatureValue>{VALUE}</d:SignatureValue></d:Signature>")


def prefixes(written, as_if):
    """The words of a PrefixList, as an XML reader has them."""
    listed = (written or "") if as_if is None else as_if
    return re.findall("[^ \t\r\n]+", parsed(f'<x list="{listed}"/>').attributes[0][1])


def signed(message, identity, key, form=None):
    """The message with a signature over the element of that ID, right behind its Issuer."""
    form = form or Form()
    octets = canonical(parsed(message).named(identity), prefixes(form.element_list, form.as_if)).encode()
    text = signature_text(form, identity, base64_of(hashlib.sha256(octets).digest()), key)
    at = re.compile(r'ID="%s".*?</(\w+:)?Issuer>' % re.escape(identity), re.S).search(message).end()
    whole = message[:at] + text + message[at:]
    info = canonical(parsed(whole).named(identity).first("SignedInfo"), prefixes(form.info_list, form.info_as_if))
    return whole.replace(VALUE, base64_of(raw_signature(key, info.encode())))


# ---- messages -----------------------------------------------------------------------------------

ROLE = "arn:aws:iam::111122223333:role/Miller"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/Mill"
EVIL_ROLE = "arn:aws:iam::111122223333:role/Admin"
SUBJECT = "ada@mill.test"


def attribute(name, *values, prefix=AWS):
    inside = "".join(value if value.startswith("<") else f"<s:AttributeValue>{value}</s:AttributeValue>" for value in values)
    return f'<s:Attribute Name="{prefix}{name}">{inside}</s:Attribute>'


def assertion(identity="_a", attributes="", more="", name_id=f"<s:NameID>{SUBJECT}</s:NameID>", role=f"{ROLE},{PROVIDER}",
              session_name="ada", begin=None, end="2028-02-29T12:05:00Z", confirmed="2028-02-29T12:05:00Z",
              session_end=None, declared="", conditions="", issuer=ISSUER):
    """`attributes` stand beside AWS's, `more` in front of them, `declared` in the start tag."""
    ends = f' SessionNotOnOrAfter="{session_end}"' if session_end else ""
    begins = f' NotBefore="{begin}"' if begin else ""
    return (
        f'<s:Assertion ID="{identity}" Version="2.0" IssueInstant="2028-02-29T12:00:00Z"{declared}><s:Issuer>{issuer}</s:Issuer>'
        f'<s:Subject>{name_id}<s:SubjectConfirmation Method="{BEARER}"><s:SubjectConfirmationData NotOnOrAfter="{confirmed}" '
        f'Recipient="{SIGNIN}"/></s:SubjectConfirmation></s:Subject><s:Conditions{begins} NotOnOrAfter="{end}">'
        f"<s:AudienceRestriction><s:Audience>urn:amazon:webservices</s:Audience></s:AudienceRestriction>{conditions}</s:Conditions>"
        f'<s:AuthnStatement{ends}/>{more}<s:AttributeStatement>{attribute("Role", role)}'
        f'{attribute("RoleSessionName", session_name)}{attributes}</s:AttributeStatement></s:Assertion>')


def response(inside=None, declared="", extensions="", status=f'<p:StatusCode Value="{SUCCESS}"/>', identity="_r", issuer=ISSUER):
    """`declared` stands in the start tag, `inside` is the assertion, or what stands in its place."""
    free = f"<p:Extensions>{extensions}</p:Extensions>" if extensions else ""
    return (f'<p:Response xmlns:p="{P}" xmlns:s="{A}"{declared} ID="{identity}" Version="2.0">'
            f"<s:Issuer>{issuer}</s:Issuer>{free}<p:Status>{status}</p:Status>{assertion() if inside is None else inside}</p:Response>")


def evil(text, identity=None):
    """The same for somebody else, and under another ID where one is given."""
    text = text.replace(ROLE, EVIL_ROLE).replace(SUBJECT, "root@mill.test")
    return text if identity is None else re.sub(r'(<s:Assertion ID=|<p:Response [^>]*?ID=)"[^"]*"', r'\1"%s"' % identity, text, count=1)
