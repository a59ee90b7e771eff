"""Many small networks from different first weights, trained side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.engine import Tensor, no_grad, optim
from dlbook.engine import functional as F
from dlbook.engine.autograd import Array
from dlbook.errors import RangeError, ShapeError, require
from dlbook.models.numpy.mlp import MLP

__all__ = ["train_restarts"]


def train_restarts(
    data: Dataset,
    hidden: Sequence[int],
    *,
    networks: int = 12,
    steps: int = 600,
    learning_rate: float = 0.05,
    weight_decay: float = 0.0,
    rng: np.random.Generator,
) -> tuple[list[MLP], Array]:
    """Train several tanh networks of one shape, each from first weights of its own.

    Narrow networks often get stuck, so that one run says little about what a shape can do. All
    networks are held in one stack of matrices, (networks, in, out) for each layer: training
    twelve takes hardly longer than training one. Every step uses all samples and Adam, in double
    precision; the finished networks have the precision of the data.

    Parameters
    ----------
    data : Dataset
        x of shape (n, features) and class numbers y.
    hidden : sequence of int
        Units of each hidden layer; empty for logistic regression.
    networks : int
        How many to train.
    steps : int
        Updates of each network.
    learning_rate : float
        Of Adam.
    weight_decay : float
        How strongly Adam pulls weights towards 0.
    rng : numpy.random.Generator
        Draws the first weights.

    Returns
    -------
    models : list of MLP
        The trained networks, in the order of `accuracy`, best first; equals by their loss.
    accuracy : ndarray of shape (networks,)
        Their shares of right answers on `data`, falling.

    Raises
    ------
    RangeError
        If `networks` or `steps` is not positive.
    ShapeError
        If the samples are not vectors, or the targets not class numbers.
    """
    for name, value in (("networks", networks), ("steps", steps)):
        require(value >= 1, RangeError, f"train_restarts: {name}", "at least 1", value)
    vectors = data.x.ndim == 2
    require(vectors, ShapeError, "train_restarts: data", "x of shape (n, features)", data.x)
    numbers = data.y.ndim == 1 and data.y.dtype.kind in "iu"
    require(numbers, ShapeError, "train_restarts: data", "y of class numbers, shape (n,)", data.y)
    classes = int(data.y.max()) + 1
    sizes = [data.x.shape[1], *hidden, classes]
    stack = [
        Tensor(array, requires_grad=True)
        for inputs, outputs in pairwise(sizes)
        for array in (
            rng.normal(0, 1 / math.sqrt(inputs), (networks, inputs, outputs)),
            rng.normal(0, 0.3, (networks, 1, outputs)),
        )
    ]
    x, y = Tensor(data.x.astype(np.float64)), np.tile(data.y, networks)
    optimizer = optim.Adam(stack, lr=learning_rate, weight_decay=weight_decay)
    for _ in range(steps):
        # the mean over all networks, times their number: each gets the gradient of its own mean
        loss = F.cross_entropy(_outputs(stack, x).reshape(-1, classes), y) * networks
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    models = [_model(stack, sizes, which, data.x.dtype) for which in range(networks)]
    with no_grad():
        logits = np.stack([model(Tensor(data.x)).data for model in models])
    accuracy = (logits.argmax(axis=-1) == data.y).mean(axis=-1)
    order = np.lexsort((_losses(logits, data.y), -accuracy))
    return [models[which] for which in order], accuracy[order]


def _outputs(stack: Sequence[Tensor], x: Tensor) -> Tensor:
    """Return the logits of all networks, (networks, n, classes)."""
    h = x
    for position in range(0, len(stack), 2):
        h = h @ stack[position] + stack[position + 1]
        if position + 2 < len(stack):
            h = F.tanh(h)
    return h


def _losses(logits: Array, y: Array) -> Array:
    """Return the mean cross-entropy of each network, rounded so that ties do not depend on it."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return np.asarray(-log_p[:, np.arange(len(y)), y].mean(axis=-1).round(6))


def _model(stack: Sequence[Tensor], sizes: Sequence[int], which: int, dtype: Any) -> MLP:
    """Copy one network out of the stack."""
    model = MLP(sizes[0], sizes[1:-1], sizes[-1], "tanh")
    for parameter, stacked in zip(model.parameters(), stack, strict=True):
        # the stack keeps (in, out), a layer (out, in)
        array = stacked.data[which]
        parameter.data = (array[0] if parameter.ndim == 1 else array.T).astype(dtype)
    return model
