"""The rules for what a proved assertion says; the other half of second_engine.py."""
import datetime
import re
import unicodedata
from dataclasses import dataclass, field

P = "{urn:oasis:names:tc:SAML:2.0:protocol}"
A = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SIGNIN = "https://signin.aws.amazon.com/saml"
AWS = "https://aws.amazon.com/SAML/Attributes/"


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
    policies: frozenset = frozenset()  # other readings of the rules, where they leave a choice: see saml.py


def must(holds, reason):
    if not holds:
        raise Refused(reason)


def one(parent, name, reason):
    """The only child of that name; None when there is none."""
    found = parent.findall(name)
    must(len(found) <= 1, reason)
    return found[0] if found else None


def text(element):
    must(len(element) == 0, "markup")
    return element.text or ""


def check_status(response):
    status = one(response, P + "Status", "status")
    code = one(status, P + "StatusCode", "status") if status is not None else None
    must(code is not None and code.get("Value") == SUCCESS, "status")


def instant(written, resolution=1):
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", written, re.ASCII)
    must(match, "time-format")
    try:
        whole = datetime.datetime(*map(int, match.groups()[:6]), tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refused("time-format") from None
    must(whole.year >= 1970, "time-format")
    return (int(whole.timestamp()) * 10**9 + int((match[7] or "0").ljust(9, "0"))) // resolution * resolution


def earliest(written, resolution):
    return min((w for w in written if w is not None), key=lambda w: instant(w, resolution), default=None)


def arns(value, trust):
    account = r"[^:]*" if "any account" in trust.policies else r"\d{12}"
    both = [part.strip(" \t\r\n") for part in value.split(",")]
    must(len(both) == 2, "role")
    found = {}
    for arn in both:
        match = re.fullmatch(r"arn:aws[a-z0-9-]*:iam::" + account + r":(role|saml-provider)/[!-~]+", arn, re.ASCII)
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


def tag_key(key):
    return 0 < len(key) <= 128 and tag_text(key) and not key.lower().startswith("aws:")


def session_tags(values):
    must(all(map(tag_key, values.get("TransitiveTagKeys", []))), "tag")
    tags = {}
    for name, content in values.items():
        key = name.removeprefix("PrincipalTag:")
        if key == name:
            continue
        must(tag_key(key) and len(content) == 1 and len(content[0]) <= 256 and tag_text(content[0]), "tag")
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

    tick = 10**6 if "milliseconds" in trust.policies else 1
    now, skew, begin = instant(at), trust.skew * 10**9, conditions.get("NotBefore")
    must(begin is None or instant(begin, tick) - skew <= now, "not-yet-valid")
    end = earliest([conditions.get("NotOnOrAfter"), data.get("NotOnOrAfter")], tick)
    session_end = earliest([e.get("SessionNotOnOrAfter") for e in authentications], tick)
    must(all(e is None or now < instant(e, tick) + skew for e in (end, session_end)), "expired")

    values = aws_values(assertion, trust)
    must(values.get("Role"), "role")
    duration = single(values, "SessionDuration", "session-duration", r"[0-9]{1,9}")
    must(duration is None or 900 <= int(duration) <= 43200, "session-duration")
    session_name = single(values, "RoleSessionName", "session-name", r"[\w+=,.@-]{2,64}")
    must(session_name is not None, "session-name")
    return {"accepted": True, "issuer": text(issuer), "name_id": text(name_id), "name_id_format": name_id.get("Format", ""),
            "assertion_id": assertion.get("ID"), "recipient": data.get("Recipient"),
            "roles": [arns(value, trust) for value in values["Role"]], "session_name": session_name,
            "session_duration": int(duration) if duration else None,
            "source_identity": single(values, "SourceIdentity", "source-identity", r"(?!aws:)[\w+=,.@-]{2,64}"),
            "tags": session_tags(values), "transitive_tag_keys": values.get("TransitiveTagKeys", []),
            "not_on_or_after": end, "session_not_on_or_after": session_end}
