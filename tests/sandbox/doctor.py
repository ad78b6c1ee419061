#!/usr/bin/env python3
"""awsfed doctor at the sandbox, and what it records played again: doctor.py AWSFED SANDBOX PLAY-TALKS

How many passwords were posted, the sandbox's own log tells.
"""
import json
import re
import stat
import subprocess
import sys

from common import KEY_ID, PASSWORDS, SECRET_KEY, Sandbox, leaks, main, role, there

PROGRAM, PLAYER = sys.argv[2], sys.argv[3]
MUST_CHANGE = "[user erin]\npassword = Correct-Horse-7\nroles = build\nstate = must-change\n"
ALICE = "alice@corp.example"


# Its certificates live for 30 days, so each is warned of.
def doctor(tool, sandbox, *more, user=ALICE, password=None, variables=None, **settings):
    return tool("doctor", *more, "--json", *there(sandbox, user, **{"idp": "adfs", **settings}),
                PASSWORD=password or PASSWORDS["alice"], **(variables or {}))


def steps(outcome):
    """{step: (outcome, code)}, of several of one name the worst."""
    ranks = ("skipped", "ok", "warning", "failed")
    found = {}
    for step in json.loads(outcome.out)["steps"] if outcome.out else []:
        now = (step["outcome"], step["code"])
        found[step["step"]] = max(found.get(step["step"], now), now, key=lambda pair: ranks.index(pair[0]))
    return found


def text_of(outcome, name, field="found"):
    return " ".join(step[field] for step in json.loads(outcome.out)["steps"] if step["step"] == name)


def posts(sandbox):
    return sum("Password=" in line for line in sandbox.log().splitlines())


def case(cases, name, outcome, expected, exit_status, more=()):
    """expected: {step: outcome or (outcome, code)}."""
    seen = steps(outcome)
    faults = [f"exit status {outcome.exit}"] if outcome.exit != exit_status else []
    for step, wanted in expected.items():
        wanted = wanted if isinstance(wanted, tuple) else (wanted, seen.get(step, ("", ""))[1])
        if seen.get(step) != wanted:
            faults.append(f"{step}: {seen.get(step)}, not {wanted}")
    failed = {step for step, (result, _) in seen.items() if result == "failed"}
    wanted_failed = {step for step, wanted in expected.items() if (wanted if isinstance(wanted, str) else wanted[0]) == "failed"}
    if failed != wanted_failed:
        faults.append(f"failed: {sorted(failed)}, not {sorted(wanted_failed)}")
    for step in json.loads(outcome.out)["steps"] if outcome.out else []:
        if step["outcome"] == "failed" and not step["advice"]:
            faults.append(f"{step['step']} failed without advice")
    faults += [why for good, why in more if not good]
    faults += leaks.leaks(outcome.out + outcome.err, {**PASSWORDS, **leaks.SAML_MARKS})
    cases.case(name, "; ".join(faults) + f" ({outcome!r} {outcome.out[-1500:]})" if faults else None)


def run(tool, cases, home):
    healthy(tool, cases, home)
    settings(tool, cases, home)
    servers(tool, cases, home)
    pages(tool, cases)
    assertions(tool, cases)
    records(tool, cases, home)


def healthy(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        outcome = doctor(tool, sandbox, idp_metadata=sandbox.metadata_url)
        case(cases, "a sign-in that is in order, looked at without the password", outcome,
             {"access": "ok", "settings": "ok", "secrets": "ok", "ledger": "ok", "idp-connection": "ok", "entry": "ok", "form": "ok",
              "sts-connection": "ok", "sts-clock": "ok", **dict.fromkeys(("idp-certificate", "sts-certificate", "metadata"), "warning")}, 0,
             [(posts(sandbox) == 0, f"{posts(sandbox)} passwords"), ("IdP-initiated page is on" in text_of(outcome, "entry"), "the door"),
              ("UserName and Password" in text_of(outcome, "form"), "the fields")])
        outcome = doctor(tool, sandbox, "--with-password", "--trade", idp_metadata=sandbox.metadata_url)
        case(cases, "and the whole way, with the password and STS", outcome,
             {"sign-in": "ok", "assertion": "ok", "signature": "ok", "roles": "ok", "trade": "ok"}, 0,
             [(posts(sandbox) == 1, f"{posts(sandbox)} passwords")])
        config = home / "config"
        config.write_text(f"[connector company]\nidp = adfs\nidp_url = {sandbox.idp_url}\nca_file = {sandbox.ca_file}\n"
                          f"sts_endpoint = {sandbox.sts_endpoint}\nregion = eu-central-1\n", encoding="utf-8")
        people = tool("doctor", "company", "--config", config)
        lines = people.out.splitlines()
        wide = [line for line in lines if len(line) > 110 and " " in line.strip()[20:]]
        cases.case("a connector by its name, for people: a line a step, no colours",
                   None if people.exit == 0 and not wide and "\033" not in people.out and lines[-1].startswith("Nothing is wrong") and
                   'Connector "company"' in people.out else f"{people!r} {people.out}")
        by_page = doctor(tool, sandbox, idp="form")
        case(cases, "idp=form has the same steps", by_page, {"entry": "ok", "form": "ok"}, 0)
        keys = tool("doctor", "--json", "--access-key-id", KEY_ID, "--secret-access-key", "env:SECRET", "--role-arn", role("build"),
                    "--sts-endpoint", sandbox.sts_endpoint, "--ca-file", sandbox.ca_file, "--region", "eu-central-1",
                    "--role-session-name", "doctor", SECRET=SECRET_KEY)
        case(cases, "the caller's own keys are known to STS", keys, {"caller": "ok", "sts-connection": "ok"}, 0)
        trade = doctor(tool, sandbox, "--trade")
        cases.case("--trade without --with-password is refused", None if trade.exit != 0 and not trade.out else repr(trade))
        jobs = tool("doctor", "--help")
        cases.case("--help names what is its own", None if all(flag in jobs.out for flag in ("--with-password", "--record", "--trade", "--json"))
                   else jobs.out)


def settings(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        many = tool("doctor", "--json", "--idp", "adfs", "--idp-url", "https://127.0.0.1:1/adfs/oauth2", "--user", "alice")
        case(cases, "all that is wrong with the settings is told at once", many,
             {"settings": ("failed", "setting-invalid"), "idp-connection": ("failed", "connect-failed"), "entry": "failed"}, 1,
             [("region" in many.out, "no word of the region"), ("default_domain" in many.out, "no word of the name's form")])
        outcome = doctor(tool, sandbox, ca_file=home / "none.pem")
        case(cases, "a file of authorities that is not there", outcome,
             {"idp-connection": "failed", "entry": "failed", "sts-connection": "failed"}, 1)
        lost = tool("doctor", "--json", *there(sandbox, ALICE, idp="adfs", password="env:NOT_THERE"))
        case(cases, "a password that cannot be had is a warning", lost, {"secrets": ("warning", "secret-unreadable"), "entry": "ok"}, 0)
        lost = tool("doctor", "--json", "--with-password", *there(sandbox, ALICE, idp="adfs", password="env:NOT_THERE"))
        case(cases, "where it is needed, a failure", lost,
             {"secrets": ("failed", "secret-unreadable"), "settings": ("failed", "setting-missing"), "sign-in": ("failed", "question-left")}, 1,
             [(posts(sandbox) == 0, "a password")])
        config = home / "listed"
        config.write_text(f"[connector listed]\nidp = adfs\nidp_url = {sandbox.idp_url}\nallowed_principals = nobody-else\n"
                          "password = env:NOT_THERE\n", encoding="utf-8")
        before = sandbox.log()
        listed = tool("doctor", "listed", "--json", "--config", config)
        case(cases, "for whom the connector is not, nothing is looked at", listed, {"access": ("failed", "connector-refused")}, 1,
             [(len(steps(listed)) == 1, "other steps"), (sandbox.log() == before, "a request")])
        kept = {"cache": "files", "cache_folder": home / "kept", "cache_key": "env:CACHE_KEY"}
        key = {"CACHE_KEY": "sixteen-bytes-at-least"}
        wrong = {"PASSWORD": "Not-The-One-1", **key}
        first = tool("doctor", "--json", "--with-password", *there(sandbox, ALICE, idp="adfs", **kept), **wrong)
        case(cases, "a wrong password", first, {"ledger": "ok", "sign-in": ("failed", "credentials-refused")}, 1)
        again = tool("doctor", "--json", "--with-password", *there(sandbox, ALICE, idp="adfs", **kept), **wrong)
        case(cases, "the ledger holds it up the next time, in another process", again,
             {"ledger": ("failed", "credentials-refused"), "sign-in": ("failed", "credentials-refused")}, 1,
             [(posts(sandbox) == 1, f"{posts(sandbox)} passwords")])


def servers(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        outcome = doctor(tool, sandbox, ca_file=None)
        case(cases, "a server that is not trusted, and who vouches for it", outcome,
             {"idp-connection": ("failed", "certificate-untrusted"), "entry": ("failed", "certificate-untrusted"),
              "sts-connection": ("failed", "certificate-untrusted")}, 1,
             [("issued" in text_of(outcome, "idp-connection"), "no issuer"), (posts(sandbox) == 0, "a password")])
        outcome = doctor(tool, sandbox, idp_url="https://sts.invalid")
        case(cases, "a host that nobody knows", outcome,
             {"idp-connection": ("failed", "host-unknown"), "entry": ("failed", "host-unknown")}, 1)
        outcome = doctor(tool, sandbox, idp_metadata=sandbox.idp_url)
        case(cases, "metadata that are none", outcome, {"metadata": ("failed", "metadata-malformed")}, 1)
    with Sandbox(PROGRAM, "[fault clock_skew_s]\nvalue = 700\n") as sandbox:
        outcome = doctor(tool, sandbox)
        case(cases, "a clock of STS that is far off", outcome, {"sts-clock": "failed"}, 1,
             [("before" in text_of(outcome, "sts-clock"), "which way")])
    with Sandbox(PROGRAM, "[fault clock_skew_s]\nvalue = -120\n") as sandbox:
        outcome = doctor(tool, sandbox)
        case(cases, "a clock of STS that is a little off", outcome, {"sts-clock": "warning"}, 0,
             [("behind" in text_of(outcome, "sts-clock"), "which way")])


def pages(tool, cases):
    with Sandbox(PROGRAM, "[provider ADFS]\nidp_initiated = false\n") as sandbox:
        outcome = doctor(tool, sandbox)
        case(cases, "where the page is off, a request is taken, and that is told", outcome, {"entry": "ok", "form": "ok"}, 0,
             [("is off" in text_of(outcome, "entry"), "not told")])
        outcome = doctor(tool, sandbox, adfs_entry="idp-initiated")
        case(cases, "the page off, and no other door", outcome, {"entry": ("failed", "page-disabled")}, 1)
        outcome = doctor(tool, sandbox, "--with-password", adfs_entry="idp-initiated")
        case(cases, "without a form the password is not sent", outcome, {"entry": ("failed", "page-disabled"), "sign-in": "skipped"}, 1,
             [(posts(sandbox) == 0, "a password")])
    with Sandbox(PROGRAM, "[fault idp_503]\n") as sandbox:
        case(cases, "a page that is not available", doctor(tool, sandbox, adfs_entry="idp-initiated"), {"entry": ("failed", "service-failed")}, 1)
    with Sandbox(PROGRAM, MUST_CHANGE) as sandbox:
        outcome = doctor(tool, sandbox, "--with-password", user="CORP\\erin")
        case(cases, "a password that must be changed", outcome, {"sign-in": ("failed", "password-expired")}, 1,
             [(posts(sandbox) == 1, f"{posts(sandbox)} passwords")])
    with Sandbox(PROGRAM) as sandbox:
        outcome = doctor(tool, sandbox, adfs_method="kerberos")
        case(cases, "another way to sign in than by the form is named", outcome, {"entry": "skipped"}, 0,
             [("kerberos" in text_of(outcome, "entry"), "not named")])


def assertions(tool, cases):
    for fault, wanted in (("wrong_signature", {"signature": ("failed", "signer-not-in-metadata")}),
                          ("wrong_audience", {"signature": ("failed", "assertion-unproved")}),
                          ("wrong_recipient", {"signature": ("failed", "assertion-unproved")})):
        with Sandbox(PROGRAM, f"[fault {fault}]\n") as sandbox:
            outcome = doctor(tool, sandbox, "--with-password", idp_metadata=sandbox.metadata_url)
            case(cases, f"a response with {fault}", outcome, wanted, 1, [(posts(sandbox) == 1, f"{posts(sandbox)} passwords")])
    with Sandbox(PROGRAM, "[fault wrong_audience]\n") as sandbox:
        outcome = doctor(tool, sandbox, "--with-password")
        case(cases, "without metadata its words are judged all the same", outcome,
             {"assertion": ("failed", "response-malformed"), "signature": "skipped"}, 1,
             [("[audience: audience]" in text_of(outcome, "assertion"), "not the audience")])
    with Sandbox(PROGRAM) as sandbox:
        outcome = doctor(tool, sandbox, "--with-password", role_arn=role("deploy"))
        case(cases, "a role that is not offered", outcome, {"roles": ("failed", "role-not-offered")}, 1,
             [(role("build") in text_of(outcome, "roles", "advice"), "no word of those that are")])
        outcome = doctor(tool, sandbox, "--with-password", role_arn=None)
        case(cases, "several roles and no wish", outcome, {"roles": "warning"}, 0)


PRIVATE = ("alice", "corp.example:", "127.0.0.1", "123456789012:role", "Correct-Horse", "Not-The-One", "heidi", "judy", "246810", "MSISAuth", "MSISContext")


def recorded(tool, cases, home, name, sandbox, end, *more, **settings):
    """Records, and has the project's own player play it."""
    path = home / (re.sub(r"\W+", "_", name) + ".talk")
    before = posts(sandbox)
    outcome = doctor(tool, sandbox, "--record", path, *more, **settings)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    played = subprocess.run([PLAYER, path], capture_output=True, text=True)
    secrets = {**PASSWORDS, **leaks.SAML_MARKS}
    faults = [(bool(text), f"no talk: {outcome.out}"), (text.rstrip().splitlines()[-1:] and text.rstrip().splitlines()[-1].startswith(end), f"it ends {text.splitlines()[-1:]}"),
              (played.returncode == 0, played.stdout), (posts(sandbox) - before <= 1, "passwords"),
              (not text or stat.S_IMODE(path.stat().st_mode) == 0o600, "its mode"),
              (not leaks.leaks(text, secrets), "a secret"), (not [word for word in PRIVATE if word.lower() in text.lower()],
                                                             f"private: {[word for word in PRIVATE if word.lower() in text.lower()]}")]
    cases.case(f"recorded and played: {name}", "; ".join(why for good, why in faults if not good))
    return path


def records(tool, cases, home):
    sign_in = ("--with-password",)
    with Sandbox(PROGRAM, MUST_CHANGE) as sandbox:
        recorded(tool, cases, home, "a sign-in", sandbox, "= response PHNhbWw+", *sign_in)
        recorded(tool, cases, home, "a name of Windows", sandbox, "= response PHNhbWw+", *sign_in, user="CORP\\alice")
        recorded(tool, cases, home, "by the form connector", sandbox, "= response PHNhbWw+", *sign_in, idp="form")
        recorded(tool, cases, home, "a wrong password", sandbox, "= error credentials-refused", *sign_in, password="Not-The-One-1")
        recorded(tool, cases, home, "a password that must be changed", sandbox, "= error password-expired", *sign_in, user="erin@corp.example")
        path = recorded(tool, cases, home, "up to the password", sandbox, "= asks password")
        before = path.read_bytes()
        again = doctor(tool, sandbox, "--record", path)
        cases.case("a file that is there is not written over, and nothing is sent",
                   None if again.exit != 0 and not again.out and path.read_bytes() == before else repr(again))
    with Sandbox(PROGRAM) as sandbox:
        heidi, code = "heidi@corp.example", {"variables": {"CODE": "246810"}, "passcode": "env:CODE"}
        recorded(tool, cases, home, "a second factor that nobody answers", sandbox, "= asks passcode", *sign_in, user=heidi)
        recorded(tool, cases, home, "a second factor that is answered", sandbox, "= response PHNhbWw+", *sign_in, user=heidi, **code)
        recorded(tool, cases, home, "a telephone", sandbox, "= response PHNhbWw+", *sign_in, user="judy@corp.example")
        outcome = doctor(tool, sandbox, "--with-password", user=heidi)
        case(cases, "a second factor that no setting answers is named", outcome, {"sign-in": ("failed", "second-factor-demanded")}, 1)
    with Sandbox(PROGRAM, "[fault idp_error]\nvalue = MSIS7012\n") as sandbox:
        recorded(tool, cases, home, "an error page", sandbox, "= error idp-internal MSIS7012", adfs_entry="idp-initiated")
    with Sandbox(PROGRAM, "[provider ADFS]\nidp_initiated = false\n") as sandbox:
        recorded(tool, cases, home, "by a request", sandbox, "= response PHNhbWw+", *sign_in)
    with Sandbox(PROGRAM, "[fault password_503]\n") as sandbox:
        recorded(tool, cases, home, "a failure in answer to the password", sandbox, "= error service-failed", *sign_in)


if __name__ == "__main__":
    main(run)
