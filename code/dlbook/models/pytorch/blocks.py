"""The block that modern convolutional networks repeat, in PyTorch."""

from __future__ import annotations

from torch import nn

__all__ = ["conv_block"]


def conv_block(in_channels: int, out_channels: int) -> list[nn.Module]:
    """Convolution of 3×3 that keeps the size, batch norm, ReLU.

    The convolution has no bias: batch norm would subtract it again.

    Parameters
    ----------
    in_channels, out_channels : int

    Returns
    -------
    list of torch.nn.Module
    """
    return [
        nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.ReLU(),
    ]
