#!/usr/bin/env python3
"""Compiles Java sources together and packs their classes: make_jar.py JAR SOURCE..."""
import subprocess
import sys
import tempfile

JAVA = "11"  # the bytecode: what the oldest build servers run

jar, *sources = sys.argv[1:]
with tempfile.TemporaryDirectory(prefix="awsfed-java-") as classes:
    subprocess.run(["javac", "--release", JAVA, "-encoding", "UTF-8", "-Xlint:all", "-Werror", "-d", classes, *sources], check=True)
    subprocess.run(["jar", "--create", "--file", jar, "-C", classes, "."], check=True)
