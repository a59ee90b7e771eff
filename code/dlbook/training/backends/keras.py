"""One training step with Keras, by TensorFlow's GradientTape."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import losses, optimizers

from dlbook.training.backends import Array
from dlbook.training.choices import choose, rate

__all__ = ["KerasBackend"]

OPTIMIZERS = {"sgd": optimizers.SGD, "adam": optimizers.Adam}
LOSSES = {
    "cross_entropy": losses.SparseCategoricalCrossentropy(from_logits=True),
    "mse": losses.MeanSquaredError(),
}


class KerasBackend:
    """Train a `keras.Model`; arguments as in `dlbook.training.fit`.

    `model.fit` would do as well; a step of our own lets all three libraries see the same
    batches in the same order.
    """

    def __init__(
        self, model: keras.Model, optimizer: Any, learning_rate: float | None, loss: Any
    ) -> None:
        self.model = model
        make = choose("optimizer", optimizer, OPTIMIZERS)
        if isinstance(optimizer, str):
            make = make(learning_rate=rate(optimizer, learning_rate))
        self.optimizer = make
        # our names order the arguments (outputs, targets), Keras orders them the other way
        self.loss = choose("loss", loss, LOSSES)
        self.optimizer.build(model.trainable_variables)
        self._graphs: dict[str, Any] = {}

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
        gradients = tape.gradient(total, self.model.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables, strict=True))
        return loss, outputs

    def _evaluate_graph(self, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        outputs = self.model(x, training=False)
        return self.loss(y, outputs), outputs

    def train_step(self, x: Array, y: Array) -> tuple[float, Array]:
        """Forward, loss, backward, update: the four steps of chapter 3."""
        loss, outputs = self._run("train", self._train_graph, x, y)
        return float(loss), outputs.numpy()

    def evaluate_step(self, x: Array, y: Array) -> tuple[float, Array]:
        loss, outputs = self._run("evaluate", self._evaluate_graph, x, y)
        return float(loss), outputs.numpy()

    def outputs(self, x: Array) -> Array:
        return keras.ops.convert_to_numpy(self.model(tf.constant(x), training=False))

    def state(self) -> dict[str, Any]:
        return {
            "model": [variable.numpy().copy() for variable in self.model.variables],
            "optimizer": [variable.numpy().copy() for variable in self.optimizer.variables],
        }

    def restore(self, state: dict[str, Any]) -> None:
        for owner, values in ((self.model, state["model"]), (self.optimizer, state["optimizer"])):
            for variable, value in zip(owner.variables, values, strict=True):
                variable.assign(value)
