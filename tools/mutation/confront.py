"""Real validation runs of notebooks whose stored outputs were changed.

Every cell with stored text is changed once, and one run of nbval then says of each whether it
noticed. Cells are compared one by one, so one run is as good as one for each change.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import nbformat
from dlbook.validation.tags import code_cells

from mutation.outputs import Change, Stored, changes_of, draw, noticed, with_change


@dataclass(frozen=True)
class Verdict:
    """What was foreseen of a change, and what the run said.

    Attributes
    ----------
    change : Change
    foreseen, found : bool
        Whether the change is noticed, by `mutation.outputs.noticed` and by nbval.
    """

    change: Change
    foreseen: bool
    found: bool


def one_change_for_each_cell(stored: Stored, seed: int) -> list[Change]:
    """Draw one change for every cell that stores text.

    Parameters
    ----------
    stored : Stored
    seed : int
    """
    by_cell: dict[int, list[Change]] = {}
    for place in filter(changes_of, stored.texts()):
        by_cell.setdefault(place.cell, []).extend(draw([place], 1, seed + place.cell))
    return [changes[seed % len(changes)] for changes in by_cell.values()]


def run_changed(stored: Stored, changes: list[Change]) -> list[Verdict]:
    """Validate a copy of a notebook with all changes in it.

    Parameters
    ----------
    stored : Stored
    changes : list of Change
        At most one for each cell.

    Returns
    -------
    list of Verdict
        One for each change.

    Raises
    ------
    RuntimeError
        If pytest could not run the notebook.
    """
    notebook = nbformat.read(stored.path, as_version=4)
    cells = code_cells(notebook)
    for change in changes:
        cell = cells[change.place.cell]
        cell["outputs"] = with_change(cell["outputs"], change)
    with tempfile.TemporaryDirectory(prefix="changed-") as name:
        folder = Path(name)
        nbformat.write(notebook, folder / stored.path.name)
        failed = _failed_cells(folder)
    return [
        Verdict(change, noticed(stored, change), change.place.cell in failed) for change in changes
    ]


def _failed_cells(folder: Path) -> set[int]:
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", "-p", "dlbook.validation.plugin"]
    command += ["-p", "no:cacheprovider", f"--junitxml={report}", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest: expected that the notebook runs, got {done.stdout[-2000:]}")
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None]
    return {int(case.get("name", "").removeprefix("Cell ")) for case in failed}
