"""Learning rates that change with time, named as in `torch.optim.lr_scheduler`.

Make one after the optimiser, call ``step`` once per epoch (or per batch, if its times are meant
in batches), after the optimiser's own ``step``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from dlbook.engine.optim.optimizer import Optimizer
from dlbook.engine.settings import is_number, is_whole
from dlbook.errors import DTypeError, RangeError, require

__all__ = [
    "CosineAnnealingLR",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "Schedule",
    "StepLR",
]


class Schedule:
    """A learning rate as a function of the epoch.

    A subclass implements `factor`, by which the optimiser's first rate is multiplied.

    Parameters
    ----------
    optimizer : Optimizer
        Its rate is set at once to that of epoch 0, and by every `step`.

    Attributes
    ----------
    base_lr : float
        The rate that the optimiser was made with.
    last_epoch : int
        How often `step` was called.

    Raises
    ------
    DTypeError
        If `optimizer` is none.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        name = f"{type(self).__name__}: optimizer"
        require(isinstance(optimizer, Optimizer), DTypeError, name, "an Optimizer", optimizer)
        self.optimizer, self.base_lr, self.last_epoch = optimizer, float(optimizer.lr), 0
        self._set()

    def factor(self, epoch: int) -> float:
        """Return what the first rate is multiplied by in `epoch`, counted from 0."""
        raise TypeError(f"{type(self).__name__} defines no factor")

    def step(self) -> None:
        """Go on to the next epoch."""
        self.last_epoch += 1
        self._set()

    def state_dict(self) -> dict[str, float]:
        """Return what a later `load_state_dict` needs: first rate and epoch."""
        return {"base_lr": self.base_lr, "last_epoch": self.last_epoch}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on at another schedule's epoch.

        Parameters
        ----------
        state : mapping
            From `state_dict`.

        Raises
        ------
        RangeError
            If it does not hold exactly that.
        """
        _require_names(self, state, self.state_dict())
        self.base_lr, self.last_epoch = float(state["base_lr"]), int(state["last_epoch"])
        self._set()

    def _set(self) -> None:
        self.optimizer.lr = float(self.base_lr * self.factor(self.last_epoch))


class StepLR(Schedule):
    """Multiply the rate by `gamma` every `step_size` epochs.

    Parameters
    ----------
    optimizer : Optimizer
    step_size : int
        Epochs between two changes.
    gamma : float
        Factor, not negative.

    Raises
    ------
    RangeError
        If a number lies outside its range.
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        _require_count("StepLR: step_size", step_size)
        _require_factor("StepLR: gamma", gamma)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        return self.gamma ** (epoch // self.step_size)


class ExponentialLR(Schedule):
    """Multiply the rate by `gamma` every epoch.

    Parameters
    ----------
    optimizer : Optimizer
    gamma : float
        Factor, not negative.

    Raises
    ------
    RangeError
        If `gamma` is negative.
    """

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        _require_factor("ExponentialLR: gamma", gamma)
        self.gamma = gamma
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        return self.gamma**epoch


class CosineAnnealingLR(Schedule):
    r"""Let the rate fall along half a cosine, from the first rate to `eta_min`.

    .. math:: \eta_t = \eta_{min} + \tfrac12 (\eta_0 - \eta_{min}) (1 + \cos(\pi t / T_{max}))

    Parameters
    ----------
    optimizer : Optimizer
    T_max : int
        Epochs until the minimum; after it the rate rises again, as the cosine does.
    eta_min : float
        Smallest rate, from 0 to the first rate.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Loshchilov & Hutter (2017), without restarts.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        _require_count("CosineAnnealingLR: T_max", T_max)
        _require_factor("CosineAnnealingLR: eta_min", eta_min, "a rate of 0 or more")
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        fallen = (1 + math.cos(math.pi * epoch / self.T_max)) / 2
        lowest = self.eta_min / self.base_lr if self.base_lr else 0.0
        return lowest + (1 - lowest) * fallen


class LinearLR(Schedule):
    """Warm up: let the factor on the rate grow in a straight line, then stay.

    Parameters
    ----------
    optimizer : Optimizer
    start_factor : float in (0, 1]
        In epoch 0.
    end_factor : float in [0, 1]
        From epoch `total_iters` on.
    total_iters : int
        How long it takes.

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Goyal et al. (2017), section 2.2.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        fits = is_number(start_factor) and 0 < start_factor <= 1
        require(fits, RangeError, "LinearLR: start_factor", "a factor in (0, 1]", start_factor)
        fits = is_number(end_factor) and 0 <= end_factor <= 1
        require(fits, RangeError, "LinearLR: end_factor", "a factor in [0, 1]", end_factor)
        _require_count("LinearLR: total_iters", total_iters)
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = total_iters
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        done = min(epoch, self.total_iters) / self.total_iters
        return self.start_factor + (self.end_factor - self.start_factor) * done


class LambdaLR(Schedule):
    """Multiply the first rate by any function of the epoch.

    Parameters
    ----------
    optimizer : Optimizer
    lr_lambda : callable
        From the epoch, counted from 0, to a factor.

    Raises
    ------
    DTypeError
        If `lr_lambda` cannot be called.
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        name = "LambdaLR: lr_lambda"
        require(callable(lr_lambda), DTypeError, name, "a function of the epoch", lr_lambda)
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def factor(self, epoch: int) -> float:
        return self.lr_lambda(epoch)


def _require_count(argument: str, value: Any) -> None:
    valid = is_whole(value) and value >= 1
    require(valid, RangeError, argument, "a positive number of epochs", value)


def _require_factor(argument: str, value: Any, expected: str = "a factor of 0 or more") -> None:
    valid = is_number(value) and 0 <= value < math.inf
    require(valid, RangeError, argument, expected, value)


def _require_names(schedule: Any, state: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    name = f"{type(schedule).__name__}.load_state_dict: state"
    require(set(state) == set(own), RangeError, name, str(sorted(own)), str(sorted(state)))
