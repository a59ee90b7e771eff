"""Optional packages that data sets travel in."""

from __future__ import annotations

import importlib.util

from dlbook.errors import MissingPackageError

__all__ = ["require_package"]


def require_package(name: str, extra: str) -> None:
    """Raise, saying what to install, unless a package can be imported.

    Parameters
    ----------
    name : str
        The package's import name.
    extra : str
        The extra of `dlbook` that brings it.

    Raises
    ------
    MissingPackageError
    """
    if importlib.util.find_spec(name) is None:
        raise MissingPackageError(
            f"{name}: expected to be installed, got nothing; run: pip install 'dlbook[{extra}]'"
        )
