#!/usr/bin/env python3
"""Measures awsfed beside its peers, in one run: bench.py BUILD [--quick] [--record] [NAME...]

Prints a Markdown table; --record writes it to docs/bench.md. BUILD has the target "bench". Without NAME all groups
are run. No figure makes it fail, but a call that fails does: exit status 1.
"""
import argparse
import os
import sys
import time

from ground import ROOT, Ground
from groups import GROUPS, QUICK, THOROUGH, targets
from measure import Failed
from peers import Peers
from table import machine, markdown

ABOUT = """\
Made by `./dev bench --record`. All of it was measured in one run on one machine, the sides in turn, against the same
awsfed-sandbox on loopback. **ratio** is peer / awsfed: above 1, awsfed takes less.

* Figures are medians. **Own CPU** is user and system time of the client alone, and the figure that decides: the
  sandbox shares the cores with the client, so times and calls per second say as much of the sandbox.
* A cold start is a fresh process; its files are in the kernel's cache.
* **CAs** are the authorities in the file that a side is told to trust: the sandbox's alone, or with the system's, as a
  client of AWS itself has them. Cold starts are with the system's.
* Both awsfed and botocore keep connections for the next call; what is posted with a password goes on a fresh one. The
  first call of each thread reads the authorities, which weighs on few calls.
* awscrt has TLS and crypto inside of its object; awsfed's are the system's, and count among the objects that it adds.
  awscrt's is loaded beside a Python library, which is not counted.
* aws-adfs leaves out its look-up of account names here, which would leave the machine, and starts with the cookie of
  the sign-in page; it posts twice, the first time without a name.
* A SAML response is proved by each side as its own examples have it, and each refuses it with one letter altered, or
  the bench fails. **The floor** is what no verifier can do without, by the same libraries: parse, canonical form, hash,
  RSA. Lasso leaves times and audience to its host, OpenSAML all but the signature: that is not in their figures.
  node-saml's has all of Node's threads in it.
* A signature has a floor as well: the SHA-256 of body, canonical request and HMACs by the same OpenSSL, with one digest
  and one context, and nothing else. Neither botocore nor awscrt keeps derived keys.
* Over plain HTTP a call is beside the same call by the same libraries with nothing around it: no checks, settings,
  errors, pool or wiped secrets, one endpoint, one key. From start to end, that is a process of its own that loads the
  same shared objects. The SDK for Rust has one thread here, which takes less than its usual ones, and no TLS.
* The costliest message is the one of bench/hostile.py that takes longest to refuse.
* Policies: every engine is asked the same 155 requests to S3 under the policy of a role, more than half of them under a
  session policy as well, and decides as awsfed does, or the bench fails. MinIO's takes a bucket for the folder in it,
  which three of the cases show. awsfed names the statement that decided, Cedar the policies; MinIO's package says allowed
  or not, moto whether it was denied, too, and iam-simulate all that it looked at. Read and made ready to be judged is the
  JSON, by Cedar the same in its own language; moto's figure is of its check alone, iam-simulate's of JSON alone: it
  looks into a policy as it judges.
* Java's calls are by the same settings as those of C beside them, on one thread of a JVM that has compiled them. In a
  process of its own a call goes there and back through a pipe, twice for one obtain: the credentials are freed there, too.
"""


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description="Measures awsfed beside its peers.")
    parser.add_argument("build")
    parser.add_argument("--quick", action="store_true", help="few repeats: does it run?")
    parser.add_argument("--record", action="store_true", help="write the table to docs/bench.md")
    parser.add_argument("names", nargs="*", metavar="NAME", help="groups to run: " + ", ".join(GROUPS))
    options = parser.parse_intermixed_args()
    if unknown := sorted(set(options.names) - set(GROUPS)):
        parser.error(f"there is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    if options.record and (options.quick or options.names):
        parser.error("only a thorough run of all groups is for the record")
    return options


def measured(ground, peers, names, effort):
    rows = []
    for name in names:
        started = time.monotonic()
        print(f"== measuring {name}", file=sys.stderr, flush=True)
        rows += GROUPS[name](ground, peers, effort)
        print(f"   done in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return rows


def document(facts, rows, skipped, quick):
    parts = ["# How fast", ABOUT + f"\n{facts}." + (" **A quick run: too few repeats to quote.**" if quick else ""),
             markdown(rows)]
    if promised := list(targets(rows)):
        parts.append("Targets:\n\n" + "\n".join(f"* {text}" for text in promised))
    if skipped:
        parts.append("Skipped:\n\n" + "\n".join(f"* {name}: {why}" for name, why in sorted(skipped.items())))
    return "\n\n".join(parts) + "\n"


def main():
    options = arguments()
    peers = Peers()
    try:
        with Ground(options.build) as ground:
            facts = f"{machine(ground.build, ground.library)}; load average {os.getloadavg()[0]:.1f} before the run"
            rows = measured(ground, peers, options.names or list(GROUPS), QUICK if options.quick else THOROUGH)
    except (Failed, RuntimeError) as trouble:
        print(f"bench: {trouble}", file=sys.stderr)
        return 1
    facts += f", {os.getloadavg()[0]:.1f} behind it"  # the bench itself makes about one
    text = document(facts, rows, peers.skipped, options.quick)
    print(text, end="")
    if options.record:
        (ROOT / "docs/bench.md").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
