"""Which words stand near which: pairs to learn from, and counts of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dlbook.errors import DataError, DTypeError, RangeError, require

__all__ = ["cooccurrences", "glove_targets", "skip_gram_pairs", "subsample"]

Array = np.ndarray[Any, Any]
Texts = Sequence[Sequence[int]]


def skip_gram_pairs(texts: Texts, window: int = 5, rng: np.random.Generator | None = None) -> Array:
    """List every word with each of its neighbours; pairs do not reach across texts.

    Parameters
    ----------
    texts : sequence of sequences of int
        Token numbers of each sentence.
    window : int
        How many words on each side are neighbours.
    rng : numpy.random.Generator, optional
        If given, each word has a window of its own, of 1 to `window` words, so that near
        neighbours come more often; and the pairs are shuffled.

    Returns
    -------
    ndarray of int64, shape (pairs, 2)
        Columns: the word in the centre, its neighbour.

    Raises
    ------
    RangeError, DTypeError, DataError
        If the window is not positive, something is no token number, or no word has a neighbour.

    Examples
    --------
    >>> skip_gram_pairs([[5, 6, 7]], window=1).tolist()
    [[5, 6], [6, 7], [6, 5], [7, 6]]

    References
    ----------
    Mikolov et al. (2013a); chapter 16.
    """
    tokens, sentence = _flat("skip_gram_pairs", texts)
    _check_window("skip_gram_pairs", window)
    reach = (
        np.full(len(tokens), window) if rng is None else rng.integers(1, window + 1, len(tokens))
    )
    parts = []
    for gap, together in _gaps(sentence, window):
        left, right = tokens[:-gap], tokens[gap:]
        forth = together & (reach[:-gap] >= gap)
        back = together & (reach[gap:] >= gap)
        parts.append(np.stack([left[forth], right[forth]], axis=1))
        parts.append(np.stack([right[back], left[back]], axis=1))
    pairs = np.concatenate(parts) if parts else np.empty((0, 2), np.int64)
    expected = "a text of two words or more"
    require(len(pairs) > 0, DataError, "skip_gram_pairs: texts", expected, "none")
    return pairs if rng is None else pairs[rng.permutation(len(pairs))]


def subsample(
    texts: Texts, threshold: float = 1e-3, *, rng: np.random.Generator
) -> list[list[int]]:
    r"""Leave out frequent words at random: "the" tells little about its neighbours.

    A word with share f of all words is kept with probability :math:`\min(1, \sqrt{t / f})`.

    Parameters
    ----------
    texts : sequence of sequences of int
        Token numbers of each sentence.
    threshold : float
        The share t; words at or below it always stay.
    rng : numpy.random.Generator

    Returns
    -------
    list of list of int
        As many texts, some of them shorter.

    Raises
    ------
    RangeError, DTypeError, DataError
        If the threshold is not positive, something is no token number, or there are no tokens.

    References
    ----------
    Mikolov et al. (2013b); chapter 16.
    """
    tokens, sentence = _flat("subsample", texts)
    require(threshold > 0, RangeError, "subsample: threshold", "a share above 0", threshold)
    shares = np.bincount(tokens) / len(tokens)
    kept = rng.random(len(tokens)) < np.sqrt(threshold / shares[tokens])
    ends = np.searchsorted(sentence[kept], np.arange(1, len(texts)))
    return [part.tolist() for part in np.split(tokens[kept], ends)]


def cooccurrences(texts: Texts, window: int = 8) -> tuple[Array, Array]:
    """Count how often words stand together; a pair at distance d counts 1/d.

    Parameters
    ----------
    texts : sequence of sequences of int
        Token numbers of each sentence.
    window : int
        Largest distance.

    Returns
    -------
    pairs : ndarray of int64, shape (n, 2)
        Those that occur, in order; (i, j) as well as (j, i).
    counts : ndarray of float32, shape (n,)

    Raises
    ------
    RangeError, DTypeError, DataError
        If the window is not positive, something is no token number, or no word has a neighbour.

    Examples
    --------
    >>> pairs, counts = cooccurrences([[5, 6, 5]], window=2)
    >>> pairs.tolist(), counts.tolist()
    ([[5, 5], [5, 6], [6, 5]], [1.0, 2.0, 2.0])

    References
    ----------
    Pennington, Socher & Manning (2014); chapter 16.
    """
    tokens, sentence = _flat("cooccurrences", texts)
    _check_window("cooccurrences", window)
    size = int(tokens.max()) + 1
    keys, weights = [], []
    for gap, together in _gaps(sentence, window):
        left, right = tokens[:-gap][together], tokens[gap:][together]
        keys += [left * size + right, right * size + left]
        weights.append(np.full(2 * len(left), 1 / gap))
    flat = np.concatenate(keys) if keys else np.empty(0, np.int64)
    require(len(flat) > 0, DataError, "cooccurrences: texts", "a text of two words or more", "none")
    found, places = np.unique(flat, return_inverse=True)
    counts = np.bincount(places, np.concatenate(weights))
    return np.stack(np.divmod(found, size), axis=1), counts.astype(np.float32)


def glove_targets(counts: Array, x_max: float = 100.0, alpha: float = 0.75) -> Array:
    r"""Say what GloVe fits, and how much each pair counts.

    .. math:: f(X) = \min(1, X / X_{max})^\alpha

    Parameters
    ----------
    counts : ndarray of float, shape (n,)
        From `cooccurrences`.
    x_max : float
        From which count on a pair has full weight.
    alpha : float
        How the weight falls below.

    Returns
    -------
    ndarray of float32, shape (n, 2)
        Columns ln X and f(X).

    Raises
    ------
    RangeError
        If a count or `x_max` is not positive.

    References
    ----------
    Pennington, Socher & Manning (2014); chapter 16.
    """
    counts = np.asarray(counts)
    require(x_max > 0, RangeError, "glove_targets: x_max", "a count above 0", x_max)
    positive = bool((counts > 0).all())
    require(positive, RangeError, "glove_targets: counts", "counts above 0", "some that are not")
    weights = np.minimum(1, counts / x_max) ** alpha
    return np.stack([np.log(counts), weights], axis=1).astype(np.float32)


def _flat(name: str, texts: Texts) -> tuple[Array, Array]:
    """Join texts; return all tokens and, for each, which text it stands in."""
    lengths = [len(text) for text in texts]
    require(sum(lengths) > 0, DataError, f"{name}: texts", "at least one token", "none")
    tokens = np.concatenate([np.asarray(text) for text in texts if len(text)])
    whole = tokens.ndim == 1 and tokens.dtype.kind in "iu"
    require(whole, DTypeError, f"{name}: texts", "token numbers of each text", tokens)
    require(bool(tokens.min() >= 0), RangeError, f"{name}: texts", "numbers of 0 or more", tokens)
    return tokens.astype(np.int64), np.repeat(np.arange(len(lengths)), lengths)


def _check_window(name: str, window: Any) -> None:
    whole = isinstance(window, int | np.integer) and not isinstance(window, bool)
    require(whole and window >= 1, RangeError, f"{name}: window", "1 word or more", window)


def _gaps(sentence: Array, window: int) -> Iterator[tuple[int, Array]]:
    """Yield each distance, and which words have a neighbour at it, to their right."""
    for gap in range(1, min(window, len(sentence) - 1) + 1):
        yield gap, sentence[:-gap] == sentence[gap:]
