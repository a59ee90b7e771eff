"""Pytest, run on small notebooks in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from validation.factory import Result, Session


@pytest.fixture(scope="session")
def validate() -> Callable[..., Session]:
    """Write notebooks into a folder and validate it as the book is validated."""

    def run(
        folder: Path,
        notebooks: Mapping[str, Sequence[NotebookNode]],
        *arguments: str,
        environment: Mapping[str, str] | None = None,
    ) -> Session:
        names = {}
        for notebook, cells in notebooks.items():
            path = folder / f"{notebook}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(new_notebook(cells=list(cells)), path)
            for number, cell in enumerate(cells):
                names[path.stem, f"Cell {number}"] = cell["metadata"]["test-name"]
        (folder / "pytest.ini").write_text("[pytest]\n")
        report = folder / "report.xml"
        command = [sys.executable, "-m", "pytest", "--nbval", "-ra", "--color=no"]
        command += ["-p", "dlbook.validation.plugin", "-o", "junit_family=xunit1"]
        # DLBOOK_DOWNLOAD and the like of whoever runs the tests must not decide them.
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("DLBOOK_", "PYTEST_"))}
        done = subprocess.run(
            [*command, f"--junitxml={report}", *arguments, "."],
            cwd=folder,
            env={**kept, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        cells_said = {}
        if report.exists():
            for case in ElementTree.parse(report).iter("testcase"):
                notebook = Path(case.get("file") or case.get("classname", "")).stem
                result = next((said for said in case if said.tag != "properties"), None)
                outcome = "passed" if result is None else result.tag
                message = "" if result is None else f"{result.get('message')}\n{result.text}"
                name = names[notebook, case.get("name", "")]
                cells_said[notebook, name] = Result(outcome, message)
        return Session(done.returncode, done.stdout + done.stderr, cells_said)

    return run


@pytest.fixture(scope="session")
def fake_torch(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], str]:
    """Make a folder whose `torch` has, or has not, a CUDA device; to be put on PYTHONPATH."""

    def make(has_cuda: bool) -> str:
        folder = tmp_path_factory.mktemp("torch")
        text = f"class cuda:\n    is_available = staticmethod(lambda: {has_cuda})\n"
        (folder / "torch.py").write_text(text)
        return str(folder)

    return make
