"""Take away what a network has learned, for a while, to see whether an explanation notices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlbook.errors import DTypeError, RangeError, require
from dlbook.parity import get_weights, set_weights

__all__ = ["randomized_weights"]


@contextmanager
def randomized_weights(
    model: Any, rng: np.random.Generator, layers: int | None = None
) -> Iterator[None]:
    """Shuffle the weights of a network inside a ``with`` block; afterwards they are back.

    A heat map that looks the same with shuffled weights shows the image, not the network.
    Kernels and matrices are shuffled, each within itself, which keeps the size of activations;
    biases and batch norm stay.

    Parameters
    ----------
    model : model of any library
    rng : numpy.random.Generator
        Draws the order: the same in all three libraries.
    layers : int, optional
        Shuffle only so many, counted from the output; all by default.

    Raises
    ------
    DTypeError
        If `rng` is no generator.
    RangeError
        If the network has not so many layers with kernels.

    Examples
    --------
    >>> with randomized_weights(model, rng):
    ...     maps = grad_cam(model, images, classes)

    References
    ----------
    Adebayo et al. (2018); chapter 14.
    """
    is_generator = isinstance(rng, np.random.Generator)
    require(is_generator, DTypeError, "randomized_weights: rng", "a numpy.random.Generator", rng)
    before = get_weights(model)
    kernels = [position for position, array in enumerate(before) if array.ndim > 1]
    count = len(kernels) if layers is None else layers
    whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
    expected = f"1 to {len(kernels)}, the layers with kernels"
    fits = whole and 1 <= count <= len(kernels)
    require(fits, RangeError, "randomized_weights: layers", expected, layers)
    shuffled = list(before)
    for position in kernels[-count:]:
        array = before[position]
        shuffled[position] = rng.permutation(array.ravel()).reshape(array.shape)
    try:
        set_weights(model, shuffled)
        yield
    finally:
        set_weights(model, before)
