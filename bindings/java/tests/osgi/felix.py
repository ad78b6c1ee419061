#!/usr/bin/env python3
"""The jar in Apache Felix, and in plain class loaders, on the JDKs that there are: felix.py BUILD FAKE_SERVER [JAR]

Of the jar that the build makes for tests, whose native part needs the build's library; or of JAR, which needs nothing.

Two versions of the bundle io.awsfed, each with a user, and a bundle with the jar nested in it are used side by side,
updated over and over, and uninstalled; host/Host.java has the claims. All that with the library in the JVM, and, of the
build, in a process of its own. Felix comes as jars.txt pins it.
"""
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]
import fetch  # noqa: E402
from run import access, fake, jdks, warnings_in  # noqa: E402

JDKS = (11, 17, 21, 25)
MANIFEST = "META-INF/MANIFEST.MF"
PATIENCE_S = 240


def compiled(folder, sources, *class_path):
    subprocess.run(["javac", "--release", "11", "-encoding", "UTF-8", "-Xlint:all,-classfile,-path,-try", "-Werror", "-d", folder, "-cp",
                    os.pathsep.join(map(str, class_path)), *sorted(map(str, sources.glob("*.java")))], check=True)


def pack(jar, manifest, files):
    """files: {name in the jar: its path}."""
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MANIFEST, "\n".join(["Manifest-Version: 1.0", *manifest]) + "\n")
        for name, path in files.items():
            made.write(path, name)


def as_version(jar, version, other):
    """The same jar with another version in its manifest."""
    with zipfile.ZipFile(jar) as given, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            data = given.read(name)
            if name == MANIFEST:
                text = data.decode().replace("\r\n ", "")
                text = re.sub(r'^(Bundle-Version: ).*', rf"\g<1>{version}", text, flags=re.M)
                data = re.sub(r'version="[\d.]+"', f'version="{version}"', text).encode()
            made.writestr(name, data)


def bundles(jar, folder, felix):
    classes = folder / "plugin-classes"
    compiled(classes, HERE / "plugin", jar, felix)
    plugin = {str(path.relative_to(classes)): path for path in classes.rglob("*.class")}
    pack(folder / "plugin.jar", [], plugin)
    for version in ("1.0", "1.1", "2.0"):
        as_version(jar, version, folder / f"awsfed-{version}.jar")
    common = ["Bundle-ManifestVersion: 2", "Bundle-Activator: plugin.Activator"]
    for major in (1, 2):
        pack(folder / f"user-of-{major}.jar",
             [*common, f"Bundle-SymbolicName: user-of-{major}",
              f'Import-Package: org.osgi.framework,io.awsfed;version="[{major},{major + 1})"'], plugin)
    for version in ("1.0", "1.1"):
        pack(folder / f"nested-{version}.jar",
             [*common, "Bundle-SymbolicName: nested", f"Bundle-Version: {version}", "Bundle-ClassPath: .,META-INF/lib/awsfed.jar",
              "Import-Package: org.osgi.framework"], {**plugin, "META-INF/lib/awsfed.jar": jar})


def run_on(version, java, way, folder, classes, felix, libraries, server):
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as own, fake(server) as (start, sts):
        temporary = Path(own) / "tmp"
        temporary.mkdir()
        command = [java, "-Xcheck:jni", *access(version), *way, f"-Djava.io.tmpdir={temporary}", f"-Duser.home={temporary}",
                   f"-Dawsfed.test.start={start}", f"-Dawsfed.test.sts={sts}", "-cp", f"{classes}{os.pathsep}{felix}", "host.Host",
                   Path(own) / "felix", folder]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S,
                              env={**os.environ, "LD_LIBRARY_PATH": libraries})


def judge(version, where, done):
    """Whether all claims hold."""
    text = done.stdout + done.stderr
    said = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "FAIL "))]
    for line in said:
        word, claim = line.split(" ", 1)
        print(f"{word} Java {version}, {where}: {claim}")
    if done.returncode and not any(line.startswith("FAIL") for line in said):
        print(f"FAIL Java {version}, {where}: exit status {done.returncode}")
        print(text, file=sys.stderr)
    warnings = warnings_in(text)
    for warning in warnings:
        print(f"FAIL Java {version}, {where}: {warning}")
    return not done.returncode and not warnings


def main():
    build, server = Path(sys.argv[1]).resolve(), sys.argv[2]
    own = Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else None
    jar, libraries = (own, "") if own else (build / "bindings/java/awsfed-native.jar", str(build / "capi"))
    ways = {"in the JVM": []} if own else {"in the JVM": [], "in a process": [f"-Dio.awsfed.process={build}/bindings/cli/awsfed"]}
    try:
        (felix,) = fetch.jars("osgi")
    except fetch.Unavailable as why:
        print(f"skip OSGi: {why}")
        return fetch.EXIT_SKIP
    found, good = jdks(), True
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as made:
        folder = Path(made)
        bundles(jar, folder, felix)
        compiled(folder / "host", HERE / "host", felix)
        for version in JDKS:
            if version in found:
                for where, way in ways.items():
                    done = run_on(version, found[version], way, folder, folder / "host", felix, libraries, server)
                    good &= judge(version, where, done)
            else:
                print(f"skip OSGi on Java {version}: not on this machine")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
