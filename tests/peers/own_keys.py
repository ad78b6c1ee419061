#!/usr/bin/env python3
"""With the caller's own keys: AssumeRole at Ceph, GetFederationToken at MiniStack; both check signature and policy."""
from peers import PEER, answer, expected, keys, s3, s3_of, statement

from cli import main


def run(tool, cases, _home):
    assume_role(tool, cases)
    federation_token(tool, cases)


def assume_role(tool, cases):
    endpoint, bucket = PEER["CEPH_ENDPOINT"], "narrowed"
    asked = {"sts_action": "assume-role", "role_arn": PEER["CEPH_ROLE"], "role_session_name": "build-1"}
    mine = keys(endpoint, PEER["CEPH_KEY"], **asked)
    full = tool("obtain", "--format", "process", *mine, KEY=PEER["CEPH_SECRET"])
    cases.case("Ceph: AssumeRole gives credentials", None if full.exit == 0 else repr(full))
    if full.exit != 0:
        return
    owner = s3_of(endpoint, full)
    answer(owner.create_bucket, Bucket=bucket)
    cases.case("Ceph: without a session policy the role may write",
               expected("ok", answer(owner.put_object, Bucket=bucket, Key="k", Body=b"data")))

    reading = statement(["s3:GetObject", "s3:ListBucket"], [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"])
    narrowed = tool("obtain", "--format", "process", *mine, "--policy", reading, KEY=PEER["CEPH_SECRET"])
    cases.case("Ceph: AssumeRole takes a session policy", None if narrowed.exit == 0 else repr(narrowed))
    if narrowed.exit == 0:
        reader = s3_of(endpoint, narrowed)
        cases.case("Ceph: boto3 lists what the policy allows", expected("ok", answer(reader.list_objects_v2, Bucket=bucket)))
        cases.case("Ceph: boto3 reads what the policy allows",
                   expected("ok", answer(reader.get_object, Bucket=bucket, Key="k")))
        cases.case("Ceph: a write is refused, though the role may",
                   expected(403, answer(reader.put_object, Bucket=bucket, Key="k", Body=b"more")))

    stranger = tool("obtain", "--error-format", "json", *keys(endpoint, PEER["CEPH_NOROLE_KEY"], **asked),
                    KEY=PEER["CEPH_NOROLE_SECRET"])
    cases.refused("Ceph: who may not assume the role is denied", stranger, "access-denied", "denied")
    wrong = tool("obtain", "--error-format", "json", *mine, KEY=PEER["CEPH_SECRET"][:-1] + "x")
    good = wrong.exit == 22 and wrong.error.get("status") == "denied"
    cases.case("Ceph: a wrong key does not sign", None if good else repr(wrong))


def federation_token(tool, cases):
    endpoint, bucket = PEER["MINISTACK_ENDPOINT"], "federated"
    key, secret = PEER["MINISTACK_KEY"], PEER["MINISTACK_SECRET"]
    owner = s3(endpoint, key, secret)
    answer(owner.create_bucket, Bucket=bucket)

    def token(*more):
        mine = keys(endpoint, key, sts_action="get-federation-token", federated_name="build")
        return tool("obtain", "--error-format", "json", "--format", "process", *mine, *more, KEY=secret)

    listing = token("--policy", statement("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
    cases.case("MiniStack: GetFederationToken gives credentials", None if listing.exit == 0 else repr(listing))
    if listing.exit == 0:
        federated = s3_of(endpoint, listing)
        cases.case("MiniStack: the federated user does what the policy allows",
                   expected("ok", answer(federated.list_objects_v2, Bucket=bucket)))
        cases.case("MiniStack: the federated user is refused what it does not",
                   expected(403, answer(federated.put_object, Bucket=bucket, Key="k", Body=b"x")))

    cases.refused("a federation token without a policy is not asked for", token(), "policy-absent", "setting")
    nothing = token("--allow-no-policy", "true")
    cases.case("MiniStack: with allow_no_policy it is", None if nothing.exit == 0 else repr(nothing))
    if nothing.exit == 0:
        nobody = s3_of(endpoint, nothing)
        cases.case("MiniStack: and may do nothing at all: not list",
                   expected(403, answer(nobody.list_objects_v2, Bucket=bucket)))
        cases.case("MiniStack: nor write", expected(403, answer(nobody.put_object, Bucket=bucket, Key="k", Body=b"x")))


if __name__ == "__main__":
    main(run)
