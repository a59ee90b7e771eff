"""Published weights for VGG16, into the book's classes of all three libraries.

Two sets are in wide use, and each wants its own preparation of images: torchvision's expects RGB
from 0 to 1, minus (0.485, 0.456, 0.406), over (0.229, 0.224, 0.225); that of Keras applications
expects BGR from 0 to 255, minus (103.939, 116.779, 123.68).
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlbook.errors import DataError, DTypeError, ShapeError, require
from dlbook.models.arguments import VGG16_STAGES
from dlbook.parity import get_weights, set_weights

__all__ = [
    "VGG16_STAGES",
    "load_keras_applications",
    "load_torchvision_state",
    "torchvision_names",
]

Array = np.ndarray[Any, Any]


def torchvision_names(include_top: bool = True) -> list[str]:
    """List what torchvision calls the layers of VGG16, from the input on.

    Parameters
    ----------
    include_top : bool
        With the dense layers. They count from 0, where the book's classifier begins with a
        layer that flattens.

    Returns
    -------
    list of str

    Examples
    --------
    >>> torchvision_names()[:3], torchvision_names()[-1]
    (['features.0', 'features.2', 'features.5'], 'classifier.6')
    """
    names, position = [], 0
    for convolutions, _ in VGG16_STAGES:
        names += [f"features.{position + 2 * number}" for number in range(convolutions)]
        position += 2 * convolutions + 1  # each has its ReLU; a pooling ends the stage
    return names + (["classifier.0", "classifier.3", "classifier.6"] if include_top else [])


def load_torchvision_state(model: Any, source: Mapping[str, Any] | str | os.PathLike[str]) -> None:
    """Give a VGG16 of any library the weights that torchvision publishes.

    Parameters
    ----------
    model : VGG16 of the engine, PyTorch or Keras
        Changed in place, once everything fits. Without top the dense layers are left out.
    source : mapping of str to tensor or ndarray, or path
        A state dict, or the file ``vgg16-397923af.pth``. A file is read as weights only: nothing
        in it can run.

    Raises
    ------
    DataError
        If the file is missing, cut short or none of PyTorch's, or names are not those of VGG16,
        or numbers are not finite.
    ShapeError
        If an array has another shape than the model's.
    DTypeError
        If `model` is no VGG16, or `source` no state dict.
    """
    state = _read(source) if isinstance(source, str | os.PathLike) else source
    argument = "load_torchvision_state: source"
    require(isinstance(state, Mapping), DTypeError, argument, "a state dict", state)
    shapes = _own_shapes("load_torchvision_state", model)
    names = torchvision_names(include_top=len(shapes) == 32)
    keys = [f"{name}.{kind}" for name in names for kind in ("weight", "bias")]
    known = {f"{name}.{kind}" for name in torchvision_names() for kind in ("weight", "bias")}
    missing, unknown = [k for k in keys if k not in state], sorted(set(state) - known)
    came = f"missing {missing[:3] or 'none'}, unknown {unknown[:3] or 'none'}"
    require(not missing and not unknown, DataError, argument, "the names of VGG16", came)
    arrays = {key: _array(f"{argument}[{key!r}]", state[key]) for key in keys}
    _put(model, argument, arrays, shapes)


def load_keras_applications(model: Any, source: Any) -> None:
    """Give a VGG16 of any library the weights of `keras.applications.VGG16`.

    Keras keeps kernels as (height, width, in, out) and flattens pixel by pixel, the book's
    classes channel by channel: the first dense layer's inputs are put into that order.

    Parameters
    ----------
    model : VGG16 of the engine, PyTorch or Keras
        Changed in place, once everything fits. Without top the dense layers are left out. Its
        outputs are logits, whatever `source` ends with.
    source : keras.Model
        With the layers ``"block1_conv1"`` … ``"block5_conv3"`` and, if `model` has a top,
        ``"fc1"``, ``"fc2"`` and ``"predictions"``.

    Raises
    ------
    DataError
        If layers are missing, or numbers are not finite.
    ShapeError
        If an array has another shape than the model's.
    DTypeError
        If `model` is no VGG16, or `source` no Keras model.
    """
    argument = "load_keras_applications: source"
    is_model = hasattr(source, "layers") and hasattr(source, "get_layer")
    require(is_model, DTypeError, argument, "a keras.Model", type(source).__name__)
    shapes = _own_shapes("load_keras_applications", model)
    names = [
        f"block{stage}_conv{number}"
        for stage, (convolutions, _) in enumerate(VGG16_STAGES, 1)
        for number in range(1, convolutions + 1)
    ]
    if len(shapes) == 32:
        names += ["fc1", "fc2", "predictions"]
    layers = {layer.name: layer for layer in source.layers}
    missing = [name for name in names if name not in layers]
    require(not missing, DataError, argument, "the layers of VGG16", f"missing {missing[:3]}")
    arrays: dict[str, Array] = {}
    for name in names:
        kernel, bias = (_array(f"{argument}: {name}", a) for a in layers[name].get_weights())
        if name == "fc1":
            kernel = _channel_by_channel(kernel, shapes[24][0])
        axes = (3, 2, 0, 1) if kernel.ndim == 4 else (1, 0)
        arrays[f"{name} kernel"], arrays[f"{name} bias"] = kernel.transpose(axes), bias
    _put(model, argument, arrays, shapes)


def _channel_by_channel(kernel: Array, channels: int) -> Array:
    """Reorder the rows of a matrix from (height, width, channel) to (channel, height, width)."""
    side = math.isqrt(len(kernel) // channels)
    if side * side * channels != len(kernel):
        return kernel  # does not fit the model, which is said where all shapes are compared
    by_pixel = kernel.reshape(side, side, channels, -1)
    return by_pixel.transpose(2, 0, 1, 3).reshape(kernel.shape)


def _own_shapes(function: str, model: Any) -> list[tuple[int, ...]]:
    right = type(model).__name__ == "VGG16"
    require(right, DTypeError, f"{function}: model", "a VGG16 of dlbook", type(model).__name__)
    return [array.shape for array in get_weights(model)]


def _array(argument: str, value: Any) -> Array:
    """Take a tensor or an array as a finite array of the precision the models have."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    array = np.asarray(value)
    require(array.dtype.kind == "f", DataError, argument, "floating-point numbers", array)
    bad = int((~np.isfinite(array)).sum())
    require(bad == 0, DataError, argument, "finite numbers", f"{bad} that are not")
    return array.astype(np.float32, copy=False)


def _put(model: Any, argument: str, arrays: dict[str, Array], shapes: list[Any]) -> None:
    for (key, array), shape in zip(arrays.items(), shapes, strict=True):
        fits = array.shape == shape
        require(fits, ShapeError, f"{argument}[{key!r}]", f"shape {shape} as in the model", array)
    set_weights(model, list(arrays.values()))


def _read(path: str | os.PathLike[str]) -> Any:
    import torch

    argument = "load_torchvision_state: source"
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise DataError(f"{argument}: expected a file that can be read, got {error}") from None
    except Exception as error:  # PyTorch's readers of zip and pickle each have errors of their own
        raise DataError(
            f"{argument}: expected a whole file of weights written by PyTorch, "
            f"got {os.fspath(path)!r} ({' '.join(str(error).split())[:150]})"
        ) from None
