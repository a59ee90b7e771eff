"""Sequences of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["next_token_windows", "pad_sequences", "teacher_forcing"]


def pad_sequences(
    sequences: Sequence[Sequence[int]],
    length: int | None = None,
    padding: str = "post",
    truncating: str = "post",
    value: int = 0,
) -> np.ndarray[Any, Any]:
    """Cut long sequences and fill up short ones, so that they fit into one array.

    Parameters
    ----------
    sequences : sequence of sequences of int
        Token numbers of each text.
    length : int, optional
        Wanted length; that of the longest sequence if left out.
    padding, truncating : {"post", "pre"}
        Where to fill and where to cut: at the end or at the beginning. Keras'
        `keras.utils.pad_sequences` does both at the beginning unless told otherwise.
    value : int
        What to fill with.

    Returns
    -------
    ndarray of int64, shape (samples, length)

    Raises
    ------
    RangeError
        If `length` is negative, or a side is neither "post" nor "pre".

    Examples
    --------
    >>> pad_sequences([[1, 2, 3], [4]], length=2)
    array([[1, 2],
           [4, 0]])
    """
    for name, side in (("padding", padding), ("truncating", truncating)):
        known = side in ("post", "pre")
        require(known, RangeError, f"pad_sequences: {name}", '"post" or "pre"', side)
    if length is None:
        length = max((len(sequence) for sequence in sequences), default=0)
    require(length >= 0, RangeError, "pad_sequences: length", "a length of 0 or more", length)
    result = np.full((len(sequences), length), value, dtype=np.int64)
    for row, sequence in zip(result, sequences, strict=True):
        kept = (
            sequence[:length]
            if truncating == "post"
            else sequence[max(len(sequence) - length, 0) :]
        )
        if len(kept):
            row[slice(len(kept)) if padding == "post" else slice(length - len(kept), None)] = kept
    return result


def next_token_windows(
    tokens: Sequence[int] | np.ndarray[Any, Any], length: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Cut a long text into pieces, each with itself one step later as the target.

    Parameters
    ----------
    tokens : sequence of int
        Token numbers of the whole text.
    length : int
        Tokens of a piece; what is left over at the end is dropped.

    Returns
    -------
    x, y : ndarray of int64, shape (pieces, length)
        In the order of the text; ``y[i, t]`` follows ``x[i, t]``.

    Raises
    ------
    DTypeError, RangeError
        If these are not integers, or too few for one piece.

    Examples
    --------
    >>> x, y = next_token_windows([3, 4, 5, 6, 7, 8], 2)
    >>> x.tolist(), y.tolist()
    ([[3, 4], [5, 6]], [[4, 5], [6, 7]])
    """
    text = np.asarray(tokens)
    integers = text.ndim == 1 and text.dtype.kind in "iu"
    require(integers, DTypeError, "next_token_windows: tokens", "a list of token numbers", text)
    require(length >= 1, RangeError, "next_token_windows: length", "1 or more", length)
    pieces = (len(text) - 1) // length
    expected = f"at least {length + 1} tokens"
    require(pieces >= 1, RangeError, "next_token_windows: tokens", expected, f"{len(text)}")
    used = text[: pieces * length + 1].astype(np.int64)
    return used[:-1].reshape(pieces, length).copy(), used[1:].reshape(pieces, length).copy()


def teacher_forcing(
    source: np.ndarray[Any, Any],
    target: np.ndarray[Any, Any],
    start: int,
    padding: int | None = 0,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Lay sources and targets out for an encoder-decoder: the target, one step late, is input.

    Parameters
    ----------
    source : ndarray of int, shape (n, source_length)
    target : ndarray of int, shape (n, steps)
    start : int
        The token that the decoder begins with.
    padding : int, optional
        Tokens of the target that count for nothing; None if all count.

    Returns
    -------
    x : ndarray of int64, shape (n, source_length + steps)
        Source, then start and all but the last token of the target.
    y : ndarray of int64, shape (n, steps)
        The target, with −100 for padding, which `dlbook.training.fit` ignores.

    Raises
    ------
    DTypeError, ShapeError
        If these are not two batches of token numbers of equal length.

    Examples
    --------
    >>> x, y = teacher_forcing(np.array([[5, 6]]), np.array([[6, 5, 0]]), start=1)
    >>> x.tolist(), y.tolist()
    ([[5, 6, 1, 6, 5]], [[6, 5, -100]])
    """
    source, target = np.asarray(source), np.asarray(target)
    for name, array in (("source", source), ("target", target)):
        integers = array.dtype.kind in "iu"
        require(integers, DTypeError, f"teacher_forcing: {name}", "token numbers", array)
        axes = array.ndim == 2
        require(axes, ShapeError, f"teacher_forcing: {name}", "shape (n, length)", array)
    expected = f"{len(source)} targets, one for each source"
    require(len(source) == len(target), ShapeError, "teacher_forcing: target", expected, target)
    late = np.concatenate([np.full((len(target), 1), start), target[:, :-1]], axis=1)
    x = np.concatenate([source, late], axis=1).astype(np.int64)
    y = target.astype(np.int64)
    return x, y if padding is None else np.where(target == padding, -100, y)
