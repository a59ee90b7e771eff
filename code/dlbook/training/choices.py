"""Optimisers and losses by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dlbook.errors import DTypeError, RangeError, require

__all__ = ["DEFAULT_RATES", "LOSSES", "choose", "choose_optimizer", "rate"]

#: Learning rates used where none is given.
DEFAULT_RATES = {
    "adagrad": 1e-2,
    "adam": 1e-3,
    "adamw": 1e-3,
    "momentum": 1e-2,
    "rmsprop": 1e-3,
    "sgd": 0.1,
}

#: Losses that every backend knows.
LOSSES = ("binary_cross_entropy", "cross_entropy", "huber", "mae", "mse")


def choose(argument: str, value: Any, known: Mapping[str, Any]) -> Any:
    """Look a name up; a function is used as it is.

    Parameters
    ----------
    argument : str
        Which argument of `fit` this is, for the message.
    value : str or callable
        A name, or the library's own loss.
    known : mapping of str to object
        What the names stand for.

    Returns
    -------
    object

    Raises
    ------
    RangeError
        If the name is unknown.
    DTypeError
        If it is neither a name nor a function.
    """
    if not isinstance(value, str):
        ok = callable(value)
        require(ok, DTypeError, f"fit: {argument}", f"one of {sorted(known)} or a function", value)
        return value
    require(value in known, RangeError, f"fit: {argument}", f"one of {sorted(known)}", value)
    return known[value]


def choose_optimizer(
    value: Any,
    learning_rate: float | None,
    known: Mapping[str, Any],
    base: type[Any],
    library: str,
) -> Any:
    """Return an optimiser that is ready, or what makes one of the name given.

    Parameters
    ----------
    value : str or optimiser
        As in `dlbook.training.fit`.
    learning_rate : float or None
    known : mapping of str to callable
        What makes the optimiser of each name.
    base : type
        The class that all optimisers of the library inherit from.
    library : str
        Its name, for the message.

    Returns
    -------
    object
        An entry of `known`, or `value` itself.

    Raises
    ------
    RangeError
        If the name is unknown, or a rate is given to an optimiser that has one.
    DTypeError
        If it is neither a name nor an optimiser of this library.
    """
    if isinstance(value, str):
        require(value in known, RangeError, "fit: optimizer", f"one of {sorted(known)}", value)
        return known[value]
    expected = f"one of {sorted(known)} or an optimizer of {library}, as the model is"
    require(isinstance(value, base), DTypeError, "fit: optimizer", expected, value)
    expected = "nothing, since the optimizer given has a rate of its own"
    require(learning_rate is None, RangeError, "fit: learning_rate", expected, learning_rate)
    return value


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
        If the rate is negative, infinite or not a number.
    """
    if learning_rate is None:
        return DEFAULT_RATES[optimizer]
    number = isinstance(learning_rate, int | float) and not isinstance(learning_rate, bool)
    fits = number and 0 <= learning_rate < math.inf
    require(fits, RangeError, "fit: learning_rate", "a number of 0 or more", learning_rate)
    return float(learning_rate)
