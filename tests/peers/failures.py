#!/usr/bin/env python3
"""Each way to fail has its own status and code, one sentence and advice; and no call, good or bad, prints a secret."""
import base64
import json

from peers import PEER, USERS, role, saml_response, sign_in, statement

from cli import leaks, main


def run(tool, cases, home):
    (home / "garbage").write_text("this is not a response")
    response = saml_response("one")
    (home / "response").write_text(response)
    forged = base64.b64decode(response).replace(b">one<", b">eve<")
    (home / "forged").write_text(base64.b64encode(forged).decode())
    short = statement("s3:Get*", "arn:aws:s3:::")
    (home / "long.json").write_text(statement("s3:Get*", "arn:aws:s3:::" + "x" * (2049 - len(short))))
    calls = failures(home)
    told = set()
    for name, (arguments, password, code, status, setting) in calls.items():
        outcome = tool("obtain", "--error-format", "json", *arguments, PASSWORD=password)
        cases.refused(name, outcome, code, status, setting)
        told.add((outcome.exit, outcome.error.get("code")))
        told_to_a_person(tool, cases, name, arguments, password)
    alike = 1  # a wrong password and an unknown user are told alike, so that nobody learns which users there are
    cases.case("every failure has a code of its own", None if len(told) == len(calls) - alike else f"{sorted(told)}")
    silence(tool, cases, home, response, calls)


def failures(home):
    """{name: (arguments, password, code, status, setting)}"""
    def given(name):
        return sign_in(None, idp="assertion", idp_url=None, password=None, assertion=f"file:{home / name}")

    student = USERS["student"][0]
    return {
        "a wrong password": (sign_in("one"), "wrong-password", "credentials-refused", "refused", None),
        "an unknown user": (sign_in("nobody"), "wrong-password", "credentials-refused", "refused", None),
        "a role that is not offered": (sign_in("student", role_arn=role("Admin")), student, "role-not-offered", "role",
                                       "role_arn"),
        "several roles and none chosen": (sign_in("student"), student, "role-not-chosen", "role", "role_arn"),
        "a user without a role": (sign_in("norole"), USERS["norole"][0], "no-role", "role", None),
        "an unknown host": (sign_in("one", idp_url="https://idp.invalid/"), "onepass", "host-unknown", "network", None),
        "an untrusted certificate": (sign_in("one", idp_url=PEER["TLS_UNTRUSTED"] + "/"), "onepass",
                                     "certificate-untrusted", "trust", None),
        "a response that STS refuses": (given("forged"), "", "assertion-refused", "denied", None),
        "a malformed response": (given("garbage"), "", "response-malformed", "protocol", None),
        "a session policy of 2,049 characters": (sign_in("one", policy_file=home / "long.json"), "onepass",
                                                 "policy-too-long", "setting", "policy_file"),
    }


def told_to_a_person(tool, cases, name, arguments, password):
    """"awsfed: " and one sentence; what follows is indented: the setting, the advice."""
    outcome = tool("obtain", *arguments, PASSWORD=password)
    first, *rest = outcome.err.splitlines() or [""]
    good = first.startswith("awsfed: ") and first.endswith((".", "?")) and rest
    good = good and all(line.startswith("   ") for line in rest)
    cases.case(f"{name} is told to a person in one sentence, and advice", None if good else repr(outcome))


def silence(tool, cases, home, response, calls):
    """The most talkative calls print no secret in any form."""
    xml = base64.b64decode(response).decode()
    pieces = {f"a piece of the response at {at}": text[at:at + 60] for text in (response, xml)
              for at in range(0, len(text) - 60, 997)}
    for name, (arguments, password, *_) in calls.items():
        for form in ("text", "json"):
            outcome = tool("obtain", "-vvv", "--error-format", form, *arguments, PASSWORD=password)
            quiet(cases, f"{name}, told in {form}, leaks nothing", outcome, {"the password": password, **pieces})
    narrowed = {"role_arn": role("Dev"), "policy": statement("s3:*")}
    given = {"idp": "assertion", "assertion": f"file:{home / 'response'}", "idp_url": None, "password": None}
    good = {"a sign-in": ("one", {}), "a sign-in with a narrowed role": ("student", narrowed),
            "a sign-in in other letters": ("münch&er", {}), "a given response": ("one", given)}
    for name, (user, more) in good.items():
        password = USERS[user][0]
        target = home / "credentials"
        outcome = tool("obtain", "-vvv", "--format", "process", "--out", target, *sign_in(user, **more), PASSWORD=password)
        if outcome.exit != 0:
            cases.case(f"{name} leaks nothing", repr(outcome))
            continue
        credentials = json.loads(target.read_text())
        values = {key: credentials[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken")}
        quiet(cases, f"{name} leaks nothing", outcome, {"the password": password, **values, **pieces})


def quiet(cases, name, outcome, secrets):
    found = leaks.leaks(outcome.out + outcome.err, {**secrets, **leaks.SAML_MARKS})
    cases.case(name, ", ".join(found) or (None if outcome.err else "it said nothing at the most talkative level"))


if __name__ == "__main__":
    main(run)
