#!/usr/bin/env python3
"""Makes docs/settings.md, docs/errors.md and docs/policy-findings.md from the tables of the source: make.py BUILD [--check]

The settings come from the built tool, as any user can ask it; the errors from src/base/errors.def and
src/idp/page_classes.def, the findings from src/policy/findings.def. With --check nothing is written: a page that is not current is a failed case.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ERROR_ROW = re.compile(r'^AWSFED_ERROR\(\w+,\s*"([^"]*)",\s*(\w+),\s*"((?:[^"\\]|\\.)*)",\s*"((?:[^"\\]|\\.)*)"\)', re.M)
PAGE_ROW = re.compile(r'^AWSFED_PAGE\((\w+), (\w+), (\w+), "((?:[^"\\]|\\.)*)"\)', re.M)
FINDING_ROW = re.compile(r'^AWSFED_POLICY_FINDING\(\w+,\s*"([^"]*)",\s*(\w+),\s*"((?:[^"\\]|\\.)*)"\)', re.M)
SEVERITIES = {"refused": "AWS does not take the document", "dead": "AWS takes it, but this part never matches",
              "warning": "it allows more, or less, than one may think", "suggestion": "it would be better otherwise"}
PARTS = {"fill": "it is filled in", "on": "a sign-in goes on from it", "end": "the end"}
GUARDS = {"open": "a job sets it where the connector does not, and changes it where the connector lists it as overridable",
          "pinned": "a job sets it where the connector does not, and never changes it",
          "admin": "only the connector or the host program sets it, as soon as one of them has set anything",
          "host": "only the host program sets it, never a config file"}


def settings_page(build):
    done = subprocess.run([Path(build) / "bindings/cli/awsfed", "settings", "--json"], capture_output=True, text=True,
                          check=True)
    rows = json.loads(done.stdout)
    rows = rows["settings"] if isinstance(rows, dict) else rows
    lines = ["# Settings", "", "Made by `./dev docs` from `awsfed settings --json`.", "",
             "Each has one name everywhere: `role_arn` in a config file and in the C interface, `--role-arn` as a flag,",
             "`AWSFED_ROLE_ARN` in the environment. What a job (a flag, a variable) may do while a connector is in use:", ""]
    lines += [f"* **{guard}**: {meaning}." for guard, meaning in GUARDS.items()]
    lines += ["", "Those that are marked with * are part of the request: two requests that differ in one of them are never given each other's",
              "credentials from what is kept ([guide/cache.md](guide/cache.md))."]
    group = None
    for row in rows:
        if row["group"] != group:
            group = row["group"]
            lines += ["", f"## {group}", "", "| name | takes | default | a job | meaning |", "| --- | --- | --- | --- | --- |"]
        choices = row.get("choices") or ""
        choices = choices.split() if isinstance(choices, str) else choices
        takes = row["type"] + (": " + ", ".join(choices) if choices else "")
        default = f"`{row['default']}`" if row.get("default") not in (None, "") else ""
        help_text = row["help"].replace("|", "\\|").replace("<", "&lt;")
        mark = "" if row["key"] == "free" else " *"
        lines.append(f"| `{row['name']}`{mark} | {takes} | {default} | {row.get('guard', '')} | {help_text} |")
    return "\n".join(lines) + "\n"


def errors_page(_build):
    lines = ["# Errors", "", "Made by `./dev docs` from `src/base/errors.def`. A program branches on the status, or on the code where",
             "it needs to know more; the command-line tool exits with 10 and the status's number of `awsfed.h`.", "",
             "| code | status | meaning | what to try |", "| --- | --- | --- | --- |"]
    for code, status, meaning, advice in ERROR_ROW.findall((ROOT / "src/base/errors.def").read_text(encoding="utf-8")):
        cells = [text.replace('\\"', '"').replace("|", "\\|") for text in (meaning, advice)]
        lines.append(f"| `{code}` | {status} | {cells[0]} | {cells[1]} |")
    return "\n".join([*lines, *page_lines()]) + "\n"


def page_lines():
    """The classes of pages of src/idp/page_classes.def, with the code of each."""
    names = dict(re.findall(r'^AWSFED_ERROR\((\w+),\s*"([^"]*)"', (ROOT / "src/base/errors.def").read_text(encoding="utf-8"), re.M))
    lines = ["", "## Pages", "", "What a page of an identity provider is taken for stands in the error's stage (`adfs/password/mfa_required`)",
             "and, with the marks that decided, in the log at the level debug.", "", "| class | in a sign-in | error | what it is |",
             "| --- | --- | --- | --- |"]
    for name, part, error, meaning in PAGE_ROW.findall((ROOT / "src/idp/page_classes.def").read_text(encoding="utf-8")):
        lines.append(f"| `{name}` | {PARTS[part]} | `{names[error]}` | {meaning} |")
    return lines


def findings_page(_build):
    lines = ["# Findings about policies", "", "Made by `./dev docs` from `src/policy/findings.def`. What `awsfed policy lint` and `awsfed_policy_parse` say of a",
             "policy ([guide/policies.md](guide/policies.md)). The severity is the usual one; where AWS takes a form in part, a finding says so.", ""]
    lines += [f"* **{severity}**: {meaning}." for severity, meaning in SEVERITIES.items()]
    lines += ["", "| code | severity | what to do |", "| --- | --- | --- |"]
    for code, severity, advice in FINDING_ROW.findall((ROOT / "src/policy/findings.def").read_text(encoding="utf-8")):
        text = advice.replace('\\"', '"').replace("|", "\\|").replace("*", "\\*")
        lines.append(f"| `{code}` | {severity} | {text} |")
    return "\n".join(lines) + "\n"


PAGES = {"settings.md": settings_page, "errors.md": errors_page, "policy-findings.md": findings_page}


def main():
    build, check = sys.argv[1], sys.argv[2:] == ["--check"]
    failed = 0
    for name, make in PAGES.items():
        path = ROOT / "docs" / name
        text = make(build)
        if not check:
            path.write_text(text, encoding="utf-8")
            print(f"made docs/{name}")
        elif path.exists() and path.read_text(encoding="utf-8") == text:
            print(f"ok docs/{name} is what the tables say")
        else:
            failed += 1
            print(f"FAIL docs/{name} is what the tables say: run ./dev docs")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
