"""Activation functions as modules, for `Sequential`; the formulas stand at `functional`."""

from __future__ import annotations

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import is_number, is_whole
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, require

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "LeakyReLU",
    "LogSoftmax",
    "PReLU",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


class ReLU(Module):
    """max(0, x), element by element."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.relu(x)


class Sigmoid(Module):
    """1 / (1 + e^−x), element by element."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.sigmoid(x)


class Tanh(Module):
    """Hyperbolic tangent, element by element."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.tanh(x)


class LeakyReLU(Module):
    """x above zero, negative_slope · x below.

    Parameters
    ----------
    negative_slope : float
        0.01 as in PyTorch; Keras starts from 0.3.
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.leaky_relu(x, self.negative_slope)

    def extra_repr(self) -> str:
        """Return the slope."""
        return f"negative_slope={self.negative_slope}"


class PReLU(Module):
    """x above zero, weight · x below, with a slope that is learned.

    Parameters
    ----------
    num_parameters : int
        1, or the number of channels (axis 1) for a slope of each.
    init : float
        Where the slopes start: 0.25 as in PyTorch; Keras starts from 0.

    Attributes
    ----------
    weight : Parameter of shape (num_parameters,)

    Raises
    ------
    RangeError
        If `num_parameters` is not positive, or `init` not a number.
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25) -> None:
        whole = is_whole(num_parameters) and num_parameters >= 1
        name = "PReLU: num_parameters"
        require(whole, RangeError, name, "a positive integer", num_parameters)
        require(is_number(init), RangeError, "PReLU: init", "a number", init)
        self.weight = Parameter(np.full(num_parameters, init, dtype=np.float32))

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of shape (batch, channels, …), or any for a single slope."""
        return F.prelu(x, self.weight)

    def extra_repr(self) -> str:
        """Return the number of slopes."""
        return f"num_parameters={self.weight.numel()}"


class ELU(Module):
    """x above zero, alpha · (e^x − 1) below.

    Parameters
    ----------
    alpha : float
        Far below zero the result approaches −alpha.
    """

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.elu(x, self.alpha)

    def extra_repr(self) -> str:
        """Return alpha."""
        return f"alpha={self.alpha}"


class SELU(Module):
    """Self-normalising ELU."""

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.selu(x)


class GELU(Module):
    """x · Φ(x), with the distribution function of the standard normal.

    Parameters
    ----------
    approximate : {"none", "tanh"}
        Whether to take the faster formula with tanh.
    """

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.gelu(x, self.approximate)

    def extra_repr(self) -> str:
        """Return which formula."""
        return f"approximate={self.approximate!r}"


class Softplus(Module):
    """log(1 + e^(beta·x)) / beta, a smooth ReLU.

    Parameters
    ----------
    beta : float
        Sharpness of the bend, positive.
    threshold : float
        Where beta·x exceeds it, x itself is returned.
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        self.beta, self.threshold = beta, threshold

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.softplus(x, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Return both numbers."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Softmax(Module):
    """Probabilities from scores.

    Parameters
    ----------
    dim : int
        The axis along which they add up to 1. PyTorch can guess it, with a warning; here it is
        the last one unless told otherwise, as in Keras.
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.softmax(x, self.dim)

    def extra_repr(self) -> str:
        """Return the axis."""
        return f"dim={self.dim}"


class LogSoftmax(Module):
    """Logarithms of the probabilities of `Softmax`.

    Parameters
    ----------
    dim : int
        The axis along which the probabilities add up to 1.
    """

    def __init__(self, dim: int = -1) -> None:
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of any shape."""
        return F.log_softmax(x, self.dim)

    def extra_repr(self) -> str:
        """Return the axis."""
        return f"dim={self.dim}"
