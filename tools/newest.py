"""Tell in Markdown what the newest releases change, and which checks fail with them.

``python tools/newest.py before.txt after.txt lint.log unit.log …`` prints nothing where no pin
moved and no check failed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)
MAKE_FAILED = re.compile(r"^make: \*\*\* .*$", re.MULTILINE)
# The lines of pytest's summary; what else tells the reason stands at the end of the log.
TEST_FAILED = re.compile(r"^(?:FAILED|ERROR) .*$", re.MULTILINE)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
LONGEST = 60_000  # characters: an issue holds 65,536
TAIL = 25  # lines of a log that names no test


def moved(before: str, after: str) -> list[tuple[str, str, str]]:
    """Compare two texts of pins: (package, old version, new version), empty where there is none."""
    old, new = dict(PIN.findall(before)), dict(PIN.findall(after))
    names = sorted(old.keys() | new.keys(), key=str.lower)
    return [
        (name, old.get(name, ""), new.get(name, ""))
        for name in names
        if old.get(name) != new.get(name)
    ]


def failures(log: str) -> list[str]:
    """Say why a command of make failed: pytest's own lines, else the end of its log."""
    text = COLOURS.sub("", log)
    if not MAKE_FAILED.search(text):
        return []
    return TEST_FAILED.findall(text) or text.strip().splitlines()[-TAIL:]


def report(before: str, after: str, logs: dict[str, str]) -> str:
    """Put the report together; an empty text where there is nothing to tell."""
    changes = moved(before, after)
    failed = {name: lines for name, log in logs.items() if (lines := failures(log))}
    if not changes and not failed:
        return ""
    parts = ["## What fails\n"]
    for name, lines in failed.items():
        shown = "\n".join(lines)
        parts.append(f"`make {name}`\n\n````text\n{shown}\n````\n")
    if not failed:
        parts.append("Nothing: `make lock UPGRADE=1` can be committed.\n")
    parts += ["## What changed\n", "| package | pinned | newest |", "|---|---|---|"]
    parts += [f"| {name} | {old or '(new)'} | {new or '(gone)'} |" for name, old, new in changes]
    text = "\n".join(parts)
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST] + "\n````\n\n… the rest is in the logs."


def main(arguments: list[str]) -> int:
    """Print the report for two files of pins and the logs of any number of commands."""
    before, after, *logs = map(Path, arguments)
    texts = {log.stem: log.read_text(encoding="utf-8", errors="replace") for log in logs}
    text = report(before.read_text(encoding="utf-8"), after.read_text(encoding="utf-8"), texts)
    if text:
        print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
