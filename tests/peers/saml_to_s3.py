#!/usr/bin/env python3
"""The whole way: SimpleSAMLphp signs in, a strict STS checks the response, an S3 enforces the session policy."""
import json

from peers import PEER, USERS, answer, role, s3, s3_of, sign_in, statement

from cli import main, services

BUCKET = "reports"


def run(tool, cases, home):
    owner = s3(PEER["STSAML_S3"], PEER["MINISTACK_KEY"], PEER["MINISTACK_SECRET"])
    answer(owner.create_bucket, Bucket=BUCKET)
    owner.put_object(Bucket=BUCKET, Key="first", Body=b"data")
    for user, chosen in (("one", None), ("student", "Dev"), ("student", "Ops"), ("münch&er", None)):
        way(tool, cases, home, user, chosen)


def way(tool, cases, home, user, chosen):
    # The provider asks for two hours, more than the role Ops may have: a shorter wish goes before it.
    wish = {"role_arn": role(chosen), "duration": "1h"} if chosen else {}
    name = f"{user} in the role {chosen or USERS[user][1][0]}"
    policy = statement(["s3:ListBucket", "s3:ListAllMyBuckets"])
    outcome = tool("obtain", "--format", "process", *sign_in(user, policy=policy, **wish), PASSWORD=USERS[user][0])
    cases.case(f"{name}: the sign-in becomes credentials", None if outcome.exit == 0 else repr(outcome))
    if outcome.exit != 0:
        return
    given = json.loads(outcome.out)
    variables = {"AWS_ACCESS_KEY_ID": given["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
                 "AWS_SESSION_TOKEN": given["SessionToken"]}
    listed = services.aws_cli(PEER["STSAML_S3"], home, "s3api", "list-objects-v2", "--bucket", BUCKET, **variables)
    good = listed.returncode == 0 and "first" in listed.stdout
    cases.case(f"{name}: the AWS CLI lists the bucket", None if good else listed.stderr)
    written = services.aws_cli(PEER["STSAML_S3"], home, "s3api", "put-object", "--bucket", BUCKET, "--key", "k", **variables)
    good = written.returncode != 0 and "AccessDenied" in written.stderr
    cases.case(f"{name}: a write is refused, as the session policy has it", None if good else written.stdout + written.stderr)

    free = tool("obtain", "--format", "process", *sign_in(user, **wish), PASSWORD=USERS[user][0])
    got = answer(s3_of(PEER["STSAML_S3"], free).put_object, Bucket=BUCKET, Key="k", Body=b"x") if free.exit == 0 else free
    cases.case(f"{name}: without a session policy the same write is allowed", None if got == "ok" else repr(got))


if __name__ == "__main__":
    main(run)
