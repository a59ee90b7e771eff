"""Checks of constructor arguments that the three versions of a model share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = [
    "VGG16_STAGES",
    "check_choice",
    "check_learning_rate",
    "check_samples",
    "check_sizes",
    "dropout_rates",
    "lenet_side",
    "stage_convolutions",
    "vgg16_side",
]

#: Stages of VGG16: convolutions and channels (in units of the width) of each.
VGG16_STAGES = ((2, 1), (2, 2), (3, 4), (3, 8), (3, 8))


def check_sizes(model: str, **sizes: Any) -> None:
    """Raise unless every size is a positive whole number (or a sequence of them).

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    **sizes : int or sequence of int
        The arguments, by name.

    Raises
    ------
    RangeError
    """
    for name, value in sizes.items():
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        for one in values:
            whole = isinstance(one, int) or hasattr(one, "__index__")
            ok = whole and not isinstance(one, bool) and one >= 1
            require(ok, RangeError, f"{model}: {name}", "positive whole numbers", value)


def check_choice(model: str, name: str, value: Any, choices: Sequence[str]) -> None:
    """Raise unless `value` is one of the names known.

    Parameters
    ----------
    model, name : str
        Model and argument, for the message.
    value : object
        What was given.
    choices : sequence of str
        What is known.

    Raises
    ------
    RangeError
    """
    known = ", ".join(repr(choice) for choice in choices)
    require(value in choices, RangeError, f"{model}: {name}", f"one of {known}", value)


def check_learning_rate(model: str, learning_rate: Any) -> None:
    """Raise unless a learning rate is a positive, finite number.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    learning_rate : object

    Raises
    ------
    RangeError
    """
    number = isinstance(learning_rate, int | float) and not isinstance(learning_rate, bool)
    positive = number and 0 < learning_rate < math.inf
    argument = f"{model}: learning_rate"
    require(positive, RangeError, argument, "a number above 0", learning_rate)


def check_samples(argument: str, x: Any, y: Any, in_features: int) -> None:
    """Raise unless there are vectors of floats with a label 0 or 1 for each.

    Parameters
    ----------
    argument : str
        Who asks, for the message.
    x : ndarray of float, shape (n, in_features)
    y : ndarray of int, shape (n,)
    in_features : int

    Raises
    ------
    DTypeError, ShapeError, RangeError
    """
    arrays = all(hasattr(array, "shape") and hasattr(array, "dtype") for array in (x, y))
    require(arrays, DTypeError, f"{argument}: x, y", "arrays", x)
    expected = "float32 numbers (write x.astype('float32'))"
    require(str(x.dtype) == "float32", DTypeError, f"{argument}: x", expected, x)
    fits = len(x.shape) == 2 and x.shape[1] == in_features
    require(fits, ShapeError, f"{argument}: x", f"shape (n, {in_features})", x)
    expected = f"one label for each of {x.shape[0]} samples"
    require(tuple(y.shape) == (x.shape[0],), ShapeError, f"{argument}: y", expected, y)
    labels = bool(((y == 0) | (y == 1)).all())
    require(labels, RangeError, f"{argument}: y", "labels 0 and 1", y)


def dropout_rates(model: str, dropout: float | Sequence[float], layers: int) -> list[float]:
    """Return one dropout rate for each hidden layer.

    Parameters
    ----------
    model : str
        Name of the model, for the message.
    dropout : float or sequence of float in [0, 1)
        One rate for all layers, or one for each.
    layers : int
        How many hidden layers there are.

    Returns
    -------
    list of float

    Raises
    ------
    ShapeError, RangeError
    """
    rates = list(dropout) if isinstance(dropout, Sequence) else [dropout] * layers
    require(len(rates) == layers, ShapeError, f"{model}: dropout", f"one rate or {layers}", dropout)
    for rate in rates:
        require(0 <= rate < 1, RangeError, f"{model}: dropout", "rates in [0, 1)", dropout)
    return rates


def lenet_side(image_size: int) -> int:
    """Return the side of LeNet's last feature map, in pixels.

    Parameters
    ----------
    image_size : int
        Side of the image.

    Returns
    -------
    int
        The first convolution keeps the size, the second loses 4 pixels, each pooling halves.

    Raises
    ------
    RangeError
        If nothing would be left.
    """
    check_sizes("LeNet", image_size=image_size)
    side = (image_size // 2 - 4) // 2
    require(side >= 1, RangeError, "LeNet: image_size", "12 pixels or more", image_size)
    return side


def stage_convolutions(channels: Sequence[int], first: int = 2, last: int = 2) -> list[int]:
    """Say how many convolutions each stage of a network has: two, but for the ends.

    Parameters
    ----------
    channels : sequence of int
        Channels of each stage.
    first, last : int
        Convolutions of the first and of the last stage.

    Returns
    -------
    list of int
    """
    counts = [2] * len(channels)
    counts[0] = first
    if last != 2:
        counts[-1] = last
    return counts


def vgg16_side(image_size: int) -> int:
    """Return the side of VGG16's last feature map, in pixels.

    Parameters
    ----------
    image_size : int
        Side of the image.

    Returns
    -------
    int
        Five poolings halve it, rounding down.

    Raises
    ------
    RangeError
        If nothing would be left.
    """
    check_sizes("VGG16", image_size=image_size)
    require(image_size >= 32, RangeError, "VGG16: image_size", "32 pixels or more", image_size)
    return image_size // 32
