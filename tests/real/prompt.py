#!/usr/bin/env python3
"""A person at a terminal: what is asked, what is shown of it, and what stays after Ctrl-C: prompt.py AWSFED"""
import os
import pty
import select
import signal
import subprocess
import termios
import time

from cli import flags, main, services


class Terminal:
    """A tool on a pseudo-terminal of its own."""

    def __init__(self, path, *arguments):
        self.master, side = pty.openpty()
        self.before = termios.tcgetattr(side)[3]
        self.side = side
        self.process = subprocess.Popen([path, *map(str, arguments)], stdin=side, stdout=side, stderr=side, start_new_session=True,
                                        preexec_fn=lambda: __import__("fcntl").ioctl(side, termios.TIOCSCTTY, 0))
        self.seen = ""

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.seen and time.monotonic() < end:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.master, 4096).decode(errors="replace")
                except OSError:
                    break
        return text in self.seen

    def hides(self, seconds=20):
        """Waits until typing is not shown."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not termios.tcgetattr(self.side)[3] & termios.ECHO:
                return True
            time.sleep(0.01)
        return False

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        status = self.process.wait(20)
        self.wait_for("\0never\0", 0.3)
        restored = termios.tcgetattr(self.side)[3] == self.before
        os.close(self.master)
        os.close(self.side)
        return status, restored


def run(tool, cases, _home):
    with services.SimpleSamlPhp() as idp:
        arguments = flags(idp="form", idp_url=idp.sign_in_url, http_loopback="true")
        password = idp.user("zoë").password
        terminal = Terminal(tool.path, "roles", *arguments)
        asked = terminal.wait_for("User name: ")
        terminal.type("zoë\n")
        asked = asked and terminal.wait_for("Password: ") and terminal.hides()
        terminal.type(password + "\n")
        terminal.wait_for(":role/")
        status, restored = terminal.end()
        cases.case("user name and password are asked on the terminal", None if asked and status == 0 else terminal.seen)
        cases.case("the password is not shown", password in terminal.seen and "it is")
        cases.case("the user name is", None if "zoë" in terminal.seen else terminal.seen)
        cases.case("the terminal is left as it was", None if restored else "it is not")

        terminal = Terminal(tool.path, "roles", *arguments, *flags(user="zoë"))
        hidden = terminal.wait_for("Password: ") and terminal.hides()
        terminal.type("\x03")
        status, restored = terminal.end()
        cases.case("Ctrl-C ends the question, and the terminal is left as it was",
                   None if hidden and restored and status == -signal.SIGINT else f"{status} {restored} {terminal.seen}")

        bert = idp.user("bert")
        terminal = Terminal(tool.path, "obtain", *arguments, *flags(user="bert", sts_endpoint="http://127.0.0.1:1"))
        terminal.wait_for("Password: ")
        terminal.hides()
        terminal.type(bert.password + "\n")
        chosen = terminal.wait_for("Number (1-2): ")
        terminal.type("3\n")
        chosen = chosen and terminal.wait_for("Number (1-2): ")
        terminal.type("2\n")
        terminal.wait_for("connect-failed")
        status, _ = terminal.end()
        cases.case("one of several roles is chosen by its number", None if chosen and status == 17 else f"{status} {terminal.seen}")


if __name__ == "__main__":
    main(run)
