#!/usr/bin/env python3
"""Looks for secrets in what a program printed, in every form in which they travel; run alone, it tests itself.

Forms: plain, base64 at each of the three offsets (both alphabets), percent (strict, form and in a path, both cases of hex)
and JSON (with and without \\u escapes, and as writers have it that look to HTML). Security rule 14 names them.
"""
import base64
import json
import re
import sys
import urllib.parse

SHORTEST = 4  # what is shorter would be found by chance


def base64_cores(data):
    """The characters of base64 that depend on the data alone, wherever it stands in a longer text."""
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data).decode()
        start = (0, 2, 3)[offset]  # the characters that the bytes before have a part in
        whole = (offset + len(data)) * 8 // 6  # those that the bytes behind have none in
        yield text[start:whole]


def percent_forms(text):
    for escaped in (urllib.parse.quote(text, safe=""), urllib.parse.quote(text, safe="*!'()"), urllib.parse.quote(text),
                    urllib.parse.quote(text, safe="$&+=:@"), urllib.parse.quote_plus(text)):
        yield escaped
        yield re.sub("%..", lambda octet: octet.group().lower(), escaped)


def json_forms(text):
    for is_ascii in (True, False):
        written = json.dumps(text, ensure_ascii=is_ascii)[1:-1]
        yield written
        yield written.replace("/", "\\/")
        yield re.sub("[<>&=']", lambda mark: f"\\u{ord(mark[0]):04x}", written)  # Gson
    dotnet = re.sub(r"\\u....", lambda escape: "\\u" + escape[0][2:].upper(), json.dumps(text)[1:-1].replace('\\"', "\\u0022"))
    yield re.sub("[<>&'+`]", lambda mark: f"\\u{ord(mark[0]):04X}", dotnet)


def forms_of(secret):
    """{form: text} of one secret."""
    data = secret.encode("utf-8")
    found = {"plain": {secret}, "base64": set(), "percent": set(percent_forms(secret)),
             "JSON": set(json_forms(secret))}
    for core in base64_cores(data):
        found["base64"] |= {core, core.replace("+", "-").replace("/", "_")}
    return {form: {text for text in texts if len(text) >= SHORTEST} for form, texts in found.items()}


def leaks(printed, secrets):
    """["password in base64", ...] for {name: secret}; line breaks in what was printed hide nothing."""
    if isinstance(printed, bytes):
        printed = printed.decode("utf-8", errors="replace")
    haystacks = (printed, "".join(printed.split("\n")), "".join(printed.split()))
    return sorted({f"{name} in {form} form" for name, secret in secrets.items() if secret
                   for form, texts in forms_of(secret).items() for text in texts
                   if any(text in haystack for haystack in haystacks)})


# No assertion may be printed, not even one whose text a test cannot know.
SAML_MARKS = {f"the assertion's {mark}": mark for mark in
              ("<samlp:Response", "<saml:Assertion", "SignatureValue>", "/SAML/Attributes/RoleSessionName\"")}


def main():
    secret = 'Pä ss+w/%3D"ört🔑='
    data = secret.encode()
    shown = {"plain": secret, "strict percent": urllib.parse.quote(secret, safe=""),
             "percent in lower case": "P%c3%a4%20ss%2bw%2f%253D%22%c3%b6rt%f0%9f%94%91%3d",
             "form": urllib.parse.quote_plus(secret), "JSON": json.dumps({"p": secret}),
             "JSON in UTF-8": json.dumps({"p": secret}, ensure_ascii=False),
             "JSON of Gson": 'Pä ss+w/%3D\\"ört🔑\\u003d', "JSON of .NET": "P\\u00E4 ss\\u002Bw/%3D\\u0022\\u00F6rt\\uD83D\\uDD11=",
             "percent with slashes": "P%C3%A4%20ss%2Bw/%253D%22%C3%B6rt%F0%9F%94%91%3D",
             "percent of a part of a path": "P%C3%A4%20ss+w%2F%253D%22%C3%B6rt%F0%9F%94%91=",
             "pieces on two lines": secret[:5] + "\n" + secret[5:]}
    for before in range(3):
        for after in range(3):
            shown[f"base64 with {before} bytes before and {after} behind"] = \
                base64.b64encode(b"x" * before + data + b"y" * after).decode()
    shown["base64url"] = base64.urlsafe_b64encode(b"x" + data).decode()
    failed = 0
    for name, text in shown.items():
        good = bool(leaks(f"a line\nsome {text} more", {"it": secret}))
        failed += not good
        print(f"ok a secret as {name} is found" if good else f"FAIL a secret as {name} is found: it was missed")
    quiet = leaks("awsfed: The identity provider refused the user name or password. [secret]", {"it": secret})
    failed += bool(quiet)
    print(f"FAIL an innocent line is left alone: {quiet}" if quiet else "ok an innocent line is left alone")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
