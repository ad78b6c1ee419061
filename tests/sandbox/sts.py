#!/usr/bin/env python3
"""The sandbox's STS, as the command-line tool and the AWS CLI see it, right and with each fault: sts.py AWSFED SANDBOX

Every single check of a request is in test_sts.cpp; here is what real clients make of the answers.
"""
import json
import sys

from common import ACCOUNT, KEY_ID, LONG_TERM, SECRET_KEY, Sandbox, aws, flags, keys_in, main, obtain, role

PROGRAM = sys.argv[2]
ALICE = f"arn:aws:sts::{ACCOUNT}:assumed-role/build/alice@corp.example"


def policy(action, resource):
    return json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": resource}})


def run(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        session(tool, cases, home, sandbox)
        long_term(tool, cases, home, sandbox)
        refusals(tool, cases, home, sandbox)
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
    for action in ("get-access-key-info --access-key-id AKIASANDBOXEXAMPLE00", "assume-root --target-principal 123456789012 "
                   "--task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"):
        denied(cases, f"{action.split()[0]} is not played", aws(sandbox, home, LONG_TERM, "sts", *action.split()), "InvalidAction")


def faults(tool, cases):
    kinds = [("wrong_signature", "an assertion with a wrong signature", "assertion-refused", 22),
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
