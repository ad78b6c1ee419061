#!/usr/bin/env python3
"""The command-line tool at the sandbox's sign-in, right and with each of its faults: sign_in.py AWSFED SANDBOX"""
import re
import subprocess
import sys

from common import PASSWORDS, ROOT, Sandbox, flags, leaks, main, obtain, role, there

PROGRAM = sys.argv[2]
MUST_CHANGE = "[user erin]\npassword = Correct-Horse-7\nroles = build\nstate = must-change\n"


def run(tool, cases, home):
    programs(cases, home)
    good(tool, cases)
    refusals(tool, cases)
    faults(tool, cases)
    adfs(tool, cases)


def programs(cases, home):
    bad = home / "bad.ini"
    bad.write_text("[user alice]\npasword = Correct-Horse-7\n", encoding="utf-8")
    done = subprocess.run([PROGRAM, "--config", bad], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    told = done.returncode == 1 and "[provider NAME]" in done.stderr and "Horse" not in done.stderr and not done.stdout
    cases.case("a configuration that is wrong is refused, and told", None if told else done.stderr)
    file = home / "file"
    file.touch()
    done = subprocess.run([PROGRAM, "--ca-folder", file], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    cases.case("a CA folder that is none is refused", None if done.returncode == 1 and "--ca-folder" in done.stderr else done.stderr)
    line = subprocess.run([PROGRAM, "--ca-folder", home, "--stdin-lifetime", "--log", home / "log"], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)
    good_line = re.fullmatch(r"ready: idp_url=https://127\.0\.0\.1:\d+/\S+ sts_endpoint=https://127\.0\.0\.1:\d+ "
                             r"metadata_url=\S+ ca_file=\S+awsfed-sandbox-ca\.pem\n", line.stdout)
    cases.case("it says in one line where it is, and ends with its standard input",
               None if line.returncode == 0 and good_line else repr(line))
    mode = (home / "awsfed-sandbox-ca.pem").stat().st_mode & 0o777
    text = (home / "awsfed-sandbox-ca.pem").read_text()
    cases.case("its CA file is for everybody to read, and holds no key",
               None if mode == 0o644 and text.count("BEGIN") == 1 and "PRIVATE" not in text else f"mode {mode:o}")
    guide = (ROOT / "docs/guide/sandbox.md").read_text(encoding="utf-8")
    (home / "guide.ini").write_text(re.search(r"```ini\n(.*?)```", guide, re.S).group(1), encoding="utf-8")
    done = subprocess.run([PROGRAM, "--config", home / "guide.ini", "--ca-folder", home, "--stdin-lifetime", "--log", home / "log"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    cases.case("the file that the guide shows is taken", None if done.returncode == 0 else done.stderr)
    named = set(re.findall(r"^\| `(--[a-z-]+)", guide, re.M)) | {"--sts-port", "--page-port"}
    flags_there = set(re.findall(r"--[a-z-]+", subprocess.run([PROGRAM, "--help"], capture_output=True, text=True).stdout))
    unequal = (flags_there - {"--help", "--version"}) ^ named
    cases.case("the guide names each flag", ", ".join(unequal) or None)
    running = subprocess.Popen([PROGRAM, "--ca-folder", home, "--log", home / "log"], stdout=subprocess.PIPE, text=True)
    running.stdout.readline()
    running.terminate()
    cases.case("it ends in order when it is told to", None if running.wait(30) == 0 else "an exit status")


def good(tool, cases):
    with Sandbox(PROGRAM) as sandbox:
        roles = tool("roles", *there(sandbox, role_arn=None), PASSWORD=PASSWORDS["alice"])
        cases.case("alice is offered both of her roles",
                   None if roles.exit == 0 and role("build") in roles.out and role("reader") in roles.out else repr(roles))
        for name in ("alice", "CORP\\alice", "alice@corp.example"):
            outcome = obtain(tool, sandbox, name, PASSWORDS["alice"])
            cases.case(f"{name} signs in", None if outcome.exit == 0 else repr(outcome))
        log = sandbox.log()
        posts = re.findall(r"idp POST \S+ .*Password=\[secret\]", log)
        cases.case("each sign-in is one post of the password", None if len(posts) == 4 else log)
        found = leaks.leaks(log, {**PASSWORDS, **leaks.SAML_MARKS})
        cases.case("nothing secret is in the log of the sandbox", ", ".join(found) or None)
        untrusted = obtain(tool, sandbox, ca_file=None)
        cases.refused("without its CA file the sandbox is not trusted", untrusted, "certificate-untrusted", "trust")


def refusals(tool, cases):
    with Sandbox(PROGRAM, MUST_CHANGE) as sandbox:
        for name, user, password in (("a wrong password", "alice", "not-the-one"), ("an unknown user", "mallory", "any-one"),
                                     ("a disabled user", "disabled", "Correct-Horse-7")):
            before = sandbox.log().count("idp POST")
            outcome = obtain(tool, sandbox, user, password)
            cases.refused(f"{name} is refused", outcome, "credentials-refused", "refused")
            sent = sandbox.log().count("idp POST") - before
            cases.case(f"{name} is sent once", None if sent == 1 else f"{sent} times")
        must = obtain(tool, sandbox, "erin", "Correct-Horse-7")
        posted = [line for line in sandbox.log().splitlines() if "update password" in line]
        cases.case("a user who must change the password gets nothing, and nothing is posted to that page",
                   None if must.exit != 0 and not must.out and len(posted) == 1 and "updatepassword" not in sandbox.log()
                   else repr(must))
        outcome = obtain(tool, sandbox, role_arn=role("deploy"))
        cases.refused("a role that is not offered is not asked for", outcome, "role-not-offered", "role")
        cases.case("STS heard nothing of all this", None if " sts " not in sandbox.log() else sandbox.log())


def faults(tool, cases):
    failing = [("idp_503", "", "a sign-in page that is not available", "service-failed", "network"),
               ("password_503", "", "a failure in answer to the password", "service-failed", "network")]
    for kind, value, name, code, status in failing:
        with Sandbox(PROGRAM, f"[fault {kind}]\n{value}nth = 1\n") as sandbox:
            cases.refused(name, obtain(tool, sandbox), code, status)
            posts = sandbox.log().count("idp POST")
            cases.case(f"{name} is no reason to send the password again", None if posts == (kind == "password_503") else str(posts))
            again = obtain(tool, sandbox)
            cases.case(f"{name} is over with the next request", None if again.exit == 0 else repr(again))
    with Sandbox(PROGRAM, "[fault idp_error]\nvalue = MSIS7012\n") as sandbox:
        outcome = obtain(tool, sandbox)
        cases.case("an error page gets no password", None if outcome.exit in (19, 20) and "idp POST" not in sandbox.log() else repr(outcome))
    with Sandbox(PROGRAM, "[provider ADFS]\nidp_initiated = false\n") as sandbox:
        outcome = obtain(tool, sandbox)
        closed = outcome.exit != 0 and "MSIS7065" in sandbox.log() and "idp POST" not in sandbox.log()
        cases.case("the page that the provider starts can be switched off", None if closed else repr(outcome))
    with Sandbox(PROGRAM, "[fault slow_ms]\nvalue = 3000\nnth = 1\n") as sandbox:
        late = tool("roles", "--error-format", "json", *there(sandbox), *flags(timeout="1s"), PASSWORD=PASSWORDS["alice"])
        cases.refused("an answer that comes too late is a time-out", late, "timeout", "timeout")


def adfs(tool, cases):
    """The connector that is made for AD FS, which knows its pages by their structure."""
    alice, right = "alice@corp.example", PASSWORDS["alice"]
    with Sandbox(PROGRAM, MUST_CHANGE) as sandbox:
        outcome = obtain(tool, sandbox, alice, right, idp="adfs")
        cases.case("idp=adfs signs in at the page that the provider starts",
                   None if outcome.exit == 0 and sandbox.log().count("idp POST") == 1 else repr(outcome))
        cases.refused("idp=adfs: a wrong password is refused", obtain(tool, sandbox, alice, "not-the-one", idp="adfs"),
                      "credentials-refused", "refused")
        cases.refused("idp=adfs: a password that must be changed is named", obtain(tool, sandbox, "CORP\\erin", right, idp="adfs"),
                      "password-expired", "refused")
    with Sandbox(PROGRAM, "[provider ADFS]\nidp_initiated = false\n") as sandbox:
        outcome = obtain(tool, sandbox, alice, right, idp="adfs")
        log = sandbox.log()
        asked = "GET /adfs/ls/ SAMLRequest=[secret] -> 200 sign-in form" in log and log.count("idp POST") == 1
        cases.case("idp=adfs asks by a request where that page is switched off", None if outcome.exit == 0 and asked else repr(outcome))
    with Sandbox(PROGRAM, "[fault idp_error]\nvalue = MSIS7012\n") as sandbox:
        outcome = obtain(tool, sandbox, alice, right, idp="adfs")
        cases.refused("idp=adfs: an error page is told by its code", outcome, "idp-internal", "refused")
        told = "MSIS7012" in outcome.error.get("message", "") and "idp POST" not in sandbox.log()
        cases.case("idp=adfs: no password is posted to an error page", None if told else repr(outcome))


if __name__ == "__main__":
    main(run)
