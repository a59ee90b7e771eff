"""The loop over epochs and batches, and what callbacks see of it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from tqdm import tqdm

from dlbook.data.dataset import Dataset
from dlbook.errors import RangeError, ShapeError, TrainingError, require
from dlbook.training.backends import Array, Backend
from dlbook.training.callbacks.base import Callback
from dlbook.training.checks import accepts, check_count
from dlbook.training.history import History
from dlbook.training.state import TrainingState, generator_state, set_generator_state

__all__ = ["Run", "batches", "measure"]

Metrics = dict[str, Callable[[Array, Array], float]]


class Run:
    """One training run.

    Parameters
    ----------
    backend : Backend
        Takes the steps.
    epochs : int
        How many there will be, those of a resumed run included.
    callbacks : sequence of Callback
    rng : numpy.random.Generator, optional
        Orders the samples.
    settings : dict
        What a run must share with the one that it goes on with, in numbers and text.

    Attributes
    ----------
    model : object
        What is trained.
    history : History
        What happened so far.
    epoch : int
        The number of the current epoch, counted from 0.
    loss : float
        Of the last batch.
    stop : str
        A reason to stop; once it is set, no further epoch begins.
    """

    def __init__(
        self,
        backend: Backend,
        epochs: int,
        callbacks: Sequence[Callback],
        rng: np.random.Generator | None,
        settings: dict[str, Any],
    ) -> None:
        self.model, self.backend, self.epochs = backend.model, backend, epochs
        self.callbacks, self.rng, self.settings = callbacks, rng, settings
        self.history, self.epoch, self.loss, self.stop = History(), 0, math.nan, ""

    # --- what callbacks may read and change -----------------------------------------------------

    @property
    def learning_rate(self) -> float:
        """Of the optimiser; may be set."""
        return self.backend.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.backend.learning_rate = value

    def weights(self) -> dict[str, Array]:
        """Copy out the model's weights, by the library's own names."""
        return self.backend.weights()

    def set_weights(self, weights: dict[str, Array]) -> None:
        """Give the model the weights that `weights` once returned.

        Parameters
        ----------
        weights : dict of str to ndarray
        """
        self.backend.set_weights(weights)

    # --- stopping and going on ------------------------------------------------------------------

    def snapshot(self, finished: int) -> TrainingState:
        """Copy out everything that the rest of the run depends on.

        Parameters
        ----------
        finished : int
            How many epochs are done.

        Returns
        -------
        TrainingState
        """
        arrays = {f"weights/{name}": array for name, array in self.backend.weights().items()}
        arrays |= {f"optimizer/{name}": array for name, array in self.backend.memory().items()}
        for position, callback in enumerate(self.callbacks):
            for name, array in callback.state_dict().items():
                arrays[f"callback/{position}/{name}"] = np.array(array)
        notes = {
            "epoch": finished,
            "steps": self.history.steps,
            "history": copy.deepcopy(self.history.metrics),
            "rng": generator_state(self.rng),
            "generators": self.backend.generators(),
            "settings": self.settings,
        }
        return TrainingState(arrays, notes)

    def check(self, state: TrainingState) -> None:
        """Raise unless this run can go on from a state; nothing is changed.

        Parameters
        ----------
        state : TrainingState

        Raises
        ------
        RangeError, ShapeError
            If settings, or names or shapes of weights, are not those of the earlier run.
        """
        for name, value in self.settings.items():
            earlier = state.notes["settings"].get(name)
            expected = f"a run with the {name} of this one ({value!r})"
            require(earlier == value, RangeError, "fit: resume", expected, repr(earlier))
        own = {name: array.shape for name, array in self.backend.weights().items()}
        kept = {name: array.shape for name, array in state.part("weights").items()}
        expected = f"weights of {type(self.model).__name__}"
        require(own == kept, ShapeError, "fit: resume", expected, f"shapes {list(kept.values())}")

    def restore(self, state: TrainingState) -> None:
        """Go back, or on, to where `snapshot` was taken.

        Parameters
        ----------
        state : TrainingState
        """
        self.backend.set_weights(state.part("weights"))
        self.backend.set_memory(state.part("optimizer"))
        for position, callback in enumerate(self.callbacks):
            remembered = state.part(f"callback/{position}")
            if remembered:
                callback.load_state_dict(remembered)
        set_generator_state("fit: rng", self.rng, state.notes["rng"])
        self.backend.set_generators(state.notes["generators"])
        self.history.metrics = copy.deepcopy(state.notes["history"])
        self.history.steps = int(state.notes["steps"])
        self.history.state = state

    # --- the loop -------------------------------------------------------------------------------

    def go(
        self,
        train: Dataset,
        validation: Dataset | None,
        batch_size: int,
        metrics: Metrics,
        bar: tqdm,
    ) -> None:
        """Train until the last epoch, a callback's wish, or an interruption.

        Parameters
        ----------
        train, validation, batch_size, metrics
            As in `fit`.
        bar : tqdm
            Shows progress.

        Raises
        ------
        TrainingError
            If the loss is no longer a number; the weights are then those of the last good epoch.
        """
        state = self.history.state or self.snapshot(0)
        self.history.state = state
        try:
            for epoch in range(state.epoch, self.epochs):
                self.epoch = epoch
                self._call("on_epoch_begin")
                if self.stop:
                    break
                values = self._epoch(train, batch_size, metrics, bar)
                if validation is not None:
                    measured = measure(self.backend, validation, metrics, "fit: validation")
                    values |= {f"val_{name}": value for name, value in measured.items()}
                self.history.append(values)
                self._call("on_epoch_end")
                self.history.state = state = self.snapshot(epoch + 1)
                self._call("on_state", state)
                if self.stop:
                    break
            self._call("on_train_end")
        except KeyboardInterrupt:
            self.restore(state)
            self.stop = f"interrupted in epoch {self.epoch + 1}"
        except TrainingError:
            self.restore(state)
            raise
        self.history.stopped = self.stop

    def _epoch(
        self, train: Dataset, batch_size: int, metrics: Metrics, bar: tqdm
    ) -> dict[str, float]:
        total = dict.fromkeys(("loss", *metrics), 0.0)
        for rows in batches(len(train), batch_size, self.rng):
            x, y = train.x[rows], train.y[rows]
            with accepts("fit: train.x", self.backend, x):
                self.loss, outputs = self.backend.train_step(x, y)
            self.history.steps += 1
            if not math.isfinite(self.loss):
                raise TrainingError(
                    f"fit: expected a finite loss, got {self.loss} at step {self.history.steps}; "
                    "try a smaller learning_rate, and check the data for extreme values (the "
                    f"model has its weights from before epoch {self.epoch + 1} again)"
                )
            total["loss"] += self.loss * len(rows)
            for name, metric in metrics.items():
                total[name] += metric(outputs, y) * len(rows)
            self._call("on_step_end")
            bar.update()
        return {name: value / len(train) for name, value in total.items()}

    def _call(self, moment: str, *arguments: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, moment)(self, *arguments)


def measure(backend: Backend, data: Dataset, metrics: Metrics, argument: str) -> dict[str, float]:
    """Average loss and metrics over samples, in evaluation mode.

    Parameters
    ----------
    backend : Backend
    data : Dataset
    metrics : dict of str to callable
    argument : str
        Whose data these are, for a message.

    Returns
    -------
    dict of str to float
    """
    total = dict.fromkeys(("loss", *metrics), 0.0)
    for rows in batches(len(data), 256):
        with accepts(f"{argument}.x", backend, data.x[rows]):
            value, outputs = backend.evaluate_step(data.x[rows], data.y[rows])
        total["loss"] += value * len(rows)
        for name, metric in metrics.items():
            total[name] += metric(outputs, data.y[rows]) * len(rows)
    return {name: value / len(data) for name, value in total.items()}


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

    Raises
    ------
    RangeError
        If `batch_size` is not a positive whole number.

    Examples
    --------
    >>> [len(batch) for batch in batches(175, 32)]
    [32, 32, 32, 32, 32, 15]
    """
    check_count("batch_size", batch_size, 1)
    order = np.arange(samples) if rng is None else rng.permutation(samples)
    for start in range(0, samples, batch_size):
        yield order[start : start + batch_size]
