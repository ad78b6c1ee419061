#!/usr/bin/env python3
"""Makes the signed cases of data/cases anew, the same on every run: make.py

The keys are read from data/cases/keys, and made where there are none. data/cases/README.md says what is needed.
"""
import json

import contents
import signatures
import structure
from cases import CASES, FILES, FOLDER, KEY, RSA_KEY, STRANGER, metadata


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def main():
    for add_cases in (structure.wrapped, structure.parsers, structure.verdicts, signatures.forms, signatures.lists, signatures.scopes,
                      contents.limits, contents.times, contents.types, contents.values, contents.parts_of_libxml2):
        add_cases()
    for old in [*FOLDER.glob("accept/*"), *FOLDER.glob("refuse/*")]:
        old.unlink()
    for path, content in FILES.items():
        write(FOLDER / path, content)
    write(FOLDER / "metadata/mill.xml", metadata(KEY, RSA_KEY))
    write(FOLDER / "metadata/stranger.xml", metadata(STRANGER))
    write(FOLDER / "metadata/for_encryption.xml", metadata(KEY, use="encryption"))
    lines = ",\n".join("  " + json.dumps(case, ensure_ascii=True) for case in CASES)
    write(FOLDER / "manifest.json", '{\n "format": 1,\n "cases": [\n' + lines + "\n ]\n}\n")
    print(f"{len(CASES)} cases, {sum(map(len, FILES.values()))} bytes of messages")


if __name__ == "__main__":
    main()
