"""Keep weights in files that PyTorch, Keras and others read as well: the safetensors format.

Unlike a pickle such a file holds arrays and nothing that could run. Writing is all or nothing: an
interrupted save leaves the file of before.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dlbook.engine.autograd import Array
from dlbook.engine.tensor import Tensor
from dlbook.errors import DataError, DTypeError, MissingPackageError, require

__all__ = ["load", "save"]


def save(
    state: Mapping[str, Any],
    path: str | os.PathLike[str],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Write arrays to a safetensors file.

    Parameters
    ----------
    state : mapping of str to array_like
        Usually ``model.state_dict()`` or ``optimizer.state_dict()``.
    path : path-like
        The file, by custom ending in ``.safetensors``; replaced if it exists.
    metadata : mapping of str to str, optional
        Notes kept in the file's header.

    Raises
    ------
    DTypeError
        If names or notes are not text, or something is not an array of numbers.
    DataError
        If the file cannot be written.
    MissingPackageError
        If the package safetensors is not installed.

    References
    ----------
    https://huggingface.co/docs/safetensors
    """
    write = _safetensors().save
    require(isinstance(state, Mapping), DTypeError, "save: state", "names with arrays", state)
    for text in (*state, *(metadata or {}), *(metadata or {}).values()):
        require(isinstance(text, str), DTypeError, "save: names and metadata", "text", text)
    content = write({name: _storable(name, value) for name, value in state.items()}, metadata)
    target = Path(path)
    draft = target.with_name(f".{target.name}.{os.getpid()}")  # same folder: replacing is atomic
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise DataError(
            f"save: path: expected a file that can be written, got {str(target)!r} ({error})"
        ) from None


def load(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Read all arrays of a safetensors file, whichever library wrote it.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    dict of str to ndarray
        Ready for ``load_state_dict``.

    Raises
    ------
    DataError
        If the file is missing, cut short, or not of this format.
    MissingPackageError
        If the package safetensors is not installed.
    """
    package = _safetensors()
    target = Path(path)
    try:
        return package.load(target.read_bytes())
    except OSError as error:
        came = f"{str(target)!r} ({error})"
    except Exception as error:  # the package raises an error of its own, KeyError and others
        came = f"{str(target)!r}, which is damaged or of another format ({error!r})"
    raise DataError(f"load: path: expected a safetensors file, got {came}")


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise MissingPackageError(
            'save and load need the package safetensors: pip install "dlbook[notebooks]" '
            "or pip install safetensors"
        ) from None
    return safetensors.numpy


def _storable(name: str, value: Any) -> Array:
    array = np.asarray(value.data if isinstance(value, Tensor) else value)
    require(
        array.dtype.kind in "fiub",
        DTypeError,
        f"save: state[{name!r}]",
        "an array of real numbers",
        array,
    )
    # the format knows little-endian numbers in row order only
    return np.asarray(array, dtype=array.dtype.newbyteorder("<"), order="C")
