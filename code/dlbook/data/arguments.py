"""Checks that the generators of data share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.errors import DTypeError, RangeError, require

__all__ = ["check_count", "check_number", "check_rng"]


def check_count(argument: str, value: Any, least: int = 1, most: int | None = None) -> int:
    """Raise unless `value` is a whole number in a range.

    Parameters
    ----------
    argument : str
        Whose value this is, for the message: ``"reviews: samples"``.
    value : object
    least, most : int
        The range, both ends included; without `most` there is no upper end.

    Returns
    -------
    int

    Raises
    ------
    RangeError
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    expected = f"a whole number of at least {least}"
    if most is not None:
        expected = f"a whole number from {least} to {most}"
    fits = whole and value >= least and (most is None or value <= most)
    require(fits, RangeError, argument, expected, value)
    return int(value)


def check_number(argument: str, value: Any, low: float = 0.0, high: float = math.inf) -> float:
    """Raise unless `value` is a finite number in a range.

    Parameters
    ----------
    argument : str
        Whose value this is, for the message.
    value : object
    low, high : float
        The range, both ends included.

    Returns
    -------
    float

    Raises
    ------
    RangeError
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    expected = f"a number from {low:g} to {high:g}" if high < math.inf else f"{low:g} or more"
    fits = number and low <= value <= high and value < math.inf
    require(bool(fits), RangeError, argument, expected, value)
    return float(value)


def check_rng(argument: str, rng: Any) -> np.random.Generator:
    """Raise unless `rng` is a source of randomness.

    Parameters
    ----------
    argument : str
        Whose generator this is, for the message.
    rng : object

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    DTypeError
    """
    fits = isinstance(rng, np.random.Generator)
    require(fits, DTypeError, argument, "a numpy.random.Generator", rng)
    return rng
