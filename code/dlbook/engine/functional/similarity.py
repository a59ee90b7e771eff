"""Cosine similarity: comparing directions, whatever the lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlbook.engine.autograd import check_broadcast
from dlbook.engine.functional.arguments import fixed, floating, positive
from dlbook.engine.functional.reduction import reduce_loss
from dlbook.engine.joining import where
from dlbook.engine.settings import is_number
from dlbook.engine.tensor import Tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["cosine_embedding_loss", "cosine_similarity"]


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Tensor:
    r"""Cosine of the angle between vectors, from −1 to 1.

    .. math:: \frac{x_1 \cdot x_2}{\max(\|x_1\|, \epsilon)\, \max(\|x_2\|, \epsilon)}

    Parameters
    ----------
    x1, x2 : Tensor
        Of shapes that broadcast.
    dim : int
        The axis along which the vectors lie.
    eps : float
        Shorter vectors count as this long, so that a zero vector has similarity 0.

    Returns
    -------
    Tensor
        Without the axis `dim`. The Keras loss ``cosine_similarity`` is minus this: −1 at best.

    Raises
    ------
    ShapeError
        If the shapes do not broadcast.
    DTypeError
        If these are not floats.
    RangeError
        If there is no axis `dim`, or `eps` is not positive.

    References
    ----------
    Chapters 7 and 16.
    """
    first = floating(x1, "cosine_similarity", "x1")
    second = floating(x2, "cosine_similarity", "x2")
    check_broadcast("cosine_similarity: x1, x2", first.data, second.data)
    eps = positive(eps, "cosine_similarity: eps")
    shape = np.broadcast_shapes(first.shape, second.shape)
    first, second = first.expand(shape), second.expand(shape)
    # clipping before the root keeps the gradient of a zero vector finite
    lengths = [(x * x).sum(dim).clip(min=eps**2).sqrt() for x in (first, second)]
    return (first * second).sum(dim) / (lengths[0] * lengths[1])


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """Pull the vectors of like pairs into one direction, push those of unlike pairs apart.

    Parameters
    ----------
    input1, input2 : Tensor of shape (batch, features) or (features,)
        The pairs.
    target : array_like of shape (batch,) or ()
        1 where a pair should be alike: the loss is 1 − cosine. −1 where it should not: the loss
        is the cosine beyond `margin`.
    margin : float
        From −1 to 1.
    reduction : {"mean", "sum", "none"}

    Returns
    -------
    Tensor
        A scalar, or one value per pair for ``reduction="none"``. 0 at best, where the Keras loss
        ``cosine_similarity`` has −1.

    Raises
    ------
    ShapeError
        If the shapes do not match.
    RangeError
        If a target is neither 1 nor −1, or the margin out of range.
    GradientError
        If the target requires a gradient.

    References
    ----------
    Chapter 7.
    """
    name = "cosine_embedding_loss"
    first, second = floating(input1, name, "input1"), floating(input2, name, "input2")
    labels = fixed(target, f"{name}: target")
    pair = 1 <= first.ndim <= 2 and first.shape == second.shape and first.numel() > 0
    shapes = f"{first.shape} and {second.shape}"
    require(pair, ShapeError, f"{name}: input1, input2", "two of (batch, features)", shapes)
    require(
        labels.shape == first.shape[:-1],
        ShapeError,
        f"{name}: target",
        f"shape {first.shape[:-1]}, one number per pair",
        labels,
    )
    signs = bool(np.isin(labels.data, (-1, 1)).all())
    require(signs, RangeError, f"{name}: target", "1 or −1 for each pair", labels)
    within = is_number(margin) and -1 <= margin <= 1
    require(within, RangeError, f"{name}: margin", "a number from −1 to 1", margin)
    cosine = cosine_similarity(first, second, dim=-1)
    losses = where(labels == 1, 1 - cosine, (cosine - margin).clip(min=0.0))
    return reduce_loss(name, losses, reduction)
