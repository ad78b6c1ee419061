#!/usr/bin/env python3
"""Agents on machines of their own with one Redis in common: redis.py AWSFED

Each agent is a process with a folder of its own. How many sign-ins and calls there were, the sandbox's own log tells. The
certificates are those of the Redis peer; what is stopped, paused or emptied here is a Redis of our own, by the same means.
"""
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from peers import PEER, expected

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "sandbox")]
BUILD = Path(sys.argv[1]).resolve().parents[2]
PROGRAM = BUILD / "sandbox" / "awsfed-sandbox"

from common import PASSWORDS, Sandbox, there  # noqa: E402

from cli import leaks, main  # noqa: E402
from sandbox import role  # noqa: E402

AGENTS = 20
KEY = "a key of thirty-two random bytes"
PASSWORD = "cachepass"
SLOW = "[fault slow_ms]\nvalue = 700\n"  # of each answer: a sign-in takes some seconds
TIMEOUT = 5  # seconds: a lock's lease is two of them
PATIENCE = 60  # seconds, on a busy machine


class Redis:
    """A redis-server with TLS and users, as the peer has them, that may be treated badly; and a client that may do all."""

    def __init__(self, home, *more):
        self.home, self.more, self.process = home, more, None
        self.certificates = Path(PEER["REDIS_CA"]).parent
        self.ca_file = home / "authorities.pem"
        home.mkdir()
        (home / "acl").write_text("user default off\nuser awsfed on >cachepass ~awsfed:* resetchannels -@all +get +set +del +scan +eval +select\n"
                                  "user admin on >adminpass ~* +@all\n", encoding="utf-8")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]

    def __enter__(self):
        self.process = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "127.0.0.2", "--port", "0", "--tls-port", str(self.port), "--tls-cert-file",
             self.certificates / "redis.crt", "--tls-key-file", self.certificates / "redis.key", "--tls-ca-cert-file",
             PEER["REDIS_CA"], "--tls-auth-clients", "optional", "--aclfile", self.home / "acl", "--save", "", "--appendonly",
             "no", "--dir", self.home, *self.more], stdout=subprocess.DEVNULL)
        until(lambda: self.is_up())
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
        self.process.wait()

    def stop(self, how):
        self.process.send_signal(how)

    def is_up(self):
        try:
            return self("PING") == "PONG"
        except OSError:
            return False

    def __call__(self, *words):
        """The answer: text, number, None or a list; a refusal as a text that begins with '-'."""
        context = ssl.create_default_context(cafile=PEER["REDIS_CA"])
        with socket.create_connection(("localhost", self.port), timeout=30) as plain, \
                context.wrap_socket(plain, server_hostname="localhost") as link, link.makefile("rb") as lines:
            for command in (("AUTH", "admin", "adminpass"), words):
                parts = [str(word).encode() for word in command]
                link.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts))
                answer = reply_in(lines)
            return answer

    def keys(self):
        return sorted(self("KEYS", "*"))

    def settings(self, **more):
        return {"cache": "redis", "cache_url": f"rediss://localhost:{self.port}", "cache_user": "awsfed",
                "cache_password": "env:CACHE_PASSWORD", "cache_key": "env:CACHE_KEY", "timeout": f"{TIMEOUT}s", **more}


def reply_in(lines):
    line = lines.readline().decode("latin-1").rstrip("\r\n")
    kind, rest = line[:1], line[1:]
    if kind == "$":
        return None if rest == "-1" else lines.read(int(rest) + 2)[:-2].decode("latin-1")
    if kind == "*":
        return [reply_in(lines) for _ in range(int(rest))]
    return int(rest) if kind == ":" else rest if kind == "+" else line


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("it does not come about")
        time.sleep(0.02)


class World:
    """A sandbox and a Redis; the authorities of both in one file."""

    def __init__(self, tool, home, sandbox, redis):
        self.tool, self.home, self.sandbox, self.redis = tool, home, sandbox, redis
        redis.ca_file.write_text(Path(sandbox.ca_file).read_text(encoding="utf-8") +
                                 Path(PEER["REDIS_CA"]).read_text(encoding="utf-8"), encoding="utf-8")

    def arguments(self, **more):
        settings = {"ca_file": self.redis.ca_file, **self.redis.settings(), **more}
        return ["obtain", "--format", "process", "--error-format", "json", *there(self.sandbox, **settings)]

    def variables(self, agent, **more):
        folder = self.home / f"agent-{agent}"
        folder.mkdir(exist_ok=True)
        return {"HOME": str(folder), "PASSWORD": PASSWORDS["alice"], "CACHE_PASSWORD": PASSWORD, "CACHE_KEY": KEY, **more}

    def obtain(self, agent=0, variables=None, **more):
        return self.tool(*self.arguments(**more), **self.variables(agent, **(variables or {})))

    def all_at_once(self, meanwhile=lambda: None):
        with ThreadPoolExecutor(AGENTS) as pool:
            calls = [pool.submit(self.obtain, agent) for agent in range(AGENTS)]
            meanwhile()
            return [call.result() for call in calls]

    def counts(self):
        """Passwords posted, and calls of STS."""
        lines = self.sandbox.log().splitlines()
        return sum("POST /adfs/ls" in line for line in lines), sum("POST / " in line for line in lines)

    def has_lock(self):
        return any(key.startswith("awsfed:lock:") for key in self.redis.keys())


def bad(outcomes):
    return next((repr(outcome) for outcome in outcomes if outcome.exit), None)


def one_flight(tool, cases, home):
    with Sandbox(PROGRAM) as sandbox, Redis(home / "redis") as redis:
        world = World(tool, home, sandbox, redis)
        outcomes = world.all_at_once()
        cases.case(f"{AGENTS} agents at once are all given credentials", bad(outcomes))
        cases.case("they are given the same", None if len({outcome.out for outcome in outcomes}) == 1 else "they differ")
        cases.case("there was one sign-in and one call of STS", expected((1, 1), world.counts()))
        cases.case("nothing was warned of", next((outcome.err for outcome in outcomes if outcome.err.strip()), None))
        keys = redis.keys()
        kinds = sorted(key.rsplit(".", 1)[1] for key in keys)
        cases.case("the credentials lie in the Redis, and that the password was right, and no lock",
                   expected((["attempts", "entry"], False), (kinds, world.has_lock())))
        entry = next(key for key in keys if key.endswith(".entry"))
        left = redis("PTTL", entry) / 1000
        # The service's clock is learned from Date, which has whole seconds.
        cases.case("it goes when the credentials do", None if 600 < left <= 3601 else f"{left} s")

        given = json.loads(outcomes[0].out)
        secrets = {"password": PASSWORDS["alice"], "key id": given["AccessKeyId"], "key": given["SecretAccessKey"],
                   "token": given["SessionToken"], "user": "alice", "role": role("build"), "cache key": KEY}
        said = "".join(key + redis("GET", key) for key in keys)
        cases.case("nothing of it can be read there", ", ".join(leaks.leaks(said, secrets)) or None)

        other = world.obtain(role_arn=role("reader"))
        theirs = next(key for key in redis.keys() if key not in keys)
        redis("RENAME", entry, theirs)
        moved = world.obtain(role_arn=role("reader"))
        cases.case("security rule 11: an entry that was moved to another request is refused, and written anew",
                   None if moved.exit == 0 and "is broken" in moved.err and moved.out not in (outcomes[0].out, other.out)
                   else repr(moved))
        before = world.counts()
        again = world.obtain(role_arn=role("reader"))
        cases.case("the new one is good", None if again.out == moved.out and world.counts() == before else repr(again))
        wrong = world.obtain(variables={"PASSWORD": "not the password"})
        cases.refused("a wrong password is given nothing that is kept", wrong, "credentials-refused", "refused")


def unusable(tool, cases, home):
    """Whatever is wrong with it: credentials all the same, soon, and a warning that names what to mend."""
    with Sandbox(PROGRAM) as sandbox, Redis(home / "unusable") as redis:
        world = World(tool, home, sandbox, redis)

        def works(name, word, limit=TIMEOUT + 10, variables=None, **more):
            began = time.monotonic()
            outcome = world.obtain(variables=variables, **more)
            took = time.monotonic() - began
            faults = [] if outcome.exit == 0 else ["no credentials"]
            faults += [] if word in outcome.err else [f"no {word!r}"]
            faults += [] if took < limit else [f"it took {took:.1f} s"]
            faults += leaks.leaks(outcome.err, {"the Redis's password": PASSWORD, "another": "not this one"})
            cases.case(f"{name}: credentials all the same, soon, and a warning", f"{faults}: {outcome!r}" if faults else None)

        works("a wrong password", "cache_user or cache_password is wrong", variables={"CACHE_PASSWORD": "not this one"})
        works("no password", "it wants cache_password", cache_user=None, cache_password=None)
        works("keys that the user may not have", "cache_prefix", cache_prefix="other:")
        works("a database that is not there", "SELECT", cache_url=f"rediss://localhost:{redis.port}/4000")
        works("an authority that did not sign", "not trusted", ca_file=sandbox.ca_file)
        works("another name than the certificate has", "not trusted", cache_url=f"rediss://127.0.0.2:{redis.port}")
        works("an address without TLS", "has no TLS", cache_url=f"redis://localhost:{redis.port}")
        works("a name that is not known", "not known", cache_url="rediss://nowhere.invalid")
        works("nobody at the port", "No connection", cache_url="rediss://localhost:9")
        works("a server that is none of Redis", "cannot be used", cache_url=sandbox.sts_endpoint.replace("https:", "rediss:"))
        works("no key", "needs the setting cache_key", cache_key=None)
        redis.stop(signal.SIGSTOP)
        works("a Redis that stands still", "did not answer")
        redis.stop(signal.SIGCONT)
        cases.case("it is used when it goes on", expected("", world.obtain().err.strip()))
        redis("CONFIG", "SET", "maxmemory", "1")
        works("a Redis that is full", "it is full", role_arn=role("reader"))
        redis("CONFIG", "SET", "maxmemory", "0")
        redis("REPLICAOF", "127.0.0.1", "9")
        works("a replica", "must name the primary", role_arn=role("reader"), variables={"CACHE_KEY": KEY + "!"})


def in_mid_flight(tool, cases, home):
    def scene(name, harm, most):
        with Sandbox(PROGRAM, SLOW) as sandbox, Redis(home / name) as redis:
            world = World(tool, home, sandbox, redis)

            def meanwhile():
                until(world.has_lock)
                harm(redis)
            outcomes = world.all_at_once(meanwhile)
            cases.case(f"the Redis is {name} in mid-flight: all are given credentials", bad(outcomes))
            sign_ins = world.counts()[0]
            cases.case(f"{name}: {most} sign-ins at the most", None if 1 <= sign_ins <= most else f"{sign_ins}")
    scene("killed", lambda redis: redis.stop(signal.SIGKILL), AGENTS)
    scene("emptied", lambda redis: redis("FLUSHALL"), 2)

    def pause(redis):
        redis.stop(signal.SIGSTOP)
        time.sleep(1)
        redis.stop(signal.SIGCONT)
    scene("paused for a second", pause, 1)
    scene("stopped", lambda redis: redis.stop(signal.SIGSTOP), AGENTS)
    scene("paused by its administrator", lambda redis: redis("CLIENT", "PAUSE", "1500"), 1)


def dead_holder(tool, cases, home):
    with Sandbox(PROGRAM, SLOW) as sandbox, Redis(home / "dead") as redis:
        world = World(tool, home, sandbox, redis)
        holder = subprocess.Popen([tool.path, *map(str, world.arguments())], env={"PATH": os.environ["PATH"], **world.variables(1)},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(world.has_lock)
        holder.kill()
        holder.wait()
        lock = next(key for key in redis.keys() if ":lock:" in key)
        left = redis("PTTL", lock) / 1000
        cases.case("a lock whose holder was killed ends by its lease", None if 0 < left <= 2 * TIMEOUT else f"{left} s")
        began = time.monotonic()
        outcome = world.obtain()
        took = time.monotonic() - began
        cases.case("the next one waits for that, and goes",
                   None if outcome.exit == 0 and left - 1 < took < left + PATIENCE else f"{took:.1f} s, {outcome!r}")
        cases.case("his own lock is gone when he has what he wants", expected(False, world.has_lock()))


def run(tool, cases, home):
    if "REDIS_CA" not in PEER:
        print("skip redis: the peer redis is not running")
        return
    one_flight(tool, cases, home)
    unusable(tool, cases, home)
    in_mid_flight(tool, cases, home)
    dead_holder(tool, cases, home)


if __name__ == "__main__":
    main(run)
