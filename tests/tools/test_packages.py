"""Licences: found in whatever form they are declared, and allowed for every pinned package."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
from licences import problems
from packages import LICENCES, Package, is_allowed, licence_of, read_packages, read_pins
from packaging.licenses import canonicalize_license_expression

RULES = {"allowed": ["MIT", "BSD-3-Clause"], "exceptions": {}, "named": {}, "spellings": {}}
BSD_2 = "Redistribution and use in source and binary forms, with or without modification, are fine."
BSD_3 = f"{BSD_2} Neither the name of\nthe author may be used."


@pytest.fixture(scope="module")
def packages() -> list[Package]:
    return read_packages()


def test_every_pinned_package_may_be_used(packages: list[Package]) -> None:
    assert len(packages) == len(read_pins()) > 150
    assert problems(packages) == []


def test_every_licence_is_an_spdx_expression(packages: list[Package]) -> None:
    for package in packages:
        assert canonicalize_license_expression(package.licence) == package.licence, package


def test_exceptions_and_corrections_give_a_reason() -> None:
    entries = [*LICENCES["exceptions"].values(), *LICENCES["named"].values()]
    assert all(set(entry) == {"licence", "why"} and entry["why"] for entry in entries)


def installed(folder: Path, header: str, text: str = "") -> importlib.metadata.Distribution:
    """A package with the given metadata, and its licence if there is one."""
    info = folder / "thing-1.0.dist-info"
    info.mkdir()
    fields = f"Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n{header}\n"
    (info / "METADATA").write_text(fields)
    (info / "LICENSE.txt").write_text(text)
    (info / "RECORD").write_text(
        "thing-1.0.dist-info/METADATA,,\nthing-1.0.dist-info/LICENSE.txt,,\n"
    )
    return importlib.metadata.PathDistribution(info)


@pytest.mark.parametrize(
    ("header", "text", "licence"),
    [
        ("License-Expression: Apache-2.0 OR BSD-2-Clause", "", "Apache-2.0 OR BSD-2-Clause"),
        ("License: mit", "", "MIT"),
        ("License: Apache 2.0", "", "Apache-2.0"),
        ("Classifier: License :: OSI Approved :: MIT License", "", "MIT"),
        ("License-Expression: MIT\nClassifier: License :: OSI Approved :: ISC", BSD_2, "MIT"),
        ("Classifier: License :: OSI Approved :: BSD License", BSD_3, "BSD-3-Clause"),
        ("Classifier: License :: OSI Approved :: BSD License", BSD_2, "BSD-2-Clause"),
        ("", "Apache License\n  Version 2.0, January 2004", "Apache-2.0"),
        ("", "All rights reserved.", ""),
        ("License: UNKNOWN", "", ""),
    ],
)
def test_the_licence_is_found(tmp_path: Path, header: str, text: str, licence: str) -> None:
    assert licence_of(installed(tmp_path, header, text)) == licence


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND ISC", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only OR MIT AND MPL-2.0", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("", False),
    ],
)
def test_expressions(expression: str, allowed: bool) -> None:
    assert is_allowed(expression, {"MIT", "ISC", "Classpath-exception-2.0"}) is allowed


def test_what_is_wrong_is_told() -> None:
    def said(licence: str, installed: str | None = "1.0", **rules: object) -> list[str]:
        return problems([Package("a", "1.0", installed, licence, ())], {**RULES, **rules})

    excused = {"a": {"licence": "MPL-2.0", "why": "It is so."}}
    assert said("MIT") == []
    assert said("MIT", None) == ["a: pinned 1.0, got None"]
    assert said("MIT", "1.1") == ["a: pinned 1.0, got 1.1"]
    assert said("") == ["a: no licence found; name it in tools/licences.toml"]
    assert said("GPL-3.0-only") == ["a: GPL-3.0-only is not among the allowed licences"]
    assert said("MPL-2.0 AND MIT", exceptions=excused) == []
    assert said("MIT", exceptions=excused) == ["a: the exception is not needed"]
    assert said("MIT", named={"b": {}}) == ["b: in tools/licences.toml, but not pinned"]


def test_pins_for_other_machines_are_left_out(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("# all\nPy_Yaml==6.0\nold==1.0 ; python_version < '3'\n")
    assert read_pins(lock) == {"py-yaml": "6.0"}
