"""Do the tests notice small mistakes? Make some, one at a time, and count those that pass unseen.

A mutant is a copy of the package in which one operator, comparison or number of
`dlbook.engine.functional` is another one. The tests of that file are run on it; a mutant which
they let through ("survived") shows a line that no test holds in place, or a change that makes no
difference. Keras is left out, since it takes longer to load than all those tests to run.

    python tools/mutate.py --sample 200 --seed 0      # a random sample
    python tools/mutate.py --only conv.py:41          # the same mutants again, by their names

PyTorch is imported once: every mutant is a fork of this process which works on a copy of the
tree in a temporary folder. So this needs Linux or macOS.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONAL = Path("code/dlbook/engine/functional")
SLOWER = 5  # a mutant that takes so many times longer than the tests do is caught in a loop

# Which tests hold which files: "pool" stands for tests/engine/test_pool.py.
RECURRENT = ["recurrent", "recurrent_errors", "recurrent_textbook"]
LOSSES = ["regression_losses", "classification_losses"]
TESTS = {
    "activations": ["activations"],
    "adaptive_pool": ["pool"],
    "arguments": ["activations", *LOSSES],
    "avg_pool": ["pool"],
    "binary_losses": ["classification_losses"],
    "classification_losses": ["classification_losses"],
    "conv": ["conv", "conv_errors"],
    "conv_kernels": ["conv"],
    "ctc": ["ctc"],
    "distribution_losses": LOSSES,
    "dropout": ["dropout"],
    "embedding": ["embedding"],
    "embedding_scores": ["embedding"],
    "encoding": ["encoding"],
    "linear": ["linear"],
    "margin_losses": ["classification_losses"],
    "max_pool": ["pool"],
    "norm": ["norm"],
    "pad": ["ops_shaping"],
    "pool_kernels": ["pool"],
    "pool_window": ["pool"],
    "rectifiers": ["activations"],
    "recurrent": RECURRENT,
    "recurrent_gru": RECURRENT,
    "recurrent_lstm": RECURRENT,
    "recurrent_rnn": RECURRENT,
    "reduction": ["regression_losses"],
    "regression_losses": ["regression_losses"],
    "relative_losses": ["regression_losses"],
    "similarity": ["regression_losses"],
    "window": ["conv", "conv_errors", "pool"],
}

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Mutant:
    """One small mistake.

    Attributes
    ----------
    name : str
        File and running number: ``conv.py:41``.
    change : str
        Line, and the expression before and after.
    source : str
        The whole file with the mistake in it.
    """

    name: str
    change: str
    source: str


class Mistake(ast.NodeTransformer):
    """Change the expression with a given number; annotations and messages are left alone."""

    def __init__(self, number: int) -> None:
        self.left, self.line, self.change = number, 0, ""

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.JoinedStr):
            return node
        replace = _replacement(node)
        if replace is not None:
            self.left -= 1
            if self.left == -1:
                self.line, before = node.lineno, ast.unparse(node)  # type: ignore[attr-defined]
                node = replace(node)
                self.change = f"{before}  →  {ast.unparse(node)}"
                return node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            if isinstance(value, list):
                value[:] = [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node


def _replacement(node: ast.AST) -> Callable[[ast.AST], ast.AST] | None:
    """Return what makes a mistake of an expression, None if nothing does."""
    if isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign) and type(node.op) in OTHER:
        return _other_operator
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER:
        return _other_comparison
    if isinstance(node, ast.UnaryOp):
        return lambda node: node.operand  # type: ignore[attr-defined]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
        return _other_constant
    return None


def _other_operator(node: ast.AST) -> ast.AST:
    node.op = OTHER[type(node.op)]()  # type: ignore[attr-defined]
    return node


def _other_comparison(node: ast.AST) -> ast.AST:
    node.ops[0] = OTHER[type(node.ops[0])]()  # type: ignore[attr-defined]
    return node


def _other_constant(node: ast.AST) -> ast.AST:
    value = node.value  # type: ignore[attr-defined]
    return ast.Constant(not value if isinstance(value, bool) else value + 1)


def mistakes_in(path: Path) -> int:
    """Count the mistakes that can be made in a file."""
    mistake = Mistake(sys.maxsize)
    mistake.visit(ast.parse(path.read_text(encoding="utf-8")))
    return sys.maxsize - mistake.left


def make_mutant(path: Path, number: int) -> Mutant:
    """Make the mistake with a given number, counted from 0, in a file."""
    mistake = Mistake(number)
    tree = mistake.visit(ast.parse(path.read_text(encoding="utf-8")))
    source = ast.unparse(ast.fix_missing_locations(tree))
    return Mutant(f"{path.name}:{number}", f"line {mistake.line}: {mistake.change}", source)


def in_a_fork(work: Callable[[], int], seconds: float) -> int | None:
    """Run something in a child process; return its exit status, None if it took too long."""
    child = os.fork()
    if child == 0:
        signal.alarm(int(seconds) + 1)  # ends the process
        os._exit(work())
    status = os.waitpid(child, 0)[1]
    return None if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


def run_tests(
    tree: Path, tests: tuple[str, ...], skip: set[str], failed: Path | None = None
) -> int:
    """Run tests on a copy of the tree; return pytest's exit status.

    Parameters
    ----------
    tree : pathlib.Path
        The copy.
    tests : tuple of str
        Test files.
    skip : set of str
        Tests that are left out.
    failed : pathlib.Path, optional
        Where to list the tests that fail; without it the first one is the end.
    """
    import pytest

    class Selection:
        def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
            items[:] = [item for item in items if item.nodeid not in skip]

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
    for library in ("keras", "tensorflow"):
        sys.modules[library] = MagicMock()  # tests that need the real one fail, and are left out
    from engine import agreement  # the tests' own: drop its comparison with Keras

    check = agreement.check

    def without_keras(*arguments: Any, keras_operation: Any = None, **options: Any) -> None:
        check(*arguments, **options)

    agreement.check = without_keras
    first = [] if failed is not None else ["-x"]
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", *first]
    return int(pytest.main([*options, *tests], plugins=[Selection()]))


def prepare() -> None:
    """Import once what every mutant needs, but nothing of the package itself."""
    import hypothesis
    import nbval  # noqa: F401
    import torch

    torch.set_num_threads(1)
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.generate]  # no search for the smallest
    hypothesis.settings.register_profile(
        "mutants", phases=phases, derandomize=True, database=None, deadline=None
    )
    os.environ["DLBOOK_HYPOTHESIS"] = "mutants"  # tests/conftest.py loads it


def judge(mutants: list[Mutant], tree: Path) -> list[Mutant]:
    """Run the tests of each mutant's file on it; print and return those that survive."""
    survived: list[Mutant] = []
    known: dict[tuple[str, ...], tuple[set[str], float]] = {}
    for file in sorted({mutant.name.split(":")[0] for mutant in mutants}):
        tests = tuple(f"tests/engine/test_{name}.py" for name in TESTS[Path(file).stem])
        if tests not in known:
            known[tests] = without_mistake(tree, tests)
        skip, seconds = known[tests]
        own = [mutant for mutant in mutants if mutant.name.startswith(f"{file}:")]
        print(f"{file}: {len(own)} mutants, tests take {seconds:.1f} s", flush=True)
        place = tree / FUNCTIONAL / file
        original = place.read_text(encoding="utf-8")
        for mutant in own:
            place.write_text(mutant.source, encoding="utf-8")
            if in_a_fork(partial(run_tests, tree, tests, skip), SLOWER * seconds) == 0:
                survived.append(mutant)
                print(f"  survived: {mutant.name}  {mutant.change}", flush=True)
        place.write_text(original, encoding="utf-8")
    return survived


def without_mistake(tree: Path, tests: tuple[str, ...]) -> tuple[set[str], float]:
    """Return the tests that fail because Keras is left out, and how long all of them take."""
    failed, start = tree / "failed", time.monotonic()
    failed.write_text("", encoding="utf-8")
    status = in_a_fork(partial(run_tests, tree, tests, set(), failed), 600)
    if status not in (0, 1):
        raise SystemExit(f"{', '.join(tests)}: the tests do not run")
    return set(failed.read_text(encoding="utf-8").splitlines()), time.monotonic() - start


def main() -> int:
    """Judge the mutants named on the command line, or a sample; 1 if too many survive."""
    parser = argparse.ArgumentParser(description="Mutation test of dlbook.engine.functional")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], help="names of mutants")
    parser.add_argument("--goal", type=float, default=85, help="per cent killed (%(default)g)")
    options = parser.parse_args()
    files = [ROOT / FUNCTIONAL / f"{name}.py" for name in sorted(TESTS)]
    places = [(file, number) for file in files for number in range(mistakes_in(file))]
    if options.only:
        places = [(file, n) for file, n in places if f"{file.name}:{n}" in options.only]
    else:
        size = min(options.sample, len(places))
        places = random.Random(options.seed).sample(places, size)
    chosen = [make_mutant(file, number) for file, number in sorted(places)]
    prepare()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Path(folder)
        for part in ("code", "tests"):
            shutil.copytree(ROOT / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("pyproject.toml", "conftest.py"):
            shutil.copy(ROOT / part, tree / part)
        survived = judge(chosen, tree)
    killed = 100 * (1 - len(survived) / len(chosen))
    print(f"{len(chosen) - len(survived)} of {len(chosen)} mutants killed: {killed:.1f} %")
    return int(killed < options.goal)


if __name__ == "__main__":
    sys.exit(main())
