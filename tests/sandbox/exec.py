#!/usr/bin/env python3
"""Programs that are run with credentials, and the port where they get others: exec.py AWSFED SANDBOX

The port is asked by a program of ours with the standard library's client, and by boto3 where the demo's parts have it.
Credentials of seconds come from an STS of a few lines: no real one gives them out.
"""
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from common import LONG_TERM, PASSWORDS, Sandbox, flags, main, role, services, there

PROGRAM = sys.argv[2]
PATIENCE_SECONDS = 60
STALE = {"AWS_PROFILE": "old", "AWS_DEFAULT_PROFILE": "old", "AWS_SECURITY_TOKEN": "old", "AWS_SESSION_TOKEN": "old",
         "AWS_ACCESS_KEY_ID": "AKIAOLDOLDOLDOLDOLD0", "AWS_SECRET_ACCESS_KEY": "old", "AWS_ROLE_ARN": role("old"),
         "AWS_WEB_IDENTITY_TOKEN_FILE": "/old", "AWS_ROLE_SESSION_NAME": "old", "AWS_CREDENTIAL_EXPIRATION": "old",
         "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/old", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/old"}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION")
PORT = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")

# What children run. ask() is what an SDK does; it gives the status, the headers and the object.
ASK = """
import http.client, json, os, sys, time
from urllib.parse import urlsplit
def ask(method="GET", path=None, address=None, **headers):
    url = urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"])
    there = http.client.HTTPConnection("127.0.0.1", url.port, timeout=30)
    there.putrequest(method, path or url.path, skip_host="Host" in headers)
    for name, value in {"Authorization": os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"], **headers}.items():
        if value is not None:
            there.putheader(name.replace("_", "-"), value)
    there.endheaders()
    answer = there.getresponse()
    said = answer.read()
    return answer.status, dict(answer.getheaders()), json.loads(said) if said else {}
"""
SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def run_with(tool, wishes, child, **variables):
    """The outcome of a child in Python. Variables are the parent's own; PASSWORD among them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
    return subprocess.run([tool.path, "exec", "--error-format", "json", *map(str, wishes), "--", sys.executable, "-c", child],
                          env={**kept, **variables}, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
                          stdin=subprocess.DEVNULL)


def told(done):
    return json.loads(done.stdout) if done.returncode == 0 and done.stdout else {}


def fault(good, done):
    return None if good else f"exit {done.returncode}, {len(done.stdout)} characters on stdout, {done.stderr.strip()[-400:]}"


# ---- the environment -------------------------------------------------------------------------

def environments(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        wishes = there(sandbox)
        secrets = {"PASSWORD": PASSWORDS["alice"], "HOME": str(home)}
        done = run_with(tool, wishes, SHOW, **STALE, **secrets, AWSFED_DURATION="20m")
        seen = told(done)
        cases.case("stale variables are gone from the child", fault(seen and not set(seen) & (set(STALE) - set(PORT)), done))
        cases.case("the child has the port and its token, and no keys",
                   fault(all(seen.get(name) for name in PORT) and not set(seen) & set(KEYS), done))
        cases.case("the token is 256 random bits", fault(len(seen.get(PORT[1], "")) == 64, done))
        cases.case("the region is the one of the credentials", fault(
            seen.get("AWS_REGION") == seen.get("AWS_DEFAULT_REGION") == "eu-central-1", done))
        cases.case("the role of the machine is out of reach", fault(seen.get("AWS_EC2_METADATA_DISABLED") == "true", done))
        cases.case("neither the password nor settings of the sign-in are in the child's environment", fault(
            seen and PASSWORDS["alice"] not in seen.values() and "AWSFED_DURATION" not in seen, done))

        done = run_with(tool, ["--static", *wishes], SHOW, **STALE, **secrets)
        seen = told(done)
        cases.case("--static gives all of the keys and their end, and no port", fault(
            all(seen.get(name) not in (None, STALE.get(name)) for name in KEYS) and not set(seen) & set(PORT), done))
        cases.case("--static: stale variables are gone, too", fault(seen and not set(seen) & (set(STALE) - set(KEYS)), done))

        outcome = tool("obtain", *wishes, **secrets)
        unset = set(outcome.out.splitlines()[0].split()[1:])
        cases.case("what obtain has a shell unset, exec unsets", None if unset and unset <= set(STALE) else f"{unset}")

        default_profiles(tool, cases, home, sandbox)


def default_profiles(tool, cases, home, sandbox):
    folder = home / "someone" / ".aws"
    folder.mkdir(parents=True)
    variables = {"HOME": str(folder.parent), "PASSWORD": PASSWORDS["alice"]}
    (folder / "credentials").write_text("[other]\naws_access_key_id = x\n[default]\nregion = eu-west-1\n")
    (folder / "config").write_text("[default]\nregion = eu-west-1\n[profile x]\nrole_arn = x\n")
    done = run_with(tool, there(sandbox), SHOW, **variables)
    hidden = {"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"}
    cases.case("files without credentials in [default] stay", fault(told(done) and not hidden & set(told(done)), done))
    (folder / "credentials").write_text("[default]\naws_access_key_id = x\naws_secret_access_key = y\n")
    (folder / "config").write_text("[default]\ncredential_process = /bin/x\n")
    done = run_with(tool, there(sandbox), SHOW, **variables)
    good = all(told(done).get(name) == "/dev/null" for name in hidden) and done.stderr.count("[default]") == 2
    cases.case("files whose [default] would come before the port are kept away, with a warning", fault(good, done))


# ---- the port --------------------------------------------------------------------------------

def answers(tool, cases, home):
    child = ASK + """
port = urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).port
wrong = "0" * 64
print(json.dumps({
    "good": ask(), "localhost": ask(Host=f"localhost:{port}"),
    "foreign host": ask(Host=f"attacker.example:{port}"), "host without port": ask(Host="127.0.0.1"),
    "no token": ask(Authorization=None), "wrong token": ask(Authorization=wrong), "short token": ask(Authorization="0"),
    "token as bearer": ask(Authorization="Bearer " + os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]),
    "origin": ask(Origin=f"http://127.0.0.1:{port}"), "post": ask("POST", Content_Length="0"), "head": ask("HEAD"),
    "options": ask("OPTIONS", Access_Control_Request_Method="GET"), "path": ask(path="/")}))
"""
    with Sandbox(PROGRAM) as sandbox:
        done = run_with(tool, there(sandbox), child, PASSWORD=PASSWORDS["alice"], HOME=str(home))
        got = told(done)
        status, headers, keys = got.get("good", (0, {}, {}))
        cases.case("the port gives credentials in ECS's form", fault(
            status == 200 and set(keys) == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"} and
            all(keys.values()) and headers["Content-Type"] == "application/json", done))
        cases.case("by the name localhost as well", fault(got.get("localhost", (0,))[0] == 200, done))
        wanted = {"foreign host": 421, "host without port": 421, "no token": 401, "wrong token": 401, "short token": 401,
                  "token as bearer": 401, "origin": 421, "post": 405, "head": 405, "options": 405, "path": 404}
        for name, status in wanted.items():
            found, _, said = got.get(name, (0, {}, {}))
            good = found == status and (name == "head" or set(said) == {"code", "message"})
            cases.case(f"{name}: {status}, without credentials", fault(good, done))
        cases.case("no answer lets another origin in", fault(
            got and not [name for _, heads, _ in got.values() for name in heads if name.lower().startswith("access-control")],
            done))
        cases.case("one sign-in served all of it", None if sandbox.log().count("POST /adfs/ls") == 1 else "there were others")


def end_of_the_port(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        child = ASK + 'ask(); print(json.dumps(urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).port))'
        done = run_with(tool, there(sandbox), child, PASSWORD=PASSWORDS["alice"], HOME=str(home))
        cases.case("behind the child nothing listens", fault(isinstance(told(done), int) and not listens(told(done)), done))

        left = "import subprocess; subprocess.Popen(['sleep', '3'], close_fds=False, stdout=2)"
        done = run_with(tool, there(sandbox), child + "; " + left, PASSWORD=PASSWORDS["alice"], HOME=str(home))
        cases.case("nor by what the child leaves behind", fault(isinstance(told(done), int) and not listens(told(done)), done))

        with running(tool, sandbox, home, ASK + """
print(urlsplit(os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]).port, flush=True)
time.sleep(30)
""") as process:
            port = int(process.stdout.readline())
            said = Path(f"/proc/{process.pid}/cmdline").read_bytes() + Path(f"/proc/{children(process.pid)[0]}/cmdline").read_bytes()
            cases.case("no secret is in an argument", None if PASSWORDS["alice"].encode() not in said else "there is")
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            cases.case("the port does not outlive the tool, however it ends", None if not listens(port) else "it listens")


def listens(port):
    with socket.socket() as end:
        return end.connect_ex(("127.0.0.1", port)) == 0


def children(process):
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


@contextmanager
def running(tool, sandbox, home, child, *more):
    """The tool, and its child in Python, which may still run. Both are ended."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
    process = subprocess.Popen([tool.path, "exec", *more, *there(sandbox), "--", sys.executable, "-c", child], text=True,
                               env={**kept, "PASSWORD": PASSWORDS["alice"], "HOME": str(home)}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
        process.stdout.close()
        process.stderr.close()


# ---- the child's end -------------------------------------------------------------------------

def ends(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox:
        variables = {"PASSWORD": PASSWORDS["alice"], "HOME": str(home)}
        for name, how in (("by the port", []), ("--static", ["--static"])):
            for status in (0, 3, 255):
                done = run_with(tool, [*how, *there(sandbox)], f"raise SystemExit({status})", **variables)
                cases.case(f"{name}: the exit status {status} is passed on", fault(done.returncode == status, done))
            done = run_with(tool, [*how, *there(sandbox)], "import os; os.kill(os.getpid(), 9)", **variables)
            cases.case(f"{name}: a child that is killed is 128 + 9", fault(done.returncode == 137, done))

        def command(*words):
            return tool("exec", *there(sandbox), "--", *words, **variables)
        (home / "plain").write_text("no program")
        (home / "folder").mkdir()
        for name, words, status in (("not found", ["no-such-program-here"], 127), ("not executable", [home / "plain"], 126),
                                    ("a folder", [home / "folder"], 126)):
            outcome = command(*words)
            cases.case(f"a program that is {name}: {status}, and a word why",
                       None if outcome.exit == status and "cannot be run" in outcome.err else repr(outcome))
        outcome = tool("exec", *there(sandbox), **variables)
        cases.case("without a program nothing is sent", None if outcome.exit == 13 else repr(outcome))
        outcome = command("echo", "--version", "--", "--static")
        cases.case("the program's flags are its own", None if outcome.out == "--version -- --static\n" else repr(outcome))
        refused = tool("exec", "--error-format", "json", *there(sandbox), "--", "echo", "ran", PASSWORD="wrong", HOME=str(home))
        cases.refused("no credentials, no program", refused, "credentials-refused", "refused")

        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            with running(tool, sandbox, home, f"""
import signal, time
def end(*_): raise SystemExit(42)
signal.signal(signal.{name}, end)
print("ready", flush=True)
time.sleep(30)
""") as process:
                process.stdout.readline()
                before = time.monotonic()
                process.send_signal(getattr(signal, name))
                status = process.wait(PATIENCE_SECONDS)
                soon = time.monotonic() - before < 5
                cases.case(f"{name} goes on to the child", None if status == 42 and soon else f"exit status {status}")
        with running(tool, sandbox, home, 'print("ready", flush=True); import time; time.sleep(30)') as process:
            process.stdout.readline()
            process.terminate()
            cases.case("a child that heeds no SIGTERM of its own: 128 + 15",
                       None if process.wait(PATIENCE_SECONDS) == 143 else f"exit status {process.returncode}")
        cases.case("Ctrl-C at the terminal reaches the child once", interrupted(tool, sandbox, home))
        config = home / "config"
        config.write_text("[connector deploy]\n" + "".join(f"{name.removeprefix('--').replace('-', '_')} = {value}\n"
                                                           for name, value in zip(*[iter(there(sandbox))] * 2)))
        outcome = tool("exec", "deploy", "--config", config, "--", "echo", "deployed", **variables)
        cases.case("the connector's name may stand alone", None if outcome.out == "deployed\n" else repr(outcome))

        look = ["grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"]
        usual = subprocess.run(look, capture_output=True, text=True, check=True).stdout
        outcome = command(*look)
        same = outcome.exit == 0 and masks(outcome.out) == masks(usual)
        cases.case("the child ignores and blocks the signals that it would without us, no others",
                   None if same else f"{outcome.out!r}, not {usual!r}")


COUNT = """
import signal, sys, time
seen = []
signal.signal(signal.SIGINT, lambda *_: seen.append(1))
print("ready", flush=True)
while not seen:
    time.sleep(0.05)
time.sleep(1)
sys.exit(10 + len(seen))
"""


def interrupted(tool, sandbox, home):
    """The terminal sends to all of its foreground processes; the tool must not send it on once more."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
    process, terminal = pty.fork()
    if process == 0:
        os.execve(tool.path, [tool.path, "exec", *there(sandbox), "--", sys.executable, "-c", COUNT],
                  {**kept, "PASSWORD": PASSWORDS["alice"], "HOME": str(home)})
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 1000)
    os.write(terminal, b"\x03")
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    return None if status == 11 else f"exit status {status}"


def masks(lines):
    """Of SigBlk and SigIgn. Two signals are glibc's own, which its posix_spawn ignores."""
    return [int(line.split()[1], 16) & ~0x180000000 for line in lines.splitlines()]


# ---- credentials that end --------------------------------------------------------------------

class ShortSts(ThreadingHTTPServer):
    """An STS that gives out credentials of a few seconds, and refuses where it is told to."""

    def __init__(self, life):
        super().__init__(("127.0.0.1", 0), ShortAnswers)
        self.life, self.given, self.refuses = life, 0, False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class ShortAnswers(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.refuses:
            return self.say(403, "<ErrorResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><Error><Type>Sender</Type>"
                            "<Code>AccessDenied</Code><Message>No more.</Message></Error><RequestId>r</RequestId></ErrorResponse>")
        self.server.given += 1
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + self.server.life))
        return self.say(200, f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/build/job</Arn><AssumedRoleId>AROAEXAMPLEEXAMPLE00:job</AssumedRoleId></AssumedRoleUser>
<Credentials><AccessKeyId>ASIASHORTLIVED{self.server.given:06}</AccessKeyId><SecretAccessKey>secret{self.server.given}</SecretAccessKey>
<SessionToken>token{self.server.given}</SessionToken><Expiration>{end}</Expiration></Credentials></AssumeRoleResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>""")

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


# What the port says for that many seconds: the key id, whether it is over, and the error's code.
WATCH = ASK + """
from datetime import datetime, timezone
seen = []
end = time.monotonic() + SECONDS
while time.monotonic() < end:
    status, _, said = ask()
    left = (datetime.fromisoformat(said["Expiration"].replace("Z", "+00:00")) - datetime.now(timezone.utc)).total_seconds() if status == 200 else 0
    seen.append([status, said.get("AccessKeyId"), left, said.get("code"), said.get("message")])
    time.sleep(0.2)
print(json.dumps(seen))
"""


def short_lived(sts, **more):
    return flags(sts_endpoint=sts.url, http_loopback="true", region="eu-central-1", sts_action="assume-role",
                 role_arn=role("build"), role_session_name="job", access_key_id="AKIASANDBOXEXAMPLE00",
                 secret_access_key="env:SECRET", **more)


def past_the_end(tool, cases, home):
    for name, more in (("with the cache", {}), ("without it", {"cache": "off"})):
        sts = ShortSts(life=8)
        done = run_with(tool, short_lived(sts, **more), WATCH.replace("SECONDS", "20"), SECRET="s", HOME=str(home))
        seen = told(done) or []
        ids = [key for _, key, *_ in seen if key]
        cases.case(f"{name}: a child that outlives its first credentials gets others by the port",
                   fault(len(set(ids)) >= 3 and sorted(ids) == ids and all(status == 200 for status, *_ in seen), done))
        cases.case(f"{name}: none of them was over", fault(seen and min(left for _, _, left, *_ in seen) > 0, done))
        cases.case(f"{name}: STS was asked as often as needed, not as often as the child asked",
                   None if len(set(ids)) == sts.given and len(ids) > 3 * sts.given else f"{sts.given} times for {len(ids)}")
        sts.shutdown()

    sts = ShortSts(life=6)
    threading.Timer(3, lambda: setattr(sts, "refuses", True)).start()
    done = run_with(tool, short_lived(sts), WATCH.replace("SECONDS", "12"), SECRET="s", HOME=str(home))
    seen = told(done) or []
    good = [one for one in seen if one[0] == 200]
    bad = [one for one in seen if one[0] != 200]
    cases.case("where no others are to be had, the first serve as long as they are good, and not longer", fault(
        good and bad and min(left for _, _, left, *_ in good) > 0 and seen.index(bad[0]) == len(good), done))
    cases.case("then the child is told why, in ECS's form", fault(
        bad and all(status == 500 and code and message and "secret" not in message for status, _, _, code, message in bad), done))
    sts.shutdown()


# ---- real clients ----------------------------------------------------------------------------

BOTO = """
import boto3, json, os
session = boto3.session.Session()
keys = session.get_credentials()
sts = session.client("sts", endpoint_url=os.environ["STS"], verify=os.environ["CA"])
print(json.dumps([keys.method, sts.get_caller_identity()["Arn"]]))
"""


def real_clients(tool, cases, home):
    python = services.CACHE / "venv/bin/python"
    if not python.exists():
        cases.skip("boto3 asks the port", "it is not installed; ./dev test installs it")
        return
    with Sandbox(PROGRAM) as sandbox:
        variables = {"PASSWORD": PASSWORDS["alice"], "HOME": str(home), "STS": sandbox.sts_endpoint, "CA": sandbox.ca_file}
        outcome = tool("exec", *there(sandbox), "--", python, "-c", BOTO, **variables, **LONG_TERM)
        method, arn = json.loads(outcome.out) if outcome.exit == 0 else ("", "")
        cases.case("boto3 takes the credentials from the port, and not what the parent has",
                   None if method == "container-role" and "assumed-role/build" in arn else repr(outcome))
        outcome = tool("exec", *there(sandbox), "--", services.Moto.tool("aws"), "sts", "get-caller-identity",
                       "--endpoint-url", sandbox.sts_endpoint, "--ca-bundle", sandbox.ca_file, **variables, **LONG_TERM)
        cases.case("so does the AWS CLI", None if "assumed-role/build" in outcome.out else repr(outcome))


def run(tool, cases, home):
    environments(tool, cases, home)
    answers(tool, cases, home)
    end_of_the_port(tool, cases, home)
    ends(tool, cases, home)
    past_the_end(tool, cases, home)
    real_clients(tool, cases, home)


if __name__ == "__main__":
    main(run)
