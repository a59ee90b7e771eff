"""Reading an answer: whatever array library it comes from, NumPy at the end.

Libraries are told apart by what their objects can do (`detach`, `numpy`), so that neither
PyTorch nor TensorFlow is ever imported here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlbook.errors import DTypeError

__all__ = ["UnreadableError", "is_unanswered", "read_array", "shorten"]


class UnreadableError(DTypeError):
    """An answer is not of a form that could be right; the message is the hint."""


def is_unanswered(given: Any) -> bool:
    """Say whether an answer still is, or still holds, the placeholder ``...``.

    Parameters
    ----------
    given : object
    """
    if isinstance(given, (list, tuple)):
        return any(part is ... for part in given)
    return given is ...


def read_array(given: Any) -> NDArray[Any]:
    """Turn a number, a sequence or any library's tensor into a numeric NumPy array.

    Parameters
    ----------
    given : object
        Anything at all.

    Returns
    -------
    numpy.ndarray
        Of a Boolean, integer, real or complex dtype, of the shape of `given`.

    Raises
    ------
    UnreadableError
        If `given` does not stand for numbers; the message tells the reader what it is instead.
    """
    _refuse_what_is_no_number(given)
    try:
        array = np.asarray(_to_numpy(given))
    except UnreadableError:
        raise
    except ValueError as error:
        if isinstance(given, (list, tuple)):
            raise UnreadableError(
                "The rows of your answer have different lengths, so they form no array."
            ) from error
        raise UnreadableError(_not_numbers(given)) from error
    except Exception as error:
        raise UnreadableError(_not_numbers(given)) from error
    if array.dtype.kind in "US":
        raise UnreadableError(
            "Your answer holds text where numbers are needed: leave off the quotes."
        )
    if array.dtype.kind not in "biufc":
        # Python integers beyond 64 bits, fractions, decimals and bfloat16 end up here.
        try:
            array = array.astype(np.float64)
        except Exception as error:
            raise UnreadableError(_not_numbers(given)) from error
    return array


def shorten(value: Any, limit: int = 60) -> str:
    """Write a value in one short line, whatever its own ``repr`` does.

    Parameters
    ----------
    value : object
    limit : int
        Characters at most.
    """
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple) and shape and np.prod(shape) > 12:
        return f"<array of shape {shape}>"
    if isinstance(value, np.ndarray):
        value = value.tolist()
    try:
        text = " ".join(repr(value).split())
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _refuse_what_is_no_number(given: Any) -> None:
    if given is None:
        raise UnreadableError("Your answer is None. Does your function `return` its result?")
    if isinstance(given, (str, bytes)):
        raise UnreadableError("Your answer is text where a number is needed: leave off the quotes.")
    if isinstance(given, (dict, set, frozenset)):
        raise UnreadableError(
            f"Your answer is a {type(given).__name__}: give a number, a list or an array."
        )
    if isinstance(given, Iterator):
        raise UnreadableError("Your answer is a generator or iterator: put `list(...)` around it.")
    if callable(given):
        raise UnreadableError("Your answer is a function or class: call it, and give its result.")


def _to_numpy(given: Any) -> Any:
    """Ask a tensor for its values; look into lists and tuples of tensors."""
    if isinstance(given, np.ndarray):
        return given
    if isinstance(given, (list, tuple)):
        if any(isinstance(part, (list, tuple)) or hasattr(part, "numpy") for part in given[:8]):
            return [_to_numpy(part) for part in given]
        return given
    if callable(getattr(given, "detach", None)):
        given = given.detach()
        if callable(getattr(given, "cpu", None)):
            given = given.cpu()
    if callable(getattr(given, "numpy", None)):
        given = given.numpy()
    return given


def _not_numbers(given: Any) -> str:
    return f"Your answer, of type {type(given).__name__}, can't be read as numbers."
