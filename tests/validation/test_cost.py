"""What a notebook costs is measured, shown and limited."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from dlbook.validation.cost import MEMORY_LIMIT, Cost, cost_table, costs, peak_memory

from validation.factory import Session, code

ROOT = Path(__file__).resolve().parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from Linux' /proc")


def test_cells_are_added_up_by_notebook() -> None:
    cells = [("chapters/02-b.ipynb", 1.5, 100), ("chapters/01-a.ipynb", 2.0, 70)]
    cells += [("chapters/02-b.ipynb", 0.5, 300), ("chapters/02-b.ipynb", 1.0, 200)]
    assert costs(cells) == [Cost("01-a", 2.0, 70), Cost("02-b", 3.0, 300)]


def test_the_table_says_where_nothing_was_measured() -> None:
    lines = cost_table([Cost("01-a", 2.04, 1_234_000_000), Cost("02-longer-name", 31.0, 0)])
    assert len({len(line) for line in lines}) == 1
    assert lines[2].split("|")[1:4] == [" 01-a           ", "     2.0 ", "       1.23 "]
    assert lines[3].split("|")[3].strip() == "–"


def test_the_table_in_the_documents_knows_every_notebook_and_the_limit() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("\n## What the notebooks cost\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    stored = [Cost(n.strip(), float(s), int(float(m) * 1e9)) for n, s, m in rows[2:]]
    assert [row.notebook for row in stored] == sorted(p.stem for p in ROOT.glob("chapters/*.ipynb"))
    assert cost_table(stored) == [line for line in section.splitlines() if line.startswith("|")]
    assert max(row.memory for row in stored) <= MEMORY_LIMIT
    assert f"{MEMORY_LIMIT / 1e9:g} GB" in section


@linux
def test_the_peak_outlasts_what_was_freed() -> None:
    before = peak_memory(os.getpid())
    assert before is not None
    held = b"x" * (before + 50_000_000)
    del held
    after = peak_memory(os.getpid())
    assert after is not None
    assert after >= before + 50_000_000


def test_a_process_that_ended_has_no_peak() -> None:
    assert peak_memory(2**22 + 1) is None


@linux
def test_a_greedy_cell_is_named(tmp_path: Path, validate: Callable[..., Session]) -> None:
    cells = [
        code("print(1)", "1\n", name="modest"),
        code("held = b'x' * 400_000_000", name="greedy"),
    ]
    session = validate(tmp_path, {"greedy": cells}, "--kernel-memory=0.4")
    assert session.cells["greedy", "modest"].outcome == "passed"
    assert "a notebook may take 0.4" in session.cells["greedy", "greedy"].message
    assert "what the notebooks cost" in session.text
    assert "| greedy   |" in session.text


def test_surroundings_can_be_chosen(tmp_path: Path, validate: Callable[..., Session]) -> None:
    source = "import os; print(os.environ['OMP_NUM_THREADS'], os.environ['TZ'])"
    cells = [code(source, "2 Asia/Kathmandu\n", name="environment")]
    chosen = ("--kernel-variable=OMP_NUM_THREADS=2", "--kernel-variable=TZ=Asia/Kathmandu")
    session = validate(tmp_path, {"chosen": cells}, *chosen)
    assert session.cells["chosen", "environment"].outcome == "passed"


def test_surroundings_without_a_value_are_refused(
    tmp_path: Path, validate: Callable[..., Session]
) -> None:
    session = validate(tmp_path, {"one": [code("1;")]}, "--kernel-variable=OMP_NUM_THREADS")
    assert session.status == pytest.ExitCode.USAGE_ERROR
    assert "expected NAME=VALUE, got 'OMP_NUM_THREADS'" in session.text
