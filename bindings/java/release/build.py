#!/usr/bin/env python3
"""The jar, with its native part: one library for each processor, with everything that it needs inside.

build.py [TARGET...]   builds and checks linux-x86_64 and linux-aarch64, or those named, into build-jar/
build.py --lock        looks for newer sources first, and writes down in sources.lock.json what there is

Downloads and the libraries that are built in are kept in the cache; a second run builds what has changed of awsfed.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import check
import manifest
import pack
import sources
import toolchain
from parts import Parts

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "build-jar"
SUITE = "bookworm"
LIBRARY = "libawsfed-jni.so"


def cache_folder():
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "awsfed/jar"


def quoted(words):
    return "[" + ", ".join(f"'{word}'" for word in words) + "]"


def link_prefix(target, parts):
    """A path that stays the same when what goes in changes: what has been compiled before is found again."""
    link = BUILD / "parts" / target.name
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or link.readlink() != parts.prefix:
        link.unlink(missing_ok=True)
        link.symlink_to(parts.prefix)
    return link


def machine_file(target, tools, parts):
    """What meson has to know of the target. The file changes only when its text does: meson looks at its time."""
    prefix = link_prefix(target, parts)
    compile_args = [*toolchain.COMMON_FLAGS, "-g1", "-isystem", prefix / "include",
                    f"-ffile-prefix-map={ROOT}=awsfed", "-ffile-prefix-map=../..=awsfed"]
    text = f"""# {parts.key}
[binaries]
c = '{tools.cc}'
cpp = '{tools.cxx}'
ar = '{tools.ar}'
ranlib = '{tools.ranlib}'
pkg-config = 'pkg-config'
java = 'javac'

[built-in options]
c_args = {quoted(compile_args)}
cpp_args = {quoted(compile_args + list(toolchain.LIBCXX_FLAGS))}
prefer_static = true

[properties]
pkg_config_libdir = '{prefix}/lib/pkgconfig'
needs_exe_wrapper = true

[host_machine]
system = 'linux'
cpu_family = '{target.cpu}'
cpu = '{target.cpu}'
endian = 'little'
"""
    path = BUILD / f"{target.name}.ini"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    return path


def run_meson(target, tools, venv, parts):
    """The library with its symbols, and the classes."""
    file = machine_file(target, tools, parts)
    folder = BUILD / target.name
    meson = venv / "bin/meson"
    if (folder / "build.ninja").exists() and file.stat().st_mtime > (folder / "build.ninja").stat().st_mtime:
        shutil.rmtree(folder)
    if not (folder / "build.ninja").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([meson, "setup", folder, ROOT, "--cross-file", file, "-Djni_self_contained=true",
                        "-Dkerberos=at-run-time", "-Dbuildtype=plain", "-Db_ndebug=true"],
                       check=True, stdin=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", folder, "-j1", f"bindings/java/{LIBRARY}", "bindings/java/awsfed.jar"], check=True)
    return folder / "bindings/java"


def objcopy_for(target):
    for name in (f"{target.gnu}-objcopy", "llvm-objcopy"):
        if shutil.which(name):
            return name
    raise sources.SourceError(f"There is no objcopy for {target.cpu}: install binutils-{target.gnu.replace('_', '-')}.")


def split_symbols(built, into, target):
    """The library as it is shipped, and what a debugger wants of it beside it."""
    objcopy = objcopy_for(target)
    into.mkdir(parents=True, exist_ok=True)
    library, symbols = into / LIBRARY, into / f"{LIBRARY}.debug"
    subprocess.run([objcopy, "--only-keep-debug", built, symbols], check=True)
    subprocess.run([objcopy, "--strip-all", f"--add-gnu-debuglink={symbols}", built, library], check=True)
    return library


class Release:
    """The libraries that were asked for, one by one, and the jar of them."""

    def __init__(self, cache, lock):
        self.cache, self.lock = cache, lock
        self.venv = toolchain.make_venv(cache)
        self.folders, self.libraries, self.faults = None, {}, []
        self.prefix = self.classes = None # of the last one: licences and classes are the same for all

    def parts_for(self, target, tools):
        parts = Parts(self.cache, self.lock, target, tools)
        if not parts.ready():
            print(f"== building what goes into the library for {target.name}; this takes some minutes", flush=True)
            self.folders = self.folders or sources.fetch_locked(self.cache, self.lock)
            parts.build(self.folders)
        return parts

    def build(self, target):
        tools = toolchain.Tools(self.cache, self.venv, target)
        parts = self.parts_for(target, tools)
        print(f"== building the library for {target.name}", flush=True)
        binding = run_meson(target, tools, self.venv, parts)
        library = split_symbols(binding / LIBRARY, BUILD / "native" / target.name, target)
        print(f"== checking the library for {target.name}", flush=True)
        found = check.faults_of(library, target, forbidden=[f"{self.cache}/", f"{ROOT}/", f"{Path.home()}/"])
        self.faults += [f"{target.name}: {fault}" for fault in found]
        self.libraries[target.name] = library
        self.prefix, self.classes = parts.prefix, binding / "awsfed.jar"

    def pack(self):
        version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text())[1]
        native = BUILD / "native"
        manifest.write(native, version, self.lock, self.libraries, self.prefix, toolchain.zig_of(self.venv))
        jar = pack.pack(BUILD / "awsfed.jar", self.classes, native, self.libraries)
        print(f"== checking {jar.relative_to(ROOT)}", flush=True)
        processors = [toolchain.TARGETS[name].cpu for name in self.libraries]
        for processor in processors:
            subprocess.run([self.venv / "bin/python", ROOT / "bindings/java/runtimes.py", processor], check=False)  # it says what it lacks
        self.faults += check.faults_in_jvms(jar, processors)
        return jar


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*", metavar="TARGET", help=" or ".join(toolchain.TARGETS))
    parser.add_argument("--lock", action="store_true", help="take the newest sources")
    options = parser.parse_args()
    if unknown := set(options.target) - set(toolchain.TARGETS):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    if options.lock:
        sources.make_lock(cache, SUITE)
    release = Release(cache, sources.read_lock())
    for name in options.target or toolchain.TARGETS:
        release.build(toolchain.TARGETS[name])
    jar = release.pack()
    for fault in release.faults:
        print(f"build.py: {fault}", file=sys.stderr)
    print(f"{jar.relative_to(ROOT)}: {jar.stat().st_size / 1e6:.1f} MB, {', '.join(sorted(release.libraries))}")
    return 1 if release.faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except sources.SourceError as error:
        sys.exit(f"build.py: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"build.py: this failed: {' '.join(map(str, error.cmd))}")
