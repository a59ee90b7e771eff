"""The setup cell that opens every notebook: its one text, and the command that writes it.

``python -m dlbook.validation.setup_cell chapters/*.ipynb`` puts the cell behind the title of each
notebook, or brings the one there up to date, with the address in ``_config.yml`` or the one given
as ``--repository``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
import yaml  # type: ignore[import-untyped]
from nbformat import NotebookNode

from dlbook.validation.normalise import write_atomically
from dlbook.validation.tags import cell_tags, code_cells

__all__ = [
    "SETUP_ID",
    "SETUP_TAGS",
    "configured_repository",
    "find_setup_cell",
    "main",
    "put_setup_cell",
    "setup_cell",
]

#: Tags of the setup cell: found by the first, hidden on the page by the second.
SETUP_TAGS = ("setup", "remove-cell")
#: The identifier of the setup cell in every notebook.
SETUP_ID = "setup"

_TEXT = """\
# Installs the book's package where it is missing, as on Colab; does nothing where it is there.
import importlib.util
import os
import subprocess
import sys

REPOSITORY = ADDRESS
if importlib.util.find_spec("dlbook") is None:
    address = os.environ.get("DLBOOK_REPOSITORY") or REPOSITORY
    if not address:
        raise RuntimeError("dlbook is missing: set DLBOOK_REPOSITORY to the address of this book")
    package = f"dlbook[data] @ git+{address}"
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", package], check=True)
"""


def setup_cell(repository: str) -> str:
    """Return the text of the setup cell.

    Parameters
    ----------
    repository : str
        Address from which pip can install the book with ``git+``; empty if none is configured,
        in which case the cell raises an error where the package is missing.

    Returns
    -------
    str
        Python code without a newline at its end.
    """
    return _TEXT.replace("ADDRESS", json.dumps(repository), 1).rstrip("\n")


def configured_repository(root: Path) -> str:
    """Read the repository's address from ``_config.yml``.

    Parameters
    ----------
    root : Path
        The folder of the book.

    Returns
    -------
    str
        The entry ``repository: url``; empty if there is none.
    """
    config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8")) or {}
    return str((config.get("repository") or {}).get("url") or "")


def find_setup_cell(notebook: NotebookNode) -> NotebookNode | None:
    """Return the setup cell of a notebook, None if it has none.

    Parameters
    ----------
    notebook : NotebookNode
    """
    found = (cell for cell in code_cells(notebook) if "setup" in cell_tags(cell))
    return next(found, None)


def put_setup_cell(notebook: NotebookNode, repository: str) -> bool:
    """Put the setup cell into a notebook, or bring the one there up to date.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place. A new cell stands second, behind the title.
    repository : str
        See `setup_cell`.

    Returns
    -------
    bool
        Whether anything changed.
    """
    source = setup_cell(repository)
    cell = find_setup_cell(notebook)
    if cell is None:
        metadata = {"tags": list(SETUP_TAGS)}
        new = nbformat.v4.new_code_cell(source, id=SETUP_ID, metadata=metadata)
        notebook["cells"].insert(min(1, len(notebook["cells"])), new)
        return True
    changed = bool(cell["source"] != source or cell_tags(cell) != list(SETUP_TAGS))
    cell["source"], cell["metadata"]["tags"] = source, list(SETUP_TAGS)
    return changed


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the setup cell into the notebooks named on the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; None reads that of the process.
    """
    parser = argparse.ArgumentParser(
        prog="python -m dlbook.validation.setup_cell", description=__doc__
    )
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="notebook")
    parser.add_argument("--repository", help="address (default: the one in ./_config.yml)")
    options = parser.parse_args(arguments)
    address = options.repository
    if address is None:
        address = configured_repository(Path.cwd())
    for path in options.notebooks:
        notebook = nbformat.read(path, as_version=4)
        if put_setup_cell(notebook, address):
            write_atomically(notebook, path)
            print(f"{path}: setup cell written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
