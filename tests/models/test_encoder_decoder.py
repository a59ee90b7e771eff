"""From sequence to sequence, in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.data import Dataset
from dlbook.engine import optim
from dlbook.errors import RangeError, ShapeError
from dlbook.text import teacher_forcing
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

SIZES = {"source_size": 8, "target_size": 6, "source_length": 4}
SIZES |= {"embedding_dim": 3, "hidden_size": 5}
CELLS = {
    cell: Model("encoder_decoder", "EncoderDecoder", **SIZES, cell=cell)
    for cell in ("rnn", "lstm", "gru")
}
EVERY_CELL = pytest.mark.parametrize("cell", list(CELLS))
EVERY_LIBRARY = pytest.mark.parametrize("library", LIBRARIES)
SOURCE = np.array([[2, 3, 4, 0], [5, 6, 7, 2], [3, 0, 0, 0], [0, 0, 0, 0], [1, 1, 4, 6]])
TARGET = np.array([[2, 3, 4], [5, 3, 0], [4, 0, 0], [2, 2, 2], [3, 1, 5]])
X, Y = teacher_forcing(SOURCE, TARGET, start=1)


@EVERY_CELL
@pytest.mark.parametrize("other", OTHERS)
def test_agreement(cell, other):
    check_agreement(CELLS[cell], other, X, Y)


@pytest.mark.parametrize(
    ("other", "cell"), [("pytorch", "gru"), ("pytorch", "lstm"), ("keras", "gru")]
)
def test_trajectories(other, cell):
    check_trajectories(CELLS[cell], other, X, Y)


@EVERY_LIBRARY
@pytest.mark.parametrize(("cell", "recurrence"), [("rnn", 45), ("lstm", 180), ("gru", 150)])
def test_sizes(cell, recurrence, library):
    model = CELLS[cell].in_library(library)
    assert trainable(model) == (8 + 6) * 3 + 2 * recurrence + 6 * 5 + 6
    assert predict(model, X).shape == (5, 3, 6)
    check_seeds(CELLS[cell], library)


@EVERY_CELL
@EVERY_LIBRARY
def test_decoding_feeds_back_its_own_answers(cell, library):
    model = CELLS[cell].in_library(library)
    written = model.decode(SOURCE, start=1, length=3)
    assert written.dtype == np.int64
    inputs = np.concatenate([SOURCE, np.ones((5, 1), int), written[:, :-1]], axis=1)
    np.testing.assert_array_equal(predict(model, inputs).argmax(axis=2), written)


@EVERY_CELL
@pytest.mark.parametrize("other", OTHERS)
def test_equal_models_write_equal_targets(cell, other):
    first, second = CELLS[cell].pair(other, scale=0.8 if cell == "gru" else None)
    np.testing.assert_array_equal(first.decode(SOURCE, 1, 6), second.decode(SOURCE, 1, 6))


@EVERY_LIBRARY
def test_padding_of_the_source_does_not_count(library):
    masked = CELLS["lstm"].in_library(library)
    shorter = CELLS["lstm"].in_library(library, source_length=3)
    np.testing.assert_allclose(
        predict(masked, X[[0]]), predict(shorter, np.delete(X[[0]], 3, axis=1)), atol=1e-6
    )
    read = CELLS["lstm"].in_library(library, mask_zero=False)
    assert np.abs(predict(masked, X[[0]]) - predict(read, X[[0]])).max() > 1e-5


def test_it_learns_to_write_backwards(rng):
    digits = rng.integers(2, 8, (600, 4))
    x, y = teacher_forcing(digits, digits[:, ::-1], start=1)
    model = Model(
        "encoder_decoder",
        "EncoderDecoder",
        source_size=8,
        target_size=8,
        source_length=4,
        embedding_dim=12,
        hidden_size=32,
    ).in_library("numpy")
    adam = optim.Adam(model.parameters(), lr=0.01)
    fit(model, Dataset(x[:500], y[:500]), epochs=25, batch_size=50, optimizer=adam, rng=rng)
    written = model.decode(digits[500:], start=1, length=4)
    assert (written == digits[500:, ::-1]).all(axis=1).mean() > 0.9


@EVERY_LIBRARY
@pytest.mark.parametrize(
    ("arguments", "words"),
    [({name: 0}, f"EncoderDecoder: {name}") for name in SIZES] + [({"cell": "x"}, "cell")],
)
def test_bad_arguments(library, arguments, words):
    with pytest.raises(RangeError, match=words):
        CELLS["gru"].in_library(library, **arguments)


@EVERY_LIBRARY
def test_bad_beginnings(library):
    model = CELLS["gru"].in_library(library)
    with pytest.raises(RangeError, match="EncoderDecoder: start: expected a token from 0 to 5"):
        model.decode(SOURCE, start=6, length=3)
    with pytest.raises(RangeError, match="EncoderDecoder: length: expected a whole number of 1"):
        model.decode(SOURCE, start=1, length=0)


@pytest.mark.parametrize("library", ["numpy", "pytorch"])
def test_bad_inputs(library):
    model = CELLS["gru"].in_library(library)
    with pytest.raises(ShapeError, match="a length of 5 or more"):
        predict(model, SOURCE)
    with pytest.raises(RangeError):
        predict(model, np.where(X == 5, 7, X))  # the target has no word 7
    with pytest.raises(RangeError, match="padding"):
        predict(model, X[:, [3, 2, 1, 0, 4, 5]])


def test_saving(tmp_path):
    check_saving(CELLS["lstm"], X, tmp_path)
