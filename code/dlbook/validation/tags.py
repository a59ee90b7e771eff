"""What the tags of a cell mean for validation.

==================  ==========================================================================
``approx``          numbers may differ by 1 %, all other text must be the same
``approx-<rtol>``   the same with another relative tolerance, such as ``approx-0.05``
``gpu``             needs a CUDA device
``download-<name>`` needs the data set ``<name>`` in the cache folder ``$DLBOOK_DATA``, or the
                    network (``DLBOOK_DOWNLOAD=1``)
``download``        needs the network (``DLBOOK_DOWNLOAD=1``)
==================  ==========================================================================
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from dlbook.errors import RangeError, require

__all__ = [
    "DEFAULT_RTOL",
    "cell_tags",
    "code_cells",
    "forbidden_markers",
    "is_optional",
    "lacking",
    "tolerance",
]

#: Relative tolerance of a cell tagged ``approx``.
DEFAULT_RTOL = 1e-2

# nbval lets a cell opt out of checking by a tag or a comment. The book does not.
_OPT_OUTS = ("NBVAL_IGNORE_OUTPUT", "NBVAL_SKIP", "PYTEST_VALIDATE_IGNORE_OUTPUT")


def cell_tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell, in order; an untagged cell has none.

    Parameters
    ----------
    cell : NotebookNode
    """
    return [str(tag) for tag in cell.get("metadata", {}).get("tags", [])]


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells of a notebook, in order.

    Parameters
    ----------
    notebook : NotebookNode
    """
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def tolerance(tags: Sequence[str]) -> float | None:
    """Read the relative tolerance from a cell's tags.

    Parameters
    ----------
    tags : sequence of str

    Returns
    -------
    float or None
        None if the outputs must be equal to the letter.

    Raises
    ------
    RangeError
        If what follows ``approx-`` is not a number between 0 and 1, both excluded.
    """
    found = [tag for tag in tags if tag == "approx" or tag.startswith("approx-")]
    if not found:
        return None
    tag = found[-1]
    if tag == "approx":
        return DEFAULT_RTOL
    try:
        rtol = float(tag.removeprefix("approx-"))
    except ValueError:
        rtol = float("nan")
    require(0 < rtol < 1, RangeError, "tag", "approx-<relative tolerance between 0 and 1>", tag)
    return rtol


def forbidden_markers(cell: NotebookNode) -> list[str]:
    """Find what would make nbval look away: tags and comments that switch its checks off.

    Parameters
    ----------
    cell : NotebookNode
    """
    wanted = {marker.lower().replace("_", "-"): marker for marker in _OPT_OUTS}
    by_tag = [wanted[tag] for tag in cell_tags(cell) if tag in wanted]
    comments = [line.strip().lstrip("# ") for line in cell["source"].splitlines() if "#" in line]
    return by_tag + [marker for marker in _OPT_OUTS if marker in comments]


def is_optional(tags: Sequence[str]) -> bool:
    """Say whether a cell may be left out on some machines (``gpu``, ``download…``).

    Parameters
    ----------
    tags : sequence of str
    """
    return any(tag in ("gpu", "download") or tag.startswith("download-") for tag in tags)


def lacking(tags: Sequence[str]) -> str | None:
    """Name what this machine lacks to run a cell.

    Parameters
    ----------
    tags : sequence of str
        The cell's tags.

    Returns
    -------
    str or None
        The reason for leaving the cell out; None if it can run.
    """
    reasons = []
    for tag in tags:
        if tag == "gpu" and not _has_cuda():
            reasons.append("needs a CUDA device")
        elif tag == "download" and not _may_download():
            reasons.append("downloads data (set DLBOOK_DOWNLOAD=1 to let it)")
        elif tag.startswith("download-"):
            name = tag.removeprefix("download-")
            if not _is_cached(name) and not _may_download():
                reasons.append(
                    f"needs the data set {name!r}, which is not in the folder $DLBOOK_DATA "
                    "(set DLBOOK_DOWNLOAD=1 to download it)"
                )
    return "; ".join(reasons) or None


@cache
def _has_cuda() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return bool(torch.cuda.is_available())


def _may_download() -> bool:
    return os.environ.get("DLBOOK_DOWNLOAD") == "1"


def _is_cached(name: str) -> bool:
    """Say whether `name` exists below $DLBOOK_DATA, as a file or a folder, and holds something."""
    folder = os.environ.get("DLBOOK_DATA")
    if not folder:
        return False
    place = Path(folder) / name
    if place.is_dir():
        return any(place.iterdir())
    return place.is_file() and place.stat().st_size > 0
