"""Run the tests that concern a mutant on it; where they let it pass, its chapter's notebook.

PyTorch is imported once: every run is a fork of this process, so this needs Linux or macOS.
Nothing of the package itself is imported before the fork.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from mutation.concerns import Concerns
from mutation.mistakes import Mutant

#: Seconds that the tests of one mutant may take without it.
LIMIT = 60.0
_SLOWER = 5  # a mutant that takes so many times longer than the tests do is caught in a loop
_BROKEN = 70  # the exit status where an error ends the child
_START = 90  # seconds to import the libraries and collect the tests, on a busy machine
_MEMORY = 12 * 2**30  # bytes; a mutant that asks for more fails
_NEVER = ("_build", ".venv", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")


def copy_of_the_book(root: Path, folder: Path) -> Path:
    """Copy what tests and notebooks need, and return where it is."""
    tree = folder / "book"
    shutil.copytree(root, tree, ignore=shutil.ignore_patterns(*_NEVER))
    return tree


def prepare() -> None:
    """Import once what every mutant needs, but nothing of the package itself."""
    import hypothesis
    import nbval  # type: ignore[import-untyped]  # noqa: F401
    import torch

    torch.set_num_threads(1)
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]  # no search for the smallest
    hypothesis.settings.register_profile(
        "mutants", phases=phases, derandomize=True, database=None, deadline=None
    )
    os.environ["DLBOOK_HYPOTHESIS"] = "mutants"  # tests/conftest.py loads it


def without_failing(known: Concerns, mutants: Sequence[Mutant], tree: Path) -> Concerns:
    """Leave out the tests that fail without any mistake when they are run as those of mutants are.

    Parameters
    ----------
    known : Concerns
        Which tests concern which lines.
    mutants : sequence of Mutant
        Their tests are tried, each once.
    tree : pathlib.Path
        A copy of the book.
    """
    chosen = {test: known.seconds[test] for one in mutants for test in _tests(one, tree, known)}
    failed = tree / "failed"
    failed.write_text("", encoding="utf-8")
    seconds = _START + _SLOWER * sum(chosen.values())
    status = in_a_fork(partial(run_tests, tree, chosen, failed), seconds)
    if status not in (0, 1, 5):
        raise RuntimeError(f"the tests do not run without a mistake (pytest's status: {status})")
    names = failed.read_text(encoding="utf-8").splitlines()
    return Concerns(known.lines, {k: v for k, v in known.seconds.items() if k not in names})


def survives(mutant: Mutant, tree: Path, known: Concerns) -> bool:
    """Say whether no check notices a mutant.

    Parameters
    ----------
    mutant : Mutant
    tree : pathlib.Path
        A copy of the book; it is the same again afterwards.
    known : Concerns
        Which tests concern which lines.
    """
    tests = _tests(mutant, tree, known)
    place = tree / "code/dlbook" / mutant.file
    original = place.read_text(encoding="utf-8")
    place.write_text(mutant.source, encoding="utf-8")
    try:
        seconds = _START + _SLOWER * sum(tests.values())
        # Tests that are gone with the mistake (no test left, status 5) notice nothing.
        if tests and in_a_fork(partial(run_tests, tree, tests), seconds) not in (0, 5):
            return False
        return _notebook_passes(mutant, tree)
    finally:
        place.write_text(original, encoding="utf-8")


def in_a_fork(work: Callable[[], int], seconds: float) -> int | None:
    """Run something in a child process; return its exit status, None if it took too long."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = _BROKEN
        try:
            resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
            status = work()
        finally:
            os._exit(status)  # never back into the code of the parent
    end = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(0.05)


def run_tests(tree: Path, tests: Mapping[str, float], failed: Path | None = None) -> int:
    """Run tests in a copy of the book, the quickest first; return pytest's exit status.

    Parameters
    ----------
    tree : pathlib.Path
        The copy.
    tests : mapping of str to float
        What to run, with the seconds that each takes.
    failed : pathlib.Path, optional
        Where to list the tests that fail; without it the first one is the end.
    """
    import pytest

    class Selection:
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            chosen = [item for item in items if item.nodeid in tests]
            items[:] = sorted(chosen, key=lambda item: tests[item.nodeid])

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if failed is not None and report.failed:
                with failed.open("a", encoding="utf-8") as names:
                    names.write(report.nodeid + "\n")

    os.chdir(tree)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    sys.path[:0] = [str(tree / "code"), str(tree / "tests")]
    sys.dont_write_bytecode = True
    files = sorted({test.split("::")[0] for test in tests})
    first = [] if failed is not None else ["-x"]
    without = [f"-pno:{plugin}" for plugin in ("cacheprovider", "xdist", "cov", "timeout")]
    options = ["-q", *first, *without]
    return int(pytest.main([*options, *files], plugins=[Selection()]))


def _tests(mutant: Mutant, tree: Path, known: Concerns) -> dict[str, float]:
    """Choose the tests of a mutant, with the seconds that each takes."""
    source = (tree / "code/dlbook" / mutant.file).read_text(encoding="utf-8")
    chosen = known.tests(mutant.file, source, mutant.line, LIMIT)
    return {test: known.seconds[test] for test in chosen}


def _notebook_passes(mutant: Mutant, tree: Path) -> bool:
    """Validate the chapter whose exercises are in the mutant's file; there is none for others."""
    chapter = re.fullmatch(r"checks/chapters/ch(\d\d)\.py", mutant.file)
    if chapter is None:
        return True
    (notebook,) = (tree / "chapters").glob(f"{chapter[1]}-*.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "-x", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, str(notebook)],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree / "code"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    return done.returncode == 0
