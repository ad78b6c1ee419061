#!/usr/bin/env python3
"""Compiles Java sources together and packs their classes as a jar that is an OSGi bundle too.

A native part (--native linux-x86_64=LIBRARY) lies in the jar where the class NativePart looks for it, with its digest
beside it. Nothing of it is in the manifest: a jar that is nested in a bundle has its Bundle-NativeCode ignored, so the
class unpacks it by itself wherever it is.
"""
import argparse
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

JAVA = "11"  # the bytecode: what the oldest build servers run
NATIVE_NAME = "libawsfed-jni.so"
MANIFEST = """Bundle-ManifestVersion: 2
Bundle-SymbolicName: {name}
Bundle-Name: {name}
Bundle-Version: {version}
Bundle-License: Apache-2.0
Export-Package: {name};version="{version}"
Require-Capability: osgi.ee;filter:="(&(osgi.ee=JavaSE)(version={java}))"
Automatic-Module-Name: {name}
Implementation-Title: {name}
Implementation-Version: {version}
"""


def add_native(classes, name, platform, library):
    folder = classes / name.replace(".", "/") / "native" / platform
    folder.mkdir(parents=True)
    shutil.copyfile(library, folder / NATIVE_NAME)
    digest = hashlib.sha256((folder / NATIVE_NAME).read_bytes()).hexdigest()
    (folder / f"{NATIVE_NAME}.sha256").write_text(digest + "\n", encoding="ascii")


def compile_into(classes, class_path, sources):
    command = ["javac", "--release", JAVA, "-encoding", "UTF-8", "-Xlint:all,-classfile", "-Werror", "-d", classes]
    if class_path:  # what others were compiled with, annotations say among other things, is not ours to warn of
        command += ["-cp", os.pathsep.join(class_path)]
    subprocess.run([*command, *sources], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar")
    parser.add_argument("--name", default="io.awsfed", help="of the bundle, the module and its one package")
    parser.add_argument("--version", required=True)
    parser.add_argument("--imports", help="the manifest's Import-Package, for a bundle that needs others")
    parser.add_argument("--native", metavar="PLATFORM=LIBRARY", action="append", default=[])
    parser.add_argument("--class-path", metavar="JAR", action="append", default=[])
    parser.add_argument("sources", nargs="+")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as work:
        classes, manifest = Path(work) / "classes", Path(work) / "manifest"
        compile_into(classes, options.class_path, options.sources)
        for platform, library in (native.split("=", 1) for native in options.native):
            add_native(classes, options.name, platform, library)
        text = MANIFEST.format(name=options.name, version=options.version, java=JAVA)
        if options.imports:
            text += f"Import-Package: {options.imports}\n"
        manifest.write_text(text, encoding="ascii")
        subprocess.run(["jar", "--create", "--file", options.jar, f"--manifest={manifest}", "-C", classes, "."], check=True)


if __name__ == "__main__":
    main()
