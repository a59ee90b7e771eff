"""Images that a filter or a class responds to, found by gradient ascent, in PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from dlbook.errors import ShapeError, require
from dlbook.models.ascent import Array, Ascent, climb, first_images
from dlbook.models.feature_names import find_layer, one_for_each
from dlbook.models.pytorch.feature_layers import feature_layers, input_channels

__all__ = ["class_ascent", "filter_ascent"]


def filter_ascent(
    model: nn.Module,
    layer: str | int,
    filters: Sequence[int],
    *,
    image_size: int = 32,
    steps: int = 60,
    learning_rate: float = 0.03,
    smoothness: float = 1.0,
    jitter: int = 2,
    rng: np.random.Generator,
) -> Ascent:
    """Find images that make filters of one layer respond.

    The network stays as it is; the images are trained instead. The score of an image is the mean of
    its filter's map.

    Parameters
    ----------
    model : torch.nn.Module
        With a part called ``features``. It is left in evaluation mode.
    layer : str or int
        Name such as ``"relu2_1"``, or position among the feature layers.
    filters : sequence of int
        Channels of that layer; one image is made for each.
    image_size : int
        Height and width in pixels; a network of fixed size wants its own.
    steps : int
        How many steps to take.
    learning_rate : float
        Length of a step, in units of brightness (root mean square over the pixels).
    smoothness, jitter : float and int
        The regularisers, see `dlbook.models.ascent.climb`; 0 switches them off.
    rng : numpy.random.Generator
        Draws the noise to start from and the moves: the same in all three libraries.

    Returns
    -------
    Ascent
        Images of shape (n, channels, height, width) and their scores.

    Raises
    ------
    RangeError
        If there is no such layer or filter, or a number lies outside its range.
    DTypeError
        If `rng` is no generator.

    References
    ----------
    Erhan et al. (2009); Olah, Mordvintsev & Schubert (2017); chapter 14.
    """
    numbers = _numbers("filter_ascent: filters", filters)
    named = feature_layers(model)
    last = find_layer("filter_ascent", named, layer)
    path = nn.Sequential(*list(named.values())[: list(named).index(last) + 1])

    def score(x: torch.Tensor) -> torch.Tensor:
        maps = path(x)
        chosen = one_for_each("filter_ascent: filters", numbers, len(numbers), maps.shape[1])
        return maps[np.arange(len(chosen)), chosen].mean(dim=(1, 2))

    options: dict[str, Any] = {
        "image_size": image_size,
        "steps": steps,
        "learning_rate": learning_rate,
        "smoothness": smoothness,
        "jitter": jitter,
    }
    return _ascend(model, score, len(numbers), rng, **options)


def class_ascent(
    model: nn.Module,
    classes: Sequence[int],
    *,
    image_size: int = 32,
    steps: int = 60,
    learning_rate: float = 0.03,
    smoothness: float = 1.0,
    jitter: int = 2,
    rng: np.random.Generator,
) -> Ascent:
    """Find images that a network is sure of.

    The network stays as it is; the images are trained instead. The score of an image is the logit
    of its class, before the softmax: a probability could also rise because other logits fall.

    Parameters
    ----------
    model : torch.nn.Module
        With logits as outputs. It is left in evaluation mode.
    classes : sequence of int
        One image is made for each.
    image_size : int
        Height and width in pixels; a network of fixed size wants its own.
    steps : int
        How many steps to take.
    learning_rate : float
        Length of a step, in units of brightness (root mean square over the pixels).
    smoothness, jitter : float and int
        The regularisers, see `dlbook.models.ascent.climb`; 0 switches them off.
    rng : numpy.random.Generator
        Draws the noise to start from and the moves: the same in all three libraries.

    Returns
    -------
    Ascent
        Images of shape (n, channels, height, width) and their scores.

    Raises
    ------
    RangeError
        If there is no such class, or a number lies outside its range.
    DTypeError
        If `rng` is no generator.

    References
    ----------
    Simonyan, Vedaldi & Zisserman (2014); Nguyen, Yosinski & Clune (2015); chapter 14.
    """
    numbers = _numbers("class_ascent: classes", classes)

    def score(x: torch.Tensor) -> torch.Tensor:
        logits = model(x)
        chosen = one_for_each("class_ascent: classes", numbers, len(numbers), logits.shape[1])
        return logits[np.arange(len(chosen)), chosen]

    options: dict[str, Any] = {
        "image_size": image_size,
        "steps": steps,
        "learning_rate": learning_rate,
        "smoothness": smoothness,
        "jitter": jitter,
    }
    return _ascend(model, score, len(numbers), rng, **options)


def _ascend(
    model: nn.Module,
    score: Callable[[torch.Tensor], torch.Tensor],
    count: int,
    rng: np.random.Generator,
    *,
    image_size: int,
    **options: Any,
) -> Ascent:
    def score_and_gradient(array: Array) -> tuple[Array, Array]:
        x = torch.tensor(array, requires_grad=True)
        scores = score(x)
        (gradient,) = torch.autograd.grad(scores.sum(), x)
        return scores.detach().numpy(), gradient.numpy()

    model.eval()
    start = first_images((count, input_channels(model), image_size, image_size), rng, 1)
    return climb(score_and_gradient, start, rng=rng, channel_axis=1, **options)


def _numbers(argument: str, values: Sequence[int]) -> Array:
    numbers = np.asarray(values)
    require(
        numbers.ndim == 1 and numbers.size > 0, ShapeError, argument, "a list of numbers", values
    )
    return numbers
