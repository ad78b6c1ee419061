#!/usr/bin/env python3
"""The connectors and scripts of docs/guide/bamboo.md and jenkins.md, as they stand there: guides.py AWSFED SANDBOX

Their AD FS and STS are the sandbox's, their files and their agent's user those of this run; nothing else is changed. The
sandbox plays no source identities and judges no conditions, so that line of a connector is left out.
"""
import getpass
import json
import os
import re
import subprocess
import sys

from common import ROOT, Sandbox, main, role

PROGRAM = sys.argv[2]
PASSWORD = "Deploy-Horse-7"
AUDIT = "\naudit_file = /var/lib/bamboo/awsfed-audit.jsonl"
WORLD = f"""
[user svc-deploy]
password = {PASSWORD}
roles = releaser, federation
session_name = svc-deploy

[role releaser]
arn = {role("releaser")}
policy = {{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}}}

[role federation]
arn = {role("federation")}
policy = {{"Version": "2012-10-17",
  "Statement": {{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "{role("deploy")}"}}}}
"""

# What a job is given, and what it prints: who it is at AWS, by asking the port, and which secrets lie about.
DEPLOY = """#!{python}
import json, os, urllib.request
asked = urllib.request.Request(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"],
                               headers={{"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]}})
keys = json.load(urllib.request.urlopen(asked))
secrets = [name for name, value in os.environ.items() if {password!r} in value or value and value in (keys["SecretAccessKey"], keys["Token"])]
print(json.dumps({{"expiration": keys["Expiration"], "secrets": secrets}}))
"""


def blocks(guide, language):
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "docs/guide" / guide).read_text(encoding="utf-8"), re.M | re.S)


class Agent:
    """A machine as the guides describe it: /etc/awsfed and /var/lib/bamboo are folders of this run, awsfed is in PATH."""

    def __init__(self, tool, sandbox, home):
        self.sandbox, self.home = sandbox, home
        (home / "bin").mkdir()
        (home / "bin/awsfed").symlink_to(tool.path)
        deploy = home / "deploy.sh"
        deploy.write_text(DEPLOY.format(python=sys.executable, password=PASSWORD), encoding="utf-8")
        deploy.chmod(0o700)

    def here(self, text):
        return text.replace("/etc/awsfed", str(self.home)).replace("/var/lib/bamboo", str(self.home))

    def connector(self, name, *changes):
        """Makes the connector of bamboo.md the machine's only one, called deploy. changes: pairs of what stands there and what for it."""
        text = next(block for block in blocks("bamboo.md", "ini") if f"[connector {name}]\n" in block)
        place = f"idp_url = {self.sandbox.idp_url}\nsts_endpoint = {self.sandbox.sts_endpoint}\nca_file = {self.sandbox.ca_file}"
        for old, new in (*changes, (f"[connector {name}]", "[connector deploy]"), ("idp_url = https://sts.corp.example", place)):
            if old not in text:
                raise RuntimeError(f"connector {name} of bamboo.md has no {old!r}")
            text = text.replace(old, new)
        config = self.home / "config"
        config.write_text(self.here(text), encoding="utf-8")
        config.chmod(0o600)

    def run(self, script, **variables):
        environment = {"PATH": f"{self.home / 'bin'}:{os.environ['PATH']}", "HOME": str(self.home), **variables}
        return subprocess.run(["bash", "-euc", self.here(script)], env=environment, cwd=self.home, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL)

    def session(self):
        """That of the audit's last line."""
        lines = (self.home / "awsfed-audit.jsonl").read_text(encoding="utf-8").splitlines()
        return json.loads(lines[-1]).get("session_arn", "")


def fault(good, done):
    return None if good else f"exit {done.returncode}, {len(done.stdout)} characters on stdout, {done.stderr.strip()[-500:]}"


def told(done):
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout.startswith("{") else {}


def session_fault(agent, done, name):
    return None if told(done) and agent.session().endswith(f":assumed-role/{name}") else f"{agent.session()} {done.stderr.strip()[-500:]}"


def bamboo(cases, agent):
    execute, obtain = blocks("bamboo.md", "sh")
    job = {"bamboo_awsfed_deploy_password": PASSWORD, "bamboo_planKey": "WEB-MAIN", "bamboo_buildNumber": "17"}
    # At the sandbox the role deploy is for other roles alone.
    changes = (("/etc/awsfed/FederationMetadata.xml", agent.sandbox.places["metadata_url"]), ("role/deploy", "role/releaser"))
    agent.connector("deploy", *changes, ("allowed_principals = bamboo", f"allowed_principals = {getpass.getuser()}"))
    done = agent.run(execute, **job)
    cases.case("bamboo.md: the script task has credentials of the connector's role", session_fault(agent, done, "releaser/svc-deploy"))
    done = agent.run(execute, **job, bamboo_left_lying=PASSWORD)
    cases.case("bamboo.md: neither password nor keys are in its environment, but for a variable that nobody named",
               fault(told(done).get("secrets") == ["bamboo_left_lying"], done))
    done = agent.run(execute.replace("deploy --password", f"deploy --role-arn {role('reader')} --password"), **job)
    cases.case("bamboo.md: no job takes another role", fault(done.returncode == 14 and "setting-locked" in done.stderr, done))
    done = agent.run(execute, **{**job, "bamboo_planKey": "../OTHER"})
    cases.case("bamboo.md: no plan reaches into another one's folder by its name",
               fault(done.returncode == 14 and "setting: policy" in done.stderr, done))

    done = agent.run(obtain, **job)
    file = agent.home / "credentials.properties"
    rows = [line.split("=", 1)[0] for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
    cases.case("bamboo.md: a file for the inject variables task is for its user alone",
               fault(done.returncode == 0 and done.stdout == "" and file.stat().st_mode & 0o777 == 0o600, done))
    shown = re.findall(r"^\| `(awsfed\.[\w.]+)` \| `\$(bamboo_inject_\w+)` ", (ROOT / "docs/guide/bamboo.md").read_text(encoding="utf-8"), re.M)
    wanted = [(name, "bamboo_inject_" + name.replace(".", "_")) for name in rows]
    cases.case("bamboo.md: the table of names is that of the file", None if shown == wanted and len(shown) == 4 else f"{rows} are in the file")

    agent.connector("deploy", *changes)
    done = agent.run(execute, **job)
    cases.case("bamboo.md: who is not listed is refused", fault(done.returncode == 14 and "connector-refused" in done.stderr, done))

    agent.connector("deploy-named", ("\nsource_identity = {plan}-{build}", AUDIT))
    done = agent.run(execute, **job)
    cases.case("bamboo.md: the second role's session is named after plan and build", session_fault(agent, done, "deploy/WEB-MAIN-17"))


def jenkins(cases, agent):
    pipeline = blocks("jenkins.md", "groovy")[0]
    bound = dict(re.findall(r"(\w+)Variable: '(\w+)'", pipeline))
    job = {bound["username"]: "CORP\\svc-deploy", bound["password"]: PASSWORD, "JOB_NAME": "web/shop", "BUILD_NUMBER": "17"}
    without_user = ("user = CORP\\svc-deploy\n", "")
    unnamed = (("\nrole_session_name = {plan}-{build}", ""), ('\nsession_tags = {"Plan": "{plan}"}', ""))
    agent.connector("deploy-named", ("\nsource_identity = {plan}-{build}", AUDIT), without_user)
    done = agent.run(blocks("jenkins.md", "sh")[0], **job)
    cases.case("jenkins.md: a session is named after job and build", session_fault(agent, done, "deploy/web-shop-8c5770f1-17"))
    agent.connector("deploy-named", ("\nsource_identity = {plan}-{build}", AUDIT), without_user, *unnamed)
    done = agent.run(re.search(r"^    sh '(.*)'$", pipeline, re.M).group(1), **job)
    cases.case("jenkins.md: the pipeline has credentials, and the name of the user", session_fault(agent, done, "deploy/svc-deploy"))
    cases.case("jenkins.md: neither password nor keys are in its environment", fault(told(done).get("secrets") == [], done))

    (agent.home / "password").write_text(PASSWORD, encoding="utf-8")
    (agent.home / "password").chmod(0o600)
    agent.connector("deploy-named", ("\nsource_identity = {plan}-{build}", ""), *unnamed)
    done = agent.run(re.search(r"^credential_process = (.*)$", blocks("jenkins.md", "ini")[0], re.M).group(1))
    cases.case("jenkins.md: the profile's credential process gives what SDKs read", fault(told(done).get("Version") == 1, done))


def flags(tool, cases):
    """Every flag of awsfed in the two guides is one of its command's."""
    for guide in ("bamboo.md", "jenkins.md"):
        text = (ROOT / "docs/guide" / guide).read_text(encoding="utf-8").replace("\\\n", " ")
        used = {(command, flag) for command, rest in re.findall(r"\bawsfed (obtain|exec|doctor|forget)\b([^`\n]*)", text)
                for flag in re.findall(r"(--[a-z][a-z-]+)", rest.split(" -- ")[0])}
        known = {command: tool(command, "--help").out for command, _ in used}
        wrong = [f"awsfed {command} {flag}" for command, flag in sorted(used) if not re.search(rf"{flag}\b(?!-)", known[command])]
        cases.case(f"{guide}: the {len(used)} flags that it shows are there", None if not wrong and len(used) > 4 else f"{wrong} of {sorted(used)}")


def run(tool, cases, home):
    with Sandbox(PROGRAM, WORLD) as sandbox:
        agent = Agent(tool, sandbox, home)
        bamboo(cases, agent)
        jenkins(cases, agent)
    flags(tool, cases)


if __name__ == "__main__":
    main(run)
