"""One loop for three libraries."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import data, parity
from dlbook.data import Dataset
from dlbook.errors import RangeError, ShapeError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.training import History, evaluate, fit, predict
from dlbook.training.fit import batches
from dlbook.training.metrics import (
    accuracy,
    mean_absolute_error,
    mean_squared_error,
    top_k_accuracy,
)

ALL = [NumpyMLP, TorchMLP, KerasMLP]


def with_equal_weights(*sizes):
    models = [make(*sizes, rng=np.random.default_rng(1)) for make in ALL]
    for model in models[1:]:
        parity.copy_weights(models[0], model)
    return models


@pytest.mark.parametrize(("optimizer", "tolerance"), [("sgd", 2e-6), ("adam", 2e-4)])
def test_same_start_same_batches_same_path(clouds, optimizer, tolerance):
    """Adam may differ a little more: Keras adds its epsilon in another place."""
    train, test = clouds.split(0.75, np.random.default_rng(0))
    models = with_equal_weights(4, [8], 3)
    histories = [
        fit(m, train, test, epochs=5, batch_size=16, optimizer=optimizer, learning_rate=0.01,
            rng=np.random.default_rng(2))
        for m in models
    ]  # fmt: skip
    for history in histories:
        assert list(history.metrics) == ["loss", "accuracy", "val_loss", "val_accuracy"]
        assert history.steps == 5 * 5
        assert history.epochs == [1, 2, 3, 4, 5]
        for name in ("loss", "val_loss"):
            np.testing.assert_allclose(history[name], histories[0][name], rtol=tolerance * 10)
    for model in models[1:]:
        assert parity.largest_difference(models[0], model, test.x) < tolerance * 20


@pytest.mark.parametrize("mlp", ALL)
def test_learns_and_evaluates(mlp, clouds):
    model = mlp(4, [16], 3, rng=np.random.default_rng(0))
    before = evaluate(model, clouds)
    history = fit(model, clouds, epochs=30, learning_rate=0.01, rng=np.random.default_rng(0))
    after = evaluate(model, clouds)
    assert after["loss"] < 0.5 * before["loss"]
    assert after["accuracy"] > 0.9
    assert history["loss"][0] > history["loss"][-1]
    outputs = predict(model, clouds.x, batch_size=7)
    assert outputs.shape == (96, 3)
    assert accuracy(outputs, clouds.y) == pytest.approx(after["accuracy"])


@pytest.mark.parametrize("mlp", ALL)
def test_regression(mlp, rng):
    x = rng.standard_normal((64, 2)).astype(np.float32)
    target = (x @ np.array([[2.0], [-1.0]], dtype=np.float32)) + 0.5
    line = Dataset(x, target, "line")
    model = mlp(2, [], 1, rng=np.random.default_rng(0))
    history = fit(model, line, epochs=60, optimizer="sgd", learning_rate=0.05, loss="mse",
                  metrics=["mae"])  # fmt: skip
    assert history["loss"][-1] < 1e-4
    assert history["mae"][-1] < 0.02
    weight, bias = parity.get_weights(model)
    np.testing.assert_allclose(weight, [[2, -1]], atol=0.02)
    np.testing.assert_allclose(bias, [0.5], atol=0.02)


def test_own_optimizer_and_loss(clouds):
    import torch
    from dlbook.engine import functional as F
    from dlbook.engine import optim

    ours, theirs, _ = with_equal_weights(4, [8], 3)
    sgd = optim.SGD(ours.parameters(), lr=0.1, momentum=0.9)
    ours_history = fit(ours, clouds, epochs=2, loss=F.cross_entropy, optimizer=sgd)
    sgd = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    loss = torch.nn.functional.cross_entropy
    theirs_history = fit(theirs, clouds, epochs=2, loss=loss, optimizer=sgd)
    np.testing.assert_allclose(ours_history["loss"], theirs_history["loss"], rtol=1e-5)


def test_batches_cover_every_sample_once(rng):
    dealt = list(batches(175, 32, rng))
    assert [len(batch) for batch in dealt] == [32, 32, 32, 32, 32, 15]
    assert sorted(np.concatenate(dealt)) == list(range(175))
    assert not np.array_equal(np.concatenate(dealt), np.arange(175))


def test_metrics():
    assert accuracy(np.array([[0.1, 0.9], [2.0, 1.0]]), np.array([1, 1])) == 0.5
    assert accuracy(np.array([[-1.0], [3.0]]), np.array([0, 1])) == 1.0
    assert mean_absolute_error(np.array([[1.0], [4.0]]), np.array([2.0, 2.0])) == 1.5
    assert mean_squared_error(np.array([[1.0], [4.0]]), np.array([2.0, 2.0])) == 2.5
    scores = np.array([[5.0, 4, 3, 2], [2, 3, 4, 5]])
    assert [top_k_accuracy(scores, np.array([1, 1]), k=k) for k in (1, 2, 3, 4)] == [0, 0.5, 1, 1]


def test_accuracy_of_sequences_leaves_padding_out():
    outputs = np.eye(3)[np.array([[0, 1, 2], [2, 2, 2]])]  # (2 samples, 3 steps, 3 classes)
    assert accuracy(outputs, np.array([[0, 1, 1], [2, -100, -100]])) == 0.75
    assert accuracy(outputs, np.full((2, 3), -100)) == 0.0


def test_metrics_pair_up_or_refuse():
    with pytest.raises(ShapeError, match="one class number for each row"):
        accuracy(np.zeros((4, 3)), np.zeros(5, int))
    with pytest.raises(ShapeError, match="4 class numbers, one for each output"):
        accuracy(np.zeros((4, 1)), np.zeros(5, int))
    with pytest.raises(ShapeError, match=r"as many numbers as outputs \(4\)"):
        mean_absolute_error(np.zeros((4, 1)), np.zeros(5))


def test_history_speaks():
    history = History()
    assert len(history) == 0
    assert "nothing yet" in repr(history)
    history.append({"loss": 2.0})
    assert repr(history) == "History(1 epochs, 0 steps; last: loss 2)"
    with pytest.raises(RangeError, match="History: expected one of: loss, got accuracy"):
        history["accuracy"]


def test_progress_bar_only_when_asked(clouds, capsys, monkeypatch):
    monkeypatch.delenv("DLBOOK_VALIDATION", raising=False)
    model = NumpyMLP(4, [3], 3, rng=np.random.default_rng(0))
    fit(model, clouds, epochs=1)
    assert capsys.readouterr().err == ""
    fit(model, clouds, epochs=1, progress=True)
    assert "0/3" in capsys.readouterr().err
    monkeypatch.setenv("DLBOOK_VALIDATION", "1")
    fit(model, clouds, epochs=1, progress=True)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("mlp", ALL)
def test_digits_reach_96_per_cent(mlp):
    """The first network of the book, on real handwritten digits."""
    train, test = data.digits()
    model = mlp(64, [128], 10, rng=np.random.default_rng(1))
    fit(model, train.flat(), epochs=30, rng=np.random.default_rng(2))
    assert evaluate(model, test.flat())["accuracy"] >= 0.96


def test_inputs_of_the_wrong_width_are_named(clouds):
    with pytest.raises(ShapeError, match="5 features on the last axis"):
        fit(NumpyMLP(5, [3], 3), clouds, epochs=1)
