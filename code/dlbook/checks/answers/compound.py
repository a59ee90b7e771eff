"""Answers of several parts, and answers judged by a function of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlbook.checks.answers.base import Answer
from dlbook.checks.reading import UnreadableError, read_array

__all__ = ["Parts", "Predicate"]


class Parts(Answer):
    """A tuple of answers, each of its own kind.

    Parameters
    ----------
    *parts : Answer
        The right answers, in the order in which they are asked for.
    """

    def __init__(self, *parts: Answer) -> None:
        self.parts = parts

    def accepts(self, given: Any) -> bool:
        """Accept a tuple or list, all parts of which are right."""
        return self._problem(given) is None

    def hint(self, given: Any) -> str:
        """Name the first wrong part and what is wrong with it."""
        return self._problem(given) or "All parts are right."

    def like(self, value: Any) -> Answer:
        """Return parts of the same kinds with the values of the tuple `value`."""
        if isinstance(value, Answer):
            return value
        return Parts(*(part.like(one) for part, one in zip(self.parts, value, strict=True)))

    def forms(self) -> list[Any]:
        """Return the parts as tuple and as list, in several forms of their own."""
        forms = [part.forms() for part in self.parts]
        return [
            tuple(form[0] for form in forms),
            [form[0] for form in forms],
            tuple(form[1] for form in forms),
        ]

    def _problem(self, given: Any) -> str | None:
        for number, (part, one) in enumerate(zip(self.parts, self._read(given), strict=True), 1):
            try:
                problem = None if part.accepts(one) else part.hint(one)
            except UnreadableError as unreadable:
                problem = str(unreadable)
            if problem is not None:
                return f"Part {number} of {len(self.parts)}: {problem}"
        return None

    def _read(self, given: Any) -> tuple[Any, ...]:
        if isinstance(given, np.ndarray):
            given = tuple(given)
        if not isinstance(given, (tuple, list)):
            raise UnreadableError(f"{len(self.parts)} answers are asked for, in a tuple.")
        if len(given) != len(self.parts):
            raise UnreadableError(
                f"{len(self.parts)} answers are asked for; you gave {len(given)}."
            )
        return tuple(given)


@dataclass(frozen=True)
class Predicate(Answer):
    """Anything else: a function says what is wrong with the answer.

    Parameters
    ----------
    judge : callable
        Takes the answer; returns None when it is right, otherwise the hint, a full sentence.
    example : object
        A right answer, for the tests.
    """

    judge: Callable[[Any], str | None]
    example: Any

    def accepts(self, given: Any) -> bool:
        """Accept what `judge` finds nothing wrong with."""
        return self.judge(given) is None

    def hint(self, given: Any) -> str:
        """Return what `judge` finds wrong."""
        return self.judge(given) or "This answer is right."

    def like(self, value: Any) -> Answer:
        """Return a kind of answer that recognises `value` and nothing else."""
        return (
            value if isinstance(value, Answer) else Predicate(lambda g: _differs(g, value), value)
        )

    def forms(self) -> list[Any]:
        """Return the one right answer that is known."""
        return [self.example]


def _differs(given: Any, value: Any) -> str | None:
    if given is value:
        return None
    try:
        same = np.array_equal(read_array(given), read_array(value))
    except UnreadableError:
        same = type(given) is type(value) and bool(given == value)
    return None if same else "Another value."
