"""Recurrent classifiers in three libraries."""

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

SIZES = {"vocabulary_size": 9, "num_classes": 3, "embedding_dim": 4, "hidden_size": 5}
CELLS = {
    cell: Model("sequence_classifier", "SequenceClassifier", **SIZES, cell=cell)
    for cell in ("rnn", "lstm", "gru")
}
GATES = {"rnn": 1, "lstm": 4, "gru": 3}
EVERY_CELL = pytest.mark.parametrize("cell", list(CELLS))
EVERY_LIBRARY = pytest.mark.parametrize("library", LIBRARIES)
X = np.array([[3, 4, 4, 0, 0], [7, 8, 1, 2, 3], [0, 0, 0, 0, 0], [5, 0, 0, 0, 0], [6, 2, 4, 1, 0]])
Y = np.array([0, 1, 2, 1, 0])


@EVERY_CELL
@pytest.mark.parametrize("other", OTHERS)
def test_agreement(cell, other):
    check_agreement(CELLS[cell], other, X, Y)
    check_trajectories(CELLS[cell], other, X, Y)


@pytest.mark.parametrize("other", OTHERS)
def test_agreement_where_zero_is_a_token(other):
    model = Model("sequence_classifier", "SequenceClassifier", **SIZES, cell="gru", mask_zero=False)
    check_agreement(model, other, X, Y)
    assert np.abs(np.diff(predict(model.in_library(other), X[[3, 3]] * [[1], [0]]))).max() > 1e-3


@EVERY_CELL
@EVERY_LIBRARY
def test_sizes(cell, library):
    biases = 2 if cell == "gru" else 1
    recurrence = GATES[cell] * (4 * 5 + 5 * 5 + biases * 5)
    assert trainable(CELLS[cell].in_library(library)) == 9 * 4 + recurrence + 5 * 3 + 3
    check_seeds(CELLS[cell], library)


@EVERY_CELL
@EVERY_LIBRARY
def test_padding_does_not_count(cell, library):
    model = CELLS[cell].in_library(library)
    outputs = predict(model, X)
    for row, length in ((0, 3), (3, 1), (4, 4)):
        alone = predict(model, X[row : row + 1, :length])
        np.testing.assert_allclose(alone[0], outputs[row], atol=1e-6)
    bias = parity.get_weights(model)[-1]
    np.testing.assert_allclose(outputs[2], bias, atol=1e-6)  # the state stayed at zero


@EVERY_LIBRARY
def test_order_counts(library):
    model = CELLS["gru"].in_library(library)
    outputs = predict(model, np.array([[3, 4, 5], [5, 4, 3]]))
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-5


@EVERY_LIBRARY
@pytest.mark.parametrize(("cell", "gate"), [("lstm", 1), ("gru", 1)])
def test_forget_bias(cell, gate, library):
    """In PyTorch's order the forget gate of an LSTM and the update gate of a GRU are second."""
    with_bias = parity.get_weights(CELLS[cell].in_library(library, forget_bias=3.0))
    without = parity.get_weights(CELLS[cell].in_library(library))
    total = (with_bias[3] + with_bias[4]).reshape(-1, 5)
    np.testing.assert_allclose(total[gate], 3.0)
    rest = np.delete(total - (without[3] + without[4]).reshape(-1, 5), gate, axis=0)
    np.testing.assert_allclose(rest, 0, atol=1e-6)
    for a, b in zip(with_bias[:3], without[:3], strict=True):
        np.testing.assert_array_equal(a, b)


@EVERY_LIBRARY
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"vocabulary_size": 0}, "SequenceClassifier: vocabulary_size"),
        ({"num_classes": 1.5}, "SequenceClassifier: num_classes"),
        ({"embedding_dim": -4}, "SequenceClassifier: embedding_dim"),
        ({"hidden_size": 0}, "SequenceClassifier: hidden_size"),
        ({"cell": "LSTM"}, "SequenceClassifier: cell: expected one of 'rnn', 'lstm', 'gru'"),
        ({"cell": "rnn", "forget_bias": 1.0}, "a plain cell has no gates"),
        ({"forget_bias": float("inf")}, "SequenceClassifier: forget_bias: expected a finite"),
    ],
)
def test_bad_arguments(library, arguments, words):
    with pytest.raises(RangeError, match=words):
        CELLS["lstm"].in_library(library, **arguments)


@pytest.mark.parametrize("library", ["numpy", "pytorch"])
def test_padding_in_front(library):
    with pytest.raises(RangeError, match=r"expected padding .0. at the end of a text"):
        predict(CELLS["gru"].in_library(library), X[:, ::-1].copy())


@EVERY_LIBRARY
def test_words_outside_the_vocabulary(library):
    with pytest.raises(RangeError):
        predict(CELLS["gru"].in_library(library), X + 5)


@pytest.mark.parametrize("library", ["numpy", "pytorch"])
def test_one_text_without_a_batch(library):
    with pytest.raises(ShapeError, match=r"SequenceClassifier: x: expected shape \(batch, length"):
        predict(CELLS["gru"].in_library(library), X[0])


@EVERY_CELL
def test_saving(cell, tmp_path):
    check_saving(CELLS[cell], X, tmp_path)
