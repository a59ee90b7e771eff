"""Rosenblatt's perceptron in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.errors import DTypeError, RangeError, ShapeError

from models.agreement import LIBRARIES, OTHERS, Model, check_saving, trainable

PERCEPTRON = Model("perceptron", "Perceptron", in_features=2)
CORNERS = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]])
AND, OR, XOR = (np.array(labels) for labels in ([0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 0]))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("gate", [AND, OR], ids=["and", "or"])
def test_it_learns_what_a_line_parts(library, gate):
    model = PERCEPTRON.in_library(library)
    mistakes = [model.learn(CORNERS, gate) for _ in range(8)]
    assert mistakes[0] > 0
    assert mistakes[-1] == 0
    np.testing.assert_array_equal(model.classify(CORNERS), gate)


@pytest.mark.parametrize("library", LIBRARIES)
def test_it_goes_around_in_circles_on_xor(library):
    model = PERCEPTRON.in_library(library)
    seen = []
    for _ in range(12):
        assert model.learn(CORNERS, XOR) > 0
        seen.append(tuple(np.concatenate([w.ravel() for w in parity.get_weights(model)])))
    assert len(set(seen[4:])) < len(seen[4:])  # weights come back


@pytest.mark.parametrize("library", LIBRARIES)
def test_one_correction_by_hand(library):
    model = PERCEPTRON.in_library(library, learning_rate=0.5)
    x = np.float32([2, -3])
    assert model.learn_one(x, 1)  # the score is 0, the answer 0
    weight, bias = parity.get_weights(model)
    np.testing.assert_array_equal(weight, [[1, -1.5]])
    np.testing.assert_array_equal(bias, [0.5])
    assert not model.learn_one(x, 1)  # 2 + 4.5 + 0.5 > 0: nothing changes
    np.testing.assert_array_equal(parity.get_weights(model)[0], [[1, -1.5]])
    assert model.learn_one(x, 0)
    np.testing.assert_array_equal(parity.get_weights(model)[0], [[0, 0]])


@pytest.mark.parametrize("other", OTHERS)
def test_the_same_path_in_all_libraries(other, rng):
    first = PERCEPTRON.in_library("numpy", in_features=3, learning_rate=0.1)
    second = PERCEPTRON.in_library(other, in_features=3, learning_rate=0.1)
    x = rng.standard_normal((40, 3)).astype(np.float32)
    y = (x @ [1.0, -2.0, 0.5] > 0.3).astype(int)
    for _ in range(20):
        assert first.learn(x[:20], y[:20]) == second.learn(x[:20], y[:20])
        assert parity.largest_difference(first, second, x) < 1e-5
        for a, b in zip(parity.get_weights(first), parity.get_weights(second), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)
    np.testing.assert_array_equal(first.classify(x), second.classify(x))
    assert (first.classify(x[20:]) == y[20:]).mean() > 0.8


@pytest.mark.parametrize("other", OTHERS)
def test_equal_gradients_of_a_smooth_loss(other, rng):
    model = Model("perceptron", "Perceptron", "binary_cross_entropy", in_features=3)
    first, second = model.pair(other, scale=0.5)
    x = rng.standard_normal((6, 3)).astype(np.float32)
    y = rng.integers(0, 2, (6, 1))
    loss = {"loss": "binary_cross_entropy"}
    assert parity.largest_gradient_difference(first, second, x, y, **loss) < 1e-6


@pytest.mark.parametrize("library", LIBRARIES)
def test_size_and_start(library):
    model = PERCEPTRON.in_library(library, in_features=7)
    assert trainable(model) == 8
    assert not any(weight.any() for weight in parity.get_weights(model))
    assert model.classify(np.ones((3, 7), np.float32)).tolist() == [0, 0, 0]


@pytest.mark.parametrize("library", LIBRARIES)
def test_inputs_are_not_changed(library):
    model = PERCEPTRON.in_library(library)
    x, y = CORNERS.copy(), OR.copy()
    model.learn(x, y)
    np.testing.assert_array_equal(x, CORNERS)
    np.testing.assert_array_equal(y, OR)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"in_features": 0}, "Perceptron: in_features: expected positive whole numbers, got 0"),
        ({"in_features": True}, "Perceptron: in_features"),
        ({"learning_rate": 0.0}, "Perceptron: learning_rate: expected a number above 0, got 0.0"),
        ({"learning_rate": float("nan")}, "Perceptron: learning_rate"),
        ({"learning_rate": "fast"}, "Perceptron: learning_rate"),
    ],
)
def test_bad_arguments(library, arguments, words):
    with pytest.raises(RangeError, match=words):
        PERCEPTRON.in_library(library, **arguments)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("x", "y", "error", "words"),
    [
        (CORNERS[:, :1], AND, ShapeError, r"learn: x: expected shape \(n, 2\)"),
        (CORNERS[0], AND, ShapeError, "learn: x"),
        (CORNERS, AND[:3], ShapeError, "learn: y: expected one label for each of 4 samples"),
        (CORNERS, 2 * AND - 1, RangeError, "learn: y: expected labels 0 and 1"),
        (CORNERS.astype(int), AND, DTypeError, "learn: x: expected float32 numbers"),
        (CORNERS.tolist(), AND, DTypeError, "learn: x, y: expected arrays"),
    ],
)
def test_bad_samples(library, x, y, error, words):
    with pytest.raises(error, match=words):
        PERCEPTRON.in_library(library).learn(x, y)


def test_saving(tmp_path):
    check_saving(PERCEPTRON, CORNERS, tmp_path)
