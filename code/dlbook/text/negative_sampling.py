"""Draw words that are no neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.errors import DataError, RangeError, ShapeError, require

__all__ = ["NegativeSampler", "with_negatives"]

Array = np.ndarray[Any, Any]


class NegativeSampler:
    r"""Draw words in proportion to their counts to the power 3/4.

    The power lifts rare words: the more often a word is drawn as a wrong answer, the better it is
    learned. A word drawn may happen to be a true neighbour; that is rare enough to be left alone.

    Parameters
    ----------
    counts : array_like of shape (vocabulary,)
        How often each word occurs; those with 0 are never drawn.
    power : float
        1 draws words as often as they occur, 0 all equally often.

    Raises
    ------
    ShapeError, DataError
        If counts are no list of finite numbers of 0 or more, or all of them are 0.

    References
    ----------
    Mikolov et al. (2013b); chapter 16.
    """

    def __init__(self, counts: Any, power: float = 0.75) -> None:
        given = np.asarray(counts, dtype=np.float64)
        argument = "NegativeSampler: counts"
        require(given.ndim == 1, ShapeError, argument, "one count for each word", given)
        fine = bool(np.isfinite(given).all() and (given >= 0).all() and given.any())
        require(fine, DataError, argument, "numbers of 0 or more, one of them positive", given)
        shares = np.where(given > 0, given, 1) ** power * (given > 0)
        self.probabilities = shares / shares.sum()
        self._limits = self.probabilities.cumsum()
        self._last = int(np.flatnonzero(given)[-1])

    def draw(self, shape: int | tuple[int, ...], rng: np.random.Generator) -> Array:
        """Draw words independently of each other.

        Parameters
        ----------
        shape : int or tuple of int
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of int64
        """
        places = np.searchsorted(self._limits, rng.random(shape), side="right")
        return np.minimum(places, self._last)  # rounding may leave the last limit below 1


def with_negatives(
    pairs: Array, sampler: NegativeSampler, negatives: int = 5, *, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Put drawn words beside true pairs: what skip-gram models learn from.

    Parameters
    ----------
    pairs : ndarray of int, shape (n, 2)
        A centre and a true neighbour each, from `dlbook.text.skip_gram_pairs`.
    sampler : NegativeSampler
    negatives : int
        Words drawn for each pair.
    rng : numpy.random.Generator

    Returns
    -------
    x : ndarray of int64, shape (n, 2 + negatives)
        Centre, true neighbour, drawn words.
    y : ndarray of float32, shape (n, 1 + negatives)
        Labels of all but the centre: 1, then zeros.

    Raises
    ------
    ShapeError, RangeError
        If there are no pairs, or no words are to be drawn.
    """
    pairs = np.asarray(pairs)
    two = pairs.ndim == 2 and pairs.shape[1] == 2
    require(two, ShapeError, "with_negatives: pairs", "shape (n, 2)", pairs)
    require(negatives >= 1, RangeError, "with_negatives: negatives", "1 or more", negatives)
    drawn = sampler.draw((len(pairs), negatives), rng)
    labels = np.zeros((len(pairs), 1 + negatives), dtype=np.float32)
    labels[:, 0] = 1
    return np.concatenate([pairs, drawn], axis=1), labels
