"""Walk uphill in the space of images: the loop that the three libraries share.

A library computes a score and its gradient with respect to the pixels; all that is done with
them is NumPy, so that the three walks are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dlbook.errors import DTypeError, RangeError, require

__all__ = ["Ascent", "climb", "first_images"]

Array = np.ndarray[Any, Any]


class Ascent(NamedTuple):
    """Where a walk in the space of images ended, and how high it was on the way.

    Attributes
    ----------
    images : ndarray of float32
        One for each filter or class, values from 0 to 1, in the layout of the library.
    scores : ndarray of float32, shape (steps, n)
        Of each image before each step.
    """

    images: Array
    scores: Array


def first_images(shape: tuple[int, ...], rng: np.random.Generator, channel_axis: int) -> Array:
    """Draw grey images with a little noise to start from.

    Parameters
    ----------
    shape : (n, channels, height, width)
    rng : numpy.random.Generator
    channel_axis : int
        1, or 3 for Keras: the same images, in its layout.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    DTypeError
        If `rng` is no generator.
    RangeError
        If a length is not positive.
    """
    is_generator = isinstance(rng, np.random.Generator)
    require(is_generator, DTypeError, "rng", "a numpy.random.Generator", rng)
    require(min(shape) > 0, RangeError, "image_size", "a positive number of pixels", str(shape))
    noise = rng.standard_normal(shape).astype(np.float32)
    return np.moveaxis(np.clip(0.5 + 0.1 * noise, 0, 1), 1, channel_axis).copy()


def climb(
    score_and_gradient: Callable[[Array], tuple[Array, Array]],
    images: Array,
    *,
    steps: int,
    learning_rate: float,
    smoothness: float,
    jitter: int,
    rng: np.random.Generator,
    channel_axis: int,
) -> Ascent:
    r"""Change images so that their scores rise.

    .. math:: x \leftarrow \operatorname{clip}_{[0,1]} \left( x + \eta
        \left( \frac{g}{\operatorname{rms}(g)} + \lambda \, \Delta x \right) \right)

    The gradient g of each image is scaled to root mean square 1, since its own size says more
    about the layer than about the way. Two regularisers pull towards images that could have been
    photographs: Δ, the difference of a pixel to its four neighbours, rubs out speckles, and
    moving the image a little before each step leaves no pixel special.

    Parameters
    ----------
    score_and_gradient : callable
        From images to their scores, shape (n,), and the gradient of the sum of scores with
        respect to the images.
    images : ndarray
        Where to start, four axes.
    steps : int
    learning_rate : float
        η, in units of brightness.
    smoothness : float
        λ; 0 for none.
    jitter : int
        Move by up to so many pixels; 0 for none.
    rng : numpy.random.Generator
        Draws the moves.
    channel_axis : int
        1, or 3 for Keras.

    Returns
    -------
    Ascent

    Raises
    ------
    RangeError
        If a number lies outside its range.

    References
    ----------
    Olah, Mordvintsev & Schubert (2017); chapter 14.
    """
    for name, value in (("steps", steps), ("jitter", jitter)):
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        fits = whole and value >= (name == "steps")
        require(fits, RangeError, name, f"{int(name == 'steps')} or more", value)
    for name, size in (("learning_rate", learning_rate), ("smoothness", smoothness)):
        require(0 <= size < np.inf, RangeError, name, "a number of 0 or more", size)
    height, width = (2, 3) if channel_axis == 1 else (1, 2)
    images, history = images.copy(), []
    for _ in range(steps):
        move = rng.integers(-jitter, jitter + 1, 2)
        scores, gradient = score_and_gradient(np.roll(images, move, (height, width)))
        gradient = np.roll(gradient, -move, (height, width))
        size = np.sqrt(np.mean(gradient**2, axis=(1, 2, 3), keepdims=True))
        uphill = gradient / (size + 1e-12)  # a filter that sees nothing stays where it is
        if smoothness:
            uphill = uphill + smoothness * _to_neighbours(images, height, width)
        images = np.clip(images + learning_rate * uphill, 0, 1).astype(np.float32)
        history.append(scores)
    return Ascent(images, np.array(history, np.float32))


def _to_neighbours(images: Array, height: int, width: int) -> Array:
    """Sum of the differences to the four neighbours; beyond the edge the image goes on as it is."""
    total = np.zeros_like(images)
    for axis in (height, width):
        steps = np.diff(images, axis=axis)
        edges = [(0, 0)] * 4
        edges[axis] = (0, 1)
        total += np.pad(steps, edges)
        edges[axis] = (1, 0)
        total -= np.pad(steps, edges)
    return total
