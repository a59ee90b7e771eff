"""Sequences of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import RangeError, require

__all__ = ["pad_sequences"]


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
