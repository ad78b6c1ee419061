"""Messages that want to cost as much as they can, none longer than STS takes; and a response that was altered.

A flood stands alone, in base64, in an unsigned samlp:Extensions of a well signed response, and in its signed assertion:
there the signature of SignedInfo still fits, so that the flood is made canonical and hashed before it is refused.
"""
import base64

CHARACTERS_MAX = 100_000
BYTES_MAX = CHARACTERS_MAX // 4 * 3  # of XML: base64 makes four characters of three
EXTENSIONS_AT, ASSERTED_AT = "<samlp:Status>", "</saml:AttributeStatement>"


def filled(begin, piece, end, room, count=None):
    """begin and end, with piece(0), piece(1), ... in between: count of them, else as many as there is room for."""
    parts, left = [begin], room - len(begin) - len(end)
    for number in range(room if count is None else count):
        part = piece(number)
        left -= len(part)
        if left < 0:
            break
        parts.append(part)
    return "".join([*parts, end])


def attributes(number, count):
    return f"<a{number % 10} " + " ".join(f'a{i}=""' for i in range(count)) + "/>"


def floods(room):
    """{name: XML of at most so many bytes}, each a whole element."""
    return {
        "attributes-9000-in-one-tag": filled("<a ", lambda i: f'a{i}="" ', "/>", room, 9000),
        "attributes-95-a-tag": filled("<a>", lambda i: attributes(i, 95), "</a>", room),
        "attributes-32-a-tag": filled("<a>", lambda i: attributes(i, 32), "</a>", room),
        "namespaces-60-a-tag": filled("<a>", lambda i: "<b " + " ".join(f'xmlns:n{j}="u:"' for j in range(60)) + "/>",
                                      "</a>", room),
        "elements-4900": filled("<a>", lambda _: "<b/>", "</a>", room, 4900),
        "elements-full": filled("<a>", lambda _: "<b/>", "</a>", room),
        "depth-60": "<a>" * 60 + "</a>" * 60,
        "depth-full": "<a>" * (room // 7) + "</a>" * (room // 7),
        "text": filled("<a>", lambda _: "x", "</a>", room),
        "character-references": filled("<a>", lambda _: "&#65;", "</a>", room),
        "cdata": filled("<a>", lambda _: "<![CDATA[x]]>", "</a>", room),
        "comments": filled("<a>", lambda _: "<!---->", "</a>", room),
        "ids-4500": filled("<a>", lambda i: f'<b ID="_{i}"/>', "</a>", room, 4500),
    }


def in_front(text, place, addition):
    before, found, after = text.partition(place)
    if not found:
        raise ValueError(f"there is no {place} in the response")
    return before + addition + found + after


def certificates(signed, room):
    """A signature that does not fit, under as many copies of its certificate as there is room for: whoever looks for
    the one that made it has much to try."""
    begin, end = "<ds:X509Certificate>", "</ds:X509Certificate>"
    shown = begin + signed.partition(begin)[2].partition(end)[0] + end
    return in_front(altered(signed)["signature"], "</ds:X509Data>", shown * (room // len(shown)))


def messages(signed):
    """{name: text}; signed: a well signed response."""
    extensions = "<samlp:Extensions>{}</samlp:Extensions>"
    attribute = '<saml:Attribute Name="flood"><saml:AttributeValue>{}</saml:AttributeValue></saml:Attribute>'
    room = BYTES_MAX - len(signed) - len(attribute)
    alone = floods(BYTES_MAX) | {"tag-openings": "<" * 74_000}
    made = {f"{name}.xml": text for name, text in alone.items()}
    made |= {f"{name}.base64": base64.b64encode(text.encode()).decode() for name, text in alone.items()}
    made["blanks.base64"] = " " * 99_990
    for name, text in floods(room).items():
        made[f"{name}-in-extensions.xml"] = in_front(signed, EXTENSIONS_AT, extensions.format(text))
        made[f"{name}-in-the-assertion.xml"] = in_front(signed, ASSERTED_AT, attribute.format(text))
    made["certificates.xml"] = certificates(signed, room)
    for name, text in made.items():
        if len(text) > CHARACTERS_MAX:
            raise ValueError(f"{name} has {len(text)} characters")
    return made


def altered(response):
    """{what was altered: the response, one letter of it another}: of a signed attribute, and of the signature."""
    made = {}
    for what, begin in {"text": "<saml:AttributeValue", "signature": "<ds:SignatureValue>"}.items():
        at = response.index(">", response.index(begin)) + 10
        other = "A" if response[at] != "A" else "B"
        made[what] = response[:at] + other + response[at + 1:]
    return made


def written(folder, texts):
    """The files of {name: text}."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]
