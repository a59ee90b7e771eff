"""A chapter as the rules see it: the notebook, and the book around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import yaml  # type: ignore[import-untyped]
from nbformat import NotebookNode

from dlbook.validation.setup_cell import configured_repository
from dlbook.validation.tags import code_cells

__all__ = ["Chapter", "output_text", "toc_entries", "toc_problems"]


@dataclass(frozen=True)
class Chapter:
    """A notebook below ``chapters/``.

    Parameters
    ----------
    name : str
        Its file name without the ending, such as ``"02-tensors"``.
    notebook : NotebookNode
    size : int
        Bytes of the file.
    repository : str
        The configured address of the book; empty if there is none.
    """

    name: str
    notebook: NotebookNode
    size: int
    repository: str

    @classmethod
    def read(cls, path: Path, root: Path) -> Chapter:
        """Read a notebook of the book whose folder is `root`."""
        text = path.read_text(encoding="utf-8")
        notebook = nbformat.from_dict(json.loads(text))
        for cell in notebook["cells"]:
            # On disk a text may be a list of its lines.
            cell["source"] = "".join(cell["source"])
            for output in cell.get("outputs", []):
                _join_lines(output)
        return cls(path.stem, notebook, len(text.encode()), configured_repository(root))

    @property
    def code(self) -> list[NotebookNode]:
        """The code cells, in order."""
        return code_cells(self.notebook)

    @property
    def prose(self) -> list[NotebookNode]:
        """The Markdown cells, in order."""
        return [cell for cell in self.notebook["cells"] if cell["cell_type"] == "markdown"]


def output_text(cell: NotebookNode) -> str:
    """Return what a code cell puts out as text: streams, and plain texts of displayed values.

    Parameters
    ----------
    cell : NotebookNode
    """
    parts = []
    for output in cell["outputs"]:
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        parts.append(str(text))
    return "".join(parts)


def toc_entries(root: Path) -> list[str]:
    """Return the pages named in ``_toc.yml``, in order, without endings.

    Parameters
    ----------
    root : pathlib.Path
        The book's folder.
    """
    toc = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    return list(_files(toc))


def toc_problems(root: Path) -> list[str]:
    """Compare the table of contents with the files that are there.

    Parameters
    ----------
    root : Path
        The folder of the book.

    Returns
    -------
    list of str
        Pages in ``_toc.yml`` without a file, named twice, and pages of ``chapters/`` missing in it.
    """
    entries = toc_entries(root)
    problems = [f"{e} is in _toc.yml twice" for e in sorted(set(entries)) if entries.count(e) > 1]
    for entry in entries:
        stem = re.sub(r"\.(md|ipynb)$", "", entry)
        if not any((root / f"{stem}{ending}").is_file() for ending in (".md", ".ipynb")):
            problems.append(f"{entry} is in _toc.yml, but there is no such file")
    known = {re.sub(r"\.(md|ipynb)$", "", entry) for entry in entries}
    for path in sorted((root / "chapters").glob("*")):
        page = path.relative_to(root).with_suffix("").as_posix()
        if path.suffix in (".md", ".ipynb") and page not in known:
            problems.append(f"{page} is not in _toc.yml")
    return problems


def _files(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("root", "file"):
                yield str(value)
            else:
                yield from _files(value)
    elif isinstance(node, list):
        for part in node:
            yield from _files(part)


def _join_lines(output: dict[str, Any]) -> None:
    if isinstance(output.get("text"), list):
        output["text"] = "".join(output["text"])
    data = output.get("data", {})
    for mime, value in data.items():
        if isinstance(value, list) and not mime.endswith("json"):
            data[mime] = "".join(value)
