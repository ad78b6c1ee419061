#!/usr/bin/env python3
"""AWS's own clients with awsfed behind them, at MiniStack's STS and Ceph's S3: consumers.py AWSFED

Each is started by `awsfed exec`, by `awsfed exec --static`, and with `awsfed obtain` as its credential_process. The
programs are those of ../shared/peers/consumers; what is not installed there is left out.
"""
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from peers import PEER, keys, role

from cli import ROOT, main

PROGRAMS = ROOT / "../shared/peers/consumers"
ROLE_SESSION = "consumer"
WHO = f"arn:aws:sts::123456789012:assumed-role/Dev/{ROLE_SESSION}"


def clients(installed):
    """{name: (what is there when it is installed, how it is started)}"""
    aws = installed / "awscli/bin/aws"
    java = ["java", "-XX:TieredStopAtLevel=1", "-Daws.s3UseUsEast1RegionalEndpoint=regional", "-cp",
            f"{installed}/java/target/classes:{installed}/java/target/lib/*", "Consumer"]
    return {
        "boto3": (PROGRAMS / "consumer.py", [sys.executable, PROGRAMS / "consumer.py"]),
        "the AWS CLI": (installed / "awscli.installed", [aws, "--output", "text"]),
        "Go": (installed / "go.installed", [installed / "go-consumer"]),
        "JavaScript": (installed / "js.installed", [shutil.which("node"), installed / "js/consumer.mjs"]),
        "Java": (installed / "java.installed", java),
    }


def command(name, start, service):
    if name != "the AWS CLI":
        return [*start, service]
    return [*start, *(["sts", "get-caller-identity", "--query", "Arn"] if service == "sts" else ["s3api", "list-buckets", "--query", "length(Buckets)"])]


class Job:
    """A call of one service under a role; its own keys come by the variable KEY."""

    def __init__(self, tool, home, service):
        self.tool, self.home, self.service = tool, home, service
        at, name = ("CEPH", PEER["CEPH_ROLE"]) if service == "s3" else ("MINISTACK", role("Dev"))
        self.secret = PEER[at + "_SECRET"]
        self.settings = keys(PEER[at + "_ENDPOINT"], PEER[at + "_KEY"], sts_action="assume-role", role_arn=name, role_session_name=ROLE_SESSION)

    def variables(self, config=os.devnull):
        found = {name: os.environ[name] for name in ("PATH", "LANG", "JAVA_HOME") if name in os.environ}
        return {**found, "HOME": str(self.home), "AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "AWS_ENDPOINT_URL_S3": PEER["CEPH_ENDPOINT"],
                "AWS_ENDPOINT_URL_STS": PEER["MINISTACK_ENDPOINT"], "KEY": self.secret}

    def run(self, way, program):
        if way == "credential_process":
            config = self.home / f"config-{self.service}"
            asked = shlex.join(map(str, [self.tool.path, "obtain", "--format", "process", *self.settings]))
            config.write_text(f"[default]\nregion = us-east-1\ncredential_process = {asked}\ns3 =\n    addressing_style = path\n")
            return self.start(program, self.variables(config))
        static = ["--static"] if way == "exec --static" else []
        return self.start([self.tool.path, "exec", *static, *self.settings, "--", *program], self.variables())

    @staticmethod
    def start(program, variables):
        return subprocess.run(list(map(str, program)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, env=variables)


def fault(job, done):
    said = done.stdout + done.stderr
    if job.secret in said:
        return "its own secret key was printed"
    if done.returncode or (job.service == "sts" and WHO not in done.stdout):
        return f"exit status {done.returncode}: {said.strip()[-300:]}"
    return None


def run(tool, cases, home):
    if not {"CEPH_KEY", "MINISTACK_KEY"} <= set(PEER):
        print("skip AWS's clients: Ceph or MiniStack is not running")
        return
    for name, (needed, start) in clients(Path(os.environ["AWSFED_CACHE"]) / "consumers").items():
        if not needed.exists():
            cases.skip(f"{name}, by awsfed", "it is not installed")
            continue
        for way in ("exec", "exec --static", "credential_process"):
            for service in ("sts", "s3"):
                job = Job(tool, home, service)
                cases.case(f"{name} by {way}: {service}", fault(job, job.run(way, command(name, start, service))))


if __name__ == "__main__":
    main(run)
