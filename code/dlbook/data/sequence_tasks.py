"""Synthetic: one toy for each of the five ways in which inputs and outputs can be sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlbook.data.arguments import check_count, check_rng
from dlbook.data.dataset import Dataset
from dlbook.errors import RangeError, require

__all__ = ["SEQUENCE_TASKS", "sequence_task"]

Array = np.ndarray[Any, Any]

_SYMBOLS = 10  # the digits 0 to 9


def _successor(digits: Array) -> Array:
    return (digits[:, :1] + 1) % _SYMBOLS


def _countdown(digits: Array) -> Array:
    return (digits[:, :1] - np.arange(digits.shape[1])) % _SYMBOLS


def _sum(digits: Array) -> Array:
    return digits.sum(axis=1, keepdims=True) % _SYMBOLS


def _largest_so_far(digits: Array) -> Array:
    return np.maximum.accumulate(digits, axis=1)


def _reversed(digits: Array) -> Array:
    return digits[:, ::-1].copy()


_TARGETS: dict[str, Callable[[Array], Array]] = {
    "one to one": _successor,
    "one to many": _countdown,
    "many to one": _sum,
    "many to many": _largest_so_far,
    "sequence to sequence": _reversed,
}

#: Names of the kinds of task.
SEQUENCE_TASKS = tuple(_TARGETS)


def sequence_task(kind: str, samples: int, length: int = 6, *, rng: np.random.Generator) -> Dataset:
    """Sequences of digits and what is to be made of them.

    ==========================  ==========================================================
    kind                        task, with an example of length 4
    ==========================  ==========================================================
    ``"one to one"``            a digit → the next one: 9 → 0
    ``"one to many"``           a digit → counting down from it: 2 → 2 1 0 9
    ``"many to one"``           digits → the last digit of their sum: 7 0 5 1 → 3
    ``"many to many"``          digits → at each step the largest so far: 2 1 7 3 → 2 2 7 7
    ``"sequence to sequence"``  digits → the same in reverse, which can only begin once all
                                have been read: 2 1 7 3 → 3 7 1 2
    ==========================  ==========================================================

    Parameters
    ----------
    kind : str
        One of `SEQUENCE_TASKS`.
    samples : int
        How many sequences.
    length : int
        Steps of each sequence, where there is one.
    rng : numpy.random.Generator

    Returns
    -------
    Dataset
        x of shape (samples, 1) or (samples, length) and y of shape (samples, 1) or
        (samples, length), both int64 from 0 to 9.

    Raises
    ------
    RangeError, DTypeError
        If an argument does not fit.
    """
    require(kind in _TARGETS, RangeError, "sequence_task: kind", f"one of {SEQUENCE_TASKS}", kind)
    check_count("sequence_task: samples", samples)
    check_count("sequence_task: length", length, 2)
    check_rng("sequence_task: rng", rng)
    digits = rng.integers(0, _SYMBOLS, (samples, length))
    x = digits[:, :1].copy() if kind.startswith("one") else digits
    classes = tuple(str(digit) for digit in range(_SYMBOLS))
    return Dataset(x, _TARGETS[kind](digits), f"{kind} (synthetic)", classes)
