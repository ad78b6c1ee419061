#!/usr/bin/env python3
"""Compiles Java sources together and packs their classes: make_jar.py JAR SOURCE...

A source that is a jar is what the others are compiled against; it is not packed.
"""
import os
import subprocess
import sys
import tempfile

JAVA = "11"  # the bytecode: what the oldest build servers run

jar, *given = sys.argv[1:]
sources = [name for name in given if not name.endswith(".jar")]
against = [name for name in given if name.endswith(".jar")]
with tempfile.TemporaryDirectory(prefix="awsfed-java-") as classes:
    subprocess.run(["javac", "--release", JAVA, "-encoding", "UTF-8", "-Xlint:all", "-Werror", "-d", classes,
                    *(["-classpath", os.pathsep.join(against)] if against else []), *sources], check=True)
    subprocess.run(["jar", "--create", "--file", jar, "-C", classes, "."], check=True)
