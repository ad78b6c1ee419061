#!/usr/bin/env python3
"""The Java runtimes that the binding is tried on: runtimes.py [--have] [PROCESSOR]

The machine's own, and those of runtimes.txt that it lacks: taken from PyPI by the pip of the Python that runs this, which
compares their digests, and kept in ${XDG_CACHE_HOME:-~/.cache}/awsfed/java-runtimes. With --have nothing is taken. For
another processor than the machine's there are those of runtimes.txt alone. Exit status 77: some cannot be had.
"""
import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

LIST = Path(__file__).resolve().parent / "runtimes.txt"
SYSTEM = Path("/usr/lib/jvm")
OLDEST = 11  # what the bytecode is made for
NATIVE_ACCESS_SINCE = 22  # from here on the JVM wants to be told who may load native code (JEP 472)
OWN = os.uname().machine
PLATFORMS = ("manylinux1", "manylinux2014", "manylinux_2_17")  # of wheels
EXIT_SKIP = 77
STAMP = "awsfed-digest"  # of the wheel that it came in
PATIENCE_S = 300
PROGRAMS = ("bin/*", "lib/jspawnhelper", "lib/jexec")  # a wheel does not say what may be run


class Unavailable(Exception):
    """It cannot be had here."""


def access(version):
    return ["--enable-native-access=ALL-UNNAMED"] if version >= NATIVE_ACCESS_SINCE else []


def folder(processor):
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "awsfed/java-runtimes" / processor


def jdks(processor=OWN):
    """{major version: java program}; the machine's own where it has that version."""
    found = {}
    for release in [*(sorted(SYSTEM.glob("*/release")) if processor == OWN else []), *sorted(folder(processor).glob("*/release"))]:
        version = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release.read_text(errors="replace"), re.M)
        java = release.parent / "bin/java"
        if version and java.exists():
            found.setdefault(int(version[1]), java)
    return dict(sorted(found.items()))


def missing(processor):
    """{major version: (package, digest)}"""
    rows = (line.split() for line in LIST.read_text(encoding="utf-8").splitlines() if line.startswith(processor + " "))
    here = jdks(processor)
    return {int(version): (package, digest) for _, version, package, digest in rows if not is_here(here.get(int(version)), digest)}


def is_here(java, digest):
    stamp = java and java.parent.parent / STAMP
    return java is not None and (not stamp.exists() or stamp.read_text(encoding="ascii") == digest)


def take(processor, version, package, digest):
    with tempfile.TemporaryDirectory(dir=folder(processor), prefix=".new-") as made:
        work = Path(made)
        (work / "wanted").write_text(f"{package} --hash=sha256:{digest}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15",
                   *(f"--platform={tag}_{processor}" for tag in PLATFORMS), "--require-hashes", "--dest", work, "--requirement", work / "wanted"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Unavailable(f"Java {version} for {processor}: pip was still at it after {PATIENCE_S} s") from None
        if done.returncode:
            raise Unavailable(f"Java {version} for {processor}: pip says: {(done.stderr.strip().splitlines() or ['nothing'])[0][:300]}")
        (wheel,) = work.glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(work / "unpacked")
        (release,) = work.glob("unpacked/**/release")
        for program in (path for pattern in PROGRAMS for path in release.parent.glob(pattern)):
            program.chmod(0o755)
        (release.parent / STAMP).write_text(digest, encoding="ascii")
        shutil.rmtree(folder(processor) / str(version), ignore_errors=True)
        release.parent.rename(folder(processor) / str(version))


def main():
    processor = next((word for word in sys.argv[1:] if not word.startswith("-")), OWN)
    if "--have" in sys.argv[1:]:
        return EXIT_SKIP if missing(processor) else 0
    folder(processor).mkdir(parents=True, exist_ok=True)
    with open(folder(processor) / ".lock", "w", encoding="utf-8") as lock:  # one process at a time takes some
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            for version, (package, digest) in missing(processor).items():
                take(processor, version, package, digest)
        except Unavailable as why:
            print(f"skip {why}", file=sys.stderr)
            return EXIT_SKIP
    return 0


if __name__ == "__main__":
    sys.exit(main())
