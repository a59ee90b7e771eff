"""Answers in words: a term, a choice among several, true or false."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Set
from dataclasses import dataclass
from typing import Any

from dlbook.checks.answers.base import Answer
from dlbook.checks.reading import UnreadableError, read_array, shorten

__all__ = ["Choice", "Text", "Truth"]


def _plain(text: str) -> str:
    """Drop what does not matter: case, blanks, hyphens, quotes, a full stop."""
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").strip(" \n\t.'\"").split())


@dataclass(frozen=True)
class Text(Answer):
    """A term.

    Parameters
    ----------
    text : str
        The right term; case, blanks and hyphens do not matter.
    also : collection of str
        Synonyms that are right as well.
    """

    text: str
    also: Collection[str] = ()

    def accepts(self, given: Any) -> bool:
        """Accept the term or one of its synonyms."""
        return _plain(_read_text(given)) in {_plain(text) for text in (self.text, *self.also)}

    def hint(self, given: Any) -> str:
        """Tell a misspelling from a wrong term."""
        word = _plain(_read_text(given))
        if difflib.get_close_matches(word, [_plain(t) for t in (self.text, *self.also)], 1, 0.75):
            return "Almost: check the spelling."
        if not word:
            return "Your answer is empty text."
        return "This is not the term that is asked for."

    def like(self, value: Any) -> Answer:
        """Return the same kind of answer without the synonyms, which belong to the right one."""
        return value if isinstance(value, Answer) else Text(value)

    def forms(self) -> list[Any]:
        """Return the term as written, in capitals and with blanks, and its synonyms."""
        return [self.text, self.text.upper(), f" {self.text.lower()} ", *self.also]


@dataclass(frozen=True)
class Choice(Answer):
    """One option of several, or all options that apply.

    Parameters
    ----------
    right : str or set of str
        The right option, or the set of all right ones.
    of : str or collection of str
        The options; a string stands for its letters.
    """

    right: str | Set[str]
    of: Collection[str]

    def accepts(self, given: Any) -> bool:
        """Accept the right option; where several apply, exactly those, in any order."""
        return self._read(given) == self._wanted()

    def hint(self, given: Any) -> str:
        """Say what is not an option, how many are missing, and how many are too many."""
        chosen, wanted = self._read(given), self._wanted()
        options = ", ".join(self.of)
        strange = sorted(chosen - {_plain(option) for option in self.of})
        if strange:
            return f"{shorten(strange[0])} is not one of the options: {options}."
        if isinstance(self.right, str):
            if len(chosen) > 1:
                return "Choose one option only."
            return f"Not this one. The options are {options}: why does each hold, or not?"
        missing, extra = len(wanted - chosen), len(chosen - wanted)
        parts = [f"{missing} missing"] * bool(missing) + [f"{extra} too many"] * bool(extra)
        return f"Compare your choice once more: {' and '.join(parts)}."

    def forms(self) -> list[Any]:
        """Return the choice in several spellings."""
        if isinstance(self.right, str):
            return [self.right, self.right.upper(), f" {self.right} ", [self.right]]
        return [set(self.right), sorted(self.right), tuple(sorted(self.right, reverse=True))]

    def _wanted(self) -> set[str]:
        right = [self.right] if isinstance(self.right, str) else self.right
        return {_plain(option) for option in right}

    def _read(self, given: Any) -> set[str]:
        if isinstance(given, str):
            letters = all(len(option) == 1 for option in self.of)
            if letters and not isinstance(self.right, str):
                return {_plain(letter) for letter in given if letter.isalnum()}
            return {_plain(given)}
        if isinstance(given, (list, tuple, set, frozenset)) and all(
            isinstance(part, str) for part in given
        ):
            return {_plain(part) for part in given}
        raise UnreadableError(f'Answer with the option in quotes, such as "{next(iter(self.of))}".')


@dataclass(frozen=True)
class Truth(Answer):
    """True or false.

    Parameters
    ----------
    value : bool
        What is right.
    """

    value: bool

    def accepts(self, given: Any) -> bool:
        """Accept a Boolean of Python or of any array library."""
        return _read_truth(given) is self.value

    def hint(self, given: Any) -> str:
        """Send the reader back to the statement: the other answer is the right one."""
        _read_truth(given)
        return "It is the other way round. Can you find an example which shows it?"

    def forms(self) -> list[Any]:
        """Return the Boolean as Python and NumPy."""
        array = read_array(self.value)
        return [self.value, array[()], array, array.reshape(1)]


def _read_truth(given: Any) -> bool:
    if isinstance(given, bool):
        return given
    array = read_array(given)
    if array.size != 1 or array.dtype.kind != "b":
        raise UnreadableError("Answer with True or False, without quotes.")
    return bool(array.reshape(()).item())


def _read_text(given: Any) -> str:
    if not isinstance(given, str):
        raise UnreadableError('Answer with a word in quotes, such as "tensor".')
    return given
