"""requirements.txt: exactly pinned, complete, and free of what holds on one machine alone."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("jupyter-book", "keras", "matplotlib", "nbval", "numpy", "tensorflow", "torch")


def load_lock():
    spec = importlib.util.spec_from_file_location("lock", ROOT / "tools/lock.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


lock = load_lock()


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(pin.name): str(pin.specifier) for pin in found}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return [Requirement(text) for group in groups for text in group]


def test_every_line_is_an_exact_pin(pins: dict[str, str]) -> None:
    assert len(pins) > 100
    assert [pin for pin in pins.values() if not re.fullmatch(r"==[0-9][A-Za-z0-9.!]*", pin)] == []


def test_the_file_is_what_make_lock_writes() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert lock.clean(text) == text


def test_the_book_s_libraries_are_pinned(pins: dict[str, str]) -> None:
    assert set(NEEDED) <= set(pins)
    # not 2.13.0+cpu, which the public index does not have
    assert re.fullmatch(r"==\d+\.\d+\.\d+", pins["torch"])


def test_every_declared_package_is_pinned_within_its_bounds(pins: dict[str, str]) -> None:
    for requirement in declared():
        name = canonicalize_name(requirement.name)
        if name != "dlbook":
            assert requirement.specifier.contains(pins[name].removeprefix("==")), requirement


def test_nothing_of_one_machine_is_in_it() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert not re.search(r"^[^#]*(/|@|\+cpu|--|nvidia|triton)", text, re.MULTILINE)


def test_lock_drops_what_belongs_to_one_machine() -> None:
    compiled = "numpy==2.4.6\ntorch==2.13.0+cpu  # via x\ndlbook @ file:///home/me\npip==26.3\n"
    compiled += "nvidia-cublas==1.0\ntriton==3.0\nb==1.0 ; python_version < '3.12'\n"
    expected = "b==1.0 ; python_version < '3.12'\nnumpy==2.4.6\ntorch==2.13.0\n"
    assert lock.clean(compiled) == lock.HEADER + expected


@pytest.mark.parametrize("line", ["numpy>=2.0", "--find-links /opt/wheels", "x @ https://y/z.whl"])
def test_lock_refuses_what_is_no_exact_pin(line: str) -> None:
    with pytest.raises(ValueError, match="expected an exact pin"):
        lock.clean(line)
