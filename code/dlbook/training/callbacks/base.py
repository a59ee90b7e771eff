"""The moments at which a callback is called, and how it chooses what to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dlbook.errors import RangeError, require
from dlbook.training.state import TrainingState

if TYPE_CHECKING:
    from dlbook.training.loop import Run

__all__ = ["Callback", "monitored", "prefers_larger"]

Array = np.ndarray[Any, Any]


class Callback:
    """Does nothing at any moment; a subclass overrides the moments it is interested in.

    Each method gets the `Run`, with ``history``, ``epoch``, ``learning_rate``, ``weights()`` and
    ``stop``, a reason which ends training when it is set.

    Examples
    --------
    >>> class Talk(Callback):
    ...     def on_epoch_end(self, run):
    ...         print(run.epoch, run.history["loss"][-1])
    """

    def on_train_begin(self, run: Run) -> None:
        """Before the first epoch."""

    def on_epoch_begin(self, run: Run) -> None:
        """Before an epoch, whose number is ``run.epoch``, counted from 0."""

    def on_step_end(self, run: Run) -> None:
        """After an update; ``run.loss`` is the loss of its batch, before the update."""

    def on_epoch_end(self, run: Run) -> None:
        """After an epoch and its validation; the history has the new values."""

    def on_state(self, run: Run, state: TrainingState) -> None:
        """After all callbacks have seen the end of an epoch: what a resumed run would need."""

    def on_train_end(self, run: Run) -> None:
        """After the last epoch, unless training failed or was interrupted."""

    def state_dict(self) -> dict[str, Array]:
        """Return what this callback remembers from epoch to epoch."""
        return {}

    def load_state_dict(self, state: dict[str, Array]) -> None:
        """Take up what `state_dict` returned.

        Parameters
        ----------
        state : dict of str to ndarray
        """


def monitored(owner: str, run: Run, name: str) -> float:
    """Return the newest value of what a callback watches.

    Parameters
    ----------
    owner : str
        The callback, for the message.
    run : Run
    name : str
        Such as ``"val_loss"``.

    Returns
    -------
    float

    Raises
    ------
    RangeError
        If nothing of this name is recorded.
    """
    recorded = list(run.history.metrics)
    require(name in recorded, RangeError, f"{owner}: monitor", f"one of {recorded}", name)
    return run.history.metrics[name][-1]


def prefers_larger(name: str) -> bool:
    """Whether a larger value is better: accuracies should rise, losses and errors fall.

    Parameters
    ----------
    name : str
        Such as ``"val_accuracy"``.
    """
    return name.endswith("accuracy")
