"""Bring a notebook into the one form in which it is stored, so that diffs show changes only."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

__all__ = ["METADATA", "normalise", "write_atomically"]

#: The metadata of every notebook: no interpreter's version, no display name of one machine.
METADATA: dict[str, Any] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}

# Left by editors: when a cell ran, whether it is folded, where the cursor was.
_VOLATILE = ("collapsed", "execution", "scrolled", "jp-MarkdownHeadingCollapsed", "trusted")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def normalise(notebook: NotebookNode) -> None:
    """Bring a notebook, executed or not, into its stored form, in place.

    Execution counts run 1, 2, 3 … over the cells that have one; metadata are `METADATA` and what
    the author set; neighbouring pieces of a stream are joined; tracebacks keep the frames of the
    notebook and lose those of installed files, whose paths belong to one machine. Identifiers of
    cells are kept; missing ones are derived from the cell's text.

    Parameters
    ----------
    notebook : NotebookNode
        In format 4.
    """
    notebook["nbformat"], notebook["nbformat_minor"] = 4, 5
    kept = {key: value for key, value in notebook["metadata"].items() if key == "mystnb"}
    notebook["metadata"] = nbformat.from_dict({**kept, **METADATA})
    taken = {cell["id"] for cell in notebook["cells"] if cell.get("id")}
    count = 0
    for cell in notebook["cells"]:
        if not cell.get("id"):
            cell["id"] = _new_id(cell["source"], taken)
        for key in _VOLATILE:
            cell["metadata"].pop(key, None)
        if cell["cell_type"] != "code":
            continue
        if cell.get("execution_count") is not None:
            count += 1
            cell["execution_count"] = count
        else:
            cell["execution_count"] = None
        cell["outputs"] = _outputs(cell["outputs"], cell["execution_count"])


def write_atomically(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook so that the file is at every moment the old one or the new one.

    Parameters
    ----------
    notebook : NotebookNode
    path : Path

    Raises
    ------
    nbformat.ValidationError
        If `notebook` is not valid; the file is untouched then.
    """
    nbformat.validate(notebook)
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text if text.endswith("\n") else text + "\n")
        # mkstemp makes files that only their owner may read.
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _new_id(source: str, taken: set[str]) -> str:
    number = 0
    while True:
        candidate = hashlib.sha256(f"{number}{source}".encode()).hexdigest()[:8]
        if candidate not in taken:
            taken.add(candidate)
            return candidate
        number += 1


def _outputs(outputs: list[NotebookNode], count: int | None) -> list[NotebookNode]:
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if output["output_type"] == "stream" and last and last.get("name") == output["name"]:
            last["text"] += output["text"]
            continue
        if output["output_type"] == "execute_result":
            output["execution_count"] = count
        if output["output_type"] == "error":
            output["traceback"] = [part for part in output["traceback"] if not _foreign(part)]
        joined.append(output)
    return joined


def _foreign(frame: str) -> bool:
    """Say whether a part of IPython's traceback is a frame of a file, not of a cell."""
    return _COLOUR.sub("", frame).lstrip().startswith("File ")
