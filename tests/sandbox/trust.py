#!/usr/bin/env python3
"""Responses are verified before they are spent: trust.py AWSFED SANDBOX

The sandbox signs, and STS's side of it checks with the same code, so what is shown here is the way of a response through
the tool, not that a signature is right: the vectors and the peers show that.
"""
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
        cases.refused("a response of another key is refused", forged, "assertion-unproved", "trust")
        cases.case("what is refused is not sent to STS", None if sandbox.log().count(" sts ") == spent else sandbox.log())
        posts = sandbox.log().count("idp POST")
        missing = at_adfs(tool, sandbox, idp_metadata=sandbox.metadata_url + "x")
        cases.refused("an address without metadata is told", missing, "http-status", "protocol")
        blind = at_adfs(tool, sandbox, require_verified="true")
        cases.refused("require_verified without trust is refused", blind, "assertion-unproved", "trust")
        cases.case("neither costs a password", None if sandbox.log().count("idp POST") == posts else sandbox.log())
        override = tool("obtain", "--error-format", "json", AWSFED_REQUIRE_VERIFIED="maybe")
        cases.case("a wrong value is told", None if override.exit != 0 and "require_verified" in override.err else repr(override))


if __name__ == "__main__":
    main(run)
