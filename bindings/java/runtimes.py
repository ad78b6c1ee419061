#!/usr/bin/env python3
"""The Java runtimes that the binding is tried on: runtimes.py [--have] [PROCESSOR]

The machine's own, and those of runtimes.txt that it lacks: taken from PyPI by the pip of the Python that runs this, which
compares their digests, and kept in ${XDG_CACHE_HOME:-~/.cache}/awsfed/java-runtimes. With --have nothing is taken. For
another processor than the machine's there are those of runtimes.txt alone. Exit status 77: some cannot be had.
"""
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
OWN = os.uname().machine
PLATFORMS = ("manylinux1", "manylinux2014", "manylinux_2_17")  # of wheels
EXIT_SKIP = 77
PROGRAMS = ("bin/*", "lib/jspawnhelper", "lib/jexec")  # a wheel does not say what may be run


class Unavailable(Exception):
    """It cannot be had here."""


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
    return {int(version): (package, digest) for _, version, package, digest in rows if int(version) not in here}


def take(processor, version, package, digest):
    folder(processor).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder(processor), prefix=".new-") as made:
        work = Path(made)
        (work / "wanted").write_text(f"{package} --hash=sha256:{digest}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
                   *(f"--platform={tag}_{processor}" for tag in PLATFORMS), "--require-hashes", "--dest", work, "--requirement", work / "wanted"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise Unavailable(f"Java {version} for {processor}: pip says: {(done.stderr.strip().splitlines() or ['nothing'])[0][:300]}")
        (wheel,) = work.glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            packed.extractall(work / "unpacked")
        (release,) = work.glob("unpacked/**/release")
        for program in (path for pattern in PROGRAMS for path in release.parent.glob(pattern)):
            program.chmod(0o755)
        shutil.rmtree(folder(processor) / str(version), ignore_errors=True)
        release.parent.rename(folder(processor) / str(version))


def main():
    processor = next((word for word in sys.argv[1:] if not word.startswith("-")), OWN)
    left = missing(processor)
    if "--have" in sys.argv[1:]:
        return EXIT_SKIP if left else 0
    status = 0
    for version, (package, digest) in left.items():
        try:
            take(processor, version, package, digest)
        except Unavailable as why:
            print(f"skip {why}", file=sys.stderr)
            status = EXIT_SKIP
    return status


if __name__ == "__main__":
    sys.exit(main())
