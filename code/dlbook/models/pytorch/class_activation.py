"""Where in an image a network saw what it decided on, in PyTorch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from dlbook.errors import DTypeError, RangeError, require
from dlbook.models.feature_names import Array, check_images, find_layer, one_for_each
from dlbook.models.pytorch.feature_layers import feature_layers, input_channels

__all__ = ["class_activation_map", "grad_cam"]


def class_activation_map(model: nn.Module, x: Array, classes: Any = None) -> Array:
    r"""Show which places speak for a class, in a network with global average pooling.

    .. math:: M_c(i, j) = \sum_k w_{ck} A_k(i, j)

    with the last feature maps A and the weights w of the class. The mean of M over all places,
    plus the bias, is the logit: the map shares the decision out among places.

    Parameters
    ----------
    model : torch.nn.Module
        With a part called ``features``, and logits as outputs. One linear layer is fed
        with the average of each channel. It is left in evaluation mode.
    x : ndarray of shape (n, channels, height, width)
        Images.
    classes : int or array_like of int, optional
        One for all images, or one for each; by default what the network decides on.

    Returns
    -------
    ndarray of shape (n, map height, map width)
        Negative where a place speaks against the class.

    Raises
    ------
    RangeError
        If the network is of another kind, or there is no such class.
    ShapeError, DTypeError, DataError
        If `x` is not what the network takes.

    References
    ----------
    Zhou et al. (2016); chapter 14.
    """
    images = torch.tensor(check_images("class_activation_map", x, input_channels(model), 1))
    layer = list(feature_layers(model).values())[-1]
    model.eval()
    with torch.no_grad(), _watched(layer) as kept:
        logits = model(images)
    maps = kept[0].detach()
    weight = _last_linear(model, maps.shape[1]).weight.detach()
    chosen = _chosen("class_activation_map", classes, logits.numpy())
    return torch.einsum("nkhw,nk->nhw", maps, weight[chosen]).numpy()


def grad_cam(model: nn.Module, x: Array, classes: Any = None, layer: str | int = -1) -> Array:
    r"""Show which places of any feature map raise the logit of a class.

    .. math:: M_c = \max\Bigl(0, \sum_k \alpha_k A_k\Bigr), \qquad
        \alpha_k = \frac{1}{H W} \sum_{i, j} \frac{\partial z_c}{\partial A_k(i, j)}

    Here z is the logit. The gradient of the probability behind the softmax would fade where the
    network is sure, and mix in the other classes. What speaks against the class is dropped.

    Parameters
    ----------
    model : torch.nn.Module
        With a part called ``features``, and logits as outputs. It is left in evaluation mode.
    x : ndarray of shape (n, channels, height, width)
        Images.
    classes : int or array_like of int, optional
        One for all images, or one for each; by default what the network decides on.
    layer : str or int
        Name such as ``"relu2_1"``, or position among the feature layers; the last by default.

    Returns
    -------
    ndarray of shape (n, map height, map width)
        As coarse as the maps of the layer; `dlbook.models.heat_maps.upsample` enlarges it.

    Raises
    ------
    RangeError
        If there is no such class or layer.
    ShapeError, DTypeError, DataError
        If `x` is not what the network takes, or it ends in a softmax.

    References
    ----------
    Selvaraju et al. (2017); chapter 14.
    """
    images = torch.tensor(check_images("grad_cam", x, input_channels(model), 1))
    named = feature_layers(model)
    watched_layer = named[find_layer("grad_cam", named, layer)]
    _refuse_softmax(model)
    model.eval()
    with _watched(watched_layer) as kept:
        logits = model(images)
        chosen = _chosen("grad_cam", classes, logits.detach().numpy())
        score = logits[np.arange(len(chosen)), chosen].sum()
        (gradient,) = torch.autograd.grad(score, kept[0])
    weights = gradient.mean(dim=(2, 3))
    return torch.einsum("nkhw,nk->nhw", kept[0], weights).relu().detach().numpy()


def _chosen(function: str, classes: Any, logits: Array) -> Array:
    numbers = logits.argmax(axis=1) if classes is None else classes
    return one_for_each(f"{function}: classes", numbers, *logits.shape)


@contextmanager
def _watched(layer: nn.Module) -> Iterator[list[torch.Tensor]]:
    """Keep what a layer returns, as a leaf from which everything after it is computed."""
    kept: list[torch.Tensor] = []

    def keep(_: nn.Module, __: Any, output: torch.Tensor) -> torch.Tensor:
        kept.append(output.detach().clone().requires_grad_())
        return kept[-1].clone()  # a later layer may work in place, which a leaf does not allow

    handle = layer.register_forward_hook(keep)
    try:
        yield kept
    finally:
        handle.remove()


def _last_linear(model: nn.Module, channels: int) -> nn.Linear:
    _refuse_softmax(model)
    found = [module for module in model.modules() if isinstance(module, nn.Linear)]
    fits = len(found) == 1 and found[0].weight.shape[1] == channels
    expected = "one linear layer on the average of each channel, and nothing else, after the maps"
    came = f"linear layers {[tuple(layer.weight.shape) for layer in found]}"
    require(fits, RangeError, "class_activation_map: model", expected, came)
    return found[0]


def _refuse_softmax(model: nn.Module) -> None:
    ends = any(isinstance(module, nn.Softmax | nn.LogSoftmax) for module in model.modules())
    require(not ends, DTypeError, "model", "logits as outputs", "a model with a softmax")
