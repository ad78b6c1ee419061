#!/usr/bin/env python3
"""Random role and session policies at a Ceph that enforces them, beside what the library decides: policies.py TOOL

Each pair becomes a role's policy and the session policy of an AssumeRole; the session then tries things in S3, and
Ceph's answers are compared with awsfed_policies_evaluate. Ceph 16 reads NotAction wrongly (it lets a request pass that
several Allows together do not name), so pairs with it are told apart: only the others must agree. AWSFED_POLICY_PAIRS says how
many pairs (60), AWSFED_POLICY_SEED which.
"""
import ctypes
import json
import os
import random
import sys
from pathlib import Path

from peers import PEER, answer, boto3, botocore, s3

from cli import main

OF_OBJECTS = ["s3:GetObject", "s3:PutObject", "s3:GetObjectTagging"]
OF_BUCKETS = ["s3:ListBucket", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucketVersions"]
ACTIONS = [*OF_OBJECTS, *OF_BUCKETS, "s3:*", "s3:Get*", "s3:*Object", "s3:List*", "s3:get*", "S3:GetObject", "s3:?etObject",
           "s3:*Bucket*", "*", "s3:*", "s3:GetBucket*"]
BUCKETS = ["data", "data2", "logs", "data-x"]
KEYS = ["a", "b/c", "b/d/e", "B/c", "x.txt", "secret/k"]
RESOURCES = ["*", "*", *(f"arn:aws:s3:::{path}" for path in
                    ("*", "*", "data", "data/*", "data*", "data/b/*", "data/B/*", "*/a", "data?/*", "logs", "logs/*", "*/b*", "data/*.txt",
                     "*a*/*c", "data/secret/*", "data-x/?", "d*/b/?"))]
CONDITIONS = [{"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.1.1"]}},
              {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}}, {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}]
ACCOUNT = "123456789012"


def compact(document):
    """Ceph 16 takes the + of a form body for a plus sign."""
    return json.dumps(document, separators=(",", ":"))


class Library:
    """As much of the C interface as this needs."""
    IDENTITY, SESSION, ALLOW = 4, 6, 1

    def __init__(self, path):
        self.calls = ctypes.CDLL(str(path))
        self.calls.awsfed_policies_evaluate.argtypes = [ctypes.c_void_p] * 7

    def made(self, function, *arguments):
        out, error = ctypes.c_void_p(), ctypes.c_void_p()
        status = getattr(self.calls, function)(*arguments, ctypes.byref(out), ctypes.byref(error))
        if status:
            raise RuntimeError(f"{function}: status {status}")
        return out

    @staticmethod
    def text(value):
        data = value.encode()
        return data, ctypes.c_size_t(len(data))

    def decisions(self, role, session, probes):
        policies = self.made("awsfed_policies_new")
        for layer, document in ((self.IDENTITY, role), (self.SESSION, session)):
            policy = self.made("awsfed_policy_parse", *self.text(json.dumps(document)), *self.text("identity"))
            if self.calls.awsfed_policies_add(policies, layer, ctypes.c_size_t(0), policy, None):
                raise RuntimeError("a policy is refused: " + json.dumps(document))
            self.calls.awsfed_policy_free(policy)
        outcome = []
        for action, resource in probes:
            access = self.made("awsfed_access_new", *self.text(action), *self.text(resource))
            self.calls.awsfed_access_set(access, *self.text("principal"), *self.text(f"arn:aws:sts::{ACCOUNT}:assumed-role/Dice/alice"), None)
            self.calls.awsfed_access_context(access, *self.text("aws:SourceIp"), *self.text("127.0.0.1"), None)
            outcome.append(self.calls.awsfed_policies_evaluate(policies, access, None, None, None, None, None) == self.ALLOW)
            self.calls.awsfed_access_free(access)
        self.calls.awsfed_policies_free(policies)
        return outcome


class Dice:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, items, most):
        chosen = self.random.sample(items, self.random.randint(1, most))
        return chosen if len(chosen) > 1 or self.random.random() < .5 else chosen[0]

    def statement(self):
        made = {"Effect": "Allow" if self.random.random() < .85 else "Deny"}
        made["NotAction" if self.random.random() < .08 else "Action"] = self.some(ACTIONS, 3)
        made["NotResource" if self.random.random() < .12 else "Resource"] = self.some(RESOURCES, 3)
        if self.random.random() < .15:
            made["Condition"] = self.random.choice(CONDITIONS)
        return made

    def policy(self):
        return {"Version": "2012-10-17", "Statement": [self.statement() for _ in range(self.random.randint(1, 3))]}

    def probes(self, count):
        made = set()
        while len(made) < count:
            action, bucket = self.random.choice(OF_OBJECTS + OF_BUCKETS), self.random.choice(BUCKETS)
            key = "/" + self.random.choice(KEYS) if action in OF_OBJECTS else ""
            made.add((action, f"arn:aws:s3:::{bucket}{key}"))
        return sorted(made)


class Ceph:
    """Takes policies in force, and tries requests as a session of the role."""

    def __init__(self):
        endpoint = PEER["CEPH_ENDPOINT"]
        quick = botocore.config.Config(retries={"max_attempts": 0})

        def client(service, who):
            return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=PEER[f"CEPH_{who}KEY"],
                                aws_secret_access_key=PEER[f"CEPH_{who}SECRET"], config=quick)

        self.endpoint, self.iam, self.sts = endpoint, client("iam", "ADMIN_"), client("sts", "")
        trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/alice"]},
                                                         "Action": ["sts:AssumeRole"]}]}
        answer(self.iam.create_role, RoleName="Dice", AssumeRolePolicyDocument=compact(trust))
        owner = s3(endpoint, PEER["CEPH_ADMIN_KEY"], PEER["CEPH_ADMIN_SECRET"])
        for bucket in BUCKETS:
            answer(owner.create_bucket, Bucket=bucket)
            for key in KEYS:
                answer(owner.put_object, Bucket=bucket, Key=key, Body=b"1")

    def session(self, role, session):
        self.iam.put_role_policy(RoleName="Dice", PolicyName="p", PolicyDocument=compact(role))
        given = self.sts.assume_role(RoleArn="arn:aws:iam:::role/Dice", RoleSessionName="alice", Policy=compact(session))["Credentials"]
        return s3(self.endpoint, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    @staticmethod
    def allows(client, action, resource):
        bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
        calls = {"s3:GetObject": client.get_object, "s3:PutObject": client.put_object, "s3:GetObjectTagging": client.get_object_tagging,
                 "s3:ListBucket": client.list_objects, "s3:GetBucketLocation": client.get_bucket_location,
                 "s3:GetBucketVersioning": client.get_bucket_versioning, "s3:ListBucketVersions": client.list_object_versions}
        wanted = {"Bucket": bucket, **({"Key": key} if key else {}), **({"Body": b"1"} if action == "s3:PutObject" else {})}
        return {"ok": True, 404: True, 403: False}[answer(calls[action], **wanted)]


def run(tool, cases, _home):
    pairs = int(os.environ.get("AWSFED_POLICY_PAIRS", "60"))
    dice, ceph = Dice(int(os.environ.get("AWSFED_POLICY_SEED", "1"))), Ceph()
    library = Library(Path(tool.path).resolve().parents[2] / "capi" / "libawsfed.so")
    asked, allowed, differing, with_not_action = 0, 0, [], [0, 0]
    for _ in range(pairs):
        role, session, probes = dice.policy(), dice.policy(), dice.probes(8)
        client = ceph.session(role, session)
        ours = library.decisions(role, session, probes)
        theirs = [ceph.allows(client, *probe) for probe in probes]
        defect = "NotAction" in json.dumps([role, session])
        for probe, our, their in zip(probes, ours, theirs):
            if defect:
                with_not_action[0] += 1
                with_not_action[1] += our != their
                continue
            asked += 1
            allowed += our
            if our != their:
                differing.append(f"{probe}: {'allow' if our else 'deny'}, Ceph says otherwise: {json.dumps([role, session])}")
    print(f"{pairs} pairs: {asked} requests, {allowed} of them allowed; {with_not_action[0]} beside a NotAction, "
          f"of which Ceph decides {with_not_action[1]} otherwise")
    cases.case("policies: Ceph decides each request as the library does", differing[:3] or (None if allowed else "nothing was allowed"))


if __name__ == "__main__":
    sys.exit(main(run))
