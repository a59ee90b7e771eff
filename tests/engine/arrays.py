"""Inputs for the operation tests: awkward shapes and layouts, values away from kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

DTYPES = (np.float32, np.float64)

# odd lengths, length 1, batch of 1, rank 0 and more
SHAPES: tuple[tuple[int, ...], ...] = ((), (1,), (5,), (1, 1), (3, 7), (1, 4, 1), (2, 3, 1, 5))


def normal(shape: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> np.ndarray:
    """Standard normal numbers; of another seed for each operand."""
    return np.asarray(np.random.default_rng(seed).standard_normal(shape), dtype=dtype)


def positive(shape: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> np.ndarray:
    """Numbers from 0.5 to 2.5."""
    return np.asarray(0.5 + 2 * np.random.default_rng(seed).random(shape), dtype=dtype)


def away_from_zero(shape: tuple[int, ...], dtype: Any = np.float64, seed: int = 0) -> np.ndarray:
    """Numbers of both signs whose size is at least 0.2, where |x| and ReLU have no kink."""
    x = normal(shape, np.float64, seed)
    return np.asarray(np.where(x < 0, x - 0.2, x + 0.2), dtype=dtype)


def layouts(x: np.ndarray) -> list[np.ndarray]:
    """The same values contiguous, transposed in memory, as every second element, reversed."""
    wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), dtype=x.dtype)
    wide[..., ::2] = x
    backwards = np.ascontiguousarray(x[..., ::-1])
    return [x, np.asfortranarray(x), wide[..., ::2], backwards[..., ::-1]]
