"""A long short-term memory that reads sequences of 50 vectors."""

from __future__ import annotations

from typing import Any

import numpy as np

from workloads.keras_step import Step, compiled

WHAT = "LSTM hidden 128, input 64, T=50, batch 32"
TARGET, SIZE, AXIS, POWER = 2.1, 50, "sequence length", 1


def data(size: int) -> Any:
    """Draw sequences (time, batch, features)."""
    return np.random.default_rng(0).standard_normal((size, 32, 64), dtype=np.float32)


def numpy(size: int) -> Step:
    """Build the step with the engine of this book."""
    from dlbook.engine import Tensor, nn, optim

    x = Tensor(data(size), requires_grad=True)
    layer = nn.LSTM(64, 128, rng=np.random.default_rng(0))
    optimizer = optim.SGD(layer.parameters(), lr=1e-6)

    def step() -> float:
        optimizer.zero_grad()
        x.grad = None
        loss = layer(x)[0].sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def pytorch(size: int) -> Step:
    """Build the step with PyTorch."""
    import torch

    x = torch.tensor(data(size), requires_grad=True)
    layer = torch.nn.LSTM(64, 128)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1e-6)

    def step() -> float:
        optimizer.zero_grad()
        x.grad = None
        loss = layer(x)[0].sum()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def keras(size: int) -> Step:
    """Build the step with Keras; its sequences have the batch first."""
    import keras

    x = keras.Variable(data(size).transpose(1, 0, 2))
    layer = keras.layers.LSTM(128, return_sequences=True)
    layer.build(x.shape)
    variables = [*layer.trainable_variables, x]
    return compiled(lambda: keras.ops.sum(layer(x.value)), variables, lr=1e-6)
