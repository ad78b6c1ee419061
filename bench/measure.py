"""How the bench measures: programs run in turn, so that what else the machine does meets all sides alike."""
import json
import math
import os
import statistics
import subprocess
import tempfile
import time
from typing import NamedTuple

PATIENCE_SECONDS = 300


class Failed(Exception):
    """A call inside of the bench failed: its numbers would mean nothing."""


class Cost(NamedTuple):
    wall_ms: float
    cpu_ms: float  # user and system, of the process and the children that it waited for


class Side(NamedTuple):
    """One of those that are compared: a command, and the variables that it needs besides."""
    name: str
    command: list
    variables: dict = {}


def environment(variables):
    """Nothing of the user's own AWS set-up is in reach, and nothing but loopback: the proxy is a closed port."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("AWS_", "AWSFED_")) and not name.lower().endswith("_proxy")}
    return {**kept, "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1", "AWS_EC2_METADATA_DISABLED": "true",
            **variables}


def veiled(text, variables):
    """Secrets come to a program by its variables; none of them is shown."""
    for name, value in variables.items():
        if any(word in name.lower() for word in ("secret", "password")):
            text = text.replace(str(value), "[secret]")
    return text


def run(side):
    """Its standard output, and what it cost. What it printed besides is shown where it failed."""
    command = [str(part) for part in side.command]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        started = time.monotonic()
        with subprocess.Popen(command, env=environment(side.variables), stdin=subprocess.DEVNULL, stdout=out,
                              stderr=err) as process:
            _, status, used = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            err.seek(0)
            said = veiled(err.read().strip(), side.variables)[-600:]
            raise Failed(f"{side.name} ended with status {process.returncode}: {said}")
        out.seek(0)
        return out.read(), Cost(wall * 1000, (used.ru_utime + used.ru_stime) * 1000)


def in_turn(sides, rounds, figure):
    """{name: [figure(what was printed, Cost), ...]}"""
    found = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            found[side.name].append(figure(*run(side)))
    return found


def costs(sides, rounds):
    """{name: [Cost, ...]} of whole programs. The first round fills the file cache and is left out."""
    in_turn(sides, 1, lambda _, cost: cost)
    return in_turn(sides, rounds, lambda _, cost: cost)


def answers(sides, rounds):
    """{name: [object, ...]} of programs that measure themselves and print JSON."""
    return in_turn(sides, rounds, lambda printed, _: json.loads(printed))


def must_refuse(sides):
    """Each says "refused: " and why. One that fails otherwise, or not at all, would be measured at something else."""
    for side in sides:
        try:
            run(side)
        except Failed as failure:
            if "ended with status 1: refused: " in str(failure):
                continue
            raise
        raise Failed(f"{side.name} took what it had to refuse")


def median(values):
    return statistics.median(values)


def p90(values):
    """By nearest rank."""
    ordered = sorted(values)
    return ordered[math.ceil(0.9 * len(ordered)) - 1]
