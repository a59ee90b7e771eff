"""What every kind of answer can do."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from typing import Any, Self

__all__ = ["Answer"]


class Answer(ABC):
    """A right answer, and the knowledge of how others go wrong.

    Each kind is a frozen dataclass whose first field is the right answer itself, so that the
    same kind with another first field recognises a known mistake (`like`).
    """

    @abstractmethod
    def accepts(self, given: Any) -> bool:
        """Say whether `given` is right, in whatever equivalent form it comes.

        Parameters
        ----------
        given : object
            What the reader gave; never changed.

        Returns
        -------
        bool

        Raises
        ------
        UnreadableError
            If `given` is not of a form that could be right; its message is the hint.
        """

    @abstractmethod
    def hint(self, given: Any) -> str:
        """Say in a full sentence what is wrong with `given`, without giving the answer away."""

    @abstractmethod
    def forms(self) -> list[Any]:
        """Return right answers in several forms, the plainest first (the tests try them all)."""

    def like(self, value: Any) -> Answer:
        """Return the same kind of answer, tolerances included, with `value` as the right one."""
        if isinstance(value, Answer):
            return value
        return self._with_first_field(value)

    def _with_first_field(self, value: Any) -> Self:
        first = dataclasses.fields(self)[0].name  # type: ignore[arg-type]
        return dataclasses.replace(self, **{first: value})  # type: ignore[type-var]
