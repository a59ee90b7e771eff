"""Generic hints: what is wrong with a number or an array, when no known mistake matches.

A hint names the kind of slip and asks a question; it never gives the answer away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["array_hint", "number_hint"]

# A slip: whether it is the one, and what to say. Slips are tried in order, lazily, so that a
# later test may rely on the failure of the earlier ones.
Slips = Iterator[tuple[Any, str]]

_FACTORS = {
    2: "Did you count something twice, or only half of it?",
    3: "How many colour channels, or other threes, are in play?",
    4: "A 32-bit number takes 4 bytes: how many times did you count them?",
    8: "Eight bits are one byte, and a 64-bit number takes 8 bytes: which do you need?",
    10: "Did a decimal point slip?",
    100: "Percentage or fraction?",
    1000: "Which unit is asked for?",
    1024: "Which unit is asked for?",
    1_000_000: "Which unit is asked for?",
}


def number_hint(
    given: float, right: float, same: Callable[[float, float], bool], whole: bool = False
) -> str:
    """Say how `given` misses `right`.

    Parameters
    ----------
    given, right : float
        The reader's number and the right one, not the same.
    same : callable
        Whether two numbers are equal within the exercise's tolerance.
    whole : bool
        Whether a whole number is asked for.

    Returns
    -------
    str
        One or two sentences.
    """
    return _first(_number_slips(given, right, same, whole))


def array_hint(
    given: NDArray[Any], right: NDArray[Any], close: Callable[[Any, Any], NDArray[np.bool_]]
) -> str:
    """Say how the array `given` misses the array `right`: its shape first, then its values.

    Parameters
    ----------
    given, right : numpy.ndarray of any shape
        Not the same.
    close : callable
        Which elements of two arrays of one shape are equal within the exercise's tolerance.

    Returns
    -------
    str
        One or two sentences. The right shape is told, the right values are not.
    """

    def same(one: Any, other: Any) -> bool:
        return bool(np.all(close(one, other)))

    if given.shape != right.shape:
        return _first(_shape_slips(given, right, same))
    if given.dtype.kind == "c" or right.dtype.kind == "c":
        return "The shape is right, the complex values are not."
    given, right = given.astype(np.float64), right.astype(np.float64)
    with np.errstate(all="ignore"):
        hint = _first(_value_slips(given, right, same))
    return hint or _where(given, right, close(given, right))


def _first(slips: Slips) -> str:
    return next((text for found, text in slips if found), "")


def _number_slips(
    given: float, right: float, same: Callable[[float, float], bool], whole: bool
) -> Slips:
    yield (
        math.isnan(given),
        "Your answer is nan, not a number: is there 0/0, or a logarithm of a negative number?",
    )
    yield (
        math.isinf(given),
        "Your answer is infinite: did you divide by zero, or did an exponential overflow?",
    )
    yield whole and given != round(given), "A whole number is asked for."
    yield (
        not math.isfinite(right),
        "Your answer is an ordinary number; the right one is not. What happens at the limit?",
    )
    yield right != 0 and same(-given, right), "The magnitude is right, the sign is not."
    yield (
        whole and abs(given - right) == 1,
        "Off by one: check where you start counting and whether the end is included.",
    )
    if given != 0 and right != 0:
        for factor, question in _FACTORS.items():
            off = same(given / factor, right) or same(given * factor, right)
            yield off, f"Off by a factor of {factor}. {question}"
        yield same(1 / given, right), "You have the reciprocal: swap numerator and denominator."
        root = math.copysign(math.sqrt(abs(given)), given)
        yield same(root, right), "You have the square of the answer: is a root missing?"
        square = abs(given) < 1e150 and same(given * given, right)
        yield square, "You have the square root of the answer: is a square missing?"
        yield (
            abs(given - right) <= 0.05 * abs(right),
            "Close, but outside the tolerance: did you round too early?",
        )
    yield given > right, "Your number is too large."
    yield True, "Your number is too small."


def _shape_slips(
    given: NDArray[Any], right: NDArray[Any], same: Callable[[Any, Any], bool]
) -> Slips:
    asked = f"shape {right.shape} is asked for, yours has {given.shape}"
    reversed_axes = given.T.shape == right.shape
    yield (
        reversed_axes and same(given.T, right),
        f"The numbers are right, but the axes are reversed: {asked}. Transpose it.",
    )
    yield reversed_axes, f"The axes are in reversed order: {asked}."
    more = "too many" if given.ndim > right.ndim else "too few, or one that stands elsewhere"
    yield (
        np.squeeze(given).shape == np.squeeze(right).shape,
        f"There is an axis of length 1 {more}: {asked}.",
    )
    yield given.ndim == 0, f"Your answer is a single number, not an array of shape {right.shape}."
    yield sorted(given.shape) == sorted(right.shape), f"The axes are in another order: {asked}."
    yield (
        given.size == right.size,
        f"There are as many numbers as needed, but arranged differently: {asked}.",
    )
    yield True, f"The shape differs: {asked}."


def _value_slips(
    given: NDArray[np.float64], right: NDArray[np.float64], same: Callable[[Any, Any], bool]
) -> Slips:
    nan = np.isnan(given) & ~np.isnan(right)
    yield (
        nan.any(),
        f"Element {_index(nan)} is nan, not a number: is there 0/0, or a log of a negative number?",
    )
    yield same(-given, right), "The magnitudes are right, but every sign is wrong."
    square = given.ndim == 2 and given.shape[0] == given.shape[1]
    yield (
        square and same(given.T, right),
        "You have the transpose: rows and columns are swapped.",
    )
    yield same(np.flip(given), right), "The values are right, but in reversed order."
    yield (
        same(np.sort(given, axis=None), np.sort(right, axis=None)),
        "The values are right, but in another order.",
    )
    if given.size > 1:
        ratios = given[right != 0] / right[right != 0]
        ratio = ratios[0] if ratios.size > 1 else np.nan
        yield (
            np.isfinite(ratio) and same(right * ratio, given),
            f"Every element is {ratio:.3g} times what it should be.",
        )
        shift = (given - right).flat[0]
        yield (
            np.isfinite(shift) and same(right + shift, given),
            "Every element is off by the same amount: is a term missing, or added twice?",
        )


def _where(given: NDArray[np.float64], right: NDArray[np.float64], close: NDArray[np.bool_]) -> str:
    """Point to the first wrong element."""
    first = tuple(np.argwhere(~close)[0])
    way = "too large" if given[first] > right[first] else "too small"
    if given.size == 1:
        return f"The value is {way}."
    return (
        f"The shape is right; {int((~close).sum())} of {given.size} values are not. "
        f"The first one, at {_index(~close)}, is {way}."
    )


def _index(mask: NDArray[np.bool_]) -> str:
    """Write the index of the first true element, as one would type it."""
    return str([int(i) for i in np.argwhere(mask)[0]]) if mask.any() else "[]"
