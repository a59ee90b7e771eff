"""The setup cell installs the package where it is missing, and only there."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from dlbook.validation.setup_cell import main, put_setup_cell, setup_cell
from nbformat.v4 import new_markdown_cell, new_notebook

ADDRESS = "https://example.org/owner/book"
# Stands in for pip, under its name: writes down how it was called.
PIP = """\
import json, os, sys
with open("called.json", "w") as file:
    json.dump(sys.argv[1:], file)
sys.exit(int(os.environ.get("PIP_FAILS", "0")))
"""
# Stands in for the package.
PACKAGE = "__version__ = 'present'\n"


def run(folder: Path, source: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run code where there are no packages but those in `folder`, a false pip among them."""
    # -S keeps the installed packages from the cell, and PYTHONPATH puts the false pip first for
    # the process that the cell starts.
    (folder / "pip.py").write_text(PIP)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DLBOOK_")}
    return subprocess.run(
        [sys.executable, "-S", "-c", source],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def installed(folder: Path) -> list[str] | None:
    """Return the arguments with which pip was called, None if it was not."""
    called = folder / "called.json"
    return ast.literal_eval(called.read_text()) if called.exists() else None


def test_a_missing_package_is_installed_from_the_configured_address(tmp_path: Path) -> None:
    done = run(tmp_path, setup_cell(ADDRESS))
    assert done.returncode == 0, done.stderr
    assert installed(tmp_path) == ["install", "--quiet", f"dlbook[data] @ git+{ADDRESS}"]


def test_the_environment_comes_before_the_configuration(tmp_path: Path) -> None:
    other = "https://example.org/fork/book"
    run(tmp_path, setup_cell(ADDRESS), DLBOOK_REPOSITORY=other)
    assert installed(tmp_path) == ["install", "--quiet", f"dlbook[data] @ git+{other}"]


def test_without_an_address_the_cell_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, setup_cell(""))
    assert done.returncode == 1
    assert "RuntimeError: dlbook is missing: set DLBOOK_REPOSITORY to the address" in done.stderr
    assert installed(tmp_path) is None


@pytest.mark.parametrize("address", ["", ADDRESS])
def test_nothing_happens_where_the_package_is(tmp_path: Path, address: str) -> None:
    (tmp_path / "dlbook.py").write_text(PACKAGE)
    no_process = "import subprocess\nsubprocess.run = None\n"
    done = run(tmp_path, no_process + setup_cell(address))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert installed(tmp_path) is None


def test_a_failing_installation_is_an_error(tmp_path: Path) -> None:
    done = run(tmp_path, setup_cell(ADDRESS), PIP_FAILS="1")
    assert done.returncode == 1
    assert "CalledProcessError" in done.stderr


def test_the_cell_is_short_and_has_one_line_for_the_address() -> None:
    source = setup_cell(ADDRESS)
    assert len(source.splitlines()) < 15
    assert source.count('REPOSITORY = "') == 1
    assert f'REPOSITORY = "{ADDRESS}"' in source.splitlines()


def test_the_cell_is_put_behind_the_title_and_kept_up_to_date() -> None:
    notebook = new_notebook(cells=[new_markdown_cell("# Title"), new_markdown_cell("text")])
    assert put_setup_cell(notebook, "")
    assert not put_setup_cell(notebook, "")
    assert put_setup_cell(notebook, ADDRESS)
    assert [cell["cell_type"] for cell in notebook["cells"]] == ["markdown", "code", "markdown"]
    assert notebook["cells"][1]["source"] == setup_cell(ADDRESS)
    assert notebook["cells"][1]["metadata"]["tags"] == ["setup", "remove-cell"]


def test_the_command_takes_the_address_from_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "_config.yml").write_text(f'repository:\n  url: "{ADDRESS}"\n')
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Title")]), "a.ipynb")
    assert main(["a.ipynb"]) == 0
    assert nbformat.read("a.ipynb", 4)["cells"][1]["source"] == setup_cell(ADDRESS)
    assert main(["a.ipynb", "--repository", ""]) == 0
    assert nbformat.read("a.ipynb", 4)["cells"][1]["source"] == setup_cell("")
