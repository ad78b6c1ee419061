#!/usr/bin/env python3
"""idp=form at a real Keycloak: what each kind of account leads to: keycloak.py AWSFED"""
from peers import PEER, role

from cli import flags, leaks, main

PASSWORDS = {"student": "studentpass", "uml": 'pä ss+w%3D"ört€', "otp": "otppass", "setupotp": "setuppass", "disabled": "disabledpass",
             "expired": "expiredpass", "norole": "norolepass"}


def run(tool, cases, _home):
    if "KEYCLOAK_LOGIN" not in PEER:
        print("skip keycloak: it is not running")
        return

    def call(verb, user, password=None):
        sign_in = flags(idp="form", idp_url=PEER["KEYCLOAK_LOGIN"], user=user, password="env:PASSWORD", http_loopback="true")
        sent = password or PASSWORDS[user]
        outcome = tool(verb, "-vvv", "--error-format", "json", *sign_in, PASSWORD=sent)
        # What a role list prints on stdout are names only.
        found = leaks.leaks(outcome.out + outcome.err, {"the password": sent, **leaks.SAML_MARKS})
        cases.case(f"{user}: nothing secret is printed", ", ".join(found))
        return outcome

    for user, offered in (("student", ("Dev", "Ops")), ("uml", ("Uml",))):
        outcome = call("roles", user)
        good = outcome.exit == 0 and all(role(name) in outcome.out for name in offered)
        cases.case(f"{user} signs in and sees {len(offered)} role(s)", None if good else repr(outcome))
    for name, user, password, code, status in (
            ("a wrong password", "student", "wrong-password", "credentials-refused", "refused"),
            ("a user whom nobody knows", "nobody", "wrong-password", "credentials-refused", "refused"),
            ("a disabled account", "disabled", None, "account-disabled", "refused"),
            ("a password that must be changed", "expired", None, "password-expired", "refused"),
            ("a one-time code that is demanded", "otp", None, "second-factor-demanded", "unsupported"),
            ("a one-time code that must be set up", "setupotp", None, "second-factor-setup", "refused")):
        cases.refused(f"{name} is named", call("roles", user, password), code, status)


if __name__ == "__main__":
    main(run)
