"""How far two models drift apart while both are trained."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dlbook.data.dataset import Dataset
from dlbook.errors import ShapeError, require
from dlbook.parity.weights import copy_weights, get_weights, set_weights
from dlbook.training.backends import backend_for
from dlbook.training.checks import accepts, check_count, check_data
from dlbook.training.loop import batches

__all__ = ["TrajectoryDifference", "trajectory_difference"]


class TrajectoryDifference(NamedTuple):
    """The largest absolute differences over all steps.

    Attributes
    ----------
    loss : float
        Between the losses of a step, before its update.
    weight : float
        Between any two weights after a step, running statistics included.
    """

    loss: float
    weight: float


def trajectory_difference(
    first: Any,
    second: Any,
    train: Dataset,
    steps: int = 20,
    *,
    train_second: Dataset | None = None,
    batch_size: int = 32,
    optimizer: str = "sgd",
    learning_rate: float | None = 0.01,
    loss: Any = "cross_entropy",
    loss_second: Any = None,
    rng: np.random.Generator | None = None,
) -> TrajectoryDifference:
    """Train two models side by side from the same weights and compare them at every step.

    Equal gradients at one point could be luck; twenty updates in a row are not, and they test
    the optimisers too. Both models see the same batches. Afterwards both have the weights they
    came with. A model with dropout draws its masks from its own library: set its rate to 0 first.

    Parameters
    ----------
    first, second : models of any library
        `second` starts from the weights of `first`.
    train : Dataset
        In the layout of `first`.
    steps : int
        How many updates.
    train_second : Dataset, optional
        The same samples in the layout of `second`, where it differs (images).
    batch_size : int
        Samples per update.
    optimizer, learning_rate
        As in `dlbook.training.fit`, names only: each library has its own.
    loss : str or callable
        As in `dlbook.training.fit`.
    loss_second : callable, optional
        The same loss in the library of `second`, where it is not given by name.
    rng : numpy.random.Generator, optional
        Shuffles the samples; without it they are taken in order, again and again.

    Returns
    -------
    TrajectoryDifference

    Raises
    ------
    ShapeError
        If the models do not have the same weights, or the data sets not the same targets.
    DTypeError, RangeError
        If an argument does not fit.
    """
    check_count("trajectory_difference: steps", steps, 1)
    check_count("trajectory_difference: batch_size", batch_size, 1)
    sets = (train, train if train_second is None else train_second)
    before = [get_weights(model) for model in (first, second)]
    copy_weights(first, second)
    try:
        losses_of = ((first, loss), (second, loss if loss_second is None else loss_second))
        backends = [backend_for(m, optimizer, learning_rate, own) for m, own in losses_of]
        for name, backend, data in zip(("train", "train_second"), backends, sets, strict=True):
            check_data(f"trajectory_difference: {name}", backend, data, loss)
        expected = f"the targets of train, shape {sets[0].y.shape}"
        equal = np.array_equal(sets[0].y, sets[1].y)
        argument = "trajectory_difference: train_second"
        require(equal, ShapeError, argument, expected, sets[1].y)
        largest_loss = largest_weight = 0.0
        order: list[np.ndarray[Any, Any]] = []
        for _ in range(steps):
            order = order or list(batches(len(train), batch_size, rng))
            rows = order.pop(0)
            losses = []
            for backend, data in zip(backends, sets, strict=True):
                with accepts("trajectory_difference: train.x", backend, data.x[rows]):
                    losses.append(backend.train_step(data.x[rows], data.y[rows])[0])
            pairs = zip(get_weights(first), get_weights(second), strict=True)
            # NumPy's maximum, unlike Python's, does not lose a value that is not a number
            apart = np.max([np.abs(a - b).max() for a, b in pairs])
            largest_loss = float(np.maximum(largest_loss, abs(losses[0] - losses[1])))
            largest_weight = float(np.maximum(largest_weight, apart))
    finally:
        for model, weights in zip((first, second), before, strict=True):
            set_weights(model, weights)
    return TrajectoryDifference(largest_loss, largest_weight)
