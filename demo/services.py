"""A real identity provider (SimpleSAMLphp on PHP's own server) and a real stand-in for AWS (moto), for one run.

Both listen on free loopback ports, keep their state in a private folder that goes with them, and are stopped by
the process that started them: at the end of the `with`, at an exception and at Ctrl-C alike.

    with SimpleSamlPhp() as idp, Moto() as aws:
        idp.sign_in_url, idp.user("anna").password, aws.url
"""
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "awsfed"
PATIENCE_SECONDS = 60  # a start takes one or two; a loaded machine may need more


class User(NamedTuple):
    name: str
    password: str
    session: str
    roles: list  # ARNs


class Missing(Exception):
    """A part that ./dev demo and ./dev test install is not there."""


def stop_on_terminate():
    """Lets a TERM end this process by way of its `with` blocks, as Ctrl-C does."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Service:
    """One server process in its own process group, with a private folder."""

    name = "service"

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.state = None

    def __enter__(self):
        self.require()
        self.state = Path(tempfile.mkdtemp(prefix=f"awsfed-{self.name}-"))
        try:
            self.prepare()
            with open(self.state / "server.log", "wb") as log:
                self.process = subprocess.Popen(self.command(), env={**os.environ, **self.environment()}, cwd=self.state,
                                                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            self.await_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def require(self):
        pass

    def prepare(self):
        pass

    def environment(self):
        return {}

    def await_ready(self):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + self.probe, timeout=5).read()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        raise RuntimeError(f"{self.name} did not start:\n{self.log()}")

    def log(self):
        lines = []
        for path in sorted(self.state.glob("*.log")):
            lines += path.read_text(errors="replace").splitlines()[-10:]
        return "\n".join(lines)

    def stop(self):
        if self.process is not None:
            for signal_number, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
                try:
                    os.killpg(self.process.pid, signal_number)
                except ProcessLookupError:
                    pass
                try:
                    self.process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self.process = None
        if self.state is not None:
            shutil.rmtree(self.state, ignore_errors=True)
            self.state = None


class SimpleSamlPhp(Service):
    name = "simplesamlphp"
    probe = "/saml2/idp/metadata.php"

    def __init__(self):
        super().__init__()
        data = json.loads((HERE / "users.json").read_text(encoding="utf-8"))
        self.account = data["account"]
        self.provider = f"arn:aws:iam::{self.account}:saml-provider/{data['provider']}"
        self.sign_in_url = self.url + "/saml2/idp/SSOService.php?spentityid=urn:amazon:webservices"
        self.users = {name: User(name, user["password"], user["session"], [self.role(role) for role in user["roles"]])
                      for name, user in data["users"].items()}

    def role(self, name):
        return f"arn:aws:iam::{self.account}:role/{name}"

    def user(self, name):
        return self.users[name]

    @property
    def certificate(self):
        return self.state / "idp.crt"

    @staticmethod
    def program():
        """The unpacked Debian package that ./dev keeps, or an installed one."""
        for home in (CACHE / "simplesamlphp/usr/share/simplesamlphp", Path("/usr/share/simplesamlphp")):
            if (home / "www/module.php").exists():
                return home
        raise Missing("SimpleSAMLphp is not installed")

    def require(self):
        self.program()
        for tool in ("php", "openssl"):
            if not shutil.which(tool):
                raise Missing(f"{tool} is not installed")

    def prepare(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-sha256", "-nodes", "-days", "2", "-subj",
                        "/CN=awsfed demo", "-keyout", self.state / "idp.key", "-out", self.state / "idp.crt"],
                       check=True, capture_output=True)

    def environment(self):
        return {"SIMPLESAMLPHP_CONFIG_DIR": str(HERE / "simplesamlphp"), "AWSFED_IDP_URL": self.url,
                "AWSFED_IDP_STATE": str(self.state), "AWSFED_IDP_SALT": secrets.token_hex(16)}

    def command(self):
        return ["php", "-d", f"session.save_path={self.state}", "-d", "display_errors=0", "-d", "log_errors=1",
                "-S", f"127.0.0.1:{self.port}", "-t", self.program() / "www"]


class Moto(Service):
    name = "moto"
    probe = "/moto-api/"

    @staticmethod
    def tool(name):
        """A program of the Python environment that ./dev keeps."""
        path = CACHE / "venv/bin" / name
        if not path.exists():
            raise Missing(f"{name} is not installed")
        return path

    def require(self):
        self.tool("moto_server")

    def environment(self):
        return {"MOTO_ACCOUNT_ID": json.loads((HERE / "users.json").read_text(encoding="utf-8"))["account"]}

    def command(self):
        return [self.tool("moto_server"), "-H", "127.0.0.1", "-p", str(self.port)]


def aws_cli(endpoint, home, *arguments, **variables):
    """Runs the AWS CLI with nothing of the user's own AWS set-up in reach."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
    environment = {**kept, "AWS_CONFIG_FILE": str(Path(home) / "aws-config"), "AWS_EC2_METADATA_DISABLED": "true",
                   "AWS_SHARED_CREDENTIALS_FILE": str(Path(home) / "none"), "AWS_DEFAULT_REGION": "us-east-1",
                   "AWS_MAX_ATTEMPTS": "1", **variables}
    return subprocess.run([Moto.tool("aws"), "--endpoint-url", endpoint, "--output", "json", *arguments],
                          env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
