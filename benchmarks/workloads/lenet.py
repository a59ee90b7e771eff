"""A network of LeNet's kind: two convolutions with pooling, two dense layers."""

from __future__ import annotations

from typing import Any

import numpy as np

from workloads.keras_step import Step, compiled

WHAT = "LeNet type, conv 5×5×16 and 5×5×32, 28×28, batch 64"
TARGET, SIZE, AXIS, POWER = 1.7, 64, "batch", 1


def data(size: int) -> tuple[Any, Any]:
    """Draw grey images (batch, 1, 28, 28), and class numbers."""
    rng = np.random.default_rng(0)
    return rng.standard_normal((size, 1, 28, 28), dtype=np.float32), rng.integers(0, 10, size)


def numpy(size: int) -> Step:
    """Build the step with the engine of this book."""
    from dlbook.engine import Tensor, nn, optim
    from dlbook.engine import functional as F

    x, y = data(size)
    rng = np.random.default_rng(0)
    first = (nn.Conv2d(1, 16, 5, rng=rng), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(16, 32, 5, rng=rng), nn.ReLU(), nn.MaxPool2d(2))
    dense = (nn.Linear(512, 128, rng=rng), nn.ReLU(), nn.Linear(128, 10, rng=rng))
    model = nn.Sequential(*first, *second, nn.Flatten(), *dense)
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
    first = (nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(16, 32, 5), nn.ReLU(), nn.MaxPool2d(2))
    dense = (nn.Linear(512, 128), nn.ReLU(), nn.Linear(128, 10))
    model = nn.Sequential(*first, *second, nn.Flatten(), *dense)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def step() -> float:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def keras(size: int) -> Step:
    """Build the step with Keras; its images have their channels last."""
    import keras
    from keras import layers

    x, y = data(size)
    images, labels = (keras.ops.convert_to_tensor(a) for a in (x.transpose(0, 2, 3, 1), y))
    first = [layers.Conv2D(16, 5, activation="relu"), layers.MaxPooling2D()]
    second = [layers.Conv2D(32, 5, activation="relu"), layers.MaxPooling2D()]
    dense = [layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28, 1)), *first, *second, *dense])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return compiled(lambda: loss(labels, model(images)), model.trainable_variables, lr=0.01)
