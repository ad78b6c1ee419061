"""The Java binding beside the C interface: what a call that finds its credentials costs more, and a first one."""
import os
import shutil
import subprocess

from ground import ROOT
from measure import Side, answers, costs, median
from sandbox import role
from table import compare

C, BARE = "the C interface", "a JVM that does nothing"
KEPT = "Java: AssumeRole's credentials once more, from memory"
FIRST = "Java: a fresh process and its first credentials"
IN_JVM, OUTSIDE = "library in the JVM", "library in a process of its own"
KEPT_US_MORE_MAX, FIRST_MS_MORE_MAX = 5, 150  # the targets, above C
JNI_SINCE = 22  # from here on the JVM wants to be told who may load native code


def settings(ground, address):
    return {"sts_endpoint": address, "http_loopback": "true", "region": "us-east-1", "role_arn": role("build"),
            "role_session_name": "bench", **ground.own_keys(), "secret_access_key": "@BENCH_SECRET_KEY"}


def parts(ground):
    return [ground.build / "bindings/java" / name for name in ("awsfed.jar", "libawsfed-jni.so")]


def is_there(ground):
    return shutil.which("javac") is not None and all(part.exists() for part in parts(ground))


def compiled(ground):
    """The class path of the program of our side, and of one that does nothing."""
    folder, (jar, _) = ground.home / "java", parts(ground)
    subprocess.run(["javac", "--release", "11", "-d", folder, "-cp", jar, *sorted((ROOT / "bench/java").glob("*.java"))], check=True)
    return f"{folder}{os.pathsep}{jar}"


def flags():
    said = subprocess.run(["java", "-XshowSettings:properties", "-version"], check=True, capture_output=True, text=True).stderr
    version = next(line.split("=")[1].strip() for line in said.splitlines() if "java.specification.version" in line)
    return ["--enable-native-access=ALL-UNNAMED"] if float(version) >= JNI_SINCE else []


def sides(ground, class_path, address, calls):
    """{where the library is: its side}, and C's."""
    given = settings(ground, address)
    words = [f"{name}={value}" for name, value in given.items()]
    ways = {IN_JVM: f"-Dio.awsfed.library={parts(ground)[1]}", OUTSIDE: f"-Dio.awsfed.process={ground.tool}"}
    java = {where: Side(where, ["java", *flags(), way, "-cp", class_path, "Calls", calls, *words], ground.secrets)
            for where, way in ways.items()}
    return java, Side(C, ground.calls("obtain", 1, calls, given), ground.secrets)


def java(ground, peers, effort):
    if not is_there(ground):
        peers.skipped["Java"] = "there is no JDK, or the binding is not built"
        return []
    class_path = compiled(ground)
    with ground.stand_in() as address:
        in_java, in_c = sides(ground, class_path, address, effort.warm_calls * 10)
        kept = answers([*in_java.values(), in_c], effort.rounds)
        in_java, in_c = sides(ground, class_path, address, 0)
        first = costs([*in_java.values(), in_c, Side(BARE, ["java", "-cp", class_path, "Nothing"])], effort.starts)
    return [*kept_rows(kept), *first_rows(first)]


def kept_rows(found):
    """In the JVM it is all on the thread that calls. In a process of its own it is on both sides, so the clock tells."""
    c_cpu = median(one["cpu_s"] / one["calls"] * 1e6 for one in found[C])
    c_time = median(one["wall_s"] / one["calls"] * 1e6 for one in found[C])
    return [*compare(f"{KEPT}, {IN_JVM}: CPU of the thread", "µs", median(one["cpu_us"] for one in found[IN_JVM]), {C: c_cpu}),
            *compare(f"{KEPT}, {OUTSIDE}: time", "µs", median(one["us"] for one in found[OUTSIDE]), {C: c_time})]


def first_rows(found):
    def rows(where, what, of):
        middle = {name: median(map(of, all_)) for name, all_ in found.items()}
        return compare(f"{FIRST}, {where}: {what}", "ms", middle[where], {C: middle[C], BARE: middle[BARE]})

    return [row for where in (IN_JVM, OUTSIDE)
            for row in (*rows(where, "median", lambda cost: cost.wall_ms), *rows(where, "own CPU", lambda cost: cost.cpu_ms))]


def targets(rows):
    """(what, the limit in words, the value, whether it holds) of what is promised."""
    for row in rows:
        if row.peer == C and f", {IN_JVM}: " in row.what:
            most = KEPT_US_MORE_MAX if row.what.startswith(KEPT) else FIRST_MS_MORE_MAX
            more = row.awsfed - row.value
            yield row.what, f"at most {most} {row.unit} above {C}", more, more <= most
