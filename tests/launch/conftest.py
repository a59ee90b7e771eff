"""The book as others get it: a repository to clone, and environments in which nothing is yet.

These tests install gigabytes, so they run only where they are asked for (``make test-launch``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Leave this folder out unless the command line names it."""
    asked = any("launch" in Path(argument.split("::")[0]).parts for argument in config.args)
    return None if asked else True


def run(command: list[str | Path], **options) -> subprocess.CompletedProcess[str]:
    """Run a command; if it fails, so does the test, with what the command said."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done


def surroundings(environment: Path | None = None, **variables: str) -> dict[str, str]:
    """This process's variables without what it has of the book, before `environment`'s programs."""
    hidden = ("PYTHON", "VIRTUAL_ENV", "DLBOOK", "MAKE", "COV_", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    if environment is not None:
        kept["PATH"] = f"{environment / 'bin'}{os.pathsep}{kept['PATH']}"
        kept["VIRTUAL_ENV"] = str(environment)
    return {**kept, **variables}


def new_environment(folder: Path, *options: str) -> Path:
    """Make a virtual environment of the Python that runs this test."""
    run([sys.executable, "-m", "venv", *options, folder], env=surroundings())
    return folder


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with the files as they are here, committed or not."""
    folder = tmp_path_factory.mktemp("clone") / "book"
    listed = run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@localhost"]
    run([*git, "init", "-q", "-b", "main"], cwd=folder)
    run([*git, "add", "-A"], cwd=folder)
    run([*git, "commit", "-q", "--no-gpg-sign", "-m", "The book"], cwd=folder)
    return folder
