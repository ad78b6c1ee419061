"""The pinned compiler, its wrappers, and what a target is.

zig is clang with the C libraries' headers and link stubs of every version of glibc, so that what it links asks for no
newer one than the target names, however new that of this machine is.
"""
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
GLIBC_FLOOR = "2.28"  # RHEL 8, Debian 10, Ubuntu 20.04

# For ours and theirs alike. Zig's own default of trapping undefined behaviour is for debugging.
COMMON_FLAGS = ("-O2", "-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections",
                "-fstack-protector-strong", "-D_FORTIFY_SOURCE=2", "-fno-sanitize=undefined")
# Zig turns libc++'s checks off, and keeps a std::unexpected() of C++14 that is in the way of C++23's.
LIBCXX_FLAGS = ("-U_LIBCPP_ENABLE_CXX17_REMOVED_UNEXPECTED_FUNCTIONS", "-U_LIBCPP_HARDENING_MODE",
                "-D_LIBCPP_HARDENING_MODE=_LIBCPP_HARDENING_MODE_FAST")


@dataclass(frozen=True)
class Target:
    name: str            # as the jar has it: linux-x86_64
    cpu: str             # as zig and meson have it
    openssl: str         # as OpenSSL's Configure has it
    loader: str          # the dynamic linker, which thread-local variables need
    machine: str         # as readelf has it
    openssl_options: tuple = ()

    @property
    def zig(self):
        return f"{self.cpu}-linux-gnu.{GLIBC_FLOOR}"

    @property
    def gnu(self):
        return f"{self.cpu}-linux-gnu"


TARGETS = {target.name: target for target in (
    Target("linux-x86_64", "x86_64", "linux-x86_64", "ld-linux-x86-64.so.2", "Advanced Micro Devices X86-64",
           ("enable-ec_nistp_64_gcc_128",)),
    Target("linux-aarch64", "aarch64", "linux-aarch64", "ld-linux-aarch64.so.1", "AArch64",
           ("enable-ec_nistp_64_gcc_128",)),
)}


def make_venv(cache):
    """With the files of requirements.txt and no other: pip compares their digests."""
    venv = cache / "toolchain"
    wanted = REQUIREMENTS.read_text()
    stamp = venv / "awsfed-requirements"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([venv / "bin/pip", "install", "--disable-pip-version-check", "--no-deps", "--require-hashes",
                        "--only-binary=:all:", "-r", REQUIREMENTS], check=True)
        stamp.write_text(wanted)
    return venv


def zig_of(venv):
    return next(venv.glob("lib/python3*/site-packages/ziglang/zig"))


class Tools:
    """Programs that other build systems can be given as their compiler and archiver."""

    def __init__(self, cache, venv, target):
        self.folder = cache / "tools" / target.name
        self.folder.mkdir(parents=True, exist_ok=True)
        zig = zig_of(venv)
        self.cc = self.script("cc", cache, f'"{zig}" cc -target {target.zig}')
        self.cxx = self.script("c++", cache, f'"{zig}" c++ -target {target.zig}')
        # Zig's linker does not read the thin archives that meson asks for.
        self.ar = self.script("ar", cache, f'"{zig}" ar', 'case $1 in csrDT) shift; set -- csrD "$@" ;; esac\n')
        self.ranlib = self.script("ranlib", cache, f'"{zig}" ranlib')

    def script(self, name, cache, command, before=""):
        path = self.folder / name
        # What zig makes of its libraries is kept in the cache, too.
        path.write_text(f'#!/bin/sh\nexport ZIG_GLOBAL_CACHE_DIR="{cache}/zig" ZIG_LOCAL_CACHE_DIR="{cache}/zig"\n'
                        f'{before}exec {command} "$@"\n')
        path.chmod(0o755)
        return path
