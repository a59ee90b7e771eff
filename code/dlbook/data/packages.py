"""Optional packages that data sets travel in."""

from __future__ import annotations

import importlib.util
import warnings
from typing import Any

import numpy as np

from dlbook.errors import MissingPackageError

__all__ = ["require_package", "skimage_photograph"]


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


def skimage_photograph(name: str) -> np.ndarray[Any, Any]:
    """Return a photograph that travels inside scikit-image.

    Parameters
    ----------
    name : str
        A function of `skimage.data` whose file needs no download.

    Returns
    -------
    ndarray of shape (height, width) or (height, width, 3), uint8

    Raises
    ------
    MissingPackageError
        If scikit-image is not installed.
    """
    require_package("skimage", extra="data")
    with warnings.catch_warnings():
        # In a notebook its downloader looks for a progress bar, and complains if there is none.
        warnings.filterwarnings("ignore", message="IProgress not found")
        import skimage.data

        image: np.ndarray[Any, Any] = getattr(skimage.data, name)()
    return image
