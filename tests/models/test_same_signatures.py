"""A model is made in the same way in all three libraries, and functions have the same defaults."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

FOLDER = Path(__file__).resolve().parents[2] / "code/dlbook/models/numpy"
FILES = sorted(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")


def calls(library: str, file: str) -> dict[str, list[tuple[str, Any]]]:
    """Name, order and default of every parameter of what a file offers."""
    try:
        module = importlib.import_module(f"dlbook.models.{library}.{file}")
    except ModuleNotFoundError:
        return {}
    return {
        name: [
            (parameter.name, parameter.default)
            for parameter in inspect.signature(getattr(module, name)).parameters.values()
            if parameter.kind is not parameter.VAR_KEYWORD
        ]
        for name in module.__all__
        if callable(getattr(module, name))
    }


@pytest.mark.parametrize("file", FILES)
def test_three_libraries_one_signature(file: str) -> None:
    here = calls("numpy", file)
    compared = 0
    for library in ("pytorch", "keras"):
        there = calls(library, file)
        for name in here.keys() & there.keys():
            if name[0].islower():  # a function: a library may have its own order of arguments
                there[name], here[name] = (
                    [pair for pair in one[name] if pair[1] is not inspect.Parameter.empty]
                    for one in (there, here)
                )
            assert there[name] == here[name], f"{library}: {name}"
            compared += 1
    assert compared >= 1
