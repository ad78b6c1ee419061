#!/usr/bin/env python3
"""Obtains credentials over and over in a JVM, from 16 threads with disturbances: java.py BUILD [COUNT]

Four times: in the JVM under -Xcheck:jni and in a process of its own, which is killed now and then; each with the cache in
memory and without. Java must neither crash nor warn, and from the middle to the end of a run memory may not grow.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "bindings/java/tests")]
import run  # noqa: E402

COUNT = 100_000
# With a heap that is all there from the start, what wavers is the compiler's memory and the allocator's. At 100,000
# calls this is found when one leaves 170 bytes.
GROWTH_KIB_MAX = 8 << 10
HEAP = ["-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"]
PATIENCE_S = 3600


def soaked(java, version, classes, way, cache, count, server):
    with run.fake(server) as (start, sts), tempfile.TemporaryDirectory(prefix="awsfed-soak-") as folder:
        command = [java, "-Xcheck:jni", *HEAP, *run.access(version), f"-Djava.io.tmpdir={folder}", way, f"-Dawsfed.test.start={start}",
                   f"-Dawsfed.test.sts={sts}", "-cp", classes, "Soak", count, cache]
        return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=folder,
                              timeout=PATIENCE_S)


def faults_of(done):
    """{claim: what is wrong, or ""} of one run."""
    text = done.stdout + done.stderr
    cases = dict.fromkeys(re.findall(r"^ok (.*)$", done.stdout, re.M), "")
    for line in re.findall(r"^FAIL (.*)$", done.stdout, re.M):
        cases[line.partition(": ")[0]] = line.partition(": ")[2]
    warnings = run.warnings_in(text)
    cases["the JVM neither crashes nor warns"] = warnings[0] if warnings else "" if cases and done.returncode in (0, 1) else text[-2000:]
    memory = [tuple(map(int, row)) for row in re.findall(r"^memory (\d+) (\d+) (\d+)$", done.stdout, re.M)]
    for row, whose in ((1, "the JVM"), (2, "the process")):
        series = [one[row] for one in memory]
        if len(series) == 10 and series[-1]:
            grown = series[-1] - series[4]
            print(f"   KiB of {whose}: {' '.join(map(str, series))}")
            cases[f"the memory of {whose} does not grow"] = f"by {grown} KiB" if grown > GROWTH_KIB_MAX else ""
    return cases


def main():
    build, count = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    version, java = list(run.jdks().items())[-1]
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="awsfed-java-") as target:
        jar = build / "bindings/java/awsfed.jar"
        subprocess.run(["javac", "--release", str(run.OLDEST), "-encoding", "UTF-8", "-d", target, "-cp", jar,
                        ROOT / "tests/soak/java/Soak.java"], check=True)
        for where, way in run.ways(build).items():
            for cache in ("memory", "off"):
                done = soaked(java, version, f"{target}:{jar}", way, cache, count, build / "tests/fake-server")
                outcomes = "".join(re.findall("^calls (.*)$", done.stdout, re.M))
                print(f"== {count} calls {where} of Java {version}, cache={cache}: {outcomes}")
                for claim, fault in faults_of(done).items():
                    print(f"FAIL {claim}: {fault}" if fault else f"ok {claim}", flush=True)
                    passed, failed = passed + (not fault), failed + bool(fault)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
