"""The bill of materials: valid, complete, and the same on every run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from packages import Package, read_packages
from referencing import Registry, Resource
from sbom import bill

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = Path(__file__).with_name("cyclonedx")
ADDRESS = "http://cyclonedx.org/schema/"


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return bill(read_packages())


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft7Validator:
    read = {path.name: json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")}
    # They refer to each other by their names as files, beside their own address.
    resources = [(f"{ADDRESS}{name}", Resource.from_contents(read[name])) for name in read]
    whole = read["bom-1.6.SNAPSHOT.schema.json"]
    return jsonschema.Draft7Validator(whole, registry=Registry().with_resources(resources))


def test_it_obeys_the_schema(made: dict[str, Any], validator: jsonschema.Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(made)] == []


@pytest.mark.parametrize(
    "wrong",
    [{"specVersion": 1.6}, {"components": [{"name": "a"}]}, {"bomFormat": "SPDX"}, {"extra": 1}],
)
def test_the_schema_refuses(
    made: dict[str, Any], validator: jsonschema.Draft7Validator, wrong: dict[str, Any]
) -> None:
    assert not validator.is_valid({**made, **wrong})


def test_an_unknown_licence_is_refused(
    made: dict[str, Any], validator: jsonschema.Draft7Validator
) -> None:
    strange = bill([Package("a", "1.0", "1.0", "No-Such-Licence", ())])
    assert not validator.is_valid(strange)


def test_every_package_and_every_vendored_folder_is_in_it(made: dict[str, Any]) -> None:
    names = [component["name"] for component in made["components"]]
    assert len(names) == len(set(names))
    assert {package.name for package in read_packages()} <= set(names)
    vendored = {path.name for path in (ROOT / "vendor").iterdir() if path.is_dir()}
    assert vendored <= set(names)
    assert all(component["version"] for component in made["components"])


def test_what_needs_what(made: dict[str, Any]) -> None:
    needs = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    known = {component["bom-ref"] for component in made["components"]}
    assert set(needs) == known | {"dlbook"}
    assert {ref for refs in needs.values() for ref in refs} <= known
    (matplotlib,) = (ref for ref in known if ref.startswith("pkg:pypi/matplotlib@"))
    assert matplotlib in needs["dlbook"]
    assert any(ref.startswith("pkg:pypi/numpy@") for ref in needs[matplotlib])


def test_it_is_the_same_on_every_run(made: dict[str, Any]) -> None:
    assert json.dumps(made) == json.dumps(bill(read_packages()))
    assert not {"timestamp", "serialNumber"} & {*made, *made["metadata"]}
