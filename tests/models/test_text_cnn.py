"""Convolution over word vectors in three libraries."""

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

SIZES = {"vocabulary_size": 9, "num_classes": 3, "embedding_dim": 4, "filters": 5, "kernel_size": 3}
CNN = Model("text_cnn", "TextCNN", **SIZES)
X = np.array([[3, 4, 4, 0, 0], [7, 8, 1, 2, 3], [0, 0, 0, 0, 0], [5, 6, 0, 0, 0]])
Y = np.array([0, 1, 2, 1])


@pytest.mark.parametrize("other", OTHERS)
def test_agreement(other):
    check_agreement(CNN, other, X, Y)
    check_trajectories(CNN, other, X, Y)


@pytest.mark.parametrize("library", LIBRARIES)
def test_sizes(library):
    assert trainable(CNN.in_library(library)) == 9 * 4 + (3 * 4 * 5 + 5) + (5 * 3 + 3)
    check_seeds(CNN, library)


@pytest.mark.parametrize("library", LIBRARIES)
def test_by_hand(library):
    model = CNN.in_library(library)
    table, kernel, bias, weight, last = parity.get_weights(model)
    windows = np.stack([table[X[1, t : t + 3]].T for t in range(3)])  # (position, dim, 3)
    answers = np.einsum("pdk,fdk->pf", windows, kernel) + bias
    expected = weight @ np.maximum(answers, 0).max(axis=0) + last
    np.testing.assert_allclose(predict(model, X)[1], expected, atol=1e-5)


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_phrase_counts_wherever_it_stands(library):
    model = CNN.in_library(library)
    x = np.array([[8, 8, 8, 3, 4, 5, 8, 8, 8], [8, 8, 3, 4, 5, 8, 8, 8, 8]])
    outputs = predict(model, x)
    np.testing.assert_allclose(outputs[0], outputs[1], atol=1e-6)
    swapped = predict(model, np.array([[8, 8, 8, 5, 4, 3, 8, 8, 8]]))
    assert np.abs(swapped - outputs[:1]).max() > 1e-4


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", list(SIZES))
def test_bad_arguments(library, name):
    with pytest.raises(RangeError, match=f"TextCNN: {name}"):
        CNN.in_library(library, **{name: 0})


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_text_shorter_than_the_filters(library):
    with pytest.raises(ShapeError):
        predict(CNN.in_library(library), X[:, :2])


@pytest.mark.parametrize("library", LIBRARIES)
def test_words_outside_the_vocabulary(library):
    with pytest.raises(RangeError):
        predict(CNN.in_library(library), X + 1)


def test_saving(tmp_path):
    check_saving(CNN, X, tmp_path)
