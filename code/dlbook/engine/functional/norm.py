"""Normalisation: inputs of a layer brought to mean 0 and variance 1, then scaled and shifted."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.window import per_axis
from dlbook.engine.settings import check_switches, is_number
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["batch_norm", "layer_norm"]


@np.errstate(all="ignore")  # inf and nan arise silently, as in the operations
def batch_norm(
    input: Tensor,
    running_mean: Array | None,
    running_var: Array | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    r"""Normalise each channel over the batch and all positions.

    .. math:: y = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta

    While training, μ and σ² are those of the batch, and the running averages move towards them:
    ``running = (1 − momentum)·running + momentum·batch``, in place. For the running variance the
    batch's is divided by n − 1, for the normalisation by n, as in PyTorch. Keras calls
    1 − momentum "momentum" (default 0.99), uses ε = 1e-3, and divides by n in both places.

    Parameters
    ----------
    input : Tensor of shape (batch, channels) or (batch, channels, …)
    running_mean, running_var : ndarray of shape (channels,), or None
        Changed in place while training; used otherwise. Without them, the batch's are used always.
    weight, bias : Tensor of shape (channels,), optional
        γ and β.
    training : bool
    momentum : float in [0, 1]
        Share of the batch in the new running averages.
    eps : float
        ε > 0, keeps the divisor from 0.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    ShapeError
        If the rank is wrong, an argument has not one number per channel, or a single value per
        channel is to be normalised while training.
    RangeError
        If `momentum` or `eps` is out of range, or running averages are needed and missing.
    DTypeError
        If the numbers are not floating-point.

    References
    ----------
    Ioffe & Szegedy (2015); chapter 12.
    """
    input = _floating("batch_norm: input", input)
    right = input.ndim >= 2 and input.numel() > 0
    require(right, ShapeError, "batch_norm: input", "shape (batch, channels, …), not empty", input)
    _check_eps("batch_norm", eps)
    share = is_number(momentum) and 0 <= momentum <= 1
    require(share, RangeError, "batch_norm: momentum", "a share in [0, 1]", momentum)
    check_switches("batch_norm", training=training)
    channels = input.shape[1]
    both = (running_mean is None) == (running_var is None)
    expected = "both running averages, or neither"
    require(both, RangeError, "batch_norm: running_mean, running_var", expected, "one of them")
    vectors = {"running_mean": running_mean, "running_var": running_var}
    for name, vector in vectors.items():
        if vector is not None:
            array, argument = isinstance(vector, np.ndarray), f"batch_norm: {name}"
            require(array, DTypeError, argument, "a NumPy array, which can be changed", vector)
            _affine_vector(argument, vector, (channels,))
    weight = _affine_vector("batch_norm: weight", weight, (channels,))
    bias = _affine_vector("batch_norm: bias", bias, (channels,))
    if not training and running_mean is not None:
        assert running_var is not None
        scale = 1 / np.sqrt(running_var.astype(np.float64) + eps)
        normal = _Rescale.apply(input, mean=running_mean, scale=scale)
        return _affine(normal, weight, bias, _per_channel(input))
    count = input.numel() // channels
    more = count > 1 or not training
    expected = "more than one value per channel while training (their variance is 0)"
    require(more, ShapeError, "batch_norm: input", expected, input)
    axes = (0, *range(2, input.ndim))
    mean, variance = _moments(input.data, axes)
    if training and running_mean is not None and running_var is not None:
        unbiased = variance.reshape(channels) * count / (count - 1)
        running_mean += momentum * (mean.reshape(channels) - running_mean)
        running_var += momentum * (unbiased - running_var)
    normal = _Normalize.apply(input, mean=mean, variance=variance, axes=axes, eps=eps)
    return _affine(normal, weight, bias, _per_channel(input))


@np.errstate(all="ignore")  # inf and nan arise silently, as in the operations
def layer_norm(
    input: Tensor,
    normalized_shape: int | tuple[int, ...],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    r"""Normalise each sample over its last axes; nothing depends on the rest of the batch.

    .. math:: y = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta

    Parameters
    ----------
    input : Tensor of shape (…, *normalized_shape)
    normalized_shape : int or tuple of int
        Lengths of the axes over which mean and variance are taken.
    weight, bias : Tensor of shape `normalized_shape`, optional
        γ and β.
    eps : float
        ε > 0; PyTorch's default is 1e-5, Keras' 1e-3.

    Returns
    -------
    Tensor of the same shape

    Raises
    ------
    ShapeError
        If `input` does not end in `normalized_shape`, or γ or β has another shape.
    RangeError
        If `eps` is not positive.
    DTypeError
        If the numbers are not floating-point.

    References
    ----------
    Ba, Kiros & Hinton (2016); chapter 12.
    """
    input = _floating("layer_norm: input", input)
    _check_eps("layer_norm", eps)
    rank = len(normalized_shape) if isinstance(normalized_shape, tuple | list) else 1
    shape = per_axis("layer_norm: normalized_shape", normalized_shape, rank, minimum=1)
    ends = len(shape) > 0 and input.shape[-len(shape) :] == shape and input.numel() > 0
    require(ends, ShapeError, "layer_norm: input", f"last axes {shape}, not empty", input)
    weight = _affine_vector("layer_norm: weight", weight, shape)
    bias = _affine_vector("layer_norm: bias", bias, shape)
    axes = tuple(range(input.ndim - len(shape), input.ndim))
    mean, variance = _moments(input.data, axes)
    normal = _Normalize.apply(input, mean=mean, variance=variance, axes=axes, eps=eps)
    return _affine(normal, weight, bias, shape)


class _Normalize(Function):
    r"""x̂ = (x − μ)/√(σ² + ε) over some axes.

    .. math:: \frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}}
        \left(g - \overline{g} - \hat{x}\, \overline{g \hat{x}}\right)

    where the bar is the mean over the same axes: a gradient that would only shift or stretch all
    values of a group alike changes nothing after normalisation and is taken out.
    """

    def forward(
        self, x: Array, mean: Array, variance: Array, axes: tuple[int, ...], eps: float
    ) -> Array:
        self.axes, self.scale = axes, (1 / np.sqrt(variance + eps)).astype(x.dtype)
        self.normal = x - mean.astype(x.dtype)
        self.normal *= self.scale
        return self.normal

    def backward(self, grad: Array) -> Array:
        mean = grad.mean(axis=self.axes, keepdims=True)
        along = (grad * self.normal).mean(axis=self.axes, keepdims=True)
        return self.scale * (grad - mean - self.normal * along)


class _Rescale(Function):
    """(x − mean)·scale per channel, with both fixed."""

    def forward(self, x: Array, mean: Array, scale: Array) -> Array:
        self.scale = scale.reshape(_per_channel(x)).astype(x.dtype)
        return (x - mean.reshape(_per_channel(x)).astype(x.dtype)) * self.scale

    def backward(self, grad: Array) -> Array:
        return grad * self.scale


def _moments(x: Array, axes: tuple[int, ...]) -> tuple[Array, Array]:
    """Mean and variance (divided by n), summed in float64: float32 would round many terms away."""
    mean = x.mean(axis=axes, keepdims=True, dtype=np.float64)
    centred = x - mean.astype(x.dtype)
    return mean, (centred * centred).mean(axis=axes, keepdims=True, dtype=np.float64)


def _affine(
    normal: Tensor, weight: Tensor | None, bias: Tensor | None, shape: tuple[int, ...]
) -> Tensor:
    if weight is not None:
        normal = normal * weight.reshape(shape)
    return normal if bias is None else normal + bias.reshape(shape)


def _per_channel(x: Any) -> tuple[int, ...]:
    return (1, x.shape[1], *[1] * (x.ndim - 2))


def _affine_vector(argument: str, value: Any, shape: tuple[int, ...]) -> Tensor | None:
    if value is None:
        return None
    tensor = _floating(argument, value)
    require(tensor.shape == shape, ShapeError, argument, f"shape {shape}", tensor)
    return tensor


def _floating(argument: str, value: Any) -> Tensor:
    tensor = as_tensor(value)
    floating = tensor.dtype.kind == "f"
    require(floating, DTypeError, argument, "floating-point numbers", tensor)
    return tensor


def _check_eps(name: str, eps: float) -> None:
    above = is_number(eps) and 0 < eps < np.inf
    require(above, RangeError, f"{name}: eps", "a positive number", eps)
