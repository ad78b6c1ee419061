#!/usr/bin/env python3
"""The sandbox's status page in a browser: page.py AWSFED SANDBOX [PICTURE]

Drives Chromium without a window; skipped where there is none.
"""
import http.client
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from common import PASSWORDS, Sandbox, leaks, main, obtain, role

PROGRAM = sys.argv[2]
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def browse(home, *arguments):
    # --no-sandbox: a container has none to give, and the page is our own. A dump without end would be a defect.
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--disable-background-networking", f"--user-data-dir={home / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def status_of(page, host):
    place = urlsplit(page)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    connection.request("GET", "/", headers={"Host": host or place.netloc})
    answer = connection.getresponse()
    answer.read()
    return answer


def run(tool, cases, home):
    if BROWSER is None:
        print("skip page: there is no Chromium here")
        sys.exit(77)
    with Sandbox(PROGRAM, "[fault wrong_signature]\nnth = 1\n", page=True) as sandbox:
        outcomes = [obtain(tool, sandbox), obtain(tool, sandbox),
                    obtain(tool, sandbox, "<img src=x onerror=alert(1)>", "typed-into-a-form")]
        cases.case("there is something to show", None if [o.exit == 0 for o in outcomes] == [False, True, False] else repr(outcomes))
        dump = browse(home, "--dump-dom", sandbox.page)
        page = dump.stdout
        for name, words in (("the page says where everything is", (sandbox.sts_endpoint, "idp_url", sandbox.ca_file)),
                            ("the page shows what came in", ("Action=AssumeRoleWithSAML", f"RoleArn={role('build')}", "Password=[secret]")),
                            ("the page says what was refused, and why", ("InvalidIdentityToken", "not by the key of the identity provider",
                                                                         "no such user")),
                            ("the page shows what was given", ("assumed-role/build/alice@corp.example",))):
            missing = [word for word in words if word not in page]
            cases.case(name, f"missing: {missing}; {dump.stderr[-200:]}" if missing else None)
        cases.case("the page loads nothing and runs nothing",
                   None if not any(bad in page for bad in ("<script", "<img", "src=", "<link", "onerror=")) else "an active element")
        found = leaks.leaks(page, {**PASSWORDS, "typed": "typed-into-a-form", **leaks.SAML_MARKS})
        cases.case("nothing secret is on the page", ", ".join(found) or None)
        picture(cases, home, sandbox)
        cases.case("the page is for this machine's names only", None if status_of(sandbox.page, "evil.example").status == 421 else "answered")
        policy = status_of(sandbox.page, None).getheader("Content-Security-Policy") or ""
        cases.case("the page forbids what it does not need", None if "default-src 'none'" in policy else policy)
    with Sandbox(PROGRAM) as sandbox:
        cases.case("without --page there is none", None if "page" not in sandbox.places else str(sandbox.places))


def picture(cases, home, sandbox):
    target = Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else home / "page.png"
    shot = browse(home, f"--screenshot={target}", "--window-size=1280,1600", sandbox.page)
    data = target.read_bytes() if target.exists() else b""
    good = data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1280, 1600)
    cases.case("the page can be drawn", None if good else shot.stderr[-300:])


if __name__ == "__main__":
    main(run)
