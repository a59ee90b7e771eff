"""Binder: the image's own steps, then the first chapter, within what Binder grants a reader."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.utils import canonicalize_name

from .conftest import ROOT, new_environment, run, surroundings

pytestmark = pytest.mark.timeout(1800)

MEMORY = 2 * 2**30  # bytes; a session that needs more is stopped
SIZE = 5 * 2**30  # bytes of installed packages; CUDA's alone would be as many again
CHAPTER = "chapters/01-what-is-deep-learning.ipynb"


@pytest.fixture(scope="module")
def clone(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's folder within the image."""
    folder = tmp_path_factory.mktemp("image") / "home"
    run(["git", "clone", "-q", f"file://{repository}", folder])
    return folder


@pytest.fixture(scope="module")
def image(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment after ``binder/postBuild``; a venv stands for conda's Python."""
    folder = new_environment(tmp_path_factory.mktemp("conda") / "env")
    run([clone / "binder/postBuild"], cwd=clone, env=surroundings(folder))
    return folder


def packages(image: Path) -> dict[str, str]:
    listed = run([image / "bin/python", "-m", "pip", "list", "--format", "json"])
    return {canonicalize_name(p["name"]): p["version"] for p in json.loads(listed.stdout)}


def test_conda_brings_a_python_that_the_book_supports_and_pip_and_no_more() -> None:
    wanted = yaml.safe_load((ROOT / "binder/environment.yml").read_text())["dependencies"]
    assert wanted in (["python=3.11", "pip"], ["python=3.12", "pip"], ["python=3.13", "pip"])


def test_nothing_of_cuda_is_installed(image: Path) -> None:
    found = packages(image)
    assert [name for name in found if name.startswith(("nvidia", "cuda", "triton"))] == []
    asked = "import torch; print(torch.version.cuda)"
    assert run([image / "bin/python", "-c", asked]).stdout == "None\n"


def test_versions_are_those_of_the_lock(image: Path) -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = {
        canonicalize_name(name): version
        for name, mark, version in (line.partition("==") for line in lines)
        if mark
    }
    own = ("dlbook", "pip", "setuptools")  # not pinned, or there before the book
    found = {n: v.split("+")[0] for n, v in packages(image).items() if n not in own}
    assert {"torch", "tensorflow", "keras", "jupyterlab"} <= set(found)
    assert {name: version for name, version in found.items() if pins.get(name) != version} == {}


def test_the_packages_fit(image: Path) -> None:
    assert sum(f.lstat().st_size for f in image.rglob("*") if f.is_file()) < SIZE


def test_jupyterlab_shows_the_notebooks(image: Path, clone: Path) -> None:
    """The launch buttons lead to ``lab/tree/chapters/….ipynb``."""
    env = surroundings(image)
    run([image / "bin/jupyter", "lab", "--version"], cwd=clone, env=env)
    assert "python3" in run([image / "bin/jupyter", "kernelspec", "list"], env=env).stdout


def test_the_first_chapter_runs_within_a_session_s_memory(image: Path, clone: Path) -> None:
    command = [str(image / "bin/jupyter"), "execute", "--inplace", CHAPTER]
    with (clone / "run.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=clone, env=surroundings(image), stdout=log, stderr=subprocess.STDOUT
        )
        # The kernel is among the processes which this one has waited for, and by far the largest.
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (clone / "run.log").read_text()[-3000:]
    assert used.ru_maxrss * 1024 < MEMORY
    cells = json.loads((clone / CHAPTER).read_text())["cells"]
    counts = [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
