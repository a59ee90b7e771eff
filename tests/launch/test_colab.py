"""Colab: a notebook comes alone, and its setup cell fetches the package with git."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import nbformat
import pytest
from dlbook.validation.setup_cell import find_setup_cell, put_setup_cell, setup_cell

from .conftest import CPU_BUILDS, ROOT, new_environment, run, surroundings

pytestmark = pytest.mark.timeout(1800)

NOTEBOOKS = sorted((ROOT / "chapters").glob("*.ipynb"))
FIRST = NOTEBOOKS[0]
# An address as readers have it; git is told that the repository made here is what stands there.
ADDRESS = "https://github.com/reader/book"
# Said by a process that has just run the setup cell, where no file of the repository is near.
LOOK = """
import json, pathlib, sys, dlbook.checks, dlbook.data, dlbook.engine, dlbook.plots
folder = pathlib.Path(dlbook.__file__).parent
files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*")
               if p.is_file() and p.suffix != ".pyc")
train, test = dlbook.data.digits()
heavy = sorted({"torch", "tensorflow", "keras"} & set(sys.modules))
print(json.dumps([str(folder), files, len(train) + len(test), heavy]))
"""


def extras() -> dict[str, list[str]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def setup_source(notebook: Path) -> str:
    cell = find_setup_cell(nbformat.read(notebook, as_version=4))
    assert cell is not None
    return cell["source"]


def run_setup(environment: Path, folder: Path, source: str, **variables: str) -> list:
    """Run a setup cell as the first cell of a session, then look at what is there."""
    command = [environment / "bin/python", "-c", source + "\n" + LOOK]
    done = run(command, cwd=folder, env=surroundings(environment, **variables))
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def git(repository: Path) -> dict[str, str]:
    """Variables by which git finds the local repository under `ADDRESS`."""
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": ADDRESS,
    }


@pytest.fixture(scope="module")
def colab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The libraries that Colab comes with, in the newest versions; dlbook is not among them."""
    folder = new_environment(tmp_path_factory.mktemp("colab") / "env")
    install = [folder / "bin/python", "-m", "pip", "install", "--quiet"]
    variables = surroundings(folder)
    # As in binder/postBuild: nobody here needs CUDA's packages.
    run([*install, "--no-deps", "--index-url", CPU_BUILDS, *extras()["pytorch"]], env=variables)
    libraries = [name for extra in ("pytorch", "keras", "data") for name in extras()[extra]]
    own = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    run([*install, *libraries, *own, "ipykernel", "nbclient"], env=variables)
    return folder


@pytest.fixture
def session(colab: Path, tmp_path: Path) -> Path:
    """A fresh environment that sees Colab's libraries and has nothing of its own."""
    folder = new_environment(tmp_path / "session", "--without-pip")
    (packages,) = folder.glob("lib/python*/site-packages")
    (libraries,) = colab.glob("lib/python*/site-packages")
    (packages / "colab.pth").write_text(f"{libraries}\n")
    return folder


@pytest.fixture(scope="session")
def package_files(repository: Path) -> list[str]:
    """The files of the package in the repository: all of them belong into an installation."""
    listed = run(["git", "ls-files", "code/dlbook"], cwd=repository).stdout
    return sorted(name.removeprefix("code/dlbook/") for name in listed.splitlines())


def test_the_first_setup_cell_needs_nothing_but_python(
    tmp_path: Path, git: dict[str, str], package_files: list[str]
) -> None:
    bare = new_environment(tmp_path / "bare")
    source = setup_source(FIRST)
    folder, files, samples, heavy = run_setup(
        bare, tmp_path, source, DLBOOK_REPOSITORY=ADDRESS, **git
    )
    assert Path(folder).is_relative_to(bare)
    assert files == package_files
    assert samples == 1797
    assert heavy == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_s_setup_cell(
    notebook: Path,
    session: Path,
    tmp_path: Path,
    git: dict[str, str],
    package_files: list[str],
) -> None:
    source = setup_source(notebook)
    folder, files, samples, _ = run_setup(
        session, tmp_path, source, DLBOOK_REPOSITORY=ADDRESS, **git
    )
    assert Path(folder).is_relative_to(session)
    assert files == package_files
    assert samples == 1797
    # Once more, as after a restart of the kernel: nothing is fetched, so no address is needed.
    assert run_setup(session, tmp_path, source)[0] == folder


def test_without_an_address_the_cell_says_what_is_missing(session: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [session / "bin/python", "-c", setup_cell("")],
        cwd=tmp_path,
        env=surroundings(session),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "RuntimeError: dlbook is missing: set DLBOOK_REPOSITORY" in done.stderr


def test_the_first_chapter_runs_alone(session: Path, tmp_path: Path, git: dict[str, str]) -> None:
    """Every cell runs to its end, with the address in the notebook as `make repository` puts it."""
    notebook = nbformat.read(FIRST, as_version=4)
    put_setup_cell(notebook, ADDRESS)
    nbformat.write(notebook, tmp_path / "chapter.ipynb")
    start = "from nbclient.cli import main; main()"
    command = [session / "bin/python", "-c", start, "--inplace", "chapter.ipynb"]
    run(command, cwd=tmp_path, env=surroundings(session, **git))
    cells = nbformat.read(tmp_path / "chapter.ipynb", as_version=4)["cells"]
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
