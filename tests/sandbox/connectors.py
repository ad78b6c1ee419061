#!/usr/bin/env python3
"""Who may use a connector, and what the audit tells of it, by the command-line tool: connectors.py AWSFED SANDBOX"""
import grp
import json
import os
import pwd
import re
import stat
import sys

from common import PASSWORDS, ROOT, Sandbox, leaks, main, role

PROGRAM = sys.argv[2]
ME = pwd.getpwuid(os.getuid()).pw_name
GROUP = grp.getgrgid(pwd.getpwuid(os.getuid()).pw_gid).gr_name
ID = "6f1c1a1e-6d0b-4d0e-9a53-2f0a4f1f7f11"


class Place:
    """A config file with one connector to the sandbox, and its audit."""

    def __init__(self, tool, sandbox, home, **settings):
        self.tool, self.sandbox, self.config, self.audit = tool, sandbox, home / "config", home / "audit"
        self.audit.unlink(missing_ok=True)
        rows = {"id": ID, "idp": "form", "idp_url": sandbox.idp_url, "user": "alice", "password": "env:PASSWORD",
                "ca_file": sandbox.ca_file, "sts_endpoint": sandbox.sts_endpoint, "region": "eu-central-1",
                "role_arn": role("build"), "audit_file": self.audit, "overridable": "user", **settings}
        text = "[connector deploy]\n" + "".join(f"{name} = {value}\n" for name, value in rows.items() if value is not None)
        self.config.write_text(text + "\n[connector other]\nregion = eu-west-1\n", encoding="utf-8")
        self.config.chmod(0o600)

    def obtain(self, *flags, connector="deploy", password=PASSWORDS["alice"], **variables):
        return self.tool("obtain", "--format", "process", "--error-format", "json", "--config", self.config, "--connector",
                         connector, *flags, **{"PASSWORD": password, **variables})

    def lines(self):
        return [json.loads(line) for line in self.audit.read_text(encoding="utf-8").splitlines()] if self.audit.exists() else []


def asked(sandbox):
    """Whether the identity provider or STS heard anything."""
    return "idp" in sandbox.log() or " sts " in sandbox.log()


def by_name_or_id(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        place = Place(tool, sandbox, home)
        for wanted in ("deploy", ID):
            outcome = place.obtain(connector=wanted)
            cases.case(f"--connector {wanted} is found", None if outcome.exit == 0 else repr(outcome))
        unknown = place.obtain(connector="nobody")
        cases.refused("an unknown connector is refused, and those that there are are listed", unknown, "connector-unknown",
                      "setting", advice=f"deploy (id {ID})\nother")
        listed = tool("connectors", "--config", place.config)
        cases.case("the connectors are listed", None if listed.out == f"deploy\t{ID}\nother\n" else repr(listed))
        shown = tool("connectors", "--json", AWSFED_CONFIG=str(place.config))
        right = [{"name": "deploy", "id": ID}, {"name": "other", "id": ""}]
        cases.case("the connectors are listed as JSON", None if json.loads(shown.out) == right else repr(shown))
        place.config.write_text(place.config.read_text() + f"id = {ID}\n")
        cases.refused("two connectors with one id are a mistake", place.obtain(), "config-malformed", "setting")


def who_may(tool, cases, home):
    allowed = [("the user's own name", {"allowed_principals": f"somebody, {ME}"}),
               ("a group of the user", {"allowed_groups": f"no such group,{GROUP}"}),
               ("no list at all", {})]
    for name, settings in allowed:
        with Sandbox(PROGRAM) as sandbox:
            outcome = Place(tool, sandbox, home, **settings).obtain()
            cases.case(f"{name} lets the user of the system in", None if outcome.exit == 0 else repr(outcome))
    refused = [("another user's name", {"allowed_principals": "somebody"}), ("another group", {"allowed_groups": f"{GROUP}x"}),
               ("the system's scope, where there is a user", {"allowed_principals": "somebody", "system_scope": "true"})]
    for name, settings in refused:
        with Sandbox(PROGRAM) as sandbox:
            place = Place(tool, sandbox, home, password="file:/nowhere", **settings)
            cases.refused(f"rule 10: {name} lets nobody in", place.obtain(), "connector-refused", "setting")
            cases.refused(f"rule 10: {name}: nor by a flag", place.obtain("--allowed-principals", ME), "setting-locked", "setting",
                          "allowed_principals")
            for variable in ("AWSFED_ALLOWED_PRINCIPALS", "AWSFED_ALLOWED_GROUPS"):
                cases.refused(f"rule 10: {name}: nor by {variable}", place.obtain(**{variable: ME}), "setting-locked", "setting")
            for variable in ("USER", "LOGNAME", "AWSFED_PRINCIPAL"):
                cases.refused(f"rule 10: {name}: {variable} says nothing of who asks", place.obtain(**{variable: "somebody"}),
                              "connector-refused", "setting")
            cases.case(f"rule 10: {name}: nothing was sent", "something was" if asked(sandbox) else None)
            told = {(line["event"], line["code"], line["principal"]) for line in place.lines()}
            cases.case(f"rule 15: {name}: the refusals are in the audit",
                       None if told == {("refused", "connector-refused", ME)} else repr(place.lines()))
            for command in (["roles"], ["sts", "get-caller-identity"]):
                outcome = tool(*command, "--error-format", "json", "--config", place.config, "--connector", "deploy")
                cases.refused(f"rule 10: {name}: {command[0]} is refused too", outcome, "connector-refused", "setting")
            (home / "response").write_text("PHg+")
            outcome = tool("saml", "verify", "--error-format", "json", "--config", place.config, "--connector", "deploy",
                           home / "response")
            cases.refused(f"rule 10: {name}: saml verify is refused too", outcome, "connector-refused", "setting")


def audit(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        place = Place(tool, sandbox, home, audit="required", cache="files", cache_folder=home / "kept", cache_key="env:KEY")
        given = place.obtain(KEY="a key of thirty-two random bytes")
        again = place.obtain(KEY="a key of thirty-two random bytes")
        wrong = place.obtain(KEY="a key of thirty-two random bytes", password="not-the-one")
        cases.case("rule 15: an issue, a hit and a refusal have a line each",
                   None if [line["event"] for line in place.lines()] == ["issued", "hit", "refused"]
                   and (given.exit, again.exit) == (0, 0) and wrong.exit == 20 else repr(place.lines()))
        issued, hit, refused = place.lines()
        key_id = json.loads(given.out)["AccessKeyId"]
        right = {"connector": "deploy", "connector_id": ID, "principal": ME, "user": "alice", "action": "assume-role-with-saml",
                 "role_arn": role("build"), "access_key_id": key_id, "expiration": json.loads(given.out)["Expiration"]}
        for name, line in (("issued", issued), ("hit", hit)):
            bad = {key: line.get(key) for key in right if line.get(key) != right[key]}
            cases.case(f"the line of what is {name} says for whom, of what and until when", repr(bad) if bad else None)
        cases.case("rule 8: the line says that nobody verified the response",
                   None if issued["verification"] == "unchecked" and "verification" not in hit else repr(issued))
        cases.case("the line of a refusal says why", None if refused["code"] == "credentials-refused" and refused["stage"] else repr(refused))
        text = place.audit.read_text()
        secrets = {**PASSWORDS, **leaks.SAML_MARKS, "key": json.loads(given.out)["SecretAccessKey"],
                   "token": json.loads(given.out)["SessionToken"], "wrong password": "not-the-one"}
        found = leaks.leaks(text, secrets)
        cases.case("no secret is in the audit", ", ".join(found) or None)
        mode = stat.S_IMODE(place.audit.stat().st_mode)
        cases.case("the audit is for its user alone", None if mode == 0o600 else oct(mode))
        evil = place.obtain("--user", 'eve"\n{"event":"issued"}', KEY="a key of thirty-two random bytes")
        last = place.lines()[-1]
        cases.case("a user name with a line break makes one line", None if evil.exit and last["event"] == "refused"
                   and last["user"] == 'eve"?{"event":"issued"}' and len(place.lines()) == 4 else place.audit.read_text())
        guide = (ROOT / "docs/guide/connectors.md").read_text(encoding="utf-8")
        named = set(re.findall(r"^\| `([a-z_]+)` \|", guide, re.M))
        unnamed = {name for line in place.lines() for name in line} - named
        cases.case("the guide explains each member of a line", ", ".join(unnamed) or None)
    with Sandbox(PROGRAM) as sandbox:
        place = Place(tool, sandbox, home, audit_file="/dev/full", audit="required")
        cases.refused("rule 15: a required audit that cannot be written keeps the sign-in back", place.obtain(), "audit-failed",
                      "store", "audit_file")
        cases.case("rule 15: nothing was sent", "something was" if asked(sandbox) else None)
        cases.refused("rule 15: a job does not turn it off", place.obtain("--audit", "off"), "setting-locked", "setting", "audit")
        outcome = Place(tool, sandbox, home, audit_file="/dev/full", audit="on").obtain()
        cases.case("an audit that is not required costs a warning",
                   None if outcome.exit == 0 and "warning: audit: The audit file /dev/full" in outcome.err else repr(outcome))


def run(tool, cases, home):
    by_name_or_id(tool, cases, home)
    who_may(tool, cases, home)
    audit(tool, cases, home)


if __name__ == "__main__":
    main(run)
