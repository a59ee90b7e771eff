"""Optimisers and losses by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dlbook.errors import RangeError, require

__all__ = ["DEFAULT_RATES", "choose", "rate"]

DEFAULT_RATES = {"sgd": 0.1, "adam": 1e-3}


def choose(argument: str, value: Any, known: Mapping[str, Any]) -> Any:
    """Look a name up; anything that is not a string is used as it is.

    Parameters
    ----------
    argument : str
        Which argument of `fit` this is, for the message.
    value : str or object
        A name, or the library's own optimiser or loss.
    known : mapping of str to object
        What the names stand for.

    Returns
    -------
    object

    Raises
    ------
    RangeError
        If the name is unknown.
    """
    if not isinstance(value, str):
        return value
    require(value in known, RangeError, f"fit: {argument}", f"one of {sorted(known)}", value)
    return known[value]


def rate(optimizer: str, learning_rate: float | None) -> float:
    """Return the learning rate given, or the usual one of the optimiser.

    Parameters
    ----------
    optimizer : str
        Its name.
    learning_rate : float or None

    Returns
    -------
    float

    Raises
    ------
    RangeError
        If the rate is negative.
    """
    if learning_rate is None:
        return DEFAULT_RATES[optimizer]
    require(
        learning_rate >= 0, RangeError, "fit: learning_rate", "a number of 0 or more", learning_rate
    )
    return learning_rate
