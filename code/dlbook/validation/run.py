"""Run notebooks in place: ``python -m dlbook.validation.run chapters/02-*.ipynb``.

Each notebook is executed from its first cell in a fresh kernel, in the surroundings in which it is
validated, and written back in its stored form. A notebook whose run fails is left as it was.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from nbval.kernel import (  # type: ignore[import-untyped]
    CURRENT_ENV_KERNEL_NAME,
    NbvalKernelspecManager,
)

from dlbook.errors import DlbookError
from dlbook.validation.dependencies import reasons_to_skip
from dlbook.validation.environment import CELL_LIMIT, kernel_variables
from dlbook.validation.machine_log import without_machine_log
from dlbook.validation.normalise import normalise, write_atomically
from dlbook.validation.tags import code_cells

__all__ = ["NotebookRunError", "execute", "main", "run_in_place"]


class NotebookRunError(DlbookError, RuntimeError):
    """A notebook cannot be run to its end, or writes to stderr."""


def execute(notebook: NotebookNode, folder: Path, limit: float = CELL_LIMIT) -> list[str]:
    """Run the code cells of a notebook, filling in their outputs.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    folder : Path
        Where the kernel runs.
    limit : float
        Seconds a cell may take.

    Returns
    -------
    list of str
        A line for each cell which this machine cannot run. Such cells keep the outputs they have.

    Raises
    ------
    NotebookRunError
        If a cell raises (and is not tagged ``raises-exception``), exceeds its time limit, kills
        the kernel, or writes to stderr.
    """
    reasons = reasons_to_skip(code_cells(notebook))
    manager = AsyncKernelManager(
        kernel_name=CURRENT_ENV_KERNEL_NAME, kernel_spec_manager=NbvalKernelspecManager()
    )
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=limit,
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    kept = []
    with (
        tempfile.TemporaryDirectory(prefix="dlbook-ipython-") as ipython_dir,
        # The kernel's own log; what cells write to stderr arrives as their output.
        client.setup_kernel(env=kernel_variables(ipython_dir), stderr=subprocess.DEVNULL),
    ):
        number = -1
        for index, cell in enumerate(notebook["cells"]):
            if cell["cell_type"] != "code":
                continue
            number += 1
            reason = reasons[number]
            if reason is not None:
                kept.append(f"cell {number} keeps its outputs: {reason}")
                continue
            _execute_cell(client, cell, index, number)
    return kept


def run_in_place(path: Path, limit: float = CELL_LIMIT) -> list[str]:
    """Run a notebook and write it back; parameters, result and errors as in `execute`.

    Parameters
    ----------
    path : Path
        The notebook. It is untouched if the run fails.
    limit : float
        Seconds a cell may take.
    """
    notebook = nbformat.read(path, as_version=4)
    kept = execute(notebook, path.parent, limit)
    normalise(notebook)
    write_atomically(notebook, path)
    return kept


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the notebooks named on the command line; return the exit status.

    Parameters
    ----------
    arguments : sequence of str, optional
        The command line; None reads that of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m dlbook.validation.run", description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="notebook")
    parser.add_argument(
        "--limit", type=float, default=CELL_LIMIT, help="seconds a cell may take (%(default)g)"
    )
    options = parser.parse_args(arguments)
    failed = 0
    for path in options.notebooks:
        start = time.monotonic()
        try:
            kept = run_in_place(path, options.limit)
        except (NotebookRunError, OSError, nbformat.reader.NotJSONError) as error:
            failed += 1
            print(f"{path}: not written: {error}", file=sys.stderr)
            continue
        print(f"{path}: {time.monotonic() - start:.1f} s", *kept, sep="\n  ")
    return 1 if failed else 0


def _execute_cell(client: NotebookClient, cell: NotebookNode, index: int, number: int) -> None:
    # What an older run left must not stay where this one puts out nothing.
    cell["outputs"], cell["execution_count"] = [], None
    if not cell["source"].strip():
        return
    try:
        client.execute_cell(cell, index)
    except CellExecutionError as error:
        raise NotebookRunError(f"cell {number} raised an exception\n{error}") from None
    except (CellControlSignal, DeadKernelError) as error:
        raise NotebookRunError(f"cell {number}: {error}") from None
    cell["outputs"] = without_machine_log(cell["outputs"])
    said = "".join(o["text"] for o in cell["outputs"] if o.get("name") == "stderr")
    if said:
        raise NotebookRunError(f"cell {number} writes to stderr:\n{said}")


if __name__ == "__main__":
    sys.exit(main())
