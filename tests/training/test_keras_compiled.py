"""The Keras backend compiles its steps; run line by line they give the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from dlbook import training
from dlbook.data import Dataset


@pytest.fixture
def line_by_line() -> Iterator[None]:
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def trained(model: keras.Model, x: Any, y: Any, loss: str) -> dict[str, Any]:
    train, rng = Dataset(x, y, name="few"), np.random.default_rng(0)
    settings: dict[str, Any] = {"epochs": 2, "batch_size": 4, "rng": rng, "progress": False}
    history = training.fit(model, train, 0.3, learning_rate=0.01, loss=loss, **settings)
    return history.metrics


def tagger() -> keras.Model:
    """Classes for every word: looked-up rows, ignored targets, a penalty on weights."""
    keras.utils.set_random_seed(0)
    pull = keras.regularizers.L2(0.01)
    layers = [keras.layers.Embedding(5, 3), keras.layers.Dense(4, kernel_regularizer=pull)]
    return keras.Sequential([keras.Input((3,), dtype="int64"), *layers])


def scorer() -> keras.Model:
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])


@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy", "huber"])
def test_same_numbers_line_by_line(loss: str, request: pytest.FixtureRequest) -> None:
    rng = np.random.default_rng(0)
    words = rng.integers(0, 5, (10, 3))
    tags = np.where(words == 0, -100, words - 1)
    numbers, yes = rng.standard_normal((10, 3)).astype(np.float32), rng.integers(0, 2, 10)
    make, x, y = (tagger, words, tags) if loss == "cross_entropy" else (scorer, numbers, yes)
    y = y.astype(np.float32) if loss == "huber" else y
    compiled = trained(make(), x, y, loss)
    request.getfixturevalue("line_by_line")
    eager = trained(make(), x, y, loss)
    assert set(compiled) == set(eager) >= {"loss", "val_loss"}
    for name, values in compiled.items():
        np.testing.assert_allclose(eager[name], values, rtol=1e-5, err_msg=name)
