"""The table: a row compares one peer with awsfed. And the facts of the machine that a reader needs, without its name."""
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    what: str
    awsfed: float
    unit: str
    peer: str = ""  # "": none does this
    value: float = 0.0


def compare(what, unit, ours, theirs):
    """A row for each peer of {name: value}; one without a peer where there is none."""
    return [Row(what, ours, unit, name, value) for name, value in theirs.items()] or [Row(what, ours, unit)]


def digits(value):
    """Three that count, and no more than a clock can tell."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    if value < 0.01:
        return f"{value:.1g}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def figure(value, unit):
    return f"{digits(value)} {unit}".strip()


def line(row):
    if not row.peer:
        return f"| {row.what} | {figure(row.awsfed, row.unit)} | | |"
    return (f"| {row.what} | {figure(row.awsfed, row.unit)} | {row.peer}: {figure(row.value, row.unit)} "
            f"| {digits(row.value / row.awsfed)} |")


def markdown(rows):
    return "\n".join(["| what | awsfed | peer | ratio |", "| --- | --- | --- | --- |", *map(line, rows)])


def processor():
    for text in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if text.startswith("model name"):
            return text.partition(":")[2].strip()
    return platform.machine()


def system():
    facts = platform.freedesktop_os_release()
    return facts.get("PRETTY_NAME", facts.get("NAME", platform.system()))


def compiler(library):
    """As it signed its work."""
    said = subprocess.run(["readelf", "-p", ".comment", library], check=True, capture_output=True, text=True).stdout
    return next((text.partition("]")[2].strip() for text in said.splitlines() if "]" in text), "an unknown compiler")


def machine(build, library):
    options = json.loads((Path(build) / "meson-info/intro-buildoptions.json").read_text(encoding="utf-8"))
    kind = next(option["value"] for option in options if option["name"] == "buildtype")
    return f"{os.cpu_count()} cores of {processor()}, {system()}, {compiler(library)}, build type {kind}"
