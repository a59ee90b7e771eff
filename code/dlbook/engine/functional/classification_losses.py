"""Losses for choosing among classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.encoding import class_indices
from dlbook.engine.functional.reduction import check_reduction
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["cross_entropy"]


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    r"""Categorical cross-entropy of logits, sparse or dense.

    .. math:: L_n = -\sum_c w_c\, q_{n,c} \log \operatorname{softmax}(x_n)_c

    where q is one-hot for class numbers (Keras: *sparse categorical cross-entropy*) or the given
    distribution (Keras: *categorical cross-entropy* with ``from_logits=True``).

    Parameters
    ----------
    input : Tensor of shape (batch, classes) or (batch, classes, d1, …)
        Logits: scores before softmax. Giving probabilities here is the "double softmax" mistake.
    target : array_like of int, shape (batch, d1, …), or of float, shape of `input`
        Class numbers, or a probability for each class.
    weight : array_like of shape (classes,), optional
        Weight of each class. With class numbers and ``reduction="mean"`` the sum is divided by
        the sum of the weights used, as in PyTorch; Keras divides by the number of samples.
    ignore_index : int
        Samples with this class number count for nothing.
    reduction : {"mean", "sum", "none"}
    label_smoothing : float in [0, 1]
        Share of the target spread evenly over all classes.

    Returns
    -------
    Tensor
        A scalar, or one value per sample for ``reduction="none"``.

    Raises
    ------
    ShapeError, DTypeError, RangeError
        If shapes do not match, the logits are not floats, a label names no class.

    References
    ----------
    Chapter 7; gradient softmax(x) − q derived there.
    """
    input = as_tensor(input)
    require(input.dtype.kind == "f", DTypeError, "cross_entropy: input", "float logits", input)
    require(
        input.ndim >= 2 and input.numel() > 0,
        ShapeError,
        "cross_entropy: input",
        "shape (batch, classes, …), not empty",
        input,
    )
    require(
        0 <= label_smoothing <= 1,
        RangeError,
        "cross_entropy: label_smoothing",
        "a share between 0 and 1",
        label_smoothing,
    )
    check_reduction("cross_entropy", reduction)
    classes = input.shape[1]
    class_weight = _class_weight(weight, classes, input.dtype)
    probabilities, counts, used = _target_distribution(input, target, class_weight, ignore_index)
    if label_smoothing:
        uniform = used[:, None].astype(input.dtype) / classes
        probabilities = (1 - label_smoothing) * probabilities + label_smoothing * uniform
    weighted = probabilities * class_weight.reshape(1, classes, *[1] * (input.ndim - 2))
    losses = _CrossEntropy.apply(input, target=weighted.astype(input.dtype, copy=False))
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / float(counts.sum())


class _CrossEntropy(Function):
    """−Σ q log softmax(x) over axis 1, for a fixed target q."""

    def forward(self, logits: Array, target: Array) -> Array:
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.log_p, self.target = log_p, target
        # a weight of 0 must not meet a log-probability of −inf
        return -np.where(target == 0, 0, target * log_p).sum(axis=1)

    def backward(self, grad: Array) -> Array:
        mass = self.target.sum(axis=1, keepdims=True)
        return np.expand_dims(grad, 1) * (np.exp(self.log_p) * mass - self.target)


def _target_distribution(
    logits: Tensor, target: Any, class_weight: Array, ignore_index: int
) -> tuple[Array, Array, Array]:
    """Return the target as probabilities, each sample's share in the mean, and who is used."""
    array = target.data if isinstance(target, Tensor) else np.asarray(target)
    if array.dtype.kind == "f":
        require(
            array.shape == logits.shape,
            ShapeError,
            "cross_entropy: target",
            f"probabilities of shape {logits.shape}, or integer class numbers",
            array,
        )
        counts = np.ones((logits.shape[0], *logits.shape[2:]), dtype=logits.dtype)
        return array.astype(logits.dtype, copy=False), counts, counts > 0
    expected = (logits.shape[0], *logits.shape[2:])
    labels = class_indices("cross_entropy: target", array, logits.shape[1], ignore_index)
    require(
        labels.shape == expected,
        ShapeError,
        "cross_entropy: target",
        f"class numbers of shape {expected} for logits of shape {logits.shape}",
        array,
    )
    used = labels != ignore_index
    named = np.where(used, labels, 0)
    probabilities = np.zeros(logits.shape, dtype=logits.dtype)
    np.put_along_axis(probabilities, named[:, None], used[:, None].astype(logits.dtype), axis=1)
    return probabilities, class_weight[named] * used, used


def _class_weight(weight: Any, classes: int, dtype: Any) -> Array:
    if weight is None:
        return np.ones(classes, dtype=dtype)
    array = np.asarray(weight.data if isinstance(weight, Tensor) else weight, dtype=dtype)
    require(
        array.shape == (classes,),
        ShapeError,
        "cross_entropy: weight",
        f"one number per class, shape ({classes},)",
        array,
    )
    return array
