#!/usr/bin/env python3
"""The jars that tests and optional parts of the Java binding need, as jars.txt pins them: fetch.py [--have] SET...

Prints the paths of those of the sets. They are kept in ${XDG_CACHE_HOME:-~/.cache}/awsfed/java. What is not there yet is
taken by the machine's own Maven, with its own settings; with --have nothing is taken. A jar with another digest than the
one in jars.txt is removed, and that is an error. Exit status 77: they cannot be had.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LIST = Path(__file__).resolve().parent / "jars.txt"
EXIT_SKIP = 77
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
PATIENCE_S = 420
PROJECT = """<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>io.awsfed</groupId><artifactId>jars</artifactId><version>1</version>
<dependencies>
{}
</dependencies></project>
"""
# By itself: what a jar needs besides is in the list, too.
DEPENDENCY = """<dependency><groupId>{}</groupId><artifactId>{}</artifactId><version>{}</version>
<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"""


class Unavailable(Exception):
    """They cannot be had here."""


class Damaged(Exception):
    """A jar is another than the one that was pinned."""


def folder():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "awsfed/java"


def pinned(*sets):
    """{coordinates: digest} of those sets."""
    rows = (line.split() for line in LIST.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    found = {coordinates: digest for name, coordinates, digest in rows if name in sets}
    if not found:
        raise ValueError(f"jars.txt has no set {' or '.join(sets)}")
    return found


def path_of(coordinates):
    _group, artifact, version = coordinates.split(":")
    return folder() / f"{artifact}-{version}.jar"


def check(wanted):
    for coordinates, digest in wanted.items():
        path = path_of(coordinates)
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            path.unlink()
            raise Damaged(f"{path.name} is not the one that jars.txt pins; it was removed")


def take(coordinates):
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable("there is no mvn here to take them by")
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as work:
        project = Path(work) / "pom.xml"
        project.write_text(PROJECT.format("\n".join(DEPENDENCY.format(*one.split(":")) for one in coordinates)), encoding="utf-8")
        command = [maven, "--batch-mode", "--quiet", f"{PLUGIN}:copy-dependencies", f"-DoutputDirectory={folder()}"]
        try:
            done = subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"Maven was still at it after {PATIENCE_S} s") from None
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise Unavailable(f"Maven says: {(errors or ['nothing'])[0][:300]}")


def jars(*sets, may_take=True):
    """Their paths. One process at a time takes some."""
    wanted = pinned(*sets)
    folder().mkdir(parents=True, exist_ok=True)
    with open(folder() / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [one for one in wanted if not path_of(one).exists()]
        if missing and not may_take:
            raise Unavailable(f"{len(missing)} of {len(wanted)} are not there")
        if missing:
            take(missing)
        check(wanted)
    return [path_of(one) for one in wanted]


def main():
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    sets = [word for word in sys.argv[1:] if word not in options]
    try:
        print("\n".join(map(str, jars(*sets, may_take="--have" not in options))))
    except Unavailable as why:
        print(f"skip the jars of {', '.join(sets)}: {why}", file=sys.stderr)
        return EXIT_SKIP
    except (Damaged, ValueError) as why:
        print(f"fetch.py: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
