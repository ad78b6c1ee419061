#!/usr/bin/env python3
"""Runs the fuzz targets, two at a time, and tells what came of it: fuzz.py BUILD [SECONDS] [TARGET...]

Each target has SECONDS (1800 unless said). What it learns stays in BUILD/corpus, inputs that break something in
BUILD/findings, logs in BUILD/fuzz-logs. A target that broke is started again, to find what else there is.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGETS = sorted(path.stem for path in HERE.glob("*.cpp") if path.stem != "xml_mutator")
AT_ONCE = 2
FINDINGS_MAX = 10  # of one target in one run; more of them tell nothing new
INPUT_BYTES_MAX = 120_000  # a response has 100,000 characters of base64 at most
BASE64_BYTES_MAX = 2000  # it is read letter by letter: a long one shows nothing else
MEMORY_MIB_MAX = 2048
INPUT_SECONDS_MAX = 300  # of wall time, for what hangs without working; of its own time a target takes 5 s at most


class Target:
    def __init__(self, build, name):
        self.build, self.name = build, name
        self.executions = self.coverage = self.seconds = 0
        self.findings = []

    @property
    def corpus(self):
        return self.build / "corpus" / self.name

    def command(self, seconds):
        is_long = self.name != "base64"
        words = {"base64": None, "forms": "html.dict", "pages": "html.dict", "policy": "policy.dict", "policy_compare": "policy.dict"}.get(self.name, "saml.dict")
        dictionary = [f"-dict={HERE / words}"] if words else []
        return [self.build / "tests/fuzz" / f"fuzz-{self.name}", f"-max_total_time={seconds}", "-len_control=0",
                f"-max_len={INPUT_BYTES_MAX if is_long else BASE64_BYTES_MAX}", f"-rss_limit_mb={MEMORY_MIB_MAX}",
                f"-timeout={INPUT_SECONDS_MAX}", "-print_final_stats=1", f"-artifact_prefix={self.build / 'findings' / self.name}-", *dictionary, self.corpus, HERE / "corpus" / self.name]

    def run(self, seconds):
        """Until the time is over, or nothing is left to learn from another start."""
        self.corpus.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        for attempt in range(FINDINGS_MAX):
            left = int(seconds - (time.monotonic() - started))
            if left <= 0:
                break
            log = self.build / "fuzz-logs" / f"{self.name}-{attempt}.log"
            with log.open("wb") as out:
                status = subprocess.run(self.command(left), stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode
            self.read(log.read_text(errors="replace"), status, log)
        self.seconds = round(time.monotonic() - started)
        return self

    def read(self, log, status, path):
        self.executions += max(map(int, re.findall(r"number_of_executed_units:\s*(\d+)", log)), default=0) or max(
            map(int, re.findall(r"^#(\d+)\s", log, re.M)), default=0)
        self.coverage = max([self.coverage, *map(int, re.findall(r"\bcov: (\d+)", log))])
        if status != 0:
            kept = re.findall(r"Test unit written to (\S+)", log)
            why = re.search(r"^(?:broken: .*|SUMMARY: .*|.*runtime error: .*)$", log, re.M)
            self.findings.append(f"{kept[-1] if kept else path}: {why[0] if why else f'status {status}'}")

    def row(self):
        inputs = sum(1 for _ in self.corpus.iterdir())
        return f"{self.name:<12}{self.seconds:>8}{self.executions:>12}{self.coverage:>10}{inputs:>8}{len(self.findings):>10}"


def main():
    build, *rest = sys.argv[1:]
    build = Path(build).resolve()
    seconds = int(rest.pop(0)) if rest and rest[0].isdigit() else 1800
    unknown = set(rest) - set(TARGETS)
    if unknown:
        print(f"there is no target {', '.join(sorted(unknown))}, but {', '.join(TARGETS)}", file=sys.stderr)
        return 2
    for folder in ("findings", "fuzz-logs"):
        (build / folder).mkdir(exist_ok=True)
    os.environ.setdefault("ASAN_SYMBOLIZER_PATH", "/usr/lib/llvm-19/bin/llvm-symbolizer")
    os.environ["UBSAN_OPTIONS"] = "print_stacktrace=1:halt_on_error=1"
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(lambda name: Target(build, name).run(seconds), rest or TARGETS))
    print(f"{'target':<12}{'seconds':>8}{'executions':>12}{'coverage':>10}{'corpus':>8}{'findings':>10}")
    for target in done:
        print(target.row())
    for target in done:
        for finding in target.findings:
            print(f"FAIL {target.name}: {finding}")
    failed = sum(bool(target.findings) or target.executions == 0 for target in done)
    print(f"{len(done) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
