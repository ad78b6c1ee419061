#!/usr/bin/env python3
"""Second factors at the sandbox, from settings, by a person at a terminal, and on a telephone: second_factor.py AWSFED SANDBOX"""
import ctypes
import os
import sys
import time
from pathlib import Path

from common import Sandbox, main, obtain, there
from prompt import Terminal

PROGRAM = sys.argv[2]
PASSWORD = "Correct-Horse-7"
DENIED = "[user mallory]\npassword = Correct-Horse-7\nroles = build\nsecond_factor = telephone-denied 17\n"
APP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
DONE, ASKS, WAITS = 0, 1, 2


def posts(sandbox):
    return sandbox.log().count("Password=[secret]")


def codes(sandbox):
    return sandbox.log().count("VerificationCode=[secret]")


def by_settings(tool, cases):
    os.environ.update(CODE="246810", WRONG="000000", APP=APP)
    with Sandbox(PROGRAM, DENIED) as sandbox:
        def ends(name, user, expected, **more):
            before = posts(sandbox), codes(sandbox)
            outcome = obtain(tool, sandbox, f"CORP\\{user}", PASSWORD, idp="adfs", **more)
            sent = posts(sandbox) - before[0], codes(sandbox) - before[1]
            if expected[0] is None:
                cases.case(name, None if outcome.exit == 0 else repr(outcome))
            else:
                cases.refused(name, outcome, expected[0], expected[1])
            cases.case(f"{name}: what was sent", None if sent == expected[2] else f"{sent}")
            return outcome

        ends("a code", "heidi", (None, None, (1, 1)), passcode="env:CODE")
        ends("a wrong code goes once", "heidi", ("second-factor-refused", "refused", (1, 1)), passcode="env:WRONG")
        ends("no code: named", "heidi", ("second-factor-demanded", "unsupported", (1, 0)))
        ends("an authenticator app", "ivan", (None, None, (1, 1)), totp_secret="env:APP")
        ends("two answers to one question", "ivan", ("setting-conflict", "setting", (0, 0)), totp_secret="env:APP", passcode="env:CODE")
        ends("a secret that is none", "ivan", ("setting-invalid", "setting", (0, 0)), totp_secret="env:WRONG")
        outcome = ends("a telephone", "judy", (None, None, (1, 0)))
        cases.case("the number is in the log", None if "telephone to approve the sign-in: 42" in outcome.err else outcome.err)
        ends("denied on the telephone", "mallory", ("second-factor-denied", "refused", (1, 0)))
        ends("nobody has time to approve", "judy", ("second-factor-timeout", "timeout", (1, 0)), factor_timeout="1ms")


def budget(tool, cases, home):
    """Security rule 6 for codes: a job with a wrong one does not lock the account, however often it runs."""
    os.environ.update(KEY="a key of thirty-two random bytes")
    kept = {"idp": "adfs", "cache": "files", "cache_folder": home / "kept", "cache_key": "env:KEY", "passcode": "env:WRONG"}
    with Sandbox(PROGRAM) as sandbox:
        def tries(code):
            os.environ["WRONG"] = code
            return obtain(tool, sandbox, "CORP\\heidi", PASSWORD, **kept).error.get("code")

        ends = [tries("000000"), tries("000000"), tries("111111"), tries("222222"), tries("333333")]
        cases.case("a wrong code is sent once, and three of them are", None if codes(sandbox) == 3 and ends == [
            "second-factor-refused"] * 4 + ["attempts-spent"] else f"{codes(sandbox)} {ends}")
        forgotten = tool("forget", *map(str, there(sandbox, "CORP\\heidi", **kept)), PASSWORD=PASSWORD)
        cases.case("forget lets the right one be sent", None if forgotten.exit == 0 and tries("246810") is None else repr(forgotten))


def by_person(tool, cases):
    """A person types the code; the password was posted by then, and is not posted again."""
    with Sandbox(PROGRAM) as sandbox:
        os.environ["PASSWORD"] = PASSWORD
        arguments = there(sandbox, "CORP\\heidi", idp="adfs")
        terminal = Terminal(tool.path, "obtain", "--format", "process", *map(str, arguments))
        hidden = terminal.wait_for("Code for AzureMfaAuthentication: ") and terminal.hides()
        terminal.type("246810\n")
        status, restored = terminal.end()
        cases.case("a person is asked for the code", None if hidden and status == 0 and restored else terminal.seen)
        cases.case("the password was posted once, the code too", None if (posts(sandbox), codes(sandbox)) == (1, 1) else sandbox.log())
        terminal = Terminal(tool.path, "roles", *map(str, there(sandbox, "CORP\\judy", idp="adfs")))
        shown = terminal.wait_for("to approve the sign-in: 42")
        status, _ = terminal.end()
        cases.case("a person is shown the number", None if shown and status == 0 else terminal.seen)


class Interface:
    """A conversation by the C interface, as a host has it."""

    def __init__(self, library, sandbox, user):
        self.c = ctypes.CDLL(library)
        self.c.awsfed_signin_question_text.restype = ctypes.c_char_p
        self.c.awsfed_signin_question_count.restype = ctypes.c_size_t
        settings, self.context, self.talk = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        self.c.awsfed_settings_new(ctypes.byref(settings), None)
        values = {"idp": "adfs", "idp_url": sandbox.idp_url, "ca_file": sandbox.ca_file, "user": user}
        for name, value in values.items():
            self.put(self.c.awsfed_settings_set, settings, name, value)
        self.put(self.c.awsfed_settings_set_secret, settings, "password", PASSWORD)
        self.c.awsfed_context_new(ctypes.c_uint32(1), settings, ctypes.byref(self.context), None)
        self.c.awsfed_signin_new(self.context, None, ctypes.byref(self.talk), None)

    @staticmethod
    def put(function, settings, name, value):
        name, value = str(name).encode(), str(value).encode()
        assert function(settings, name, ctypes.c_size_t(len(name)), value, ctypes.c_size_t(len(value)), None) == 0, name

    def step(self, cancel=None):
        state = ctypes.c_int32(-1)
        return self.c.awsfed_signin_step(self.talk, cancel, ctypes.byref(state), None), state.value

    def question(self):
        size = ctypes.c_size_t()
        return [self.c.awsfed_signin_question_text(self.talk, ctypes.c_size_t(0), ctypes.c_int32(field), ctypes.byref(size))
                for field in range(3)]

    def answer(self, value):
        return self.c.awsfed_signin_answer(self.talk, ctypes.c_size_t(0), value, ctypes.c_size_t(len(value)), None)


def by_host(library, cases):
    with Sandbox(PROGRAM) as sandbox:
        talk = Interface(library, sandbox, "CORP\\judy")
        first = talk.step()
        shown = talk.question()
        cases.case("a host is told that the sign-in waits, and what to show", None if first == (0, WAITS) and
                   shown == [b"second_factor", b"Enter this number on your telephone to approve the sign-in", b"42"] else f"{first} {shown}")
        count = talk.c.awsfed_signin_question_count(talk.talk)
        refused = talk.answer(b"42")
        cases.case("there is nothing to answer", None if count == 1 and refused != 0 else f"{count} {refused}")
        states = [talk.step() for _ in range(3)]
        cases.case("it goes on when somebody has approved", None if states[-1] == (0, DONE) else f"{states}")
        talk = Interface(library, sandbox, "CORP\\judy")
        cancel = ctypes.c_void_p()
        talk.c.awsfed_cancel_new(ctypes.byref(cancel), None)
        talk.step()
        talk.step()
        talk.c.awsfed_cancel_now(cancel)
        begun = time.monotonic()
        status, _ = talk.step(cancel)
        took = time.monotonic() - begun
        cases.case("a cancel ends the waiting at once", None if status == 5 and took < 0.1 else f"{status} after {took:.3f} s")
        talk = Interface(library, sandbox, "CORP\\heidi")
        asks = talk.step()
        name = talk.question()[0]
        talk.answer(b"246810")
        cases.case("a host answers with a code", None if asks == (0, ASKS) and name == b"passcode" and talk.step() == (0, DONE) else
                   f"{asks} {name}")


def run(tool, cases, home):
    by_settings(tool, cases)
    budget(tool, cases, home)
    by_person(tool, cases)
    if "ASAN_OPTIONS" in os.environ:
        cases.skip("a host's conversation", "a library with sanitizers cannot be loaded here")
        return
    by_host(str(Path(tool.path).parents[2] / "capi" / "libawsfed.so"), cases)


if __name__ == "__main__":
    main(run)
