"""Every kind of Keras layer against its counterpart: weights, outputs, gradients, and back."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import torch
from dlbook import parity
from dlbook.engine import Tensor, nn
from dlbook.errors import DTypeError
from dlbook.parity.compare import gradients
from dlbook.parity.layouts import layout_of
from dlbook.parity.weights import keras_layers
from keras import layers
from torch import nn as torch_nn

IMAGE_AXES = {3: (0, 2, 1), 4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}  # channels first to last


def draw(rng, *shape) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


def channels_last(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array.transpose(IMAGE_AXES[array.ndim]))


def keras_model(layer, shape, dtype="float32"):
    inputs = keras.Input(shape, dtype=dtype)
    return keras.Model(inputs, layer(inputs))


def random_weights(model, rng) -> None:
    """Give a model weights none of which is 0 or 1 by default; variances stay positive."""
    parity.set_weights(model, [0.2 + rng.random(w.shape) for w in parity.get_weights(model)])


def check_counterparts(theirs, ours, other, x, x_keras, rng, *, torch_order=None) -> None:
    """Keras to engine and PyTorch, equal in outputs and gradients; and all the way back."""
    torch_order = torch_order or (lambda array: array)
    random_weights(theirs, rng)
    expected = theirs(x_keras, training=False).numpy()
    y = draw(rng, *torch_order(expected).shape)
    y_keras = y if expected.shape == y.shape else channels_last(y)
    gradient_of_keras = gradients(theirs, x_keras, y_keras, "mse")
    assert all(np.abs(gradient).max() > 0 for gradient in gradient_of_keras)
    for counterpart in (ours, other):
        parity.copy_weights(theirs, counterpart)
        counterpart.eval()
        made = Tensor(x) if counterpart is ours else torch.tensor(x)
        found = counterpart(made)
        found = found.data if counterpart is ours else found.detach().numpy()
        np.testing.assert_allclose(found, torch_order(expected), atol=1e-5)
        pairs = zip(gradients(counterpart, x, y, "mse"), gradient_of_keras, strict=True)
        for a, b in pairs:
            np.testing.assert_allclose(a, b, atol=1e-5)
    before = theirs.get_weights()
    taken = parity.get_weights(other)
    theirs.set_weights([np.zeros_like(w) for w in before])
    parity.set_weights(theirs, taken)
    for a, b in zip(before, theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


@pytest.mark.parametrize("use_bias", [True, False])
def test_dense(use_bias, rng):
    check_counterparts(
        keras_model(layers.Dense(3, use_bias=use_bias), (4,)),
        nn.Linear(4, 3, bias=use_bias),
        torch_nn.Linear(4, 3, bias=use_bias),
        *(draw(rng, 5, 4),) * 2,
        rng,
    )


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions(rank, use_bias, rng):
    kernel = (2, 3, 4)[:rank]
    x = draw(rng, 2, 3, *(5, 6, 7)[:rank])
    their = (layers.Conv1D, layers.Conv2D, layers.Conv3D)[rank - 1]
    ours = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1]
    others = (torch_nn.Conv1d, torch_nn.Conv2d, torch_nn.Conv3d)[rank - 1]
    last = channels_last(x)
    check_counterparts(
        keras_model(their(2, kernel, use_bias=use_bias), last.shape[1:]),
        ours(3, 2, kernel, bias=use_bias),
        others(3, 2, kernel, bias=use_bias),
        x,
        last,
        rng,
        torch_order=lambda array: np.moveaxis(array, -1, 1),
    )


def test_batch_normalization(rng):
    x = draw(rng, 4, 3, 5, 6)
    check_counterparts(
        keras_model(layers.BatchNormalization(epsilon=1e-5), (5, 6, 3)),
        nn.BatchNorm2d(3),
        torch_nn.BatchNorm2d(3),
        x,
        channels_last(x),
        rng,
        torch_order=lambda array: np.moveaxis(array, -1, 1),
    )


def test_layer_normalization(rng):
    check_counterparts(
        keras_model(layers.LayerNormalization(epsilon=1e-5), (6,)),
        nn.LayerNorm(6),
        torch_nn.LayerNorm(6),
        *(draw(rng, 5, 6),) * 2,
        rng,
    )


@pytest.mark.parametrize("slopes", [1, 6])
def test_prelu(slopes, rng):
    check_counterparts(
        keras_model(layers.PReLU(shared_axes=[1] if slopes == 1 else None), (6,)),
        nn.PReLU(slopes),
        torch_nn.PReLU(slopes),
        *(draw(rng, 5, 6),) * 2,
        rng,
    )


def test_embedding(rng):
    x = np.array([[0, 3, 3], [5, 1, 3]])
    check_counterparts(
        keras_model(layers.Embedding(6, 4), (3,), "int32"),
        nn.Embedding(6, 4),
        torch_nn.Embedding(6, 4),
        x,
        x,
        rng,
    )


RECURRENT = {
    "SimpleRNN": (layers.SimpleRNN, nn.RNN, torch_nn.RNN),
    "LSTM": (layers.LSTM, nn.LSTM, torch_nn.LSTM),
    "GRU": (layers.GRU, nn.GRU, torch_nn.GRU),
}


class Outputs(nn.Module):
    """A recurrent layer of the engine whose final states are left out."""

    def __init__(self, layer: nn.Module) -> None:
        self.layer = layer

    def forward(self, x):
        """Map (batch, time, features) to the states of all steps."""
        return self.layer(x)[0]


class TorchOutputs(torch_nn.Module):
    """The same of PyTorch."""

    def __init__(self, layer) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x):
        """Map (batch, time, features) to the states of all steps."""
        return self.layer(x)[0]


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("kind", list(RECURRENT))
def test_recurrent(kind, use_bias, rng):
    their, ours, others = RECURRENT[kind]
    options = {"batch_first": True, "bias": use_bias}
    check_counterparts(
        keras_model(their(4, return_sequences=True, use_bias=use_bias), (6, 3)),
        Outputs(ours(3, 4, **options)),
        TorchOutputs(others(3, 4, **options)),
        *(draw(rng, 5, 6, 3),) * 2,
        rng,
    )


@pytest.mark.parametrize("kind", list(RECURRENT))
def test_bidirectional(kind, rng):
    their, ours, others = RECURRENT[kind]
    options = {"batch_first": True, "bidirectional": True}
    check_counterparts(
        keras_model(layers.Bidirectional(their(4, return_sequences=True)), (6, 3)),
        Outputs(ours(3, 4, **options)),
        TorchOutputs(others(3, 4, **options)),
        *(draw(rng, 5, 6, 3),) * 2,
        rng,
    )


def test_gru_that_resets_before_the_product(rng):
    """The engine has this form as well; PyTorch's GRU takes the weights and says another thing."""
    theirs = keras_model(layers.GRU(4, return_sequences=True, reset_after=False), (6, 3))
    ours = Outputs(nn.GRU(3, 4, batch_first=True, reset_after=False))
    x, y = draw(rng, 5, 6, 3), draw(rng, 5, 6, 4)
    random_weights(theirs, rng)
    parity.copy_weights(theirs, ours)
    assert parity.largest_difference(theirs, ours, x) < 1e-6
    assert parity.largest_gradient_difference(theirs, ours, x, y, loss="mse") < 1e-6
    other = TorchOutputs(torch_nn.GRU(3, 4, batch_first=True))
    parity.copy_weights(theirs, other)
    assert parity.largest_difference(theirs, other, x) > 1e-3
    before = theirs.get_weights()
    parity.copy_weights(ours, theirs)
    for a, b in zip(before, theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


def test_both_biases_of_pytorch_arrive_as_their_sum(rng):
    """A plain cell and an LSTM have one bias in Keras; a GRU has two, which are not added."""
    for kind, (their, _, others) in RECURRENT.items():
        theirs = keras_model(their(4), (6, 3))
        torch_layer = others(3, 4, batch_first=True)
        parity.copy_weights(torch_layer, theirs)
        state = torch_layer(torch.tensor(x := draw(rng, 5, 6, 3)))[1]
        hidden = (state[0] if kind == "LSTM" else state)[0].detach().numpy()
        np.testing.assert_allclose(theirs(x).numpy(), hidden, atol=1e-6)


def test_models_within_models_and_wrappers(rng):
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.Dense(2)])
    inputs = keras.Input((6, 3))
    outputs = layers.Dense(5)(layers.TimeDistributed(inner)(inputs))
    model = keras.Model(inputs, outputs)
    assert [layer.units for layer in keras_layers(model)] == [4, 2, 5]
    ours = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2), nn.Linear(2, 5))
    x, y = draw(rng, 2, 6, 3), draw(rng, 2, 6, 5)
    parity.copy_weights(model, ours)
    assert parity.largest_difference(model, ours, x) < 1e-6
    assert parity.largest_gradient_difference(model, ours, x, y, loss="mse") < 1e-6


def test_unknown_layers():
    expected = r"layer: expected one of .*'Conv1D'.*, got GroupNormalization"
    with pytest.raises(DTypeError, match=expected):
        layout_of(layers.GroupNormalization())


# --- several inputs, frozen and idle parameters -----------------------------------------------


class Two(nn.Module):
    """Two inputs; one parameter that is frozen, one that nothing depends on."""

    def __init__(self, rng) -> None:
        self.left, self.right = nn.Linear(3, 2, rng=rng), nn.Linear(4, 2, rng=rng)
        self.idle = nn.Linear(1, 1, rng=rng)
        self.left.bias.requires_grad = False

    def forward(self, a, b):
        """Map (batch, 3) and (batch, 4) to (batch, 2)."""
        return self.left(a) * self.right(b)


class TorchTwo(torch_nn.Module):
    """The same in PyTorch."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = torch_nn.Linear(3, 2), torch_nn.Linear(4, 2)
        self.idle = torch_nn.Linear(1, 1)
        self.left.bias.requires_grad = False

    def forward(self, a, b):
        """Map (batch, 3) and (batch, 4) to (batch, 2)."""
        return self.left(a) * self.right(b)


def test_several_inputs(rng):
    ours, other = Two(rng), TorchTwo()
    a, b = keras.Input((3,)), keras.Input((4,))
    left, right = layers.Dense(2), layers.Dense(2)
    theirs = keras.Model([a, b], left(a) * right(b))
    left.trainable = False
    x, y = (draw(rng, 5, 3), draw(rng, 5, 4)), draw(rng, 5, 2)
    parity.copy_weights(ours, other)
    parity.set_weights(theirs, parity.get_weights(ours)[:4])
    for model in (other, theirs):
        assert parity.largest_difference(ours, model, x) < 1e-6
    found = [gradients(model, x, y, "mse") for model in (ours, other, theirs)]
    assert [len(one) for one in found] == [6, 6, 4]
    for one in found[1:]:
        for g, h in zip(found[0], one, strict=False):
            np.testing.assert_allclose(g, h, atol=1e-6)
    assert np.abs(found[0][1]).max() > 0  # a frozen parameter has a gradient all the same …
    assert not any(g.any() for one in found[:2] for g in one[4:])  # … an idle one has none
    assert not ours.left.bias.requires_grad
    assert not other.left.bias.requires_grad
    assert not left.trainable
    assert all(p.grad is None for model in (ours, other) for p in model.parameters())


def test_a_loss_of_ones_own(rng):
    ours, other = nn.Linear(3, 2, rng=rng), torch_nn.Linear(3, 2)
    parity.copy_weights(ours, other)
    x, y = draw(rng, 5, 3), draw(rng, 5, 2)

    def cubes(outputs, y):
        return ((outputs - y) ** 3).sum()

    assert parity.largest_gradient_difference(ours, other, x, y, loss=cubes) < 1e-4
    elsewhere = {"loss": cubes, "loss_second": lambda outputs, y: 2 * cubes(outputs, y)}
    assert parity.largest_gradient_difference(ours, other, x, y, **elsewhere) > 1e-2
