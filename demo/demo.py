#!/usr/bin/env python3
"""awsfed against real counterparts, step by step: demo.py AWSFED

Starts a SimpleSAMLphp (the company's identity provider) and a moto (in AWS's place), both on this machine only, and
runs the commands that a person would. Exits with 1 when a step is not as expected.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import services

POLICY = {"Version": "2012-10-17",
          "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}]}
BOLD, PLAIN = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")


class Surprise(Exception):
    """A step did not end as it should."""


def expect(condition, what):
    if not condition:
        raise Surprise(what)


def title(text):
    print(f"\n{BOLD}{text}{PLAIN}", flush=True)


def show(text):
    for line in text.splitlines():
        print("   " + line, flush=True)


class Demo:
    def __init__(self, tool, home, idp, aws):
        self.tool, self.home, self.idp, self.aws = tool, home, idp, aws
        (home / "policy.json").write_text(json.dumps(POLICY, indent=2) + "\n")

    def configure(self):
        """What an administrator writes once. A job may change nothing of it: it lists nothing as overridable."""
        text = "\n".join(["[connector company]", "idp = form", f"idp_url = {self.idp.sign_in_url}",
                          "user = anna", "password = env:ANNAS_PASSWORD", f"policy_file = {self.home / 'policy.json'}",
                          "region = us-east-1", f"sts_endpoint = {self.aws.url}", "http_loopback = true", ""])
        (self.home / "awsfed.ini").write_text(text)
        title("The config file, awsfed.ini:")
        show(text.replace(f"{self.home}/", ""))
        title("The session policy, policy.json: the credentials may read, whatever else the role may do.")
        show(json.dumps(POLICY))

    def awsfed(self, verb, *options, password=None):
        """Runs the tool on the connector and shows the command as a person types it."""
        command = ["awsfed", verb, "--config", "awsfed.ini", "--connector", "company", *options]
        show("$ " + shlex.join(command))
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
        kept["ANNAS_PASSWORD"] = password or self.idp.user("anna").password
        return subprocess.run([self.tool, *command[1:]], cwd=self.home, env=kept, capture_output=True, text=True,
                              timeout=120, stdin=subprocess.DEVNULL)

    def roles(self):
        title("1. Which roles does the identity provider offer anna?")
        done = self.awsfed("roles")
        show(done.stdout + done.stderr)
        expect(done.returncode == 0 and self.idp.user("anna").roles[0] in done.stdout, "anna's role is not listed")

    def obtain(self):
        title("2. Credentials for it, narrowed by the session policy. They are secret, so only their outline is shown.")
        done = self.awsfed("obtain", "--format", "process")
        show(done.stderr)
        expect(done.returncode == 0, f"obtain ends with status {done.returncode}")
        given = json.loads(done.stdout)
        show(json.dumps({name: value if name in ("Version", "Expiration") else f"[{len(value)} characters]"
                         for name, value in given.items()}, indent=2))
        expect(all(given.get(name) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")),
               "a value is missing")

    def caller_identity(self):
        title("3. The AWS CLI fetches such credentials by itself and asks AWS who it is.")
        process = shlex.join([self.tool, "obtain", "--config", str(self.home / "awsfed.ini"), "--connector", "company",
                              "--format", "process"])
        (self.home / "aws-config").write_text(f"[profile company]\nregion = us-east-1\ncredential_process = {process}\n")
        show("$ cat ~/.aws/config")
        show("[profile company]\ncredential_process = awsfed obtain --config awsfed.ini --connector company --format process")
        show("$ aws --profile company sts get-caller-identity")
        done = services.aws_cli(self.aws.url, self.home, "--profile", "company", "sts", "get-caller-identity",
                                ANNAS_PASSWORD=self.idp.user("anna").password)
        show(done.stdout + done.stderr)
        expect(done.returncode == 0, f"the AWS CLI ends with status {done.returncode}")
        expect(json.loads(done.stdout)["Arn"].endswith(":assumed-role/build/" + self.idp.user("anna").session),
               "the caller is not anna in the role build")

    def wrong_password(self):
        title("4. And with a wrong password?")
        done = self.awsfed("obtain", "--format", "process", password="not-her-password")
        show(done.stderr)
        show(f"(exit status {done.returncode})")
        expect(done.returncode == 20, "the exit status is not 20, which is 10 + AWSFED_E_REFUSED")
        expect(not done.stdout and done.stderr.startswith("awsfed: "), "the refusal is not told")
        expect("not-her-password" not in done.stderr, "the password is in the message")

    def run(self):
        self.configure()
        for step in (self.roles, self.obtain, self.caller_identity, self.wrong_password):
            step()


def main():
    services.stop_on_terminate()
    tool = str(Path(sys.argv[1]).resolve())
    try:
        title("awsfed demo: SimpleSAMLphp plays the company's identity provider, moto plays AWS, both on this machine.")
        with tempfile.TemporaryDirectory(prefix="awsfed-demo-") as home, services.SimpleSamlPhp() as idp, \
                services.Moto() as aws:
            Demo(tool, Path(home), idp, aws).run()
    except (Surprise, services.Missing, RuntimeError) as trouble:
        print(f"\nThe demo failed: {trouble}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    title("Shown: a sign-in's roles, credentials under a session policy, their use by the AWS CLI, and a refused password.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
