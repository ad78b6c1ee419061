#!/usr/bin/env python3
"""Checks that include/awsfed.h stands alone in every language it promises: header.py [INCLUDE_DIR]

Each translation unit includes it twice, alone and first, under strict warnings.
"""
import shutil
import subprocess
import sys
from pathlib import Path

INCLUDE = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent.parent / "include"
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
C = ["c99", "c11", "c17"]
CXX = ["c++11", "c++17", "c++20"]
COMPILERS = {"gcc": ("c", C), "g++": ("c++", CXX), "clang-19": ("c", C), "clang++-19": ("c++", CXX)}


def compiles(compiler, language, standard, header):
    unit = f'#include "{header}"\n#include "{header}"\nint main(void) {{ return 0; }}\n'
    done = subprocess.run([compiler, "-x", language, f"-std={standard}", *STRICT, "-I", str(INCLUDE), "-"], input=unit,
                          capture_output=True, text=True)
    return done.returncode == 0, done.stderr.strip()


def main():
    failed = 0
    for compiler, (language, standards) in COMPILERS.items():
        if not shutil.which(compiler):
            print(f"skip awsfed.h with {compiler}: it is not installed")
            continue
        headers = [("awsfed.h", standards)]
        if language == "c++" and (INCLUDE / "awsfed.hpp").exists():
            headers.append(("awsfed.hpp", [standard for standard in standards if standard >= "c++17"]))
        for header, wanted in headers:
            for standard in wanted:
                good, said = compiles(compiler, language, standard, header)
                failed += not good
                print(f"ok {header} as {standard} with {compiler}" if good
                      else f"FAIL {header} as {standard} with {compiler}: {said}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
