"""What all optimisers share."""

from __future__ import annotations

from collections.abc import Iterable

from dlbook.engine.nn.module import Parameter
from dlbook.errors import RangeError, require

__all__ = ["Optimizer"]


class Optimizer:
    """Change parameters by a rule, given their gradients.

    A subclass implements `_update`, which changes one parameter in place.

    Parameters
    ----------
    params : iterable of Parameter
        What to train, usually ``model.parameters()``.
    lr : float
        Learning rate, the scale of a step; not negative.

    Raises
    ------
    RangeError
        If there is nothing to train, or the rate is negative or not a number.
    """

    def __init__(self, params: Iterable[Parameter], lr: float) -> None:
        self.params = list(params)
        name = type(self).__name__
        require(
            len(self.params) > 0,
            RangeError,
            f"{name}: params",
            "at least one parameter",
            self.params,
        )
        require(lr >= 0, RangeError, f"{name}: lr", "a learning rate of 0 or more", lr)
        self.lr = lr
        self.steps = 0

    def zero_grad(self) -> None:
        """Forget the gradients, which `backward` would otherwise add to."""
        for parameter in self.params:
            parameter.grad = None

    def step(self) -> None:
        """Move every parameter that has a gradient."""
        self.steps += 1
        for position, parameter in enumerate(self.params):
            if parameter.grad is not None:
                self._update(position, parameter)

    def _update(self, position: int, parameter: Parameter) -> None:
        raise TypeError(f"{type(self).__name__} defines no _update")
