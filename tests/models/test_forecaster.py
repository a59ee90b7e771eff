"""Forecasters in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.errors import RangeError, ShapeError
from dlbook.training import predict

from models.agreement import (
    LIBRARIES,
    OTHERS,
    Model,
    check_agreement,
    check_saving,
    check_seeds,
    check_trajectories,
    trainable,
)

SIZES = {"hidden_size": 5, "horizon": 2, "in_features": 3}
CELLS = {
    cell: Model("forecaster", "Forecaster", "mse", **SIZES, cell=cell)
    for cell in ("rnn", "lstm", "gru")
}
X = np.random.default_rng(7).standard_normal((6, 7, 3)).astype(np.float32)
Y = np.random.default_rng(8).standard_normal((6, 2)).astype(np.float32)


@pytest.mark.parametrize("cell", list(CELLS))
@pytest.mark.parametrize("other", OTHERS)
def test_agreement(cell, other):
    check_agreement(CELLS[cell], other, X, Y)


@pytest.mark.parametrize("other", OTHERS)
def test_trajectories(other):
    check_trajectories(CELLS["lstm"], other, X, Y)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_recurrence_by_hand(library):
    model = CELLS["rnn"].in_library(library)
    into, along, first, second, weight, bias = parity.get_weights(model)
    state = np.zeros(5)
    for step in X[0]:
        state = np.tanh(into @ step + along @ state + first + second)
    np.testing.assert_allclose(predict(model, X)[0], weight @ state + bias, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("cell", "recurrence"), [("rnn", 45), ("lstm", 180), ("gru", 150)])
def test_sizes(cell, recurrence, library):
    model = CELLS[cell].in_library(library)
    assert trainable(model) == recurrence + 5 * 2 + 2
    assert predict(model, X[:, :2]).shape == (6, 2)  # any length of the past
    check_seeds(CELLS[cell], library)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"hidden_size": 0}, "Forecaster: hidden_size"),
        ({"horizon": 0}, "Forecaster: horizon"),
        ({"in_features": "3"}, "Forecaster: in_features"),
        ({"cell": "transformer"}, "Forecaster: cell"),
        ({"forget_bias": "1"}, "Forecaster: forget_bias"),
    ],
)
def test_bad_arguments(library, arguments, words):
    with pytest.raises(RangeError, match=words):
        CELLS["gru"].in_library(library, **arguments)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("x", [X[:, :, 0], X[:, :, :2]], ids=["no features", "too few features"])
def test_bad_inputs(library, x):
    with pytest.raises(ShapeError):
        predict(CELLS["gru"].in_library(library), x)


def test_saving(tmp_path):
    check_saving(CELLS["lstm"], X, tmp_path)
