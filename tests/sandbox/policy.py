#!/usr/bin/env python3
"""The policy commands of the tool, and what obtain does with a session policy: policy.py AWSFED SANDBOX"""
import json
import sys

from common import Sandbox, main, obtain, there

PROGRAM = sys.argv[2]
YES, NO, UNDECIDED, MALFORMED = 0, 1, 3, 14


def policy(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


class Files:
    def __init__(self, home):
        self.home = home

    def __call__(self, name, text):
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        return path


def lint(tool, cases, file):
    typo = file("typo.json", '{\n  "Version": "2012-10-17",\n  "Statement": {"Effect": "Allow", "Action": "s3:GetObjct",\n'
                             '    "Resource": "arn:aws:s3:::b/*"}\n}\n')
    outcome = tool("policy", "lint", typo)
    shown = (f'{typo}:3:46: dead: No action is called "s3:GetObjct"; s3:GetObject is near. [unknown-action]\n'
             '     3 |   "Statement": {"Effect": "Allow", "Action": "s3:GetObjct",\n'
             '       |                                              ^~~~~~~~~~~~~\n'
             "       = Correct the action's name, unless it is younger than the table of actions.\n")
    cases.case("lint shows the line and underlines the word", None if outcome.out == shown else repr(outcome.out))
    cases.case("lint: a dead part is a no", None if outcome.exit == NO else repr(outcome))
    cases.case("lint: not with --fail-on refused", None if tool("policy", "lint", "--fail-on", "refused", typo).exit == YES else "it is")
    good = policy(allow("s3:GetObject", "arn:aws:s3:::b/*"))
    outcome = tool("policy", "lint", "--type", "session", "-", stdin=good)
    cases.case("lint reads standard input, and leaves a good policy in peace",
               None if (outcome.exit, outcome.out) == (YES, "Nothing to find.\n") else repr(outcome))
    outcome = tool("policy", "lint", "--json", typo, "-", stdin="{")
    found = json.loads(outcome.out)
    places = [(one["code"], one["severity"], one["pointer"], one["line"], one["column"]) for file in found for one in file["findings"]]
    wanted = [("unknown-action", "dead", "/Statement/Action", 3, 46), ("json-syntax", "refused", "", 1, 2)]
    cases.case("lint --json has code, severity, pointer and place", None if places == wanted else repr(places))
    cases.case("lint --json says which file AWS accepts", None if [one["accepted"] for one in found] == [True, False] else outcome.out)
    wide = tool("policy", "lint", "-", stdin=policy(allow("s3:GetObject", "arn:aws:s3:::" + "x" * 300 + "/*"), allow("s3:Nothing", "arn:aws:s3:::b/\x1b[31m*")))
    cases.case("lint keeps lines short, and control characters from the terminal",
               None if wide.exit == NO and all(len(line) < 160 for line in wide.out.splitlines()) and "\x1b" not in wide.out else repr(wide.out))
    missing = tool("policy", "lint", "/nowhere.json")
    cases.case("a file that is not there is an error", None if missing.exit >= 10 and "/nowhere.json" in missing.err else repr(missing))


def evaluate(tool, cases, file):
    role, session = file("role.json", policy(allow("s3:*"))), file("session.json", policy(allow("s3:GetObject", "arn:aws:s3:::b/*")))
    both = ("policy", "evaluate", "--identity", role, "--session", session, "--resource", "arn:aws:s3:::b/k", "--action")
    yes, no = tool(*both, "s3:GetObject"), tool(*both, "s3:PutObject")
    cases.case("evaluate allows, and names the statement",
               None if (yes.exit, yes.out) == (YES, f"allow: statement 0 of the identity policy {role}\n") else repr(yes))
    cases.case("evaluate denies, and names what lacks an Allow",
               None if (no.exit, no.out) == (NO, "implicit deny: no Allow in session\n") else repr(no))
    scp = file("scp.json", policy(allow("*"), {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*",
                                               "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}}))
    elsewhere = tool(*both, "s3:GetObject", "--scp", scp, "--context", "aws:RequestedRegion=us-east-1", "--json")
    told = json.loads(elsewhere.out)
    wanted = {"decision": "explicit_deny", "layer": "SCP", "file": str(scp), "level": 0, "policy": 0, "statement": 1, "missing": []}
    cases.case("evaluate --json says what denied", None if told == wanted and elsewhere.exit == NO else elsewhere.out)
    here = tool(*both, "s3:GetObject", "--scp", scp, "--context", "aws:RequestedRegion=eu-central-1")
    cases.case("evaluate heeds condition keys", None if here.exit == YES else repr(here))
    trust = file("trust.json", policy({"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"},
                                       "Action": "sts:AssumeRoleWithSAML",
                                       "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}}))
    sign_in = ("policy", "evaluate", "--action", "sts:AssumeRoleWithSAML", "--resource", "arn:aws:iam::123456789012:role/build",
               "--resource-policy", trust, "--identity-provider", "arn:aws:iam::123456789012:saml-provider/corp",
               "--principal", "arn:aws:sts::123456789012:saml/none", "--context")
    cases.case("evaluate: a trust policy lets a SAML sign-in pass",
               None if tool(*sign_in, "SAML:aud=https://signin.aws.amazon.com/saml").exit == YES else "it does not")
    cases.case("evaluate: not one for another audience", None if tool(*sign_in, "SAML:aud=https://elsewhere").exit == NO else "it does")
    tags = file("tags.json", policy({"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}))
    for action, allowed in {"sts:TagSession": YES, "STS:tagsession": YES, "sts:SetSourceIdentity": NO}.items():
        told = tool("policy", "evaluate", "--action", action, "--resource", "arn:aws:iam::123456789012:role/build", "--resource-policy", tags,
                    "--principal", "arn:aws:iam::123456789012:user/ci")
        cases.case(f"evaluate: {action} is asked of a trust policy, too", None if told.exit == allowed else repr(told))
    refused = tool("policy", "evaluate", "--identity", "-", "--action", "s3:GetObject", stdin='{"Statement": 1}')
    cases.case("evaluate shows what refuses a policy", None if refused.exit == MALFORMED and "[wrong-type]" in refused.err else repr(refused))


def questions(tool, cases, file):
    role = file("role.json", policy(allow(["s3:Get*", "s3:List*"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]),
                                    {"Effect": "Deny", "Action": "s3:GetObjectAcl", "Resource": "*"}))
    session = file("session.json", policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/builds/*"), allow("s3:GetObjectAcl", "arn:aws:s3:::b/*")))
    both = ("--role", role, "--session", session)
    left = tool("policy", "intersect", *both)
    document = json.loads(left.out)
    effective = file("effective.json", left.out)
    cases.case("intersect writes a policy, and it is exact", None if left.exit == YES and document["Version"] == "2012-10-17" and not left.err else repr(left))
    for action, expected in (("s3:GetObject", YES), ("s3:PutObject", NO), ("s3:GetObjectAcl", NO), ("s3:ListBucket", NO)):
        asked = tool("policy", "evaluate", "--identity", effective, "--action", action, "--resource", "arn:aws:s3:::b/builds/1")
        cases.case(f"the written policy decides about {action} as both do", None if asked.exit == expected else repr(asked))
    dead = tool("policy", "dead", *both)
    lines = dead.out.splitlines()
    wanted = ["policy 0, statement 0: s3:PutObject on arn:aws:s3:::b/builds/*: no effect: the role does not allow it",
              "policy 0, statement 1: s3:GetObjectAcl on arn:aws:s3:::b/*: no effect: the role denies it"]
    cases.case("dead names what has no effect, and why", None if dead.exit == NO and lines[:2] == wanted else repr(dead))
    same = tool("policy", "compare", effective, role)
    cases.case("compare: what is left is within the role", None if same.exit == YES and "allows nothing that" in same.out else repr(same))
    other = tool("policy", "compare", role, effective)
    cases.case("compare: the role is not within it, with a request that shows it",
               None if other.exit == NO and "for example s3:" in other.out else repr(other))
    few = tool("policy", "compare", "--steps", "1", role, effective)
    cases.case("compare: with no steps nothing is decided", None if few.exit == UNDECIDED else repr(few))
    reads = json.loads(tool("policy", "compare", "--json", role, effective).out)
    cases.case("compare --json has both ways and the witness", None if reads["a_within_b"]["answer"] == "no" and
               reads["a_within_b"]["witness"]["action"].startswith("s3:") and reads["b_within_a"]["answer"] == "yes" else repr(reads))


def shrink(tool, cases, file):
    long = file("long.json", json.dumps(json.loads(policy(
        *(allow([f"ec2:{name}" for name in ("DescribeVpcs", "DescribeSubnets", "DescribeInstances")], f"arn:aws:ec2:*:*:vpc/{number}")
          for number in range(3)))), indent=4))
    outcome = tool("policy", "shrink", long)
    cases.case("shrink writes one policy, shorter", None if outcome.exit == YES and len(outcome.out) < 300 and "before" in outcome.err else repr(outcome))
    shorter = file("shorter.json", outcome.out)
    cases.case("shrink: it is equal", None if tool("policy", "compare", long, shorter).exit == YES and tool("policy", "compare", shorter, long).exit == YES else "it is not")
    narrow = tool("policy", "shrink", "--chars", "100", long)
    cases.case("shrink says when it does not fit", None if narrow.exit == NO and "does not fit" in narrow.err else repr(narrow))


def explain(tool, cases, file):
    role, session = file("role.json", policy(allow("s3:Get*"))), file("session.json", policy(allow(["s3:GetObject", "s3:PutObject"], Sid="Build")))
    page = file("page.html", "")
    outcome = tool("policy", "explain", "--role", role, "--session", session, "--html", page)
    text = page.read_text(encoding="utf-8")
    wanted = ("<!DOCTYPE html>", "s3:PutObject", "Build", "the role does not allow it")
    cases.case("explain writes a page", None if outcome.exit == YES and all(word in text for word in wanted) else repr(outcome))
    outcome = tool("policy", "explain", "--role", role, "--session", session)
    cases.case("explain tells it in words, too", None if "has an effect" in outcome.out and "What is left of both (exact)" in outcome.out else repr(outcome))


def before_sts(tool, cases, file):
    with Sandbox(PROGRAM) as sandbox:
        wrong = obtain(tool, sandbox, policy='{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3GetObject","Resource":"*"}}')
        cases.refused("obtain: a session policy that IAM's grammar refuses", wrong, "policy-malformed", "setting", setting="policy")
        cases.case("obtain: its place is told", None if "line 1, column 64" in wrong.error["message"] else repr(wrong.error))
        cases.case("obtain: no password was spent on it", None if "Password=[secret]" not in sandbox.log() else "one was")
        role = file("role.json", policy(allow("s3:Get*")))
        noted = tool("obtain", "-v", "--format", "process", *there(sandbox, policy=policy(allow(["s3:GetObject", "s3:PutObject"])), role_policy_files=role),
                     PASSWORD="Correct-Horse-7")
        cases.case("obtain: with the role's policies at hand, what has no effect is told",
                   None if noted.exit == 0 and "s3:PutObject" in noted.err and "the role does not allow it" in noted.err else repr(noted))
        branch = obtain(tool, sandbox, policy=policy(allow("s3:GetObject", "arn:aws:s3:::b/{{branch}}")), build_data='{"branch": "main"}')
        cases.case("obtain: build data in a policy", None if branch.exit == 0 else repr(branch))
        absent = obtain(tool, sandbox, policy=policy(allow("s3:GetObject", "arn:aws:s3:::b/{{branch}}")), build_data='{"plan": "x"}')
        cases.refused("obtain: build data that is not there", absent, "policy-malformed", "setting", setting="policy")


def run(tool, cases, home):
    file = Files(home)
    for part in (lint, evaluate, questions, shrink, explain, before_sts):
        part(tool, cases, file)


if __name__ == "__main__":
    main(run)
