"""What functions and constructors take beside tensors: numbers, words, switches, generators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import DTypeError, require

__all__ = ["check_switches", "generator", "is_number", "is_one_of", "is_whole"]


def is_number(value: Any) -> bool:
    """Whether a value is a single real number, of Python or NumPy, and no truth value.

    Parameters
    ----------
    value : object
    """
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """Whether a value is an integer, of Python or NumPy, and no truth value.

    Parameters
    ----------
    value : object
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_one_of(value: Any, words: Sequence[str]) -> bool:
    """Whether a value is one of some words; an array is none, and is not compared with them.

    Parameters
    ----------
    value : object
    words : sequence of str
    """
    return isinstance(value, str) and value in words


def check_switches(name: str, **switches: Any) -> None:
    """Raise unless all values are True or False (or 1 or 0).

    Anything has a truth value in Python, which hides arguments that got into the wrong place.

    Parameters
    ----------
    name : str
        Whose switches these are, for the message.
    **switches
        The values, by the names of the arguments.

    Raises
    ------
    DTypeError
        If one is something else.
    """
    for argument, value in switches.items():
        fits = isinstance(value, bool | np.bool_) or (is_whole(value) and value in (0, 1))
        require(fits, DTypeError, f"{name}: {argument}", "True or False", value)


def generator(name: str, rng: np.random.Generator | None) -> np.random.Generator:
    """Return a source of randomness: the given one, or a new one with a seed of its own.

    Parameters
    ----------
    name : str
        Who draws, for the message.
    rng : numpy.random.Generator or None

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    DTypeError
        If it is neither.
    """
    known = rng is None or isinstance(rng, np.random.Generator)
    require(known, DTypeError, f"{name}: rng", "a numpy.random.Generator, or None", rng)
    return np.random.default_rng() if rng is None else rng
