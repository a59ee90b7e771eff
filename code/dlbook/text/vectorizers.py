"""One vector per text or per token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import RangeError, require

__all__ = ["bag_of_words", "multi_hot", "one_hot", "tf_idf"]

Array = np.ndarray[Any, Any]


def one_hot(numbers: Sequence[int] | Array, size: int) -> Array:
    """Write each token as a vector with a single one.

    Parameters
    ----------
    numbers : sequence of int
        Token numbers of one text.
    size : int
        Entries of the vocabulary.

    Returns
    -------
    ndarray of float32, shape (len(numbers), size)
        It takes 4 · len · size bytes, nearly all of them zeros.

    Raises
    ------
    RangeError
        If a number is negative or not below `size`.
    """
    index = _checked("one_hot", numbers, size)
    result = np.zeros((len(index), size), dtype=np.float32)
    result[np.arange(len(index)), index] = 1
    return result


def bag_of_words(texts: Sequence[Sequence[int]], size: int) -> Array:
    """Count how often each token occurs in each text; the order is lost.

    Parameters
    ----------
    texts : sequence of sequences of int
        Token numbers of each text.
    size : int
        Entries of the vocabulary.

    Returns
    -------
    ndarray of float32, shape (len(texts), size)

    Raises
    ------
    RangeError
        If a number is negative or not below `size`.
    """
    result = np.zeros((len(texts), size), dtype=np.float32)
    for i, numbers in enumerate(texts):
        result[i] = np.bincount(_checked("bag_of_words", numbers, size), minlength=size)
    return result


def multi_hot(texts: Sequence[Sequence[int]], size: int) -> Array:
    """Say which tokens occur in each text, with 1 and 0.

    Parameters
    ----------
    texts, size
        As in `bag_of_words`.

    Returns
    -------
    ndarray of float32, shape (len(texts), size)
    """
    return (bag_of_words(texts, size) > 0).astype(np.float32)


def tf_idf(counts: Array) -> Array:
    r"""Weigh counts down for tokens that occur in many texts, and scale each text to length 1.

    .. math:: w_{t,d} = n_{t,d}\,\left(1 + \ln\frac{1 + D}{1 + D_t}\right)

    with D texts, of which D_t hold token t: the smoothed form that scikit-learn's
    `TfidfTransformer` uses by default.

    Parameters
    ----------
    counts : ndarray of shape (texts, tokens)
        From `bag_of_words`.

    Returns
    -------
    ndarray of float32, same shape
        Rows of Euclidean length 1; a text without tokens stays zero.
    """
    texts_with_token = (counts > 0).sum(axis=0)
    weights = counts * (1 + np.log((1 + len(counts)) / (1 + texts_with_token)))
    lengths = np.linalg.norm(weights, axis=1, keepdims=True)
    return (weights / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def _checked(name: str, numbers: Sequence[int] | Array, size: int) -> Array:
    require(size >= 1, RangeError, f"{name}: size", "1 entry or more", size)
    index = np.asarray(numbers, dtype=np.int64)
    wrong = index[(index < 0) | (index >= size)]
    if len(wrong):
        raise RangeError(f"{name}: expected token numbers from 0 to {size - 1}, got {wrong[0]}")
    return index
