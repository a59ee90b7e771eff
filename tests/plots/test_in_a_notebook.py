"""Figures show themselves in a notebook, the second as well as the first."""

from pathlib import Path

import nbformat
from dlbook.validation.run import execute

CELLS = [
    "from dlbook import plots\nplots.use()",
    "fig = plots.computation_graph(['a', 'b'], [('a', 'b')])",
    "fig = plots.computation_graph(['a', 'b'], [('a', 'b')])",
]


def test_each_figure_is_shown_once_below_its_own_cell(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in CELLS])
    execute(notebook, tmp_path)
    pictures = [
        sum("image/png" in output.get("data", {}) for output in cell["outputs"])
        for cell in notebook["cells"]
    ]
    assert pictures == [0, 1, 1]
