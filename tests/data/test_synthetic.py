"""Synthetic points: where they lie, and what is refused."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pytest
from dlbook.data import circles, spirals
from dlbook.errors import RangeError

sys.path.insert(0, str(Path(__file__).parent))
from fingerprints import fingerprint

KNOWN = {circles: "dab12dc8aaae", spirals: "b25a4f021ee6"}


@pytest.mark.parametrize("points", KNOWN)
def test_known_samples(points, rng):
    """What a seed gives is part of the book: its figures depend on it."""
    found = points(rng=rng)
    assert found.x.shape == (400, 2)
    assert fingerprint(found.x, found.y) == KNOWN[points]


def test_circles_lie_on_two_rings(rng):
    rings = circles(401, factor=0.3, noise=0, rng=rng)
    radius = np.linalg.norm(rings.x, axis=1)
    assert rings.x.shape == (401, 2)
    assert (rings.x.dtype, rings.y.dtype) == (np.float32, np.int64)
    np.testing.assert_allclose(radius[rings.y == 0], 1, rtol=1e-6)
    np.testing.assert_allclose(radius[rings.y == 1], 0.3, rtol=1e-6)
    assert np.bincount(rings.y).tolist() == [200, 201]


def test_circles_go_all_around(rng):
    rings = circles(40, noise=0, rng=rng)
    angles = np.sort(np.arctan2(*rings.x[rings.y == 0].T))
    np.testing.assert_allclose(np.diff(angles), 2 * math.pi / 20, atol=1e-5)


def test_spirals_wind_as_often_as_they_should(rng):
    arms = spirals(200, turns=1.5, noise=0, rng=rng)
    for arm in (0, 1):
        points = arms.x[arms.y == arm].astype(np.float64)
        radius = np.linalg.norm(points, axis=1)
        points, radius = points[np.argsort(radius)], np.sort(radius)
        angle = np.unwrap(np.arctan2(points[:, 1], points[:, 0]))
        np.testing.assert_allclose(np.diff(angle), 3 * math.pi * np.diff(radius), atol=1e-4)
        assert radius[-1] == pytest.approx(1)
    # the second arm is the first one, turned by half a turn
    first, second = (arms.x[arms.y == arm] for arm in (0, 1))
    np.testing.assert_allclose(np.sort(first[:, 0]), np.sort(-second[:, 0]), atol=1e-6)


@pytest.mark.parametrize("make", [circles, spirals])
def test_noise_and_order_are_seeded(make):
    first, again, other = (make(50, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.array_equal(first.x, other.x)
    assert 0 < (np.diff(first.y) != 0).sum() > 5  # shuffled, not one class after the other


def test_noise_has_the_size_asked_for():
    calm = circles(4000, noise=0, rng=np.random.default_rng(0))
    rough = circles(4000, noise=0.1, rng=np.random.default_rng(0))
    radius = np.linalg.norm(rough.x, axis=1)[rough.y == 0]
    assert radius.std() == pytest.approx(0.1, rel=0.1)
    assert len(calm) == len(rough)


@pytest.mark.parametrize(
    ("make", "wrong", "words"),
    [
        (circles, {"samples": 1}, "circles: samples: expected at least two"),
        (circles, {"factor": 1.0}, "circles: factor"),
        (circles, {"factor": 0.0}, "circles: factor"),
        (circles, {"noise": -0.1}, "circles: noise"),
        (spirals, {"samples": 0}, "spirals: samples"),
        (spirals, {"turns": 0.0}, "spirals: turns"),
        (spirals, {"noise": -1.0}, "spirals: noise"),
    ],
)
def test_refused(make, wrong, words, rng):
    with pytest.raises(RangeError, match=words):
        make(**wrong, rng=rng)
