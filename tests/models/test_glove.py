"""GloVe in three libraries."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.errors import RangeError, ShapeError
from dlbook.text import cooccurrences, glove_targets
from dlbook.training import fit, predict

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

GLOVE = Model("glove", "GloVe", ".weighted_squares", vocabulary_size=6, embedding_dim=4)
TEXTS = [[0, 1, 2, 3], [4, 5, 1, 0, 0], [2, 2, 5]]
X, COUNTS = cooccurrences(TEXTS, window=3)
Y = glove_targets(COUNTS, x_max=2.0)


@pytest.mark.parametrize("other", OTHERS)
def test_agreement(other):
    check_agreement(GLOVE, other, X, Y, scale=0.7)
    check_trajectories(GLOVE, other, X, Y, scale=0.7)


@pytest.mark.parametrize("other", OTHERS)
def test_a_trajectory_of_adagrad(other):
    first, second = GLOVE.pair(other, scale=0.7)
    losses = {"loss": GLOVE.loss_in("numpy"), "loss_second": GLOVE.loss_in(other)}
    options = {"optimizer": "adagrad", "learning_rate": 0.05, "batch_size": 4}
    apart = parity.trajectory_difference(first, second, Dataset(X, Y), **options, **losses)
    assert apart.loss < 1e-5
    assert apart.weight < 1e-5


@pytest.mark.parametrize("library", LIBRARIES)
def test_sizes_and_start(library):
    model = GLOVE.in_library(library)
    assert trainable(model) == 2 * 6 * 4 + 2 * 6
    centres, neighbours, *biases = parity.get_weights(model)
    assert [b.shape for b in biases] == [(6, 1), (6, 1)]
    assert not any(b.any() for b in biases)
    assert not np.array_equal(centres, neighbours)
    np.testing.assert_allclose(model.vectors(), centres + neighbours, atol=1e-6)
    check_seeds(GLOVE, library)


@pytest.mark.parametrize("library", LIBRARIES)
def test_by_hand(library):
    model = GLOVE.pair(library, scale=0.7)[1]
    v, u, b, c = parity.get_weights(model)
    i, j = X.T
    expected = (v[i] * u[j]).sum(axis=1) + b[i, 0] + c[j, 0]
    np.testing.assert_allclose(predict(model, X), expected, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_it_fits_the_counts(library):
    model = GLOVE.in_library(library)
    loss = importlib.import_module(f"dlbook.models.{library}.glove").weighted_squares
    history = fit(
        model,
        Dataset(X, Y),
        epochs=150,
        batch_size=len(X),
        optimizer="adagrad",
        learning_rate=0.1,
        loss=loss,
        metrics=[],
    )
    assert history["loss"][-1] < 0.2 * history["loss"][0]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ["vocabulary_size", "embedding_dim"])
def test_bad_arguments(library, name):
    with pytest.raises(RangeError, match=f"GloVe: {name}"):
        GLOVE.in_library(library, **{name: 0})


@pytest.mark.parametrize("library", LIBRARIES)
def test_bad_inputs(library):
    with pytest.raises(ShapeError):
        predict(GLOVE.in_library(library), X[:, [0, 1, 0]])
    with pytest.raises(RangeError):
        predict(GLOVE.in_library(library), X + 1)


def test_saving(tmp_path):
    check_saving(GLOVE, X, tmp_path)
