"""Running notebooks in place: complete and reproducible, or not at all."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from dlbook.validation import tags
from dlbook.validation.normalise import METADATA, normalise, write_atomically
from dlbook.validation.run import main
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output


@pytest.fixture
def no_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "_has_cuda", lambda: False)


def write(path: Path, *sources: str, **cell_tags: list[str]) -> bytes:
    """Write a notebook of code cells; `cell_tags` maps ``cell<number>`` to tags."""
    cells = [new_markdown_cell("# Title", id="title")]
    for number, source in enumerate(sources):
        metadata = {"tags": cell_tags.get(f"cell{number}", []), "collapsed": True}
        old = [new_output("stream", text="old\n")]
        cells.append(
            new_code_cell(
                source, id=f"c{number}", metadata=metadata, outputs=old, execution_count=50 + number
            )
        )
    notebook = new_notebook(cells=cells)
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.0.0"}
    nbformat.write(notebook, path)
    return path.read_bytes()


@pytest.mark.usefixtures("no_cuda")
def test_a_notebook_is_run_and_stored_in_its_one_form(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ipynb"
    write(
        path,
        "x = 1\nprint('one'); print('two')",
        "x + 1",
        "y = 2\nprint('gpu')",
        "print(y)",
        "import json\njson.loads('[')",
        "import os; print(os.environ['DLBOOK_VALIDATION'])",
        cell2=["gpu"],
        cell4=["raises-exception"],
    )
    assert main([str(path)]) == 0
    said = capsys.readouterr().out
    assert "cell 2 keeps its outputs: needs a CUDA device" in said
    assert "cell 3 keeps its outputs: needs 'y' from cell 2" in said
    notebook = nbformat.read(path, as_version=4)
    code = notebook["cells"][1:]
    assert [cell["execution_count"] for cell in code] == [1, 2, 3, 4, 5, 6]
    assert [cell["id"] for cell in code] == ["c0", "c1", "c2", "c3", "c4", "c5"]
    assert [o["text"] for o in code[0]["outputs"]] == ["one\ntwo\n"]
    assert code[1]["outputs"][0]["data"] == {"text/plain": "2"}
    assert code[1]["outputs"][0]["execution_count"] == 2
    assert [o["text"] for o in code[2]["outputs"]] == ["old\n"]
    error = code[4]["outputs"][0]
    assert error["ename"] == "JSONDecodeError"
    assert not any("json/decoder.py" in part for part in error["traceback"])
    assert any("json.loads" in part for part in error["traceback"])
    assert code[5]["outputs"][0]["text"] == "1\n"
    assert notebook["metadata"] == METADATA
    assert all(set(cell["metadata"]) == {"tags"} for cell in code)

    before = path.read_bytes()
    assert main([str(path)]) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "cell 1 raised an exception"),
        (
            "import os, time; os.write(2, b'careful'); time.sleep(0.5)",
            "cell 1 writes to stderr:\ncareful",
        ),
        ("import time; time.sleep(30)", "cell 1: "),
        ("import os; os._exit(1)", "cell 1: "),
    ],
)
def test_a_notebook_whose_run_fails_is_left_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, reason: str
) -> None:
    path = tmp_path / "a.ipynb"
    before = write(path, "print(1)", source)
    assert main([str(path), "--limit", "3"]) == 1
    assert f"{path}: not written: {reason}" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.ipynb")]) == 1
    assert "none.ipynb: not written" in capsys.readouterr().err


def test_missing_identifiers_follow_from_the_text() -> None:
    def ids() -> list[str]:
        notebook = new_notebook(cells=[new_markdown_cell(t) for t in ("a", "a", "b")])
        for cell in notebook["cells"]:
            del cell["id"]
        normalise(notebook)
        return [cell["id"] for cell in notebook["cells"]]

    assert ids() == ids()
    assert len(set(ids())) == 3


def test_an_invalid_notebook_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    before = write(path, "x = 1")
    broken = nbformat.from_dict(
        {"cells": [{"id": "a"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    with pytest.raises(nbformat.ValidationError):
        write_atomically(broken, path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
