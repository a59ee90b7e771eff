"""The version stands in three places, and the changelog is in its form."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import dlbook
import yaml

ROOT = Path(__file__).resolve().parents[2]
HEADING = re.compile(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_citation_names_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == dlbook.__version__


def test_the_changelog_knows_this_version() -> None:
    released = HEADING.findall(changelog())
    if released:
        assert released[0][0] == dlbook.__version__
    else:
        assert f"version, {dlbook.__version__}, is in preparation" in changelog()


def test_the_changelog_goes_from_new_to_old() -> None:
    text = changelog()
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    released = HEADING.findall(text)
    assert len(released) == len(headings) - 1
    numbers = [tuple(map(int, version.split("."))) for version, _ in released]
    days = [date.fromisoformat(day) for _, day in released]
    assert numbers == sorted(set(numbers), reverse=True)
    assert days == sorted(days, reverse=True)
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= KINDS


def test_the_checklist_names_only_commands_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("\n## A release\n", 1)[1].split("\n## ", 1)[0]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", section))
    assert len(named) >= 6
    assert sorted(named - targets) == []
    for path in re.findall(r"(?:tests|code)/[\w/]+\.py", section):
        assert (ROOT / path).is_file(), path
