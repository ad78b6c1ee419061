"""What the scripts here share: the peers' addresses and users, calls of S3, and a browser's way to a SAML response."""
import html
import http.cookiejar
import json
import os
import re
import sys
import urllib.parse
import urllib.request
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "real")]

import boto3  # noqa: E402
import botocore  # noqa: E402
from cli import flags  # noqa: E402

PEER = {name.removeprefix("PEER_"): value for name, value in os.environ.items() if name.startswith("PEER_")}

# Users of the SimpleSAMLphp peer: name -> (password, roles offered)
USERS = {"one": ("onepass", ["Only"]), "student": ("studentpass", ["Dev", "Ops"]), "norole": ("norolepass", []),
         "münch&er": ('pä ss+w%3D"ört', ["Uml"])}


def role(name):
    return f"arn:aws:iam::123456789012:role/{name}"


def statement(actions, resource="*"):
    """A session policy without blanks: Ceph 16 takes the + of a form body for a plus sign."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]},
                      separators=(",", ":"))


def sign_in(user, **more):
    return flags(**{"idp": "form", "idp_url": PEER["SSP_LOGIN"], "user": user, "password": "env:PASSWORD",
                    "http_loopback": "true", "region": "us-east-1", "sts_endpoint": PEER["STSAML_ENDPOINT"], **more})


def keys(endpoint, key_id, **more):
    """The flags for a call with the caller's own keys; the secret one comes by the variable KEY."""
    return flags(access_key_id=key_id, secret_access_key="env:KEY", sts_endpoint=endpoint, region="us-east-1",
                 http_loopback="true", **more)


def s3(endpoint, key_id, secret, token=None):
    settings = botocore.config.Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key_id,
                        aws_secret_access_key=secret, aws_session_token=token, config=settings)


def s3_of(endpoint, outcome):
    given = json.loads(outcome.out)
    return s3(endpoint, given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def answer(call, **arguments):
    """"ok", or the HTTP status of a refusal."""
    try:
        call(**arguments)
        return "ok"
    except botocore.exceptions.ClientError as refusal:
        return refusal.response["ResponseMetadata"]["HTTPStatusCode"]


def expected(wanted, got):
    return None if wanted == got else f"{got}, not {wanted}"


def saml_response(user):
    """The SAML response in base64, as a browser would carry it to AWS."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(PEER["SSP_LOGIN"], timeout=30) as page:
        address, text = page.url, page.read().decode()
    state = html.unescape(re.search(r'name="AuthState" value="([^"]*)"', text).group(1))
    form = {"username": user, "password": USERS[user][0], "AuthState": state}
    with browser.open(address, urllib.parse.urlencode(form).encode(), timeout=30) as page:
        text = page.read().decode()
    return html.unescape(re.search(r'name="SAMLResponse" value="([^"]*)"', text).group(1))
