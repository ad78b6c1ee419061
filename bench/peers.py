"""The others: what of them is installed, in which version, and why one is left out. Nothing is installed here."""
import ctypes.util
import json
import os
import subprocess
import sys
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "awsfed"
PROGRAMS = Path(__file__).resolve().parent / "peer"
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
        self.skipped = {}  # name: why
        self.versions = self.installed("botocore", "awscrt", "awscli", "aws-adfs")

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
