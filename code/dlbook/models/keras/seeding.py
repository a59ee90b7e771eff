"""Seeds for Keras' initialisers and dropout masks."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import keras
from keras import layers

__all__ = ["embedding", "glorot", "seed_source"]


def seed_source(rng: Any) -> Iterator[int]:
    """Return an endless supply of seeds for the layers of one model.

    Parameters
    ----------
    rng : numpy.random.Generator or None
        One integer is drawn from it as the first seed; None leaves that to chance.

    Returns
    -------
    iterator of int
        Consecutive whole numbers: layers that shared a seed would start with equal weights.
    """
    first = random.randrange(2**31) if rng is None else int(rng.integers(2**31))
    return itertools.count(first)


def glorot(seeds: Iterator[int]) -> keras.initializers.Initializer:
    """Return Keras' default initialiser for weights, with the next seed.

    Parameters
    ----------
    seeds : iterator of int
        From `seed_source`.
    """
    return keras.initializers.GlorotUniform(seed=next(seeds))


def embedding(
    rows: int, features: int, seeds: Iterator[int], bound: float = 0.05, **options: Any
) -> layers.Embedding:
    """Return an embedding layer that starts evenly in ±bound, with the next seed.

    Parameters
    ----------
    rows, features : int
        Size of the table.
    seeds : iterator of int
        From `seed_source`.
    bound : float
        Keras' default if left out.
    **options
        Handed on, such as ``mask_zero``.
    """
    evenly = keras.initializers.RandomUniform(-bound, bound, seed=next(seeds))
    return layers.Embedding(rows, features, embeddings_initializer=evenly, **options)
