"""A multi-layer perceptron 784-256-128-10 on images of digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from workloads.keras_step import Step, compiled

WHAT = "MLP 784-256-128-10, batch 64"
TARGET, SIZE, AXIS, POWER = 0.85, 64, "batch", 1


def data(size: int) -> tuple[Any, Any]:
    """Draw images as vectors, and class numbers."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((size, 784), dtype=np.float32), rng.integers(0, 10, size)


def numpy(size: int) -> Step:
    """Build the step with the engine of this book."""
    from dlbook.engine import Tensor, nn, optim
    from dlbook.engine import functional as F

    x, y = data(size)
    rng = np.random.default_rng(0)
    first, second = nn.Linear(784, 256, rng=rng), nn.Linear(256, 128, rng=rng)
    model = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Linear(128, 10, rng=rng))
    optimizer = optim.SGD(model.parameters(), lr=0.01)

    def step() -> float:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(Tensor(x)), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def pytorch(size: int) -> Step:
    """Build the step with PyTorch."""
    import torch
    from torch import nn

    x, y = (torch.tensor(array) for array in data(size))
    first, second = nn.Linear(784, 256), nn.Linear(256, 128)
    model = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def step() -> float:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def keras(size: int) -> Step:
    """Build the step with Keras."""
    import keras
    from keras import layers

    x, y = (keras.ops.convert_to_tensor(array) for array in data(size))
    first, second = layers.Dense(256, "relu"), layers.Dense(128, "relu")
    model = keras.Sequential([keras.Input((784,)), first, second, layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(lambda: loss(y, model(x)), model.trainable_variables, lr=0.01)
