"""aws-adfs against awsfed-sandbox: adfs_login.py CALLS HOST ROLE_ARN HOME

The user comes by the variables username and password, as aws-adfs has it. Two things are made to fit, so that what is
measured is its sign-in: it posts without having asked for the page, which the sandbox answers only to one who has the
cookie of a page; and it looks up the names of accounts at AWS's console, which would leave this machine.
"""
import contextlib
import hashlib
import io
import json
import os
import sys
import time
from pathlib import Path

from aws_adfs import account_aliases_fetcher
from aws_adfs.commands import cli

WARM_UP_CALLS = 2
HOUR = 3600


def begin(home, host):
    """A home as after the first page of a sign-in, and no session of an earlier one."""
    folder = Path(home) / ".aws"
    folder.mkdir(exist_ok=True)
    jar = folder / f"adfs_cookies_{hashlib.md5(host.encode()).hexdigest()}"
    jar.write_text("# Netscape HTTP Cookie File\n\n"
                   f"127.0.0.1\tFALSE\t/adfs\tTRUE\t{int(time.time()) + HOUR}\tMSISSamlRequest\tbench\n")


def login(host, role, home):
    begin(home, host)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        cli(["login", "--adfs-host", host, "--env", "--stdout", "--role-arn", role, "--no-session-cache",
             "--region", "eu-central-1", "--no-sspi"], standalone_mode=False)
    if json.loads(said.getvalue())["Version"] != 1:
        raise RuntimeError("aws-adfs gave no credentials")


def main():
    calls, host, role, home = int(sys.argv[1]), *sys.argv[2:5]
    os.environ["HOME"] = home
    account_aliases_fetcher.account_aliases = lambda *_: {}
    if calls == 1:  # the cold one: this is all
        login(host, role, home)
        return
    for _ in range(WARM_UP_CALLS):
        login(host, role, home)
    wall, cpu = time.monotonic(), time.process_time()
    for _ in range(calls):
        login(host, role, home)
    print(json.dumps({"calls": calls, "warm_up": WARM_UP_CALLS, "wall_s": time.monotonic() - wall,
                      "cpu_s": time.process_time() - cpu}))


main()
