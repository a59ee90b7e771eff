"""What all optimisers share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.settings import is_number
from dlbook.engine.sparse import SparseRows
from dlbook.engine.tensor import Tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["Optimizer"]

BLOCK = 1 << 16  # numbers updated at a time: few enough that a rule's arrays stay in the cache


class Optimizer:
    """Change parameters by a rule, given their gradients.

    A subclass implements `_update`, which changes one array of weights in place, and `_start`,
    which makes the arrays it remembers from step to step. Nothing is allocated after the first
    step: temporary results go to workspaces.

    Parameters
    ----------
    params : iterable of Parameter (or Tensor)
        What to train, usually ``model.parameters()``. One that comes twice, because two layers
        share it, is trained once; one that is frozen (``requires_grad`` False) gets no gradient
        and stays as it is.
    lr : float
        Learning rate, the scale of a step; not negative.

    Attributes
    ----------
    lr : float
        May be changed between steps; schedules do.
    steps : int
        How often `step` was called.

    Raises
    ------
    RangeError
        If there is nothing to train, or the rate is negative or not a number.
    DTypeError
        If something else than parameters is to be trained.
    """

    def __init__(self, params: Iterable[Tensor], lr: float) -> None:
        name = type(self).__name__
        several = isinstance(params, Iterable) and not isinstance(params, np.ndarray)
        require(several, DTypeError, f"{name}: params", "parameters, one or several", params)
        given = [params] if isinstance(params, Tensor) else list(params)
        require(len(given) > 0, RangeError, f"{name}: params", "at least one parameter", given)
        for position, parameter in enumerate(given):
            trainable = isinstance(parameter, Tensor) and parameter.dtype.kind == "f"
            require(
                trainable, DTypeError, f"{name}: params[{position}]", "a float Parameter", parameter
            )
        self.params = list({id(parameter): parameter for parameter in given}.values())
        self._require_between(0, lr, math.inf, "lr")
        self.lr = lr
        self.steps = 0
        self.ages = [0] * len(self.params)
        self.memory: list[dict[str, Array]] = [{} for _ in self.params]
        self._workspaces: dict[tuple[int, np.dtype[Any]], Array] = {}

    def zero_grad(self) -> None:
        """Forget the gradients, which `backward` would otherwise add to."""
        for parameter in self.params:
            parameter.grad = None

    @np.errstate(all="ignore")  # inf and nan arise silently, as in the operations
    def step(self) -> None:
        """Move every parameter that has a gradient.

        A gradient of few rows (from an embedding) moves only those rows where that is what the
        full gradient, zeros included, would do; otherwise it is filled up first.

        Raises
        ------
        ShapeError
            If a gradient has another shape than its parameter.
        """
        self.steps += 1
        for position, parameter in enumerate(self.params):
            grad, weights = parameter.grad, parameter.data
            if grad is None:
                continue
            if grad.shape != weights.shape:
                raise ShapeError(
                    f"{type(self).__name__}: params[{position}].grad: expected the parameter's "
                    f"shape {weights.shape}, got {grad.shape}"
                )
            if not self.memory[position]:
                self.memory[position] = self._start(weights)
            self.ages[position] += 1
            memory, age = self.memory[position], self.ages[position]
            if isinstance(grad, SparseRows) and self._rows_suffice():
                self._update_rows(weights, grad, memory, age)
            else:
                dense = grad.to_dense() if isinstance(grad, SparseRows) else grad
                self._update_blocks(weights, dense, memory, age)

    def state_dict(self) -> dict[str, Array]:
        """Copy out all that later steps depend on, as arrays that `dlbook.engine.save` can store.

        Returns
        -------
        dict of str to ndarray
            ``lr``, ``steps`` and, for each parameter that has moved, ``<position>.age`` and what
            is remembered of it. Options such as betas belong to the constructor.
        """
        state = {"lr": np.asarray(self.lr, np.float64), "steps": np.asarray(self.steps)}
        for position, (age, memory) in enumerate(zip(self.ages, self.memory, strict=True)):
            if age:
                state[f"{position}.age"] = np.asarray(age)
                state |= {f"{position}.{name}": array.copy() for name, array in memory.items()}
        return state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on where another optimiser of the same kind stopped. All fits, or nothing changes.

        Parameters
        ----------
        state : mapping of str to array_like
            From `state_dict`.

        Raises
        ------
        RangeError
            If names are missing or unknown.
        ShapeError
            If an array is not of its parameter's shape.
        """
        name = f"{type(self).__name__}.load_state_dict: state"
        moved = [p for p in range(len(self.params)) if f"{p}.age" in state]
        memory = [
            self._start(parameter.data) if position in moved else {}
            for position, parameter in enumerate(self.params)
        ]
        own = {f"{p}.{kind}": array for p in moved for kind, array in memory[p].items()}
        counts = {"lr", "steps", *(f"{p}.age" for p in moved)}
        missing = sorted((set(own) | counts) - set(state))
        unknown = sorted(set(state) - set(own) - counts)
        require(
            not missing and not unknown,
            RangeError,
            name,
            f"what {type(self).__name__} remembers of {len(self.params)} parameters",
            f"missing {missing or 'none'}, unknown {unknown or 'none'}",
        )
        for key in (*own, *counts):
            array, shape = np.asarray(state[key]), own[key].shape if key in own else ()
            require(array.shape == shape, ShapeError, f"{name}[{key!r}]", f"shape {shape}", array)
        for key, array in own.items():
            array[...] = state[key]
        self.lr, self.steps = float(state["lr"]), int(state["steps"])
        self.ages = [int(state[f"{p}.age"]) if p in moved else 0 for p in range(len(self.params))]
        self.memory = memory

    # --- what a rule fills in -----------------------------------------------------------------

    def _start(self, weights: Array) -> dict[str, Array]:
        """Make what is remembered of one parameter before its first step."""
        return {}

    def _update(self, weights: Array, grad: Array, memory: dict[str, Array], age: int) -> None:
        """Change `weights` and `memory` in place, never `grad`; `age` is 1 in the first step."""
        raise TypeError(f"{type(self).__name__} defines no _update")

    def _rows_suffice(self) -> bool:
        """Whether a row without gradient stays as it is, so that it may be left out."""
        return False

    # --- tools --------------------------------------------------------------------------------

    def _update_blocks(
        self, weights: Array, grad: Array, memory: dict[str, Array], age: int
    ) -> None:
        if weights.size <= BLOCK:
            self._update(weights, grad, memory, age)
            return
        rows = max(1, BLOCK // weights[0].size)
        for start in range(0, len(weights), rows):
            part = slice(start, start + rows)
            remembered = {name: array[part] for name, array in memory.items()}
            self._update(weights[part], grad[part], remembered, age)

    def _update_rows(
        self, weights: Array, grad: SparseRows, memory: dict[str, Array], age: int
    ) -> None:
        together = grad.coalesce()  # each row once
        rows = together.indices
        part = weights[rows]
        remembered = {name: array[rows] for name, array in memory.items()}
        self._update(part, together.values, remembered, age)
        weights[rows] = part
        for name, array in remembered.items():
            memory[name][rows] = array

    def _workspace(self, like: Array, slot: int = 0) -> Array:
        """Return memory for a temporary result, the same for all parameters, by slot."""
        key = (slot, like.dtype)
        if key not in self._workspaces or self._workspaces[key].size < like.size:
            self._workspaces[key] = np.empty(like.size, like.dtype)
        return self._workspaces[key][: like.size].reshape(like.shape)

    def _with_decay(self, weights: Array, grad: Array, weight_decay: float) -> Array:
        """Return grad + weight_decay · weights, in workspace 1 (or `grad` itself without decay)."""
        if not weight_decay:
            return grad
        total = np.multiply(weights, weight_decay, out=self._workspace(weights, 1))
        total += grad
        return total

    def _require_between(self, low: float, value: Any, high: float, name: str) -> None:
        """Raise unless `value` is a number in [low, high)."""
        valid = is_number(value) and bool(low <= value < high)
        bounds = f"in [{low}, {high})" if high < math.inf else f"of {low} or more"
        argument = f"{type(self).__name__}: {name}"
        require(valid, RangeError, argument, f"a number {bounds}", value)
