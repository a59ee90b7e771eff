"""An exercise: its answer, why it is right, and the mistakes people make."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from dlbook.checks.answers.base import Answer
from dlbook.checks.reading import UnreadableError, is_unanswered
from dlbook.errors import RangeError, require

__all__ = ["Exercise", "Mistake", "Status", "Verdict"]


class Status(Enum):
    """How an answer stands; the value is what the reader sees."""

    CORRECT = "Correct"
    NOT_YET = "Not yet"
    UNANSWERED = "Not answered yet"


@dataclass(frozen=True)
class Verdict:
    """What is said about an answer.

    Parameters
    ----------
    status : Status
    text : str
        Why it is right, or a hint.
    """

    status: Status
    text: str

    def __str__(self) -> str:
        return f"{self.status.value}. {self.text}"


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that people arrive at for a known reason.

    Parameters
    ----------
    value : object
        The wrong answer, in the form of the right one (for a `Function`, a wrong function);
        or an `Answer` of any kind, which then has to accept it.
    hint : str
        What to tell whoever gives it: the reason, never the answer.
    """

    value: Any
    hint: str


@dataclass(frozen=True)
class Exercise:
    """What is known about one exercise.

    Parameters
    ----------
    name : str
        Chapter number and slug, such as ``"02-dense-parameters"``.
    answer : Answer
        The right answer, and what counts as equal to it.
    because : str
        Why it is right, told to whoever finds it.
    mistakes : sequence of Mistake
        Known wrong answers, the more specific first.
    accepts : sequence
        Right answers in unusual forms, for the tests.

    Raises
    ------
    RangeError
        If the name is malformed, or a text is empty.
    """

    name: str
    answer: Answer
    because: str
    mistakes: Sequence[Mistake] = field(default=())
    accepts: Sequence[Any] = field(default=())

    def __post_init__(self) -> None:
        require(
            re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", self.name) is not None,
            RangeError,
            "Exercise: name",
            "two digits, a hyphen and a slug, such as '02-broadcast'",
            repr(self.name),
        )
        for text in (self.because, *(mistake.hint for mistake in self.mistakes)):
            require(
                text.strip().endswith((".", "?", "!", "`", ")")),
                RangeError,
                f"Exercise {self.name}: because and hints",
                "full sentences",
                repr(text),
            )

    def examine(self, given: Any) -> Verdict:
        """Judge an answer.

        Parameters
        ----------
        given : object
            Anything at all; it is not changed.

        Returns
        -------
        Verdict
            Correct, with the reason; not yet, with a hint about this error; or unanswered.
        """
        try:
            # The verdict is all a reader should see: no warnings of the comparison.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return self._judge(given)
        except UnreadableError as unreadable:
            return Verdict(Status.NOT_YET, str(unreadable))
        except Exception as error:
            # Objects whose own methods fail: the reader gets a sentence, not our traceback.
            return Verdict(
                Status.NOT_YET,
                f"Your answer, of type {type(given).__name__}, could not be examined "
                f"({type(error).__name__}).",
            )

    def _judge(self, given: Any) -> Verdict:
        if is_unanswered(given):
            return Verdict(
                Status.UNANSWERED, "Put your answer in place of `...` and run the cell again."
            )
        try:
            if self.answer.accepts(given):
                return Verdict(Status.CORRECT, self.because)
        except UnreadableError as unreadable:
            return Verdict(Status.NOT_YET, self._known_mistake(given) or str(unreadable))
        return Verdict(Status.NOT_YET, self._known_mistake(given) or self.answer.hint(given))

    def _known_mistake(self, given: Any) -> str | None:
        for mistake in self.mistakes:
            try:
                if self.answer.like(mistake.value).accepts(given):
                    return mistake.hint
            except Exception:
                # What this mistake's judge cannot even look at is another mistake.
                continue
        return None
