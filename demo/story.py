#!/usr/bin/env python3
"""The founding story of awsfed, step by step: story.py AWSFED SANDBOX

A build signs in at the company's AD FS with user and password, takes a role under a session policy, and uses the AWS
CLI with what it got. awsfed-sandbox plays AD FS and AWS on this machine; ./dev demo real has other programs in both
places. Exits with 1 when a step is not as expected.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import services
from demo import Surprise, expect, show, title
from sandbox import ACCOUNT, PASSWORDS, Sandbox, role

POLICY = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role("reader")}}
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/build/alice@corp.example"


class Story:
    def __init__(self, tool, home, sandbox):
        self.tool, self.home, self.sandbox = tool, home, sandbox
        (home / "policy.json").write_text(json.dumps(POLICY, indent=2) + "\n")

    def configure(self):
        """What an administrator writes once. A job may change nothing of it: it lists nothing as overridable."""
        text = "\n".join(["[connector company]", "idp = adfs", f"idp_url = {self.sandbox.idp_url}", "user = alice@corp.example",
                          "password = env:ALICES_PASSWORD", f"role_arn = {role('build')}",
                          f"policy_file = {self.home / 'policy.json'}", "region = eu-central-1",
                          f"sts_endpoint = {self.sandbox.sts_endpoint}", f"ca_file = {self.sandbox.ca_file}", ""])
        (self.home / "awsfed.ini").write_text(text)
        title("The config file, awsfed.ini:")
        show(text.replace(f"{self.home}/", "").replace(f"{self.sandbox.state}/", ""))
        title("The session policy, policy.json: of all that the role may do, this build may only take the role reader.")
        show(json.dumps(POLICY))
        process = shlex.join([self.tool, "obtain", "--config", str(self.home / "awsfed.ini"), "--connector", "company",
                              "--format", "process"])
        (self.home / "aws-config").write_text(f"[profile company]\nregion = eu-central-1\ncredential_process = {process}\n")

    def awsfed(self, verb, *options, password=None):
        """Runs the tool on the connector and shows the command as a person types it."""
        command = ["awsfed", verb, "--config", "awsfed.ini", "--connector", "company", *options]
        show("$ " + shlex.join(command))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
        kept["ALICES_PASSWORD"] = password or PASSWORDS["alice"]
        return subprocess.run([self.tool, *command[1:]], cwd=self.home, env=kept, capture_output=True, text=True,
                              timeout=120, stdin=subprocess.DEVNULL)

    def aws(self, *arguments):
        """The AWS CLI, which fetches its credentials by awsfed (credential_process)."""
        show("$ aws --profile company " + shlex.join(arguments))
        return services.aws_cli(self.sandbox.sts_endpoint, self.home, "--profile", "company", *arguments,
                                AWS_CA_BUNDLE=self.sandbox.ca_file, ALICES_PASSWORD=PASSWORDS["alice"])

    def roles(self):
        title("1. Alice signs in at AD FS. Which roles is she offered?")
        done = self.awsfed("roles")
        show(done.stdout + done.stderr)
        expect(done.returncode == 0 and role("build") in done.stdout, "alice's role is not listed")

    def obtain(self):
        title("2. Credentials of the role build, narrowed by the session policy. They are secret, so only their outline is shown.")
        done = self.awsfed("obtain", "--format", "process")
        show(done.stderr)
        expect(done.returncode == 0, f"obtain ends with status {done.returncode}")
        given = json.loads(done.stdout)
        show(json.dumps({name: value if name in ("Version", "Expiration") else f"[{len(value)} characters]"
                         for name, value in given.items()}, indent=2))

    def caller_identity(self):
        title("3. The AWS CLI fetches such credentials by itself and asks AWS who it is.")
        show("[profile company]\ncredential_process = awsfed obtain --config awsfed.ini --connector company --format process")
        done = self.aws("sts", "get-caller-identity")
        show(done.stdout + done.stderr)
        expect(done.returncode == 0 and json.loads(done.stdout)["Arn"] == CALLER, "the caller is not alice in the role build")

    def allowed(self):
        title("4. What the session policy allows: the role reader.")
        done = self.aws("sts", "assume-role", "--role-session-name", "nightly", "--role-arn", role("reader"),
                        "--query", "AssumedRoleUser.Arn")
        show(done.stdout + done.stderr)
        expect(done.returncode == 0 and "assumed-role/reader/nightly" in done.stdout, "the role reader is not given")

    def forbidden(self):
        title("5. What it forbids: the role deploy, which the role build itself may take.")
        done = self.aws("sts", "assume-role", "--role-session-name", "nightly", "--role-arn", role("deploy"))
        show(done.stdout + done.stderr.strip())
        expect(done.returncode != 0 and "no session policy allows" in done.stderr, "the call is not denied by the session policy")

    def wrong_password(self):
        title("6. And with a wrong password? It is sent once, so that no account is locked.")
        before = self.sandbox.log().count("idp POST")
        done = self.awsfed("obtain", "--format", "process", password="not-her-password")
        show(done.stderr)
        show(f"(exit status {done.returncode})")
        expect(done.returncode == 20, "the exit status is not 20, which is 10 + AWSFED_E_REFUSED")
        expect(not done.stdout and "not-her-password" not in done.stderr, "the password is in what was printed")
        expect(self.sandbox.log().count("idp POST") == before + 1, "the password was not sent exactly once")

    def log(self):
        title("What AD FS and AWS saw in the last sign-ins (awsfed-sandbox --page shows it in a browser):")
        for line in self.sandbox.log().splitlines()[-6:]:
            show(line if len(line) < 200 else line[:197] + "...")

    def run(self):
        self.configure()
        for step in (self.roles, self.obtain, self.caller_identity, self.allowed, self.forbidden, self.wrong_password, self.log):
            step()


def main():
    services.stop_on_terminate()
    tool, program = (str(Path(path).resolve()) for path in sys.argv[1:3])
    try:
        title("awsfed demo: awsfed-sandbox plays the company's AD FS and AWS's STS, on this machine only.")
        with tempfile.TemporaryDirectory(prefix="awsfed-demo-") as home, Sandbox(program) as sandbox:
            Story(tool, Path(home), sandbox).run()
    except (Surprise, services.Missing, RuntimeError) as trouble:
        print(f"\nThe demo failed: {trouble}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    title("Shown: a sign-in's roles, credentials under a session policy, their use, a call that the policy forbids, "
          "and a refused password.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
