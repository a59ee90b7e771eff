"""Class numbers as vectors."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dlbook.engine import Tensor
from dlbook.engine import functional as F
from dlbook.errors import DlbookError, DTypeError, RangeError, ShapeError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays


@pytest.mark.parametrize("shape", [(), (4,), (1,), (2, 3), (2, 1, 3)], ids=str)
@pytest.mark.parametrize("num_classes", [-1, 5, 9])
def test_one_hot(shape, num_classes):
    labels = np.random.default_rng(0).integers(0, 5, shape)
    found = F.one_hot(labels, num_classes)
    expected = torch.nn.functional.one_hot(torch.tensor(labels), num_classes).numpy()
    np.testing.assert_array_equal(found.data, expected)
    assert found.dtype == np.int64
    np.testing.assert_array_equal(F.one_hot(Tensor(labels), num_classes).data, expected)


def test_one_hot_against_keras():
    import keras

    labels = np.array([0, 3, 2])
    expected = np.asarray(keras.ops.one_hot(labels, 4))
    np.testing.assert_array_equal(F.one_hot(labels, 4).data, expected)


def test_nothing_to_encode():
    assert F.one_hot(np.zeros((0, 2), np.int64), 3).shape == (0, 2, 3)


@pytest.mark.parametrize(
    ("labels", "num_classes", "error", "message"),
    [
        ([0, 3], 3, RangeError, "labels from 0 to 2, got 3"),
        ([-1, 0], 3, RangeError, "got -1"),
        ([-1], -1, RangeError, "got -1"),
        ([0.0, 1.0], 3, DTypeError, "integer class numbers"),
        ([float("nan")], -1, DTypeError, "integer class numbers"),
        ([True, False], 2, DTypeError, "integer class numbers"),
        ("ab", 2, DTypeError, "numbers"),
        ([[0], [1, 2]], 3, DTypeError, "regular shape"),
        (np.zeros(0, np.int64), -1, ShapeError, "at least one label"),
        ([0, 1], 0, RangeError, "num_classes"),
        ([0, 1], -2, RangeError, "num_classes"),
        ([0, 1], 2.0, RangeError, "num_classes"),
    ],
)
def test_refused(labels, num_classes, error, message):
    with pytest.raises(error, match=message):
        F.one_hot(labels, num_classes)


@given(
    arrays(
        st.sampled_from([np.int8, np.uint8, np.int64, np.uint64, np.float32, bool]),
        st.lists(st.integers(0, 3), max_size=2).map(tuple),
    ),
    st.integers(-2, 6),
)
@settings(max_examples=60, deadline=None)
def test_never_a_bare_numpy_error(labels, num_classes):
    if num_classes == -1 and labels.size and labels.dtype.kind in "iu" and labels.max() > 1000:
        return  # right, but large
    try:
        result = F.one_hot(labels, num_classes)
    except DlbookError:
        return
    np.testing.assert_array_equal(result.data.argmax(-1), labels)
