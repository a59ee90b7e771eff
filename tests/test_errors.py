"""Every message names the argument, the expectation and the value."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import errors


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.ShapeError, ValueError),
        (errors.DTypeError, TypeError),
        (errors.RangeError, ValueError),
        (errors.GradientError, RuntimeError),
        (errors.DataError, ValueError),
        (errors.MissingDataError, errors.DataError),
        (errors.TrainingError, RuntimeError),
        (errors.MissingPackageError, ImportError),
    ],
)
def test_family(error, builtin):
    assert issubclass(error, errors.DlbookError)
    assert issubclass(error, builtin)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros((2, 3)), "an array of shape (2, 3) (float64)"),
        (np.float32(2.5), "2.5 (float32)"),
        (3, "3 (int)"),
        ("relu", "'relu'"),
        (None, "None (NoneType)"),
    ],
)
def test_describe(value, text):
    assert errors.describe(value) == text


def test_long_values_are_cut():
    text = errors.describe(list(range(1000)))
    assert len(text) <= 80
    assert text.endswith("… (list)")


def test_require():
    errors.require(True, errors.ShapeError, "x", "anything", 1)
    with pytest.raises(errors.RangeError, match=r"^rate: expected at most 1, got 2 \(int\)$"):
        errors.require(False, errors.RangeError, "rate", "at most 1", 2)
