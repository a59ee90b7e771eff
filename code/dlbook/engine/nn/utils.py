"""Keep gradients within bounds, as in `torch.nn.utils`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.sparse import SparseRows
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, TrainingError, require

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    r"""Shrink all gradients together so that their joint norm does not exceed `max_norm`.

    .. math:: g \leftarrow g \cdot
        \min\left(1, \frac{\text{max\_norm}}{\lVert g \rVert + 10^{-6}}\right)

    Their direction stays. A cure for gradients that explode, not for those that vanish
    (chapter 17).

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Those without a gradient are passed over. Gradient arrays are replaced, not changed.
    max_norm : float
        Not negative.
    norm_type : float
        The p of the norm; ``inf`` takes the largest absolute value.
    error_if_nonfinite : bool
        Raise when the norm is infinite or not a number, instead of spreading it.

    Returns
    -------
    float
        The norm before.

    Raises
    ------
    RangeError
        If `max_norm` is negative or `norm_type` is not positive.
    TrainingError
        If the norm is not finite and `error_if_nonfinite` is set.

    References
    ----------
    Pascanu, Mikolov & Bengio (2013).
    """
    require(max_norm >= 0, RangeError, "clip_grad_norm_: max_norm", "0 or more", max_norm)
    require(norm_type > 0, RangeError, "clip_grad_norm_: norm_type", "a positive p", norm_type)
    moved = _with_gradient(parameters)
    norms = np.array([_norm(_values(p.grad), norm_type) for p in moved], dtype=np.float64)
    total = _norm(norms, norm_type)
    require(
        math.isfinite(total) or not error_if_nonfinite,
        TrainingError,
        "clip_grad_norm_: parameters",
        "gradients with a finite norm",
        f"{total}; lower the learning rate or look for a division by 0",
    )
    factor = max_norm / (total + 1e-6)
    if not factor >= 1:
        for parameter in moved:
            with np.errstate(invalid="ignore"):  # 0 · inf where the norm is infinite
                parameter.grad = _replaced(parameter.grad, _values(parameter.grad) * factor)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float) -> None:
    """Cut each element of each gradient off at ±`clip_value`; this turns their direction.

    Parameters
    ----------
    parameters : Tensor or iterable of Tensor
        Those without a gradient are passed over. Gradient arrays are replaced, not changed.
    clip_value : float
        Not negative.

    Raises
    ------
    RangeError
        If `clip_value` is negative.
    """
    require(clip_value >= 0, RangeError, "clip_grad_value_: clip_value", "0 or more", clip_value)
    for parameter in _with_gradient(parameters):
        clipped = np.clip(_values(parameter.grad), -clip_value, clip_value)
        parameter.grad = _replaced(parameter.grad, clipped)


def _with_gradient(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    """List those with a gradient, each once; a gradient of rows gets each row once."""
    several = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    moved = list({id(p): p for p in several if p.grad is not None}.values())
    for parameter in moved:
        if isinstance(parameter.grad, SparseRows):
            parameter.grad = parameter.grad.coalesce()
    return moved


def _values(grad: Any) -> Array:
    return grad.values if isinstance(grad, SparseRows) else grad


def _replaced(grad: Any, values: Array) -> Any:
    return SparseRows(grad.indices, values, grad.shape) if isinstance(grad, SparseRows) else values


def _norm(values: Array, p: float) -> float:
    sizes = np.abs(values)
    if not sizes.size:
        return 0.0
    if math.isinf(p):
        return float(sizes.max())
    if p == 2:
        return math.sqrt(float(np.vdot(sizes, sizes)))
    return float((sizes**p).sum() ** (1 / p))
