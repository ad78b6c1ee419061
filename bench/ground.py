"""What the sides meet: awsfed-sandbox, the same for all, and the settings with which each of them gets there."""
import contextlib
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "demo")]
from sandbox import KEY_ID, PASSWORDS, SECRET_KEY, Sandbox, role  # noqa: E402

USER = "alice@corp.example"
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


class Ground(contextlib.AbstractContextManager):
    def __init__(self, build):
        self.build = Path(build).resolve()
        self.tool = self.build / "bindings/cli/awsfed"
        self.library = (self.build / "capi/libawsfed.so").resolve()
        self.rust = self.build / "rust/release/bench-rust"
        self.cedar = self.build / "rust/release/bench-cedar"
        self.minio = self.build / "minio/bench-minio"
        self.sandbox = Sandbox(self.build / "sandbox/awsfed-sandbox")
        self.secrets = {"BENCH_KEY_ID": KEY_ID, "BENCH_SECRET_KEY": SECRET_KEY, "BENCH_PASSWORD": PASSWORDS["alice"]}
        self.stack = contextlib.ExitStack()
        self.home = None

    def __enter__(self):
        with self.stack:
            self.home = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="awsfed-bench-")))
            self.stack.enter_context(self.sandbox)
            self.authorities = self.write_authorities()
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, *reason):
        return self.stack.__exit__(*reason)

    def write_authorities(self):
        """{how many: file}: the sandbox's alone, and together with the system's, as it is towards AWS itself."""
        own = Path(self.sandbox.ca_file)
        files = {1: own}
        if SYSTEM_AUTHORITIES.exists():
            text = own.read_text(encoding="ascii") + SYSTEM_AUTHORITIES.read_text(encoding="utf-8")
            together = self.home / "authorities.pem"
            together.write_text(text, encoding="utf-8")
            files[text.count("BEGIN CERTIFICATE")] = together
        return files

    @contextlib.contextmanager
    def stand_in(self):
        """The address of an STS that answers at once, over plain HTTP; it ends with its standard input."""
        with subprocess.Popen([self.program("stand-in")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as served:
            try:
                yield f"http://127.0.0.1:{int(served.stdout.readline())}"
            finally:
                served.stdin.close()

    def program(self, name):
        return self.build / f"bench/bench-{name}"

    def exchanges(self):
        """How many requests the sandbox has answered so far."""
        return len(self.sandbox.log().splitlines())

    def adfs_host(self):
        return urlsplit(self.sandbox.idp_url).netloc

    def to_sts(self, authorities):
        return {"sts_endpoint": self.sandbox.sts_endpoint, "region": "eu-central-1", "ca_file": authorities}

    def assume_role(self, authorities):
        return {**self.to_sts(authorities), "role_arn": role("deploy"), "role_session_name": "bench"}

    def sign_in(self, authorities):
        return {**self.to_sts(authorities), "role_arn": role("build"), "idp": "adfs", "idp_url": self.sandbox.idp_url,
                "user": USER, "password": "env:BENCH_PASSWORD", "cache": "off"}

    def own_keys(self):
        return {"access_key_id": KEY_ID, "secret_access_key": "env:BENCH_SECRET_KEY"}

    def obtain(self, settings):
        """The command line for settings."""
        flags = [part for name, value in settings.items() for part in ("--" + name.replace("_", "-"), value)]
        return [self.tool, "obtain", "--format", "process", *flags]

    def calls(self, action, threads, count, settings):
        return [self.program("calls"), action, threads, count, *(f"{name}={value}" for name, value in settings.items())]

    def for_aws_tools(self, authorities):
        """What botocore, the AWS CLI and aws-adfs read."""
        return {"AWS_CA_BUNDLE": authorities, "REQUESTS_CA_BUNDLE": authorities,
                "AWS_ENDPOINT_URL_STS": self.sandbox.sts_endpoint, "AWS_DEFAULT_REGION": "eu-central-1",
                "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "HOME": str(self.home),
                "username": USER, "password": PASSWORDS["alice"]}
