"""An answer that is a function the reader wrote."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlbook.checks.answers.base import Answer
from dlbook.checks.answers.numbers import Array
from dlbook.checks.reading import UnreadableError, is_unanswered, read_array, shorten

__all__ = ["Function"]


@dataclass(frozen=True)
class _Raised:
    """A call that ended in an exception."""

    error: BaseException


@dataclass(frozen=True)
class Function(Answer):
    """A function, right when it agrees with a reference on every case.

    Parameters
    ----------
    reference : callable
        The right function. Where it raises, the reader's function has to raise as well, an
        exception of the same class or of one above or below it.
    cases : sequence of tuple
        The arguments of each call. Both functions get copies of them.
    rtol, atol : float
        Tolerance of every element of the results.
    """

    reference: Callable[..., Any]
    cases: Sequence[tuple[Any, ...]]
    rtol: float = 1e-5
    atol: float = 1e-8

    def accepts(self, given: Any) -> bool:
        """Accept a function that agrees with the reference on every case."""
        return self._problem(given) is None

    def hint(self, given: Any) -> str:
        """Name the first call that goes wrong, and how."""
        return self._problem(given) or "This function is right."

    def forms(self) -> list[Any]:
        """Return the function itself, wrapped, and with results as lists and arrays."""

        def as_arrays(*arguments: Any) -> Any:
            result = self.reference(*arguments)
            if isinstance(result, tuple):
                return tuple(np.asarray(read_array(part)) for part in result)
            return np.asarray(read_array(result))

        return [self.reference, functools.partial(self.reference), as_arrays]

    def _problem(self, given: Any) -> str | None:
        if not callable(given):
            raise UnreadableError(
                "A function is asked for: give the function itself, by its name without "
                "parentheses, not the result of a call."
            )
        for case in self.cases:
            before, arguments = copy.deepcopy(case), copy.deepcopy(case)
            came = _call(given, arguments)
            wanted = _call(self.reference, copy.deepcopy(case))
            problem = self._compare(came, wanted)
            if problem is None and not _unchanged(before, arguments):
                problem = "the result is right, but your function changes its argument in place."
            if problem is not None:
                name = getattr(given, "__name__", "f")
                name = "f" if name == "<lambda>" else name
                call = f"{name}({', '.join(shorten(argument, 40) for argument in case)})"
                return f"For `{call}`: {problem}"
        return None

    def _compare(self, came: Any, wanted: Any) -> str | None:
        """Return what is wrong with the result `came`, or None."""
        if isinstance(wanted, _Raised) or isinstance(came, _Raised):
            return _compare_errors(came, wanted)
        if is_unanswered(came):
            return "your function still returns the placeholder `...`."
        if came is None:
            return "your function returns None: is its `return` missing?"
        if isinstance(wanted, tuple):
            return self._compare_tuple(came, wanted)
        array = Array(wanted, self.rtol, self.atol)
        try:
            problem = None if array.accepts(came) else array.hint(came)
        except UnreadableError as unreadable:
            problem = str(unreadable)
        return problem and problem[0].lower() + problem[1:]

    def _compare_tuple(self, came: Any, wanted: tuple[Any, ...]) -> str | None:
        if not isinstance(came, (tuple, list)) or len(came) != len(wanted):
            return f"{len(wanted)} results are expected, in a tuple."
        for position, (one, right) in enumerate(zip(came, wanted, strict=True)):
            problem = self._compare(one, right)
            if problem is not None:
                return f"result {position + 1} of {len(wanted)}: {problem}"
        return None


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    # `sys.exit()` in an answer must not end the reader's kernel.
    try:
        return function(*arguments)
    except (Exception, SystemExit) as error:
        return _Raised(error)


def _compare_errors(came: Any, wanted: Any) -> str | None:
    """Return what is wrong where the reader's function, the reference or both raise."""
    if not isinstance(wanted, _Raised):
        return f"your function {_say(came)}."
    kind = type(wanted.error)
    if not isinstance(came, _Raised):
        return f"an error ({kind.__name__}) is expected, your function returns a value."
    if isinstance(came.error, kind) or issubclass(kind, type(came.error)):
        return None
    return f"your function {_say(came)}, but {kind.__name__} is expected."


def _say(raised: _Raised) -> str:
    try:
        message = " ".join(str(raised.error).split())
    except Exception:
        message = ""
    message = message if len(message) <= 120 else f"{message[:119]}…"
    return f"raises {type(raised.error).__name__}" + (f" ({message})" if message else "")


def _unchanged(before: Any, after: Any) -> bool:
    """Compare arguments before and after a call; only arrays and containers can change."""
    if isinstance(before, np.ndarray):
        return (
            isinstance(after, np.ndarray)
            and before.shape == after.shape
            and bool(np.array_equal(before, after, equal_nan=before.dtype.kind in "fc"))
        )
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    return True
