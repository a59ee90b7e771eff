"""Averages of word vectors in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.errors import DTypeError, RangeError, ShapeError
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

SIZES = {"vocabulary_size": 9, "num_classes": 3, "embedding_dim": 4}
MEAN = Model("bag_of_embeddings", "BagOfEmbeddings", **SIZES)
FLAT = Model("bag_of_embeddings", "BagOfEmbeddings", **SIZES, flatten=5)
BOTH = pytest.mark.parametrize("model", [MEAN, FLAT], ids=["mean", "flatten"])
X = np.array([[3, 4, 4, 0, 0], [7, 8, 1, 2, 3], [0, 0, 0, 0, 0], [5, 0, 6, 0, 0], [2, 2, 2, 2, 2]])
Y = np.array([0, 1, 2, 1, 0])


@BOTH
@pytest.mark.parametrize("other", OTHERS)
def test_agreement(model, other):
    check_agreement(model, other, X, Y)
    check_trajectories(model, other, X, Y)


@pytest.mark.parametrize("library", LIBRARIES)
def test_sizes(library):
    assert trainable(MEAN.in_library(library)) == 9 * 4 + 3 * 4 + 3
    assert trainable(FLAT.in_library(library)) == 9 * 4 + 3 * 5 * 4 + 3
    check_seeds(MEAN, library)


@pytest.mark.parametrize("library", LIBRARIES)
def test_order_and_padding_do_not_count_in_an_average(library):
    model = MEAN.in_library(library)
    texts = np.array([[3, 4, 7], [7, 3, 4], [7, 4, 3]])
    longer = np.array([[3, 4, 7, 0, 0], [0, 7, 0, 3, 4]])
    first = predict(model, texts)
    np.testing.assert_allclose(first, np.broadcast_to(first[0], (3, 3)), atol=1e-6)
    np.testing.assert_allclose(predict(model, longer), first[:2], atol=1e-6)


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_average_by_hand(library):
    model = MEAN.in_library(library)
    table, weight, bias = parity.get_weights(model)
    outputs = predict(model, X)
    np.testing.assert_allclose(outputs[0], weight @ (table[3] + 2 * table[4]) / 3 + bias, atol=1e-5)
    np.testing.assert_allclose(outputs[2], bias, atol=1e-6)  # no word at all


@pytest.mark.parametrize("library", LIBRARIES)
def test_order_counts_laid_end_to_end(library):
    model = FLAT.in_library(library)
    outputs = predict(model, np.array([[3, 4, 7, 0, 0], [7, 3, 4, 0, 0]]))
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-3


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", ["vocabulary_size", "num_classes", "embedding_dim", "flatten"])
def test_bad_arguments(library, name):
    with pytest.raises(RangeError, match=f"BagOfEmbeddings: {name}"):
        MEAN.in_library(library, **{name: -1})


@pytest.mark.parametrize(
    ("library", "word"),
    [("numpy", 9), ("numpy", -1), ("pytorch", 9), ("pytorch", -1), ("keras", 9)],
)  # Keras reads -1 as the last word, as Python does
def test_words_outside_the_vocabulary(library, word):
    with pytest.raises(RangeError):
        predict(MEAN.in_library(library), np.array([[3, word]]))


@pytest.mark.parametrize("library", ["numpy", "pytorch"])
@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (np.ones((2, 3), np.float32), DTypeError, "BagOfEmbeddings: x: expected integer token"),
        (np.array([1, 2]), ShapeError, r"BagOfEmbeddings: x: expected shape \(batch, length\)"),
        (np.empty((2, 0), int), ShapeError, "a length of 1 or more"),
    ],
)
def test_bad_inputs(library, x, error, words):
    with pytest.raises(error, match=words):
        predict(MEAN.in_library(library), x)


@pytest.mark.parametrize("library", LIBRARIES)
def test_texts_of_another_length(library):
    with pytest.raises(ShapeError):
        predict(FLAT.in_library(library), X[:, :4])


@BOTH
def test_saving(model, tmp_path):
    check_saving(model, X, tmp_path)
