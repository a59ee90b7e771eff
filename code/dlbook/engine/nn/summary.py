"""What a model is made of: its layers, the shapes that flow through, the numbers to learn."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from dlbook.engine.autograd import no_grad
from dlbook.engine.nn.module import Module, Parameter
from dlbook.engine.tensor import Tensor, as_tensor
from dlbook.errors import ShapeError, require

__all__ = ["LayerSummary", "Summary", "summarize"]


@dataclass(frozen=True)
class LayerSummary:
    """One line of a summary.

    Attributes
    ----------
    path : str
        Where the layer sits, such as ``"features.0"``; empty for the model itself.
    kind : str
        Its class.
    depth : int
        How many modules it is inside of.
    output_shape : tuple or None
        Shape of its result, or a tuple of the shapes of its results; None if it did not run.
    parameters : int
        How many numbers of its own it learns, not counting layers inside it or any that a line
        above has counted already.
    """

    path: str
    kind: str
    depth: int
    output_shape: tuple[Any, ...] | None
    parameters: int


@dataclass(frozen=True)
class Summary:
    """A model at a glance; print it.

    Attributes
    ----------
    layers : tuple of LayerSummary
        The model and all modules inside it, in the order in which they were made.
    trainable, frozen : int
        Numbers that training changes, and parameters that do not require a gradient.
    buffers : int
        Numbers kept but not learned, such as running averages.
    """

    layers: tuple[LayerSummary, ...]
    trainable: int
    frozen: int
    buffers: int

    @property
    def total(self) -> int:
        """Number of all parameters, trainable or frozen."""
        return self.trainable + self.frozen

    def __str__(self) -> str:
        rows = [("Layer", "Output shape", "Parameters")]
        for layer in self.layers:
            name = layer.path.rpartition(".")[2]
            label = "  " * layer.depth + (f"{name} ({layer.kind})" if name else layer.kind)
            rows.append((label, _shape_text(layer.output_shape), f"{layer.parameters:,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [f"{a:<{widths[0]}}  {b:<{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows]
        rule = "─" * len(lines[0])
        counts = (
            f"Parameters: {self.total:,} (trainable {self.trainable:,}, frozen {self.frozen:,})"
        )
        if self.buffers:
            counts += f"\nBuffers: {self.buffers:,}"
        return "\n".join([lines[0], rule, *lines[1:], rule, counts])

    __repr__ = __str__


def summarize(
    module: Module, *inputs: Any, dtype: DTypeLike = np.float32, **options: Any
) -> Summary:
    """Run a model once in evaluation mode and write down what comes out of each layer.

    Parameters
    ----------
    module : Module
        Left as it was: no gradient, no running statistic, no mode changes.
    *inputs : tuple of int, or Tensor or ndarray
        A shape, batch axis included, which is filled with zeros; or real inputs. None for no
        more than the counts.
    dtype : dtype
        Of the zeros; an embedding wants ``int``.
    **options
        Handed on to the model's ``forward``.

    Returns
    -------
    Summary

    Raises
    ------
    ShapeError
        If a shape has an axis that is not a positive integer, or does not fit the model.
    """
    tensors = [_input(position, value, dtype) for position, value in enumerate(inputs)]
    shapes: dict[int, tuple[Any, ...]] = {}
    if tensors:
        modes = [(part, part.training) for part in module.modules()]
        module.eval()
        try:
            with no_grad(), _watched(module, shapes):
                module(*tensors, **options)
        finally:
            for part, training in modes:
                part.training = training
    layers, seen = [], set()
    for path, depth, part in _walk(module):
        own = [value for value in vars(part).values() if isinstance(value, Parameter)]
        count = sum(p.numel() for p in own if id(p) not in seen)
        seen |= {id(p) for p in own}
        shape = shapes.get(id(part))
        layers.append(LayerSummary(path, type(part).__name__, depth, shape, count))
    parameters = {id(p): p for p in module.parameters()}.values()
    trainable = sum(p.numel() for p in parameters if p.requires_grad)
    return Summary(
        layers=tuple(layers),
        trainable=trainable,
        frozen=sum(p.numel() for p in parameters) - trainable,
        buffers=sum(buffer.size for _, buffer in module.named_buffers()),
    )


def _input(position: int, value: Any, dtype: DTypeLike) -> Tensor:
    if not isinstance(value, tuple | list):
        return as_tensor(value)
    valid = all(isinstance(length, int | np.integer) and length > 0 for length in value)
    argument = f"summary: inputs[{position}]"
    require(valid, ShapeError, argument, "a shape of positive integers, batch first", str(value))
    return Tensor(np.zeros(tuple(value), dtype))


def _walk(module: Module, path: str = "", depth: int = 0) -> Iterator[tuple[str, int, Module]]:
    yield path, depth, module
    for name, child in module.children():
        yield from _walk(child, f"{path}.{name}" if path else name, depth + 1)


@contextmanager
def _watched(module: Module, shapes: dict[int, tuple[Any, ...]]) -> Iterator[None]:
    """Let every module note the shape of its (first) result under its id."""

    def watch(part: Module) -> None:
        forward = part.forward

        @functools.wraps(forward)
        def noting(*inputs: Any, **options: Any) -> Any:
            result = forward(*inputs, **options)
            shapes.setdefault(id(part), _shape_of(result))
            return result

        vars(part)["forward"] = noting

    parts = list({id(part): part for part in module.modules()}.values())
    try:
        for part in parts:
            watch(part)
        yield
    finally:
        for part in parts:
            vars(part).pop("forward", None)


def _shape_of(result: Any) -> tuple[Any, ...]:
    if isinstance(result, tuple | list):
        return tuple(_shape_of(part) for part in result)
    return tuple(getattr(result, "shape", ()))


def _shape_text(shape: tuple[Any, ...] | None) -> str:
    if shape is None:
        return "—"
    if shape and isinstance(shape[0], tuple):
        return ", ".join(_shape_text(part) for part in shape)
    return str(shape)
