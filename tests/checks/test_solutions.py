"""The exercises on the pages are those that are registered, and their solutions were run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dlbook.checks import exercises
from dlbook.checks.registry import known_chapters
from dlbook.validation.chapter import Chapter, output_text
from dlbook.validation.tags import cell_tags

ROOT = Path(__file__).resolve().parents[2]
CHECK = re.compile(r"""\bcheck\(\s*["'](\d\d-[a-z0-9-]+)["']""")


def cells_tagged(number: str, tag: str) -> dict[str, str]:
    """What the cells with a tag print, by the name of the exercise that they check."""
    (path,) = (ROOT / "chapters").glob(f"{number}-*.ipynb")
    said: dict[str, str] = {}
    for cell in Chapter.read(path, ROOT).code:
        for name in CHECK.findall(cell["source"]) if tag in cell_tags(cell) else ():
            assert name not in said, f"{name} is checked twice in cells tagged {tag}"
            assert cell["execution_count"] is not None
            said[name] = output_text(cell)
    return said


def test_every_chapter_has_exercises() -> None:
    chapters = {path.name[:2] for path in (ROOT / "chapters").glob("[0-9][0-9]-*.ipynb")}
    assert chapters == set(known_chapters())


@pytest.mark.parametrize("number", known_chapters())
def test_every_registered_exercise_is_asked_and_solved_on_its_page(number: str) -> None:
    registered = exercises(number)
    asked, solved = cells_tagged(number, "exercise"), cells_tagged(number, "solution")
    assert set(asked) == set(registered)
    assert set(solved) == set(registered)
    for name, exercise in registered.items():
        assert asked[name].startswith("Not answered yet.")
        assert f"Correct. {exercise.because}" in solved[name].splitlines()
