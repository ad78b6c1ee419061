"""Runs the command-line tool as a job would, and the small frame in which the scripts here state their cases."""
import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "demo"), str(ROOT / "tests")]

import leaks  # noqa: E402
import services  # noqa: E402

# The tool exits with 10 and the status of awsfed.h.
EXIT = {"usage": 13, "setting": 14, "timeout": 16, "network": 17, "trust": 18, "protocol": 19, "refused": 20, "role": 21,
        "denied": 22, "expired": 23, "throttled": 24, "store": 25, "unsupported": 26}


class Outcome:
    """What one call of the tool gave: its exit status, its two outputs, and the error as an object."""

    def __init__(self, done):
        self.exit = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def error(self):
        """The JSON object of --error-format json: the last line of stderr that is one."""
        for line in reversed(self.err.splitlines()):
            if line.startswith("{"):
                return json.loads(line)
        return {}

    def __repr__(self):
        # Standard output may hold credentials: a test that fails must not print them.
        return f"exit {self.exit}, {len(self.out)} characters on stdout, stderr: {self.err.strip()[-600:]}"


class Tool:
    def __init__(self, path):
        self.path = str(Path(path).resolve())

    def __call__(self, *arguments, stdin=None, **variables):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "AWSFED_"))}
        done = subprocess.run([self.path, *map(str, arguments)], env={**kept, **variables}, capture_output=True, text=True,
                              timeout=120, **({"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}))
        return Outcome(done)


def flags(**settings):
    """settings as flags: role_arn="x" is --role-arn x. None leaves one out."""
    return [part for name, value in settings.items() if value is not None
            for part in ("--" + name.replace("_", "-"), str(value))]


def sign_in(idp, user, **more):
    """The flags that sign a user of the demo in; the password comes by the variable PASSWORD."""
    return flags(idp="form", idp_url=idp.sign_in_url, user=user, password="env:PASSWORD", http_loopback="true", **more)


class Cases:
    """Collects cases and prints "ok NAME" or "FAIL NAME why" for each."""

    def __init__(self):
        self.failed = 0

    def case(self, name, fault):
        """fault: None or "" when all is well, else why not."""
        self.failed += bool(fault)
        print(f"FAIL {name}: {fault}" if fault else f"ok {name}", flush=True)

    @staticmethod
    def skip(name, why):
        print(f"skip {name}: {why}", flush=True)

    def refused(self, name, outcome, code, status, setting=None, advice=None):
        """The case of a call that must fail in exactly this way, said in one sentence and with advice."""
        error = outcome.error
        sentence = error.get("message", "")
        faults = [(outcome.exit == EXIT[status], f"exit status {outcome.exit}, not {EXIT[status]}"),
                  (error.get("code") == code, f"code {error.get('code')}, not {code}"),
                  (error.get("status") == status, f"status {error.get('status')}, not {status}"),
                  (setting is None or error.get("setting") == setting, f"setting {error.get('setting')}, not {setting}"),
                  (sentence.endswith((".", "?")) and "\n" not in sentence, f"no sentence: {sentence!r}"),
                  (bool(error.get("advice")), "no advice"),
                  (advice is None or advice in error.get("advice", ""), f"advice without {advice}: {error.get('advice')!r}"),
                  (outcome.out == "", "something on stdout")]
        why = "; ".join(text for good, text in faults if not good)
        self.case(name, f"{why} ({outcome!r})" if why else None)

    def result(self):
        return 1 if self.failed else 0


def main(run):
    """Calls run(tool, cases, home) with a private folder; says "skip" where the demo's parts are not installed."""
    services.stop_on_terminate()
    cases = Cases()
    try:
        with tempfile.TemporaryDirectory(prefix="awsfed-test-") as home:
            run(Tool(sys.argv[1]), cases, Path(home))
    except services.Missing as part:
        print(f"skip {Path(sys.argv[0]).stem}: {part}; ./dev test installs it")
        sys.exit(77)
    except Exception:  # a fault of a script is a failed case, with its trace
        traceback.print_exc()
        cases.case("the script runs to its end", "see the trace on stderr")
    sys.exit(cases.result())
