#!/usr/bin/env python3
"""Runs a program against the fake identity provider and STS: with_server.py SERVER COMMAND...

START and STS in the command stand for the two URLs. The server goes when its standard input is closed.
"""
import shutil
import subprocess
import sys

if shutil.which(sys.argv[2]) is None:
    print(f"skip {sys.argv[2]}: it is not installed")
    sys.exit(77)
with subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
    start, sts = server.stdout.readline().split()
    command = [{"START": start, "STS": sts}.get(word, word) for word in sys.argv[2:]]
    status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    server.stdin.close()
sys.exit(status)
