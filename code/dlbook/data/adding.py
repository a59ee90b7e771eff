"""Synthetic: the adding problem, which asks for a long memory and nothing else."""

from __future__ import annotations

import numpy as np

from dlbook.data.arguments import check_count, check_rng
from dlbook.data.dataset import Dataset

__all__ = ["adding_problem"]


def adding_problem(samples: int, length: int = 60, *, rng: np.random.Generator) -> Dataset:
    """Sequences of random numbers, two of which are marked: predict their sum.

    One mark lies in the first half, one in the second. Always answering 1, the mean of the sum,
    has a mean squared error of 1/6 ≈ 0.167: what does better remembers.

    Parameters
    ----------
    samples : int
        How many sequences.
    length : int
        Steps of each, at least 2.
    rng : numpy.random.Generator

    Returns
    -------
    Dataset
        x of shape (samples, length, 2), float32: a number from 0 to 1 and a mark, 0 or 1;
        y of shape (samples, 1), float32 from 0 to 2.

    Raises
    ------
    RangeError, DTypeError
        If an argument does not fit.

    References
    ----------
    Hochreiter & Schmidhuber (1997), experiment 4, with numbers from 0 to 1.
    """
    check_count("adding_problem: samples", samples)
    check_count("adding_problem: length", length, 2)
    check_rng("adding_problem: rng", rng)
    numbers = rng.random((samples, length))
    first = rng.integers(0, length // 2, samples)
    second = rng.integers(length // 2, length, samples)
    rows = np.arange(samples)
    marks = np.zeros((samples, length))
    marks[rows, first] = marks[rows, second] = 1
    y = (numbers[rows, first] + numbers[rows, second])[:, None]
    x = np.stack([numbers, marks], axis=-1)
    return Dataset(x.astype(np.float32), y.astype(np.float32), "adding problem (synthetic)")
