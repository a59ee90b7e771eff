"""The one error family of the book.

Every message names the argument, what was expected and what came, so that a reader can
mend a call without opening the source. Each class also inherits the built-in exception a
Python programmer would expect (`ValueError`, `TypeError`, …), so ordinary `except` clauses work.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "DTypeError",
    "DataError",
    "DlbookError",
    "GradientError",
    "MissingDataError",
    "MissingPackageError",
    "RangeError",
    "ShapeError",
    "TrainingError",
    "describe",
    "require",
]


class DlbookError(Exception):
    """Base class: catch it to catch everything this package raises on purpose."""


class ShapeError(DlbookError, ValueError):
    """An array has the wrong rank or the wrong length along an axis."""


class DTypeError(DlbookError, TypeError):
    """An argument is of the wrong type, or an array holds the wrong kind of number."""


class RangeError(DlbookError, ValueError):
    """A value lies outside what is allowed: a label, an index, a rate, a name."""


class GradientError(DlbookError, RuntimeError):
    """A gradient was asked for where there is none, or no longer one."""


class DataError(DlbookError, ValueError):
    """A data set is empty, damaged, or holds values that are not numbers."""


class MissingDataError(DataError):
    """An optional data set is not in the cache folder."""


class TrainingError(DlbookError, RuntimeError):
    """Training cannot go on, for instance because the loss is no longer a number."""


class MissingPackageError(DlbookError, ImportError):
    """An optional package is not installed."""


def describe(value: Any) -> str:
    """Say in a few words what `value` is, for the "got …" half of a message.

    Parameters
    ----------
    value : object
        Anything: arrays are described by shape and dtype, other things by their repr.

    Returns
    -------
    str
        At most about 80 characters.
    """
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if isinstance(shape, tuple) and dtype is not None:
        if shape == ():
            return f"{np.asarray(getattr(value, 'data', value))!s} ({dtype})"
        return f"an array of shape {shape} ({dtype})"
    text = f"{value!r} ({type(value).__name__})" if not isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:60]}… ({type(value).__name__})"


def require(
    condition: bool, error: type[DlbookError], argument: str, expected: str, got: Any
) -> None:
    """Raise `error` with the standard message unless `condition` holds.

    Parameters
    ----------
    condition : bool
        What has to be true.
    error : type of DlbookError
        What is raised when it is not.
    argument : str
        Who is at fault, as the caller wrote it: ``"Linear: x"``.
    expected : str
        What would have been right.
    got : object
        What came; put through `describe` unless it is a finished sentence (`str`).

    Raises
    ------
    DlbookError
        Of the class `error`, reading "<argument>: expected <expected>, got <got>".

    Examples
    --------
    >>> require(3 == 4, ShapeError, "x", "4 columns", 3)
    Traceback (most recent call last):
    dlbook.errors.ShapeError: x: expected 4 columns, got 3 (int)
    """
    if not condition:
        came = got if isinstance(got, str) else describe(got)
        raise error(f"{argument}: expected {expected}, got {came}")
