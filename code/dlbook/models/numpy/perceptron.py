"""Rosenblatt's perceptron, from scratch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine import Tensor, functional, nn
from dlbook.models.arguments import check_learning_rate, check_samples, check_sizes

__all__ = ["Perceptron"]


class Perceptron(nn.Module):
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

    Raises
    ------
    RangeError
        If `in_features` is not positive, or the learning rate not a positive number.

    Examples
    --------
    >>> gate = Perceptron(2)
    >>> x, y = np.float32([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 0, 0, 1])
    >>> [gate.learn(x, y) for _ in range(7)]
    [1, 3, 3, 2, 1, 0, 0]
    >>> gate.classify(x)
    array([0, 0, 0, 1])

    References
    ----------
    Rosenblatt (1958); Novikoff (1962) for the bound; chapter 5.
    """

    def __init__(
        self,
        in_features: int,
        learning_rate: float = 1.0,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        check_sizes("Perceptron", in_features=in_features)
        check_learning_rate("Perceptron", learning_rate)
        self.learning_rate = learning_rate
        self.weight = nn.Parameter(np.zeros((1, in_features), np.float32))
        self.bias = nn.Parameter(np.zeros(1, np.float32))

    def forward(self, x: Tensor) -> Tensor:
        """Map (batch, in_features) to scores (batch, 1), before the step function."""
        return functional.linear(x, self.weight, self.bias)

    def classify(self, x: Any) -> np.ndarray[Any, Any]:
        """Answer 1 where the score is positive and 0 elsewhere.

        Parameters
        ----------
        x : ndarray of float, shape (batch, in_features)

        Returns
        -------
        ndarray of int64, shape (batch,)
        """
        return (self(Tensor(x)).data[:, 0] > 0).astype(np.int64)

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
            self.weight.data += self.learning_rate * error * x
            self.bias.data += self.learning_rate * error
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
        check_samples("Perceptron.learn", x, y, self.weight.shape[1])
        return sum(self.learn_one(sample, label) for sample, label in zip(x, y, strict=True))
