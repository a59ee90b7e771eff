"""The block that modern convolutional networks repeat, from scratch."""

from __future__ import annotations

import numpy as np

from dlbook.engine import nn

__all__ = ["conv_block"]


def conv_block(in_channels: int, out_channels: int, rng: np.random.Generator) -> list[nn.Module]:
    """Convolution of 3×3 that keeps the size, batch norm, ReLU.

    The convolution has no bias: batch norm would subtract it again.

    Parameters
    ----------
    in_channels, out_channels : int
    rng : numpy.random.Generator
        Draws the first weights.

    Returns
    -------
    list of Module
    """
    return [
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False, rng=rng),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    ]
