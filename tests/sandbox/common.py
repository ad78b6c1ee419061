"""What the tests of awsfed-sandbox share: the tool that signs in there, and the AWS CLI that uses what it gets."""
import json
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "real")]

from cli import ROOT, Cases, Tool, flags, leaks, main, services  # noqa: E402, F401
from sandbox import ACCOUNT, KEY_ID, PASSWORDS, SECRET_KEY, Sandbox, default_config, role  # noqa: E402, F401

PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/ADFS"


def there(sandbox, user="alice", **more):
    """The flags that sign a user in at the sandbox; the password comes by the variable PASSWORD."""
    return flags(**{"idp": "form", "idp_url": sandbox.idp_url, "user": user, "password": "env:PASSWORD",
                    "ca_file": sandbox.ca_file, "sts_endpoint": sandbox.sts_endpoint, "region": "eu-central-1",
                    "role_arn": role("build"), **more})


def obtain(tool, sandbox, user="alice", password=None, **more):
    return tool("obtain", "--format", "process", "--error-format", "json", *there(sandbox, user, **more),
                PASSWORD=password or PASSWORDS.get(user, "none"))


def keys_in(outcome):
    """The credentials of an outcome as the variables that the AWS tools read."""
    given = json.loads(outcome.out)
    return {"AWS_ACCESS_KEY_ID": given["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"]}


LONG_TERM = {"AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}


def aws(sandbox, home, keys, *arguments):
    return services.aws_cli(sandbox.sts_endpoint, home, *arguments, AWS_CA_BUNDLE=sandbox.ca_file, **keys)
