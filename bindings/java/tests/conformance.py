#!/usr/bin/env python3
"""The vectors of tests/conformance through Java, on every JDK of this machine, both ways: conformance.py BUILD SANDBOX"""
import subprocess
import sys
import tempfile
from pathlib import Path

import run

VECTORS = Path(__file__).resolve().parents[3] / "tests/conformance/run.py"


def main():
    build, sandbox = Path(sys.argv[1]).resolve(), sys.argv[2]
    if missing := [jar.name for jar in run.CONSOLE if not jar.exists()]:
        print(f"skip Java: JUnit is not installed ({', '.join(missing)})")
        return 77
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as target:
        classpath = run.compile_tests([build / "bindings/java/awsfed.jar"], run.HERE / "io", target)
        for version, java in run.jdks().items():
            if version < run.OLDEST:
                continue
            for where, way in run.ways(build).items():
                # What the JVM itself has to say goes to standard error: the client's words are on standard output.
                client = [java, "-Xcheck:jni", "-XX:+DisplayVMOutputToStderr", *run.access(version), way, "-cp", classpath, "io.awsfed.ConformanceClient"]
                done = subprocess.run([sys.executable, VECTORS, sandbox, *map(str, client)], stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True)
                good, bad = run.counted(done.stdout)
                if done.returncode and not bad or not good:
                    print(done.stdout + done.stderr)
                    bad = max(bad, 1)
                if warnings := run.warnings_in(done.stderr):
                    print(f"FAIL {warnings[0]} (Java {version}, {where})")
                    bad += 1
                for line in done.stdout.splitlines():
                    if line.startswith("FAIL"):
                        print(f"{line} (Java {version}, {where})")
                print(f"Java {version}, {where}: {good} passed, {bad} failed")
                passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
