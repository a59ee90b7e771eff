"""Heat maps: enlarging, pointing, baselines, rank correlation."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.errors import DataError, DTypeError, RangeError, ShapeError
from dlbook.models.heat_maps import (
    centre_accuracy,
    chance_accuracy,
    pointing_accuracy,
    rank_correlation,
    upsample,
)

BOXES = np.array([[0, 0, 2, 3], [3, 3, 6, 6], [1, 4, 5, 8]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((3, 4, 5), (8, 9)),
        ((2, 7, 7), 28),
        ((1, 1, 1), (3, 2)),
        ((2, 6, 5), (3, 4)),
        ((1, 4, 4), 4),
    ],
)
def test_upsample_as_pytorch(shape, size, dtype, rng):
    maps = rng.standard_normal(shape).astype(dtype)
    expected = torch.nn.functional.interpolate(
        torch.tensor(maps)[:, None], size, mode="bilinear", align_corners=False
    )[:, 0]
    ours = upsample(maps, size)
    assert ours.dtype == dtype
    np.testing.assert_allclose(ours, expected, atol=1e-6 if dtype is np.float32 else 1e-12)


def test_upsample_by_hand():
    np.testing.assert_allclose(upsample(np.array([[[0.0, 4.0]]]), (1, 4)), [[[0, 1, 3, 4]]])


def peaks(places) -> np.ndarray:
    maps = np.zeros((len(places), 6, 8))
    for map_, place in zip(maps, places, strict=True):
        map_[place] = 1.0
    return maps


def test_pointing_accuracy():
    assert pointing_accuracy(peaks([(1, 2), (3, 5), (4, 4)]), BOXES) == 1
    # bottom and right are outside
    assert pointing_accuracy(peaks([(2, 2), (3, 6), (4, 4)]), BOXES) == pytest.approx(1 / 3)
    assert pointing_accuracy(peaks([(0, 3), (2, 5), (0, 4)]), BOXES) == 0


def test_baselines(rng):
    assert chance_accuracy(BOXES, (6, 8)) == pytest.approx((6 + 9 + 16) / 3 / 48)
    assert centre_accuracy(BOXES, (6, 8)) == pytest.approx(2 / 3)  # (3, 4) lies in the last two
    drawn = [pointing_accuracy(rng.random((3, 6, 8)), BOXES) for _ in range(3000)]
    assert np.mean(drawn) == pytest.approx(chance_accuracy(BOXES, (6, 8)), abs=0.02)
    assert chance_accuracy(np.array([[0, 0, 4, 4]]), 4) == centre_accuracy([[0, 0, 4, 4]], 4) == 1


def test_rank_correlation(rng):
    from scipy.stats import spearmanr

    one, two = rng.integers(0, 6, (2, 5, 4, 7)).astype(float)  # with many ties
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(one, two, strict=True)]
    np.testing.assert_allclose(rank_correlation(one, two), expected, atol=1e-12)
    np.testing.assert_allclose(rank_correlation(one, np.exp(one)), 1)
    np.testing.assert_allclose(rank_correlation(one, -one), -1)
    np.testing.assert_array_equal(rank_correlation(one, np.ones_like(one)), 0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: upsample(np.ones((2, 2)), 3), ShapeError, "upsample: maps"),
        (lambda: upsample(np.ones((1, 2, 2), int), 3), DTypeError, "upsample: maps"),
        (lambda: upsample(np.ones((0, 2, 2)), 3), DataError, "upsample: maps"),
        (lambda: upsample(np.full((1, 2, 2), np.nan), 3), DataError, "finite numbers, got 4"),
        (lambda: upsample(np.ones((1, 2, 2)), 0), RangeError, "upsample: size"),
        (lambda: upsample(np.ones((1, 2, 2)), (3,)), RangeError, "upsample: size"),
        (lambda: pointing_accuracy(np.ones((3, 6, 7)), BOXES), RangeError, "6 × 7 pixels"),
        (lambda: pointing_accuracy(np.ones((2, 6, 8)), BOXES), ShapeError, r"shape \(2, 4\)"),
        (lambda: pointing_accuracy(np.ones((3, 6, 8)), BOXES / 1), DTypeError, "boxes"),
        (lambda: chance_accuracy(BOXES[:, ::-1], (6, 8)), RangeError, "chance_accuracy: boxes"),
        (lambda: centre_accuracy(BOXES[:0], (6, 8)), ShapeError, "centre_accuracy: boxes"),
        (lambda: rank_correlation(np.ones((1, 2, 2)), np.ones((1, 2, 3))), ShapeError, "second"),
    ],
)
def test_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()
