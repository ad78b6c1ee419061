#!/usr/bin/env python3
"""Holds README.md to its word: readme.py AWSFED

Its C and C++ examples are the files of docs/examples, which the build compiles; its connector is loaded by the tool,
which then gets as far as the host that does not exist. What it and all other pages point to is there, sections too, and so are
the tests that docs/design/threats.md names.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.S).group(1)


def examples():
    for language, name in (("c", "obtain.c"), ("cpp", "obtain.cpp")):
        there = (ROOT / "docs/examples" / name).read_text(encoding="utf-8")
        yield f"the {name} of README.md is the one that the build compiles", block(language) == there


def java_examples():
    """Those of docs/guide/java.md stand under the name of their file, which the build compiles and the tests run."""
    text = (ROOT / "docs/guide/java.md").read_text(encoding="utf-8")
    named = re.findall(r"<!-- (\S+\.java) -->\n```java\n(.*?)```", text, re.S)
    for name, shown in named:
        yield f"{name} is as docs/guide/java.md has it", (ROOT / name).read_text(encoding="utf-8") == shown
    yield "docs/guide/java.md has examples", len(named) == 2


def connector(tool):
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        config.write_text(block("ini"), encoding="utf-8")
        config.chmod(0o600)
        environment = {"PATH": os.environ["PATH"], "DEPLOY_PASSWORD": "x"}
        done = subprocess.run([tool, "obtain", "--config", config, "--connector", "deploy", "--password", "env:DEPLOY_PASSWORD"],
                              capture_output=True, text=True, env=environment)
        # A .com host of documentation (RFC 2606) has no sign-in; here even its name cannot be resolved.
        yield "the connector of README.md is understood", "idp.example.com" in done.stderr and done.returncode in (16, 17, 18, 19)


def sections(page):
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in re.findall(r"^#+ (.*)$", text, re.M))
    return {heading.replace(" ", "-") for heading in headings}


def is_there(page, target):
    path, _, section = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    return there.exists() and (not section or section in sections(there))


def links():
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    for page in sorted(pages):
        text = re.sub(r"^```.*?^```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
        missing = [target for target in targets if not is_there(page, target)]
        yield f"what {page.relative_to(ROOT)} points to is there{': not ' + ', '.join(missing) if missing else ''}", not missing


def threats():
    """Each threat of docs/design/threats.md names tests that are there, or says that there are none."""
    for line in (ROOT / "docs/design/threats.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| ") or len(cells) != 3 or cells[2] in ("shown by", "---"):
            continue
        named = re.findall(r"`([^`]+)`", cells[2])
        missing = [path for path in named if not (ROOT / path).is_file()]
        yield f"a threat is shown by its tests: {cells[0]}{': not ' + ', '.join(missing) if missing else ''}", \
            not missing and bool(named) != cells[2].startswith("none")


failed = 0
for name, good in (*examples(), *java_examples(), *connector(sys.argv[1]), *links(), *threats()):
    print("ok" if good else "FAIL", name)
    failed += not good
sys.exit(failed != 0)
