#!/usr/bin/env python3
"""Sign-in at a real SimpleSAMLphp, by the roles it then offers: sign_in.py AWSFED"""
from cli import leaks, main, services, sign_in


def offers_of(outcome):
    return sorted(word for line in outcome.out.splitlines() for word in line.split() if ":role/" in word)


def run(tool, cases, _home):
    with services.SimpleSamlPhp() as idp:
        for name in ("anna", "bert", "zoë"):
            user = idp.user(name)
            outcome = tool("roles", *sign_in(idp, name), PASSWORD=user.password)
            good = outcome.exit == 0 and offers_of(outcome) == sorted(user.roles)
            cases.case(f"{name} signs in and sees {len(user.roles)} role(s)", None if good else repr(outcome) + outcome.out)
        refusals(tool, cases, idp)
        nothing_leaks(tool, cases, idp)


def refusals(tool, cases, idp):
    def roles(user, password, verb="roles", **more):
        return tool(verb, "--error-format", "json", *sign_in(idp, user, **more), PASSWORD=password)

    cases.refused("a wrong password is refused by the identity provider", roles("anna", "wrong-password"),
                  "credentials-refused", "refused")
    cases.refused("an unknown user is refused as a wrong password is", roles("nobody", "wrong-password"),
                  "credentials-refused", "refused")
    cases.refused("the password of another user is refused", roles("anna", idp.user("bert").password),
                  "credentials-refused", "refused")
    nowhere = {"sts_endpoint": "http://127.0.0.1:9/", "region": "us-east-1"}
    cases.refused("a user without a role learns that there is none",
                  roles("nora", idp.user("nora").password, "obtain", **nowhere), "no-role", "role")
    bert = idp.user("bert")
    cases.refused("of two roles one must be chosen, and both are named",
                  roles("bert", bert.password, "obtain", **nowhere), "role-not-chosen", "role", "role_arn", bert.roles[1])
    cases.refused("a role that is not offered is refused, and the offers are named",
                  roles("bert", bert.password, "obtain", role_arn=idp.role("admin"), **nowhere),
                  "role-not-offered", "role", "role_arn", bert.roles[0])
    cases.refused("a role that is offered goes on to STS, which is not there",
                  roles("bert", bert.password, "obtain", role_arn=idp.role("deploy"), **nowhere),
                  "connect-failed", "network")


def nothing_leaks(tool, cases, idp):
    for name in ("anna", "bert", "zoë"):
        password = idp.user(name).password
        for word, sent in (("right", password), ("wrong", password + "-not")):
            outcome = tool("roles", "-vvv", *sign_in(idp, name), PASSWORD=sent)
            found = leaks.leaks(outcome.out + outcome.err, {"the password": sent, **leaks.SAML_MARKS})
            quiet = None if outcome.err else "it said nothing at the most talkative level"
            cases.case(f"nothing of {name}'s {word} password or assertion is printed at -vvv", ", ".join(found) or quiet)


if __name__ == "__main__":
    main(run)
