"""Keep the state of training in a file."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dlbook.errors import DataError, DTypeError, RangeError, require
from dlbook.training.callbacks.base import Array, Callback, monitored, prefers_larger
from dlbook.training.state import TrainingState

if TYPE_CHECKING:
    from dlbook.training.loop import Run

__all__ = ["Checkpoint"]


class Checkpoint(Callback):
    """Write a file after each epoch, from which ``fit(…, resume=path)`` goes on.

    A crash while writing leaves the file of before. It holds arrays and text only, nothing that
    could run when it is read.

    Parameters
    ----------
    path : path-like
        Such as ``"digits.npz"``; ``"digits-{epoch}.npz"`` keeps a file for each epoch.
    every : int
        Epochs from one file to the next; the last epoch is always kept.
    monitor : str, optional
        Write only when this value of the history is better than ever before.

    Raises
    ------
    DTypeError, RangeError
        If an argument is of the wrong type or out of its range.
    DataError
        Before training, if the folder does not exist.
    """

    def __init__(
        self, path: str | os.PathLike[str], every: int = 1, monitor: str | None = None
    ) -> None:
        named = isinstance(path, str | os.PathLike)
        require(named, DTypeError, "Checkpoint: path", "the name of a file", path)
        whole = isinstance(every, int) and not isinstance(every, bool) and every >= 1
        require(whole, RangeError, "Checkpoint: every", "at least one epoch", every)
        text = monitor is None or isinstance(monitor, str)
        require(text, DTypeError, "Checkpoint: monitor", "a name or None", monitor)
        self.path, self.every, self.monitor = os.fspath(path), every, monitor
        self._best = math.inf

    def on_train_begin(self, run: Run) -> None:
        folder = Path(self.path).parent
        expected = "a file in a folder that exists"
        require(folder.is_dir(), DataError, "Checkpoint: path", expected, self.path)
        self._best = math.inf

    def on_epoch_end(self, run: Run) -> None:
        self._due = (run.epoch + 1) % self.every == 0 or run.epoch + 1 == run.epochs
        if self.monitor is not None:
            value = monitored("Checkpoint", run, self.monitor)
            cost = -value if prefers_larger(self.monitor) else value
            self._due = self._due and cost < self._best
            self._best = min(self._best, cost) if self._due else self._best

    def on_state(self, run: Run, state: TrainingState) -> None:
        if self._due or (run.stop and self.monitor is None):
            state.save(self.path.replace("{epoch}", str(state.epoch)))

    def state_dict(self) -> dict[str, Array]:
        return {"best": np.asarray(self._best)}

    def load_state_dict(self, state: dict[str, Array]) -> None:
        self._best = float(state["best"])
