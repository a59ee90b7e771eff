"""Names for the layers of a convolutional network, the same in all three libraries.

A layer is called by what it does, its stage and the convolution it belongs to, as in the VGG
paper: ``"conv1_1"``, ``"norm1_1"``, ``"relu1_1"``, ``"pool1"``, ``"conv2_1"`` … A stage ends with
its pooling.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np

from dlbook.errors import DataError, DTypeError, RangeError, ShapeError, require

__all__ = [
    "accepts_size",
    "check_images",
    "check_stages",
    "find_layer",
    "kind_of",
    "name_layers",
    "one_for_each",
    "split_stages",
]

Array = np.ndarray[Any, Any]
Layer = TypeVar("Layer")

# what the classes of the three libraries do
_KINDS = {
    "Activation": "relu",
    "BatchNorm2d": "norm",
    "BatchNormalization": "norm",
    "Conv2D": "conv",
    "Conv2d": "conv",
    "MaxPool2d": "pool",
    "MaxPooling2D": "pool",
    "ReLU": "relu",
}


def kind_of(layer: Any) -> str | None:
    """Tell what a layer does.

    Parameters
    ----------
    layer : a layer of any of the three libraries

    Returns
    -------
    {"conv", "norm", "relu", "pool"} or None
        None if it does something else.
    """
    return _KINDS.get(type(layer).__name__)


def name_layers(layers: Iterable[Layer]) -> dict[str, Layer]:
    """Name layers that follow one another.

    Parameters
    ----------
    layers : iterable of layers
        Convolutions and what stands between them.

    Returns
    -------
    dict of str to layer
        In the same order.

    Raises
    ------
    DTypeError
        If one is neither a convolution, nor batch norm, ReLU or max pooling.
    """
    named: dict[str, Layer] = {}
    stage, convolution = 1, 0
    for layer in layers:
        kind = kind_of(layer)
        if kind is None:
            raise DTypeError(
                "features: expected convolutions, batch norm, ReLU and max pooling, "
                f"got {type(layer).__name__}"
            )
        if kind == "pool":
            named[f"pool{stage}"] = layer
            stage, convolution = stage + 1, 0
            continue
        convolution += kind == "conv"
        named[f"{kind}{stage}_{convolution}"] = layer
    return named


def split_stages(named: dict[str, Layer]) -> list[list[Layer]]:
    """Part layers into stages, each ending with its pooling; the last may have none.

    Parameters
    ----------
    named : dict of str to layer
        From `name_layers`.

    Returns
    -------
    list of list of layer
    """
    stages: list[list[Layer]] = [[]]
    for name, layer in named.items():
        stages[-1].append(layer)
        if name.startswith("pool"):
            stages.append([])
    return [stage for stage in stages if stage]


def find_layer(function: str, named: dict[str, Layer], layer: str | int) -> str:
    """Return the name of the layer meant.

    Parameters
    ----------
    function : str
        Who asks, for the message.
    named : dict of str to layer
        From `name_layers`.
    layer : str or int
        A name, or a position; negative ones count from the end.

    Returns
    -------
    str

    Raises
    ------
    RangeError
        If there is no such layer.
    """
    names = list(named)
    if isinstance(layer, int | np.integer) and not isinstance(layer, bool):
        inside = -len(names) <= layer < len(names)
        expected = f"a position from 0 to {len(names) - 1}, or a negative one"
        require(inside, RangeError, f"{function}: layer", expected, layer)
        return names[layer]
    known = isinstance(layer, str) and layer in named
    require(known, RangeError, f"{function}: layer", f"one of {', '.join(names)}", layer)
    return str(layer)


def check_images(function: str, x: Any, channels: int, channel_axis: int) -> Array:
    """Raise unless `x` is a batch of images that a network takes; return it as float32.

    Parameters
    ----------
    function : str
        Who asks, for the message.
    x : object
    channels : int
        How many the network expects.
    channel_axis : int
        1, or 3 in Keras.

    Returns
    -------
    ndarray of float32, shape (n, channels, height, width) or (n, height, width, channels)

    Raises
    ------
    DTypeError
        If it does not hold floats.
    ShapeError
        If it has other axes.
    DataError
        If there is no image, or a number that is not finite.
    """
    array, argument = np.asarray(x), f"{function}: x"
    require(array.dtype.kind == "f", DTypeError, argument, "images of floats", array)
    axes = "(n, channels, height, width)" if channel_axis == 1 else "(n, height, width, channels)"
    right = array.ndim == 4 and array.shape[channel_axis] == channels
    require(right, ShapeError, argument, f"images {axes} with {channels} channels", array)
    require(array.size > 0, DataError, argument, "at least one image", array)
    bad = int((~np.isfinite(array)).sum())
    require(bad == 0, DataError, argument, "finite numbers", f"{bad} that are not")
    return array.astype(np.float32, copy=False)


@contextmanager
def accepts_size(image_size: int) -> Iterator[None]:
    """Turn what a library raises when maps shrink to nothing into an error of this book.

    Parameters
    ----------
    image_size : int
        For the message.

    Raises
    ------
    ShapeError
    """
    try:
        yield
    except (RuntimeError, ValueError) as error:
        raise ShapeError(
            "TransferLearner: image_size: expected images that leave something to be pooled, "
            f"got {image_size} pixels ({' '.join(str(error).split())[:200]})"
        ) from error


def check_stages(stages: int, limit: int) -> None:
    """Raise unless a network has so many stages.

    Parameters
    ----------
    stages : int
        How many are to be trained.
    limit : int
        How many there are.

    Raises
    ------
    RangeError
    """
    whole = isinstance(stages, int | np.integer) and not isinstance(stages, bool)
    expected = f"0 to {limit}, the stages of the base"
    require(whole and 0 <= stages <= limit, RangeError, "unfreeze_top: stages", expected, stages)


def one_for_each(argument: str, values: Any, samples: int, limit: int) -> Array:
    """Return one class or channel number for each image.

    Parameters
    ----------
    argument : str
        Whose numbers these are, for the message.
    values : int or array_like of int
        One for all images, or one for each.
    samples : int
        How many images there are.
    limit : int
        How many classes or channels there are.

    Returns
    -------
    ndarray of int, shape (samples,)

    Raises
    ------
    DTypeError
        If these are not integers.
    ShapeError
        If they are neither one nor as many as images.
    RangeError
        If one lies outside 0 to `limit` − 1.
    """
    numbers = np.asarray(values)
    require(numbers.dtype.kind in "iu", DTypeError, argument, "whole numbers", numbers)
    fits = numbers.ndim == 0 or numbers.shape == (samples,)
    require(fits, ShapeError, argument, f"one number, or one for each of {samples} images", numbers)
    outside: Sequence[int] = np.unique(numbers[(numbers < 0) | (numbers >= limit)]).tolist()
    came = ", ".join(map(str, outside))
    require(not outside, RangeError, argument, f"numbers from 0 to {limit - 1}", came)
    return np.broadcast_to(numbers, (samples,)).copy()  # PyTorch wants arrays it may write to
