"""What the sequence models of all three libraries check, and how they choose a symbol."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import DTypeError, RangeError, ShapeError, require
from dlbook.models.arguments import check_choice

__all__ = [
    "CELLS",
    "check_prompt",
    "check_recurrence",
    "check_start",
    "check_tokens",
    "sample",
]

#: Kinds of recurrence by name.
CELLS = ("rnn", "lstm", "gru")


def check_recurrence(model: str, cell: Any, forget_bias: Any = None) -> None:
    """Raise unless the kind of recurrence is known and has the gate that is spoken of.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    cell : object
        One of `CELLS`.
    forget_bias : object
        A finite number, or None.

    Raises
    ------
    RangeError
    """
    check_choice(model, "cell", cell, CELLS)
    if forget_bias is None:
        return
    argument = f"{model}: forget_bias"
    require(cell != "rnn", RangeError, argument, "None, since a plain cell has no gates", "a bias")
    number = isinstance(forget_bias, int | float | np.number) and math.isfinite(forget_bias)
    require(number, RangeError, argument, "a finite number or None", forget_bias)


def check_tokens(model: str, tokens: Any, size: int, *, integers: bool, least: int = 1) -> None:
    """Raise unless a batch holds numbers of a vocabulary.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    tokens : ndarray or torch.Tensor of shape (batch, length)
    size : int
        Entries of the vocabulary.
    integers : bool
        Whether the tokens are integers; each library has its own way to tell.
    least : int
        Shortest length that the model can read.

    Raises
    ------
    DTypeError, ShapeError, RangeError
    """
    argument = f"{model}: x"
    require(integers, DTypeError, argument, "integer token numbers", tokens)
    fits = tokens.ndim == 2 and tokens.shape[0] >= 1 and tokens.shape[1] >= least
    expected = f"shape (batch, length) with a length of {least} or more"
    require(fits, ShapeError, argument, expected, tokens)
    low, high = int(tokens.min()), int(tokens.max())
    outside = low if low < 0 else high
    inside = low >= 0 and high < size
    require(inside, RangeError, argument, f"token numbers from 0 to {size - 1}", str(outside))


def check_prompt(model: str, prompt: Sequence[int], length: Any, size: int, rng: Any) -> list[int]:
    """Raise unless a text can be continued; return its tokens as Python's integers.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    prompt : sequence of int
        Token numbers that the text begins with.
    length : int
        How many tokens are to follow.
    size : int
        Entries of the vocabulary.
    rng : numpy.random.Generator
        What draws them.

    Returns
    -------
    list of int

    Raises
    ------
    DTypeError, ShapeError, RangeError
    """
    start = np.asarray(prompt)
    require(start.ndim == 1 and start.size > 0, ShapeError, f"{model}: prompt", "a token", start)
    integers = start.dtype.kind in "iu"
    require(integers, DTypeError, f"{model}: prompt", "integer token numbers", start)
    inside = bool(start.min() >= 0 and start.max() < size)
    require(inside, RangeError, f"{model}: prompt", f"numbers from 0 to {size - 1}", str(start))
    _check_length(model, length, 0)
    drawing = isinstance(rng, np.random.Generator)
    require(drawing, DTypeError, f"{model}: rng", "a numpy.random.Generator", rng)
    return [int(number) for number in start]


def check_start(model: str, start: Any, length: Any, size: int) -> None:
    """Raise unless a target can be begun with a token and have a length.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    start : int
        The first token.
    length : int
        How many tokens are to be written.
    size : int
        Entries of the vocabulary.

    Raises
    ------
    RangeError
    """
    known = isinstance(start, int | np.integer) and 0 <= int(start) < size
    require(known, RangeError, f"{model}: start", f"a token from 0 to {size - 1}", start)
    _check_length(model, length, 1)


def _check_length(model: str, length: Any, least: int) -> None:
    whole = isinstance(length, int | np.integer) and not isinstance(length, bool)
    fits = whole and length >= least
    require(fits, RangeError, f"{model}: length", f"a whole number of {least} or more", length)


def sample(logits: Any, temperature: float = 1.0, *, rng: np.random.Generator) -> int:
    r"""Draw a class with the probabilities that a model gives, sharpened or flattened.

    .. math:: p_k \propto e^{z_k / T}

    Parameters
    ----------
    logits : array_like of float, shape (classes,)
        The scores z.
    temperature : float
        T. At 1 the model's own probabilities; below, likely classes become likelier; at 0 the
        likeliest is always taken; above 1 all come closer to each other.
    rng : numpy.random.Generator
        Draws one number. Computed in float64, so that equal models draw equally in all libraries.

    Returns
    -------
    int

    Raises
    ------
    RangeError
        If the temperature is negative, infinite or not a number.
    ShapeError
        If there is not one score for each class.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> [sample([2.0, 1.0, 0.1], 0.5, rng=rng) for _ in range(8)]
    [0, 0, 0, 0, 0, 1, 0, 0]

    References
    ----------
    Ackley, Hinton & Sejnowski (1985); chapter 19.
    """
    scores = np.asarray(logits, dtype=np.float64)
    one_axis = scores.ndim == 1 and scores.size > 0
    require(one_axis, ShapeError, "sample: logits", "one score for each class", scores)
    number = isinstance(temperature, int | float | np.number)
    fits = number and 0 <= temperature < math.inf
    require(fits, RangeError, "sample: temperature", "a number of 0 or more", temperature)
    if temperature == 0:
        return int(scores.argmax())
    shares = np.exp((scores - scores.max()) / temperature).cumsum()
    return int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))
