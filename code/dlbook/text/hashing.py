"""The hashing trick: token numbers without a vocabulary."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlbook.errors import RangeError, require

__all__ = ["expected_collisions", "hashed_bag_of_words", "stable_hash"]


def stable_hash(token: str, buckets: int) -> int:
    """Map a token to one of `buckets` numbers, the same in every process and on every machine.

    Python's own `hash` of a string is salted anew in each process: a model trained on it would
    be useless after a restart. This is CRC-32 of the UTF-8 bytes.

    Parameters
    ----------
    token : str
    buckets : int
        How many numbers there are.

    Returns
    -------
    int from 0 to buckets − 1
        There is no way back: several tokens may share a number.

    Raises
    ------
    RangeError
        If there are no buckets.
    """
    require(buckets >= 1, RangeError, "stable_hash: buckets", "1 bucket or more", buckets)
    return zlib.crc32(token.encode("utf-8")) % buckets


def hashed_bag_of_words(texts: Sequence[Sequence[str]], buckets: int) -> np.ndarray[Any, Any]:
    """Count tokens per bucket in each text; neither a vocabulary nor a first pass is needed.

    Parameters
    ----------
    texts : sequence of sequences of str
        Tokens of each text.
    buckets : int
        Length of the vectors, whatever tokens may come.

    Returns
    -------
    ndarray of float32, shape (len(texts), buckets)

    References
    ----------
    Weinberger et al. (2009); chapter 15.
    """
    require(buckets >= 1, RangeError, "hashed_bag_of_words: buckets", "1 or more", buckets)
    result = np.zeros((len(texts), buckets), dtype=np.float32)
    for row, tokens in zip(result, texts, strict=True):
        for token in tokens:
            row[stable_hash(token, buckets)] += 1
    return result


def expected_collisions(tokens: int, buckets: int) -> float:
    r"""Expected number of distinct tokens that share their bucket with another one.

    .. math:: n\left(1 - \left(1 - \tfrac{1}{m}\right)^{n-1}\right)

    Parameters
    ----------
    tokens : int
        n, how many distinct tokens there are.
    buckets : int
        m.

    Returns
    -------
    float
        For a hash that spreads evenly.

    Raises
    ------
    RangeError
        If there are no buckets, or fewer than no tokens.
    """
    require(buckets >= 1, RangeError, "expected_collisions: buckets", "1 or more", buckets)
    require(tokens >= 0, RangeError, "expected_collisions: tokens", "0 or more", tokens)
    return tokens * (1 - (1 - 1 / buckets) ** (tokens - 1)) if tokens else 0.0
