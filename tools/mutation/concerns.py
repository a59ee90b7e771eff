"""Which tests run which function of the package: read from one run of the tests under coverage."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

#: Tests of the package; those of the site, of notebooks and of validation start processes.
FOLDERS = ("engine", "models", "training", "text", "data", "parity", "checks")
_SINGLE_FILES = ("tests/test_errors.py", "tests/test_reproducible.py")
#: These read signatures, and run nothing of what they read.
_READERS = {
    "engine/": "tests/engine/test_defaults.py",
    "models/": "tests/models/test_same_signatures.py",
}


@dataclass(frozen=True)
class Concerns:
    """Which tests run which lines.

    Attributes
    ----------
    lines : dict of str to dict of int to set of str
        For each file below ``code/dlbook`` and each of its lines, the tests that run it. A line
        that runs on import alone has none.
    seconds : dict of str to float
        How long each test that passes takes.
    """

    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    def tests(self, file: str, source: str, line: int, limit: float) -> list[str]:
        """Choose the tests for a change of one line.

        Parameters
        ----------
        file : str
            Below ``code/dlbook``.
        source : str
            Its text before the change.
        line : int
        limit : float
            Seconds the tests may take together; the quickest are taken first.

        Returns
        -------
        list of str
            The tests that run the innermost function around the line; those of the next one where
            no test runs it (Keras traces functions, so they run unseen); of the file where no
            function is around it. For a line of a signature, also those that read signatures.
        """
        ran = self.lines.get(file, {})
        found: set[str] = set()
        bodies = list(around(source, line))
        for body in bodies:
            found = {
                test for number in body for test in ran.get(number, ()) if test in self.seconds
            }
            if found:
                break
        if line not in bodies[0]:
            readers = tuple(path for room, path in _READERS.items() if file.startswith(room))
            found |= {test for test in self.seconds if readers and test.startswith(readers)}
        chosen: list[str] = []
        total = 0.0
        for test in sorted(found, key=lambda test: (self.seconds[test], test)):
            total += self.seconds[test]
            if chosen and total > limit:
                break
            chosen.append(test)
        return chosen


def around(source: str, line: int) -> Iterator[range]:
    """Yield the lines of the bodies of the functions around a line, innermost first, then all.

    Parameters
    ----------
    source : str
    line : int
        In a function's body or in its signature.
    """
    inner = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and min([node.lineno, *(d.lineno for d in node.decorator_list)]) <= line
        and line <= (node.end_lineno or node.lineno)
    ]
    for node in sorted(inner, key=lambda node: -node.lineno):
        yield range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1)
    yield range(1, len(source.splitlines()) + 1)


def concerns(tree: Path, store: Path) -> Concerns:
    """Run all tests of a copy of the book once, or read what an earlier run has stored.

    Parameters
    ----------
    tree : pathlib.Path
        The copy.
    store : pathlib.Path
        A folder; what is there is used if it belongs to the same package and the same tests.

    Raises
    ------
    RuntimeError
        If pytest cannot run the tests.
    """
    key = _fingerprint(tree)
    if not (store / "key").is_file() or (store / "key").read_text(encoding="utf-8") != key:
        store.mkdir(parents=True, exist_ok=True)
        (store / "key").unlink(missing_ok=True)
        _run(tree, store)
        (store / "key").write_text(key, encoding="utf-8")
    return _read(tree, store)


def _run(tree: Path, store: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    command += ["-p", "mutation.recorder", "--cov=code/dlbook", "--cov-context=test"]
    command += ["--cov-report=", *(f"tests/{folder}" for folder in FOLDERS), *_SINGLE_FILES]
    paths = os.pathsep.join([str(tree / "code"), str(tree / "tools")])
    # An absolute data file, since some tests change the folder.
    environment = {"PYTHONPATH": paths, "COVERAGE_FILE": str(store / "coverage")}
    environment["MUTATION_RECORD"] = str(store / "tests.jsonl")
    done = subprocess.run(
        command,
        cwd=tree,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pytest: expected that the tests run, got {done.stdout[-2000:]}")


def _read(tree: Path, store: Path) -> Concerns:
    records = [
        json.loads(line)
        for line in (store / "tests.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    seconds = {record["test"]: record["seconds"] for record in records if record["passed"]}
    data = CoverageData(str(store / "coverage"))
    data.read()
    lines: dict[str, dict[int, set[str]]] = {}
    for path in data.measured_files():
        _, _, file = path.replace(os.sep, "/").rpartition("/code/dlbook/")
        lines[file] = {
            number: {context.rpartition("|")[0] for context in contexts if context}
            for number, contexts in data.contexts_by_lineno(path).items()
        }
    return Concerns(lines, seconds)


def _fingerprint(tree: Path) -> str:
    digest = hashlib.sha256()
    for folder in ("code/dlbook", "tests"):
        for path in sorted((tree / folder).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(str(path.relative_to(tree)).encode() + path.read_bytes())
    return digest.hexdigest()
