#!/usr/bin/env python3
"""Twenty jobs at once at the AD FS look-alike, with a folder in common: jobs.py AWSFED

How many passwords it saw, and how many calls there were, the look-alike and the strict STS count by themselves.
"""
import json
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import peers  # noqa: F401  (puts the frame of tests/real on the path)
from cli import flags, main
from oracle import ORACLE, PASSWORD, ROLE, Farm, admin

JOBS = 20
LATER = {"an hour later, less a minute": (timedelta(minutes=59), 0), "two hours and a minute later": (timedelta(minutes=121), 1)}


def calls_of_sts():
    return sum("Action=" in str(row.get("body")) for row in admin("STS", "GET", "/log?since=0")["requests"])


class Jobs:
    def __init__(self, tool, home):
        self.farm, self.tool, self.home = Farm(tool, idp_initiated=True), tool, home
        os.environ["CACHE_KEY"] = "a key of thirty-two random bytes"

    def kept(self, **more):
        return {"cache": "files", "cache_folder": self.home, "cache_key": "env:CACHE_KEY", **more}

    def obtain(self, password=PASSWORD, **more):
        return self.farm.obtain(password=password, **self.kept(**more))

    def all_at_once(self, password=PASSWORD):
        with ThreadPoolExecutor(JOBS) as pool:
            return list(pool.map(lambda _: self.obtain(password), range(JOBS)))

    def later(self, after, password):
        """The same call on a machine whose clock is ahead; a password that is refused never comes to a signature."""
        settings = {"idp": "adfs", "idp_url": ORACLE["ADFS"], "ca_file": ORACLE["CA"], "user": "CORP\\alice", "region": "us-east-1",
                    "password": "env:PASSWORD", "sts_endpoint": ORACLE["STS"], "role_arn": ROLE, **self.kept()}
        variables = {name: value for name, value in os.environ.items() if not name.startswith("AWSFED_")}
        ahead = ["faketime", "-f", f"+{int(after.total_seconds())}s"]
        return subprocess.run([*ahead, self.tool.path, "obtain", "--error-format", "json", *map(str, flags(**settings))], text=True,
                              env={**variables, "PASSWORD": password}, capture_output=True, timeout=60, check=False)


def check(cases, name, found, expected):
    cases.case(name, None if found == expected else f"{found!r}, not {expected!r}")


def one_sign_in(cases, jobs):
    outcomes = jobs.all_at_once()
    check(cases, f"{JOBS} processes, empty cache: all are given credentials", [one.exit for one in outcomes], [0] * JOBS)
    check(cases, "they are given the same", len({one.out for one in outcomes}), 1)
    check(cases, "there was one sign-in, and one call of STS", (jobs.farm.attempts(), jobs.farm.posts(), calls_of_sts()), (["ok"], 1, 1))


def one_attempt(cases, jobs):
    wrong = "Wrong-Horse-7"
    outcomes = jobs.all_at_once(wrong)
    check(cases, f"{JOBS} processes with a wrong password: all are refused", {one.error.get("code") for one in outcomes},
          {"credentials-refused"})
    check(cases, "one posted it", (jobs.farm.attempts(), jobs.farm.posts()), (["wrong"], 1))
    if shutil.which("faketime"):
        for name, (after, posts) in LATER.items():
            before = jobs.farm.posts()
            refused = "credentials-refused" in jobs.later(after, wrong).stderr
            check(cases, f"{name}: refused, with {posts} more", (refused, jobs.farm.posts() - before), (True, posts))
    else:
        cases.skip("an hour later", "faketime is not there")
    before = jobs.farm.posts()
    changed = jobs.obtain()
    check(cases, "a changed password is tried once, at once", (changed.exit, jobs.farm.posts() - before), (0, 1))


def others_secret(cases, jobs):
    jobs.obtain()
    for number in range(5):
        jobs.obtain(f"Guess-Horse-{number}")
    before = jobs.farm.posts()
    mine = jobs.obtain(duration="900")
    check(cases, "another job's bad passwords do not hold up the one that succeeded last", (mine.exit, jobs.farm.posts() - before), (0, 1))
    check(cases, "and were sent three times at the most", jobs.farm.attempts().count("wrong"), 3)


def session(cases, jobs):
    for duration in ("900", "1800", "3600"):
        jobs.obtain(keep_session="true", duration=duration)
    check(cases, "a kept session: three requests, one password, three calls of STS",
          (jobs.farm.attempts(), jobs.farm.posts(), calls_of_sts()), (["ok"], 1, 3))
    wrong = jobs.obtain("Wrong-Horse-7", keep_session="true", duration="1200")
    check(cases, "a wrong password finds no session", (wrong.error.get("code"), jobs.farm.posts()), ("credentials-refused", 2))


def listed(cases, jobs):
    outcome = jobs.obtain()
    given = json.loads(outcome.out)
    shown = jobs.tool("cache", "list", "--json", *flags(**jobs.kept()))
    one = next(entry for entry in json.loads(shown.out) if entry["kind"] == "credentials")
    check(cases, "what is kept is shown, for whom and for what", (one["user"], one["role_arn"]), ("CORP\\alice", ROLE))
    cases.case("and never a secret", "a secret" if any(given[name] in shown.out for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
               else None)


def run(tool, cases, home):
    if "ADFS" not in ORACLE:
        print("skip jobs: the look-alike is not running")
        return
    for part in (one_sign_in, one_attempt, others_secret, session, listed):
        part(cases, Jobs(tool, home / part.__name__))


if __name__ == "__main__":
    main(run)
