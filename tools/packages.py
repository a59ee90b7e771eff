"""What the lock installs: name, version, licence and needs of each package, from its metadata."""

from __future__ import annotations

import importlib.metadata
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.txt"
LICENCES = tomllib.loads((ROOT / "tools/licences.toml").read_text(encoding="utf-8"))

# What a licence says of itself, for packages whose metadata do not name it by its SPDX identifier;
# the first line that matches holds.
_WORDS = (
    (r"Apache License,?\s+Version 2\.0", "Apache-2.0"),
    (r"Mozilla Public License,?\s+(v\.|Version )\s*2\.0", "MPL-2.0"),
    (r"Redistribution and use .*(Neither the name|endorse or promote)", "BSD-3-Clause"),
    (r"Redistribution and use ", "BSD-2-Clause"),
    (r"Permission is hereby granted, free of charge, to any person obtaining", "MIT"),
    (r"Permission to use, copy, modify, and/?(or)? ?distribute this software for any", "ISC"),
)


@dataclass(frozen=True)
class Package:
    """A pinned package as it is installed.

    Attributes
    ----------
    name : str
        In its normal form, such as ``jupyter-book``.
    version : str
        As pinned.
    installed : str or None
        What is installed, without the mark of a local build (``+cpu``); None where nothing is.
    licence : str
        An SPDX expression, or an empty string where none was found.
    needs : tuple of str
        Pinned packages that this one requires on this machine.
    """

    name: str
    version: str
    installed: str | None
    licence: str
    needs: tuple[str, ...]


def read_pins(lock: Path = LOCK) -> dict[str, str]:
    """Return the versions in the lock that hold on this machine, by the packages' names."""
    lines = lock.read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def read_packages(lock: Path = LOCK) -> list[Package]:
    """Describe every package of the lock, in the order of their names."""
    pins = read_pins(lock)
    return [_describe(name, version, pins) for name, version in sorted(pins.items())]


def licence_of(distribution: importlib.metadata.Distribution) -> str:
    """Find the licence of a package that is installed.

    First comes what `tools/licences.toml` says of this package, then its field
    ``License-Expression``, then the older field ``License`` if it is an SPDX expression or a
    spelling known to `tools/licences.toml`, its classifiers likewise, and at last the words of the
    licence itself.

    Parameters
    ----------
    distribution : importlib.metadata.Distribution

    Returns
    -------
    str
        An SPDX expression; empty if none was found.
    """
    metadata: Any = distribution.metadata
    named = LICENCES["named"].get(canonicalize_name(metadata["Name"]))
    if named:
        return str(named["licence"])
    classifiers = metadata.get_all("Classifier") or []
    kinds = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    short = [metadata.get("License-Expression"), metadata.get("License"), *kinds]
    for text in short:
        if found := _as_spdx((text or "").strip()):
            return found
    for text in (*_texts(distribution), metadata.get("License") or ""):
        words = " ".join(text.split())
        for pattern, identifier in _WORDS:
            if re.search(pattern, words, re.IGNORECASE):
                return identifier
    return ""


def is_allowed(expression: str, allowed: set[str]) -> bool:
    """Say whether an SPDX expression needs allowed licences only, in one of its alternatives.

    Parameters
    ----------
    expression : str
        Without brackets; ``WITH`` belongs to the licence before it.
    allowed : set of str
        SPDX identifiers.
    """
    alternatives = re.split(r"\s+OR\s+", expression)
    return any(
        all(part in allowed for part in re.split(r"\s+AND\s+", alternative))
        for alternative in alternatives
    )


def _describe(name: str, version: str, pins: dict[str, str]) -> Package:
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return Package(name, version, None, "", ())
    installed = distribution.version.partition("+")[0]
    requirements = [Requirement(text) for text in distribution.requires or []]
    needs = {
        canonicalize_name(one.name)
        for one in requirements
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }
    ours = tuple(sorted(need for need in needs if need in pins))
    return Package(name, version, installed, licence_of(distribution), ours)


def _as_spdx(text: str) -> str:
    """Return an SPDX expression for a short name of a licence; empty if it is none."""
    spelling = LICENCES["spellings"].get(text)
    if spelling:
        return str(spelling)
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        return ""


def _texts(distribution: importlib.metadata.Distribution) -> list[str]:
    """Read the licences that are installed with a package, in the folder of its metadata."""
    found = []
    for file in distribution.files or []:
        in_metadata = ".dist-info" in file.parts[0]
        if in_metadata and re.match(r"(LICEN[CS]E|COPYING)", file.name, re.IGNORECASE):
            found.append(Path(str(file.locate())).read_text(encoding="utf-8", errors="replace"))
    return found
