"""Debian's source packages of what is built into the Java library: fetched by apt, held against the lock file.

apt checks Debian's signature of its lists and what the lists say of each file; the lock file says which files those
were when somebody last looked. Everything happens in a folder of the cache: the machine's own lists and sources stay
as they are, and tell no more than which mirrors it uses.
"""
import functools
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "sources.lock.json"
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# The source packages, by Debian's names.
PACKAGES = ("curl", "fmtlib", "hiredis", "libxml2", "openssl", "pugixml", "rapidjson", "zlib")


class SourceError(Exception):
    """Says what a person can do about it."""


def read_lock():
    return json.loads(LOCK.read_text())


def sha256_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def compare_versions(one, other):
    newer = subprocess.run(["dpkg", "--compare-versions", one, "gt", other], check=False).returncode == 0
    return 1 if newer else -1 if one != other else 0


class Apt:
    """The ordinary client, with lists of its own."""

    def __init__(self, folder, suite):
        self.folder, self.suite = folder, suite
        for name in ("lists/partial", "archives/partial", "state"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "sources.list").write_text(self.entries())
        (folder / "status").touch()
        # As root, apt would fetch as a user who may not enter root's cache.
        options = {"Dir::Etc::SourceList": folder / "sources.list", "Dir::Etc::SourceParts": "/dev/null",
                   "Dir::State": folder / "state", "Dir::State::Lists": folder / "lists",
                   "Dir::State::Status": folder / "status", "Dir::Cache": folder, "APT::Sandbox::User": "root",
                   "Acquire::Languages": "none"}
        self.options = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]

    def entries(self):
        """deb-src lines of the mirrors that the machine has binary packages from."""
        if not KEYRING.exists():
            raise SourceError("Debian's keys are not here: install debian-archive-keyring.")
        form = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"
        told = subprocess.run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"], check=True,
                              capture_output=True, text=True).stdout
        places = {tuple(line.split("|")) for line in told.splitlines()}
        # In this order: a version that several have is taken from the first.
        lines = [f"deb-src [signed-by={KEYRING}] {uri} {release} {component}\n"
                 for suite in (self.suite, f"{self.suite}-updates", f"{self.suite}-security")
                 for uri, release, component in sorted(places) if release == suite and component == "main"]
        if not lines:
            raise SourceError(f"apt of this machine knows no mirror of Debian's {self.suite}, whose sources are built in.")
        return "".join(lines)

    def run(self, *words, **how):
        return subprocess.run(["apt-get", "-q", *self.options, *words], check=True, **how)

    def update(self):
        self.run("update")

    def versions(self, package):
        """Newest first."""
        told = subprocess.run(["apt-cache", *self.options, "showsrc", "--only-source", package], check=True,
                              capture_output=True, text=True).stdout
        found = set(re.findall(r"^Version: (\S+)", told, re.M))
        if not found:
            raise SourceError(f"Debian's {self.suite} has no source package {package}.")
        return sorted(found, key=functools.cmp_to_key(compare_versions), reverse=True)

    def fetch(self, package, version, into):
        into.mkdir(parents=True, exist_ok=True)
        self.run("source", "--download-only", "--only-source", f"{package}={version}", cwd=into)


def files_of(folder):
    return {path.name: sha256_of(path) for path in sorted(folder.iterdir()) if path.is_file()}


def folder_of(cache, package, version):
    return cache / "downloads" / f"{package}_{version.replace(':', '%')}"


def fetch_newest(apt, cache, package):
    """A mirror may name a version whose files it does not have, yet or any more: then the one before, and it is said."""
    for version in apt.versions(package):
        folder = folder_of(cache, package, version)
        shutil.rmtree(folder, ignore_errors=True)
        try:
            apt.fetch(package, version, folder)
            return version, folder
        except subprocess.CalledProcessError:
            print(f"WARNING: the mirror names {package} {version} and does not have it", file=sys.stderr)
    raise SourceError(f"No version of {package} can be had.")


def make_lock(cache, suite):
    """Looks for the newest version of each, and writes down what came."""
    apt = Apt(cache / "apt", suite)
    apt.update()
    locked = {"suite": suite, "sources": {}}
    for package in PACKAGES:
        version, folder = fetch_newest(apt, cache, package)
        locked["sources"][package] = {"version": version, "files": files_of(folder)}
    LOCK.write_text(json.dumps(locked, indent=2) + "\n")
    return locked


def missing_or_wrong(folder, files):
    """The first file that is not as locked, and why; None when all are."""
    for name, digest in files.items():
        if not (folder / name).exists():
            return f"{name} is not there"
        if sha256_of(folder / name) != digest:
            return f"{name} is not the file of the lock: its SHA-256 differs"
    return None


def fetch_locked(cache, lock):
    """The folders of the downloads, {package: folder}, each file as locked."""
    apt = None
    folders = {}
    for package, entry in lock["sources"].items():
        folder = folder_of(cache, package, entry["version"])
        folders[package] = folder
        if missing_or_wrong(folder, entry["files"]) is None:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        if apt is None:
            apt = Apt(cache / "apt", lock["suite"])
            apt.update()
        try:
            apt.fetch(package, entry["version"], folder)
        except subprocess.CalledProcessError as error:
            raise SourceError(f"{package} {entry['version']} cannot be had any more (newest: {apt.versions(package)[0]}). "
                              "Run with --lock, look at the difference, and commit it.") from error
        if (wrong := missing_or_wrong(folder, entry["files"])) is not None:
            shutil.rmtree(folder)
            raise SourceError(f"{package} {entry['version']} is refused: {wrong}.")
    return folders


def unpack(download, into, log):
    """With Debian's patches, which is where its security updates are."""
    descriptions = list(download.glob("*.dsc"))
    if len(descriptions) != 1:
        raise SourceError(f"{download.name} has {len(descriptions)} descriptions, not one.")
    with log.open("a") as file:
        subprocess.run(["dpkg-source", "--no-copy", "-x", descriptions[0], into], check=True, stdout=file,
                       stderr=subprocess.STDOUT, env=os.environ | {"LC_ALL": "C.UTF-8"})
