#!/usr/bin/env python3
"""Looks for the password and the keys in a JVM that has used and closed them: memory.py BUILD FAKE_SERVER

In a heap dump, and in all memory of the process, which is more than a core dump has; and so with the process of its own,
where the library is in one. A text that the program does hold must be found, in the same ways.
"""
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote_plus

import run

MARKER = "the marker that is kept, \u00e4"
# As tests/fakes has them. Long pieces: what stands around them may be cut.
SECRETS = {"the password": 'horse "battery" st\u00e4pl', "the secret key": "akeSecret/fakeSecret+fakeSecre",
           "the session token": "akeToken//////////fakeToken"}
PASSWORD = 'correct horse "battery" st\u00e4ple'


def forms(text):
    """{how: bytes}, in any encoding, and as a form has it."""
    in_form = quote_plus(text).encode("ascii")
    return {**{encoding: text.encode(encoding) for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")},
            "a form": in_form, "an address": in_form.replace(b"+", b"%20")}


def sent(text):
    units = text.encode("utf-16-be")
    return struct.pack(">i", len(units) // 2) + units


def memory(pid):
    """(whose it is, its bytes) of each mapping of a process that can be read."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            addresses, access, _, _, _, *name = line.split(maxsplit=5)
            start, end = (int(number, 16) for number in addresses.split("-"))
            if "r" not in access or "[v" in line:
                continue
            for at in range(start, end, 16 << 20):
                try:
                    mem.seek(at)
                    yield f"{name[0].strip() if name else 'nameless'} memory {start:x}", mem.read(min(16 << 20, end - at))
                except OSError:
                    break


def found_in(blocks, texts):
    """{name of a text: where and how it was found, with the few bytes before it}"""
    hits = {}
    for whose, block in blocks:
        for name, text in texts.items():
            for how, form in forms(text).items():
                if (at := block.find(form)) >= 0:
                    hits.setdefault(name, f"in {whose}, {how}, after {block[max(at - 60, 0):at]!r}")
    return hits


def heap_dump(java, pid, folder):
    path = Path(folder) / "heap.hprof"
    subprocess.run([java.parent / "jcmd", str(pid), "GC.heap_dump", "-all", path], check=True, capture_output=True)
    data = path.read_bytes()
    path.unlink()
    return [("the dump", data)]


def children(pid):
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text(encoding="ascii").split())


def look(java, command, where):
    """(case, fault) of each place that was looked at."""
    texts = {**SECRETS, "the marker": MARKER}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as jvm, tempfile.TemporaryDirectory() as folder:
        jvm.stdin.write(sent(MARKER) + sent(PASSWORD) * 2 * 20)
        jvm.stdin.flush()
        if jvm.stdout.readline() != b"used\n":
            yield f"{where}: it is used", "the program failed"
            return
        places = {"its heap dump": found_in(heap_dump(java, jvm.pid, folder), texts), "its memory": found_in(memory(jvm.pid), texts)}
        for child in children(jvm.pid):
            places["the memory of its child"] = {"the marker": "", **found_in(memory(child), SECRETS)}
        for place, hits in places.items():
            yield f"{where}: {place} has what is held", "" if "the marker" in hits else "the search finds nothing"
            for secret in SECRETS:
                yield f"{where}: {place} is without {secret}", hits.get(secret, "")
        jvm.stdin.close()


def main():
    build, server = Path(sys.argv[1]).resolve(), sys.argv[2]
    found = {version: java for version, java in run.jdks().items() if (java.parent / "jcmd").exists()}
    missing = [jar.name for jar in run.CONSOLE if not jar.exists()]
    if not found or missing:
        print("skip: there is no JDK with jcmd, or no JUnit")
        return 77
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as target:
        classpath = run.compile_tests([build / "bindings/java/awsfed.jar"], run.HERE / "io", target)
        version, java = list(found.items())[-1]
        for where, way in run.ways(build).items():
            with subprocess.Popen([server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as fake:
                start, sts = fake.stdout.readline().split()
                command = [java, *run.access(version), way, f"-Dawsfed.test.start={start}", f"-Dawsfed.test.sts={sts}", "-Xmx128m", "-cp", classpath,
                           "io.awsfed.MemoryUse"]
                for case, fault in look(java, command, f"Java {version}, {where}"):
                    print(f"FAIL {case}: {fault}" if fault else f"ok {case}", flush=True)
                    passed, failed = passed + (not fault), failed + bool(fault)
                fake.stdin.close()
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
