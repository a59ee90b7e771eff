"""Initial values of weights, drawn by NumPy.

Every function returns a new float32 array of the shape asked for. `fan_in` is the number of
inputs one output sums over, `fan_out` the number of outputs one input feeds; for a weight of
shape (out, in, *kernel) both are multiplied by the kernel's size.
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
        Shape of the weight, (out, in) or (out, in, *kernel).

    Returns
    -------
    fan_in, fan_out : int

    Raises
    ------
    ShapeError
        If there are fewer than two axes.
    """
    require(len(shape) >= 2, ShapeError, "fans: shape", "(out, in, …)", str(shape))
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
    RangeError
        If `std` is negative.
    """
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
    RangeError
        If `low` exceeds `high`.
    """
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

    References
    ----------
    Glorot & Bengio (2010); chapter 9.
    """
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

    References
    ----------
    Glorot & Bengio (2010); chapter 9.
    """
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

    References
    ----------
    He et al. (2015); chapter 9.
    """
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

    References
    ----------
    He et al. (2015); chapter 9.
    """
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

    References
    ----------
    Saxe, McClelland & Ganguli (2014).
    """
    require(len(shape) >= 2, ShapeError, "orthogonal: shape", "(out, in, …)", str(shape))
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diagonal(r))  # makes the decomposition, hence the draw, unique
    matrix = q if rows >= columns else q.T
    return (gain * matrix.reshape(shape)).astype(np.float32)
