#!/usr/bin/env python3
"""STS's actions one by one, at a strict STS that keeps every request: sts_actions.py AWSFED

It was written apart from awsfed (../shared/oracle). Each case compares the form that came there, to the letter, and what
awsfed makes of the answer; what a session may do is asked with botocore's signature.
"""
import base64
import hashlib
import hmac
import html
import http.cookiejar
import json
import re
import ssl
import struct
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from typing import NamedTuple

import botocore.auth
import botocore.awsrequest
import botocore.credentials
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from oracle import ORACLE, PASSWORD, admin
from peers import expected, role, statement

from cli import EXIT, flags, leaks, main

ACCOUNT, OTHER = "123456789012", "210987654321"
VERSION = "2011-06-15"
MFA_DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/mfa"
ADFS = f"arn:aws:iam::{ACCOUNT}:saml-provider/ADFS"
OBJECT = "arn:aws:s3:::builds/x"
SECRETS = ("SAMLAssertion", "WebIdentityToken", "TokenCode", "TradeInToken")
SLACK = 30  # seconds that a call and its check may take together


class Keys(NamedTuple):
    """A caller, or what a session has been given."""

    id: str
    secret: str
    token: str = ""


NOBODY = Keys("", "")


class Service:
    """The strict STS at one of its doors, set back, and awsfed's calls at it."""

    def __init__(self, tool, door="HTTP", faults=(), **config):
        self.tool, self.door = tool, door
        admin("STS", "POST", "/reset")
        if config:
            admin("STS", "POST", "/config", config)
        for fault in faults:
            admin("STS", "POST", "/faults", fault)
        self.config = admin("STS", "GET", "/config")
        self.secrets = {}

    def user(self, name, account=ACCOUNT):
        key = self.config["accounts"][account]["users"][name]["keys"][0]
        return Keys(key["id"], key["secret"])

    def root(self):
        key = self.config["accounts"][ACCOUNT]["root_keys"][0]
        return Keys(key["id"], key["secret"])

    def mfa_code(self):
        return totp(self.config["accounts"][ACCOUNT]["users"]["mfa"]["mfa"][0]["secret"])

    def call(self, words, caller, variables=None, **settings):
        """Secrets go by variables, and are looked for in all that is printed."""
        variables = {"KEY": caller.secret, "TOKEN": caller.token, **(variables or {})}
        own = {"access_key_id": caller.id, "secret_access_key": "env:KEY", "session_token": caller.token and "env:TOKEN"}
        at = {"HTTP": {"sts_endpoint": ORACLE["STS_HTTP"], "http_loopback": "true"},
              "HTTPS": {"sts_endpoint": ORACLE["STS"], "ca_file": ORACLE["CA"]}}[self.door]
        given = {"region": "us-east-1", "timeout": "3s", "connect_timeout": "2s", **at, **(own if caller.id else {}), **settings}
        self.secrets = {name: value for name, value in variables.items() if len(value) > 6}
        return self.tool(*words, "--error-format", "json", *flags(**{name: value for name, value in given.items() if value}),
                         **{name: value for name, value in variables.items() if value})

    def ask(self, action, caller, variables=None, **settings):
        return self.call(("sts", action, "--json", "-vvv"), caller, variables, **settings)

    def obtain(self, action, caller, variables=None, **settings):
        return self.call(("obtain", "--sts-action", action, "--format", "process", "-vvv"), caller, variables, **settings)

    @staticmethod
    def requests():
        return [row for row in admin("STS", "GET", "/log?since=0")["requests"] if not row.get("target", "").startswith("/resource")]

    def forms(self):
        """What came, each as {name: value}. What a sound client does not send comes as a text, which equals no form."""
        return [form_of(row) for row in self.requests()]

    def session(self, keys):
        return admin("STS", "GET", "/sessions")[keys.id]


def form_of(row):
    if "refused" in row:
        return f"a request that is none: {row['refused']}"
    pairs = urllib.parse.parse_qsl(row["body"], keep_blank_values=True, strict_parsing=True, errors="strict")
    names = [name.lower() for name, _ in row["headers"]]
    types = [value for name, value in row["headers"] if name.lower() == "content-type"]
    if (row["method"], row["target"]) != ("POST", "/"):
        return f"{row['method']} {row['target']}"
    if types != ["application/x-www-form-urlencoded; charset=utf-8"] or len(set(names)) != len(names) or "expect" in names:
        return f"headers {names}, {types}"
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else "a parameter came twice"


def form(action, **parameters):
    return {"Action": action, "Version": VERSION, **parameters}


def members(name, items, ending=""):
    return {f"{name}.member.{number}{ending}": item for number, item in enumerate(items, 1)}


def tags(pairs):
    return {**members("Tags", pairs, ".Key"), **members("Tags", pairs.values(), ".Value")}


def totp(secret, at=None):
    """RFC 6238: six digits, 30 seconds, SHA-1."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place:place + 4])[0] & 0x7FFFFFFF) % 10 ** 6:06}"


def keys_in(outcome):
    given = json.loads(outcome.out)
    return Keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])


def seconds_left(text):
    return (datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)).total_seconds()


def printed_secrets(service, outcome, given=NOBODY):
    """Standard error is looked through; standard output holds credentials where it shall."""
    secrets = {**service.secrets, **leaks.SAML_MARKS, "the new secret key": given.secret, "the new token": given.token}
    return leaks.leaks(outcome.err, secrets)


def resource(keys, action, target, encode=False):
    """May the session do it? The double's own little service tells, and gives an encoded message for a refusal."""
    query = urllib.parse.urlencode({"action": action, "resource": target, **({"encode": "1"} if encode else {})})
    request = botocore.awsrequest.AWSRequest("GET", f"{ORACLE['STS_HTTP']}/resource?{query}")
    signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials(keys.id, keys.secret, keys.token or None),
                                     action.split(":", maxsplit=1)[0], "us-east-1")
    signer.add_auth(request)
    try:
        with urllib.request.urlopen(urllib.request.Request(request.url, headers=dict(request.headers)), timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        return json.load(refusal)


def may(keys, action, target=OBJECT):
    return resource(keys, action, target)["allowed"]


# ---- the forms of a case --------------------------------------------------------------------

class Proof:
    """States the cases of one door."""

    def __init__(self, tool, cases, door):
        self.tool, self.cases, self.door = tool, cases, door

    def service(self, **config):
        return Service(self.tool, self.door, **config)

    def case(self, name, faults):
        self.cases.case(f"{self.door}: {name}", "; ".join(faults))

    def answers(self, name, service, outcome, wanted_form, **wanted):
        """`awsfed sts`: the form, and the members that it shows; None where one is secret or only has to be there."""
        faults = [] if outcome.exit == 0 else [repr(outcome)]
        if not faults:
            shown = json.loads(outcome.out)
            faults += [f"{path} is {shown.get(path)}, not {value}" for path, value in wanted.items()
                       if path not in shown or (value is not None and shown[path] != value)]
            faults += differing(service.forms(), [wanted_form]) + printed_secrets(service, outcome)
            headers = dict(service.requests()[-1]["response_headers"])
            faults += [] if shown["RequestId"] == headers["x-amzn-RequestId"] else ["another request id"]
            given = ("Credentials/AccessKeyId", "Credentials/SecretAccessKey", "Credentials/SessionToken")
            faults += [f"{path} is shown" for path in given if shown.get(path) is not None]
        self.case(name, faults)

    def gives(self, name, service, outcome, wanted_form, seconds=3600, **wanted):
        """`awsfed obtain`: the form, and a session that the double knows as it should be. Gives its keys."""
        if outcome.exit != 0:
            self.case(name, [repr(outcome)])
            return None
        keys, until = keys_in(outcome), json.loads(outcome.out)["Expiration"]
        session = service.session(keys)
        faults = differing(service.forms(), [wanted_form]) + printed_secrets(service, outcome, keys)
        faults += [f"{part} is {session[part]}, not {value}" for part, value in wanted.items() if session[part] != value]
        faults += [] if seconds - SLACK <= seconds_left(until) <= seconds + SLACK else [f"it lasts until {until}"]
        faults += [] if abs(session["exp"] - time.time() - seconds_left(until)) < 2 else ["the double has another end"]
        self.case(name, faults)
        return keys

    def refused(self, name, service, outcome, code, status, peer="", requests=1, words="", setting=None):
        """The awsfed error, with the server's own code, words and request id where it has spoken."""
        self.cases.refused(f"{self.door}: {name}", outcome, code, status, setting)
        rows, error = service.requests(), outcome.error
        faults = [] if len(rows) == requests else [f"{len(rows)} requests, not {requests}"]
        faults += [] if error.get("peer") == peer else [f"peer {error.get('peer')}, not {peer}"]
        faults += [] if words in error.get("message", "") else [f"no {words!r} in {error.get('message')!r}"]
        if rows and peer:
            said = dict(rows[-1]["response_headers"]).get("x-amzn-RequestId")
            faults += [] if error["trace"] == said else [f"request {error['trace']}, not {said}"]
            faults += [] if error["http"] == rows[-1]["status"] else [f"HTTP {error['http']}, not {rows[-1]['status']}"]
        self.case(f"{name}: as the service said it, once, and nothing secret is printed", faults + printed_secrets(service, outcome))


def differing(got, wanted):
    """Where two lists of forms, or of texts, differ. What is secret in a form is not printed."""
    if len(got) != len(wanted):
        return [f"{len(got)} requests, not {len(wanted)}"]
    faults = []
    for mine, theirs in zip(got, wanted):
        if not isinstance(mine, dict) or not isinstance(theirs, dict):
            faults += [] if mine == theirs else [f"{mine}, not {theirs}"]
            continue
        for name in sorted({*mine, *theirs}):
            if mine.get(name) != theirs.get(name):
                faults.append(f"{name} differs" if name in SECRETS else f"{name}: {mine.get(name)!r}, not {theirs.get(name)!r}")
    return faults


# ---- questions ------------------------------------------------------------------------------

def questions(proof):
    service = proof.service()
    user = service.user("ci")
    proof.answers("a user's identity", service, service.ask("get-caller-identity", user), form("GetCallerIdentity"),
                  Arn=f"arn:aws:iam::{ACCOUNT}:user/ci", Account=ACCOUNT, UserId=None)
    service = proof.service()
    proof.answers("root's identity", service, service.ask("get-caller-identity", service.root()), form("GetCallerIdentity"),
                  Arn=f"arn:aws:iam::{ACCOUNT}:root", Account=ACCOUNT, UserId=ACCOUNT)
    service = proof.service()
    proof.answers("the account of an access key", service, service.ask("get-access-key-info", user, asked_key_id=key_id_of_account()),
                  form("GetAccessKeyInfo", AccessKeyId=key_id_of_account()), Account=ACCOUNT)
    service = proof.service()
    proof.refused("the account of a key that is none", service, service.ask("get-access-key-info", user, asked_key_id="0" * 16),
                  "request-refused", "denied", "ValidationError", words="Invalid access key id")
    encoded_messages(proof)
    callers(proof)


def key_id_of_account():
    """The account's number stands in the letters of a key id: bits 1 to 40 of what is base32 behind the four of its kind."""
    return "AKIA" + base64.b32encode((1 << 47 | int(ACCOUNT) << 7).to_bytes(6, "big") + bytes(4)).decode()


def encoded_messages(proof):
    service = proof.service()
    user = service.user("ci")
    encoded = resource(user, "s3:DeleteObject", OBJECT, encode=True)["encodedMessage"]
    admin("STS", "DELETE", "/log")
    outcome = service.ask("decode-authorization-message", user, encoded_message=encoded)
    proof.answers("a message of a refusal is decoded", service, outcome, form("DecodeAuthorizationMessage", EncodedMessage=encoded),
                  DecodedMessage=None)
    outcome = service.call(("sts", "decode-authorization-message", "--member", "DecodedMessage"), user, encoded_message=encoded)
    context = json.loads(outcome.out)["context"] if outcome.exit == 0 else {}
    proof.case("and comes by itself as the JSON that it is",
               filter(None, [expected("s3:DeleteObject", context.get("action")), expected(OBJECT, context.get("resource"))]))
    admin("STS", "DELETE", "/log")
    proof.refused("a message that is none", service, service.ask("decode-authorization-message", user, encoded_message="zzzz"),
                  "request-refused", "denied", "InvalidAuthorizationMessageException", words="Message is not valid")
    admin("STS", "DELETE", "/log")
    outcome = service.ask("decode-authorization-message", service.user("nobody"), encoded_message=encoded)
    proof.refused("a message for who may not decode", service, outcome, "access-denied", "denied", "AccessDenied",
                  words="sts:DecodeAuthorizationMessage")


def callers(proof):
    def refused(name, caller, code, peer, status="denied", region="us-east-1"):
        service = proof.service()
        proof.refused(name, service, service.ask("get-caller-identity", caller(service), region=region), code, status, peer)

    refused("an unknown key", lambda service: Keys("AKIAAAAAAAAAAAAAAAAA", "x" * 40), "caller-refused", "InvalidClientTokenId")
    refused("a wrong secret", lambda service: Keys(service.user("ci").id, "x" * 40), "caller-refused", "SignatureDoesNotMatch")
    refused("a token with a user's key", lambda service: Keys(*service.user("ci")[:2], "x" * 40), "caller-refused", "InvalidClientTokenId")
    refused("keys of China in Europe", lambda service: service.user("ci", "111122223333"), "caller-refused", "InvalidClientTokenId")

    service = proof.service()
    keys = keys_in(service.obtain("assume-role", service.user("ci"), role_arn=role("Build"), role_session_name="build-1"))
    admin("STS", "POST", "/expire/" + keys.id, {})
    admin("STS", "DELETE", "/log")
    proof.refused("keys of a session that is over", service, service.ask("get-caller-identity", keys), "caller-expired", "expired",
                  "ExpiredToken", words="expired")


# ---- AssumeRole -----------------------------------------------------------------------------

def assumed(proof, name, user="ci", target="Build", variables=None, form_more=None, config=None, seconds=3600, account=ACCOUNT, **more):
    """AssumeRole as told and with the form to match. settings and form parameters: `more`, `form_more`."""
    service = proof.service(**(config or {}))
    arn = f"arn:aws:iam::{account}:role/{target}"
    settings = {"role_arn": arn, "role_session_name": "build-1", **more.pop("settings", {})}
    wanted = {"RoleArn": arn, "RoleSessionName": "build-1", **(form_more or {})}
    outcome = service.obtain("assume-role", service.user(user), variables, **settings)
    return service, proof.gives(name, service, outcome, form("AssumeRole", **wanted), seconds, **more)


def assume_role(proof):
    _, keys = assumed(proof, "AssumeRole", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/build-1", tags={"Owner": "platform"},
                      transitive=[], source_identity=None)
    proof.case("the session may what the role may, and no more",
               [] if keys and may(keys, "s3:PutObject") and not may(keys, "s3:DeleteObject") else ["it may something else"])
    service = proof.service()
    outcome = service.ask("assume-role", service.user("ci"), role_arn=role("Build"), role_session_name="build-1")
    proof.answers("AssumeRole, its answer without the secrets", service, outcome,
                  form("AssumeRole", RoleArn=role("Build"), RoleSessionName="build-1"),
                  **{"AssumedRoleUser/Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/build-1", "AssumedRoleUser/AssumedRoleId": None,
                     "Credentials/Expiration": None, "SessionTokenUtilization": "0", "SessionTokenSize": None})
    assumed(proof, "a role of another account", target="Target", account=OTHER, arn=f"arn:aws:sts::{OTHER}:assumed-role/Target/build-1")
    assumed(proof, "a role with a path", target="team/ops/Deploy", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/build-1")
    for partition, account, region in (("aws-cn", "111122223333", "cn-north-1"), ("aws-us-gov", "444455556666", "us-gov-west-1")):
        service = proof.service()
        arn = f"arn:{partition}:iam::{account}:role/Build"
        outcome = service.obtain("assume-role", service.user("ci", account), role_arn=arn, role_session_name="build-1", region=region)
        proof.gives(f"a role in {partition}", service, outcome, form("AssumeRole", RoleArn=arn, RoleSessionName="build-1"),
                    arn=f"arn:{partition}:sts::{account}:assumed-role/Build/build-1")
    durations(proof)
    tagged(proof)
    secrets_of_trust(proof)
    policies(proof)
    chains(proof)
    refusals(proof)


def durations(proof):
    for word, seconds in (("15m", 900), ("900", 900), ("2h", 7200)):
        assumed(proof, f"a duration of {word}", settings={"duration": word}, form_more={"DurationSeconds": str(seconds)}, seconds=seconds)
    assumed(proof, "a duration of twelve hours", target="Long", settings={"duration": "12h"}, form_more={"DurationSeconds": "43200"},
            seconds=43200)
    service, keys = assumed(proof, "a token of 3,000 bytes", settings={"session_token_size_min": "3000"},
                            form_more={"MinimumSessionTokenSize": "3000"})
    proof.case("the token is that long", [] if keys and len(keys.token) >= 2998 else ["it is not"])


def tagged(proof):
    data = {"build_data": json.dumps({"plan": "WEB MAIN/2", "build": "17", "owner": "Zoë & <co>"})}
    pairs = {"Project": "apollo", "CostCenter": "4 2", "Größe": "+=:/@ü"}
    wanted = {**tags(pairs), **members("TransitiveTagKeys", ["Project", "CostCenter"])}
    assumed(proof, "session tags, and which of them go on", form_more=wanted,
            settings={"session_tags": json.dumps(pairs), "transitive_tag_keys": "Project, CostCenter"},
            tags={"Owner": "platform", **pairs}, transitive=["Project", "CostCenter"])
    assumed(proof, "an empty tag", form_more=tags({"Project": ""}), settings={"session_tags": '{"Project": ""}'},
            tags={"Owner": "platform", "Project": ""})
    assumed(proof, "a tag in place of the role's own", form_more=tags({"owner": "me"}), settings={"session_tags": '{"owner": "me"}'},
            tags={"owner": "me"})
    _, keys = assumed(proof, "a tag that the role's policy reads", target="NeedsTag", form_more=tags({"Project": "apollo"}),
                      settings={"session_tags": '{"Project": "apollo"}'})
    proof.case("and the role gives for it", [] if keys and may(keys, "s3:GetObject", "arn:aws:s3:::apollo/x") and
               not may(keys, "s3:GetObject", "arn:aws:s3:::other/x") else ["it gives something else"])
    assumed(proof, "a source identity", target="NeedsSource", form_more={"SourceIdentity": "build-7"},
            settings={"source_identity": "build-7"}, source_identity="build-7")

    name = "WEB-MAIN-2-e99818f0_17@ci"  # WEB-MAIN-2 may be another plan
    assumed(proof, "a session name of build data", form_more={"RoleSessionName": name},
            settings={"role_session_name": "{plan}_{build}@ci", **data}, arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/{name}")
    assumed(proof, "a source identity of build data", target="NeedsSource", form_more={"SourceIdentity": "build-17"},
            settings={"source_identity": "build-{build}", **data}, source_identity="build-17")
    assumed(proof, "tags of build data", form_more=tags({"Plan": "WEB MAIN/2", "Owner": "Zoë    co ", "By": "17@x"}),
            settings={"session_tags": '{"Plan": "{plan}", "Owner": "{owner}", "By": "{build}@x"}', **data},
            tags={"Plan": "WEB MAIN/2", "Owner": "Zoë    co ", "By": "17@x"})
    service = proof.service()
    long = service.obtain("assume-role", service.user("ci"), role_arn=role("Build"), role_session_name="{plan}-17",
                          build_data=json.dumps({"plan": "P" * 100}))
    sent = service.forms()[0]["RoleSessionName"] if long.exit == 0 else ""
    proof.case("a long name of build data is cut to 64 characters and told from others by a hash",
               [] if re.fullmatch(r"P{52}-[0-9a-f]{8}-17", sent) else [repr(sent), repr(long)])


def secrets_of_trust(proof):
    assumed(proof, "an external id", target="External", form_more={"ExternalId": "ticket/42:x"}, settings={"external_id": "ticket/42:x"})
    code = Service(proof.tool).mfa_code()
    assumed(proof, "a second factor", "mfa", "NeedsMfa", {"CODE": code}, {"SerialNumber": MFA_DEVICE, "TokenCode": code},
            settings={"mfa_serial": MFA_DEVICE, "mfa_code": "env:CODE"})


def policies(proof):
    reading, writing = statement("s3:GetObject"), statement("s3:PutObject")
    only_put, read_only = f"arn:aws:iam::{ACCOUNT}:policy/OnlyPut", "arn:aws:iam::aws:policy/ReadOnlyAccess"
    spread = reading.replace("{", "{\n\t").replace(":", " : ").replace("s3 : ", "s3:")

    def narrowed(name, settings, form_more, get, put):
        _, keys = assumed(proof, name, settings=settings, form_more=form_more)
        proof.case(f"{name}: the session is as narrow",
                   [] if keys and (may(keys, "s3:GetObject"), may(keys, "s3:PutObject")) == (get, put) else ["it is not"])

    narrowed("a session policy", {"policy": spread}, {"Policy": spread}, True, False)
    narrowed("policies by ARN", {"policy_arns": only_put}, members("PolicyArns", [only_put], ".arn"), False, True)
    narrowed("two policies by ARN", {"policy_arns": f"{only_put},{read_only}"}, members("PolicyArns", [only_put, read_only], ".arn"), True, True)
    narrowed("a policy and one by ARN", {"policy": reading, "policy_arns": only_put},
             {"Policy": reading, **members("PolicyArns", [only_put], ".arn")}, True, True)
    with open(ORACLE["RUN"] + "/session-policy.json", "w", encoding="utf-8") as file:
        file.write("\n" + writing + "\n")
    narrowed("a policy of a file", {"policy_file": file.name}, {"Policy": writing}, False, True)
    letters = statement("s3:GetObject", "arn:aws:s3:::builds/Größe+& %41")
    assumed(proof, "a policy with letters of Latin-1, blanks, plus and percent", settings={"policy": letters}, form_more={"Policy": letters})

    def refused(name, code, status, peer, words, config=None, requests=1, **settings):
        service = proof.service(**(config or {}))
        outcome = service.obtain("assume-role", service.user("ci"), role_arn=role("Build"), role_session_name="build-1", **settings)
        proof.refused(name, service, outcome, code, status, peer, words=words, setting="policy", requests=requests)

    def refused_here(name, words, policy):
        """What STS would refuse by its grammar is not sent to it."""
        refused(name, "policy-malformed", "setting", "", words, requests=0, policy=policy)

    refused_here("a policy with a principal", "Principal", reading.replace('"Effect"', '"Principal":"*","Effect"'))
    refused_here("a policy without a vendor", "line 1, column", statement("GetObject"))
    long = statement([f"s3:{hashlib.sha256(bytes([number])).hexdigest()[:36]}" for number in range(40)])
    refused("a policy that packs badly", "policy-refused", "denied", "PackedPolicyTooLarge", "%", policy=long, config={"packed_limit_bytes": 300})


def chains(proof):
    service = proof.service()
    first = keys_in(service.obtain("assume-role", service.user("ci"), role_arn=role("Build"), role_session_name="one", duration="2h",
                                   session_tags='{"Project": "apollo", "Local": "x"}', transitive_tag_keys="Project",
                                   source_identity="job-1"))
    deploy = role("team/ops/Deploy")
    admin("STS", "DELETE", "/log")
    outcome = service.obtain("assume-role", first, role_arn=deploy, role_session_name="two")
    second = proof.gives("a role behind a role", service, outcome, form("AssumeRole", RoleArn=deploy, RoleSessionName="two"),
                         tags={"Project": "apollo"}, transitive=["Project"], source_identity="job-1")
    proof.case("its session works", [] if second and may(second, "s3:GetObject") else ["it does not"])
    sent = dict(service.requests()[-1]["headers"])
    token = next((value for name, value in sent.items() if name.lower() == "x-amz-security-token"), None)
    proof.case("the token of the first went along, signed",
               [] if token == first.token and "x-amz-security-token" in sent.get("Authorization", "") else ["it did not"])

    def refused(name, code, peer, words, **settings):
        admin("STS", "DELETE", "/log")
        outcome = service.obtain("assume-role", first, role_arn=deploy, role_session_name="two", **settings)
        proof.refused(name, service, outcome, code, "denied", peer, words=words)

    refused("a transitive tag is not changed on the way", "request-refused", "InvalidParameterValue", "conflicts with a transitive tag key",
            session_tags='{"project": "b"}')
    refused("nor is the source identity", "access-denied", "AccessDenied", "sts:SetSourceIdentity", source_identity="other")
    for action, more, words in (("get-session-token", {}, "GetSessionToken"),
                                ("get-federation-token", {"federated_name": "bob", "allow_no_policy": "true"}, "GetFederationToken")):
        admin("STS", "DELETE", "/log")
        proof.refused(f"{action} by a session", service, service.obtain(action, first, **more), "access-denied", "denied", "AccessDenied",
                      words=words)


def refusals(proof):
    def refused(name, code="access-denied", peer="AccessDenied", words="sts:AssumeRole", user="ci", target=role("Build"), status="denied",
                setting=None, variables=None, who=None, config=None, **settings):
        service = proof.service(**(config or {}))
        outcome = service.obtain("assume-role", who(service) if who else service.user(user), variables,
                                 **{"role_arn": target, "role_session_name": "build-1", **settings})
        proof.refused(name, service, outcome, code, status, peer, words=words, setting=setting)

    refused("a role that does not exist", target=role("Nope"), words="on resource: " + role("Nope"))
    refused("a role that is denied", target=role("Denied"))
    refused("a role of a service", target=role("Service"))
    refused("a user without permission", user="nobody", target=role("Plain"))
    refused("a role of another account that does not trust", target=f"arn:aws:iam::{OTHER}:role/NoTrust")
    refused("root", who=Service.root, words="Roles may not be assumed by root accounts.")
    refused("no external id", target=role("External"))
    refused("a wrong external id", target=role("External"), external_id="ticket/42")
    refused("no source identity", target=role("NeedsSource"))
    refused("a tag that the role does not take", target=role("NeedsTag"), session_tags='{"Project": "a", "Other": "b"}')
    refused("a tag where tags are not allowed", target=role("External"), external_id="ticket/42:x", session_tags='{"a": "b"}',
            words="sts:TagSession")
    refused("no second factor", user="mfa", target=role("NeedsMfa"))
    refused("a wrong code", "mfa-required", words="MultiFactorAuthentication failed", user="mfa", target=role("NeedsMfa"),
            variables={"CODE": "000000"}, mfa_serial=MFA_DEVICE, mfa_code="env:CODE")
    refused("another's device", "mfa-required", words="MultiFactorAuthentication failed", user="ci", variables={"CODE": "000000"},
            mfa_serial=MFA_DEVICE, mfa_code="env:CODE")
    refused("a transitive key that is no tag", "request-refused", "InvalidParameterValue", "must be included in the requested tags",
            session_tags='{"a": "b"}', transitive_tag_keys="c")
    refused("a policy ARN that does not exist", "request-refused", "ValidationError", "does not exist or is not attachable",
            policy_arns=f"arn:aws:iam::{ACCOUNT}:policy/Nope")
    refused("a region that is off", "region-disabled", "RegionDisabledException", "STS is not activated in this region", region="af-south-1",
            setting="region")

    service = proof.service()
    code = service.mfa_code()
    again = {"role_arn": role("NeedsMfa"), "role_session_name": "build-1", "mfa_serial": MFA_DEVICE, "mfa_code": "env:CODE"}
    service.obtain("assume-role", service.user("mfa"), {"CODE": code}, **again)
    admin("STS", "DELETE", "/log")
    proof.refused("a code for the second time", service, service.obtain("assume-role", service.user("mfa"), {"CODE": code}, **again),
                  "mfa-required", "denied", "AccessDenied", words="MultiFactorAuthentication failed")


# ---- AssumeRoleWithSAML ---------------------------------------------------------------------

def saml_response(user):
    """The response of the AD FS look-alike in base64, as a browser would carry it to AWS."""
    admin("ADFS", "POST", "/reset")
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
                                          urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ORACLE["CA"])))
    start = ORACLE["ADFS"] + "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices"
    with browser.open(start, timeout=30) as page:
        address, text = page.url, page.read().decode()
    action = html.unescape(re.search(r'<form[^>]*id="loginForm"[^>]*action="([^"]*)"', text).group(1))
    filled = {"UserName": user, "Password": PASSWORD, "AuthMethod": "FormsAuthentication"}
    with browser.open(urllib.parse.urljoin(address, action), urllib.parse.urlencode(filled).encode(), timeout=30) as page:
        text = page.read().decode()
    return html.unescape(re.search(r'name="SAMLResponse" value="([^"]*)"', text).group(1))


def with_saml(proof):
    def traded(name, user="CORP\\alice", target="Build", form_more=None, seconds=3600, settings=None, **wanted):
        response = saml_response(user)
        service = proof.service()
        outcome = service.obtain("assume-role-with-saml", NOBODY, {"RESPONSE": response}, idp="assertion", assertion="env:RESPONSE",
                                 role_arn=role(target), **(settings or {}))
        form_of_it = form("AssumeRoleWithSAML", RoleArn=role(target), PrincipalArn=ADFS, SAMLAssertion=response, **(form_more or {}))
        return proof.gives(name, service, outcome, form_of_it, seconds, **wanted)

    keys = traded("AssumeRoleWithSAML", arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/alice@corp.example", tags={"Owner": "platform"})
    proof.case("AssumeRoleWithSAML: the session works", [] if keys and may(keys, "s3:GetObject") else ["it does not"])
    unsigned(proof, "AssumeRoleWithSAML")
    keys = traded("AssumeRoleWithSAML with a policy", settings={"policy": statement("s3:GetObject")},
                  form_more={"Policy": statement("s3:GetObject")})
    proof.case("AssumeRoleWithSAML: the session is as narrow as its policy",
               [] if keys and may(keys, "s3:GetObject") and not may(keys, "s3:PutObject") else ["it is not"])
    only_put = f"arn:aws:iam::{ACCOUNT}:policy/OnlyPut"
    traded("AssumeRoleWithSAML with a policy by ARN", settings={"policy_arns": only_put}, form_more=members("PolicyArns", [only_put], ".arn"))
    traded("AssumeRoleWithSAML with a duration", settings={"duration": "2h"}, form_more={"DurationSeconds": "7200"}, seconds=7200)
    traded("AssumeRoleWithSAML with tags of the assertion", "CORP\\tags", seconds=1800, source_identity="tags-user", transitive=["Project"],
           tags={"Owner": "platform", "Project": "apollo", "CostCenter": "42"})

    response = saml_response("CORP\\alice")
    given = {"assertion": "env:RESPONSE", "role_arn": role("Build"), "principal_arn": ADFS}
    service = proof.service()
    outcome = service.ask("assume-role-with-saml", NOBODY, {"RESPONSE": response}, **given)
    wanted = {"AssumedRoleUser/Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Build/alice@corp.example", "Subject": "CORP\\alice",
              "Issuer": "http://adfs.corp.example/adfs/services/trust", "Audience": "https://signin.aws.amazon.com/saml",
              "SubjectType": None, "NameQualifier": None, "Credentials/Expiration": None}
    proof.answers("AssumeRoleWithSAML, its answer without the secrets", service, outcome,
                  form("AssumeRoleWithSAML", RoleArn=role("Build"), PrincipalArn=ADFS, SAMLAssertion=response), **wanted)

    def refused(name, code, peer, words="", status="denied", config=None, clock=0, **settings):
        service = proof.service(**(config or {}))
        admin("STS", "POST", "/clock", {"offset": clock})
        outcome = service.ask("assume-role-with-saml", NOBODY, {"RESPONSE": response}, **{**given, **settings})
        proof.refused(name, service, outcome, code, status, peer, words=words)

    refused("a response that is too old for STS", "assertion-expired", "ExpiredTokenException", status="expired", clock=400)
    refused("a role that the response does not offer", "access-denied", "AccessDenied", "sts:AssumeRoleWithSAML", role_arn=role("Long"))
    refused("a provider that does not exist", "assertion-refused", "InvalidIdentityToken", "Specified provider doesn't exist",
            principal_arn=f"arn:aws:iam::{ACCOUNT}:saml-provider/Nope")
    refused("an audience that is not AWS", "assertion-refused", "InvalidIdentityToken", "required audience",
            config={"saml": {"audiences_only": ["urn:other"]}})


def unsigned(proof, name):
    """Of the last call."""
    names = [header.lower() for header, _ in Service.requests()[-1]["headers"]]
    signs = sorted({"authorization", "x-amz-date", "x-amz-security-token"} & set(names))
    proof.case(f"{name} goes without a signature", signs)


# ---- AssumeRoleWithWebIdentity --------------------------------------------------------------

def web_token(**changes):
    """A JWT (RFC 7519) that the provider of the configuration would make."""
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    now = int(time.time())
    claims = {"iss": "https://oidc.example", "sub": "repo:octo/app:ref:refs/heads/main", "aud": "sts.amazonaws.com", "iat": now,
              "nbf": now, "exp": now + 300, **changes}
    text = part(b'{"alg":"RS256","typ":"JWT","kid":"oracle-1"}') + b"." + part(json.dumps(claims).encode())
    with open(ORACLE["RUN"] + "/oidc.key", "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    return (text + b"." + part(key.sign(text, padding.PKCS1v15(), hashes.SHA256()))).decode()


def with_web_identity(proof):
    asked = {"role_arn": role("Web"), "role_session_name": "build-1", "web_identity_token": "env:JWT"}
    sent = {"RoleArn": role("Web"), "RoleSessionName": "build-1"}
    action = "assume-role-with-web-identity"

    def traded(name, token, form_more=None, seconds=3600, settings=None, **wanted):
        service = proof.service()
        outcome = service.obtain(action, NOBODY, {"JWT": token}, **asked, **(settings or {}))
        return proof.gives(name, service, outcome, form("AssumeRoleWithWebIdentity", WebIdentityToken=token, **sent, **(form_more or {})),
                           seconds, **wanted)

    keys = traded("AssumeRoleWithWebIdentity", web_token(), arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Web/build-1")
    proof.case("AssumeRoleWithWebIdentity: the session works", [] if keys and may(keys, "s3:GetObject") else ["it does not"])
    unsigned(proof, "AssumeRoleWithWebIdentity")
    claims = {"https://aws.amazon.com/tags": {"principal_tags": {"Repo": ["app"]}, "transitive_tag_keys": ["Repo"]},
              "https://aws.amazon.com/source_identity": "octo"}
    traded("AssumeRoleWithWebIdentity with tags and a source identity of the token", web_token(**claims), tags={"Repo": "app"},
           transitive=["Repo"], source_identity="octo")
    traded("AssumeRoleWithWebIdentity with a policy and a duration", web_token(), seconds=900,
           settings={"policy": statement("s3:GetObject"), "duration": "15m"},
           form_more={"Policy": statement("s3:GetObject"), "DurationSeconds": "900"})
    service, token = proof.service(), web_token()
    proof.answers("AssumeRoleWithWebIdentity, its answer without the secrets", service, service.ask(action, NOBODY, {"JWT": token}, **asked),
                  form("AssumeRoleWithWebIdentity", WebIdentityToken=token, **sent),
                  **{"SubjectFromWebIdentityToken": "repo:octo/app:ref:refs/heads/main", "Audience": "sts.amazonaws.com",
                     "Provider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/oidc.example", "Credentials/SessionToken": None})

    def refused(name, code, peer, words, token=None, status="denied", requests=1, config=None, **settings):
        service = proof.service(**(config or {}))
        outcome = service.obtain(action, NOBODY, {"JWT": token or web_token()}, **{**asked, **settings})
        proof.refused(name, service, outcome, code, status, peer, words=words, requests=requests)

    refused("a web token that is over", "assertion-expired", "ExpiredTokenException", "Token expired",
            web_token(exp=int(time.time()) - 5), "expired")
    refused("a web token for somebody else", "assertion-refused", "InvalidIdentityToken", "Incorrect token audience", web_token(aud="other"))
    refused("a web token of somebody else", "assertion-refused", "InvalidIdentityToken", "No OpenIDConnect provider found",
            web_token(iss="https://x.example"))
    refused("a web token with a broken signature", "assertion-refused", "InvalidIdentityToken", "signature", web_token()[:-8] + "AAAAAAAA")
    refused("a subject that the role does not trust", "access-denied", "AccessDenied", "sts:AssumeRoleWithWebIdentity",
            web_token(sub="repo:evil/x"))
    refused("a role without a trust in web tokens", "access-denied", "AccessDenied", "sts:AssumeRoleWithWebIdentity", role_arn=role("Build"))
    away = {"accounts": {ACCOUNT: {"oidc_providers": {"https://oidc.example": {"jwks_file": "/nonexistent"}}}}}
    refused("a provider whose keys AWS cannot fetch is tried again", "idp-unreachable", "IDPCommunicationError", "verification key",
            status="network", requests=3, config=away)


# ---- a user's own sessions ------------------------------------------------------------------

def federation_token(proof):
    reading, only_put = statement(["s3:GetObject", "s3:DeleteObject"]), f"arn:aws:iam::{ACCOUNT}:policy/OnlyPut"
    arn = f"arn:aws:sts::{ACCOUNT}:federated-user/builder@ci"

    def federated(name, form_more, seconds=43200, settings=None, **wanted):
        service = proof.service()
        outcome = service.obtain("get-federation-token", service.user("fed"), federated_name="builder@ci", **(settings or {}))
        return proof.gives(name, service, outcome, form("GetFederationToken", Name="builder@ci", **form_more), seconds, arn=arn, **wanted)

    keys = federated("GetFederationToken", {"Policy": reading}, settings={"policy": reading}, tags={"Team": "build"})
    proof.case("GetFederationToken: what user and policy both allow", [] if keys and may(keys, "s3:GetObject") and
               not may(keys, "s3:PutObject") and not may(keys, "s3:DeleteObject") else ["it is something else"])
    federated("GetFederationToken with a policy by ARN", members("PolicyArns", [only_put], ".arn"), settings={"policy_arns": only_put})
    federated("GetFederationToken with tags", {"Policy": reading, **tags({"Plan": "WEB MAIN"})}, tags={"Team": "build", "Plan": "WEB MAIN"},
              settings={"policy": reading, "session_tags": '{"Plan": "{plan}"}', "build_data": '{"plan": "WEB MAIN"}'})
    federated("GetFederationToken for 36 hours", {"Policy": reading, "DurationSeconds": "129600"}, 129600,
              settings={"policy": reading, "duration": "36h"})
    keys = federated("GetFederationToken without a policy, as set", {}, settings={"allow_no_policy": "true"})
    proof.case("GetFederationToken without a policy gives nothing", [] if keys and not may(keys, "s3:GetObject") else ["it gives something"])

    service = proof.service()
    outcome = service.ask("get-federation-token", service.user("fed"), federated_name="builder@ci", policy=reading)
    proof.answers("GetFederationToken, its answer without the secrets", service, outcome,
                  form("GetFederationToken", Name="builder@ci", Policy=reading),
                  **{"FederatedUser/Arn": arn, "FederatedUser/FederatedUserId": f"{ACCOUNT}:builder@ci", "PackedPolicySize": None})

    def refused(name, code, status, peer, user="fed", requests=1, setting=None, **settings):
        service = proof.service()
        outcome = service.obtain("get-federation-token", service.user(user), **{"federated_name": "builder", **settings})
        proof.refused(name, service, outcome, code, status, peer, requests=requests, setting=setting)

    refused("GetFederationToken without a policy", "policy-absent", "setting", "", requests=0, setting="policy")
    refused("GetFederationToken by a user who may not", "access-denied", "denied", "AccessDenied", "ci", policy=reading)
    refused("GetFederationToken with a name of 33 characters", "setting-invalid", "setting", "", requests=0, setting="federated_name",
            federated_name="n" * 33, policy=reading)


def session_token(proof):
    def given(name, user, form_more=None, seconds=43200, variables=None, settings=None):
        service = proof.service()
        outcome = service.obtain("get-session-token", service.user(user), variables, **(settings or {}))
        return service, proof.gives(name, service, outcome, form("GetSessionToken", **(form_more or {})), seconds,
                                    arn=f"arn:aws:iam::{ACCOUNT}:user/{user}")

    given("GetSessionToken", "mfa")
    given("GetSessionToken for 15 minutes", "mfa", {"DurationSeconds": "900"}, 900, settings={"duration": "15m"})
    code = Service(proof.tool).mfa_code()
    service, keys = given("GetSessionToken with a second factor", "mfa", {"SerialNumber": MFA_DEVICE, "TokenCode": code},
                          variables={"CODE": code}, settings={"mfa_serial": MFA_DEVICE, "mfa_code": "env:CODE"})
    if keys:
        admin("STS", "DELETE", "/log")
        outcome = service.obtain("assume-role", keys, role_arn=role("NeedsMfa"), role_session_name="build-1")
        proof.gives("the second factor goes on into AssumeRole", service, outcome,
                    form("AssumeRole", RoleArn=role("NeedsMfa"), RoleSessionName="build-1"))
    service = proof.service()
    proof.answers("GetSessionToken, its answer without the secrets", service, service.ask("get-session-token", service.user("mfa")),
                  form("GetSessionToken"), **{"Credentials/Expiration": None, "Credentials/SessionToken": None})
    for name, variables, settings in (("a code without a device", {"CODE": "123456"}, {"mfa_code": "env:CODE"}),
                                      ("a device without a code", {}, {"mfa_serial": MFA_DEVICE}),
                                      ("a code of five digits", {"CODE": "12345"}, {"mfa_serial": MFA_DEVICE, "mfa_code": "env:CODE"})):
        service = proof.service()
        outcome = service.obtain("get-session-token", service.user("mfa"), variables, **settings)
        code = "setting-invalid" if "five" in name else "setting-missing"
        proof.refused(f"GetSessionToken with {name} is not sent", service, outcome, code, "setting", requests=0)


# ---- actions that the service does not have -------------------------------------------------

def unknown_actions(proof):
    given = {"get-scoped-credentials": {"duration": "15m"}, "assume-root": {"target_principal": OTHER,
             "task_policy_arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
             "get-delegated-access-token": {"trade_in_token": "env:TRADE"}}
    for action, settings in given.items():
        service = proof.service()
        outcome = service.obtain(action, service.user("ci"), {"TRADE": "trade-in-token"}, **settings)
        proof.refused(f"{action} where there is none", service, outcome, "request-refused", "denied", "InvalidAction",
                      words="Could not find operation " + action.title().replace("-", ""))
    service = proof.service()
    outcome = service.ask("get-web-identity-token", service.user("ci"), token_audiences="https://x.example", signing_algorithm="ES384")
    proof.refused("get-web-identity-token where there is none", service, outcome, "request-refused", "denied", "InvalidAction",
                  words="Could not find operation GetWebIdentityToken")
    service = proof.service()
    outcome = service.ask("get-everything", service.user("ci"))
    good = outcome.exit != 0 and "get-everything" in outcome.err and not service.requests()
    proof.case("an action that nobody knows is not sent", [] if good else [repr(outcome)])
    service = proof.service()
    outcome = service.call(("sts", "assume-role", "--member", "Credentials/SessionToken"), service.user("ci"), role_arn=role("Build"),
                           role_session_name="build-1")
    good = outcome.exit == EXIT["usage"] and "awsfed obtain" in outcome.err and not service.requests()
    proof.case("a secret member is not given by `sts`", [] if good else [repr(outcome)])


def run(tool, cases, _home):
    if "STS" not in ORACLE:
        print("skip sts_actions: the oracle is not running")
        return
    for door in ("HTTP", "HTTPS"):
        proof = Proof(tool, cases, door)
        for part in (questions, assume_role, with_saml, with_web_identity, federation_token, session_token, unknown_actions):
            part(proof)


if __name__ == "__main__":
    main(run)
