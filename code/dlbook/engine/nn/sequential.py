"""Modules one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dlbook.engine.nn.module import Module
from dlbook.errors import DTypeError, RangeError, require

__all__ = ["Sequential"]


class Sequential(Module):
    """Feed the result of each module to the next.

    Parameters
    ----------
    *modules : Module
        In order; their parameters are named ``"0.weight"``, ``"1.weight"``, … as in PyTorch.

    Raises
    ------
    DTypeError
        If something that is not a module is given.
    """

    def __init__(self, *modules: Module) -> None:
        for position, module in enumerate(modules):
            require(
                isinstance(module, Module),
                DTypeError,
                f"Sequential: modules[{position}]",
                "a Module",
                module,
            )
            setattr(self, str(position), module)

    def forward(self, x: Any) -> Any:
        """Apply all modules in order."""
        for _, module in self.children():
            x = module(x)
        return x

    def __iter__(self) -> Iterator[Module]:
        return (module for _, module in self.children())

    def __len__(self) -> int:
        return sum(1 for _ in self.children())

    def __getitem__(self, position: int) -> Module:
        inside = isinstance(position, int) and -len(self) <= position < len(self)
        require(inside, RangeError, "Sequential: position", f"0 to {len(self) - 1}", position)
        return list(self)[position]
