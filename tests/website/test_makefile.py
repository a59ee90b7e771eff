"""The Makefile's habits, as far as they can be tried without installing anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    *("Makefile", "README.md", "_config.yml", "_toc.yml", "index.md", "pyproject.toml"),
    *("references.bib", "requirements.txt"),
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that has no environment yet."""
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "_ext", tmp_path / "_ext")
    (tmp_path / "chapters").mkdir()
    return tmp_path


def make(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "PIP_", "GITHUB"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_alone_lists_every_command(checkout: Path) -> None:
    listed = set(re.findall(r"^  make ([\w-]+) ", make(checkout).stdout, re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text().replace("\\\n", "")
    targets = re.findall(r"^\.PHONY: (.*) FORCE$", makefile, re.MULTILINE)
    assert listed == set(targets[0].split())


def test_without_a_python_that_fits_one_line_says_so(checkout: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools-only"
    tools.mkdir()
    for name in ("sh", "make", "mkdir", "find", "cmp", "rm", "mv", "echo", "touch"):
        (tools / name).symlink_to(shutil.which(name))
    old = tools / "python3"  # stands for an interpreter that fails the version test
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = make(checkout, "book", PATH=str(tools))
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1
    assert lines[0].startswith(
        "make: this book needs Python 3.11, 3.12 or 3.13, and none was found"
    )
    assert not (checkout / ".venv").exists()


def test_without_a_network_one_line_says_so_and_nothing_is_left(checkout: Path) -> None:
    nowhere = "http://127.0.0.1:9/simple"
    done = make(
        checkout, "book", PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=nowhere, PIP_NO_CACHE_DIR="1"
    )
    assert done.returncode != 0
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("make: the package index cannot be reached")
    assert not (checkout / ".venv").exists()
    assert not (checkout / "_build/html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("repository",), "repository: nothing to change"),
        (
            ("repository", "URL=owner/name"),
            "repository: expected URL=https://github.com/OWNER/NAME",
        ),
    ],
)
def test_repository_command(checkout: Path, arguments: tuple[str, ...], message: str) -> None:
    make(checkout, "repository", "URL=")
    done = make(checkout, *arguments)
    assert message in done.stdout + done.stderr


def test_repository_command_writes_the_address(checkout: Path) -> None:
    done = make(checkout, "repository", "URL=https://github.com/owner/name")
    assert done.returncode == 0, done.stderr
    assert '  url: "https://github.com/owner/name"\n' in (checkout / "_config.yml").read_text()


def test_notebook_command_asks_for_a_chapter(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv/test.stamp").touch()
    assert "say which chapter" in make(checkout, "notebook").stderr
    assert "no file chapters/77-*.ipynb" in make(checkout, "notebook", "CH=77").stderr


def notebooks_named(checkout: Path, *arguments: str) -> list[str]:
    """The last arguments of the command which `make validate` would run."""
    (checkout / ".venv").mkdir(exist_ok=True)
    (checkout / ".venv/test.stamp").touch()
    done = make(checkout, "-n", "validate", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].partition("--nbval ")[2].split()


@pytest.mark.parametrize("parts", [1, 2, 3, 5])
def test_validate_in_parts_leaves_no_notebook_out(checkout: Path, parts: int) -> None:
    names = [f"chapters/{number:02}-name.ipynb" for number in range(1, 8)]
    for name in names:
        (checkout / name).touch()
    found = [notebooks_named(checkout, f"PART={k}/{parts}") for k in range(1, parts + 1)]
    assert sorted(name for part in found for name in part) == names
    assert max(map(len, found)) - min(map(len, found)) <= 1


def test_validate_takes_all_notebooks_or_one_chapter(checkout: Path) -> None:
    assert notebooks_named(checkout) == ["chapters"]
    assert notebooks_named(checkout, "CH=02") == ["chapters/02-*.ipynb"]


@pytest.mark.parametrize("part", ["2/1", "0/3", "3", "x"])
def test_a_part_that_there_is_not_is_refused(checkout: Path, part: str) -> None:
    (checkout / "chapters/01-name.ipynb").touch()
    done = make(checkout, "-n", "validate", f"PART={part}")
    assert done.returncode != 0
    assert f"expected PART=1/3 or the like, with a notebook in that part, got {part}" in done.stderr


@pytest.mark.parametrize("script", [".ci/run", "binder/postBuild"])
def test_shell_scripts_parse_and_may_be_run(script: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
    assert os.access(ROOT / script, os.X_OK)


def test_continuous_integration_calls_the_readme_s_test_command() -> None:
    assert "make test" in (ROOT / ".ci/run").read_text()
    assert "\nmake test " in (ROOT / "README.md").read_text()
