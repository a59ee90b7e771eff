"""Take weights out of a model of any library, and put them into one of any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from dlbook.errors import ShapeError, require
from dlbook.parity.layouts import layout_of
from dlbook.training.backends import library_of

__all__ = ["copy_weights", "get_weights", "keras_layers", "set_weights"]

Array = np.ndarray[Any, Any]


def get_weights(model: Any) -> list[Array]:
    """Copy a model's weights out, in the engine's layout and order.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model

    Returns
    -------
    list of ndarray
        One for each parameter and each running statistic, layer by layer.
    """
    library = library_of(model)
    if library == "keras":
        return [
            np.array(array)
            for layer in keras_layers(model)
            for array in layout_of(layer).to_torch(layer.get_weights())
        ]
    if library == "pytorch":
        return [tensor.detach().cpu().numpy().copy() for tensor in _torch_tensors(model)]
    return [array.copy() for array in _engine_arrays(model)]


def set_weights(model: Any, weights: Sequence[Array]) -> None:
    """Copy weights into a model; either all of them fit, or nothing is changed.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
        Changed in place.
    weights : sequence of ndarray
        As `get_weights` returns them.

    Raises
    ------
    ShapeError
        If their number or their shapes are not those of the model.
    """
    own = [array.shape for array in get_weights(model)]
    given = [np.asarray(array).shape for array in weights]
    name = f"set_weights: weights of {type(model).__name__}"
    require(len(own) == len(given), ShapeError, name, f"{len(own)} arrays", f"{len(given)} arrays")
    for position, (expected, shape) in enumerate(zip(own, given, strict=True)):
        require(
            shape == expected, ShapeError, f"{name}[{position}]", f"shape {expected}", str(shape)
        )
    library = library_of(model)
    if library == "keras":
        waiting = [np.asarray(array) for array in weights]
        for layer in keras_layers(model):
            layout = layout_of(layer)
            count = len(layout.to_torch(layer.get_weights()))
            layer.set_weights(layout.to_keras(waiting[:count]))
            del waiting[:count]
    elif library == "pytorch":
        import torch

        with torch.no_grad():
            for tensor, array in zip(_torch_tensors(model), weights, strict=True):
                tensor.copy_(torch.from_numpy(np.ascontiguousarray(array)))
    else:
        for target, array in zip(_engine_arrays(model), weights, strict=True):
            target[...] = array


def copy_weights(source: Any, target: Any) -> None:
    """Give `target` the weights of `source`, whatever libraries they are of.

    Parameters
    ----------
    source, target : models of the same architecture
        `target` is changed in place.

    Raises
    ------
    ShapeError
        If the architectures differ.
    """
    set_weights(target, get_weights(source))


def keras_layers(model: Any) -> Iterator[Any]:
    """Yield the innermost layers of a Keras model that own weights, in order.

    Parameters
    ----------
    model : keras.Model or keras.layers.Layer
        Models may hold models; of a bidirectional layer the way forth comes first, as in PyTorch.
    """
    inner = [layer for layer in getattr(model, "layers", []) if layer is not model]
    if type(model).__name__ == "Bidirectional":
        inner = [model.forward_layer, model.backward_layer]
    elif type(model).__name__ == "TimeDistributed":
        inner = [model.layer]
    if inner:
        for layer in inner:
            yield from keras_layers(layer)
    elif model.weights:
        yield model


def _engine_arrays(model: Any) -> Iterator[Array]:
    for module in model.modules():
        own = [value.data for value in vars(module).values() if hasattr(value, "requires_grad")]
        yield from own
        buffers = (v for k, v in vars(module).items() if k != "num_batches_tracked")
        yield from (value for value in buffers if isinstance(value, np.ndarray))


def _torch_tensors(model: Any) -> Iterator[Any]:
    for module in model.modules():
        yield from module.parameters(recurse=False)
        for name, buffer in module.named_buffers(recurse=False):
            if name != "num_batches_tracked":  # a count that Keras does not keep
                yield buffer
