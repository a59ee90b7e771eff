"""Hinge losses: right by a margin is good enough.

PyTorch has none of these three; names and conventions are those of Keras, the order of
arguments (prediction first) is PyTorch's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.functional.arguments import fixed, floating
from dlbook.engine.functional.encoding import class_indices
from dlbook.engine.functional.reduction import matching, reduce_loss
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["categorical_hinge", "hinge", "squared_hinge"]


def hinge(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Hinge loss, :math:`\max(0, 1 - y\,x)`.

    Parameters
    ----------
    input : Tensor of any shape
        Scores: positive for class 1, negative for class −1, beyond ±1 for no loss.
    target : array_like of the same shape
        −1 or 1. If all are 0 or 1 they are taken for classes and 0 becomes −1, as in Keras.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes differ.
    DTypeError
        If the scores are not floats.
    RangeError
        If the targets are something else.
    GradientError
        If the target requires a gradient.

    References
    ----------
    Cortes & Vapnik (1995); chapter 7.
    """
    return reduce_loss("hinge", _shortfall("hinge", input, target), reduction)


def squared_hinge(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Square of `hinge`, :math:`\max(0, 1 - y\,x)^2`: smooth at the margin.

    Parameters
    ----------
    input : Tensor of any shape
        Scores.
    target : array_like of the same shape
        −1 or 1; or 0 or 1.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per element for ``reduction="none"``.

    Raises
    ------
    ShapeError, DTypeError, RangeError, GradientError
        As `hinge`.

    References
    ----------
    Chapter 7.
    """
    shortfall = _shortfall("squared_hinge", input, target)
    return reduce_loss("squared_hinge", shortfall * shortfall, reduction)


def categorical_hinge(input: Any, target: Any, reduction: str = "mean") -> Tensor:
    r"""Hinge loss for several classes: the right score should beat all others by 1.

    .. math:: \max\bigl(0,\; 1 + \max_c (1 - y_c)\, x_c - \textstyle\sum_c y_c\, x_c \bigr)

    In this formula, that of Keras, the right class takes part in the maximum with 0: wrong
    classes with negative scores are no better than with score 0.

    Parameters
    ----------
    input : Tensor of shape (…, classes)
        Scores.
    target : array_like of int, shape (…,), or of the shape of `input`
        Class numbers, or one-hot vectors.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per sample for ``reduction="none"``.

    Raises
    ------
    ShapeError
        If the shapes do not match.
    DTypeError
        If the scores are not floats, or class numbers not integers.
    RangeError
        If a class number is out of range, or a vector holds something else than 0 and 1.
    GradientError
        If the target requires a gradient.

    References
    ----------
    Weston & Watkins (1999); chapter 7.
    """
    name = "categorical_hinge"
    input, labels = floating(input, name), fixed(target, f"{name}: target")
    shape = input.shape
    some = input.ndim > 0 and input.numel() > 0
    require(some, ShapeError, f"{name}: input", "shape (…, classes), not empty", input)
    require(
        labels.shape in (shape, shape[:-1]),
        ShapeError,
        f"{name}: target",
        f"shape {shape[:-1]} (class numbers) or {shape} (one-hot)",
        labels,
    )
    if labels.shape == shape:
        binary = bool(np.isin(labels.data, (0, 1)).all())
        require(binary, RangeError, f"{name}: target", "one-hot vectors of 0 and 1", labels)
        right = labels.data.astype(input.dtype)
    else:
        numbers = class_indices(f"{name}: target", labels, shape[-1])
        right = np.zeros(shape, dtype=input.dtype)
        np.put_along_axis(right, numbers[..., None], 1, axis=-1)
    best_wrong = (input * (1 - right)).max(dim=-1)
    losses = (best_wrong - (input * right).sum(dim=-1) + 1).clip(min=0.0)
    return reduce_loss(name, losses, reduction)


def _shortfall(name: str, input: Any, target: Any) -> Tensor:
    """How much each score falls short of the margin on its own side."""
    target = fixed(target, f"{name}: target")
    input, target = matching(name, input, target)
    sides = target.data
    if np.isin(sides, (0, 1)).all():
        sides = 2 * sides - 1
    signs = bool(np.isin(sides, (-1, 1)).all())
    require(signs, RangeError, f"{name}: target", "−1 and 1, or 0 and 1", target)
    return (1 - input * sides).clip(min=0.0)
