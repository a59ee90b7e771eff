"""Every public name of the package says what it is and, where it is called, what it takes."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import dlbook
import pytest

MODULES = ["dlbook", *(m.name for m in pkgutil.walk_packages(dlbook.__path__, "dlbook."))]


def public_members(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Functions and classes that a module defines itself, without a leading underscore."""
    for name, member in vars(module).items():
        own = getattr(member, "__module__", None) == module.__name__
        if own and not name.startswith("_") and isinstance(member, type | FunctionType):
            yield name, member


def public_attributes(cls: type) -> Iterator[tuple[str, Any]]:
    """Methods and properties that a class itself defines, without a leading underscore."""
    for name, member in vars(cls).items():
        described = isinstance(member, FunctionType | property | classmethod | staticmethod)
        if described and not name.startswith("_"):
            yield name, getattr(cls, name)


def own_docstring(cls: type) -> str:
    """What the class says itself, not its base; and not the signature `dataclass` writes."""
    text = vars(cls).get("__doc__") or ""
    return "" if text.startswith(f"{cls.__name__}(") else text


def sections(text: str | None) -> dict[str, list[str]]:
    """Cut a numpydoc docstring into the lines of its underlined sections."""
    lines = inspect.cleandoc(text or "").splitlines()
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line and re.fullmatch(r"-{3,}", below) and len(below) == len(line):
            current = found.setdefault(line, [])
        else:
            current.append(line)
    return found


def described_names(text: str | None, *wanted: str) -> list[str]:
    """Names at the head of the entries of some sections: `x, y : float` gives x and y."""
    names: list[str] = []
    for section in wanted:
        for line in sections(text).get(section, []):
            if line and not line[0].isspace() and not line.startswith("---"):
                names += re.split(r"\s*,\s*", re.split(r"\s+:|:\s", line)[0].strip())
    return [name.lstrip("*") for name in names]


def signature_names(function: Any) -> list[str]:
    """Names of the parameters, without self and those that are private."""
    names = list(inspect.signature(function).parameters)
    return [name for name in names if name != "self" and not name.startswith("_")]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_described(name: str) -> None:
    module = importlib.import_module(name)
    missing = [] if module.__doc__ else [name]
    for member_name, member in public_members(module):
        if not isinstance(member, type):
            missing += [] if inspect.getdoc(member) else [member_name]
            continue
        missing += [] if own_docstring(member) else [member_name]
        for attribute, value in public_attributes(member):
            missing += [] if inspect.getdoc(value) else [f"{member_name}.{attribute}"]
    assert not missing, f"without a docstring in {name}: {', '.join(missing)}"


@pytest.mark.parametrize("name", MODULES)
def test_docstrings_name_the_parameters_of_the_signature(name: str) -> None:
    module, wrong = importlib.import_module(name), []
    for member_name, member in public_members(module):
        function, text = member, member.__doc__
        headings = ["Parameters"]
        if isinstance(member, type):
            if "__init__" not in vars(member) or getattr(member, "_is_protocol", False):
                continue  # it is made as its base is, or not at all
            function, text = member.__init__, own_docstring(member)
            headings += ["Attributes"] if dataclasses.is_dataclass(member) else []
        elif called_by_a_frame(name, member_name):
            continue
        expected = sorted(signature_names(function))
        found = sorted(described_names(text, *headings))
        if expected != found:
            wrong.append(f"{member_name}: signature {expected}, docstring {found}")
    assert not wrong, "\n".join(wrong)


def called_by_a_frame(module: str, name: str) -> bool:
    """Whether the arguments are described once, for all functions of a kind.

    pytest's hooks are described by pytest, the rules for notebooks all take one chapter.
    """
    rules = module in ("dlbook.validation.rules", "dlbook.validation.exercises")
    return name.startswith("pytest_") or rules


def test_a_docstring_is_read_as_it_is_written() -> None:
    text = """Do something.

    Parameters
    ----------
    x, y : float
        Where: a point.
    stride, padding
        As elsewhere.
    *shape : int

    Returns
    -------
    float
    """
    assert described_names(text, "Parameters") == ["x", "y", "stride", "padding", "shape"]
