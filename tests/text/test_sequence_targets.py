"""Targets of language models and of encoder-decoders."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.errors import DTypeError, RangeError, ShapeError
from dlbook.text import next_token_windows, teacher_forcing


@pytest.mark.parametrize(("count", "pieces"), [(5, 1), (8, 1), (9, 2), (10, 2)])
def test_windows_follow_each_other(count, pieces):
    text = np.arange(count) * 3
    x, y = next_token_windows(text, 4)
    assert x.shape == y.shape == (pieces, 4)
    assert x.dtype == y.dtype == np.int64
    np.testing.assert_array_equal(x.ravel(), text[: pieces * 4])
    np.testing.assert_array_equal(y.ravel(), text[1 : pieces * 4 + 1])
    x[:] = -1
    np.testing.assert_array_equal(text, np.arange(count) * 3)


@pytest.mark.parametrize(
    ("tokens", "length", "error", "words"),
    [
        ([1, 2, 3], 3, RangeError, "tokens: expected at least 4 tokens, got 3"),
        ([1, 2, 3], 0, RangeError, "length: expected 1 or more"),
        ([1.0, 2.0], 1, DTypeError, "tokens: expected a list of token numbers"),
        ([[1, 2]], 1, DTypeError, "tokens: expected a list of token numbers"),
    ],
)
def test_windows_that_do_not_fit(tokens, length, error, words):
    with pytest.raises(error, match=words):
        next_token_windows(tokens, length)


def test_the_target_is_input_one_step_late():
    source, target = np.array([[5, 6], [7, 0]]), np.array([[2, 3, 4], [3, 0, 0]])
    x, y = teacher_forcing(source, target, start=1)
    assert x.tolist() == [[5, 6, 1, 2, 3], [7, 0, 1, 3, 0]]
    assert y.tolist() == [[2, 3, 4], [3, -100, -100]]
    assert teacher_forcing(source, target, start=1, padding=None)[1].tolist() == target.tolist()


@pytest.mark.parametrize(
    ("source", "target", "error", "words"),
    [
        ([[1, 2]], [[1], [2]], ShapeError, "target: expected 1 targets, one for each source"),
        ([1, 2], [[1], [2]], ShapeError, r"source: expected shape \(n, length\)"),
        ([[1]], [2], ShapeError, r"target: expected shape \(n, length\)"),
        ([[1.0]], [[1]], DTypeError, "source: expected token numbers"),
    ],
)
def test_batches_that_do_not_fit(source, target, error, words):
    with pytest.raises(error, match=words):
        teacher_forcing(np.array(source), np.array(target), start=1)
