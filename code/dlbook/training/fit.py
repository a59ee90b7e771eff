"""Train, evaluate and predict: the same loop around the step of any library."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from dlbook.data.dataset import Dataset
from dlbook.errors import DTypeError, RangeError, TrainingError, require
from dlbook.training.backends import Array, Backend, backend_for
from dlbook.training.history import History
from dlbook.training.metrics import named_metrics

__all__ = ["batches", "evaluate", "fit", "predict"]


def fit(
    model: Any,
    train: Dataset,
    validation: Dataset | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    optimizer: Any = "adam",
    learning_rate: float | None = None,
    loss: Any = "cross_entropy",
    metrics: Sequence[str] = ("accuracy",),
    rng: np.random.Generator | None = None,
    progress: bool | None = None,
) -> History:
    """Train a model of any of the three libraries.

    The order of the samples is drawn from `rng` by NumPy: models of different libraries that
    start from equal weights and equally seeded generators see the same batches and follow the
    same path.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
        Changed in place.
    train : Dataset
        What to learn from, in the layout the model expects.
    validation : Dataset, optional
        What to measure on after each epoch; never learned from.
    epochs : int
        How often to go through `train`.
    batch_size : int
        Samples per update; the last batch of an epoch may be smaller.
    optimizer : {"adam", "sgd"} or an optimiser of the model's library
    learning_rate : float, optional
        For an optimiser given by name: 1e-3 for Adam and 0.1 for SGD if left out.
    loss : {"cross_entropy", "mse"} or a loss of the model's library
        "cross_entropy" takes logits and class numbers.
    metrics : sequence of {"accuracy", "mae"}
        What else to record.
    rng : numpy.random.Generator, optional
        Shuffles the samples anew each epoch; without it they are taken in order.
    progress : bool, optional
        Show a progress bar; by default for long runs, and never while notebooks are validated.

    Returns
    -------
    History

    Raises
    ------
    TrainingError
        If the loss is no longer a number: it says at which step, and what to try.
    DTypeError, RangeError, ShapeError
        If an argument does not fit.
    """
    for name, data in (("train", train), ("validation", validation)):
        ok = isinstance(data, Dataset) or (name == "validation" and data is None)
        require(ok, DTypeError, f"fit: {name}", "a dlbook.data.Dataset", data)
    require(epochs >= 0, RangeError, "fit: epochs", "a number of 0 or more", epochs)
    chosen = named_metrics(metrics)
    backend = backend_for(model, optimizer, learning_rate, loss)
    history = History()
    updates = math.ceil(len(train) / _check_batch_size(batch_size)) * epochs
    with tqdm(total=updates, disable=_silent(progress, updates), leave=False) as bar:
        for _ in range(epochs):
            total = dict.fromkeys(("loss", *chosen), 0.0)
            for rows in batches(len(train), batch_size, rng):
                x, y = train.x[rows], train.y[rows]
                value, outputs = backend.train_step(x, y)
                history.steps += 1
                if not math.isfinite(value):
                    raise TrainingError(
                        f"fit: expected a finite loss, got {value} at step {history.steps}; "
                        "try a smaller learning_rate, and check the data for extreme values"
                    )
                total["loss"] += value * len(rows)
                for name, metric in chosen.items():
                    total[name] += metric(outputs, y) * len(rows)
                bar.update()
            values = {name: value / len(train) for name, value in total.items()}
            if validation is not None:
                measured = _measure(backend, validation, chosen)
                values |= {f"val_{name}": value for name, value in measured.items()}
            history.append(values)
    return history


def evaluate(
    model: Any,
    data: Dataset,
    *,
    loss: Any = "cross_entropy",
    metrics: Sequence[str] = ("accuracy",),
) -> dict[str, float]:
    """Measure a model on data, without changing it.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
    data : Dataset
        In the layout the model expects.
    loss, metrics
        As in `fit`.

    Returns
    -------
    dict of str to float
        ``"loss"`` and each metric, averaged over samples.
    """
    require(isinstance(data, Dataset), DTypeError, "evaluate: data", "a Dataset", data)
    return _measure(backend_for(model, "sgd", 0.0, loss), data, named_metrics(metrics))


def predict(model: Any, x: Array, batch_size: int = 256) -> Array:
    """Compute a model's outputs in evaluation mode.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
    x : ndarray of shape (n, …)
        Samples, in the layout the model expects.
    batch_size : int
        Samples at a time; it changes memory and speed, not the result.

    Returns
    -------
    ndarray of shape (n, …)
    """
    backend = backend_for(model, "sgd", 0.0, "mse")
    x = np.asarray(x)
    parts = [backend.outputs(x[rows]) for rows in batches(len(x), batch_size)]
    return np.concatenate(parts)


def batches(
    samples: int, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[Array]:
    """Deal sample numbers into batches; the last may be smaller.

    Parameters
    ----------
    samples : int
        How many there are.
    batch_size : int
        How many go into a batch.
    rng : numpy.random.Generator, optional
        Shuffles first.

    Yields
    ------
    ndarray of int

    Examples
    --------
    >>> [len(batch) for batch in batches(175, 32)]
    [32, 32, 32, 32, 32, 15]
    """
    _check_batch_size(batch_size)
    order = np.arange(samples) if rng is None else rng.permutation(samples)
    for start in range(0, samples, batch_size):
        yield order[start : start + batch_size]


def _measure(backend: Backend, data: Dataset, metrics: dict[str, Any]) -> dict[str, float]:
    total = dict.fromkeys(("loss", *metrics), 0.0)
    for rows in batches(len(data), 256):
        value, outputs = backend.evaluate_step(data.x[rows], data.y[rows])
        total["loss"] += value * len(rows)
        for name, metric in metrics.items():
            total[name] += metric(outputs, data.y[rows]) * len(rows)
    return {name: value / len(data) for name, value in total.items()}


def _check_batch_size(batch_size: int) -> int:
    require(batch_size >= 1, RangeError, "batch_size", "at least one sample", batch_size)
    return batch_size


def _silent(progress: bool | None, updates: int) -> bool:
    if os.environ.get("DLBOOK_VALIDATION"):
        return True
    return updates < 2000 if progress is None else not progress
