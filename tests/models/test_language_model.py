"""Models of text, symbol by symbol, in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook.errors import DTypeError, RangeError, ShapeError
from dlbook.models.recurrence import sample
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

SIZES = {"vocabulary_size": 7, "embedding_dim": 4, "hidden_size": 5}
CELLS = {
    cell: Model("language_model", "CharacterModel", **SIZES, cell=cell)
    for cell in ("rnn", "lstm", "gru")
}
EVERY_CELL = pytest.mark.parametrize("cell", list(CELLS))
EVERY_LIBRARY = pytest.mark.parametrize("library", LIBRARIES)
TEXT = np.random.default_rng(4).integers(0, 7, (6, 9))
TEXT[0, :7] = range(7)  # every symbol occurs
X, Y = TEXT[:, :-1], TEXT[:, 1:]


def array(tensor) -> np.ndarray:
    return np.asarray(tensor.detach() if hasattr(tensor, "detach") else tensor)


def inputs(library: str, tokens):
    if library == "pytorch":
        import torch

        return torch.tensor(tokens)
    return tokens


@EVERY_CELL
@pytest.mark.parametrize("other", OTHERS)
def test_agreement(cell, other):
    check_agreement(CELLS[cell], other, X, Y)


@pytest.mark.parametrize("other", OTHERS)
def test_trajectories(other):
    check_trajectories(CELLS["gru"], other, X, Y)


@EVERY_LIBRARY
@pytest.mark.parametrize(("cell", "recurrence"), [("rnn", 50), ("lstm", 200), ("gru", 165)])
def test_sizes(cell, recurrence, library):
    assert trainable(CELLS[cell].in_library(library)) == 7 * 4 + recurrence + 5 * 7 + 7
    check_seeds(CELLS[cell], library)


@EVERY_CELL
@EVERY_LIBRARY
def test_the_state_carries_on(cell, library):
    model = CELLS[cell].in_library(library)
    whole = predict(model, X)
    first, state = model.step(inputs(library, X[:, :3]))
    second, state = model.step(inputs(library, X[:, 3:4]), state)
    third, _ = model.step(inputs(library, X[:, 4:]), state)
    parts = np.concatenate([array(first), array(second), array(third)], axis=1)
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    afresh, _ = model.step(inputs(library, X[:, 4:]))
    assert np.abs(array(afresh) - whole[:, 4:]).max() > 1e-4


@EVERY_CELL
@pytest.mark.parametrize("other", OTHERS)
def test_equal_models_write_equal_texts(cell, other):
    first, second = CELLS[cell].pair(other)
    for temperature in (0, 0.7, 1.5):
        texts = [
            model.generate([3, 1, 4], 12, temperature, rng=np.random.default_rng(9))
            for model in (first, second)
        ]
        assert texts[0] == texts[1]
        assert len(texts[0]) == 12
        assert all(type(token) is int and 0 <= token < 7 for token in texts[0])


@EVERY_LIBRARY
def test_the_likeliest_text_by_hand(library):
    model = CELLS["gru"].in_library(library)
    text = [3, 1, 4]
    for _ in range(5):
        text.append(int(predict(model, np.array([text]))[0, -1].argmax()))
    assert model.generate([3, 1, 4], 5, 0, rng=np.random.default_rng(0)) == text[3:]
    assert model.generate(np.array([3]), 0, rng=np.random.default_rng(0)) == []


@EVERY_LIBRARY
@pytest.mark.parametrize(
    ("prompt", "length", "temperature", "rng", "error", "words"),
    [
        ([], 3, 1.0, 0, ShapeError, "CharacterModel: prompt: expected a token"),
        ([[1, 2]], 3, 1.0, 0, ShapeError, "CharacterModel: prompt"),
        ([1.5], 3, 1.0, 0, DTypeError, "CharacterModel: prompt: expected integer token numbers"),
        ([1, 7], 3, 1.0, 0, RangeError, "CharacterModel: prompt: expected numbers from 0 to 6"),
        ([1], -1, 1.0, 0, RangeError, "CharacterModel: length: expected a whole number of 0"),
        ([1], 2.5, 1.0, 0, RangeError, "CharacterModel: length"),
        ([1], 3, -0.1, 0, RangeError, "sample: temperature: expected a number of 0 or more"),
        ([1], 3, float("nan"), 0, RangeError, "sample: temperature"),
        ([1], 3, 1.0, None, DTypeError, "CharacterModel: rng: expected a numpy.random.Generator"),
    ],
)
def test_bad_prompts(library, prompt, length, temperature, rng, error, words):
    model = CELLS["gru"].in_library(library)
    with pytest.raises(error, match=words):
        model.generate(
            prompt, length, temperature, rng=None if rng is None else np.random.default_rng(rng)
        )


@EVERY_LIBRARY
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"vocabulary_size": 0}, "CharacterModel: vocabulary_size"),
        ({"embedding_dim": 0}, "CharacterModel: embedding_dim"),
        ({"hidden_size": -1}, "CharacterModel: hidden_size"),
        ({"cell": None}, "CharacterModel: cell"),
    ],
)
def test_bad_arguments(library, arguments, words):
    with pytest.raises(RangeError, match=words):
        CELLS["gru"].in_library(library, **arguments)


@EVERY_CELL
def test_saving(cell, tmp_path):
    check_saving(CELLS[cell], X, tmp_path)


# --- drawing a symbol -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [(0.5, [0.864, 0.117, 0.019]), (1.0, [0.659, 0.242, 0.099]), (2.0, [0.502, 0.304, 0.194])],
)
def test_temperature(temperature, expected, rng):
    drawn = [sample([2.0, 1.0, 0.1], temperature, rng=rng) for _ in range(20_000)]
    np.testing.assert_allclose(np.bincount(drawn) / 20_000, expected, atol=0.01)


def test_extreme_scores(rng):
    assert sample([1e30, 0.0, -1e30], rng=rng) == 0
    assert sample([5.0], 1e-300, rng=rng) == 0
    assert sample([1.0, 3.0, 3.0], 0, rng=rng) == 1
    assert {sample([-np.inf, 0.0, -np.inf], rng=rng) for _ in range(50)} == {1}


@pytest.mark.parametrize("logits", [[], [[1.0, 2.0]], 3.0])
def test_scores_of_a_wrong_shape(logits, rng):
    with pytest.raises(ShapeError, match="sample: logits: expected one score for each class"):
        sample(logits, rng=rng)
