#!/usr/bin/env python3
"""From role to role, and external ids, at MiniStack, which checks the trust of each: chains.py AWSFED"""
import json
from datetime import datetime, timezone
from typing import NamedTuple

import boto3
import botocore.config
from peers import PEER, answer, expected, keys, s3_of, statement

from cli import leaks, main

ENDPOINT, ACCOUNT = PEER.get("MINISTACK_ENDPOINT"), PEER.get("MINISTACK_ACCOUNT")
BUCKET, EXTERNAL_ID = "chained", "customer:4711/a=b"
HOUR = 3600
SLACK = 30  # seconds that a call and its check may take together


class Keys(NamedTuple):
    """A caller, or what a session has been given."""

    id: str
    secret: str
    token: str = ""


def arn(role):
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


def roles():
    """First trusts the user, Second trusts First alone, Third trusts Second; External wants its external id."""
    iam = boto3.client("iam", endpoint_url=ENDPOINT, region_name="us-east-1", aws_access_key_id=PEER["MINISTACK_KEY"],
                       aws_secret_access_key=PEER["MINISTACK_SECRET"], config=botocore.config.Config(retries={"max_attempts": 0}))
    user = f"arn:aws:iam::{ACCOUNT}:user/build"
    trusts = {"First": (user, {}), "Second": (arn("First"), {}), "Third": (arn("Second"), {}),
              "External": (user, {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}})}
    may = {"First": "sts:AssumeRole", "Second": ["sts:AssumeRole", "s3:*"], "Third": ["s3:ListBucket", "s3:CreateBucket"], "External": "s3:*"}
    for name, (principal, condition) in trusts.items():
        trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", "Condition": condition}
        answer(iam.create_role, RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
        answer(iam.put_role_policy, RoleName=name, PolicyName="p", PolicyDocument=statement(may[name]))


class Step:
    """AssumeRole by a caller. Its secrets go by variables, and are looked for in all that is printed."""

    def __init__(self, tool, cases):
        self.tool, self.cases = tool, cases

    def take(self, name, caller, role, endpoint=ENDPOINT, **more):
        asked = {"sts_action": "assume-role", "role_arn": arn(role), "role_session_name": "build-1",
                 "session_token": "env:TOKEN" if caller.token else None, **more}
        outcome = self.tool("obtain", "--format", "process", "-vvv", "--error-format", "json", *keys(endpoint, caller.id, **asked),
                            KEY=caller.secret, TOKEN=caller.token)
        given = keys_in(outcome) if outcome.exit == 0 else Keys("", "")
        secrets = {"the key": caller.secret, "the token": caller.token, "the new key": given.secret, "the new token": given.token}
        found = leaks.leaks(outcome.err, {what: text for what, text in secrets.items() if text})
        self.cases.case(f"{name}: nothing secret is printed", ", ".join(found))
        return outcome

    def gives(self, name, caller, role, seconds=HOUR, **more):
        outcome = self.take(name, caller, role, **more)
        faults = [] if outcome.exit == 0 else [repr(outcome)]
        if not faults:
            left = seconds_left(outcome)
            faults += [] if seconds - SLACK <= left <= seconds + SLACK else [f"it lasts {left:.0f} s"]
        self.cases.case(name, "; ".join(faults))
        return outcome if outcome.exit == 0 else None

    def refused(self, name, caller, role, code=("access-denied", "denied"), peer="AccessDenied", setting=None, **more):
        outcome = self.take(name, caller, role, **more)
        self.cases.refused(name, outcome, *code, setting)
        self.cases.case(f"{name}: by whom", expected(peer, outcome.error.get("peer")))
        return outcome


def keys_in(outcome):
    given = json.loads(outcome.out)
    return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def seconds_left(outcome):
    until = datetime.fromisoformat(json.loads(outcome.out)["Expiration"].replace("Z", "+00:00"))
    return (until - datetime.now(timezone.utc)).total_seconds()


def chain(step, cases, user):
    first = step.gives("the user takes the first role", user, "First")
    second = first and step.gives("the first role takes the second", keys_in(first), "Second")
    third = second and step.gives("the second role takes the third", keys_in(second), "Third")
    if not third:
        return
    s3 = s3_of(ENDPOINT, second)
    answer(s3.create_bucket, Bucket=BUCKET)
    cases.case("the second role does what it may", expected("ok", answer(s3.put_object, Bucket=BUCKET, Key="k", Body=b"x")))
    last = s3_of(ENDPOINT, third)
    cases.case("the third role does what it may", expected("ok", answer(last.list_objects_v2, Bucket=BUCKET)))
    cases.case("the third role does not do what the second may", expected(403, answer(last.put_object, Bucket=BUCKET, Key="k", Body=b"y")))
    cases.case("nor the first", expected(403, answer(s3_of(ENDPOINT, first).list_objects_v2, Bucket=BUCKET)))
    shown = step.tool("sts", "get-caller-identity", "--json", *keys(ENDPOINT, keys_in(third).id, session_token="env:TOKEN"),
                      KEY=keys_in(third).secret, TOKEN=keys_in(third).token)
    who = json.loads(shown.out).get("Arn") if shown.exit == 0 else repr(shown)
    cases.case("at its end the chain is the third role", expected(f"arn:aws:sts::{ACCOUNT}:assumed-role/Third/build-1", who))

    narrowed = step.gives("a step may be narrowed", keys_in(first), "Second", policy=statement("s3:ListBucket"))
    if narrowed:
        reader = s3_of(ENDPOINT, narrowed)
        cases.case("narrowed, the second role lists", expected("ok", answer(reader.list_objects_v2, Bucket=BUCKET)))
        cases.case("narrowed, it does not write", expected(403, answer(reader.put_object, Bucket=BUCKET, Key="k", Body=b"z")))
        step.refused("narrowed, it goes no further", keys_in(narrowed), "Third")

    step.refused("the user does not skip the first role", user, "Second")
    step.refused("the first role does not skip the second", keys_in(first), "Third")
    step.refused("nor does the chain lead back", keys_in(third), "First")
    forged = keys_in(first)._replace(token=keys_in(second).token)
    step.refused("one role's keys with the token of another", forged, "Second", ("caller-refused", "denied"), "InvalidClientTokenId")
    without = keys_in(first)._replace(token="")
    step.refused("a role's keys without their token", without, "Second", ("caller-refused", "denied"), "InvalidClientTokenId")
    cap(step, user, keys_in(first))


def cap(step, user, session):
    """AWS gives a role behind a role an hour. Keys alone do not tell a role's session from a user's with a second factor, which
    has no such limit: so AWS is asked. A session that awsfed got itself is known, and refused before; a unit test has that."""
    # Were AWS asked, it would be by a proxy that is not there.
    aws = {"endpoint": None, "proxy": "http://127.0.0.1:1", "attempts": "1"}
    step.refused("two hours behind keys of unknown birth are asked for at AWS", session, "Second", ("proxy-failed", "network"), "",
                 "proxy", duration="2h", **aws)
    step.refused("an hour behind a role is asked for at AWS", session, "Second", ("proxy-failed", "network"), "", "proxy", duration="1h", **aws)
    step.refused("two hours by the user's own keys are asked for at AWS", user, "First", ("proxy-failed", "network"), "", "proxy",
                 duration="2h", **aws)
    step.gives("half an hour behind a role", session, "Second", HOUR // 2, duration="30m")
    step.gives("two hours behind a role, at a service that gives them", session, "Second", 2 * HOUR, duration="2h")


def external_ids(step, cases, user):
    given = step.gives("the right external id", user, "External", external_id=EXTERNAL_ID)
    if given:
        s3 = s3_of(ENDPOINT, given)
        cases.case("with the right external id: S3 answers", expected("ok", answer(s3.list_objects_v2, Bucket=BUCKET)))
    step.refused("a wrong external id", user, "External", external_id="customer:4712/a=b")
    step.refused("an external id in other letters", user, "External", external_id=EXTERNAL_ID.upper())
    step.refused("the beginning of an external id", user, "External", external_id=EXTERNAL_ID[:-1])
    step.refused("no external id", user, "External")
    step.gives("an external id that nobody asks for", user, "First", external_id=EXTERNAL_ID)
    for name, text in (("of one letter", "x"), ("with a blank", "customer 4711"), ("of 1,225 letters", "x" * 1225)):
        step.refused(f"an external id {name} is not sent", user, "External", ("setting-invalid", "setting"), "", "external_id", external_id=text)


def run(tool, cases, _home):
    if not ENDPOINT:
        print("skip chains: ministack is not running")
        return
    roles()
    step, user = Step(tool, cases), Keys(PEER["MINISTACK_KEY"], PEER["MINISTACK_SECRET"])
    chain(step, cases, user)
    external_ids(step, cases, user)


if __name__ == "__main__":
    main(run)
