"""The pytest plugin behind ``make validate``: nbval, made strict.

With ``--nbval``, every code cell of a notebook is a test: it is run, in order, in one kernel for
each notebook, and its outputs are compared by the rules of `dlbook.validation.compare`. Cells this
machine cannot run (`dlbook.validation.tags`), and those which depend on them
(`dlbook.validation.dependencies`), are skipped with the reason. In parallel:
``pytest --nbval -n 2 --dist loadfile chapters``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NoReturn

import nbformat
import pytest
from nbformat import NotebookNode
from nbval.plugin import (  # type: ignore[import-untyped]
    IPyNbCell,
    IPyNbFile,
    NbCellError,
)

from dlbook.errors import RangeError
from dlbook.validation.compare import compare
from dlbook.validation.cost import MEMORY_LIMIT, cost_table, costs, peak_memory
from dlbook.validation.dependencies import may_be_unexecuted, reasons_to_skip
from dlbook.validation.environment import CELL_LIMIT, kernel_environment
from dlbook.validation.kernel import (
    CellTimeoutError,
    KernelDiedError,
    UncomparableError,
    run_cell,
)
from dlbook.validation.machine_log import without_machine_log
from dlbook.validation.tags import cell_tags, code_cells, forbidden_markers, tolerance

__all__ = ["NotebookCell", "NotebookFile"]

_NBVAL_LIMIT = 2000  # nbval's default, which nobody chose
_PEAK = "peak memory"
_NEVER = ("_build", ".venv", "venv", ".ipynb_checkpoints", "node_modules")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the proof of the book's robustness change the surroundings of its kernels."""
    parser.addoption(
        "--kernel-variable",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set this in the environment of every kernel, over the book's own setting",
    )
    parser.addoption(
        "--kernel-memory",
        type=float,
        default=MEMORY_LIMIT / 1e9,
        metavar="GB",
        help="resident memory that a notebook's kernel may reach (%(default)g)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose the kernel and the time limit, unless the command line did."""
    option = config.option
    if not getattr(option, "nbval", False):
        return
    for setting in option.kernel_variable:
        if not setting.partition("=")[0] or "=" not in setting:
            raise pytest.UsageError(f"--kernel-variable: expected NAME=VALUE, got {setting!r}")
    if option.nbval_cell_timeout == _NBVAL_LIMIT:
        option.nbval_cell_timeout = CELL_LIMIT
    if not option.nbval_kernel_name:
        # A kernel of the name "python3" may belong to another environment.
        option.nbval_current_env = True
    # Workers inherit the controller's options, so only the controller decides.
    if getattr(option, "numprocesses", None) and option.dist != "loadfile":
        raise pytest.UsageError(
            f"--nbval -n: expected --dist loadfile (a notebook's cells belong to one kernel), "
            f"got --dist {option.dist}"
        )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show what each notebook cost."""
    cells = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, peak in getattr(report, "user_properties", ()):
                if name == _PEAK and report.when == "call":
                    cells.append((report.nodeid.partition("::")[0], report.duration, peak))
    if cells:
        terminalreporter.section("what the notebooks cost")
        for line in cost_table(costs(cells)):
            terminalreporter.write_line(line)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out built copies of notebooks, environments and checkpoints."""
    if collection_path.is_relative_to(config.rootpath):
        parts = collection_path.relative_to(config.rootpath).parts
    else:
        parts = (collection_path.name,)
    return True if any(part in _NEVER for part in parts) else None


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[Any], list[Any]]:
    """Collect notebooks by this plugin's rules in place of nbval's."""
    collected = yield
    if not parent.config.option.nbval:
        return collected
    others = [node for node in collected if not isinstance(node, IPyNbFile)]
    if len(others) == len(collected):
        return collected
    return [*others, NotebookFile.from_parent(parent, path=file_path)]


class NotebookFile(IPyNbFile):
    """A notebook; holds the kernel in which its cells run."""

    def collect(self) -> Iterator[NotebookCell]:
        """Yield one test for each code cell."""
        self.nb = nbformat.read(str(self.path), as_version=4)
        self.lost: str | None = None
        cells = code_cells(self.nb)
        self.unexecuted = may_be_unexecuted(cells)
        for number, (cell, reason) in enumerate(zip(cells, reasons_to_skip(cells), strict=True)):
            options = {"check_exception": "raises-exception" in cell_tags(cell)}
            item: NotebookCell = NotebookCell.from_parent(
                self, name=f"Cell {number}", cell_num=number, cell=cell, options=options
            )
            if reason is not None:
                item.add_marker(pytest.mark.skip(reason=f"cell {number} {reason}"))
            yield item

    def setup(self) -> None:
        """Start the kernel, in surroundings that do not depend on who started pytest."""
        self.ipython_dir = tempfile.TemporaryDirectory(prefix="dlbook-ipython-")
        chosen = dict(s.split("=", 1) for s in self.config.option.kernel_variable)
        with kernel_environment(self.ipython_dir.name, chosen):
            super().setup()

    def teardown(self) -> None:
        """Stop the kernel."""
        super().teardown()
        self.ipython_dir.cleanup()


class NotebookCell(IPyNbCell):
    """One code cell: run and compared."""

    parent: NotebookFile

    def setup(self) -> None:
        """Skip a cell whose notebook has lost its kernel; the loss itself is a failure."""
        if self.parent.lost is not None:
            pytest.skip(self.parent.lost)

    def runtest(self) -> None:
        """Run the cell and compare.

        Raises
        ------
        NbCellError
            If it cannot be run or compared, raises, or its outputs differ.
        """
        rtol, reference = self._tolerance(), self._reference()
        outputs = self._run()
        self._measure_memory()
        errors = [output for output in outputs if output["output_type"] == "error"]
        if errors and not self._may_raise:
            self._fail("the cell raised an exception", "\n".join(errors[0]["traceback"]))
        if reference is None:
            self.warn(pytest.PytestWarning(f"{self.nodeid}: ran, but no outputs are stored"))
            reference, outputs = [], [o for o in outputs if o.get("name") == "stderr"]
        problems = compare(reference, outputs, rtol)
        if problems:
            self._fail("the outputs differ from those stored", "\n".join(problems))

    @property
    def _may_raise(self) -> bool:
        return bool(self.options["check_exception"])

    def _tolerance(self) -> float | None:
        markers = forbidden_markers(self.cell)
        if markers:
            self._fail(f"{markers[0]} would leave the cell unchecked, and is not allowed")
        try:
            return tolerance(cell_tags(self.cell))
        except RangeError as error:
            return self._fail(str(error))

    def _reference(self) -> list[NotebookNode] | None:
        """Return the stored outputs; None for an optional cell that was never run."""
        if self.cell["execution_count"] is not None:
            return list(self.cell["outputs"])
        if self.cell["outputs"]:
            self._fail("the cell has outputs but no execution count: run the notebook again")
        if not self.parent.unexecuted[self.cell_num]:
            self._fail("the cell was never run, so there is nothing to compare")
        return None

    def _run(self) -> list[NotebookNode]:
        if not self.parent.kernel.is_alive():
            self._lose_kernel("the kernel died before this cell")
        limit = float(self.config.option.nbval_cell_timeout)
        try:
            outputs = run_cell(self.parent.kernel, self.cell["source"], limit)
        except (CellTimeoutError, KernelDiedError) as error:
            self._lose_kernel(str(error))
        except UncomparableError as error:
            self._fail(str(error))
        return without_machine_log(outputs)

    def _measure_memory(self) -> None:
        """Note how much memory the kernel has held so far; fail beyond the limit."""
        peak = peak_memory(self.parent.kernel.km.provisioner.pid) or 0
        self.user_properties.append((_PEAK, peak))
        limit = self.config.option.kernel_memory
        if peak > limit * 1e9:
            self._fail(f"the kernel has held {peak / 1e9:.2f} GB, a notebook may take {limit:g}")

    def _lose_kernel(self, why: str) -> NoReturn:
        """Fail, and let the rest of the notebook know that the kernel's state is unknown."""
        self.parent.lost = f"cell {self.cell_num} of this notebook failed: {why}"
        if self.parent.kernel.is_alive():
            self.parent.kernel.stop()
        self._fail(why)

    def _fail(self, message: str, details: str | None = None) -> NoReturn:
        raise NbCellError(self.cell_num, message, self.cell["source"], details)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Show the notebook, the cell, its code and what is wrong with it."""
        error = excinfo.value
        if not isinstance(error, NbCellError):
            return f"{self.nodeid}: {type(error).__name__}: {error}"
        code = "\n".join(f"    {line}" for line in error.source.splitlines())
        details = f"\n\n{error.inner_traceback}" if error.inner_traceback else ""
        return f"{self.nodeid}: {error}\n\n{code}{details}"
