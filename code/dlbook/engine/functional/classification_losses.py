"""Losses for choosing among classes, from logits or from log-probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import Array, Function
from dlbook.engine.functional.arguments import fixed, floating
from dlbook.engine.functional.encoding import class_indices
from dlbook.engine.functional.reduction import check_reduction
from dlbook.engine.settings import is_number, is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import DTypeError, RangeError, ShapeError, require

__all__ = ["cross_entropy", "nll_loss"]


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
    input = _scores("cross_entropy", input)
    share = is_number(label_smoothing) and 0 <= label_smoothing <= 1
    smoothing = "cross_entropy: label_smoothing"
    require(share, RangeError, smoothing, "a share between 0 and 1", label_smoothing)
    check_reduction("cross_entropy", reduction)
    classes = input.shape[1]
    class_weight = _class_weight("cross_entropy", weight, classes, input.dtype)
    labels = fixed(target, "cross_entropy: target").data
    if labels.dtype.kind != "f" and not label_smoothing:  # no need to write out a distribution
        named, used = _labels("cross_entropy", input, labels, ignore_index)
        weights = class_weight[named] * used
        divisor = {"mean": float(weights.sum()), "sum": 1.0, "none": None}[reduction]
        return _SparseCrossEntropy.apply(input, named=named, weights=weights, divisor=divisor)
    probabilities, counts, used = _target_distribution(input, target, class_weight, ignore_index)
    if label_smoothing:
        uniform = used[:, None].astype(input.dtype) / classes
        probabilities = (1 - label_smoothing) * probabilities + label_smoothing * uniform
    weighted = probabilities * class_weight.reshape(1, classes, *[1] * (input.ndim - 2))
    losses = _CrossEntropy.apply(input, target=weighted.astype(input.dtype, copy=False))
    return _reduce_weighted(losses, counts, reduction)


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
        local = np.exp(self.log_p) * mass - self.target
        # a sample without weight has no gradient, even when the mean over none is nan
        return np.where(mass == 0, 0, np.expand_dims(grad, 1) * local)


class _SparseCrossEntropy(Function):
    """−w log softmax(x) at the class that the label names, added up and divided by `divisor`.

    Without a divisor there is one loss per sample. It is the step that every classifier takes,
    so it is one function and not three.
    """

    def forward(self, logits: Array, named: Array, weights: Array, divisor: float | None) -> Array:
        batch, classes = logits.shape[:2]
        self.shape, self.divisor, self.weights = logits.shape, divisor, weights.reshape(-1)
        self.silent = self.weights == 0
        rows = logits.reshape(batch, classes, -1).swapaxes(1, 2).reshape(-1, classes)
        self.at = np.arange(len(rows)), named.reshape(-1)
        shifted = rows - rows.max(axis=1, keepdims=True)
        self.p = np.exp(shifted)
        total = self.p.sum(axis=1, keepdims=True)
        self.p /= total
        losses = self.weights * (np.log(total[:, 0]) - shifted[self.at])
        losses[self.silent] = 0  # a weight of 0 must not meet an infinite loss
        return losses.reshape(weights.shape) if divisor is None else losses.sum() / divisor

    def backward(self, grad: Array) -> Array:
        scale = grad.reshape(-1) * self.weights / (self.divisor or 1)
        scale[self.silent] = 0  # nor has it a gradient, even when the mean over none is nan
        rows = self.p * scale[:, None]
        rows[self.at] -= scale
        batch, classes = self.shape[:2]
        return rows.reshape(batch, -1, classes).swapaxes(1, 2).reshape(self.shape)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    r"""Negative log-likelihood of class numbers: what is left of `cross_entropy` after softmax.

    .. math:: L_n = -w_{y_n} x_{n, y_n}, \qquad x = \log p

    Parameters
    ----------
    input : Tensor of shape (batch, classes) or (batch, classes, d1, …)
        Log-probabilities, as `log_softmax` gives them.
    target : array_like of int, shape (batch, d1, …)
        Class numbers.
    weight : array_like of shape (classes,), optional
        Weight of each class; "mean" divides by the sum of the weights used, as in PyTorch.
    ignore_index : int
        Samples with this class number count for nothing.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per sample for ``reduction="none"``.

    Raises
    ------
    ShapeError, DTypeError, RangeError
        If shapes do not match, the input is not of floats, a label names no class.

    References
    ----------
    Chapter 7.
    """
    input = _scores("nll_loss", input)
    check_reduction("nll_loss", reduction)
    class_weight = _class_weight("nll_loss", weight, input.shape[1], input.dtype)
    named, used = _labels("nll_loss", input, as_tensor(target).data, ignore_index)
    weights = class_weight[named] * used
    losses = _NLL.apply(input, named=named[:, None], weights=weights)
    return _reduce_weighted(losses, weights, reduction)


class _NLL(Function):
    """−w · (the entry of axis 1 that the label names)."""

    def forward(self, log_p: Array, named: Array, weights: Array) -> Array:
        self.shape, self.named, self.weights = log_p.shape, named, weights
        chosen = np.take_along_axis(log_p, named, axis=1)[:, 0]
        return -np.where(weights == 0, 0, weights * chosen)

    def backward(self, grad: Array) -> Array:
        full = np.zeros(self.shape, dtype=grad.dtype)
        local = np.where(self.weights == 0, 0, -grad * self.weights)
        np.put_along_axis(full, self.named, local[:, None], axis=1)
        return full


def _scores(name: str, input: Any) -> Tensor:
    input = floating(input, name)
    shaped = input.ndim >= 2 and input.numel() > 0
    require(shaped, ShapeError, f"{name}: input", "shape (batch, classes, …), not empty", input)
    return input


def _reduce_weighted(losses: Tensor, counts: Array, reduction: str) -> Tensor:
    """Reduce; the mean is weighted, and nan when every sample is ignored, as in PyTorch."""
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / float(counts.sum())


def _target_distribution(
    logits: Tensor, target: Any, class_weight: Array, ignore_index: int
) -> tuple[Array, Array, Array]:
    """Return the target as probabilities, each sample's share in the mean, and who is used."""
    array = fixed(target, "cross_entropy: target").data
    if array.dtype.kind == "f":
        require(
            array.shape == logits.shape,
            ShapeError,
            "cross_entropy: target",
            f"probabilities of shape {logits.shape}, or integer class numbers",
            array,
        )
        negative = bool((array < 0).any())
        require(
            not negative, RangeError, "cross_entropy: target", "probabilities, 0 or more", array
        )
        counts = np.ones((logits.shape[0], *logits.shape[2:]), dtype=logits.dtype)
        return array.astype(logits.dtype, copy=False), counts, counts > 0
    named, used = _labels("cross_entropy", logits, array, ignore_index)
    probabilities = np.zeros(logits.shape, dtype=logits.dtype)
    np.put_along_axis(probabilities, named[:, None], used[:, None].astype(logits.dtype), axis=1)
    return probabilities, class_weight[named] * used, used


def _labels(name: str, scores: Tensor, array: Array, ignore_index: int) -> tuple[Array, Array]:
    """Return class numbers (0 in place of those ignored) and which samples are used."""
    whole = is_whole(ignore_index)
    require(whole, DTypeError, f"{name}: ignore_index", "a class number", ignore_index)
    labels = class_indices(f"{name}: target", array, scores.shape[1], ignore_index)
    expected = (scores.shape[0], *scores.shape[2:])
    require(
        labels.shape == expected,
        ShapeError,
        f"{name}: target",
        f"class numbers of shape {expected} for scores of shape {scores.shape}",
        array,
    )
    used = labels != ignore_index
    return np.where(used, labels, 0), used


def _class_weight(name: str, weight: Any, classes: int, dtype: Any) -> Array:
    if weight is None:
        return np.ones(classes, dtype=dtype)
    array = as_tensor(weight).data.astype(dtype)
    expected = f"one number per class, shape ({classes},)"
    require(array.shape == (classes,), ShapeError, f"{name}: weight", expected, array)
    return array
