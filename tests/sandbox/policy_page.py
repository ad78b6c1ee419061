#!/usr/bin/env python3
"""The page that explains a session policy, in a browser: policy_page.py POLICY_PAGE [PICTURE]

Drives Chromium without a window; skipped where there is none. Documents are full of what would be loaded or run if
it were taken for more than text.
"""
import json
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

PROGRAM = sys.argv[1]
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCRIPT = "<script>document.title='taken'</script>"


class Listener:
    """A port on loopback that counts who comes."""

    def __init__(self):
        self.calls = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                self.socket.accept()[0].close()
            except OSError:
                return
            self.calls += 1


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, ensure_ascii=False)


def explanation(url):
    allow = {"Effect": "Allow"}
    return {
        "role": [{"name": "role: build", "document": policy(
            {"Sid": "Reads", **allow, "Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
            {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*",
             "Condition": {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}})}],
        "session": [{"name": "policy_file", "document": policy(
            {"Sid": SCRIPT, **allow, "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::b/<img src={url}/a onerror=alert(1)>"},
            {**allow, "Action": "ec2:*", "Resource": "*", "Condition": {"StringEquals": {f"</style><link rel=stylesheet href={url}/b>": "\u202egnp.exe"}}},
            {**allow, "NotAction": "iam:*", "NotResource": f"\"><iframe src={url}/c>"})}],
        "report": {
            "data_date": "2026-09-26",
            "statements": [
                {"policy": 0, "statement": 0, "redundant": False, "parts": [
                    {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/*", "state": "useful"},
                    {"action": "s3:PutObject", "resource": "arn:aws:s3:::b/*", "state": "no_role_allow"}]},
                {"policy": 0, "statement": 1, "redundant": False, "state": "role_denies"},
                {"policy": 0, "statement": 2, "redundant": True, "state": "useful"}],
            "within_role": {"answer": "no", "why": f"<object data={url}/d>", "witness": {
                "action": "s3:PutObject", "resource": "arn:aws:s3:::b/x", "context": {"aws:SourceIp": ["10.1.2.3"]}}}},
        "left": {"documents": [{
            "document": policy({**allow, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}), "label": "upper",
            "why": "ForAnyValue twice", "witness": {"action": "s3:GetObject", "resource": "arn:aws:s3:::b/z", "context": {}}}]},
    }


def page_of(text):
    return subprocess.run([PROGRAM], input=text, capture_output=True, text=True, timeout=60)


def browse(home, *arguments):
    # --no-sandbox: a container has none to give, and the page is our own.
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
               "--disable-background-networking", "--enable-logging=stderr", f"--user-data-dir={home / 'profile'}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)


def cases(home):
    listener = Listener()
    made = page_of(json.dumps(explanation(listener.url)))
    yield "a page is made", None if made.returncode == 0 and made.stdout.startswith("<!DOCTYPE html>") else made.stderr[-300:]
    wrong = [page_of(text).returncode for text in ("", "[]", "{", '{"role": 1}', '{"session": [{"document": "{"}], "report": {"statements": [3, {"policy": "x"}]}}')]
    yield "what is no explanation is refused, what lacks parts is shown", None if wrong == [1, 1, 1, 0, 0] else repr(wrong)
    file = home / "page.html"
    file.write_text(made.stdout, encoding="utf-8")
    dump = browse(home, "--dump-dom", file.as_uri())
    page = dump.stdout
    for name, words in (
            ("the page sums up", ("2 of 3 statements of the session policy are useful, 1 grant nothing, 1 are redundant", "more than the role allows")),
            ("the page shows the role", ("role: build", "s3:List*", "all actions but", "192.0.2.0/24")),
            ("the page shows what grants nothing, and why", ("useful in part", "the role does not allow it", "the role denies it", "redundant")),
            ("the page shows what is left, and how exactly", ("At most this", "arn:aws:s3:::b/z", "ForAnyValue twice")),
            ("the page shows what the session asks for too much", ("arn:aws:s3:::b/x", "10.1.2.3")),
            ("the page says of when it is", ("2026-09-26",)),
            ("markup in a document is text", ("&lt;script&gt;document.title='taken'&lt;/script&gt;", "&lt;img src=", "&lt;iframe src=")),
            ("a character that turns the direction of reading is named", ("<mark>U+202E</mark>gnp.exe",))):
        missing = [word for word in words if word not in page]
        yield name, f"missing: {missing}; {dump.stderr[-200:]}" if missing else None
    active = [bad for bad in ("<script", "<img", "<iframe", "<link", "<object", "\u202e", "<title>taken") if bad in page]
    yield "the page loads nothing and runs nothing", repr(active) if active else None
    console = [line for line in dump.stderr.splitlines() if "CONSOLE" in line]
    yield "the browser finds nothing to complain of", "; ".join(console) or None
    target = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else home / "page.png"
    shot = browse(home, f"--screenshot={target}", "--window-size=1400,1300", file.as_uri())
    data = target.read_bytes() if target.exists() else b""
    good = data[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", data[16:24]) == (1400, 1300)
    yield "the page can be drawn", None if good else shot.stderr[-300:]
    yield "nobody was called", None if listener.calls == 0 else f"{listener.calls} calls"
    policy_line = [line for line in page.splitlines() if "Content-Security-Policy" in line]
    yield "the page forbids what it does not need", None if policy_line and "default-src 'none'" in policy_line[0] else repr(policy_line)


def main():
    if BROWSER is None:
        print("skip policy page: there is no Chromium here")
        return 77
    passed = failed = 0
    with tempfile.TemporaryDirectory() as home:
        for name, fault in cases(Path(home)):
            print(f"FAIL {name}: {fault}" if fault else f"ok {name}", flush=True)
            failed += bool(fault)
            passed += not fault
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
