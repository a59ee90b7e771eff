"""Cells of small notebooks, and what pytest said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output


def code(
    source: str,
    *outputs: NotebookNode | str,
    tags: Sequence[str] = (),
    executed: bool = True,
    name: str = "cell",
    why: str = "the outputs differ from those stored",
) -> NotebookNode:
    """A code cell with its stored outputs; a `str` among them is what was printed.

    `why` is what the plugin says should the cell fail.
    """
    stored = [
        new_output("stream", name="stdout", text=output) if isinstance(output, str) else output
        for output in outputs
    ]
    cell = new_code_cell(source, outputs=stored, execution_count=1 if executed else None)
    cell["metadata"].update({"tags": list(tags), "test-name": name, "test-why": why})
    return cell


@dataclass
class Result:
    """What pytest said about one cell."""

    outcome: str
    message: str


@dataclass
class Session:
    """What pytest said: cells by the name of notebook and cell."""

    status: int
    text: str
    cells: Mapping[tuple[str, str], Result]
