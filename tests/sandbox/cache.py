#!/usr/bin/env python3
"""Twenty jobs at once that want the same, as separate processes with a folder in common: cache.py AWSFED SANDBOX

How many sign-ins and calls there were, the sandbox's own log tells.
"""
import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from common import PASSWORDS, Sandbox, leaks, main, obtain, role

PROGRAM = sys.argv[2]
JOBS = 20
KEY = "a key of thirty-two random bytes"


def kept(home, **more):
    return {"cache": "files", "cache_folder": home / "kept", "cache_key": "env:CACHE_KEY", **more}


def counts(sandbox):
    """Passwords posted, and calls of STS."""
    lines = sandbox.log().splitlines()
    return sum("POST /adfs/ls" in line for line in lines), sum("POST / " in line for line in lines)


def at_once(jobs, one):
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, range(jobs)))


def one_flight(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        outcomes = at_once(JOBS, lambda _: obtain(tool, sandbox, **kept(home)))
        good = all(outcome.exit == 0 for outcome in outcomes)
        cases.case(f"{JOBS} processes at once are all given credentials",
                   None if good else next(repr(outcome) for outcome in outcomes if outcome.exit))
        cases.case("they are given the same", None if len({outcome.out for outcome in outcomes}) == 1 else "they differ")
        cases.case("there was one sign-in and one call of STS", None if counts(sandbox) == (1, 1) else f"{counts(sandbox)}")

        other = obtain(tool, sandbox, **kept(home, role_arn=role("reader")))
        mine = json.loads(outcomes[0].out)["AccessKeyId"]
        cases.case("another role is another request",
                   None if other.exit == 0 and json.loads(other.out)["AccessKeyId"] != mine else repr(other))
        before = counts(sandbox)
        wrong = obtain(tool, sandbox, password="not the password", **kept(home))
        cases.refused("a wrong password is given nothing that is kept", wrong, "credentials-refused", "refused")
        cases.case("it was asked for at the identity provider", None if counts(sandbox)[0] == before[0] + 1 else "it was not")
        again = obtain(tool, sandbox, **kept(home))
        cases.case("the right one still finds its own", None if again.out == outcomes[0].out else repr(again))

        said = b"".join(path.read_bytes() for path in (home / "kept").iterdir())
        secrets = {"password": PASSWORDS["alice"], "key id": mine, "key": json.loads(outcomes[0].out)["SecretAccessKey"]}
        found = leaks.leaks(said.decode("latin-1"), secrets)
        cases.case("nothing of it can be read in the folder", ", ".join(found) or None)


def fragile_folder(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        obtain(tool, sandbox, **kept(home))

        def works(name, warning, **more):
            outcome = obtain(tool, sandbox, **kept(home, **more))
            good = outcome.exit == 0 and warning in outcome.err
            cases.case(f"{name}: credentials all the same, and a warning", None if good else repr(outcome))

        works("a file in place of the folder", "cannot be opened", cache_folder=PROGRAM)
        (home / "wide").mkdir(mode=0o755)
        works("a folder that others may read", "not this user's alone", cache_folder=home / "wide")
        works("a key that is too short", "shorter than 16 bytes", cache_key="env:SHORT")
        for entry in (home / "kept").glob("*.entry"):
            entry.write_bytes(entry.read_bytes()[:-1])
        works("an entry that is torn", "is broken")
        works("an entry that was torn before", "")


def run(tool, cases, home):
    os.environ.update(CACHE_KEY=KEY, SHORT="short")
    one_flight(tool, cases, home)
    shutil.rmtree(home / "kept")
    fragile_folder(tool, cases, home)


if __name__ == "__main__":
    main(run)
