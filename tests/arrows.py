#!/usr/bin/env python3
"""Checks that the rooms of the house include only what they may: arrows.py [ROOT]

The rules are those of docs/design/design.md; this is where a new arrow is allowed, with its reason beside it.
"""
import re
import sys
import tempfile
from pathlib import Path

# What a room may include besides itself, base and settings. "settings" and "base" stand below all others.
ARROWS = {
    "src/base": set(),
    "src/settings": {"base"},
    "src/http": set(),
    "src/markup": set(),
    "src/saml": {"markup"},
    "src/oidc": {"markup"},
    "src/policy": {"markup"},
    "src/credentials": {"markup"},
    "src/idp": {"saml", "oidc", "http", "markup"},
    "src/aws": {"http", "markup", "credentials"},
    "src/cache": {"credentials", "http"},  # http: a store for many machines is reached over the network
    # flow carries the transport from the context to both sides, and the credentials back.
    "src/flow": {"idp", "aws", "saml", "oidc", "policy", "cache", "http", "credentials"},
}
ROOMS = {room.split("/")[1] for room in ARROWS}

# Which folders may include a library's headers, by how the name in the #include begins. Anything not listed
# here (the C and C++ libraries, POSIX, fmt) is free.
LIBRARIES = {
    "curl/": ("src/http/", "bench/"),  # bench: the same call without awsfed
    "krb5": ("src/http/",),
    "gssapi/": ("src/http/",),
    "pugixml": ("src/markup/", "bench/"),
    "rapidjson/": ("src/markup/", "bindings/cli/"),  # cli: what it prints is its own
    "libxml/": ("src/markup/", "src/saml/", "sandbox/", "bench/", "tests/saml/", "tests/fuzz/"),  # HTML in markup; signed XML in saml; sandbox: it signs
    "libxml/HTML": ("src/markup/",),
    "xmlsec/": ("sandbox/", "tests/saml/"),  # the sandbox signs by it; the tests have it check what the library verifies
    "openssl/": ("src/base/", "src/saml/", "sandbox/", "tests/", "bench/"),  # saml: certificates and keys for xmlsec; sandbox: it makes them
    "openssl/ssl.h": ("src/http/", "sandbox/", "tests/"),  # how libcurl's TLS treats what it has decrypted
    "openssl/crypto.h": ("src/base/", "src/http/", "src/markup/", "src/saml/"),  # wipes what another library allocated
    "zlib": ("src/saml/", "sandbox/", "tests/saml/", "tests/sandbox/", "tests/policy/"),  # the Redirect binding's DEFLATE; a packed table
    "linux/keyctl": ("src/settings/",),
    "keyutils": ("tests/settings/",),
    "hiredis/": ("src/cache/",),
    "CLI/": ("bindings/cli/", "sandbox/"),
    "httplib": ("bindings/cli/", "sandbox/", "tests/"),
    "doctest": ("tests/",),
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
SUFFIXES = {".h", ".hpp", ".c", ".cpp", ".def"}


def library_rule(name):
    """The folders that may include it; the longest prefix decides. None: free."""
    prefixes = [prefix for prefix in LIBRARIES if name.startswith(prefix)]
    return LIBRARIES[max(prefixes, key=len)] if prefixes else None


def room_of(name):
    head = name.split("/")[0]
    return head if "/" in name and head in ROOMS else None


def fault(path, name):
    """Why the file at path may not include name; None when it may."""
    allowed = library_rule(name)
    if allowed is not None and not path.startswith(allowed):
        return f"{name} belongs to {' and '.join(allowed)}"
    if name.startswith("sandbox/") and not path.startswith(("sandbox/", "tests/")):
        return "nothing may depend on the sandbox"
    target = room_of(name)
    if path.startswith("bindings/") and (target or name.startswith("capi/")):
        return "a binding sees include/ alone"
    if path.startswith("include/") and (target or name.startswith(("capi/", "bindings/"))):
        return "the interface stands alone"
    if not path.startswith("src/"):
        return None
    folder = "/".join(path.split("/")[:2])
    if folder not in ARROWS:
        return f"{folder} is no room of the house"
    if name.startswith(("capi/", "bindings/")) or name in ("awsfed.h", "awsfed.hpp"):
        return "the core does not know its interfaces"
    room = folder.split("/")[1]
    below = set() if room == "base" else {"base"} if room == "settings" else {"base", "settings"}
    if target and target != room and target not in ARROWS[folder] | below:
        return f"no arrow leads from {room} to {target}"
    return None


def faults_below(root):
    root = Path(root)
    for top in ("src", "capi", "bindings", "include", "sandbox", "tests", "bench"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            relative = path.relative_to(root).as_posix()
            text = path.read_text(encoding="utf-8", errors="replace")
            yield relative, [why for _, name in INCLUDE.findall(text) if (why := fault(relative, name))]


# Wrong arrows that must be found, and right ones that must not.
WRONG = [("src/idp/a.cpp", "aws/sts.h"), ("src/aws/a.cpp", "idp/form.h"), ("src/saml/a.cpp", "http/url.h"),
         ("src/base/a.cpp", "settings/settings.h"), ("src/idp/a.cpp", "curl/curl.h"), ("src/flow/a.cpp", "pugixml.hpp"),
         ("src/idp/a.cpp", "libxml/HTMLparser.h"), ("src/saml/a.cpp", "libxml/HTMLparser.h"),
         ("bindings/cli/a.cpp", "flow/obtain.h"), ("src/flow/a.cpp", "awsfed.h"), ("src/flow/a.cpp", "sandbox/a.h"),
         ("capi/a.cpp", "sandbox/a.h"), ("src/attic/a.cpp", "base/arn.h"), ("src/saml/a.cpp", "xmlsec/xmldsig.h"), ("include/awsfed.hpp", "base/arn.h")]
RIGHT = [("src/idp/a.cpp", "saml/response.h"), ("src/aws/a.cpp", "http/transport.h"), ("src/http/a.cpp", "curl/curl.h"),
         ("src/settings/a.cpp", "base/text.h"), ("bindings/cli/a.cpp", "CLI/CLI.hpp"), ("capi/a.cpp", "flow/obtain.h"),
         ("bindings/cli/a.cpp", "awsfed.h"), ("src/saml/a.cpp", "libxml/tree.h"), ("src/aws/a.cpp", "sys/types.h"),
         ("sandbox/a.cpp", "saml/assertion.h"), ("tests/sandbox/a.cpp", "sandbox/a.h"), ("sandbox/a.cpp", "xmlsec/xmldsig.h"),
         ("tests/saml/a.cpp", "xmlsec/xmldsig.h")]


def self_test():
    """A house with one wrong include a file, on disk, as the real one is."""
    with tempfile.TemporaryDirectory() as root:
        for number, (path, name) in enumerate(WRONG + RIGHT):
            place = Path(root) / path.replace("/a.", f"/a{number}.")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(f'#pragma once\n#  include "{name}"\n', encoding="utf-8")
        found = {path for path, whys in faults_below(root) if whys}
        for number, (path, name) in enumerate(WRONG + RIGHT):
            place = path.replace("/a.", f"/a{number}.")
            if (place in found) != (number < len(WRONG)):
                yield f"{path} including {name} is judged wrongly"


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent
    failed = 0
    if wrong := list(self_test()):
        failed += 1
        print("FAIL self-test", "; ".join(wrong))
    else:
        print("ok a wrong arrow is found, a right one is not")
    rooms = {}
    for path, whys in faults_below(root):
        room = "/".join(path.split("/")[:2]) if path.startswith("src/") else path.split("/")[0]
        rooms.setdefault(room, []).extend(f"{path}: {why}" for why in whys)
    for room, whys in sorted(rooms.items()):
        failed += bool(whys)
        print(f"FAIL arrows from {room}: {'; '.join(whys)}" if whys else f"ok arrows from {room}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
