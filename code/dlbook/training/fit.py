"""Train, evaluate and predict: the same loop around the step of any library."""

from __future__ import annotations

import copy
import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from dlbook.data.dataset import Dataset
from dlbook.errors import DataError, DTypeError, RangeError, require
from dlbook.training.backends import Array, backend_for, library_of
from dlbook.training.callbacks.base import Callback
from dlbook.training.checks import accepts, check_count, check_data, check_dataset, check_inputs
from dlbook.training.history import History
from dlbook.training.loop import Run, batches, measure
from dlbook.training.metrics import named_metrics
from dlbook.training.state import TrainingState, generator_state, set_generator_state

__all__ = ["batches", "evaluate", "fit", "predict"]


def fit(
    model: Any,
    train: Dataset,
    validation: Dataset | float | None = None,
    *,
    epochs: int = 10,
    batch_size: int = 32,
    optimizer: Any = "adam",
    learning_rate: float | None = None,
    loss: Any = "cross_entropy",
    metrics: Sequence[str] | None = None,
    callbacks: Sequence[Callback] = (),
    resume: str | os.PathLike[str] | TrainingState | History | None = None,
    rng: np.random.Generator | None = None,
    progress: bool | None = None,
) -> History:
    """Train a model of any of the three libraries.

    The order of the samples is drawn from `rng` by NumPy: models of different libraries that
    start from equal weights and equally seeded generators see the same batches and follow the
    same path.

    Interrupting (Ctrl-C, or the stop button of a notebook) ends training without an error: the
    model has the weights of the last finished epoch, and the history returned says so. The same
    call with ``resume=history`` then ends where an uninterrupted run would have, to the last bit.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
        Changed in place.
    train : Dataset
        What to learn from, in the layout the model expects and the precision of its weights.
    validation : Dataset or float, optional
        What to measure on after each epoch, never learned from; or the share of `train`, between
        0 and 1, that `rng` sets aside for it.
    epochs : int
        How often to go through `train`; of a resumed run, the earlier epochs included.
    batch_size : int
        Samples per update; the last batch of an epoch may be smaller.
    optimizer : {"adagrad", "adam", "adamw", "momentum", "rmsprop", "sgd"} or an optimiser
        A name takes PyTorch's defaults in all three libraries ("momentum" is SGD with 0.9);
        otherwise an optimiser of the model's library.
    learning_rate : float, optional
        For an optimiser given by name. If left out 0.1 for "sgd", 0.01 for "momentum" and
        "adagrad", 0.001 for the others.
    loss : {"binary_cross_entropy", "cross_entropy", "huber", "mae", "mse"} or a loss
        A name, or a loss of the model's library. "cross_entropy" takes logits, classes on the
        last axis, and class numbers, of which −100 counts for nothing; "binary_cross_entropy"
        one logit per label 0 or 1.
    metrics : sequence of {"accuracy", "mae", "mse", "top3_accuracy", "top5_accuracy"}, optional
        What else to record; by default the accuracy where targets are class numbers.
    callbacks : sequence of Callback
        Called at each epoch, in this order.
    resume : path, TrainingState or History, optional
        Go on from a file that `Checkpoint` wrote, or from an earlier history. The model and all
        other arguments are to be those of the earlier call, except that there may be more epochs.
    rng : numpy.random.Generator, optional
        Shuffles the samples anew each epoch, and seeds PyTorch's dropout; without it samples are
        taken in order. When a run is resumed, it is set to where it stood.
    progress : bool, optional
        Show a progress bar; by default for long runs, and never while notebooks are validated.

    Returns
    -------
    History

    Raises
    ------
    TrainingError
        If the loss is no longer a number: it says at which step, and what to try. The model has
        the weights of the last epoch that went well.
    DataError
        If data hold numbers that are not finite, or the file to resume from is damaged.
    DTypeError, RangeError, ShapeError
        If an argument does not fit.
    """
    check_dataset("fit: train", train)
    check_count("fit: epochs", epochs, 0)
    check_count("fit: batch_size", batch_size, 1)
    _check_generator(rng)
    require(
        optimizer is not None, DTypeError, "fit: optimizer", "a name or an optimizer", optimizer
    )
    backend = backend_for(model, optimizer, learning_rate, loss)
    settings: dict[str, Any] = {
        "library": library_of(model),
        "optimizer": optimizer if isinstance(optimizer, str) else type(optimizer).__name__,
        "samples": len(train),
        "batch size": int(batch_size),
        "callbacks": _names(callbacks),
        "first rng": generator_state(rng),
    }
    state = _earlier(resume)
    if state is not None:  # what was drawn before the first epoch has to come out the same
        settings["first rng"] = state.notes["settings"]["first rng"]
        set_generator_state("fit: rng", rng, settings["first rng"])
    seed = None if rng is None else int(copy.deepcopy(rng).integers(2**31))
    train, validation = _parted(train, validation, rng)
    for name, data in (("train", train), ("validation", validation)):
        if data is not None:
            check_data(f"fit: {name}", backend, data, loss)
    chosen = named_metrics(metrics, loss, train.y)
    run = Run(backend, int(epochs), list(callbacks), rng, settings)
    updates = math.ceil(len(train) / batch_size) * epochs
    bar = tqdm(total=updates, disable=_silent(progress, updates), leave=False)
    with bar, backend.randomness(seed):
        for callback in callbacks:
            callback.on_train_begin(run)
        if state is not None:
            run.check(state)
            run.restore(state)
            bar.update(run.history.steps)
        run.go(train, validation, int(batch_size), chosen, bar)
    return run.history


def evaluate(
    model: Any,
    data: Dataset,
    *,
    loss: Any = "cross_entropy",
    metrics: Sequence[str] | None = None,
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

    Raises
    ------
    DTypeError, RangeError, ShapeError, DataError
        If data and model, or data and loss, do not fit.
    """
    check_dataset("evaluate: data", data)
    backend = backend_for(model, None, None, loss)
    check_data("evaluate: data", backend, data, loss)
    return measure(backend, data, named_metrics(metrics, loss, data.y), "evaluate: data")


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

    Raises
    ------
    DTypeError, RangeError, ShapeError, DataError
        If the samples are not what the model expects.
    """
    check_count("predict: batch_size", batch_size, 1)
    backend = backend_for(model, None, None, "mse")
    x = np.asarray(x)
    check_inputs("predict: x", backend, x)
    with accepts("predict: x", backend, x):
        return np.concatenate([backend.outputs(x[rows]) for rows in batches(len(x), batch_size)])


def _parted(
    train: Dataset, validation: Any, rng: np.random.Generator | None
) -> tuple[Dataset, Dataset | None]:
    """Set a share of the training data aside, if that is what `validation` asks for."""
    if not isinstance(validation, float):
        fits = validation is None or isinstance(validation, Dataset)
        expected = "a dlbook.data.Dataset, or a share between 0 and 1"
        require(fits, DTypeError, "fit: validation", expected, validation)
        return train, validation
    expected = "a numpy.random.Generator, which chooses the samples for validation"
    if rng is None:
        raise RangeError(f"fit: rng: expected {expected}, got None")
    kept = 0 < validation < 1 and 0 < round(validation * len(train)) < len(train)
    expected = "a share that leaves samples on both sides"
    require(kept, RangeError, "fit: validation", expected, validation)
    second, first = train.split(validation, rng)
    return first, second


def _earlier(resume: Any) -> TrainingState | None:
    if resume is None or isinstance(resume, TrainingState):
        return resume
    if isinstance(resume, History):
        require(resume.state is not None, DataError, "fit: resume", "a history of fit", resume)
        return resume.state
    expected = "a path, a History or a TrainingState"
    require(isinstance(resume, str | os.PathLike), DTypeError, "fit: resume", expected, resume)
    try:
        return TrainingState.load(resume)
    except DataError as error:
        raise DataError(f"fit: resume: {error}") from None


def _names(callbacks: Any) -> list[str]:
    expected = "a list of Callbacks"
    several = isinstance(callbacks, Sequence) and not isinstance(callbacks, str)
    require(several, DTypeError, "fit: callbacks", expected, callbacks)
    for callback in callbacks:
        fits = isinstance(callback, Callback)
        require(fits, DTypeError, "fit: callbacks", expected, callback)
    return [type(callback).__name__ for callback in callbacks]


def _check_generator(rng: Any) -> None:
    fits = rng is None or isinstance(rng, np.random.Generator)
    require(fits, DTypeError, "fit: rng", "a numpy.random.Generator", rng)


def _silent(progress: bool | None, updates: int) -> bool:
    if os.environ.get("DLBOOK_VALIDATION"):
        return True
    return updates < 2000 if progress is None else not progress
