"""The multi-layer perceptron in three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.errors import RangeError, ShapeError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.keras.seeding import seed_source
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP

ALL = [NumpyMLP, TorchMLP, KerasMLP]


def count(model) -> int:
    return sum(array.size for array in parity.get_weights(model))


@pytest.mark.parametrize("mlp", ALL)
@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((4, [5], 1), 31), ((784, [256, 128], 10), 235_146), ((19, [50], 1), 1_051), ((3, [], 2), 8)],
)
def test_parameter_counts(mlp, sizes, expected):
    assert count(mlp(*sizes)) == expected


def test_seeds_left_to_chance_hardly_ever_meet():
    seeds = [next(seed_source(None)) for _ in range(100)]
    assert len(set(seeds)) == 100  # by chance wrong once in 400,000 runs


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("other", [TorchMLP, KerasMLP])
def test_equal_outputs_and_gradients(activation, other, rng):
    arguments = (7, [6, 5], 3, activation)
    first, second = NumpyMLP(*arguments, rng=rng), other(*arguments, rng=rng)
    x = rng.standard_normal((11, 7)).astype(np.float32)
    y = rng.integers(0, 3, size=11)
    assert parity.largest_difference(first, second, x) > 1e-3  # they start apart
    parity.copy_weights(first, second)
    assert parity.largest_difference(first, second, x) < 1e-6
    assert parity.largest_gradient_difference(first, second, x, y) < 1e-6


@pytest.mark.parametrize("mlp", ALL)
def test_same_seed_same_weights(mlp):
    one, two, three = (mlp(4, [3], 2, rng=np.random.default_rng(seed)) for seed in (5, 5, 6))
    for a, b, c in zip(*(parity.get_weights(m) for m in (one, two, three)), strict=True):
        np.testing.assert_array_equal(a, b)
        assert not a.any() or not np.array_equal(a, c)  # Keras starts biases at zero


@pytest.mark.parametrize("mlp", ALL)
def test_layers_of_one_model_start_apart(mlp):
    weights = parity.get_weights(mlp(4, [4, 4], 4, rng=np.random.default_rng(0)))
    assert not np.array_equal(weights[0], weights[2])


@pytest.mark.parametrize("mlp", ALL)
@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((0, [3], 2), RangeError, "MLP: in_features: expected positive whole numbers, got 0"),
        ((4, [3, -1], 2), RangeError, "MLP: hidden"),
        ((4, [3], 2.5), RangeError, "MLP: out_features"),
        ((4, [3], 2, "swish"), RangeError, "MLP: activation: expected one of 'relu'"),
        ((4, [3], 2, "relu", 1.0), RangeError, "MLP: dropout: expected rates in"),
        ((4, [3, 3], 2, "relu", [0.1]), ShapeError, "MLP: dropout: expected one rate or 2"),
    ],
)
def test_bad_arguments(mlp, arguments, error, words):
    with pytest.raises(error, match=words):
        mlp(*arguments)


@pytest.mark.parametrize("mlp", ALL)
def test_dropout_sits_between_hidden_layers(mlp):
    model = mlp(4, [3, 3], 2, dropout=[0.4, 0.0])
    inner = model.layers if mlp is KerasMLP else list(model.layers)
    kinds = [type(layer).__name__ for layer in inner]
    assert kinds.count("Dropout") == 1
    assert kinds.index("Dropout") < len(kinds) - 3


def test_keras_model_survives_saving(tmp_path, rng):
    import keras

    model = KerasMLP(4, [3], 2, activation="tanh", dropout=0.1, rng=rng)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(loaded, KerasMLP)
    x = rng.standard_normal((5, 4)).astype(np.float32)
    assert parity.largest_difference(model, loaded, x) == 0


def test_torch_state_is_left_alone():
    import torch

    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    TorchMLP(4, [3], 2, rng=np.random.default_rng(0))
    assert torch.equal(torch.rand(2), expected)
