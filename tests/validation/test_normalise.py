"""What is written of a notebook depends on its cells alone, and is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from dlbook.validation.normalise import normalise, write_atomically
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


def test_cells_of_one_text_get_names_of_their_own() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("same") for _ in range(3)])
    for cell in notebook["cells"]:
        cell["id"] = ""
    normalise(notebook)
    names = [cell["id"] for cell in notebook["cells"]]
    assert len(set(names)) == 3
    assert all(len(name) == 8 for name in names)


def test_counts_follow_the_order_and_outputs_are_joined() -> None:
    pieces = [new_output("stream", name="stdout", text=text) for text in ("a", "b\n")]
    value = new_output("execute_result", {"text/plain": "7"}, execution_count=41)
    cells = [
        new_code_cell("1", execution_count=40, outputs=[]),
        new_code_cell("print()", execution_count=None, outputs=[]),
        new_code_cell("7", execution_count=41, outputs=[*pieces, value]),
    ]
    notebook = new_notebook(cells=cells)
    normalise(notebook)
    assert [cell["execution_count"] for cell in notebook["cells"]] == [1, None, 2]
    stream, result = notebook["cells"][2]["outputs"]
    assert stream["text"] == "ab\n"
    assert result["execution_count"] == 2


def test_a_traceback_keeps_the_cell_and_drops_the_files_of_one_machine() -> None:
    frames = ["Cell In[1], line 1", "\x1b[32mFile \x1b[0m/home/me/tensor.py:7", "ShapeError: no"]
    error = new_output("error", ename="ShapeError", evalue="no", traceback=frames)
    notebook = new_notebook(cells=[new_code_cell("x", execution_count=1, outputs=[error])])
    normalise(notebook)
    assert notebook["cells"][0]["outputs"][0]["traceback"] == [frames[0], frames[2]]


def test_an_interrupted_writing_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, notebook = tmp_path / "chapter.ipynb", new_notebook(cells=[new_markdown_cell("new")])
    path.write_text("old", encoding="utf-8")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(notebook, path)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    write_atomically(notebook, path)
    assert nbformat.read(path, as_version=4)["cells"][0]["source"] == "new"
