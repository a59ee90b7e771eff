"""PyTorch's global generator, borrowed and given back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

__all__ = ["seeded"]


@contextmanager
def seeded(rng: Any) -> Iterator[None]:
    """Let PyTorch draw from a seed taken from `rng`; its global state is restored afterwards.

    Parameters
    ----------
    rng : numpy.random.Generator or None
        One integer is drawn from it; None leaves PyTorch's own state in charge.
    """
    if rng is None:
        yield
        return
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**31)))
        yield
