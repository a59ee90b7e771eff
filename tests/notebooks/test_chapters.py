"""Every notebook of the book obeys its rules, and the table of contents is complete."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from dlbook.validation.chapter import Chapter, toc_problems
from dlbook.validation.rules import RULES, rules_for

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "chapters").rglob("*.ipynb"))


@cache
def read(path: Path) -> Chapter:
    return Chapter.read(path, ROOT)


CASES = [(path, rule) for path in NOTEBOOKS for rule in rules_for(path.stem)]


@pytest.mark.parametrize(("path", "rule"), CASES, ids=[f"{p.stem}-{rule}" for p, rule in CASES])
def test_the_notebook_obeys(path: Path, rule: str) -> None:
    problems = RULES[rule](read(path))
    assert not problems, "\n" + "\n".join(problems)


def test_every_page_is_in_the_table_of_contents_once() -> None:
    problems = toc_problems(ROOT)
    assert not problems, "\n" + "\n".join(problems)
