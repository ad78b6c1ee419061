#!/usr/bin/env python3
"""Responses are verified before they are spent: trust.py AWSFED SANDBOX

The sandbox signs, and STS's side of it checks with the same code, so what is shown here is the way of a response through
the tool, not that a signature is right: the vectors and the peers show that.
"""
import base64
import hashlib
import re
import ssl
import sys
import urllib.request

from common import PASSWORDS, Sandbox, main, obtain

PROGRAM = sys.argv[2]


def metadata_of(sandbox, home, name):
    with urllib.request.urlopen(sandbox.metadata_url, context=ssl.create_default_context(cafile=sandbox.ca_file)) as answer:
        path = home / name
        path.write_bytes(answer.read())
        return path


def at_adfs(tool, sandbox, **more):
    return obtain(tool, sandbox, "alice@corp.example", PASSWORDS["alice"], idp="adfs", **more)


def run(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox, Sandbox(PROGRAM) as other:
        own = metadata_of(sandbox, home, "own.xml")
        foreign = metadata_of(other, home, "foreign.xml")
        from_file = at_adfs(tool, sandbox, idp_metadata=own, require_verified="true")
        cases.case("a response that verifies by a metadata file is spent", None if from_file.exit == 0 else repr(from_file))
        from_url = at_adfs(tool, sandbox, idp_metadata=sandbox.metadata_url, require_verified="true")
        cases.case("metadata is fetched from its address, over verified TLS",
                   None if from_url.exit == 0 and "metadata" in sandbox.log() else repr(from_url))
        spent = sandbox.log().count(" sts ")
        forged = at_adfs(tool, sandbox, idp_metadata=foreign)
        cases.refused("a response of another key is refused", forged, "signer-not-in-metadata", "trust", advice="update the IAM provider")
        told = [mark for mark in (fingerprint(own), fingerprint(foreign)) if mark in forged.error["message"]]
        cases.case("both certificates are named by their fingerprints", None if len(told) == 2 else forged.error["message"])
        cases.case("what is refused is not sent to STS", None if sandbox.log().count(" sts ") == spent else sandbox.log())
        both = home / "both.xml"
        both.write_text(foreign.read_text().replace("<KeyDescriptor", key_descriptor(own) + "<KeyDescriptor", 1))
        rolled = at_adfs(tool, sandbox, idp_metadata=both)
        cases.case("while a certificate is rolled, metadata with the old and the next one does for both",
                   None if rolled.exit == 0 else repr(rolled))
        posts = sandbox.log().count("idp POST")
        missing = at_adfs(tool, sandbox, idp_metadata=sandbox.metadata_url + "x")
        cases.refused("an address without metadata is told", missing, "http-status", "protocol")
        blind = at_adfs(tool, sandbox, require_verified="true")
        cases.refused("require_verified without trust is refused", blind, "assertion-unproved", "trust")
        cases.case("neither costs a password", None if sandbox.log().count("idp POST") == posts else sandbox.log())
        override = tool("obtain", "--error-format", "json", AWSFED_REQUIRE_VERIFIED="maybe")
        cases.case("a wrong value is told", None if override.exit != 0 and "require_verified" in override.err else repr(override))
    signer_unknown_to_sts(tool, cases)
    session_names(tool, cases, home)


def fingerprint(metadata):
    der = base64.b64decode(re.search("<(?:ds:)?X509Certificate>([^<]+)", metadata.read_text())[1])
    return ":".join(f"{byte:02X}" for byte in hashlib.sha256(der).digest())


def key_descriptor(metadata):
    return re.search("<KeyDescriptor.*?</KeyDescriptor>", metadata.read_text(), re.S)[0]


def signer_unknown_to_sts(tool, cases):
    """Without metadata here, STS alone sees it."""
    with Sandbox(PROGRAM, "[fault wrong_signature]\n") as sandbox:
        outcome = at_adfs(tool, sandbox)
        cases.refused("a signature that STS refuses", outcome, "signer-not-in-metadata", "trust", advice="Update the IAM provider")
        log = sandbox.log()
        once = log.count("idp POST") == 1 and log.count(" sts ") == 1
        cases.case("it is neither signed in nor asked again for that", None if once else log)


NAMES = {"none": (None, "no RoleSessionName"), "x": ("x", "1 character;"), "Jörg Müller": ("Jörg Müller", '11 characters, among them "ö"'),
         "s" * 65: ("s" * 65, "65 characters")}


def session_names(tool, cases, home):
    """AWS takes 2 to 64 letters, digits and _+=,.@-, and what it refuses costs a sign-in."""
    users = "".join(f"[user name{index}]\npassword = Correct-Horse-7\nroles = build\nsession_name = {name}\n"
                    for index, name in enumerate(NAMES))
    with Sandbox(PROGRAM, users) as sandbox:
        metadata = metadata_of(sandbox, home, "names.xml")
        for index, (name, words) in enumerate(NAMES.values()):
            for how, more in (("", {}), (", verified", {"idp_metadata": metadata})):
                outcome = obtain(tool, sandbox, f"name{index}@corp.example", "Correct-Horse-7", idp="adfs", **more)
                case = f"the session name {name}{how}"
                cases.refused(case, outcome, "session-name-invalid", "protocol", advice="2 to 64 letters")
                cases.case(f"{case}: what is wrong with it", None if words in outcome.error.get("message", "") else repr(outcome))
        cases.case("none of them was sent to STS", None if sandbox.log().count(" sts ") == 0 else sandbox.log())


if __name__ == "__main__":
    main(run)
