"""A training step in Keras, compiled to a graph as `model.fit` would."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Step = Callable[[], object]


def compiled(loss: Callable[[], Any], variables: Sequence[Any], lr: float) -> Step:
    """Turn a loss into a step of plain SGD.

    Parameters
    ----------
    loss : callable
        Computes the loss from data it holds.
    variables : sequence of keras.Variable
        What is trained.
    lr : float

    Returns
    -------
    callable
    """
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.SGD(lr)
    optimizer.build(variables)

    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            value = loss()
        trained = [variable.value for variable in variables]
        optimizer.apply(tape.gradient(value, trained), variables)
        return value

    return lambda: step().numpy()
