"""What must hold of the library before it may go into a jar."""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import toolchain

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]
import runtimes  # noqa: E402

LOOPBACK = HERE.parent / "tests/loopback"  # a web server for tests
EXPORTED = {"JNI_OnLoad"} # it registers all else
EXPORTED_AT_MOST = EXPORTED | {"JNI_OnUnload"}
# Parts of glibc itself, of every release since the floor. No libgcc_s, no libstdc++: they are inside.
NEEDED = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2"}
BYTES_MAX = 12_000_000
JVM_TIME_MAX = 180  # seconds, also for a processor that is played
REFUSAL = " credentials-refused" # what TwoCopies' provider comes to


def readelf(option, library):
    return subprocess.run(["readelf", "-W", option, library], check=True, capture_output=True, text=True).stdout


def exported_by(symbols):
    """Of `readelf --dyn-syms`: number, value, size, type, binding, visibility, section, name."""
    rows = [line.split() for line in symbols.splitlines()]
    return {row[7].split("@")[0] for row in rows
            if len(row) >= 8 and row[4] in ("GLOBAL", "WEAK", "UNIQUE") and row[6] != "UND"}


def newest_glibc(versions):
    found = [tuple(map(int, text.split("."))) for text in re.findall(r"GLIBC_(\d+\.\d+(?:\.\d+)?)", versions)]
    return max(found, default=(0,))


def faults_of(library, target, forbidden):
    """Sentences; forbidden: texts of this machine that may not be found in it."""
    faults = []
    dynamic, segments = readelf("--dynamic", library), readelf("--segments", library)
    sections, header = readelf("--section-headers", library), readelf("--file-header", library)

    if target.machine not in header:
        faults.append(f"It is not for {target.machine}.")
    exported = exported_by(readelf("--dyn-syms", library))
    if not EXPORTED <= exported <= EXPORTED_AT_MOST:
        faults.append(f"It exports {', '.join(sorted(exported)[:5]) or 'nothing'} and not {', '.join(sorted(EXPORTED))}.")
    floor = tuple(map(int, toolchain.GLIBC_FLOOR.split(".")))
    newest = newest_glibc(readelf("--version-info", library))
    if not (0,) < newest <= floor:
        faults.append(f"It wants glibc {'.'.join(map(str, newest))}; the floor is {toolchain.GLIBC_FLOOR}.")
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    if more := needed - NEEDED - {target.loader}:
        faults.append(f"It needs {', '.join(sorted(more))}, which is not of glibc.")
    flags = " ".join(re.findall(r"\(FLAGS(?:_1)?\)(.*)", dynamic))
    faults += [f"The flag {flag} is missing." for flag in ("NODELETE", "NOW") if flag not in flags]
    faults += [f"It has {tag}." for tag in ("TEXTREL", "RPATH", "RUNPATH") if f"({tag})" in dynamic]
    if "GNU_RELRO" not in segments:
        faults.append("What is relocated stays writable: there is no GNU_RELRO.")
    if not re.search(r"GNU_STACK.* RW ", segments):
        faults.append("Its stack would be executable.")
    faults += [f"It still has {name}." for name in (".symtab", ".debug_info") if f" {name} " in sections]
    if (size := library.stat().st_size) > BYTES_MAX:
        faults.append(f"It has {size} bytes; {BYTES_MAX} are the most.")
    content = library.read_bytes()
    faults += [f"\"{text}\" of this machine is in it." for text in forbidden if text.encode() in content]
    print(f"   glibc {'.'.join(map(str, newest))}, needs {', '.join(sorted(needed))}, {size / 1e6:.1f} MB")
    return faults


# ---- in a JVM ------------------------------------------------------------------------------------


def jvms(processor):
    """{what it is called: how it is started}; another processor than the machine's is played by QEMU, where that is."""
    before, name = [], ""
    if processor != runtimes.OWN:
        player, libraries = shutil.which(f"qemu-{processor}"), Path(f"/usr/{processor}-linux-gnu")
        if player is None or not libraries.exists():
            return {}
        before, name = [player, "-L", libraries], f" on {processor}, played by QEMU"
    return {f"Java {version}{name}": [*before, java, *runtimes.access(version)]
            for version, java in runtimes.jdks(processor).items() if version >= runtimes.OLDEST}


def faults_in_jvms(jar, processors):
    faults = []
    with tempfile.TemporaryDirectory(prefix="awsfed-jar-") as folder:
        subprocess.run(["javac", "--release", str(runtimes.OLDEST), "-d", folder, HERE / "TwoCopies.java", *LOOPBACK.rglob("*.java")], check=True)
        for processor in processors:
            found = jvms(processor)
            if not found and processor == runtimes.OWN:
                faults.append("There is no JVM to try it in.")
            elif not found:
                print(f"   not run on {processor}: it takes qemu-user, the libraries for {processor} and a runtime of runtimes.txt")
            faults += [fault for name, java in found.items() for fault in faults_in_jvm(name, java, folder, jar)]
    return faults


def faults_in_jvm(name, java, folder, jar):
    # -Xrs: that of Java 11 warns of signals that the shell has it ignore.
    command = [*java, "-Xcheck:jni", "-Xrs", f"-Djava.io.tmpdir={folder}", "-cp", folder]
    try:
        done = subprocess.run([*command, "TwoCopies", jar], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=JVM_TIME_MAX, check=False)
    except subprocess.TimeoutExpired:
        return [f"{name} is still at it after {JVM_TIME_MAX} seconds."]
    said = done.stdout.splitlines()
    print(f"   {name}: {', '.join(sorted(set(said)))}")
    if done.returncode != 0 or done.stderr or len(said) != 4 or len(set(said)) != 1 or not said[0].endswith(REFUSAL):
        return [f"{name} ends with {done.returncode}: {(done.stderr or done.stdout).strip()[:2000]}"]
    if left := [path.name for path in Path(folder).iterdir() if path.name.startswith("awsfed-")]:
        return [f"{name} leaves {', '.join(left)} behind."]
    return []
