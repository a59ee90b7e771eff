"""Stop when it no longer helps."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dlbook.errors import DTypeError, RangeError, require
from dlbook.training.callbacks.base import Array, Callback, monitored, prefers_larger

if TYPE_CHECKING:
    from dlbook.training.loop import Run

__all__ = ["EarlyStopping"]


class EarlyStopping(Callback):
    """End training once a value has not improved for some epochs.

    Parameters
    ----------
    monitor : str
        What is watched, a name in the history. Accuracies should rise, everything else fall.
    patience : int
        After how many epochs in a row without improvement training ends.
    min_delta : float
        By how much a value must beat the best one to count as improvement.
    restore_best_weights : bool
        Give the model the weights of its best epoch when training ends, early or not; otherwise
        it keeps those of the last one.

    Attributes
    ----------
    best : float
        The best value so far.
    best_epoch : int
        The number of its epoch, counted from 1; 0 before any.

    Raises
    ------
    DTypeError, RangeError
        If an argument is of the wrong type or out of its range.

    References
    ----------
    Prechelt (1998); chapter 9.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 5,
        min_delta: float = 0.0,
        restore_best_weights: bool = True,
    ) -> None:
        require(isinstance(monitor, str), DTypeError, "EarlyStopping: monitor", "a name", monitor)
        whole = isinstance(patience, int) and not isinstance(patience, bool) and patience >= 1
        require(whole, RangeError, "EarlyStopping: patience", "at least one epoch", patience)
        positive = isinstance(min_delta, int | float) and 0 <= min_delta < math.inf
        expected = "a number of 0 or more"
        require(positive, RangeError, "EarlyStopping: min_delta", expected, min_delta)
        self.monitor, self.patience, self.min_delta = monitor, patience, min_delta
        self.restore_best_weights = restore_best_weights
        self._forget()

    def _forget(self) -> None:
        self.best = -math.inf if prefers_larger(self.monitor) else math.inf
        self.best_epoch = self._waited = 0
        self._weights: dict[str, Array] = {}

    def on_train_begin(self, run: Run) -> None:
        self._forget()

    def on_epoch_begin(self, run: Run) -> None:
        self._judge(run)  # a resumed run may have been at its end

    def on_epoch_end(self, run: Run) -> None:
        value = monitored("EarlyStopping", run, self.monitor)
        gain = value - self.best if prefers_larger(self.monitor) else self.best - value
        if gain > self.min_delta:
            self.best, self.best_epoch, self._waited = value, run.epoch + 1, 0
            self._weights = run.weights() if self.restore_best_weights else {}
        else:
            self._waited += 1
        self._judge(run)

    def _judge(self, run: Run) -> None:
        if self._waited >= self.patience:
            run.stop = f"stopped early, {self.monitor} was best in epoch {self.best_epoch}"

    def on_train_end(self, run: Run) -> None:
        if self._weights:
            run.set_weights(self._weights)

    def state_dict(self) -> dict[str, Array]:
        numbers = {"best": self.best, "best_epoch": self.best_epoch, "waited": self._waited}
        weights = {f"weights/{name}": array for name, array in self._weights.items()}
        return {name: np.asarray(value) for name, value in numbers.items()} | weights

    def load_state_dict(self, state: dict[str, Array]) -> None:
        self.best = float(state["best"])
        self.best_epoch, self._waited = int(state["best_epoch"]), int(state["waited"])
        self._weights = {
            name.removeprefix("weights/"): array
            for name, array in state.items()
            if name.startswith("weights/")
        }
