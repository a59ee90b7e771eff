"""How far apart two models are."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.errors import ShapeError, require
from dlbook.parity.layouts import layout_of
from dlbook.parity.weights import Array, keras_layers
from dlbook.training.backends import library_of
from dlbook.training.fit import predict

__all__ = ["gradients", "largest_difference", "largest_gradient_difference"]


def largest_difference(first: Any, second: Any, x: Array, x_second: Array | None = None) -> float:
    """Largest difference between the outputs of two models on the same samples.

    Parameters
    ----------
    first, second : models of any library
    x : ndarray of shape (n, …)
        Samples.
    x_second : ndarray, optional
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
    one, two = predict(first, x), predict(second, x if x_second is None else x_second)
    require(
        one.shape == two.shape,
        ShapeError,
        "largest_difference: second",
        f"outputs of shape {one.shape}",
        two,
    )
    return float(np.abs(one - two).max())


def largest_gradient_difference(
    first: Any, second: Any, x: Array, y: Array, x_second: Array | None = None
) -> float:
    """Largest difference between the gradients of the mean cross-entropy in two models.

    Parameters
    ----------
    first, second : models of any library, with logits as outputs
    x : ndarray of shape (n, …)
        Samples.
    y : ndarray of int, shape (n,)
        Their classes.
    x_second : ndarray, optional
        The same samples in the layout of the second model.

    Returns
    -------
    float

    Raises
    ------
    ShapeError
        If the models do not have the same parameters.
    """
    one = gradients(first, x, y)
    two = gradients(second, x if x_second is None else x_second, y)
    require(
        [g.shape for g in one] == [g.shape for g in two],
        ShapeError,
        "largest_gradient_difference: second",
        f"{len(one)} parameters of the shapes of the first model",
        f"shapes {[g.shape for g in two]}",
    )
    return max(float(np.abs(a - b).max()) for a, b in zip(one, two, strict=True))


def gradients(model: Any, x: Array, y: Array) -> list[Array]:
    """Gradients of the mean cross-entropy, one for each parameter, in the engine's layout.

    Parameters
    ----------
    model : Module of dlbook.engine, torch.nn.Module or keras.Model
        In evaluation mode, so that dropout does not blur the comparison.
    x : ndarray of shape (n, …)
    y : ndarray of int, shape (n,)

    Returns
    -------
    list of ndarray
    """
    library = library_of(model)
    if library == "numpy":
        from dlbook.engine import Tensor
        from dlbook.engine import functional as engine_functional

        model.eval()
        model.zero_grad()
        engine_functional.cross_entropy(model(Tensor(x)), y).backward()
        return [np.array(parameter.grad) for parameter in model.parameters()]
    if library == "pytorch":
        import torch

        model.eval()
        model.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(torch.tensor(x)), torch.tensor(y))
        loss.backward()
        return [parameter.grad.numpy().copy() for parameter in model.parameters()]
    import keras
    import tensorflow as tf

    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_function(tf.constant(y), model(tf.constant(x), training=False))
    layers = list(keras_layers(model))
    found = tape.gradient(loss, [layer.trainable_weights for layer in layers])
    return [
        np.array(array)
        for layer, grads in zip(layers, found, strict=True)
        for array in layout_of(layer).gradients_to_torch([g.numpy() for g in grads])
    ]
