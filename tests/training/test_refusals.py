"""Whatever is wrong with a call is said before, or exactly where, it shows."""

from __future__ import annotations

import numpy as np
import pytest
from dlbook import parity
from dlbook.data import Dataset
from dlbook.errors import DataError, DlbookError, DTypeError, RangeError, ShapeError, TrainingError
from dlbook.models.keras.mlp import MLP as KerasMLP
from dlbook.models.numpy.mlp import MLP as NumpyMLP
from dlbook.models.pytorch.mlp import MLP as TorchMLP
from dlbook.training import Callback, fit
from dlbook.training import evaluate as evaluate_model
from dlbook.training import predict as predict_with

ALL = [NumpyMLP, TorchMLP, KerasMLP]


@pytest.fixture(scope="module", params=ALL, ids=["numpy", "pytorch", "keras"])
def model(request):
    """Four inputs, three classes; no test here changes it."""
    return request.param(4, [5], 3, rng=np.random.default_rng(0))


ARGUMENTS = [
    ({"validation": np.zeros((3, 4))}, DTypeError, "fit: validation: expected a dlbook"),
    ({"validation": 2}, DTypeError, "fit: validation"),
    ({"validation": 0.0, "rng": np.random.default_rng(0)}, RangeError, "on both sides, got 0.0"),
    ({"validation": 1.5, "rng": np.random.default_rng(0)}, RangeError, "fit: validation"),
    ({"validation": 0.001, "rng": np.random.default_rng(0)}, RangeError, "fit: validation"),
    ({"validation": 0.2}, RangeError, "fit: rng: expected a numpy"),
    ({"rng": 3}, DTypeError, r"fit: rng: expected a numpy.random.Generator, got 3"),
    ({"epochs": -1}, RangeError, "fit: epochs: expected a whole number of 0 or more, got -1"),
    ({"epochs": 1.5}, RangeError, "fit: epochs"),
    ({"epochs": True}, RangeError, "fit: epochs"),
    ({"batch_size": 0}, RangeError, "batch_size: expected at least one"),
    ({"batch_size": "all"}, RangeError, "fit: batch_size"),
    ({"optimizer": "adamm"}, RangeError, "fit: optimizer: expected one of .*'adamw'.*got adamm"),
    ({"optimizer": 0.1}, DTypeError, "or an optimizer of .*, as the model is, got 0.1"),
    ({"optimizer": None}, DTypeError, "fit: optimizer"),
    ({"loss": "l7"}, RangeError, "fit: loss: expected one of"),
    ({"loss": 7}, DTypeError, "fit: loss: expected one of .* or a function"),
    ({"metrics": ["beauty"]}, RangeError, "fit: metrics: expected names among"),
    ({"metrics": "accuracy"}, DTypeError, "fit: metrics: expected a list of names"),
    ({"metrics": [3]}, RangeError, "fit: metrics"),
    ({"learning_rate": -1.0}, RangeError, "fit: learning_rate: expected a number of 0 or more"),
    ({"learning_rate": float("nan")}, RangeError, "fit: learning_rate"),
    ({"learning_rate": "fast"}, RangeError, "fit: learning_rate"),
    ({"callbacks": Callback()}, DTypeError, "fit: callbacks: expected a list of Callbacks"),
    ({"callbacks": [print]}, DTypeError, "fit: callbacks"),
]


@pytest.mark.parametrize(("options", "error", "words"), ARGUMENTS)
def test_arguments(model, clouds, options, error, words):
    with pytest.raises(error, match=words):
        fit(model, clouds, **options)


def data(x=(6, 4), y=None, kind=np.float32):
    x = np.zeros(x, kind) if isinstance(x, tuple) else x
    return Dataset(x, np.zeros(len(x), np.int64) if y is None else y)


def broken(array, value):
    """Put a value in after `Dataset` has looked at the array."""
    made = data(array)
    made.x[2, 1] = value
    return made


DATA = [
    (lambda: data((6, 5)), {}, ShapeError, r"4 features|train\.x|data\.x|validation\.x"),
    (lambda: data((6, 4), kind=np.float64), {}, DTypeError,
     r"expected float32 as the model's weights \(write x.astype\('float32'\)\), got .*float64"),
    (lambda: data(np.array(["a", "b"])), {}, DTypeError, r"\.x: expected an array of real numbers"),
    (lambda: broken((6, 4), np.nan), {}, DataError, r"\.x: expected finite numbers, got 1 that"),
    (lambda: broken((6, 4), np.inf), {}, DataError, "finite numbers"),
    (lambda: data(y=np.array([0, 1, 2, 3, 9, -1])), {}, RangeError,
     r"\.y: expected labels from 0 to 2, for the model has 3 outputs, got -1, 3, 9"),
    (lambda: data(y=np.zeros(6, np.float32)), {}, DTypeError, r"\.y: expected integer class numb"),
    (lambda: data(y=np.zeros((6, 1), int)), {}, ShapeError, r"one class number for each row"),
    (lambda: data(y=np.zeros((6, 3), np.int64)), {"loss": "mse"}, DTypeError,
     r"\.y: expected floating-point numbers to predict \(write y.astype\('float32'\)\)"),
    (lambda: data(y=np.zeros(6, np.float32)), {"loss": "mae"}, ShapeError,
     r"\.y: expected one number for each output, shape \(6, 3\), got .*\(6,\)"),
    (lambda: data(y=np.zeros((6, 3))), {"loss": "mse", "metrics": ["accuracy"]}, DTypeError,
     "class numbers as targets for 'accuracy'"),
    (lambda: data(y=np.full((6, 3), 2.0)), {"loss": "binary_cross_entropy"}, RangeError,
     r"\.y: expected labels from 0 to 1, got 2.0"),
    (lambda: data(y=np.full((6, 3), "no")), {"loss": "binary_cross_entropy"}, DTypeError,
     "expected labels 0 and 1"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "options", "error", "words"), DATA)
def test_data(model, clouds, make, options, error, words):
    before = parity.get_weights(model)
    with pytest.raises(error, match=words):
        fit(model, make(), **options)
    with pytest.raises(error, match=words):
        evaluate_model(model, make(), **options)
    if not options:
        with pytest.raises(error, match=words):
            fit(model, clouds, make())
    for a, b in zip(before, parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("make", [make for make, *_ in DATA[:5]])
def test_predict(model, make):
    with pytest.raises(DlbookError, match=r"predict: x|features on the last axis"):
        predict_with(model, make().x)


def test_predict_nothing(model):
    with pytest.raises(DataError, match="predict: x: expected at least one sample"):
        predict_with(model, np.zeros((0, 4), np.float32))
    with pytest.raises(RangeError, match="predict: batch_size"):
        predict_with(model, np.zeros((2, 4), np.float32), batch_size=0)


def test_what_is_no_data(model, clouds):
    with pytest.raises(DTypeError, match=r"fit: train: expected a dlbook\.data\.Dataset"):
        fit(model, clouds.x)
    with pytest.raises(DTypeError, match=r"evaluate: data: expected a dlbook\.data\.Dataset"):
        evaluate_model(model, clouds.x)


def test_optimizer_of_another_library(clouds):
    import keras
    import torch
    from dlbook.engine import optim

    made = [mlp(4, [3], 3) for mlp in ALL]
    steppers = [
        optim.SGD(made[0].parameters(), lr=0.1),
        torch.optim.SGD(made[1].parameters(), lr=0.1),
        keras.optimizers.SGD(0.1),
    ]
    for i, model in enumerate(made):
        for j, stepper in enumerate(steppers):
            if i != j:
                with pytest.raises(DTypeError, match="fit: optimizer: expected one of"):
                    fit(model, clouds, optimizer=stepper)
        with pytest.raises(RangeError, match="fit: learning_rate: expected nothing"):
            fit(model, clouds, optimizer=steppers[i], learning_rate=0.1)


def test_models_without_weights(clouds):
    import keras
    import torch
    from dlbook.engine import nn

    inputs = keras.Input((4,))
    for model in (nn.ReLU(), torch.nn.ReLU(), keras.Model(inputs, keras.layers.ReLU()(inputs))):
        assert predict_with(model, clouds.x).shape == (96, 4)
        with pytest.raises(RangeError, match="fit: model: expected a model with weights"):
            fit(model, clouds, epochs=1)


def embedding_models():
    import keras
    import torch
    from dlbook.engine import nn

    inputs = keras.Input((3,), dtype="int64")
    return [
        nn.Sequential(nn.Embedding(10, 4, rng=np.random.default_rng(0))),
        torch.nn.Sequential(torch.nn.Embedding(10, 4)),
        keras.Model(inputs, keras.layers.Embedding(10, 4)(inputs)),
    ]


def test_token_that_the_embedding_does_not_have():
    x = np.zeros((8, 3), np.int64)
    x[5, 1] = 10  # not in the first sample, which is looked at before training
    for model in embedding_models():
        assert predict_with(model, x[:4]).shape == (4, 3, 4)
        with pytest.raises(RangeError):
            fit(model, Dataset(x, x), epochs=1)
        with pytest.raises(RangeError):
            predict_with(model, x)


def test_mistakes_in_a_model_of_ones_own_stay_visible(clouds):
    import torch

    class Wrong(torch.nn.Linear):
        def forward(self, x):
            return undefined_name  # noqa: F821

    with pytest.raises(NameError, match="undefined_name"):
        fit(Wrong(4, 3), clouds)


@pytest.mark.parametrize("mlp", ALL)
def test_loss_that_is_not_a_number(mlp, clouds):
    """Two good epochs, then a huge rate: the weights of the second are kept."""
    from dlbook.training import LearningRateSchedule

    model, twin = (mlp(4, [16, 16], 3, rng=np.random.default_rng(0)) for _ in range(2))
    kept = fit(twin, clouds, epochs=2, optimizer="sgd", learning_rate=0.01)
    schedule = LearningRateSchedule([0.01, 0.01, 1e20, 1e20])
    words = r"finite loss, got (nan|inf) at step [789]; .*from before epoch 3 again"
    with pytest.raises(TrainingError, match=words):
        fit(model, clouds, epochs=4, optimizer="sgd", callbacks=[schedule])
    assert kept.steps == 6
    for a, b in zip(parity.get_weights(twin), parity.get_weights(model), strict=True):
        np.testing.assert_array_equal(a, b)
