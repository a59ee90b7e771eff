"""Which public names of the package each notebook uses, found by reading its code."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from dlbook.validation.names import python_tree

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

PACKAGE = "dlbook"


def names_used(sources: Iterable[str], public: Collection[str]) -> list[str]:
    """Return the public names which code uses, in the order of their first use.

    Parameters
    ----------
    sources : iterable of str
        Code cells in the order in which they run.
    public : collection of str
        Full names, such as ``"dlbook.engine.nn.Linear"``.
    """
    reader = _Reader(frozenset(public))
    for source in sources:
        reader.visit(python_tree(source))
    return list(reader.found)


def notebook_uses(path: Path, public: Collection[str]) -> list[str]:
    """Return the public names which a notebook uses, in the order of their first use."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return names_used(("".join(c["source"]) for c in cells if c["cell_type"] == "code"), public)


class _Reader(ast.NodeVisitor):
    """Follows what each name stands for: an import binds it, an assignment makes it another's."""

    def __init__(self, public: frozenset[str]) -> None:
        self.public = public
        self.stands_for: dict[str, str] = {}
        self.found: dict[str, None] = {}

    def note(self, full: str | None) -> None:
        if full in self.public:
            self.found[full] = None

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.asname:
                self.stands_for[alias.asname] = alias.name
            else:
                top = alias.name.split(".")[0]
                self.stands_for[top] = top

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            full = f"{node.module}.{alias.name}"
            self.stands_for[alias.asname or alias.name] = full
            self.note(full)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.note(self.stands_for.get(node.id))
        else:
            self.stands_for.pop(node.id, None)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.note(self.full_name(node))
        self.generic_visit(node)

    def full_name(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Name):
            return self.stands_for.get(node.id)
        if isinstance(node, ast.Attribute):
            owner = self.full_name(node.value)
            return owner and f"{owner}.{node.attr}"
        return None

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)  # `relu = plots.style(relu)`: the old meaning is read first
        for target in node.targets:
            self.visit(target)

    def visit_definition(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        self.generic_visit(node)
        self.stands_for.pop(node.name, None)

    visit_FunctionDef = visit_definition  # noqa: N815 — ast gives the name
    visit_ClassDef = visit_definition  # noqa: N815
