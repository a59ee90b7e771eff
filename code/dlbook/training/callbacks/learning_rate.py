"""Change the learning rate from epoch to epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dlbook.errors import DTypeError, RangeError, require
from dlbook.training.callbacks.base import Callback

if TYPE_CHECKING:
    from dlbook.training.loop import Run

__all__ = ["LearningRateSchedule"]


class LearningRateSchedule(Callback):
    """Set the learning rate at the start of each epoch, the same way in all three libraries.

    The rates used are recorded in the history as ``"learning_rate"``. With momentum the libraries
    part when the rate changes: Keras multiplies the old rate into its velocity, PyTorch and the
    engine the new one.

    Parameters
    ----------
    schedule : callable or sequence of float
        From the number of the epoch, counted from 0, to its learning rate; or one rate for each
        epoch.

    Raises
    ------
    DTypeError
        If it is neither a function nor numbers.
    RangeError
        When training starts, if there are fewer rates than epochs; during training, if a rate is
        negative or not a number.

    Examples
    --------
    >>> halving = LearningRateSchedule(lambda epoch: 0.1 * 0.5 ** (epoch // 10))
    """

    def __init__(self, schedule: Callable[[int], float] | Sequence[float]) -> None:
        rates = isinstance(schedule, Sequence | np.ndarray) and not isinstance(schedule, str)
        expected = "a function of the epoch, or a list of rates"
        argument = "LearningRateSchedule: schedule"
        require(callable(schedule) or rates, DTypeError, argument, expected, schedule)
        self.schedule = schedule

    def on_train_begin(self, run: Run) -> None:
        if not callable(self.schedule):
            expected = f"a rate for each of {run.epochs} epochs"
            enough, came = len(self.schedule) >= run.epochs, f"{len(self.schedule)} rates"
            require(enough, RangeError, "LearningRateSchedule: schedule", expected, came)

    def on_epoch_begin(self, run: Run) -> None:
        chosen = self.schedule
        value = chosen(run.epoch) if callable(chosen) else chosen[run.epoch]
        number = isinstance(value, int | float | np.number) and 0 <= value < math.inf
        argument = f"LearningRateSchedule: schedule, epoch {run.epoch}"
        require(bool(number), RangeError, argument, "a rate of 0 or more", value)
        run.learning_rate = float(value)

    def on_epoch_end(self, run: Run) -> None:
        run.history.metrics.setdefault("learning_rate", []).append(run.learning_rate)
