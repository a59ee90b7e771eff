"""A name means the same rule in all three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.training import evaluate, fit
from dlbook.training.choices import DEFAULT_RATES, LOSSES

ALL = [NumpyMLP, TorchMLP, KerasMLP]


@pytest.fixture(scope="module")
def models():
    """The same small network three times."""
    made = [make(2, [5], 1, rng=np.random.default_rng(1)) for make in ALL]
    for model in made[1:]:
        parity.copy_weights(made[0], model)
    return made


@pytest.mark.parametrize("optimizer", sorted(DEFAULT_RATES))
def test_optimizers_take_the_same_path(models, line, optimizer):
    start = parity.get_weights(models[0])
    ends, histories = [], []
    for model in models:
        history = fit(model, line, epochs=5, batch_size=10, optimizer=optimizer, loss="mse")
        histories.append(history["loss"])
        ends.append(parity.get_weights(model))
        parity.set_weights(model, start)
    assert any(np.abs(a - b).max() > 1e-3 for a, b in zip(start, ends[0], strict=True))
    for other in (1, 2):
        np.testing.assert_allclose(histories[other], histories[0], rtol=2e-5)
        for a, b in zip(ends[other], ends[0], strict=True):
            np.testing.assert_allclose(a, b, atol=2e-5)


def test_momentum_is_heavy_ball(line):
    """Against the rule written out: v ← 0.9 v + g, w ← w − 0.01 v."""
    model = NumpyMLP(2, [], 1, rng=np.random.default_rng(0))
    weight, bias = parity.get_weights(model)
    velocity_w, velocity_b = np.zeros_like(weight), np.zeros_like(bias)
    for _ in range(4):
        error = line.x @ weight.T + bias - line.y
        velocity_w = 0.9 * velocity_w + 2 * error.T @ line.x / len(line)
        velocity_b = 0.9 * velocity_b + 2 * error.mean(axis=0)
        weight, bias = weight - 0.01 * velocity_w, bias - 0.01 * velocity_b
    fit(model, line, epochs=4, batch_size=40, optimizer="momentum", loss="mse")
    np.testing.assert_allclose(parity.get_weights(model)[0], weight, rtol=1e-5)


def formula(loss, outputs, y):
    error = np.abs(outputs - y)
    return {
        "mse": error**2,
        "mae": error,
        "huber": np.where(error < 1, error**2 / 2, error - 0.5),
        "binary_cross_entropy": np.logaddexp(0, outputs) - y * outputs,
    }[loss].mean()


@pytest.mark.parametrize("loss", sorted(set(LOSSES) - {"cross_entropy"}))
@pytest.mark.parametrize("shape", [(40, 1), (40,)])
def test_losses_of_numbers(models, line, loss, shape):
    binary = loss == "binary_cross_entropy"
    y = (line.y > 0).astype(int) if binary else 3 * line.y
    data = Dataset(line.x, y.reshape(shape))
    values = [evaluate(model, data, loss=loss)["loss"] for model in models]
    with np.errstate(all="raise"):
        outputs = models[0](line.x).data.astype(np.float64)
    np.testing.assert_allclose(values, formula(loss, outputs, y), rtol=2e-6)


def test_binary_accuracy_by_default(models, line):
    labels = Dataset(line.x, (line.y[:, 0] > 0).astype(np.int64))
    measured = [evaluate(model, labels, loss="binary_cross_entropy") for model in models]
    right = ((models[0](line.x).data > 0) == (line.y > 0)).mean()
    assert [m["accuracy"] for m in measured] == pytest.approx([right] * 3)


def test_binary_classifier_learns(models, line):
    labels = Dataset(line.x, (line.y > 0).astype(np.float32))
    losses = []
    for model in models:
        start = parity.get_weights(model)
        history = fit(model, labels, epochs=40, learning_rate=0.05, loss="binary_cross_entropy",
                      metrics=["accuracy"], rng=np.random.default_rng(3))  # fmt: skip
        assert history["accuracy"][-1] > 0.9
        losses.append(history["loss"][0])
        parity.set_weights(model, start)
    np.testing.assert_allclose(losses, losses[0], rtol=1e-5)


def per_token_models():
    """A linear map at every step of a sequence, three times; the engine's and PyTorch's by hand."""
    import keras
    import torch
    from dlbook.engine import nn

    ours, theirs = nn.Linear(4, 3, rng=np.random.default_rng(0)), torch.nn.Linear(4, 3)
    inputs = keras.Input((5, 4))
    third = keras.Model(inputs, keras.layers.Dense(3)(inputs))
    for model in (theirs, third):
        parity.copy_weights(ours, model)
    return ours, theirs, third


def test_cross_entropy_of_sequences_leaves_padding_out(rng):
    x = rng.standard_normal((6, 5, 4)).astype(np.float32)
    y = rng.integers(0, 3, (6, 5))
    y[:, 3:] = -100
    for model in (models := per_token_models()):
        for changed in (x, np.concatenate([x[:, :3], 9 * x[:, 3:]], axis=1)):
            measured = evaluate(model, Dataset(changed, y))
            weight, bias = parity.get_weights(models[0])
            logits = x[:, :3] @ weight.T + bias
            log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
            expected = -np.take_along_axis(log_p, y[:, :3, None], -1).mean()
            assert measured["loss"] == pytest.approx(expected, rel=1e-5)
            right = (logits.argmax(-1) == y[:, :3]).mean()
            assert measured["accuracy"] == pytest.approx(right)
