#!/usr/bin/env python3
"""Runs the JUnit tests of the worked plug-ins against awsfed-sandbox, on every JDK of this machine: run_examples.py BUILD

In both ways, as bindings/java/tests/run.py does: with the library in the JVM, and in a process of its own.
"""
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
sys.path[:0] = [str(ROOT / folder) for folder in ("bindings/java/tests", "demo", "tests")]

import leaks  # noqa: E402
import run as junit  # noqa: E402
from sandbox import PASSWORDS, Sandbox  # noqa: E402

# Behind by nearly the 15 minutes that a signature is good for: the shortest session ends soon after it began.
BEHIND = "[fault clock_skew_s]\nvalue = -850\n"


def beside(build, run):
    program = build / "sandbox/awsfed-sandbox"
    with Sandbox(program) as sandbox, Sandbox(program, BEHIND) as behind:
        both = sandbox.state / "both.pem"
        both.write_text(Path(sandbox.ca_file).read_text() + Path(behind.ca_file).read_text())
        done = run({"idp": sandbox.idp_url, "sts": sandbox.sts_endpoint, "ca": both, "log": sandbox.state / "log",
                    "short": behind.sts_endpoint, "program": build / "bindings/cli/awsfed"})
        said = done.stdout + done.stderr + sandbox.log() + behind.log()
    if found := leaks.leaks(said, {**{f"the password of {user}": word for user, word in PASSWORDS.items()}, **leaks.SAML_MARKS}):
        done.returncode = 1
        done.stdout = "a secret was printed, so what was is not shown: " + ", ".join(found)
        done.stderr = ""
    return done


def main():
    build = Path(sys.argv[1]).resolve()
    jars = [build / "bindings/java" / name for name in ("awsfed.jar", "awsfed-examples.jar")]
    return junit.everywhere(build, jars, HERE, lambda run: beside(build, run))


if __name__ == "__main__":
    sys.exit(main())
