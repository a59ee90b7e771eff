"""Which cells to leave out because a cell before them was left out."""

from __future__ import annotations

from collections.abc import Sequence

from nbformat import NotebookNode

from dlbook.validation.names import CellNames, cell_names, with_functions
from dlbook.validation.tags import cell_tags, is_optional, lacking

__all__ = ["may_be_unexecuted", "plan", "reasons_to_skip"]


def reasons_to_skip(cells: Sequence[NotebookNode]) -> list[str | None]:
    """Decide for each code cell of a notebook whether this machine can run it.

    Parameters
    ----------
    cells : sequence of NotebookNode
        All code cells, in order.

    Returns
    -------
    list of str or None
        For each cell the reason for skipping it, or None if it is to run.
    """
    return plan([cell["source"] for cell in cells], [lacking(cell_tags(cell)) for cell in cells])


def may_be_unexecuted(cells: Sequence[NotebookNode]) -> list[bool]:
    """Say for each code cell whether a notebook may be stored without its outputs.

    Parameters
    ----------
    cells : sequence of NotebookNode
        All code cells, in order.

    Returns
    -------
    list of bool
        True for optional cells (``gpu``, ``download…``) and those which depend on them.
    """
    optional = ["optional" if is_optional(cell_tags(cell)) else None for cell in cells]
    return [reason is not None for reason in plan([cell["source"] for cell in cells], optional)]


def plan(sources: Sequence[str], reasons: Sequence[str | None]) -> list[str | None]:
    """Pass reasons for skipping on to the cells which depend on a skipped one.

    Parameters
    ----------
    sources : sequence of str
        The cells' code, in order.
    reasons : sequence of str or None
        Why a cell cannot run by itself; None where it can.

    Returns
    -------
    list of str or None
        As `reasons`, with one more for each cell that reads a name bound or changed in a skipped
        cell, directly or by using a function which reads it. A name bound anew by a cell which
        runs is free again.

    Notes
    -----
    When in doubt a cell runs: a cell run without what it needs fails for all to see, a cell
    skipped without need is missed by nobody. So an object handed to a function of a skipped cell
    is not taken to be changed by it.
    """
    if not any(reasons):
        return list(reasons)
    missing: dict[str, int] = {}  # name → number of the skipped cell it would come from
    functions: dict[str, set[str]] = {}
    modules: set[str] = set()
    result: list[str | None] = []
    for number, (source, own_reason) in enumerate(zip(sources, reasons, strict=True)):
        names = cell_names(source)
        modules |= names.modules
        reason = own_reason
        if reason is None:
            needed = with_functions(names.reads, functions) & missing.keys()
            if needed:
                name = min(needed, key=lambda n: (missing[n], n))
                reason = f"needs {name!r} from cell {missing[name]}, which is skipped"
        if reason is None:
            for name in names.binds:
                missing.pop(name, None)
        else:
            lost = names.binds | (names.changes - modules)
            missing.update(dict.fromkeys(lost, number))
        _remember(functions, names)
        result.append(reason)
    return result


def _remember(functions: dict[str, set[str]], names: CellNames) -> None:
    for name in names.binds:
        functions.pop(name, None)
    functions.update(names.functions)
