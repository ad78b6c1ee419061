"""awsfed-sandbox for one run: a sign-in like AD FS's and an STS like AWS's, in one process on free loopback ports.

    with Sandbox(program) as sandbox:
        sandbox.idp_url, sandbox.sts_endpoint, sandbox.ca_file

It ends with its standard input, so it does not outlive the process that started it, however that ends.
"""
import json
import select
import shutil
import subprocess
import tempfile
from pathlib import Path

PATIENCE_SECONDS = 60  # a start takes a tenth of one; a loaded machine may need more

# Of the built-in configuration (awsfed-sandbox --print-config).
PASSWORDS = {"alice": "Correct-Horse-7", "bob": "Battery-Staple-9", "disabled": "Correct-Horse-7"}
KEY_ID, SECRET_KEY = "AKIASANDBOXEXAMPLE00", "sandbox/secret/access/key/of/no/worth/00"
ACCOUNT = "123456789012"


def role(name):
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def default_config(program):
    return subprocess.run([program, "--print-config"], check=True, capture_output=True, text=True).stdout


class Sandbox:
    """more: lines for behind the built-in configuration, such as a [fault ...]."""

    def __init__(self, program, more="", page=False):
        self.program, self.more, self.page_wanted = str(Path(program).resolve()), more, page
        self.state = self.process = None

    def __enter__(self):
        self.state = Path(tempfile.mkdtemp(prefix="awsfed-sandbox-"))
        try:
            config = self.state / "sandbox.ini"
            config.write_text(default_config(self.program) + "\n" + self.more, encoding="utf-8")
            command = [self.program, "--json", "--stdin-lifetime", "--config", config, "--ca-folder", self.state,
                       "--log", self.state / "log", *(["--page"] if self.page_wanted else [])]
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE, text=True)
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
            line = self.process.stdout.readline() if ready else ""
            if not line:
                self.process.kill()
                raise RuntimeError(f"awsfed-sandbox did not start: {self.stop()[1]}")
            self.places = json.loads(line)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind, *_):
        status, said = self.stop()
        if kind is None and status != 0:
            raise RuntimeError(f"awsfed-sandbox ended with status {status}: {said}")

    def stop(self):
        """Its exit status and what it said on standard error."""
        status, said = 0, ""
        if self.process is not None:
            self.process.stdin.close()
            try:
                status = self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                status = self.process.wait()
            said = self.process.stderr.read()
            self.process.stdout.close()
            self.process.stderr.close()
            self.process = None
        if self.state is not None:
            shutil.rmtree(self.state, ignore_errors=True)
            self.state = None
        return status, said

    def __getattr__(self, name):
        if name in self.__dict__.get("places", {}):
            return self.places[name]
        raise AttributeError(name)

    def log(self):
        return (self.state / "log").read_text(encoding="utf-8")
