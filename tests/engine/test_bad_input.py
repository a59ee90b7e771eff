"""No call ends in a bare error of NumPy or Python, whatever its arguments are.

Every function and constructor is called with its sensible arguments, one or two of which are
replaced by something odd: a wrong rank, numbers of another type, nothing, text, nan. It may
succeed or raise one of `dlbook.errors`, with a message that says what was expected and what came.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from dlbook.engine import Tensor, nn, no_grad, optim
from dlbook.engine import functional as F
from dlbook.errors import DlbookError
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sensible_calls import functions, modules, numbers, optimizers

ODD_VALUES: list[Any] = [
    None, True, -3, -1, 0, 1, 2, 3, 7, -0.5, 0.0, 0.5, 1.0, 1.5, 1e-30, 1e300, 1j,
    float("nan"), float("inf"), float("-inf"), "", "mean", "none", "same", "text",
    (), (0,), (1,), (2, 2), (1, 2, 3), (-1, 2), (1, None), (0.5, 0.5), (None, "text"),
    [], [1, 2], [[1, 2], [3]], ["a", "b"], [None], {}, {"a": 1}, {1, 2}, object(), len, int,
    np.int64(2), np.float32(0.5), np.float64("nan"), np.bool_(True), np.random.default_rng(0),
]  # fmt: skip
ODD_NUMBERS = (-1.0, 0.0, 0.5, 1.0, 2.0, 3.0, 100.0, 1e30, float("nan"), float("inf"))


@st.composite
def odd_arrays(draw: st.DrawFn) -> Any:
    """Draw an array or tensor of any rank up to 6, perhaps empty, of any type of number."""
    shape = tuple(draw(st.lists(st.integers(0, 5), max_size=6)))
    dtype = draw(st.sampled_from(["f4", "f8", "f2", "i4", "i8", "u1", "?", "c8", "U1", "O"]))
    with np.errstate(all="ignore"):
        filled = np.full(shape, draw(st.sampled_from(ODD_NUMBERS)))
        array = filled.astype(object) if dtype == "O" else filled.astype(dtype)
    if array.dtype.kind == "f" and draw(st.booleans()):
        return Tensor(array, requires_grad=draw(st.booleans()))
    return array


@st.composite
def resized(draw: st.DrawFn, sensible: Any) -> Any:
    """Draw an array like a sensible one: shorter, longer, of another rank, or with odd numbers."""
    data = sensible.data if isinstance(sensible, Tensor) else np.asarray(sensible)
    change = draw(st.sampled_from(["shorter", "longer", "squeezed", "deeper", "odd", "type"]))
    axis = draw(st.integers(0, data.ndim - 1)) if data.ndim else None
    if change == "deeper" or axis is None:
        return Tensor(data[None])
    if change == "shorter":
        return Tensor(np.delete(data, 0, axis))
    if change == "longer":
        return Tensor(np.repeat(data, 2, axis))
    if change == "squeezed":
        return Tensor(data.take(0, axis))
    if change == "type":
        return Tensor(data.astype(draw(st.sampled_from(["f8", "i8", "f2", "?"]))))
    odd = data.copy()
    with np.errstate(all="ignore"):
        odd[draw(st.integers(0, len(data) - 1))] = np.array(draw(st.sampled_from(ODD_NUMBERS)))
    return Tensor(odd)


@st.composite
def odd_arguments(draw: st.DrawFn, sensible: dict[str, Any]) -> dict[str, Any]:
    """Draw sensible arguments of which one or two are replaced."""
    arguments = {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in sensible.items()}
    names = draw(st.lists(st.sampled_from(sorted(arguments)), min_size=1, max_size=2))
    for name in names:
        kinds = [st.sampled_from(ODD_VALUES), odd_arrays()]
        if isinstance(sensible[name], Tensor | np.ndarray):
            kinds += [resized(sensible[name])] * 2
        arguments[name] = draw(st.one_of(kinds))
    return arguments


def succeeds_or_explains(call: Callable[..., Any], *args: Any, **arguments: Any) -> Any:
    """Return the result, or None where the call raises an error of the package's own family."""
    try:
        return call(*args, **arguments)
    except DlbookError as error:
        explained = re.search(r": expected .+, got ", str(error), re.DOTALL)
    assert explained, "the message says neither what was expected nor what came"
    return None


def odd_calls(calls: dict[str, dict[str, Any]]) -> Any:
    return pytest.mark.parametrize(("name", "sensible"), calls.items(), ids=list(calls))


def walked_back(result: Any) -> None:
    """Send gradients back through a result, which must not fail either."""
    for part in result if isinstance(result, tuple) else (result,):
        if isinstance(part, tuple):
            walked_back(part)
        elif isinstance(part, Tensor) and part.requires_grad:
            part.backward(np.ones_like(part.data), retain_graph=True)


def test_the_tables_of_sensible_calls_are_complete() -> None:
    assert set(functions()) == set(F.__all__)
    bare = {"Flatten", "GlobalAvgPool", "ReLU", "SELU", "Sigmoid", "Tanh"}  # nothing to set
    others = {"Module", "Sequential", "LayerSummary", "Summary", "utils"}  # tested on their own
    assert set(modules()) == set(nn.__all__) - bare - others
    assert set(optimizers()) == set(optim.__all__) - {"Optimizer", "Schedule"}


@pytest.mark.parametrize("name", F.__all__)
def test_sensible_arguments_of_functions_succeed(name: str) -> None:
    walked_back(getattr(F, name)(**functions()[name]))


@pytest.mark.parametrize("module", [nn, optim])
def test_sensible_arguments_of_constructors_succeed(module: Any) -> None:
    for name, sensible in (modules() if module is nn else optimizers()).items():
        assert getattr(module, name)(**sensible) is not None


@odd_calls(functions())
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_functions(name: str, sensible: dict[str, Any], data: st.DataObject) -> None:
    arguments = data.draw(odd_arguments(sensible))
    walked_back(succeeds_or_explains(getattr(F, name), **arguments))


@odd_calls(modules())
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_modules(name: str, sensible: dict[str, Any], data: st.DataObject) -> None:
    module = succeeds_or_explains(getattr(nn, name), **data.draw(odd_arguments(sensible)))
    if isinstance(module, nn.Module):
        inputs = data.draw(st.sampled_from(inputs_for(name)))
        with no_grad():
            succeeds_or_explains(module, *inputs)
        assert name in repr(module)


def inputs_for(name: str) -> list[tuple[Any, ...]]:
    """Inputs of all ranks, or predictions with targets for losses."""
    if name == "CTCLoss":
        return [(numbers(5, 2, 3), np.array([[1, 2], [2, 1]]), [5, 4], [2, 1])]
    if name == "CosineEmbeddingLoss":
        return [(numbers(4, 3), numbers(4, 3), np.array([1, -1, 1, -1]))]
    if "Loss" in name or "Error" in name or name == "LogCosh" or "Hinge" in name:
        labels = np.array([0, 2, 1, 2])
        return [(numbers(4, 3), numbers(4, 3).detach()), (numbers(4, 3), labels)]
    return [(numbers(*[3, 4, 5, 6, 7][:rank]),) for rank in range(6)]


@odd_calls(optimizers())
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(data=st.data())
def test_optimizers(name: str, sensible: dict[str, Any], data: st.DataObject) -> None:
    made = succeeds_or_explains(getattr(optim, name), **data.draw(odd_arguments(sensible)))
    if isinstance(made, optim.Optimizer):
        for parameter in made.params:
            parameter.grad = np.ones_like(parameter.data)
    if made is not None:
        inputs = (1.0,) if name == "ReduceLROnPlateau" else ()
        succeeds_or_explains(made.step, *inputs)
