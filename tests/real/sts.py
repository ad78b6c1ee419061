#!/usr/bin/env python3
"""From a password to credentials that the AWS CLI uses: a real SimpleSAMLphp, a real moto: sts.py AWSFED

moto 5.2.5 answers 500 to an assertion with two roles, so only users with one take part here.
"""
import json
import os
import stat
import shlex
from datetime import datetime, timezone

from cli import flags, leaks, main, services, sign_in

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'


def run(tool, cases, home):
    with services.SimpleSamlPhp() as idp, services.Moto() as aws:
        there = {"sts_endpoint": aws.url, "region": "us-east-1"}
        for name in ("anna", "zoë"):
            obtained(tool, cases, home, idp, aws, idp.user(name), there)
        credential_process(tool, cases, home, idp, aws, there)
        to_a_file(tool, cases, home, idp, there)
        formats(tool, cases, idp, there)


def obtained(tool, cases, home, idp, aws, user, there):
    name = f"{user.name}'s credentials"
    outcome = tool("obtain", "--format", "process", *sign_in(idp, user.name, duration="20m", **there), PASSWORD=user.password)
    if outcome.exit != 0:
        cases.case(f"{name} are obtained", repr(outcome))
        return
    given = json.loads(outcome.out)
    left = datetime.fromisoformat(given["Expiration"].replace("Z", "+00:00")) - datetime.now(timezone.utc)
    good = given["Version"] == 1 and given["AccessKeyId"] and given["SecretAccessKey"] and given["SessionToken"]
    cases.case(f"{name} are obtained in the form of a credential process", None if good else "a value is missing")
    # moto pays no heed to the duration; that there is an end, and it is ahead, is what can be seen.
    cases.case(f"{name} end in the future", None if left.total_seconds() > 60 else f"{left} are left")
    # moto makes up what it says of the assertion, too, and warnings tell.
    said = [line for line in outcome.err.splitlines() if "STS names another " not in line]
    cases.case(f"{name} leave stderr silent", "; ".join(said) or None)
    identity = services.aws_cli(aws.url, home, "sts", "get-caller-identity", AWS_ACCESS_KEY_ID=given["AccessKeyId"],
                                AWS_SECRET_ACCESS_KEY=given["SecretAccessKey"], AWS_SESSION_TOKEN=given["SessionToken"])
    caller = json.loads(identity.stdout)["Arn"] if identity.returncode == 0 else identity.stderr
    expected = f"assumed-role/build/{user.session}"
    cases.case(f"{name} are those of {expected}", None if caller.endswith(expected) else caller)


def credential_process(tool, cases, home, idp, aws, there):
    """The AWS CLI calls the tool itself, as on a developer's machine: config file, connector, credential_process."""
    user = idp.user("anna")
    settings = {"idp": "form", "idp_url": idp.sign_in_url, "user": user.name, "password": "env:PASSWORD",
                "http_loopback": "true", "policy": POLICY, **there}
    config = home / "awsfed.ini"
    config.write_text("[connector company]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items()))
    command = [tool.path, "obtain", "--config", str(config), "--connector", "company", "--format", "process"]
    (home / "aws-config").write_text(f"[profile company]\nregion = us-east-1\ncredential_process = {shlex.join(command)}\n")
    identity = services.aws_cli(aws.url, home, "--profile", "company", "sts", "get-caller-identity", PASSWORD=user.password)
    good = identity.returncode == 0 and f"assumed-role/build/{user.session}" in identity.stdout
    cases.case("the AWS CLI gets its credentials by credential_process", None if good else identity.stderr)

    refused = services.aws_cli(aws.url, home, "--profile", "company", "sts", "get-caller-identity", PASSWORD="wrong-one")
    told = refused.returncode != 0 and "wrong-one" not in refused.stderr and "refused" in refused.stderr
    cases.case("the AWS CLI passes on why awsfed failed", None if told else refused.stderr)

    locked = tool("obtain", "--error-format", "json", "--config", config, "--connector", "company",
                  *flags(idp_url="http://127.0.0.1:9/"), PASSWORD=user.password)
    cases.refused("a flag cannot send the connector's password elsewhere", locked, "setting-locked", "setting", "idp_url")


def to_a_file(tool, cases, home, idp, there):
    user = idp.user("anna")
    target = home / "credentials.json"
    outcome = tool("obtain", "-vvv", "--format", "process", "--out", target, *sign_in(idp, user.name, **there),
                   PASSWORD=user.password)
    if outcome.exit != 0:
        cases.case("credentials go to a file", repr(outcome))
        return
    given = json.loads(target.read_text())
    mode = target.stat().st_mode & 0o777
    cases.case("credentials in a file are for the user alone", None if mode == 0o600 else f"mode {mode:o}")
    secrets = {"the password": user.password, **{key: given[key] for key in ("AccessKeyId", "SecretAccessKey", "SessionToken")},
               **leaks.SAML_MARKS}
    found = leaks.leaks(outcome.out + outcome.err, secrets)
    cases.case("nothing secret is printed at -vvv when the file takes it", ", ".join(found) or None)
    to_no_file(tool, cases, home, lambda out: tool("obtain", "--format", "process", "--out", out, *sign_in(idp, user.name, **there),
                                                   PASSWORD=user.password))


def to_no_file(tool, cases, home, obtain):
    """A pipe or a device stays what it is: nobody's /dev/null becomes a file."""
    pipe, link = home / "pipe", home / "link"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    outcome = obtain(pipe)
    given = os.read(reader, 65536)
    os.close(reader)
    good = outcome.exit == 0 and b"AccessKeyId" in given and stat.S_ISFIFO(pipe.stat().st_mode)
    cases.case("a pipe is written to, and stays one", None if good else repr(outcome))
    if os.geteuid() == 0:
        os.chown(pipe, 65534, 65534)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        outcome = obtain(pipe)
        given = os.read(reader, 65536)
        os.close(reader)
        good = outcome.exit != 0 and given == b"" and "another user" in outcome.err
        cases.case("another user's pipe gets nothing", None if good else repr(outcome))
    link.symlink_to(home / "elsewhere")
    outcome = obtain(link)
    told = outcome.exit != 0 and "symbolic link" in outcome.err and link.is_symlink() and not (home / "elsewhere").exists()
    cases.case("a symbolic link is neither followed nor replaced", None if told else repr(outcome))


def formats(tool, cases, idp, there):
    user = idp.user("anna")
    for form, mark in (("sh", "export AWS_SESSION_TOKEN="), ("fish", "set -gx AWS_SESSION_TOKEN "),
                       ("powershell", "$env:AWS_SESSION_TOKEN"), ("bamboo", "=")):
        outcome = tool("obtain", "--format", form, *sign_in(idp, user.name, **there), PASSWORD=user.password)
        good = outcome.exit == 0 and mark.lower() in outcome.out.lower()
        cases.case(f"credentials are handed over in the format {form}", None if good else repr(outcome))
    bad = tool("obtain", "--error-format", "json", "--format", "yaml", *sign_in(idp, user.name, **there), PASSWORD=user.password)
    cases.case("an unknown format is refused", None if bad.exit != 0 and not bad.out else repr(bad))


if __name__ == "__main__":
    main(run)
