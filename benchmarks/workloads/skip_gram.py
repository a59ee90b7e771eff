"""Skip-gram with negative sampling: one true context and five drawn ones for each word.

The loss is Σ softplus(−score) of true pairs plus Σ softplus(score) of drawn pairs, per sample.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from workloads.keras_step import Step, compiled

WHAT = "skip-gram, 5 negatives, vocabulary 10,000, dim 100, batch 1024"
TARGET, SIZE, AXIS, POWER = 0.5, 10_000, "vocabulary", 0
BATCH, DIM, NEGATIVES = 1024, 100, 5


def data(size: int) -> tuple[Any, Any, Any]:
    """Draw centre words (batch,), contexts (batch, 6), signs (6,), −1 for the true context."""
    rng = np.random.default_rng(0)
    frequency = 1 / np.arange(1, size + 1)  # Zipf's law
    words = rng.choice(size, (BATCH, NEGATIVES + 2), p=frequency / frequency.sum())
    signs = np.array([-1.0] + [1.0] * NEGATIVES, dtype=np.float32)
    return words[:, 0], words[:, 1:], signs


def numpy(size: int) -> Step:
    """Build the step with the engine of this book; the gradients are row-sparse."""
    from dlbook.engine import Tensor, nn, optim
    from dlbook.engine import functional as F

    centres, contexts, signs = data(size)
    rng = np.random.default_rng(0)
    inner, outer = nn.Embedding(size, DIM, rng=rng), nn.Embedding(size, DIM, rng=rng)
    optimizer = optim.SGD([*inner.parameters(), *outer.parameters()], lr=0.025)

    def step() -> float:
        optimizer.zero_grad()
        scores = F.embedding_scores(contexts, outer.weight, inner(centres))
        loss = F.softplus(scores * Tensor(signs)).sum() / BATCH
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def pytorch(size: int) -> Step:
    """Build the step with PyTorch's default, dense gradients."""
    import torch
    from torch import nn

    centres, contexts, signs = (torch.tensor(array) for array in data(size))
    inner, outer = nn.Embedding(size, DIM), nn.Embedding(size, DIM)
    optimizer = torch.optim.SGD([*inner.parameters(), *outer.parameters()], lr=0.025)

    def step() -> float:
        optimizer.zero_grad()
        scores = (outer(contexts) @ inner(centres).unsqueeze(2)).squeeze(2)
        loss = nn.functional.softplus(scores * signs).sum() / BATCH
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def keras(size: int) -> Step:
    """Build the step with Keras."""
    import keras
    from keras import ops

    centres, contexts, signs = (ops.convert_to_tensor(array) for array in data(size))
    inner, outer = keras.layers.Embedding(size, DIM), keras.layers.Embedding(size, DIM)
    for layer in (inner, outer):
        layer.build()

    def loss() -> Any:
        scores = ops.squeeze(ops.matmul(outer(contexts), ops.expand_dims(inner(centres), 2)), 2)
        return ops.sum(ops.softplus(scores * signs)) / BATCH

    return compiled(loss, [*inner.trainable_variables, *outer.trainable_variables], lr=0.025)
