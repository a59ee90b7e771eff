"""Data sets and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import data
from dlbook.data import Dataset
from dlbook.data.packages import require_package
from dlbook.errors import DataError, MissingPackageError, RangeError, ShapeError


def test_digits_are_real_and_scaled():
    train, test = data.digits()
    assert (len(train), len(test)) == (1198, 599)
    assert train.x.shape == (1198, 8, 8)
    assert train.x.dtype == np.float32
    assert (train.x.min(), train.x.max()) == (0.0, 1.0)
    assert set(train.y) == set(test.y) == set(range(10))
    assert train.classes == tuple("0123456789")


def test_digits_split_is_seeded_and_disjoint():
    first, again, other = data.digits(seed=3)[0], data.digits(seed=3)[0], data.digits(seed=4)[0]
    np.testing.assert_array_equal(first.x, again.x)
    assert not np.array_equal(first.x, other.x)
    train, test = data.digits()
    assert len(np.unique(np.concatenate([train.flat().x, test.flat().x]), axis=0)) == 1797


def test_layouts():
    train, _ = data.digits()
    assert train.flat().x.shape == (1198, 64)
    assert train.channels_first().x.shape == (1198, 1, 8, 8)
    assert train.channels_last().x.shape == (1198, 8, 8, 1)
    np.testing.assert_array_equal(train.channels_first().x[:, 0], train.channels_last().x[..., 0])
    with pytest.raises(ShapeError, match=r"grey images \(n, height, width\)"):
        train.flat().channels_first()


def test_unpacks_and_describes_itself():
    x, y = pair = Dataset(np.zeros((3, 2)), np.arange(3), "three", ("a", "b", "c"))
    assert (x.shape, y.shape, len(pair)) == ((3, 2), (3,), 3)
    assert repr(pair) == "Dataset('three', x (3, 2) float64, y (3,), 3 classes)"


def test_take_and_split(rng):
    whole = Dataset(np.arange(10.0)[:, None], np.arange(10), "ten")
    assert whole.take(whole.y > 6).y.tolist() == [7, 8, 9]
    first, second = whole.split(0.7, rng)
    assert (len(first), len(second)) == (7, 3)
    assert sorted([*first.y, *second.y]) == list(range(10))
    np.testing.assert_array_equal(first.x[:, 0], first.y)


@pytest.mark.parametrize(
    ("x", "y", "error", "words"),
    [
        (np.zeros((3, 2)), np.zeros(4), ShapeError, r"as many targets as samples in x \(3\)"),
        (np.zeros((0, 2)), np.zeros(0), DataError, "at least one sample"),
        (np.array([[np.nan, 1], [np.inf, 2]]), np.zeros(2), DataError, "got 2 that are not"),
        ([[1.0]], np.zeros(1), ShapeError, "Dataset: x: expected an array with a sample axis"),
        (np.zeros(1), np.float64(1), ShapeError, "Dataset: y: expected an array"),
    ],
)
def test_bad_data(x, y, error, words):
    with pytest.raises(error, match=words):
        Dataset(x, y)


@pytest.mark.parametrize("share", [0, 1, -0.2, 1.5, 0.01])
def test_split_leaves_no_empty_set(share, rng):
    with pytest.raises(RangeError, match="split: share"):
        Dataset(np.zeros((10, 1)), np.zeros(10)).split(share, rng)


def test_missing_package_says_what_to_install():
    with pytest.raises(MissingPackageError, match=r"pip install 'dlbook\[data\]'"):
        require_package("no_such_package_anywhere", extra="data")
