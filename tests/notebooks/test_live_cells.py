"""Live cells, run as in the browser: from the wheel, with NumPy and matplotlib alone.

Every live cell of a chapter runs in order in a new process of ordinary Python that does not find
the other libraries, and has to show what the notebook stores. The browser itself is tried in
``tests/browser/test_live_cells.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import dlbook
import pytest
from dlbook.validation.chapter import Chapter, output_text
from dlbook.validation.live import live_cells
from dlbook.validation.tags import cell_tags
from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

from live_cells import FILES, write_wheel  # noqa: E402

PROCESS = Path(__file__).with_name("live_process.py")
WITH_LIVE_CELLS = [*range(2, 10), 11, 15, 16, 17]  # chapters which NumPy can carry
FEWEST = 15  # in each of them
SLOWEST = 10.0  # seconds of one cell here; a browser takes some times as long


@cache
def read(path: Path) -> Chapter:
    return Chapter.read(path, ROOT)


CHAPTERS = [
    path
    for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    if any("live" in cell_tags(cell) for cell in read(path).code)
]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_wheel(Path(dlbook.__file__).parent, tmp_path_factory.mktemp("wheel"))


def run(wheel: Path, cells: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Run cells, each with its imports, in a new process."""
    task = {"wheel": str(wheel), "runner": str(FILES), "cells": cells}
    done = subprocess.run(
        [sys.executable, "-I", str(PROCESS)],
        input=json.dumps(task),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["present"] == []
    return found["results"]


def said(result: dict[str, Any], *kinds: str) -> str:
    return "".join(text for kind, text in result["emitted"] if kind in kinds)


def has_figure(cell: NotebookNode) -> bool:
    return any("image/png" in output.get("data", {}) for output in cell["outputs"])


def without_figures(cell: NotebookNode) -> str:
    """The stored text; beside a figure, its plain text names the object and is not shown."""
    outputs = [out for out in cell["outputs"] if "image/png" not in out.get("data", {})]
    return output_text({"outputs": outputs})


def test_the_chapters_which_numpy_can_carry_have_live_cells() -> None:
    counts = {path.stem: len(live_cells(read(path).notebook)) for path in CHAPTERS}
    assert [int(name[:2]) for name in counts] == WITH_LIVE_CELLS
    assert min(counts.values()) >= FEWEST, counts
    assert sum(counts.values()) >= 300


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_live_cells_show_what_the_notebook_stores(path: Path, wheel: Path) -> None:
    notebook = read(path).notebook
    cells = live_cells(notebook)
    results = run(wheel, [("\n".join(cell.imports), cell.source) for cell in cells])
    for cell, result in zip(cells, results, strict=True):
        stored = notebook["cells"][cell.index]
        where = f"cell {cell.number}:\n{cell.source}\n"
        assert said(result, "error", "warning", "html") == "", where
        # IPython breaks long lists into lines
        assert said(result, "text", "value").split() == without_figures(stored).split(), where
        assert bool(said(result, "figure")) == has_figure(stored), where
        assert result["seconds"] < SLOWEST, where


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_live_exercises_can_be_solved_in_the_browser(path: Path, wheel: Path) -> None:
    """Each solution runs in place of its exercise, after the cells above, and is correct."""
    notebook = read(path).notebook
    exercises = [c for c in live_cells(notebook) if "exercise" in cell_tags(at(notebook, c.index))]
    assert exercises
    tried = Chapter(path.stem, json_copy(notebook), 0, "")
    solutions = {}
    for index, cell in enumerate(tried.notebook["cells"]):
        if "solution" in cell_tags(cell):
            solutions[index] = cell
            cell["metadata"]["tags"].append("live")
    wanted = {checked(cell.source) for cell in exercises}
    cells = [
        cell
        for cell in live_cells(tried.notebook)
        if cell.index not in solutions or checked(cell.source) in wanted
    ]
    solved = [cell for cell in cells if cell.index in solutions]
    assert [problem for cell in solved for problem in cell.problems] == []
    results = run(wheel, [("\n".join(cell.imports), cell.source) for cell in cells])
    verdicts = {
        checked(cell.source): said(result, "text", "error")
        for cell, result in zip(cells, results, strict=True)
        if cell in solved
    }
    assert set(verdicts) == wanted
    assert [text for text in verdicts.values() if "\nCorrect. " not in f"\n{text}"] == []


def at(notebook: NotebookNode, index: int) -> NotebookNode:
    return notebook["cells"][index]


def json_copy(notebook: NotebookNode) -> NotebookNode:
    return json.loads(json.dumps(notebook), object_hook=NotebookNode)


def checked(source: str) -> str:
    """The name of the exercise that a cell checks."""
    return source.partition('check("')[2].partition('"')[0]


def test_cells_that_need_another_library_or_fail_are_found(wheel: Path) -> None:
    cells = [("import numpy as np", "np.ones(2)"), ("", "import torch"), ("", "1 / 0"), ("x", "2")]
    good, absent, failing, imports = run(wheel, cells)
    assert said(good, "value") == "array([1., 1.])\n"
    assert "No module named 'torch'" in said(absent, "error")
    assert 'File "Cell 3", line 1, in <module>\n    1 / 0' in said(failing, "error")
    assert "NameError: name 'x' is not defined" in said(imports, "error")
