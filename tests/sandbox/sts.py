#!/usr/bin/env python3
"""The sandbox's STS, as the command-line tool and the AWS CLI see it, right and with each fault: sts.py AWSFED SANDBOX

Every single check of a request is in test_sts.cpp; here is what real clients make of the answers.
"""
import json
import ssl
import subprocess
import sys
import urllib.request

from common import ACCOUNT, KEY_ID, LONG_TERM, SECRET_KEY, Sandbox, aws, flags, keys_in, leaks, main, obtain, role, services

PROGRAM = sys.argv[2]
MEMBER = "210987654321"
TOKEN, STALE_TOKEN = "trade-in-token-of-no-worth", "trade-in-token-of-yesterday"
AUDIT = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
# A user of an account that has nothing switched on, and is nobody's manager.
STRANGER = """
[key AKIASTRANGEREXAMPLE0]
secret = another-key-of-no-worth
arn = arn:aws:iam::333333333333:user/x
policy = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
"""
STRANGER_KEYS = {"AWS_ACCESS_KEY_ID": "AKIASTRANGEREXAMPLE0", "AWS_SECRET_ACCESS_KEY": "another-key-of-no-worth"}
# Another party's reader of web identity tokens, which prints their claims where the signature is right.
VERIFIER = """
import json, sys
from joserfc import jwt
from joserfc.jwk import KeySet
given = json.load(sys.stdin)
print(json.dumps(jwt.decode(given["token"], KeySet.import_key_set(given["keys"]), algorithms=["RS256", "ES384"]).claims))
"""
ALICE = f"arn:aws:sts::{ACCOUNT}:assumed-role/build/alice@corp.example"


def policy(action, resource):
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": resource}})


def run(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        session(tool, cases, home, sandbox)
        long_term(tool, cases, home, sandbox)
        refusals(tool, cases, home, sandbox)
    with Sandbox(PROGRAM, STRANGER) as sandbox:
        asks = Asks(tool, sandbox)
        scoped(cases, home, asks)
        roots(cases, home, asks)
        delegated(cases, home, asks)
        web_identities(cases, asks)
        facts(cases, asks)
        found = leaks.leaks(sandbox.log(), {f"token {n}": text for n, text in enumerate([TOKEN, STALE_TOKEN, *asks.tokens])})
        cases.case("no token is in the sandbox's log", "; ".join(map(str, found)))
    faults(tool, cases)


def arn_of(done, *path):
    if done.returncode != 0:
        return done.stderr.strip()
    value = json.loads(done.stdout)
    for name in path or ("Arn",):
        value = value[name]
    return value


def expect(cases, name, got, wanted):
    cases.case(name, None if got == wanted else f"{got!r}, not {wanted!r}")


def denied(cases, name, done, *words):
    good = done.returncode != 0 and all(word in done.stderr for word in words)
    cases.case(name, None if good else f"exit {done.returncode}: {done.stderr.strip()[-400:]}")


def told(cases, name, outcome, code, exit_status):
    """As Cases.refused, but for messages that end with STS's own words, which are not always sentences."""
    error = outcome.error
    good = outcome.exit == exit_status and error.get("code") == code and error.get("advice") and not outcome.out
    cases.case(name, None if good else repr(outcome))


def session(tool, cases, home, sandbox):
    outcome = obtain(tool, sandbox, policy=policy("sts:AssumeRole", role("reader")), duration="15m")
    if outcome.exit != 0:
        cases.case("alice obtains credentials", repr(outcome))
        return
    keys = keys_in(outcome)
    expect(cases, "the AWS CLI is alice in the role build", arn_of(aws(sandbox, home, keys, "sts", "get-caller-identity")), ALICE)
    assume = ("sts", "assume-role", "--role-session-name", "ci", "--role-arn")
    expect(cases, "what the session policy allows is done", arn_of(aws(sandbox, home, keys, *assume, role("reader")), "AssumedRoleUser", "Arn"),
           f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/ci")
    denied(cases, "what it does not allow is denied, though the role may", aws(sandbox, home, keys, *assume, role("deploy")),
           "AccessDenied", "no session policy allows the sts:AssumeRole action")
    denied(cases, "a session gets no session token", aws(sandbox, home, keys, "sts", "get-session-token"), "AccessDenied")
    denied(cases, "a wrong secret is seen by the signature", aws(sandbox, home, {**keys, "AWS_SECRET_ACCESS_KEY": "x" * 40},
                                                                 "sts", "get-caller-identity"), "SignatureDoesNotMatch")
    denied(cases, "a wrong session token is refused", aws(sandbox, home, {**keys, "AWS_SESSION_TOKEN": "x" * 40},
                                                          "sts", "get-caller-identity"), "InvalidClientTokenId")
    wide = obtain(tool, sandbox)
    expect(cases, "without a session policy the same is allowed",
           arn_of(aws(sandbox, home, keys_in(wide), *assume, role("deploy")), "AssumedRoleUser", "Arn"),
           f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci")


def long_term(tool, cases, home, sandbox):
    user = f"arn:aws:iam::{ACCOUNT}:user/ci"
    expect(cases, "long-term keys are the user's", arn_of(aws(sandbox, home, LONG_TERM, "sts", "get-caller-identity")), user)
    token = aws(sandbox, home, LONG_TERM, "sts", "get-federation-token", "--name", "nightly", "--policy", policy("s3:*", "*"))
    expect(cases, "a federation token is given", arn_of(token, "FederatedUser", "Arn"), f"arn:aws:sts::{ACCOUNT}:federated-user/nightly")
    given = aws(sandbox, home, LONG_TERM, "sts", "get-session-token", "--duration-seconds", "900")
    if given.returncode == 0:
        made = json.loads(given.stdout)["Credentials"]
        keys = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
                "AWS_SESSION_TOKEN": made["SessionToken"]}
        expect(cases, "a session token is the user's too", arn_of(aws(sandbox, home, keys, "sts", "get-caller-identity")), user)
    else:
        cases.case("a session token is given", given.stderr)
    caller = flags(sts_endpoint=sandbox.sts_endpoint, ca_file=sandbox.ca_file, region="eu-central-1", access_key_id=KEY_ID,
                   secret_access_key="env:SECRET")
    for action, more in (("assume-role", flags(role_arn=role("deploy"), role_session_name="ci")),
                         ("get-federation-token", flags(federated_name="nightly", policy=policy("s3:*", "*")))):
        outcome = tool("obtain", "--format", "process", *caller, *flags(sts_action=action), *more, SECRET=SECRET_KEY)
        cases.case(f"awsfed's own {action} is accepted", None if outcome.exit == 0 else repr(outcome))
    wrong = tool("obtain", "--error-format", "json", *caller, *flags(role_arn=role("deploy"), role_session_name="ci"), SECRET="another")
    cases.refused("awsfed's caller with a wrong secret is refused", wrong, "caller-refused", "denied")


def refusals(tool, cases, home, sandbox):
    too_long = obtain(tool, sandbox, duration="12h", strict_duration="true")
    cases.refused("a duration beyond the role's is refused", too_long, "duration-refused", "denied")
    shorter = obtain(tool, sandbox, duration="12h")
    cases.case("without strict_duration a shorter one is taken", None if shorter.exit == 0 else repr(shorter))
    condition = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}}})
    cases.refused("a session policy that the sandbox does not judge is refused", obtain(tool, sandbox, policy=condition),
                  "policy-refused", "denied")
    denied(cases, "another action is not played",
           aws(sandbox, home, LONG_TERM, "sts", "assume-role-with-web-identity", "--role-arn", role("reader"), "--role-session-name",
               "ci", "--web-identity-token", "abcd"), "InvalidAction")


class Asks:
    """The tool as a caller of the sandbox: by long-term keys, or by those of a session."""

    def __init__(self, tool, sandbox):
        self.tool, self.sandbox, self.tokens = tool, sandbox, []
        self.alice = keys_in(obtain(tool, sandbox))

    def __call__(self, verb, keys, *more, **settings):
        outcome = self.tool(*verb, "--error-format", "json",
                            *flags(sts_endpoint=self.sandbox.sts_endpoint, ca_file=self.sandbox.ca_file, region="eu-central-1",
                                   access_key_id=keys["AWS_ACCESS_KEY_ID"], secret_access_key="env:SECRET",
                                   session_token="env:TOKEN" if "AWS_SESSION_TOKEN" in keys else None), *flags(**settings), *more,
                            SECRET=keys["AWS_SECRET_ACCESS_KEY"], TOKEN=keys.get("AWS_SESSION_TOKEN", ""),
                            TRADE_IN=TOKEN, STALE=STALE_TOKEN)
        if verb[0] == "obtain" and outcome.exit == 0:
            self.tokens.append(keys_in(outcome)["AWS_SESSION_TOKEN"])
        return outcome

    def obtain(self, action, keys, **settings):
        return self(("obtain", "--format", "process", "--sts-action", action), keys, **settings)

    def sts(self, action, keys, *more, **settings):
        return self(("sts", action), keys, *more, **settings)


def identity(cases, name, home, asks, outcome, arn):
    if outcome.exit != 0:
        cases.case(name, repr(outcome))
    else:
        expect(cases, name, arn_of(aws(asks.sandbox, home, keys_in(outcome), "sts", "get-caller-identity")), arn)


def scoped(cases, home, asks):
    action = "get-scoped-credentials"
    given = asks.obtain(action, asks.alice, policy=policy("sts:AssumeRole", role("reader")), duration="10m",
                        scope_description="a nightly build")
    identity(cases, "a scoped session is alice's", home, asks, given, ALICE)
    assume = ("sts", "assume-role", "--role-session-name", "ci", "--role-arn")
    denied(cases, "a scoped session may not do what the scope leaves out",
           aws(asks.sandbox, home, keys_in(given), *assume, role("deploy")), "AccessDenied", "no session policy allows")
    cases.refused("long-term keys are not scoped", asks.obtain(action, LONG_TERM, duration="10m"), "caller-refused", "denied")
    cases.refused("a scope of nothing is refused before it is asked for", asks.obtain(action, asks.alice), "setting-missing",
                  "setting", setting="policy")
    cases.refused("a scope does not outlive its session",
                  asks.obtain(action, asks.alice, duration="2h", strict_duration="true"), "duration-refused", "denied",
                  setting="duration")
    condition = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}}})
    cases.refused("a scope that the sandbox does not judge is refused", asks.obtain(action, asks.alice, policy=condition),
                  "policy-refused", "denied")


def roots(cases, home, asks):
    given = asks.obtain("assume-root", LONG_TERM, target_principal=MEMBER, task_policy_arn=AUDIT)
    identity(cases, "the root of a member account is taken", home, asks, given, f"arn:aws:sts::{MEMBER}:assumed-root")
    shown = asks.sts("assume-root", LONG_TERM, "--json", target_principal=f"arn:aws:iam::{MEMBER}:root", task_policy_arn=AUDIT)
    members = json.loads(shown.out) if shown.exit == 0 else {}
    cases.case("awsfed sts assume-root shows no secret",
               None if members.get("SessionTokenSize") == "348" and members["Credentials/SessionToken"] is None else repr(shown))
    for name, keys, target in (("another account's root is denied", LONG_TERM, "999999999999"),
                               ("the root is denied to a stranger", STRANGER_KEYS, MEMBER),
                               ("the root is denied to who has no permission", asks.alice, MEMBER)):
        cases.refused(name, asks.obtain("assume-root", keys, target_principal=target, task_policy_arn=AUDIT), "access-denied", "denied")
    other = asks.obtain("assume-root", LONG_TERM, target_principal=MEMBER, task_policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    cases.refused("the root is not given for another policy", other, "request-refused", "denied")


def delegated(cases, home, asks):
    action = "get-delegated-access-token"
    given = asks.obtain(action, LONG_TERM, trade_in_token="env:TRADE_IN")
    identity(cases, "a trade-in token is traded", home, asks, given, f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/maintenance")
    cases.refused("an expired trade-in token is told", asks.obtain(action, LONG_TERM, trade_in_token="env:STALE"),
                  "assertion-expired", "expired")
    cases.refused("a trade-in token that nobody gave out is denied", asks.obtain(action, LONG_TERM, trade_in_token="env:SECRET"),
                  "access-denied", "denied")


def claims_in(asks, outcome):
    """What joserfc reads in the token, by the keys that its issuer publishes; or why it does not."""
    def fetch(url):
        with urllib.request.urlopen(url, context=ssl.create_default_context(cafile=asks.sandbox.ca_file)) as answer:
            return json.load(answer)
    if outcome.exit != 0:
        return {"error": repr(outcome)}
    issuer = fetch(asks.sandbox.sts_endpoint + "/.well-known/openid-configuration")
    given = json.dumps({"token": outcome.out.strip(), "keys": fetch(issuer["jwks_uri"])})
    asks.tokens.append(outcome.out.strip())
    done = subprocess.run([services.CACHE / "venv/bin/python", "-c", VERIFIER], input=given, capture_output=True, text=True, timeout=60)
    claims = json.loads(done.stdout) if done.returncode == 0 else {"error": done.stderr.strip()[-300:]}
    return claims if claims.get("iss") == issuer["issuer"] else {"error": claims}


def web_identities(cases, asks):
    action, member = "get-web-identity-token", ("--member", "WebIdentityToken")
    for algorithm in ("RS256", "ES384"):
        claims = claims_in(asks, asks.sts(action, asks.alice, *member, token_audiences="https://api.example",
                                          signing_algorithm=algorithm, session_tags='{"Plan": "WEB-MAIN"}', duration="10m"))
        good = (claims.get("aud") == "https://api.example" and claims["sub"] == role("build") and claims["exp"] - claims["iat"] == 600
                and claims["https://sts.amazonaws.com/"]["request_tags"] == {"Plan": "WEB-MAIN"})
        cases.case(f"another library verifies a token by {algorithm}", None if good else claims)
    claims = claims_in(asks, asks.sts(action, asks.alice, *member, token_audiences="https://api.example", token_scope="read write",
                                      subject_mode="OriginIdentity"))
    cases.case("a token has a scope, for the origin", None if (claims.get("scope"), claims.get("sub")) == ("read write", "E-4711") else claims)
    for name, keys, settings, code in (
            ("a token where the account has them off is denied", STRANGER_KEYS, {}, "access-denied"),
            ("a token with a scope but no origin is refused", LONG_TERM, {"token_scope": "read"}, "request-refused")):
        cases.refused(name, asks.sts(action, keys, *member, token_audiences="https://api.example", **settings), code, "denied")
    short = keys_in(obtain(asks.tool, asks.sandbox, duration="15m"))
    cases.refused("a token does not outlive the session", asks.sts(action, short, *member, token_audiences="a", duration="1h"),
                  "duration-refused", "denied", setting="duration")
    tags = json.dumps({f"Key{n}": "x" * 256 for n in range(50)})
    audiences = ",".join(f"https://{n}.example/" + "x" * 900 for n in range(5))
    cases.refused("a token that would be too long is refused",
                  asks.sts(action, LONG_TERM, *member, token_audiences=audiences, session_tags=tags), "request-refused", "denied")


def facts(cases, asks):
    for name, key in (("a user's", KEY_ID), ("a session's", asks.alice["AWS_ACCESS_KEY_ID"])):
        told_account = asks.sts("get-access-key-info", LONG_TERM, "--member", "Account", asked_key_id=key)
        expect(cases, f"the account of {name} key is told", told_account.out.strip(), ACCOUNT)
    cases.refused("an unknown key's account is not told", asks.sts("get-access-key-info", LONG_TERM, asked_key_id="AKIAUNKNOWNUNKNOWN00"),
                  "request-refused", "denied")
    cases.refused("no encoded message is right", asks.sts("decode-authorization-message", LONG_TERM, encoded_message="abc"),
                  "request-refused", "denied")
    tagged = asks.obtain("assume-role", LONG_TERM, role_arn=role("deploy"), role_session_name="ci", session_tags='{"Plan": "WEB-MAIN"}')
    cases.case("session tags are taken with the permission", None if tagged.exit == 0 else repr(tagged))
    cases.refused("session tags are denied without", asks.obtain("assume-role", asks.alice, role_arn=role("deploy"), role_session_name="ci",
                                                                 session_tags='{"Plan": "WEB-MAIN"}'), "access-denied", "denied")


def faults(tool, cases):
    kinds = [("wrong_signature", "an assertion with a wrong signature", "signer-not-in-metadata", 18),
             ("wrong_audience", "an assertion for another party", "assertion-refused", 22),
             ("wrong_recipient", "an assertion for another address", "assertion-refused", 22),
             ("sts_throttle", "an STS that asks to slow down", "throttled", 24),
             ("sts_503", "an STS that is not available", "service-failed", 17)]
    for kind, name, code, exit_status in kinds:
        with Sandbox(PROGRAM, f"[fault {kind}]\nnth = 1\n") as sandbox:
            told(cases, name, obtain(tool, sandbox, attempts="1"), code, exit_status)
            again = obtain(tool, sandbox)
            cases.case(f"{name} is over with the next request", None if again.exit == 0 else repr(again))
            cases.case(f"{name} stands in the log", None if f"fault {kind}" in sandbox.log() else sandbox.log())
    for kind in ("sts_throttle", "sts_503"):
        with Sandbox(PROGRAM, f"[fault {kind}]\nnth = 1\n") as sandbox:
            outcome = obtain(tool, sandbox)
            cases.case(f"after {kind} the call is repeated", None if outcome.exit == 0 else repr(outcome))
    # Told by the client already: it is as late as an assertion that waited.
    with Sandbox(PROGRAM, "[fault expired]\nvalue = 600\n") as sandbox:
        cases.refused("an assertion that is ten minutes old", obtain(tool, sandbox), "assertion-expired", "expired")
    with Sandbox(PROGRAM, "[fault clock_skew_s]\nvalue = 1000\n") as sandbox:
        outcome = tool("obtain", "--error-format", "json",
                       *flags(sts_endpoint=sandbox.sts_endpoint, ca_file=sandbox.ca_file, region="eu-central-1", access_key_id=KEY_ID,
                              secret_access_key="env:SECRET", role_arn=role("deploy"), role_session_name="ci"), SECRET=SECRET_KEY)
        cases.case("an STS whose clock is off is signed for by its own time", None if outcome.exit == 0 else repr(outcome))


if __name__ == "__main__":
    main(run)
