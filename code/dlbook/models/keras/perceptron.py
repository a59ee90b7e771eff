"""Rosenblatt's perceptron, in Keras."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops

from dlbook.models.arguments import check_learning_rate, check_samples, check_sizes
from dlbook.models.keras.configured import ConfiguredModel

__all__ = ["Perceptron"]


@keras.saving.register_keras_serializable("dlbook")
class Perceptron(ConfiguredModel):
    r"""One unit that answers yes or no, and learns from its mistakes only.

    .. math:: \hat y = [w \cdot x + b > 0], \qquad
        w \leftarrow w + \eta\,(y - \hat y)\,x, \quad b \leftarrow b + \eta\,(y - \hat y)

    If a line (a hyperplane) parts the classes, it makes a bounded number of mistakes, whatever
    the learning rate; otherwise it goes on changing for ever.

    Parameters
    ----------
    in_features : int
        Length of an input vector.
    learning_rate : float
        η. From a start at zero it scales all weights alike and changes no answer.
    rng : numpy.random.Generator, optional
        Taken as by every model, and not used: the weights start at zero.
    **options
        What Keras adds, such as ``name``.

    Raises
    ------
    RangeError
        If `in_features` is not positive, or the learning rate not a positive number.

    References
    ----------
    Rosenblatt (1958); Novikoff (1962) for the bound; chapter 5.
    """

    def __init__(
        self, in_features: int, learning_rate: float = 1.0, *, rng: Any = None, **options: Any
    ) -> None:
        check_sizes("Perceptron", in_features=in_features)
        check_learning_rate("Perceptron", learning_rate)
        inputs = keras.Input((in_features,))
        outputs = layers.Dense(1, kernel_initializer="zeros")(inputs)
        settings = {"in_features": in_features, "learning_rate": learning_rate}
        super().__init__(inputs, outputs, settings, **options)

    def classify(self, x: Any) -> Any:
        """Answer 1 where the score is positive and 0 elsewhere.

        Parameters
        ----------
        x : ndarray of float, shape (batch, in_features)

        Returns
        -------
        ndarray of int64, shape (batch,)
        """
        scores = self(ops.convert_to_tensor(x))
        return ops.convert_to_numpy(ops.cast(scores[:, 0] > 0, "int64"))

    def learn_one(self, x: Any, y: int) -> bool:
        """Look at one sample and correct the weights if the answer is wrong.

        Parameters
        ----------
        x : ndarray of float, shape (in_features,)
        y : {0, 1}

        Returns
        -------
        bool
            Whether it was wrong.
        """
        error = int(y) - int(self.classify(x[None])[0])
        if error:
            kernel, bias = self.trainable_variables
            kernel.assign_add(self.settings["learning_rate"] * error * x[:, None])
            bias.assign_add([self.settings["learning_rate"] * error])
        return error != 0

    def learn(self, x: Any, y: Any) -> int:
        """Look at every sample once, in order.

        Parameters
        ----------
        x : ndarray of float, shape (n, in_features)
        y : ndarray of int, shape (n,)
            Classes 0 and 1.

        Returns
        -------
        int
            How many answers were wrong; 0 means that nothing more will change.

        Raises
        ------
        ShapeError, RangeError
            If there is not one label for each sample, or one is neither 0 nor 1.
        """
        check_samples("Perceptron.learn", x, y, self.settings["in_features"])
        return sum(self.learn_one(sample, label) for sample, label in zip(x, y, strict=True))
