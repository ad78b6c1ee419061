#!/usr/bin/env python3
"""A token of Keycloak's traded at Ceph's STS, which verifies it, for credentials of its S3; and tokens that are refused: web_identity.py AWSFED"""
import base64
import functools
import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request

import boto3
import botocore.config
from peers import PEER, answer, expected, s3, s3_of, statement

from cli import flags, leaks, main

ROLE, BUCKET = "keycloak-web", "own"
CLIENT = PEER.get("KEYCLOAK_OIDC_CLIENT")
HASTY = 5  # seconds


# ---- Keycloak -------------------------------------------------------------------------------

def request(url, form=None, data=None, token=None):
    body = urllib.parse.urlencode(form).encode() if form else data and json.dumps(data).encode()
    headers = {"Content-Type": "application/json"} if data else {}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as given:
        text = given.read()
    return json.loads(text) if text else None


def admin_token():
    user, password = PEER["KEYCLOAK_ADMIN"].split(":")
    return request(PEER["KEYCLOAK_OIDC_TOKEN"].replace("/awsfed/", "/master/"),
                   {"grant_type": "password", "client_id": "admin-cli", "username": user, "password": password})["access_token"]


def add_client(name, audience, **attributes):
    """A client whose tokens are for an audience, named as Ceph's role wants it."""
    def mapper(kind, **config):
        return {"name": kind, "protocol": "openid-connect", "protocolMapper": kind, "config": {**config, "access.token.claim": "true"}}
    mappers = [mapper("oidc-audience-mapper", **{"included.custom.audience": audience}),
               mapper("oidc-hardcoded-claim-mapper", **{"claim.name": "app_id", "claim.value": audience, "jsonType.label": "String"})]
    try:
        request(PEER["KEYCLOAK_BASE"].replace("/realms/", "/admin/realms/") + "/clients", token=admin_token(),
                data={"clientId": name, "protocol": "openid-connect", "publicClient": False, "secret": "secret-of-" + name,
                      "serviceAccountsEnabled": True, "standardFlowEnabled": False, "attributes": attributes, "protocolMappers": mappers})
    except urllib.error.HTTPError as refusal:
        if refusal.code != 409:  # it is there from the last time
            raise


def token_of(client=CLIENT, secret=None, **more):
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret or "secret-of-" + client, **more}
    return request(PEER["KEYCLOAK_OIDC_TOKEN"], form)


own_tokens = functools.partial(token_of, CLIENT, PEER.get("KEYCLOAK_OIDC_SECRET"))


def part(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(token):
    text = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def changed(token, **more):
    """Another content under the old signature."""
    head, _, signature = token.split(".")
    return ".".join((head, part(json.dumps({**claims(token), **more}).encode()), signature))


def unsigned(token):
    return ".".join((part(b'{"alg":"none","typ":"JWT"}'), token.split(".")[1], ""))


def token_of_oidc(**claim):
    """A token of the peer oidc, who signs what it is asked to and is another provider."""
    query = urllib.parse.urlencode({"aud": CLIENT, **claim})
    with urllib.request.urlopen(f"{PEER['OIDC_ISSUER']}/token?{query}", timeout=30) as given:
        return given.read().decode()


# ---- Ceph -----------------------------------------------------------------------------------

def trust_keycloak():
    """The provider and a role at Ceph, as its administrator makes them."""
    issuer = PEER["KEYCLOAK_OIDC_ISSUER"]
    name = issuer.split("//")[1]
    certificate = next(key["x5c"][0] for key in request(issuer + "/protocol/openid-connect/certs")["keys"] if key["use"] == "sig")
    iam = boto3.client("iam", endpoint_url=PEER["CEPH_ENDPOINT"], region_name="us-east-1", aws_access_key_id=PEER["CEPH_ADMIN_KEY"],
                       aws_secret_access_key=PEER["CEPH_ADMIN_SECRET"], config=botocore.config.Config(retries={"max_attempts": 0}))
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Federated": [f"arn:aws:iam:::oidc-provider/{name}"]}, "Action": ["sts:AssumeRoleWithWebIdentity"],
         "Condition": {"StringEquals": {f"{name}:app_id": CLIENT}}}]}
    answer(iam.create_open_id_connect_provider, Url=issuer, ClientIDList=[CLIENT],
           ThumbprintList=[hashlib.sha1(base64.b64decode(certificate)).hexdigest().upper()])
    answer(iam.create_role, RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(trust, separators=(",", ":")))
    answer(iam.put_role_policy, RoleName=ROLE, PolicyName="p", PolicyDocument=statement("s3:*", "arn:aws:s3:::*"))


class Call:
    """awsfed with a token, which goes by a variable or a file and is looked for in all that is printed."""

    def __init__(self, tool, cases, home):
        self.tool, self.cases, self.home = tool, cases, home

    def settings(self, **more):
        return flags(**{"role_arn": f"arn:aws:iam:::role/{ROLE}", "role_session_name": "build-1", "web_identity_token": "env:JWT",
                        "sts_endpoint": PEER["CEPH_ENDPOINT"], "http_loopback": "true", "region": "us-east-1", **more})

    def quiet(self, name, token, text, more=None):
        pieces = {"the token": token, "its content": token.split(".")[1], **(more or {})} if token.count(".") == 2 else {"the token": token}
        pieces |= {"its signature": token.split(".")[2]} if token.count(".") == 2 and token.split(".")[2] else {}
        self.cases.case(f"{name}: no token is printed", ", ".join(leaks.leaks(text, pieces)))

    def obtain(self, name, token, **more):
        outcome = self.tool("obtain", "--sts-action", "assume-role-with-web-identity", "--format", "process", "-vvv", "--error-format", "json",
                            *self.settings(**more), JWT=token)
        given = json.loads(outcome.out) if outcome.exit == 0 else {}
        self.quiet(name, token, outcome.err, {key: given[key] for key in ("SecretAccessKey", "SessionToken") if key in given})
        return outcome

    def gives(self, name, token, **more):
        outcome = self.obtain(name, token, **more)
        self.cases.case(f"{name} becomes credentials", None if outcome.exit == 0 else repr(outcome))
        return s3_of(PEER["CEPH_ENDPOINT"], outcome) if outcome.exit == 0 else None

    def refused(self, name, token, code=("access-denied", "denied"), peer="AccessDenied", setting=None, **more):
        """Ceph says no more than AccessDenied, whatever is wrong with a token."""
        outcome = self.obtain(name, token, **more)
        self.cases.refused(f"{name} is refused", outcome, *code, setting)
        self.cases.case(f"{name}: by whom", expected(peer, outcome.error.get("peer")))


def accepted(call, cases, token):
    full = call.gives("a service's token", token)
    if full:
        cases.case("with a service's token: S3 lists", expected("ok", answer(full.list_objects_v2, Bucket=BUCKET)))
    owner = s3(PEER["CEPH_ENDPOINT"], PEER["CEPH_ADMIN_KEY"], PEER["CEPH_ADMIN_SECRET"])
    answer(owner.put_object, Bucket=BUCKET, Key="k", Body=b"data")
    reading = statement(["s3:GetObject", "s3:ListBucket"], [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"])
    reader = call.gives("a token with a session policy", token, policy=reading)
    if full and reader:
        cases.case("with a session policy: S3 reads", expected("ok", answer(reader.get_object, Bucket=BUCKET, Key="k")))
        cases.case("with a session policy: S3 refuses a write", expected(403, answer(reader.put_object, Bucket=BUCKET, Key="k", Body=b"x")))
        cases.case("with a session policy: and another bucket", expected(403, answer(reader.list_objects_v2, Bucket="other")))
    of_user = request(PEER["KEYCLOAK_OIDC_TOKEN"], {"grant_type": "password", "scope": "openid", "client_id": CLIENT, "username": "student",
                                                   "client_secret": PEER["KEYCLOAK_OIDC_SECRET"], "password": "studentpass"})["id_token"]
    (call.home / "token").write_text(of_user)
    user = call.gives("a user's identity token, in a file", of_user, web_identity_token=f"file:{call.home / 'token'}")
    if user:
        cases.case("with a user's token: S3 lists", expected("ok", answer(user.list_objects_v2, Bucket=BUCKET)))

    call.gives("another provider's token, with the role that trusts it,", token_of_oidc(), role_arn=PEER["CEPH_WEB_ROLE"])

    asked = call.tool("sts", "assume-role-with-web-identity", "--json", "-vvv", *call.settings(), JWT=token)
    call.quiet("`sts`", token, asked.out + asked.err)
    shown = json.loads(asked.out) if asked.exit == 0 else {}
    wanted = {"SubjectFromWebIdentityToken": claims(token)["sub"], "Audience": CLIENT, "Provider": PEER["KEYCLOAK_OIDC_ISSUER"],
              "AssumedRoleUser/Arn": f"arn:aws:sts:::assumed-role/{ROLE}/build-1"}
    cases.case("`sts` shows whose token it was", "; ".join(f"{name} is {shown.get(name)}" for name in wanted if shown.get(name) != wanted[name]))


def refusals(call, token, short):
    call.refused("a token whose subject was changed", changed(token, sub="somebody-else"))
    call.refused("a token whose end was put off", changed(token, exp=int(time.time()) + 86400))
    call.refused("a token without a signature", unsigned(token))
    call.refused("a token of another key in Keycloak's name", token_of_oidc(iss=PEER["KEYCLOAK_OIDC_ISSUER"]))
    call.refused("a token of another provider", token_of_oidc())
    call.refused("a token of an issuer that Ceph does not know", admin_token())
    call.refused("a token for somebody else", token_of("other-app")["access_token"])
    call.refused("a token that is none", "this is not a token")
    call.refused("a role that trusts no token", token, role_arn=PEER["CEPH_ROLE"])
    call.refused("a role that trusts another provider", token, role_arn=PEER["CEPH_WEB_ROLE"])
    call.refused("a role that does not exist", token, role_arn="arn:aws:iam:::role/nobody")
    call.refused("a session policy that is none", token, code=("policy-malformed", "setting"), peer="", policy="{")
    call.refused("a duration that STS never gives", token, code=("setting-invalid", "setting"), peer="", setting="duration", duration="13h")
    call.refused("a file without a token", token, code=("secret-unreadable", "setting"), peer="", setting="web_identity_token",
                 web_identity_token=f"file:{call.home / 'nowhere'}")
    time.sleep(max(0, claims(short)["exp"] + 1 - time.time()))
    call.refused("a token that is over", short)


def run(tool, cases, home):
    if not {"KEYCLOAK_OIDC_ISSUER", "OIDC_ISSUER", "CEPH_ENDPOINT"} <= set(PEER):
        print("skip web_identity: one of the peers keycloak, oidc and ceph is not running")
        return
    trust_keycloak()
    add_client("other-app", "other-app")
    add_client("hasty-app", CLIENT, **{"access.token.lifespan": str(HASTY)})
    call, token = Call(tool, cases, home), own_tokens()["access_token"]
    accepted(call, cases, token)
    short = token_of("hasty-app")["access_token"]
    call.gives(f"a token of {HASTY} seconds, at once,", short)
    refusals(call, token, short)


if __name__ == "__main__":
    main(run)
