"""What happened during training."""

from __future__ import annotations

from dataclasses import dataclass, field

from dlbook.errors import RangeError, require
from dlbook.training.state import TrainingState

__all__ = ["History"]


@dataclass
class History:
    """Losses and metrics, one value an epoch, whatever the library.

    Attributes
    ----------
    metrics : dict of str to list of float
        ``"loss"``, ``"accuracy"``, … over the training data while it was learned from, and
        ``"val_loss"``, … over the validation data after each epoch.
    steps : int
        Updates made so far: epochs × batches.
    stopped : str
        Why training ended before its last epoch; empty if it did not.
    state : TrainingState or None
        Everything a later `fit` needs to go on from the last finished epoch.

    Examples
    --------
    >>> history["val_accuracy"][-1]  # doctest: +SKIP
    0.97
    """

    metrics: dict[str, list[float]] = field(default_factory=dict)
    steps: int = 0
    stopped: str = ""
    state: TrainingState | None = field(default=None, repr=False, compare=False)

    @property
    def epochs(self) -> list[int]:
        """Numbers of the epochs, from 1."""
        return list(range(1, len(self) + 1))

    def append(self, values: dict[str, float]) -> None:
        """Add the values of one more epoch.

        Parameters
        ----------
        values : dict of str to float
        """
        for name, value in values.items():
            self.metrics.setdefault(name, []).append(float(value))

    def __len__(self) -> int:
        return max((len(values) for values in self.metrics.values()), default=0)

    def __getitem__(self, name: str) -> list[float]:
        known = ", ".join(self.metrics) or "nothing yet"
        require(name in self.metrics, RangeError, "History", f"one of: {known}", name)
        return self.metrics[name]

    def __repr__(self) -> str:
        last = ", ".join(f"{name} {values[-1]:.3g}" for name, values in self.metrics.items())
        end = f"; {self.stopped}" if self.stopped else ""
        return (
            f"History({len(self)} epochs, {self.steps} steps; last: {last or 'nothing yet'}{end})"
        )
