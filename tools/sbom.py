"""Write what the book is made of (``make sbom``): a CycloneDX 1.6 file, the same on every run.

It names each pinned package and the files of others in ``vendor/``, with version, licence and what
needs what on the machine at hand. It holds neither a time nor a serial number, which would differ
from run to run.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from packages import ROOT, Package, read_packages
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OUTPUT = ROOT / "_build/sbom.cdx.json"


def bill(packages: Sequence[Package], root: Path = ROOT) -> dict[str, Any]:
    """Put the bill of materials together.

    Parameters
    ----------
    packages : sequence of Package
    root : pathlib.Path
        The book's folder: the book itself and the files in ``vendor/`` are named, too.

    Returns
    -------
    dict
        To be written as JSON.
    """
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    direct = [package for package in packages if package.name in _direct(project)]
    vendored = [_katex(root)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": project["name"],
                "name": project["name"],
                "version": _version(root),
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": [_component(package) for package in packages] + vendored,
        "dependencies": [
            {
                "ref": project["name"],
                "dependsOn": sorted(
                    [*map(_address, direct), *(one["bom-ref"] for one in vendored)]
                ),
            },
            *(_needs(package, packages) for package in packages),
            *({"ref": one["bom-ref"], "dependsOn": []} for one in vendored),
        ],
    }


def _component(package: Package) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _address(package),
        "name": package.name,
        "version": package.version,
        "purl": _address(package),
    }
    if re.fullmatch(r"[A-Za-z0-9.-]+", package.licence):
        component["licenses"] = [{"license": {"id": package.licence}}]
    elif package.licence:
        component["licenses"] = [{"expression": package.licence}]
    return component


def _katex(root: Path) -> dict[str, Any]:
    text = (root / "vendor/katex/katex.min.js").read_text(encoding="utf-8")
    (version,) = set(re.findall(r'version:"(\d+\.\d+\.\d+)"', text))
    address = f"pkg:npm/katex@{version}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": "katex",
        "version": version,
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": address,
    }


def _address(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _needs(package: Package, packages: Sequence[Package]) -> dict[str, Any]:
    needed = sorted(_address(other) for other in packages if other.name in package.needs)
    return {"ref": _address(package), "dependsOn": needed}


def _direct(project: dict[str, Any]) -> set[str]:
    """Return the names of the packages that pyproject.toml asks for."""
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {canonicalize_name(Requirement(text).name) for group in groups for text in group}


def _version(root: Path) -> str:
    text = (root / "code/dlbook/__init__.py").read_text(encoding="utf-8")
    return re.findall(r'^__version__ = "(.+)"$', text, re.MULTILINE)[0]


def main() -> int:
    """Write the file; return the exit status."""
    packages = read_packages()
    missing = [p.name for p in packages if p.installed != p.version]
    if missing:
        print(f"sbom: not installed as pinned: {', '.join(missing)}", file=sys.stderr)
        return 1
    OUTPUT.parent.mkdir(exist_ok=True)
    text = json.dumps(bill(packages), indent=2, ensure_ascii=False)
    OUTPUT.write_text(text + "\n", encoding="utf-8")
    print(f"sbom: wrote {OUTPUT.relative_to(ROOT)}: {len(packages)} packages and KaTeX")
    return 0


if __name__ == "__main__":
    sys.exit(main())
