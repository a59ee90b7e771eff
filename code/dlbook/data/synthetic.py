"""Synthetic points in the plane: shapes drawn by a formula, for pictures of what a network does."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.errors import RangeError, require

__all__ = ["circles", "spirals"]


def circles(
    samples: int = 400,
    *,
    factor: float = 0.4,
    noise: float = 0.03,
    rng: np.random.Generator,
) -> Dataset:
    """Two rings, one around the other: no line, and no bending of the plane, parts them.

    Parameters
    ----------
    samples : int
        Points altogether; the inner ring has the one more if it is odd.
    factor : float in (0, 1)
        Radius of the inner ring; the outer one has radius 1.
    noise : float
        Standard deviation of the normal noise added to each coordinate.
    rng : numpy.random.Generator
        Draws the noise and the order of the points.

    Returns
    -------
    Dataset
        x of shape (samples, 2), float32; y of shape (samples,), int64: 0 outside, 1 inside.

    Raises
    ------
    RangeError
        If there are fewer than two points, or `factor` or `noise` lies outside its range.
    """
    _check_counts("circles", samples, noise)
    require(0 < factor < 1, RangeError, "circles: factor", "a radius between 0 and 1", factor)
    outer, inner = samples // 2, samples - samples // 2
    rings = [
        radius * _polar(np.linspace(0, 2 * math.pi, count, endpoint=False), 1.0)
        for radius, count in ((1.0, outer), (factor, inner))
    ]
    return _shuffled(rings, noise, rng, "circles", ("outer ring", "inner ring"))


def spirals(
    samples: int = 400,
    *,
    turns: float = 1.0,
    noise: float = 0.03,
    rng: np.random.Generator,
) -> Dataset:
    """Two arms wound around each other: they are tangled, but bending the plane parts them.

    Parameters
    ----------
    samples : int
        Points altogether; the second arm has the one more if it is odd.
    turns : float
        How often each arm goes around the centre.
    noise : float
        Standard deviation of the normal noise added to each coordinate.
    rng : numpy.random.Generator
        Draws the noise and the order of the points.

    Returns
    -------
    Dataset
        x of shape (samples, 2), float32; y of shape (samples,), int64: 0 and 1, one arm each.

    Raises
    ------
    RangeError
        If there are fewer than two points, or `turns` or `noise` lies outside its range.
    """
    _check_counts("spirals", samples, noise)
    require(turns > 0, RangeError, "spirals: turns", "a positive number", turns)
    arms = []
    for start, count in ((0.0, samples // 2), (math.pi, samples - samples // 2)):
        # square roots put the points at equal distances along the arm, roughly
        along = np.sqrt(np.linspace(0.03, 1, count))
        arms.append(_polar(start + 2 * math.pi * turns * along, along))
    return _shuffled(arms, noise, rng, "spirals", ("first arm", "second arm"))


def _check_counts(who: str, samples: int, noise: float) -> None:
    require(samples >= 2, RangeError, f"{who}: samples", "at least two", samples)
    require(noise >= 0, RangeError, f"{who}: noise", "a number of 0 or more", noise)


def _polar(angles: np.ndarray[Any, Any], radii: Any) -> np.ndarray[Any, Any]:
    return np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


def _shuffled(
    parts: list[np.ndarray[Any, Any]],
    noise: float,
    rng: np.random.Generator,
    name: str,
    classes: tuple[str, ...],
) -> Dataset:
    x = np.concatenate(parts)
    x = x + noise * rng.standard_normal(x.shape)
    y = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    order = rng.permutation(len(x))
    return Dataset(x[order].astype(np.float32), y[order].astype(np.int64), name, classes)
