"""List each pinned package with its licence (``make licences``); fail where one is not allowed.

`tools/licences.toml` names the licences that are allowed for all packages, and those allowed for
one package, with the reason.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from packages import LICENCES, Package, is_allowed, read_packages


def problems(packages: Sequence[Package], rules: Mapping[str, Any] = LICENCES) -> list[str]:
    """Say which packages may not be used as they are, and which rules nothing needs.

    Parameters
    ----------
    packages : sequence of Package
    rules : mapping
        As `tools/licences.toml` holds them.

    Returns
    -------
    list of str
        A line for each; empty if all is well.
    """
    found = []
    for package in packages:
        exception = rules["exceptions"].get(package.name, {})
        allowed = {*rules["allowed"], *filter(None, [exception.get("licence")])}
        if package.installed != package.version:
            found.append(f"{package.name}: pinned {package.version}, got {package.installed}")
        elif not package.licence:
            found.append(f"{package.name}: no licence found; name it in tools/licences.toml")
        elif not is_allowed(package.licence, allowed):
            found.append(f"{package.name}: {package.licence} is not among the allowed licences")
        elif exception and is_allowed(package.licence, set(rules["allowed"])):
            found.append(f"{package.name}: the exception is not needed")
    names = {package.name for package in packages}
    strangers = sorted({*rules["exceptions"], *rules["named"]} - names)
    return found + [f"{name}: in tools/licences.toml, but not pinned" for name in strangers]


def main() -> int:
    """Print the table, a summary and what is wrong; return the exit status."""
    packages = read_packages()
    for package in packages:
        why = LICENCES["exceptions"].get(package.name, {}).get("why", "")
        print(f"{package.name:30} {package.version:14} {package.licence}{why and f'  ({why})'}")
    counts = Counter(package.licence for package in packages)
    print(f"\n{len(packages)} packages")
    for licence, number in counts.most_common():
        print(f"{number:5}  {licence or 'unknown'}")
    wrong = problems(packages)
    print(*wrong, sep="\n", file=sys.stderr, end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
