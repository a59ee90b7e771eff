"""A learning rate that falls when progress stops."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.settings import is_number, is_one_of
from dlbook.errors import DTypeError, RangeError, require

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau:
    """Multiply the rate by `factor` when a metric has not improved for some time.

    Parameters
    ----------
    optimizer : Optimizer
    mode : {"min", "max"}
        Whether smaller (a loss) or larger (an accuracy) is better.
    factor : float in (0, 1)
        What the rate is multiplied by.
    patience : int
        Epochs without improvement that are forgiven; the next one lowers the rate.
    threshold : float
        How much counts as an improvement.
    threshold_mode : {"rel", "abs"}
        Whether the threshold is a share of the best value or an amount.
    cooldown : int
        Epochs after a change in which nothing is counted.
    min_lr : float
        The rate never falls below.
    eps : float
        A change smaller than this is not made.

    Attributes
    ----------
    best : float
        Best value of the metric so far.
    num_bad_epochs : int
        Epochs without improvement since.
    last_epoch : int
        How often `step` was called.

    Raises
    ------
    RangeError
        If a number lies outside its range or a mode is unknown.
    DTypeError
        If `optimizer` is none.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        def expect(holds: bool, argument: str, expected: str, value: object) -> None:
            require(holds, RangeError, f"ReduceLROnPlateau: {argument}", expected, value)

        name = "ReduceLROnPlateau: optimizer"
        require(isinstance(optimizer, Optimizer), DTypeError, name, "an Optimizer", optimizer)
        expect(is_one_of(mode, ("min", "max")), "mode", '"min" or "max"', mode)
        known = is_one_of(threshold_mode, ("rel", "abs"))
        expect(known, "threshold_mode", '"rel" or "abs"', threshold_mode)
        expect(is_number(factor) and 0 < factor < 1, "factor", "a number in (0, 1)", factor)
        counts = {"patience": patience, "cooldown": cooldown}
        amounts = {"threshold": threshold, "min_lr": min_lr, "eps": eps}
        for argument, value in (counts | amounts).items():
            expect(is_number(value) and value >= 0, argument, "0 or more", value)
        self.optimizer, self.mode, self.factor = optimizer, mode, factor
        self.patience, self.cooldown, self.min_lr, self.eps = patience, cooldown, min_lr, eps
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs, self.cooldown_counter, self.last_epoch = 0, 0, 0

    def step(self, metrics: float) -> None:
        """Tell how the last epoch went.

        Parameters
        ----------
        metrics : float
            The watched value; one that is not a number counts as no improvement.
        """
        self.last_epoch += 1
        value = float(metrics)
        if self._improves(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            lowered = max(self.optimizer.lr * self.factor, self.min_lr)
            if self.optimizer.lr - lowered > self.eps:
                self.optimizer.lr = lowered
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _improves(self, value: float) -> bool:
        sign = 1 if self.mode == "max" else -1
        if self.threshold_mode == "abs" or math.isinf(self.best):
            return sign * value > sign * self.best + self.threshold
        return sign * value > sign * self.best * (1 + sign * self.threshold)

    def state_dict(self) -> dict[str, float]:
        """Return what a later `load_state_dict` needs."""
        return {
            "best": self.best,
            "num_bad_epochs": self.num_bad_epochs,
            "cooldown_counter": self.cooldown_counter,
            "last_epoch": self.last_epoch,
            "lr": self.optimizer.lr,
        }

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on where another schedule stopped.

        Parameters
        ----------
        state : mapping
            From `state_dict`.

        Raises
        ------
        RangeError
            If it does not hold exactly that.
        """
        own, name = self.state_dict(), "ReduceLROnPlateau.load_state_dict: state"
        require(set(state) == set(own), RangeError, name, str(sorted(own)), str(sorted(state)))
        self.best, self.optimizer.lr = float(state["best"]), float(state["lr"])
        self.num_bad_epochs = int(state["num_bad_epochs"])
        self.cooldown_counter = int(state["cooldown_counter"])
        self.last_epoch = int(state["last_epoch"])
