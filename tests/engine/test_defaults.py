"""What is left out means what it means in PyTorch: the same defaults under the same names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from dlbook.engine import functional, nn, optim

torch = pytest.importorskip("torch")

#: Where PyTorch says None and decides later, or asks for a choice that the engine makes.
OTHERWISE = {("pad", "value"), ("Softmax", "dim"), ("LogSoftmax", "dim")}


def defaults(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:  # written in C++
        return {}
    return {name: p.default for name, p in parameters.items() if p.default is not p.empty}


@pytest.mark.parametrize(
    ("ours", "theirs", "fewest"),
    [
        (functional, torch.nn.functional, 40),
        (nn, torch.nn, 80),
        (optim, torch.optim, 20),
        (optim, torch.optim.lr_scheduler, 10),
    ],
)
def test_defaults_are_those_of_pytorch(ours: Any, theirs: ModuleType, fewest: int) -> None:
    compared = 0
    for name in ours.__all__:
        if not callable(getattr(theirs, name, None)) or not callable(getattr(ours, name)):
            continue
        there = defaults(getattr(theirs, name))
        for parameter, value in defaults(getattr(ours, name)).items():
            if parameter in there and (name, parameter) not in OTHERWISE:
                assert value == there[parameter], f"{name}: {parameter}"
                compared += 1
    assert compared >= fewest


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_recurrent_layers_too(name: str) -> None:
    # PyTorch's take *args, so their defaults show in what is made.
    there = getattr(torch.nn, name)(2, 3)
    for parameter, value in defaults(getattr(nn, name)).items():
        if parameter not in ("rng", "reset_after"):
            assert value == getattr(there, parameter), parameter


def test_pooling_too() -> None:
    for number in (1, 2, 3):
        there = getattr(torch.nn, f"MaxPool{number}d")(2)
        here = defaults(getattr(functional, f"max_pool{number}d"))
        assert here == {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
        assert (there.padding, there.dilation, there.ceil_mode, there.stride) == (0, 1, False, 2)
