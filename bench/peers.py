"""The others: what of them is installed, in which version, and why one is left out. Nothing is installed here."""
import ctypes.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "awsfed"
PROGRAMS = Path(__file__).resolve().parent / "peer"
DEBIAN_PYTHON = Path("/usr/bin/python3")
DEBIAN = {"Lasso": "liblasso3-dev", "python3-saml": "python3-onelogin-saml2",
          "OpenSAML": "libsaml-dev libxml-security-c-dev opensaml-schemas xmltooling-schemas; 180 MB, so not by itself"}
RUST = "aws-sdk-sts"  # of AWS's SDK for Rust
MINIO = "MinIO's policy package"
VERSIONS = """
import importlib.metadata, json, sys
found = {}
for name in sys.argv[1:]:
    try: found[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError: pass
print(json.dumps(found))
"""


class Peers:
    def __init__(self):
        self.folder = CACHE / "bench-venv/bin"
        self.python = self.folder / "python"
        self.go = CACHE / "bench-go/saml2aws"
        self.node = CACHE / "bench-node/node_modules"
        self.skipped = {}  # name: why
        self.versions = self.installed("botocore", "awscrt", "awscli", "aws-adfs", "moto")

    def installed(self, *names):
        found = {}
        if self.python.exists():
            found = json.loads(subprocess.run([self.python, "-c", VERSIONS, *names], check=True, capture_output=True,
                                              text=True).stdout)
        for name in names:
            if name not in found:
                self.skipped[name] = "it is not installed"
        return found

    def title(self, name):
        """ "botocore 1.2.3", or None where it is not there."""
        return f"{name} {self.versions[name]}" if name in self.versions else None

    def script(self, package, name, *arguments):
        """(title, command) of a program in peer/, as a list of one; an empty one without the package."""
        title = self.title(package)
        return [(title, [self.python, PROGRAMS / name, *arguments])] if title else []

    def tool(self, package, name, *arguments):
        """The same of a command-line tool."""
        title = self.title(package)
        return [(title, [self.folder / name, *arguments])] if title else []

    def saml2aws(self, *arguments):
        if not self.go.exists():
            self.skipped["saml2aws"] = "it is not installed (./dev bench asks Go's module proxy for it, where Go is)"
            return []
        return [("saml2aws", [self.go, *arguments])]

    def crate(self, name, folder, program, *arguments):
        """The same of a program of ours over a crate."""
        if not program.exists():
            self.skipped[name] = "it is not built (./dev bench has Cargo build it, where Rust is)"
            return []
        pinned = tomllib.loads((PROGRAMS / folder / "Cargo.toml").read_text(encoding="utf-8"))["dependencies"][name]
        return [(f"{name} {pinned['version'].lstrip('=')}", [program, *arguments])]

    def rust(self, program, *arguments):
        """The same of AWS's SDK for Rust."""
        return self.crate(RUST, "rust", program, *arguments)

    def cedar(self, program, *arguments):
        return self.crate("cedar-policy", "cedar", program, *arguments)

    def minio(self, program, *arguments):
        """The same of what MinIO's server decides with."""
        if not program.exists():
            self.skipped[MINIO] = "it is not built (./dev bench has Go build it, where Go is)"
            return []
        module = (PROGRAMS / "minio/go.mod").read_text(encoding="utf-8")
        version = re.search(r"^require github\.com/minio/pkg/\S+ v(\S+)$", module, re.MULTILINE)[1]
        return [(f"{MINIO} {version}", [program, *arguments])]

    def native_prover(self, package, program, *arguments):
        """(title, command) of one of the peers in C or C++, as a list; an empty one where it was not there to build."""
        if not program.exists():
            self.skipped[package] = f"it is not installed (Debian: {DEBIAN[package]})"
            return []
        said = subprocess.run(["pkg-config", "--modversion", package.lower()], check=True, capture_output=True,
                              text=True)
        return [(f"{package} {said.stdout.strip()}", [program, *arguments])]

    def python_prover(self, *arguments):
        """The same of python3-saml, which is Debian's: PyPI's lxml and xmlsec bring two libxml2 that do not fit."""
        found = {}
        if DEBIAN_PYTHON.exists():
            found = json.loads(subprocess.run([DEBIAN_PYTHON, "-c", VERSIONS, "python3-saml"], check=True,
                                              capture_output=True, text=True).stdout)
        if not found:
            self.skipped["python3-saml"] = f"it is not installed (Debian: {DEBIAN['python3-saml']})"
            return []
        return [(f"python3-saml {found['python3-saml']}", [DEBIAN_PYTHON, PROGRAMS / "prove.py", *arguments])]

    def node_script(self, package, name, *arguments):
        """The same of a package of Node's, by the last part of its name."""
        title, file = package.rpartition("/")[2], self.node / package / "package.json"
        if not file.exists() or shutil.which("node") is None:
            self.skipped[title] = "it is not installed (./dev bench asks npm for it, where Node.js and npm are)"
            return []
        version = json.loads(file.read_text(encoding="utf-8"))["version"]
        return [(f"{title} {version}", ["env", f"NODE_PATH={self.node}", "node", PROGRAMS / name, *arguments])]

    def native_signer(self):
        """(title, shared object, what a host has loaded before it) of awscrt: an extension of Python leaves Python's
        own symbols to the program around it."""
        title = self.title("awscrt")
        if title is None:
            return []
        host = ctypes.util.find_library(f"python{sys.version_info.major}.{sys.version_info.minor}")
        if host is None:
            self.skipped["awscrt's loading"] = "there is no shared Python library to load it beside"
            return []
        objects = sorted(self.folder.parent.glob("lib/python*/site-packages/_awscrt*.so"))
        return [(title, objects[0], [host])] if objects else []
