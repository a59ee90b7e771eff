"""Initial values of weights, drawn by NumPy.

Every function returns a new float32 array of the shape asked for. `fan_in` is the number of
inputs one output sums over, `fan_out` the number of outputs one input feeds; for a weight of
shape ``(out, in, *kernel)`` both are multiplied by the kernel's size.
"""

from __future__ import annotations

import math

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.errors import RangeError, ShapeError, require

__all__ = [
    "fans",
    "he_normal",
    "he_uniform",
    "normal",
    "orthogonal",
    "uniform",
    "xavier_normal",
    "xavier_uniform",
]

Shape = tuple[int, ...]


def fans(shape: Shape) -> tuple[int, int]:
    """Count the inputs and outputs of one unit.

    Parameters
    ----------
    shape : tuple of int
        Shape of the weight, (out, in) or ``(out, in, *kernel)``.

    Returns
    -------
    fan_in, fan_out : int

    Raises
    ------
    ShapeError
        If there are fewer than two axes, or one is not positive.
    """
    _require_shape("fans", shape, 2)
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def normal(shape: Shape, rng: np.random.Generator, std: float = 1.0, mean: float = 0.0) -> Array:
    """Draw from a normal distribution.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
    std, mean : float
        Standard deviation (not negative) and mean.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If an axis is not a positive integer.
    RangeError
        If `std` is negative.
    """
    _require_shape("normal", shape)
    require(std >= 0, RangeError, "normal: std", "a standard deviation of 0 or more", std)
    return (mean + std * rng.standard_normal(shape, dtype=np.float32)).astype(np.float32)


def uniform(shape: Shape, rng: np.random.Generator, low: float = -1.0, high: float = 1.0) -> Array:
    """Draw evenly from [low, high).

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
    low, high : float
        Bounds, low <= high.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If an axis is not a positive integer.
    RangeError
        If `low` exceeds `high`.
    """
    _require_shape("uniform", shape)
    require(low <= high, RangeError, "uniform: low", f"at most high = {high}", low)
    return (low + (high - low) * rng.random(shape, dtype=np.float32)).astype(np.float32)


def xavier_normal(shape: Shape, rng: np.random.Generator, gain: float = 1.0) -> Array:
    """Draw N(0, gain²·2/(fan_in + fan_out)): keeps the variance of signals and gradients.

    Made for activations that are linear around 0, such as tanh and sigmoid.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
    gain : float
        Factor on the standard deviation.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If there are fewer than two axes, or one is not positive.
    RangeError
        If `gain` is not positive and finite.

    References
    ----------
    Glorot & Bengio (2010); chapter 9.
    """
    _require_gain("xavier_normal", gain)
    return normal(shape, rng, gain * math.sqrt(2 / sum(fans(shape))))


def xavier_uniform(shape: Shape, rng: np.random.Generator, gain: float = 1.0) -> Array:
    """Draw evenly with the variance of `xavier_normal`; Keras' default for `Dense`.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
    gain : float
        Factor on the standard deviation.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If there are fewer than two axes, or one is not positive.
    RangeError
        If `gain` is not positive and finite.

    References
    ----------
    Glorot & Bengio (2010); chapter 9.
    """
    _require_gain("xavier_uniform", gain)
    bound = gain * math.sqrt(6 / sum(fans(shape)))
    return uniform(shape, rng, -bound, bound)


def he_normal(shape: Shape, rng: np.random.Generator, gain: float = math.sqrt(2)) -> Array:
    """Draw N(0, gain²/fan_in): keeps the variance through layers of ReLU.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
    gain : float
        √2 for ReLU, which lets half of the signal through.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If there are fewer than two axes, or one is not positive.
    RangeError
        If `gain` is not positive and finite.

    References
    ----------
    He et al. (2015); chapter 9.
    """
    _require_gain("he_normal", gain)
    return normal(shape, rng, gain / math.sqrt(fans(shape)[0]))


def he_uniform(shape: Shape, rng: np.random.Generator, gain: float = math.sqrt(2)) -> Array:
    """Draw evenly with the variance of `he_normal`.

    Parameters
    ----------
    shape : tuple of int
    rng : numpy.random.Generator
    gain : float
        With gain = 1/√3 the bound is 1/√fan_in, the default of PyTorch's `Linear` and `Conv2d`.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If there are fewer than two axes, or one is not positive.
    RangeError
        If `gain` is not positive and finite.

    References
    ----------
    He et al. (2015); chapter 9.
    """
    _require_gain("he_uniform", gain)
    bound = gain * math.sqrt(3 / fans(shape)[0])
    return uniform(shape, rng, -bound, bound)


def orthogonal(shape: Shape, rng: np.random.Generator, gain: float = 1.0) -> Array:
    """Draw a matrix whose rows (or columns, whichever are fewer) are orthonormal.

    It neither stretches nor shrinks, which helps recurrent networks (chapter 17).

    Parameters
    ----------
    shape : tuple of int
        Axes after the first are merged.
    rng : numpy.random.Generator
    gain : float
        Length of each row.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ShapeError
        If there are fewer than two axes, or one is not positive.
    RangeError
        If `gain` is not positive and finite.

    References
    ----------
    Saxe, McClelland & Ganguli (2014).
    """
    _require_shape("orthogonal", shape, 2)
    _require_gain("orthogonal", gain)
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diagonal(r))  # makes the decomposition, hence the draw, unique
    matrix = q if rows >= columns else q.T
    return (gain * matrix.reshape(shape)).astype(np.float32)


def _require_shape(name: str, shape: Shape, axes: int = 0) -> None:
    valid = isinstance(shape, tuple | list) and all(
        isinstance(length, int | np.integer) and length >= 1 for length in shape
    )
    expected = "(out, in, …), all positive" if axes else "a tuple of positive lengths"
    require(valid and len(shape) >= axes, ShapeError, f"{name}: shape", expected, repr(shape))


def _require_gain(name: str, gain: float) -> None:
    expected = "a positive, finite factor"
    require(0 < gain < math.inf, RangeError, f"{name}: gain", expected, gain)
