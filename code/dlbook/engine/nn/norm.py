"""Normalisation layers."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine.functional.window import per_axis
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import check_switches, is_number
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm"]


class _BatchNorm(Module):
    ranks: ClassVar[tuple[int, ...]]

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        name = type(self).__name__
        (channels,) = per_axis(f"{name}: num_features", num_features, 1, minimum=1)
        above = is_number(eps) and 0 < eps < np.inf
        require(above, RangeError, f"{name}: eps", "a positive number", eps)
        share = momentum is None or (is_number(momentum) and 0 <= momentum <= 1)
        require(share, RangeError, f"{name}: momentum", "a share in [0, 1], or None", momentum)
        check_switches(name, affine=affine, track_running_stats=track_running_stats)
        self.num_features, self.eps, self.momentum = channels, eps, momentum
        self.weight = Parameter(np.ones(channels, np.float32)) if affine else None
        self.bias = Parameter(np.zeros(channels, np.float32)) if affine else None
        self.running_mean = np.zeros(channels, np.float32) if track_running_stats else None
        self.running_var = np.ones(channels, np.float32) if track_running_stats else None
        self.num_batches_tracked = np.zeros((), np.int64) if track_running_stats else None

    def forward(self, x: Tensor) -> Tensor:
        """Normalise each channel; while training also update the running averages."""
        x, name = as_tensor(x), type(self).__name__
        axes = " or ".join(str(rank) for rank in self.ranks)
        right = x.ndim in self.ranks and x.shape[1] == self.num_features
        expected = f"{axes} axes (batch, channels, …) with {self.num_features} channels"
        require(right, ShapeError, f"{name}: x", expected, x)
        momentum = self.momentum
        if self.training and self.num_batches_tracked is not None:
            self.num_batches_tracked += 1
            if momentum is None:  # the plain average of all batches so far
                momentum = 1 / float(self.num_batches_tracked)
        return F.batch_norm(
            x,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=self.training,
            momentum=momentum or 0.0,
            eps=self.eps,
        )

    def extra_repr(self) -> str:
        """Return the number of channels, ε and the momentum."""
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}"


class BatchNorm1d(_BatchNorm):
    """Normalise each feature over the batch, or each channel over batch and positions.

    `BatchNorm2d` describes the arguments.
    """

    ranks = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Normalise each channel of images over the batch and all pixels.

    Parameters
    ----------
    num_features : int
        Number of channels.
    eps : float
        Added to the variance.
    momentum : float in [0, 1], or None
        Share of a new batch in the running averages (Keras counts the other share); None takes
        the plain average of all batches.
    affine : bool
        Whether to learn a scale and a shift for each channel.
    track_running_stats : bool
        Whether to keep running averages for evaluation; without them the batch's are used.

    Attributes
    ----------
    weight, bias : Parameter of shape (num_features,) or None
        γ and β, first 1 and 0.
    running_mean, running_var : ndarray of shape (num_features,) or None
    num_batches_tracked : ndarray of int64, shape (), or None

    Raises
    ------
    RangeError
        If a setting is not allowed.
    """

    ranks = (4,)


class BatchNorm3d(_BatchNorm):
    """Normalise each channel of volumes; `BatchNorm2d` describes the arguments."""

    ranks = (5,)


class LayerNorm(Module):
    """Normalise each sample over its last axes.

    Parameters
    ----------
    normalized_shape : int or tuple of int
        Lengths of the axes over which mean and variance are taken.
    eps : float
        Added to the variance.
    elementwise_affine : bool
        Whether to learn a scale and a shift for each element.
    bias : bool
        Whether the shift is among them.

    Attributes
    ----------
    weight, bias : Parameter of shape `normalized_shape` or None
        γ and β, first 1 and 0.

    Raises
    ------
    RangeError
        If a setting is not allowed.
    """

    def __init__(
        self,
        normalized_shape: int | tuple[int, ...],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        sizes = normalized_shape if isinstance(normalized_shape, tuple | list) else 1
        rank = len(sizes) if isinstance(sizes, tuple | list) else sizes
        require(rank > 0, RangeError, "LayerNorm: normalized_shape", "at least one axis", sizes)
        argument = "LayerNorm: normalized_shape"
        self.normalized_shape = per_axis(argument, normalized_shape, rank, minimum=1)
        above = is_number(eps) and 0 < eps < np.inf
        require(above, RangeError, "LayerNorm: eps", "a positive number", eps)
        check_switches("LayerNorm", elementwise_affine=elementwise_affine, bias=bias)
        self.eps, shape = eps, self.normalized_shape
        self.weight = Parameter(np.ones(shape, np.float32)) if elementwise_affine else None
        learns_bias = elementwise_affine and bias
        self.bias = Parameter(np.zeros(shape, np.float32)) if learns_bias else None

    def forward(self, x: Tensor) -> Tensor:
        """Apply to a tensor of shape ``(…, *normalized_shape)``."""
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Return the axes' lengths and ε."""
        return f"{self.normalized_shape}, eps={self.eps}"
