"""Check gradients against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dlbook.engine.arguments import as_array
from dlbook.engine.autograd import Array
from dlbook.engine.tensor import Tensor
from dlbook.errors import DTypeError, GradientError, RangeError, require

__all__ = ["gradcheck", "numerical_gradient"]


def numerical_gradient(
    function: Callable[[Array], float], x: Array, epsilon: float = 1e-6
) -> Array:
    r"""Estimate a gradient by central differences.

    .. math:: \frac{\partial f}{\partial x_i} \approx
        \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2\varepsilon}

    Parameters
    ----------
    function : callable
        From an array to a number.
    x : array_like
        Where to differentiate, taken as float64; not changed.
    epsilon : float
        Step. Too large and the curve bends away; too small and rounding takes over.

    Returns
    -------
    ndarray, same shape as `x`

    Raises
    ------
    RangeError
        If `epsilon` is not positive.
    DTypeError
        If `x` does not hold numbers.
    """
    require(epsilon > 0, RangeError, "numerical_gradient: epsilon", "a positive step", epsilon)
    x = as_array(x, np.float64)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[index] += epsilon
        behind[index] -= epsilon
        gradient[index] = (function(ahead) - function(behind)) / (2 * epsilon)
    return gradient


def gradcheck(
    function: Callable[..., Tensor],
    inputs: Sequence[Tensor],
    epsilon: float = 1e-6,
    tolerance: float = 1e-6,
    rng: np.random.Generator | None = None,
) -> float:
    r"""Compare the gradients that `backward` finds with central differences.

    Parameters
    ----------
    function : callable
        Takes the inputs, returns a Tensor of any shape. It must give the same result each time.
    inputs : sequence of Tensor of float64
        Those with ``requires_grad`` are checked; they are left unchanged.
    epsilon : float
        Step of the difference.
    tolerance : float
        Largest error allowed, relative to :math:`\max(1, |\text{gradient}|)`.
    rng : numpy.random.Generator, optional
        Draws the weights with which a result of many elements is summed to one number.

    Returns
    -------
    float
        The largest error found.

    Raises
    ------
    DTypeError
        If an input that requires a gradient is not float64: in float32 the difference of two
        nearly equal numbers has no correct digits left.
    GradientError
        If an error exceeds the tolerance, naming the input and the element.
    """
    rng = rng or np.random.default_rng(0)
    for position, tensor in enumerate(inputs):
        kind = isinstance(tensor, Tensor)
        require(kind, DTypeError, f"gradcheck: inputs[{position}]", "a Tensor", tensor)
    fresh = [Tensor(t.data.copy(), requires_grad=t.requires_grad) for t in inputs]
    for position, tensor in enumerate(fresh):
        require(
            not tensor.requires_grad or tensor.dtype == np.float64,
            DTypeError,
            f"gradcheck: inputs[{position}]",
            "float64",
            tensor,
        )
    result = function(*fresh)
    direction = rng.standard_normal(result.shape)
    result.backward(direction)
    worst = 0.0
    for position, tensor in enumerate(fresh):
        if not tensor.requires_grad:
            continue

        def summed(values: Array, position: int = position) -> float:
            arguments = [Tensor(t.data) for t in fresh]
            arguments[position] = Tensor(values)
            return float((function(*arguments).data * direction).sum())

        expected = numerical_gradient(summed, tensor.data, epsilon)
        found = np.zeros_like(expected) if tensor.grad is None else np.asarray(tensor.grad)
        error = np.abs(found - expected) / np.maximum(1, np.abs(expected))
        if error.size and not error.max() <= tolerance:
            finite_or_worst = np.where(np.isnan(error), np.inf, error)
            at = np.unravel_index(int(finite_or_worst.argmax()), error.shape)
            raise GradientError(
                f"gradcheck: inputs[{position}]{[int(i) for i in at]}: expected a gradient of "
                f"{expected[at]:.8g} (central difference), got {found[at]:.8g}"
            )
        worst = max(worst, float(error.max(initial=0.0)))
    return worst
