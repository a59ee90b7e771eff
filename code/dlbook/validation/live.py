"""Live cells: those which run in the reader's browser, where there is NumPy and no network.

A cell tagged ``live`` has to be closed: each name it reads comes from an earlier live cell of the
same page or from an import. Imports count wherever the notebook makes them, one by one, so a cell
which imports PyTorch beside NumPy need not be live for NumPy to be known; `live_cells` gives each
cell the imports that it needs.
"""

from __future__ import annotations

import ast
import builtins
import sys
from dataclasses import dataclass, field

from nbformat import NotebookNode

from dlbook.validation.chapter import Chapter
from dlbook.validation.names import cell_names, python_tree, with_functions
from dlbook.validation.tags import cell_tags, is_optional

__all__ = ["ALLOWED", "NOT_IN_THE_BROWSER", "LiveCell", "closed_live_cells", "live_cells"]

#: Packages beside Python's own which live cells may import.
ALLOWED = ("dlbook", "matplotlib", "numpy")
#: Parts of `dlbook` which need PyTorch, Keras or a notebook server.
NOT_IN_THE_BROWSER = (
    "dlbook.models.keras",
    "dlbook.models.pytorch",
    "dlbook.training.backends.keras",
    "dlbook.training.backends.pytorch",
    "dlbook.validation",
)

_NO_CODE = {"setup", "remove-cell", "remove-input", "hide-cell"}
_BROWSER_HAS = {*dir(builtins), "display", "__name__"}


@dataclass(frozen=True)
class LiveCell:
    """A cell tagged ``live``.

    Parameters
    ----------
    index : int
        Its place among all cells of the notebook.
    number : int
        Its place among the code cells.
    source : str
    imports : tuple of str
        Import statements which the notebook makes elsewhere, for names that the cell needs.
    problems : tuple of str
        What keeps the cell from running in a browser, in one sentence each.
    """

    index: int
    number: int
    source: str
    imports: tuple[str, ...]
    problems: tuple[str, ...]


def live_cells(notebook: NotebookNode) -> list[LiveCell]:
    """Find the live cells of a notebook, with the imports and the problems of each.

    Parameters
    ----------
    notebook : NotebookNode
        Sources may be texts or, as on disk, lists of lines.

    Returns
    -------
    list of LiveCell
        In the order of the notebook.
    """
    page = _Page()
    found = []
    code = [(i, cell) for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code"]
    for number, (index, cell) in enumerate(code):
        source, tags = "".join(cell["source"]), cell_tags(cell)
        if "live" in tags:
            imports, problems = page.look_at(source, tags)
            found.append(LiveCell(index, number, source, tuple(imports), tuple(problems)))
        page.remember(number, source, live="live" in tags)
    return found


def closed_live_cells(chapter: Chapter) -> list[str]:
    """Live cells import what a browser has, and read names of live cells and of imports alone.

    Parameters
    ----------
    chapter : Chapter

    Returns
    -------
    list of str
        What is wrong, one sentence for each fault; empty where the rule holds.
    """
    return [
        f"cell {cell.number} cannot be live: {problem}"
        for cell in live_cells(chapter.notebook)
        for problem in cell.problems
    ]


@dataclass
class _Page:
    """Where the names come from that a reader of the page has met so far."""

    imports: dict[str, str] = field(default_factory=dict)  # name → statement
    living: set[str] = field(default_factory=set)  # names which live cells bound
    foreign: dict[str, int] = field(default_factory=dict)  # name → cell which is not live
    functions: dict[str, set[str]] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)

    def look_at(self, source: str, tags: list[str]) -> tuple[list[str], list[str]]:
        """Return the imports and the problems of a cell."""
        names = cell_names(source)
        needed = sorted(with_functions(names.reads, self.functions))
        wanted = [self.imports[name] for name in needed if name in self.imports]
        # What a function reads that is only defined here is needed later, by a cell or a reader
        # who calls it; a function of PyTorch may stand among others as long as none calls it.
        inner = set().union(*names.functions.values()) - names.binds - set(needed)
        later = [self.imports[name] for name in sorted(inner & self.imports.keys())]
        problems = [f"the tag {tag!r} hides its code" for tag in tags if tag in _NO_CODE]
        if is_optional(tags):
            problems.append("it is left out on some machines")
        for statement in [*_import_statements(source).values(), *wanted]:
            problems += _not_importable(statement)
        for name in needed:
            if name in self.foreign:
                problems.append(f"{name!r} comes from cell {self.foreign[name]}, which is not live")
            elif not {name} & (_BROWSER_HAS | self.living | self.imports.keys()):
                problems.append(f"{name!r} comes from no cell above")
        imports = [*wanted, *(line for line in later if not _not_importable(line))]
        return list(dict.fromkeys(imports)), problems

    def remember(self, number: int, source: str, *, live: bool) -> None:
        """Note what a cell imports, binds and changes."""
        names = cell_names(source)
        statements = _import_statements(source)
        self.modules |= names.modules
        for name in names.binds:
            self._forget(name)
            if name in statements:
                self.imports[name] = statements[name]
        touched = (names.binds | (names.changes - self.modules)) - self.imports.keys()
        for name in touched:
            if live:
                self.living.add(name)
            else:
                self.living.discard(name)
                self.foreign[name] = number
        self.functions.update(names.functions)

    def _forget(self, name: str) -> None:
        self.imports.pop(name, None)
        self.foreign.pop(name, None)
        self.living.discard(name)
        self.functions.pop(name, None)


def _import_statements(source: str) -> dict[str, str]:
    """Return, for each name that the cell's own statements import, the statement for it alone."""
    found = {}
    for statement in python_tree(source).body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for alias in statement.names:
                single = (
                    ast.Import([alias])
                    if isinstance(statement, ast.Import)
                    else ast.ImportFrom(statement.module, [alias], statement.level)
                )
                found[alias.asname or alias.name.split(".")[0]] = ast.unparse(single)
    return found


def _not_importable(statement: str) -> list[str]:
    """Say why a statement that imports one name would fail in a browser."""
    node = ast.parse(statement).body[0]
    if isinstance(node, ast.ImportFrom):
        module = f"{node.module}.{node.names[0].name}"
    else:
        assert isinstance(node, ast.Import)
        module = node.names[0].name
    root = module.split(".")[0]
    if root not in ALLOWED and root not in sys.stdlib_module_names:
        return [f"{statement!r}: expected Python's own modules or {', '.join(ALLOWED)}"]
    if any(module == part or module.startswith(f"{part}.") for part in NOT_IN_THE_BROWSER):
        return [f"{statement!r}: this part of dlbook does not run in a browser"]
    return []
