"""The convolutional part of a network by name, and a look inside it, from scratch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dlbook.engine import Tensor, nn
from dlbook.errors import DTypeError, require
from dlbook.models.feature_names import name_layers

__all__ = ["feature_layers", "frozen", "input_channels", "watched"]


def feature_layers(model: nn.Module) -> dict[str, nn.Module]:
    """Name the layers of a network up to its last feature map.

    Parameters
    ----------
    model : Module
        With a `Sequential` called ``features``, as the image models of this book; or that
        `Sequential` itself.

    Returns
    -------
    dict of str to Module
        ``"conv1_1"`` and so on, in order; see `dlbook.models.feature_names`.

    Raises
    ------
    DTypeError
        If the model has no such part, or other layers are in it.
    """
    features: Any = getattr(model, "features", model)
    expected = "a model with a Sequential called features"
    require(
        isinstance(features, nn.Sequential), DTypeError, "model", expected, type(model).__name__
    )
    named = name_layers(features)
    require("conv1_1" in named, DTypeError, "model", "at least one convolution", "none")
    return named


def input_channels(model: nn.Module) -> int:
    """Tell how many channels the images of a network have.

    Parameters
    ----------
    model : Module

    Returns
    -------
    int
    """
    first: Any = feature_layers(model)["conv1_1"]
    return int(first.weight.shape[1])


@contextmanager
def frozen(model: nn.Module) -> Iterator[None]:
    """Let no gradient go to the parameters for a while: only what they are applied to counts.

    Parameters
    ----------
    model : Module
        Left as it was.
    """
    before = [(parameter, parameter.requires_grad) for parameter in model.parameters()]
    try:
        model.requires_grad_(False)
        yield
    finally:
        for parameter, flag in before:
            parameter.requires_grad = flag


@contextmanager
def watched(layer: nn.Module) -> Iterator[list[Tensor]]:
    """Keep what a layer returns, as a leaf from which everything after it is computed.

    Parameters
    ----------
    layer : Module

    Yields
    ------
    list of Tensor
        Filled when the layer runs; after a backward pass each has its gradient.
    """
    kept: list[Tensor] = []
    forward = layer.forward

    def keeping(*inputs: Any) -> Tensor:
        kept.append(Tensor(forward(*inputs).data, requires_grad=True))
        return kept[-1]

    vars(layer)["forward"] = keeping
    try:
        yield kept
    finally:
        del vars(layer)["forward"]
