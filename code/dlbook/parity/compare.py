"""How far apart two models are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from dlbook.errors import ShapeError, require
from dlbook.parity.layouts import layout_of
from dlbook.parity.weights import Array, keras_layers
from dlbook.training.backends import backend_for, library_of
from dlbook.training.fit import predict

__all__ = ["gradients", "largest_difference", "largest_gradient_difference"]


def largest_difference(first: Any, second: Any, x: Any, x_second: Any = None) -> float:
    """Largest difference between the outputs of two models on the same samples.

    Parameters
    ----------
    first, second : models of any library
    x : ndarray of shape (n, …), or tuple of such
        Samples; a tuple for a model of several inputs.
    x_second : ndarray or tuple, optional
        The same samples in the layout of the second model, where it differs (images).

    Returns
    -------
    float
        Absolute difference; for float32 networks about 1e-6 is what rounding leaves.

    Raises
    ------
    ShapeError
        If the outputs differ in shape.
    """
    one, two = _outputs(first, x), _outputs(second, x if x_second is None else x_second)
    require(
        one.shape == two.shape,
        ShapeError,
        "largest_difference: second",
        f"outputs of shape {one.shape}",
        two,
    )
    return float(np.abs(one - two).max())


def largest_gradient_difference(
    first: Any,
    second: Any,
    x: Any,
    y: Array,
    x_second: Any = None,
    *,
    loss: Any = "cross_entropy",
    loss_second: Any = None,
) -> float:
    """Largest difference between the gradients of a loss in two models.

    Parameters
    ----------
    first, second : models of any library
    x : ndarray of shape (n, …), or tuple of such
        Samples; a tuple for a model of several inputs.
    y : ndarray
        Their targets.
    x_second : ndarray or tuple, optional
        The same samples in the layout of the second model.
    loss : str or callable
        As in `dlbook.training.fit`; by default the mean cross-entropy of logits.
    loss_second : callable, optional
        The same loss in the library of the second model, where it is not given by name.

    Returns
    -------
    float

    Raises
    ------
    ShapeError
        If the models do not have the same parameters.
    """
    one = gradients(first, x, y, loss)
    other_loss = loss if loss_second is None else loss_second
    two = gradients(second, x if x_second is None else x_second, y, other_loss)
    require(
        [g.shape for g in one] == [g.shape for g in two],
        ShapeError,
        "largest_gradient_difference: second",
        f"{len(one)} parameters of the shapes of the first model",
        f"shapes {[g.shape for g in two]}",
    )
    # NumPy's maximum, unlike Python's, does not lose a value that is not a number
    return float(np.max([np.abs(a - b).max() for a, b in zip(one, two, strict=True)]))


def gradients(model: Any, x: Any, y: Array, loss: Any = "cross_entropy") -> list[Array]:
    """Gradients of a loss, one for each parameter, in the engine's layout.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
        Used in evaluation mode, so that dropout does not blur the comparison. Parameters that
        are frozen count as well; those that the loss does not depend on have gradient 0.
    x : ndarray of shape (n, …), or tuple of such
    y : ndarray
    loss : str or callable
        As in `dlbook.training.fit`.

    Returns
    -------
    list of ndarray
    """
    backend: Any = backend_for(model, None, None, loss)
    find = {"numpy": _engine_gradients, "pytorch": _torch_gradients, "keras": _keras_gradients}
    return find[library_of(model)](model, x if isinstance(x, tuple) else (x,), y, backend.loss)


def _engine_gradients(model: Any, inputs: tuple[Any, ...], y: Array, loss: Any) -> list[Array]:
    from dlbook.engine import Tensor

    model.eval()
    model.zero_grad()
    parameters = list(model.parameters())
    with _unfrozen(parameters):
        loss(model(*map(Tensor, inputs)), y).backward()
    found = [np.zeros(p.shape, p.dtype) if p.grad is None else np.array(p.grad) for p in parameters]
    model.zero_grad()
    return found


def _torch_gradients(model: Any, inputs: tuple[Any, ...], y: Array, loss: Any) -> list[Array]:
    import torch

    model.eval()
    parameters = list(model.parameters())
    with _unfrozen(parameters):
        value = loss(model(*map(torch.tensor, inputs)), torch.tensor(y))
        found = torch.autograd.grad(value, parameters, allow_unused=True, materialize_grads=True)
    return [gradient.to_dense().numpy() for gradient in found]


def _keras_gradients(model: Any, inputs: tuple[Any, ...], y: Array, loss: Any) -> list[Array]:
    import tensorflow as tf

    tensors = [tf.constant(array) for array in inputs]
    layers = list(keras_layers(model))
    frozen = [layer for layer in layers if not layer.trainable]
    for layer in frozen:
        layer.trainable = True
    try:
        weights = [[variable.value for variable in layer.trainable_weights] for layer in layers]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            outputs = model(tensors[0] if len(tensors) == 1 else tensors, training=False)
            value = loss(tf.constant(y), outputs)
        found = tape.gradient(value, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    finally:
        for layer in frozen:
            layer.trainable = False
    return [
        np.array(array)
        for layer, grads in zip(layers, found, strict=True)
        for array in layout_of(layer).gradients_to_torch(
            [tf.convert_to_tensor(gradient).numpy() for gradient in grads]
        )
    ]


@contextmanager
def _unfrozen(parameters: list[Any]) -> Iterator[None]:
    """Ask for the gradients of all parameters for a while."""
    before = [parameter.requires_grad for parameter in parameters]
    for parameter in parameters:
        parameter.requires_grad = True
    try:
        yield
    finally:
        for parameter, wanted in zip(parameters, before, strict=True):
            parameter.requires_grad = wanted


def _outputs(model: Any, x: Any) -> Array:
    """Compute outputs in evaluation mode, of models of several inputs too."""
    if not isinstance(x, tuple):
        return predict(model, x)
    library = library_of(model)
    if library == "keras":
        import tensorflow as tf

        return model([tf.constant(array) for array in x], training=False).numpy()
    model.eval()
    if library == "pytorch":
        import torch

        with torch.no_grad():
            return model(*map(torch.tensor, x)).numpy()
    from dlbook.engine import Tensor, no_grad

    with no_grad():
        return model(*map(Tensor, x)).data
