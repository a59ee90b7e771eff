"""One layer from inside a VGG network, gradient to the image included."""

from __future__ import annotations

from typing import Any

import numpy as np

from workloads.keras_step import Step, compiled

WHAT = "VGG block, conv 3×3 64→64 + ReLU, 32×32, batch 16"
TARGET, SIZE, AXIS, POWER = 2.0, 32, "image side", 2


def data(size: int) -> Any:
    """Draw feature maps (16, 64, size, size)."""
    return np.random.default_rng(0).standard_normal((16, 64, size, size), dtype=np.float32)


def numpy(size: int) -> Step:
    """Build the step with the engine of this book."""
    from dlbook.engine import Tensor, nn, optim

    x = Tensor(data(size), requires_grad=True)
    layer = nn.Conv2d(64, 64, 3, padding=1, rng=np.random.default_rng(0))
    optimizer = optim.SGD(layer.parameters(), lr=1e-6)
    relu = nn.ReLU()

    def step() -> float:
        optimizer.zero_grad()
        x.grad = None
        loss = relu(layer(x)).sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def pytorch(size: int) -> Step:
    """Build the step with PyTorch."""
    import torch
    from torch import nn

    x = torch.tensor(data(size), requires_grad=True)
    layer = nn.Conv2d(64, 64, 3, padding=1)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1e-6)

    def step() -> float:
        optimizer.zero_grad()
        x.grad = None
        loss = torch.relu(layer(x)).sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def keras(size: int) -> Step:
    """Build the step with Keras; the image is a variable, so that it gets its gradient."""
    import keras

    x = keras.Variable(data(size).transpose(0, 2, 3, 1))
    layer = keras.layers.Conv2D(64, 3, padding="same", activation="relu")
    layer.build(x.shape)
    variables = [*layer.trainable_variables, x]
    return compiled(lambda: keras.ops.sum(layer(x.value)), variables, lr=1e-6)
