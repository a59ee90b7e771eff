"""Finding an exercise by its name, and telling the reader the verdict."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from typing import Any

from dlbook.checks import chapters
from dlbook.checks.exercise import Exercise, Verdict
from dlbook.errors import RangeError, require

__all__ = ["check", "examine", "exercises"]


def check(name: str, answer: Any) -> None:
    """Print what is to be said about an answer to an exercise.

    Parameters
    ----------
    name : str
        The exercise, such as ``"02-dense-parameters"``.
    answer : object
        The reader's answer; ``...`` as long as there is none.

    Raises
    ------
    RangeError
        If there is no exercise of that name.
    """
    print(examine(name, answer))


def examine(name: str, answer: Any) -> Verdict:
    """Judge an answer to an exercise; errors as in `check`.

    Parameters
    ----------
    name, answer
        As in `check`.

    Returns
    -------
    Verdict
        Its `status` and the `text` that goes with it.
    """
    return _find(name).examine(answer)


@cache
def exercises(chapter: str) -> dict[str, Exercise]:
    """Return the exercises of a chapter by name.

    Parameters
    ----------
    chapter : str
        Two digits, such as ``"02"``.

    Returns
    -------
    dict of str to Exercise

    Raises
    ------
    RangeError
        If no such chapter has exercises, or two of its exercises share a name, or one bears
        another chapter's number.
    """
    known = known_chapters()
    require(chapter in known, RangeError, "check: chapter", f"one of {_names(known)}", chapter)
    module = importlib.import_module(f"{chapters.__name__}.ch{chapter}")
    found: dict[str, Exercise] = {}
    for exercise in module.EXERCISES:
        new = exercise.name not in found and exercise.name.startswith(f"{chapter}-")
        require(new, RangeError, f"{module.__name__}", f"new names in {chapter}-…", exercise.name)
        found[exercise.name] = exercise
    return found


def known_chapters() -> list[str]:
    """Return the numbers of the chapters that have exercises, as two digits each."""
    modules = (info.name for info in pkgutil.iter_modules(chapters.__path__))
    return sorted(name[2:] for name in modules if name.startswith("ch"))


def _find(name: str) -> Exercise:
    known = known_chapters()
    is_text = isinstance(name, str)
    require(
        is_text and name[:2] in known,
        RangeError,
        "check: name",
        f"the number of a chapter with exercises ({_names(known)}) and a slug",
        repr(name),
    )
    of_chapter = exercises(name[:2])
    if name not in of_chapter:
        near = difflib.get_close_matches(name, of_chapter, 1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise RangeError(f"check: name: expected one of {_names(of_chapter)}, got {name!r}.{meant}")
    return of_chapter[name]


def _names(names: Any) -> str:
    return ", ".join(names) or "none so far"
