#!/usr/bin/env python3
"""Runs the vectors of this folder through a binding, against the sandbox: run.py SANDBOX CLIENT...

CLIENT is a command: the binding's own small program. It reads commands, one a line, and prints what came of them until
"end". Every binding has to behave alike. Words, but for the first, are in hexadecimal; "-" is an empty one.

  set NAME VALUE, secret NAME VALUE, override NAME VALUE, load FILE CONNECTOR, principal NAME, group NAME
  answer NAME VALUE   for a question of that name, once; in this order
  obtain | signin | call ACTION | policy TYPE TEXT | may_use     on a new context
  end                 of the case

  credentials NAME VALUE, expires 0|1, asked NAME SECRET, member PATH VALUE, finding CODE, accepted 0|1, allowed
  error STATUS CODE SETTING      what comes after it is left out
  done

A vector is an object: "name", "do" (a list of commands, in words), "expect" (a list of lines, in words; a word "*" is any that is
not empty, "~RE" one that matches). {idp_url}, {sts_endpoint}, {ca_file} and {config} stand for what the sandbox and the file's
"config" text are. "common" is done before each.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "demo"))

from sandbox import Sandbox  # noqa: E402


def hexed(word):
    return word.encode("utf-8").hex() or "-"


def from_hex(word):
    return "" if word == "-" else bytes.fromhex(word).decode("utf-8")


class Client:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, commands):
        """The lines of one case, as lists of words."""
        for first, *others in commands:
            self.process.stdin.write(" ".join([first, *map(hexed, others)]) + "\n")
        self.process.stdin.write("end\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == "done\n":
                return lines
            first, *others = line.split()
            plain = {"expires": (0,), "accepted": (0,), "error": (0,), "asked": (1,)}.get(first, ())
            try:
                lines.append([first, *(word if i in plain else from_hex(word) for i, word in enumerate(others))])
            except ValueError:
                lines.append(["it says", line.strip()])  # a JVM's warning, say
        return [*lines, ["it ended", str(self.process.wait())]]

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def fits(wanted, word):
    if wanted == "*":
        return word != ""
    return re.fullmatch(wanted[1:], word) is not None if wanted.startswith("~") else wanted == word


def difference(expected, lines):
    """Why the lines are not what was expected; empty when they are. Credentials are looked up by name."""
    left = list(lines)
    for wanted in expected:
        at = next((i for i, line in enumerate(left) if len(line) == len(wanted) and all(map(fits, wanted, line))), None)
        if at is None:
            return f"there is no {' '.join(wanted)} in {left}"
        left.pop(at)
    left = [line for line in left if line[0] not in ("credentials", "expires", "member", "finding")]
    return f"there is also {left}" if left else ""


def main():
    program, *command = sys.argv[1:]
    passed = failed = 0
    with Sandbox(program) as sandbox, tempfile.TemporaryDirectory() as folder:
        client = Client(command)
        for path in sorted(HERE.glob("*.json")):
            vectors = json.loads(path.read_text(encoding="utf-8"))
            config = Path(folder) / f"{path.stem}.ini"
            places = {"idp_url": sandbox.idp_url, "sts_endpoint": sandbox.sts_endpoint, "ca_file": str(sandbox.ca_file),
                      "config": str(config)}

            def filled(text):
                return re.sub(r"\{(idp_url|sts_endpoint|ca_file|config)\}", lambda found: places[found[1]], text)

            config.write_text(filled("\n".join(vectors.get("config", []))), encoding="utf-8")
            os.chmod(config, 0o600)
            for vector in vectors["vectors"]:
                commands = [list(map(filled, words)) for words in [*vectors["common"], *vector["do"]]]
                fault = difference(vector["expect"], client.run(commands))
                print(f"FAIL {path.stem}: {vector['name']}: {fault}" if fault else f"ok {path.stem}: {vector['name']}", flush=True)
                passed, failed = passed + (not fault), failed + bool(fault)
        if status := client.close():
            print(f"FAIL the client ends well: {status}")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
