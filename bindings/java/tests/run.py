#!/usr/bin/env python3
"""Compiles the JUnit tests of the Java binding and runs them on every JDK of this machine: run.py BUILD FAKE_SERVER

Twice on each: with the library in the JVM, under -Xcheck:jni, a warning of which is a failure; and in a process of its own.
Needs JUnit 5 as Debian packages it.
"""
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
from runtimes import OLDEST, access, jdks  # noqa: E402

LOOPBACK = HERE / "loopback" # a web server for tests
JARS = Path("/usr/share/java")
CONSOLE = [JARS / f"{name}.jar" for name in (
    "junit-platform-console", "junit-platform-launcher", "junit-platform-engine", "junit-platform-commons",
    "junit-platform-reporting", "junit-jupiter-api", "junit-jupiter-engine", "junit-jupiter-params", "opentest4j",
    "apiguardian-api", "picocli", "univocity-parsers", "opentest4j-reporting-events", "opentest4j-reporting-schema")]


def compile_tests(jars, folder, target):
    """The class path of the tests in the folder: their classes first."""
    classpath = os.pathsep.join(map(str, [*jars, *CONSOLE]))
    sources = sorted(map(str, [*folder.rglob("*.java"), *LOOPBACK.rglob("*.java")]))
    subprocess.run(["javac", "--release", str(OLDEST), "-encoding", "UTF-8", "-Xlint:all,-processing,-path", "-d", target, "-cp", classpath, *sources],
                   check=True)
    return os.pathsep.join([str(target), classpath])


def ways(build):
    """{what it is called: the property that chooses it}"""
    return {"in the JVM": f"-Dio.awsfed.library={build}/bindings/java/libawsfed-jni.so",
            "in a process": f"-Dio.awsfed.process={build}/bindings/cli/awsfed"}


@contextlib.contextmanager
def fake(program):
    """The addresses of its identity provider and of its STS. It goes when its standard input is closed."""
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().split()
        server.stdin.close()


def run_on(version, java, classpath, way, told):
    """told: {name: value}, which the tests read as the property awsfed.test.NAME."""
    command = [java, "-Xcheck:jni", way, *(f"-Dawsfed.test.{name}={value}" for name, value in told.items())]
    command += [*access(version), "-cp", classpath, "org.junit.platform.console.ConsoleLauncher", "--disable-banner", "--scan-classpath",
                classpath.split(os.pathsep)[0], "--details", "tree", "--disable-ansi-colors"]
    return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True)


def with_fake(server, run):
    """Runs run({"start": ..., "sts": ...}) beside the fake identity provider and STS."""
    with fake(server) as (start, sts):
        return run({"start": start, "sts": sts})


def counted(text):
    """(passed, failed) of a runner's last line."""
    last = re.findall(r"^(\d+) passed, (\d+) failed", text, re.M)
    return tuple(map(int, last[-1])) if last else (0, 0)


def warnings_in(text):
    """What -Xcheck:jni and the JVM itself find fault with."""
    return re.findall(r"WARNING.*(?:native|JNI).*|FATAL ERROR in native.*", text)


def judge(version, where, done):
    """(passed, failed) of one run, with what a person must see of it."""
    text = done.stdout + done.stderr
    passed, failed = (int(re.search(rf"(\d+) tests {word}", text)[1]) if f"tests {word}" in text else 0
                      for word in ("successful", "failed"))
    warnings = warnings_in(text)
    if done.returncode or failed or warnings or not passed:
        print(text)
        failed = max(failed, 1)
    print(f"Java {version}, {where}: {passed} passed, {failed} failed" + (f"; {warnings[0]}" if warnings else ""))
    return passed, failed


def everywhere(build, jars, folder, beside):
    """Compiles the tests and runs them on every JDK in each way; beside(run) starts what they need and calls run(told)."""
    if missing := [jar.name for jar in CONSOLE if not jar.exists()]:
        print(f"skip Java: JUnit is not installed ({', '.join(missing)})")
        return 77
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as target:
        classpath = compile_tests(jars, folder, target)
        found = jdks()
        for version, java in found.items():
            if version < OLDEST:
                continue
            for where, way in ways(build).items():
                done = beside(lambda told, of=(version, java, classpath, way): run_on(*of, told))
                good, bad = judge(version, where, done)
                passed, failed = passed + good, failed + bad
    absent = [version for version in (11, 17, 21, 25) if version not in found]
    for version in absent:
        print(f"skip Java {version}: not on this machine")
    print(f"{passed} passed, {failed} failed, {len(absent)} skipped")
    return 1 if failed or not passed else 0


def main():
    build, server = Path(sys.argv[1]).resolve(), sys.argv[2]
    return everywhere(build, [build / "bindings/java/awsfed.jar"], HERE / "io", lambda run: with_fake(server, run))


if __name__ == "__main__":
    sys.exit(main())
