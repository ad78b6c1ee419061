#!/usr/bin/env python3
"""The CloudFormation templates of docs/aws: templates.py AWSFED

cfn-lint finds no fault with them, they make neither users nor keys, and give out ARNs alone. moto makes stacks of them, with
the parameters of the commands at their heads; what trust policies and permissions came of it is read back and judged by
awsfed itself. moto makes no providers of a stack, attaches no managed policies to its roles and takes every region for the
partition aws: those three are looked at in the templates.
"""
import copy
import json
import os
import re
import shlex
import shutil
import subprocess

from cli import ROOT, main, services

TEMPLATES = {path.stem: path for path in sorted((ROOT / "docs/aws").glob("*.yaml"))}
ACCOUNT = "123456789012"
SAML_PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/ADFS"
OIDC_PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.example.com"
SIGN_IN = "https://signin.aws.amazon.com/saml"

# cfn-lint reads the short forms of functions (!Ref); what it gives is the long form, in JSON.
READER = "import json, sys; from cfnlint.decode import decode; print(json.dumps([decode(path)[0] for path in sys.argv[1:]]))"

MADE = {"AWS::IAM::SAMLProvider", "AWS::IAM::OIDCProvider", "AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}
BY_SIGN_IN = {"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"}


def read():
    done = subprocess.run([services.Moto.tool("python"), "-c", READER, *TEMPLATES.values()], capture_output=True, text=True, timeout=120)
    return dict(zip(TEMPLATES, json.loads(done.stdout)))


def references(value):
    """What a value of a template is made of: names of parameters and resources, with the attribute where one is taken."""
    if isinstance(value, list):
        for part in value:
            yield from references(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            if name == "Ref":
                yield part
            elif name == "Fn::GetAtt":
                yield part if isinstance(part, str) else ".".join(part)
            elif name == "Fn::If":
                yield from references(part[1:])
            else:
                yield f"{name} of {json.dumps(part)}"


def template_faults(template):
    """What must not be in a template, in words."""
    kinds = {name: resource["Type"] for name, resource in template["Resources"].items()}
    faults = [f"it makes {kind}" for kind in kinds.values() if kind not in MADE]
    # A reference to these kinds is their ARN, but for roles, where it is the name.
    arns = {name for name, kind in kinds.items() if kind in MADE - {"AWS::IAM::Role"}}
    arns |= {f"{name}.Arn" for name in kinds} | {name for name in template["Parameters"] if name.endswith("Arn")}
    for name, output in template["Outputs"].items():
        parts = list(references(output["Value"]))
        if not name.endswith("Arn") or not parts or not set(parts) <= arns:
            faults.append(f"its output {name} is no ARN: {parts}")
    return faults


def trust_faults(document):
    """What must not be in a trust policy, in words: anything but one provider's own sign-ins, for the right audience."""
    faults = []
    for statement in document["Statement"]:
        actions, conditions = set(statement["Action"]), statement.get("Condition", {})
        audience = [key for key in conditions.get("StringEquals", {}) if key.endswith(":aud")]
        subject = [key for operator in ("StringEquals", "StringLike") for key in conditions.get(operator, {})
                   if key.endswith(":sub")]
        values = [value for keys in conditions.values() for given in keys.values()
                  for value in (given if isinstance(given, list) else [given])]
        if list(statement.get("Principal", {})) != ["Federated"] or not str(statement["Principal"]["Federated"]).startswith("arn:"):
            faults.append("it trusts another than a provider")
        if not actions <= BY_SIGN_IN:
            faults.append(f"it allows {sorted(actions - BY_SIGN_IN)}")
        if not audience:
            faults.append(f"it allows {sorted(actions)} for any audience")
        if "sts:AssumeRoleWithWebIdentity" in actions and not subject:
            faults.append("it allows any subject")
        faults += [f"a condition takes {value}" for value in values if value.startswith("*")]
    return faults


def lint(cases, home):
    program = services.Moto.tool("cfn-lint")
    done = subprocess.run([program, "--include-checks", "I", "--", *TEMPLATES.values()], capture_output=True, text=True, timeout=120)
    cases.case(f"cfn-lint has nothing to say of {', '.join(TEMPLATES)}", (done.stdout + done.stderr).strip() or None)
    spoilt = home / "spoilt.yaml"
    spoilt.write_text(TEMPLATES["saml-role"].read_text(encoding="utf-8").replace("MaxSessionDuration: !Ref", "MaxSessionTime: !Ref"),
                      encoding="utf-8")
    done = subprocess.run([program, "--", spoilt], capture_output=True, text=True, timeout=120)
    cases.case("cfn-lint has something to say where a property is unknown", None if "MaxSessionTime" in done.stdout else done.stdout)


def contents(cases):
    templates = read()
    for name, template in templates.items():
        cases.case(f"{name} makes no user and no key, and gives out ARNs alone", "; ".join(template_faults(template)) or None)

    def spoilt(name, change):
        template = copy.deepcopy(templates[name])
        change(template)
        return template_faults(template)

    key = {"Type": "AWS::IAM::AccessKey", "Properties": {"UserName": "x"}}
    secret = {"Value": {"Fn::GetAtt": ["Key", "SecretAccessKey"]}}
    for what, found, wanted in (
            ("a key", spoilt("caller-policy", lambda it: it["Resources"].update(Key=key)), "AWS::IAM::AccessKey"),
            ("a secret", spoilt("caller-policy", lambda it: it["Outputs"].update(KeyArn=secret)), "Key.SecretAccessKey"),
            ("a role's name", spoilt("saml-role", lambda it: it["Outputs"]["RoleArn"].update(Value={"Ref": "Role"})), "'Role'")):
        cases.case(f"{what} in a template would be found", None if len(found) == 1 and wanted in found[0] else str(found))
    for name in ("saml-role", "oidc-role"):
        role = templates[name]["Resources"]["Role"]["Properties"]
        wanted = {"Fn::If": ["HasPolicies", {"Ref": "ManagedPolicyArns"}, {"Ref": "AWS::NoValue"}]}
        cases.case(f"the role of {name} may do what ManagedPolicyArns says, and nothing by itself",
                   None if role["ManagedPolicyArns"] == wanted and "Policies" not in role else str(role))
    partitions(cases, templates["saml-role"])
    patterns(cases, templates)


def partitions(cases, template):
    table = json.loads((ROOT / "src/base/partitions.json").read_text(encoding="utf-8"))["partitions"]
    sign_in = {row["id"]: f"https://{row['signin']['host']}{row['signin']['acs_path']}" for row in table}
    given = {name: row["SignIn"] for name, row in template["Mappings"]["Partition"].items()}
    cases.case("the sign-in addresses of the partitions are those of awsfed's own table",
               None if set(given) == {"aws", "aws-cn", "aws-us-gov"} and given.items() <= sign_in.items() else str(given))
    condition = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    wanted = {"Fn::If": ["HasRecipients", {"Ref": "Recipients"}, {"Fn::FindInMap": ["Partition", {"Ref": "AWS::Partition"}, "SignIn"]}]}
    cases.case("the audience is that of the stack's partition", None if condition == {"StringEquals": {"SAML:aud": wanted}} else str(condition))


# CloudFormation holds values against AllowedPattern, those of a list one by one; moto does not, so the patterns are tried here.
PATTERNS = (
    ("saml-role", "ProviderArn", [SAML_PROVIDER, "arn:aws-cn:iam::123456789012:saml-provider/a.b_c-d"],
     ["arn:aws:iam::123456789012:role/x", "arn:aws:iam::*:saml-provider/ADFS", "*"]),
    ("saml-role", "Recipients", [SIGN_IN, "https://eu-central-1.signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/saml/acs/SAMLSP4A"],
     ["*", "https://*/saml", "http://signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/"]),
    ("saml-role", "ManagedPolicyArns", ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws-us-gov:iam::123456789012:policy/team/deploy"],
     ["ReadOnlyAccess", "arn:aws:iam::123456789012:role/deploy"]),
    ("oidc-role", "Issuer", ["gitlab.example.com", "jenkins.example.com/oidc"],
     ["https://gitlab.example.com", "gitlab.example.com/", 'a"b', "*"]),
    ("oidc-role", "Subjects", ["project_path:web/shop:ref_type:branch:ref:main", "https://jenkins.example.com/job/shop/", "build-17"],
     ["", "*", "*main", 'a"], "x": ["b', "a\\", "${aws:userid}", "a b"]),
    # GitHub and gitlab.com are one issuer for everybody: what is fixed must reach to the group at least.
    ("oidc-role", "Subjects", ["project_path:web/*", "repo:octo-org/*", "repo:octo-org/shop:ref:refs/tags/*", "https://jenkins.example.com/job/*"],
     ["repo:*", "project_path:*", "repo:octo*", "repo:octo-org*", "repo:*/shop:*", "repo:octo-?rg/*", "r*:octo-org/*", "https://*", "https://jenkins.example.com/*"]),
    ("oidc-role", "Audience", ["sts.amazonaws.com", "https://aws.example.com"], ["", "*", 'a"b', "${x}"]),
    ("caller-policy", "RoleArns", ["arn:aws:iam::123456789012:role/deploy", "arn:aws:iam::123456789012:role/team/deploy"],
     ["*", "arn:aws:iam::123456789012:role/*", "arn:aws:iam::123456789012:user/x"]),
    ("caller-policy", "FederatedNames", ["build", "build-*"], ["*", "b*", "bu*ld", "build/x"]),
)


def patterns(cases, templates):
    for name, parameter, good, bad in PATTERNS:
        pattern = re.compile(templates[name]["Parameters"][parameter]["AllowedPattern"], re.ASCII)
        wrong = [value for value in good if not pattern.fullmatch(value)] + [value for value in bad if pattern.fullmatch(value)]
        cases.case(f"{parameter} of {name} takes what it should, and {len(bad)} other texts not", f"not {wrong}" if wrong else None)


def commands(path):
    """The commands that a template shows at its head."""
    shown = re.findall(r"^#   +(.*)$", path.read_text(encoding="utf-8").split("AWSTemplateFormatVersion")[0], re.M)
    return [shlex.split(line)[1:] for line in re.sub(r"\\\n", " ", "\n".join(shown)).splitlines()]


class Aws:
    """The AWS CLI at moto, in a folder where the templates are."""

    def __init__(self, url, home):
        self.url, self.home = url, home

    def __call__(self, *arguments):
        done = services.aws_cli(self.url, self.home, *arguments, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
        if done.returncode != 0:
            raise RuntimeError(f"aws {' '.join(arguments)}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout

    def stack(self, name, template, *parameters):
        given = [dict(zip(("ParameterKey", "ParameterValue"), parameter.split("=", 1))) for parameter in parameters]
        self("cloudformation", "create-stack", "--stack-name", name, "--template-body", f"file://{template}.yaml",
             "--capabilities", "CAPABILITY_NAMED_IAM", "--parameters", json.dumps(given))

    def shown(self, template):
        """Carries out what the template shows at its head. moto's change sets, by which `deploy` goes, leave the outputs out;
        so the stack is made with the same parameters in one step."""
        for command in commands(TEMPLATES[template]):
            if command[:2] == ["cloudformation", "deploy"]:
                self.stack(command[command.index("--stack-name") + 1], template, *command[command.index("--parameter-overrides") + 1:])
            else:
                self(*command)

    def outputs(self, stack):
        given = self("cloudformation", "describe-stacks", "--stack-name", stack)["Stacks"][0]["Outputs"]
        return {output["OutputKey"]: output["OutputValue"] for output in given}

    def role(self, name):
        return self("iam", "get-role", "--role-name", name)["Role"]


def judged(tool, home, trust, action, provider, *context):
    """0 where awsfed's own judgement of a trust policy is yes, 1 where it is no."""
    path = home / "trust.json"
    path.write_text(json.dumps(trust), encoding="utf-8")
    flags = [part for pair in context for part in ("--context", pair)]
    return tool("policy", "evaluate", "--action", action, "--resource", f"arn:aws:iam::{ACCOUNT}:role/deploy",
                "--resource-policy", path, "--identity-provider", provider, *flags).exit


def trust_cases(tool, cases, home, name, trust, questions):
    """questions: (in words, action, provider, context, 0 or 1)."""
    cases.case(f"{name} trusts the provider's sign-ins for the audience, and nothing else", "; ".join(trust_faults(trust)) or None)
    path = home / "lint.json"
    path.write_text(json.dumps(trust), encoding="utf-8")
    linted = tool("policy", "lint", "--type", "trust", "--fail-on", "suggestion", path)
    cases.case(f"awsfed policy lint finds nothing in the trust policy of {name}", None if linted.exit == 0 else repr(linted))
    for words, action, provider, context, wanted in questions:
        got = judged(tool, home, trust, action, provider, *context)
        cases.case(f"{name}: {words} is {'refused' if wanted else 'let in'}", None if got == wanted else f"exit status {got}")


def saml_stack(tool, cases, home, aws):
    role = aws.role("awsfed-deploy")
    cases.case("a session of the role lasts an hour unless said", None if role["MaxSessionDuration"] == 3600 else str(role))
    given = aws.outputs("awsfed-deploy")
    cases.case("saml-role gives out the role's ARN and the provider's",
               None if given == {"RoleArn": role["Arn"], "ProviderArn": SAML_PROVIDER} else str(given))
    saml, other = "sts:AssumeRoleWithSAML", SAML_PROVIDER.replace("ADFS", "Other")
    trust = role["AssumeRolePolicyDocument"]
    trust_cases(tool, cases, home, "saml-role", trust, (
        ("a sign-in for AWS", saml, SAML_PROVIDER, [f"SAML:aud={SIGN_IN}"], 0),
        ("a sign-in for another application", saml, SAML_PROVIDER, ["SAML:aud=https://wiki.corp.example/saml"], 1),
        ("a sign-in without an audience", saml, SAML_PROVIDER, [], 1),
        ("another provider's sign-in", saml, other, [f"SAML:aud={SIGN_IN}"], 1),
        ("an OpenID Connect token", "sts:AssumeRoleWithWebIdentity", SAML_PROVIDER, [f"SAML:aud={SIGN_IN}"], 1)))
    spoilt = copy.deepcopy(trust)
    del spoilt["Statement"][0]["Condition"]
    found = trust_faults(spoilt)
    cases.case("a trust policy that lost its condition would be found",
               None if len(found) == 1 and "sts:TagSession" in found[0] and "any audience" in found[0] else str(found))

    regional = "https://eu-central-1.signin.aws.amazon.com/saml"
    aws.stack("regional", "saml-role", "RoleName=regional", f"ProviderArn={SAML_PROVIDER}", f"Recipients={SIGN_IN},{regional}",
               "MaxSessionDuration=7200", "PermissionsBoundaryArn=arn:aws:iam::aws:policy/PowerUserAccess")
    role = aws.role("regional")
    trust_cases(tool, cases, home, "saml-role with Recipients", role["AssumeRolePolicyDocument"], (
        ("a sign-in at a region's address", saml, SAML_PROVIDER, [f"SAML:aud={regional}"], 0),
        ("a sign-in at another region's", saml, SAML_PROVIDER, [f"SAML:aud={regional.replace('eu', 'us')}"], 1)))
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    cases.case("the role has the boundary and the duration that were given",
               None if boundary == "arn:aws:iam::aws:policy/PowerUserAccess" and role["MaxSessionDuration"] == 7200 else str(role))


def oidc_stack(tool, cases, home, aws):
    web, issuer = "sts:AssumeRoleWithWebIdentity", "gitlab.example.com"
    main_branch = "project_path:web/shop:ref_type:branch:ref:main"

    def questions(*rows):
        return [(words, web, OIDC_PROVIDER, [f"{issuer}:{key}={value}" for key, value in claims.items()], wanted)
                for words, claims, wanted in rows]

    aws.stack("oidc", "oidc-role", "RoleName=oidc", f"Issuer={issuer}", f"ProviderArn={OIDC_PROVIDER}",
               f"Subjects={main_branch},project_path:web/api")
    trust_cases(tool, cases, home, "oidc-role", aws.role("oidc")["AssumeRolePolicyDocument"], questions(
        ("a token of the branch", {"aud": "sts.amazonaws.com", "sub": main_branch}, 0),
        ("a token of another branch", {"aud": "sts.amazonaws.com", "sub": main_branch + "-2"}, 1),
        ("a token of the second subject", {"aud": "sts.amazonaws.com", "sub": "project_path:web/api"}, 0),
        ("a token for somebody else", {"aud": "vault", "sub": main_branch}, 1),
        ("a token without a subject", {"aud": "sts.amazonaws.com"}, 1)))
    aws.stack("like", "oidc-role", "RoleName=like", f"Issuer={issuer}", f"ProviderArn={OIDC_PROVIDER}", "SubjectMatch=StringLike",
               "Subjects=project_path:web/*")
    trust_cases(tool, cases, home, "oidc-role with StringLike", aws.role("like")["AssumeRolePolicyDocument"], questions(
        ("a token that the pattern takes", {"aud": "sts.amazonaws.com", "sub": main_branch}, 0),
        ("a token of another group", {"aud": "sts.amazonaws.com", "sub": "project_path:db/shop"}, 1),
        ("a token whose audience only looks alike", {"aud": "stsxamazonaws.com", "sub": main_branch}, 1)))


def caller_stack(tool, cases, home, aws):
    version = aws("iam", "get-policy-version", "--policy-arn", aws.outputs("awsfed-caller")["PolicyArn"], "--version-id", "v1")
    path = home / "caller.json"
    path.write_text(json.dumps(version["PolicyVersion"]["Document"]), encoding="utf-8")
    linted = tool("policy", "lint", "--type", "identity", "--fail-on", "suggestion", path)
    cases.case("awsfed policy lint finds nothing in caller-policy", None if linted.exit == 0 else repr(linted))
    federated, role = f"arn:aws:sts::{ACCOUNT}:federated-user/", f"arn:aws:iam::{ACCOUNT}:role/"
    for words, action, resource, wanted in (
            ("makes a federated user of the name", "GetFederationToken", federated + "build-17", 0),
            ("makes no other one", "GetFederationToken", federated + "admin", 1),
            ("tags a session of a role that is named", "TagSession", role + "deploy", 0),
            ("sets its source identity", "SetSourceIdentity", role + "deploy", 0),
            ("tags no session of another role", "TagSession", role + "admin", 1)):
        got = tool("policy", "evaluate", "--action", f"sts:{action}", "--resource", resource, "--identity", path).exit
        cases.case(f"who has caller-policy {words}", None if got == wanted else f"exit status {got}")
    taken = [statement for statement in version["PolicyVersion"]["Document"]["Statement"] if "sts:AssumeRole" in statement["Action"]]
    named = [f"{role}deploy", "arn:aws:iam::210987654321:role/hub"]
    cases.case("who has caller-policy takes the roles that are named", None if [row["Resource"] for row in taken] == [named] else str(taken))


def run(tool, cases, home):
    lint(cases, home)
    contents(cases)
    for path in TEMPLATES.values():
        shutil.copy(path, home)
    shutil.copy(ROOT / "tests/saml/data/metadata/adfs.xml", home / "FederationMetadata.xml")
    os.chdir(home)
    with services.Moto() as moto:
        aws = Aws(moto.url, home)
        aws.shown("saml-role")
        aws.shown("caller-policy")
        saml_stack(tool, cases, home, aws)
        oidc_stack(tool, cases, home, aws)
        caller_stack(tool, cases, home, aws)


if __name__ == "__main__":
    main(run)
