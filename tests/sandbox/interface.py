#!/usr/bin/env python3
"""awsfed interface, with a caller that does not keep to the rules: interface.py AWSFED SANDBOX"""
import re
import socket
import struct
import subprocess
import sys
import time

from common import ROOT, main

LEAST = 8192  # of a frame to the program
USAGE = 3
CALLS = re.findall(r"^AWSFED_API\s+[^;]*?\b(awsfed_\w+)\(", re.sub(r"/\*.*?\*/", "", (ROOT / "include/awsfed.h").read_text(encoding="utf-8"),
                                                                     flags=re.S), re.M)
CALLS.remove("awsfed_store_reply_add")


def number(value):
    return struct.pack("<q", value)


def text(words):
    data = words.encode()
    return struct.pack("<i", len(data)) + data


def call(name, *arguments):
    return number(CALLS.index(name)) + b"".join(arguments)


class Program:
    def __init__(self, tool, version=None):
        self.process = subprocess.Popen([tool.path, "interface", version or "?"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.version = self.read()[2].decode()

    def read(self):
        header = self.process.stdout.read(16)
        if len(header) < 16:
            return None
        length, kind, channel = struct.unpack("<iiq", header)
        return kind, channel, self.process.stdout.read(length)

    def send(self, message, kind=0, channel=1, length=None):
        frame = struct.pack("<iiq", len(message) if length is None else length, kind, channel) + message
        self.process.stdin.write(frame.ljust(LEAST, b"\0"))
        self.process.stdin.flush()

    def ask(self, message, channel=1):
        self.send(message, channel=channel)
        return self.read()

    def end(self, seconds=5):
        """Its exit status, once its input is closed."""
        self.process.stdin.close()
        return self.process.wait(seconds)


def of_this_version(tool):
    program = Program(tool)
    program.end()
    return program.version


def status_of(answer):
    return struct.unpack_from("<q", answer[2])[0]


def check(tool, cases, _home):
    version = of_this_version(tool)
    other = Program(tool, "0123456789abcdef")
    cases.case("another version is told ours, and no call is taken", None if other.process.wait(5) == 1 else "it goes on")

    program = Program(tool, version)
    answer = program.ask(call("awsfed_abi"))
    cases.case("a call is answered", None if answer == (0, 1, number(0) + number(1)) else repr(answer))
    for name, message in {"no message": b"", "half a number": b"\1\2", "a number that is no function": number(10_000), "a negative one": number(-1),
                          "an argument is missing": call("awsfed_has"), "one too many": call("awsfed_abi", number(1)),
                          "a text that is longer than the message": call("awsfed_has", struct.pack("<i", 1 << 30)),
                          "a function that no message calls": number(len(CALLS))}.items():
        answer = program.ask(message)
        cases.case(f"refused: {name}", None if answer and status_of(answer) == USAGE else repr(answer))
    cases.case("it goes on after that", None if program.ask(call("awsfed_abi"))[2] == number(0) + number(1) else "no")

    made = program.ask(call("awsfed_settings_new"))
    settings = made[2][8:]
    program.ask(call("awsfed_settings_set", settings, text("password"), text("stdin")))
    for name, value in {"idp": "form", "idp_url": "https://127.0.0.1:1/", "user": "alice"}.items():
        program.ask(call("awsfed_settings_set", settings, text(name), text(value)))
    context = program.ask(call("awsfed_context_new", number(1), number(0)))[2][8:]
    answer = program.ask(call("awsfed_obtain", context, settings, number(0)))
    cases.case("a secret from standard input finds nothing there", None if status_of(answer) != 0 else "it read something")
    answers = sorted((program.send(call("awsfed_abi"), channel=channel), program.read())[1][1] for channel in range(2, 40))
    cases.case("each channel has its answer", None if answers == list(range(2, 40)) else repr(answers))
    cases.case("it ends with its input", None if program.end() == 0 else "with a failure")
    cases.case("nothing is said aside", None if not program.process.stderr.read() else "it is")

    for name, spoil in {"a frame of no kind": lambda it: it.send(b"", kind=7), "a frame of -1 bytes": lambda it: it.send(b"", length=-1),
                        "a frame of 1 GiB": lambda it: it.send(b"", length=1 << 30)}.items():
        program = Program(tool, version)
        spoil(program)
        cases.case(f"it ends: {name}", None if program.process.wait(5) == 0 else "with a failure")

    program = Program(tool, version)
    program.process.stdin.write(b"\0" * 10)
    cases.case("it ends: half a frame", None if program.end() == 0 else "with a failure")
    cases.case("a call that waits does not hold it back", waiting_call(tool, version))


def waiting_call(tool, version):
    """Somebody listens there, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        program = Program(tool, version)
        settings = program.ask(call("awsfed_settings_new"))[2][8:]
        for name, value in {"sts_endpoint": f"http://127.0.0.1:{silent.getsockname()[1]}", "http_loopback": "true", "region": "us-east-1",
                            "access_key_id": "AKIAEXAMPLE"}.items():
            program.ask(call("awsfed_settings_set", settings, text(name), text(value)))
        program.ask(call("awsfed_settings_set_secret", settings, text("secret_access_key"), text("secret")))
        context = program.ask(call("awsfed_context_new", number(1), number(0)))[2][8:]
        program.send(call("awsfed_sts_call", context, settings, text("GetCallerIdentity"), number(0), number(0)))
        silent.settimeout(10)
        connection, _ = silent.accept()
        began = time.monotonic()
        status = program.end()
        connection.close()
        return None if status == 0 and time.monotonic() - began < 2 else f"status {status} after {time.monotonic() - began:.1f} s"


if __name__ == "__main__":
    main(check)
