"""One training step with Keras, by TensorFlow's GradientTape."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import losses, optimizers

from dlbook.errors import RangeError, require
from dlbook.training.backends import Array
from dlbook.training.choices import choose, choose_optimizer, rate
from dlbook.training.metrics import IGNORED

__all__ = ["KerasBackend"]

# The rules and defaults behind a name are PyTorch's in all three libraries. Keras adds its ε inside
# the root, hence the squares; with Adam before the bias correction, where no constant is the same
# rule, so that tiny gradients differ there.
OPTIMIZERS: dict[str, Callable[..., optimizers.Optimizer]] = {
    "adagrad": partial(optimizers.Adagrad, initial_accumulator_value=0.0, epsilon=1e-20),
    "adam": partial(optimizers.Adam, epsilon=1e-9),
    "adamw": partial(optimizers.AdamW, epsilon=1e-9, weight_decay=0.01),
    "momentum": partial(optimizers.SGD, momentum=0.9),
    "rmsprop": partial(optimizers.RMSprop, rho=0.99, epsilon=1e-16),
    "sgd": optimizers.SGD,
}


def _over_rows(y: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
    """Take the cross-entropy over the last axis; ignored targets count for nothing."""
    counts = tf.not_equal(y, tf.cast(IGNORED, y.dtype))
    named = tf.where(counts, y, tf.zeros_like(y))
    each = losses.sparse_categorical_crossentropy(named, outputs, from_logits=True)
    shares = tf.cast(counts, each.dtype)
    return tf.reduce_sum(each * shares) / tf.reduce_sum(shares)


def _elementwise(loss: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
    def compare(y: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        paired = tf.cast(tf.reshape(y, tf.shape(outputs)), outputs.dtype)
        return tf.reduce_mean(loss(paired, outputs))

    return compare


LOSSES: dict[str, Callable[..., tf.Tensor]] = {
    "binary_cross_entropy": _elementwise(partial(losses.binary_crossentropy, from_logits=True)),
    "cross_entropy": _over_rows,
    "huber": _elementwise(losses.huber),
    "mae": _elementwise(losses.mean_absolute_error),
    "mse": _elementwise(losses.mean_squared_error),
}


def _each_row_once(gradient: Any) -> Any:
    """Add up what an embedding's gradient says of the same row.

    TensorFlow lists a row once for each time it was looked up, and Keras' optimisers would
    square and scale the parts one by one: right for plain SGD only.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    rows, places = tf.unique(gradient.indices)
    sums = tf.math.unsorted_segment_sum(gradient.values, places, tf.size(rows))
    return tf.IndexedSlices(sums, rows, gradient.dense_shape)


class KerasBackend:
    """Train a `keras.Model`.

    `model.fit` would do as well; a step of our own lets all three libraries see the same
    batches in the same order.

    Parameters
    ----------
    model, optimizer, learning_rate, loss
        As in `dlbook.training.fit`; no optimizer where nothing is going to be learned.
    """

    def __init__(
        self, model: keras.Model, optimizer: Any, learning_rate: float | None, loss: Any
    ) -> None:
        self.model = model
        # our names order the arguments (outputs, targets), Keras orders them the other way
        self.loss = choose("loss", loss, LOSSES)
        self.optimizer: Any = optimizer
        if optimizer is not None:
            make = choose_optimizer(
                optimizer, learning_rate, OPTIMIZERS, optimizers.Optimizer, "keras.optimizers"
            )
            if isinstance(optimizer, str):
                self.optimizer = make(learning_rate=rate(optimizer, learning_rate))
        self._graphs: dict[str, Any] = {}

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """None for a model that makes its weights when it first sees data."""
        found = self.model.weights
        return np.dtype(keras.backend.standardize_dtype(found[0].dtype)) if found else None

    @property
    def learning_rate(self) -> float:
        """Of the optimiser."""
        return float(self.optimizer.learning_rate)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        try:
            self.optimizer.learning_rate = value
        except TypeError:
            raise RangeError(
                "fit: optimizer: expected one with a constant learning rate, which a callback can "
                "change, got one with a schedule of its own"
            ) from None

    def _built(self) -> optimizers.Optimizer:
        """Let the optimiser make its arrays; a model may have got its weights only just now."""
        if not self.optimizer.built:
            weights = self.model.trainable_variables
            require(len(weights) > 0, RangeError, "fit: model", "a model with weights", "none")
            self.optimizer.build(weights)
        return self.optimizer

    def _run(self, name: str, step: Any, x: Array, y: Array) -> tuple[tf.Tensor, tf.Tensor]:
        """Compile the step once, for batches of any size: the last of an epoch is smaller."""
        if name not in self._graphs:
            signature = [tf.TensorSpec((None, *array.shape[1:]), array.dtype) for array in (x, y)]
            self._graphs[name] = tf.function(step, input_signature=signature)
        return self._graphs[name](tf.constant(x), tf.constant(y))

    def _train_graph(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            outputs = self.model(x, training=True)
            loss = self.loss(y, outputs)
            total = tf.add_n([loss, *self.model.losses])  # penalties on weights, if any
        gradients = map(_each_row_once, tape.gradient(total, self.model.trainable_variables))
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        return loss, outputs

    def _evaluate_graph(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = self.model(x, training=False)
        return self.loss(y, outputs), outputs

    def train_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Forward, loss, backward, update: the four steps of chapter 3."""
        self._built()
        loss, outputs = self._run("train", self._train_graph, x, y)
        return float(loss), outputs.numpy()

    def evaluate_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Return loss and outputs of one batch in evaluation mode."""
        loss, outputs = self._run("evaluate", self._evaluate_graph, x, y)
        return float(loss), outputs.numpy()

    def outputs(self, x: Array) -> Array:
        """Return the outputs for one batch in evaluation mode."""
        return keras.ops.convert_to_numpy(self.model(tf.constant(x), training=False))

    def weights(self) -> dict[str, Array]:
        """Copy out the weights, running statistics included."""
        return _arrays(self.model.weights)

    def set_weights(self, weights: dict[str, Array]) -> None:
        """Put back what `weights` returned."""
        _assign(self.model.weights, weights)

    def memory(self) -> dict[str, Array]:
        """Copy out the learning rate and what the optimiser remembers from step to step."""
        return _arrays(self._built().variables)

    def set_memory(self, memory: dict[str, Array]) -> None:
        """Put back what `memory` returned."""
        _assign(self._built().variables, memory)

    def _sources(self) -> list[Any]:
        """Return the states of seed generators: what is a variable but no weight."""
        weights = {id(variable) for variable in self.model.weights}
        return [variable for variable in self.model.variables if id(variable) not in weights]

    def generators(self) -> list[Any]:
        """Describe where the sources of randomness stand."""
        return [variable.numpy().tolist() for variable in self._sources()]

    def set_generators(self, states: list[Any]) -> None:
        """Put back what `generators` returned."""
        for variable, state in zip(self._sources(), states, strict=True):
            variable.assign(np.asarray(state, variable.dtype))

    def randomness(self, seed: int | None) -> nullcontext[None]:
        """Nothing to do: each layer that draws has a seed of its own in Keras."""
        return nullcontext()


def _arrays(variables: list[Any]) -> dict[str, Array]:
    return {str(position): variable.numpy().copy() for position, variable in enumerate(variables)}


def _assign(variables: list[Any], arrays: dict[str, Array]) -> None:
    expected, came = f"{len(variables)} arrays, as this optimizer keeps", f"{len(arrays)}"
    require(len(variables) == len(arrays), RangeError, "fit: resume", expected, came)
    for position, variable in enumerate(variables):
        variable.assign(arrays[str(position)])
