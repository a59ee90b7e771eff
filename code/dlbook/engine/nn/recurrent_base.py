"""How recurrences are stacked, run in both directions and joined."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from dlbook.engine import functional as F
from dlbook.engine import init
from dlbook.engine.joining import cat, stack
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.settings import check_switches, generator, is_number, is_whole
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import RangeError, ShapeError, require

__all__ = ["Recurrent"]


class Recurrent(Module):
    """Layers on top of each other, each in one direction or in both.

    Parameters
    ----------
    input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, rng
        As for `RNN`.
    """

    gates = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        *,
        rng: np.random.Generator | None = None,
    ) -> None:
        name = type(self).__name__
        for argument, value in (
            ("input_size", input_size),
            ("hidden_size", hidden_size),
            ("num_layers", num_layers),
        ):
            valid = is_whole(value) and value >= 1
            require(valid, RangeError, f"{name}: {argument}", "a positive integer", value)
        share = is_number(dropout) and 0 <= dropout < 1
        require(share, RangeError, f"{name}: dropout", "a share in [0, 1)", dropout)
        check_switches(name, bias=bias, batch_first=batch_first, bidirectional=bidirectional)
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first = bias, batch_first
        self.dropout, self.bidirectional = dropout, bidirectional
        self.rng = generator(name, rng)
        bound, rows = 1 / math.sqrt(hidden_size), self.gates * hidden_size
        for layer, suffix in self._runs():
            columns = input_size if layer == 0 else hidden_size * (1 + bidirectional)
            shapes: dict[str, tuple[int, ...]]
            shapes = {"weight_ih": (rows, columns), "weight_hh": (rows, hidden_size)}
            if bias:
                shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
            for kind, shape in shapes.items():
                drawn = init.uniform(shape, self.rng, -bound, bound)
                setattr(self, f"{kind}{suffix}", Parameter(drawn))

    def _runs(self) -> Iterator[tuple[int, str]]:
        """Yield (layer, ending of its parameters' names) in PyTorch's order."""
        for layer in range(self.num_layers):
            for direction in ("", "_reverse")[: 1 + self.bidirectional]:
                yield layer, f"_l{layer}{direction}"

    def _weights(self, suffix: str) -> list[Parameter]:
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")[: 4 if self.bias else 2]
        return [vars(self)[kind + suffix] for kind in kinds]

    def _run(self, x: Tensor, states: Any, weights: list[Parameter], **options: Any) -> Any:
        """Apply one layer in one direction; returns outputs and a tuple of final states."""
        raise TypeError(f"{type(self).__name__} defines no _run")

    def _forward(
        self, input: Any, states: tuple[Any, ...] | None, lengths: Any
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Apply all layers; `states` and the final states are stacked over layers."""
        x = self._time_first(input)
        if states is not None:
            states = tuple(as_tensor(state) for state in states)
            shape = (self.num_layers * (1 + self.bidirectional), x.shape[1], self.hidden_size)
            for state in states:
                name, form = f"{type(self).__name__}: hx", "(layers · directions, batch, hidden)"
                require(state.shape == shape, ShapeError, name, f"shape {shape} {form}", state)
        outputs: list[Tensor] = []
        finals: list[tuple[Tensor, ...]] = []
        for position, (layer, suffix) in enumerate(self._runs()):
            if layer and not suffix.endswith("_reverse"):
                x, outputs = self._join(outputs), []
                x = F.dropout(x, self.dropout, self.training, rng=self.rng)
            output, final = self._run(
                x,
                None if states is None else tuple(state[position] for state in states),
                self._weights(suffix),
                reverse=suffix.endswith("_reverse"),
                lengths=lengths,
            )
            outputs.append(output)
            finals.append(final)
        result = self._join(outputs)
        if self.batch_first:
            result = result.transpose(0, 1)
        return result, tuple(stack(state) for state in zip(*finals, strict=True))

    def _time_first(self, input: Any) -> Tensor:
        x = as_tensor(input)
        axes = "(batch, time, features)" if self.batch_first else "(time, batch, features)"
        require(
            x.ndim == 3 and x.shape[2] == self.input_size,
            ShapeError,
            f"{type(self).__name__}: input",
            f"3 axes {axes}, the last of length {self.input_size}",
            x,
        )
        return x.transpose(0, 1) if self.batch_first else x

    @staticmethod
    def _join(outputs: list[Tensor]) -> Tensor:
        return outputs[0] if len(outputs) == 1 else cat(outputs, dim=2)

    def extra_repr(self) -> str:
        """Return the sizes, and whatever differs from its default."""
        defaults = {
            "num_layers": 1,
            "bias": True,
            "batch_first": False,
            "dropout": 0.0,
            "bidirectional": False,
        }
        special = [f"{k}={vars(self)[k]}" for k, v in defaults.items() if vars(self)[k] != v]
        return ", ".join([str(self.input_size), str(self.hidden_size), *special])
