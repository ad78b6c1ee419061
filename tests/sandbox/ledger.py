#!/usr/bin/env python3
"""No account is locked by jobs that try, and no job is held up by others that do: ledger.py AWSFED SANDBOX

How many passwords were posted, the sandbox's own log tells.
"""
import http.server
import json
import os
import pty
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from common import PASSWORDS, Sandbox, leaks, main, obtain, role, there

PROGRAM = sys.argv[2]
JOBS = 20


def kept(home, **more):
    return {"cache": "files", "cache_folder": home / "kept", "cache_key": "env:CACHE_KEY", **more}


def posts(sandbox):
    return sum("POST /adfs/ls" in line for line in sandbox.log().splitlines())


def pages(sandbox):
    return sum(" /adfs/ls" in line for line in sandbox.log().splitlines())


def code(outcome):
    return json.loads(outcome.err.splitlines()[-1])["code"] if outcome.exit else "ok"


def tool_on_store(tool, home, *arguments):
    return tool(*arguments, "--cache", "files", "--cache-folder", home / "kept", "--cache-key", "env:CACHE_KEY")


class Scene:
    def __init__(self, tool, cases, home):
        self.tool, self.cases, self.home = tool, cases, home

    def sign_in(self, sandbox, password=None, **more):
        return obtain(self.tool, sandbox, password=password, **kept(self.home, **more))

    def check(self, name, found, expected):
        self.cases.case(name, None if found == expected else f"{found!r}, not {expected!r}")


def one_attempt(scene):
    with Sandbox(PROGRAM) as sandbox:
        with ThreadPoolExecutor(JOBS) as pool:
            outcomes = list(pool.map(lambda _: scene.sign_in(sandbox, "not the password"), range(JOBS)))
        scene.check(f"security rule 6: {JOBS} processes with a wrong password post it once",
                    (posts(sandbox), {code(one) for one in outcomes}), (1, {"credentials-refused"}))
        before = pages(sandbox)
        again = scene.sign_in(sandbox, "not the password")
        scene.check("it is not even begun again", (pages(sandbox) - before, code(again)), (0, "credentials-refused"))
        told = json.loads(again.err.splitlines()[-1])
        scene.check("the refusal says since when, and what to do",
                    ("was refused at" in told["message"], "awsfed forget" in told["advice"], told["stage"]),
                    (True, True, "sign-in/ledger"))
        right = scene.sign_in(sandbox)
        scene.check("a changed password is tried at once, once", (posts(sandbox), code(right)), (2, "ok"))

        for number in range(4):
            scene.sign_in(sandbox, f"guess {number}")
        scene.check("another job's guesses are sent as often as the budget lets them", posts(sandbox), 4)
        scene.check("the next one is told so", code(scene.sign_in(sandbox, "guess 5")), "attempts-spent")
        other_role = scene.sign_in(sandbox, role_arn=role("reader"))
        scene.check("they do not hold up the password that was right last", (posts(sandbox), code(other_role)), (5, "ok"))

        secrets = {"password": PASSWORDS["alice"], "wrong": "not the password", "guess": "guess 1"}
        said = b"".join(path.read_bytes() for path in (scene.home / "kept").iterdir())
        scene.cases.case("nothing of what was tried can be read in the folder",
                         ", ".join(leaks.leaks(said.decode("latin-1"), secrets)) or None)
        forgot = scene.tool("forget", *there(sandbox), "--cache", "files", "--cache-folder", scene.home / "kept",
                            "--cache-key", "env:CACHE_KEY", PASSWORD="x")
        scene.check("what was tried is forgotten where that is asked for", forgot.exit, 0)
        scene.sign_in(sandbox, "not the password")
        scene.check("then a refused password is tried again", posts(sandbox), 6)


def without_ledger(scene):
    with Sandbox(PROGRAM) as sandbox:
        broken = {"cache_folder": PROGRAM}
        works = scene.sign_in(sandbox, **broken)
        scene.check("without a ledger that can be written: one attempt, and a warning",
                    (code(works), posts(sandbox), "known to this process alone" in works.err), ("ok", 1, True))
        refused = scene.sign_in(sandbox, password_ledger="required", **broken)
        scene.check("or none, where the settings ask for that", (code(refused), posts(sandbox)), ("store-failed", 1))
        memory = obtain(scene.tool, sandbox, password_ledger="required")
        scene.check("a ledger of the process alone is none then, too", (code(memory), posts(sandbox)), ("store-failed", 1))


def kept_session(scene):
    with Sandbox(PROGRAM) as sandbox:
        keep = {"keep_session": "true"}
        first = scene.sign_in(sandbox, **keep)
        second = scene.sign_in(sandbox, role_arn=role("reader"), **keep)
        scene.check("a kept session spares the next process the password",
                    (code(first), code(second), posts(sandbox)), ("ok", "ok", 1))
        roles = {json.loads(one.out)["AccessKeyId"] for one in (first, second)}
        scene.check("each has the credentials of its own role", len(roles), 2)
        wrong = scene.sign_in(sandbox, "not the password", role_arn=role("reader"), **keep)
        scene.check("security rule 11: a wrong password finds no session",
                    (code(wrong), posts(sandbox)), ("credentials-refused", 2))
        plain = scene.sign_in(sandbox, role_arn=role("reader"), duration="900", cache_folder=scene.home / "other", **keep)
        scene.check("nor does who has another folder", (code(plain), posts(sandbox)), ("ok", 3))

        listed = tool_on_store(scene.tool, scene.home, "cache", "list", "--json")
        all_kept = json.loads(listed.out)
        scene.check("what is kept is listed", sorted(one["kind"] for one in all_kept),
                    ["attempts", "credentials", "credentials", "session"])
        scene.check("for whom, and until when",
                    ({one.get("user") for one in all_kept}, all("expires" in one for one in all_kept if one["kind"] != "attempts")),
                    ({"alice"}, True))
        secrets = {"password": PASSWORDS["alice"], "key": json.loads(first.out)["SecretAccessKey"],
                   "token": json.loads(first.out)["SessionToken"], "key id": json.loads(first.out)["AccessKeyId"]}
        table = tool_on_store(scene.tool, scene.home, "cache", "list")
        shown = tool_on_store(scene.tool, scene.home, "cache", "show", all_kept[0]["id"])
        scene.check("a table has a line for each", len(table.out.splitlines()), 5)
        scene.check("one is shown whole by its id", (shown.exit, all_kept[0]["id"] in shown.out), (0, True))
        scene.cases.case("no secret is listed",
                         ", ".join(leaks.leaks(listed.out + table.out + shown.out + table.err, secrets)) or None)

        scene.check("who does not say what to erase erases nothing",
                    tool_on_store(scene.tool, scene.home, "cache", "erase").exit, 13)
        one = next(entry for entry in all_kept if entry["kind"] == "credentials")
        scene.check("one is erased by the beginning of its id",
                    tool_on_store(scene.tool, scene.home, "cache", "erase", one["id"][:12]).out, "1 erased\n")
        scene.check("all of a user are erased",
                    tool_on_store(scene.tool, scene.home, "cache", "erase", "--of-user", "ALICE").out, "2 erased\n")
        anew = scene.sign_in(sandbox, **keep)
        scene.check("then the password is needed again", (code(anew), posts(sandbox)), ("ok", 4))


def at_terminal(scene, sandbox, *answers, **settings):
    """Signs in as a person at a terminal does, who is asked for user and password. The exit status."""
    ours, theirs = pty.openpty()
    left_out = {"user": None, "password": None}
    process = subprocess.Popen([scene.tool.path, "roles", *map(str, there(sandbox, **{**left_out, **kept(scene.home), **settings}))],
                               stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs, start_new_session=True,
                               preexec_fn=lambda: os.close(os.open(os.ttyname(theirs), os.O_RDWR)))
    os.close(theirs)
    said = b""
    for question, answer in answers:
        while question not in said.rpartition(b"\n")[2]:
            said += os.read(ours, 1000)
        time.sleep(0.5)  # what is typed before the echo is off is thrown away
        os.write(ours, answer.encode() + b"\n")
        said = b""
    process.wait(30)
    os.close(ours)
    return process.returncode


def typed(scene):
    with Sandbox(PROGRAM) as sandbox:
        first = at_terminal(scene, sandbox, (b"User name", "alice"), (b"Password", PASSWORDS["alice"]), keep_session="true")
        scene.check("a person signs in at a terminal", (first, posts(sandbox)), (0, 1))
        nobody = scene.tool("obtain", "--error-format", "json",
                            *there(sandbox, user=None, **kept(scene.home, password=None, keep_session="true")))
        scene.check("security rule 11: who names no user and no password has nobody's session",
                    (code(nobody), posts(sandbox)), ("question-left", 1))


class Unclear(http.server.BaseHTTPRequestHandler):
    """A sign-in whose answer to any password is a response that cannot be read."""
    FORM = '<form method="post" action="/"><input name="username"><input type="password" name="password"></form>'
    ANSWER = ('<form method="post" action="https://signin.aws.amazon.com/saml">'
              '<input type="hidden" name="SAMLResponse" value="bm90aGluZw=="></form>')

    def say(self, page):
        body = f"<html><body>{page}</body></html>".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.say(self.FORM)

    def do_POST(self):
        self.server.posts += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say(self.ANSWER)

    def log_message(self, *_):
        pass


def unclear(scene):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Unclear) as server, Sandbox(PROGRAM) as sandbox:
        server.posts = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place = {"idp_url": f"http://127.0.0.1:{server.server_port}/", "http_loopback": "true"}
        codes = [code(scene.sign_in(sandbox, "not the password", **place)) for _ in range(5)]
        scene.check("security rule 6: a response that cannot be read proves no password",
                    (codes, server.posts), (["response-malformed"] * 3 + ["attempts-spent"] * 2, 3))
        server.shutdown()


def run(tool, cases, home):
    os.environ.update(CACHE_KEY="a key of thirty-two random bytes")
    scene = Scene(tool, cases, home)
    for part in (one_attempt, without_ledger, kept_session, typed, unclear):
        part(scene)
        shutil.rmtree(home / "kept", ignore_errors=True)


if __name__ == "__main__":
    main(run)
