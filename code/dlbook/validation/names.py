"""Which names a notebook cell reads and which it binds, found by reading its code.

The question answered is: could this cell run if certain names were missing? Hence names read
inside a function count when the function is used, not where it is defined.
"""

# ruff: noqa: N815 — the names of visitors are given by ast.NodeVisitor
from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from IPython.core.inputtransformer2 import TransformerManager

__all__ = ["CellNames", "cell_names", "python_tree", "with_functions"]

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class CellNames:
    """The names of one cell.

    Attributes
    ----------
    reads : set of str
        Names whose earlier value the cell needs as it runs.
    binds : set of str
        Names that are certain to have a new value afterwards (loops count as entered).
    changes : set of str
        Names which may have a new value or whose object is changed: bound in one branch only,
        an attribute or element assigned, a method called for its effect alone.
    functions : dict of str to set of str
        For each function or class the cell defines, the global names its body reads when called.
    modules : set of str
        Names bound by an import.
    """

    reads: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    functions: dict[str, set[str]] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)


def cell_names(source: str) -> CellNames:
    """Read the names of one code cell.

    Parameters
    ----------
    source : str
        The cell as typed; IPython's magics and ``!`` commands are understood, and the Python code
        within such as ``%%time`` is read too.

    Returns
    -------
    CellNames
        Empty for a cell which is no valid Python: it fails by itself when it is run.
    """
    reader = _Reader()
    reader.run(python_tree(source).body)
    return reader.names


def python_tree(source: str) -> ast.Module:
    """Parse a code cell, magics and ``!`` commands turned into calls.

    Parameters
    ----------
    source : str

    Returns
    -------
    ast.Module
        Without statements if the cell is no valid Python.
    """
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:
        return ast.Module([], [])


def with_functions(names: Iterable[str], functions: Mapping[str, set[str]]) -> set[str]:
    """Add to some names those that the functions among them read in their turn.

    Parameters
    ----------
    names : iterable of str
    functions : mapping of str to set of str
        What each function reads when it is called.

    Returns
    -------
    set of str
    """
    found = set(names)
    waiting = list(found)
    while waiting:
        new = functions.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


class _Reader(ast.NodeVisitor):
    """Walks the statements of a cell in the order in which they run."""

    def __init__(self) -> None:
        self.names = CellNames()

    def run(self, statements: Iterable[ast.AST]) -> None:
        for statement in statements:
            self.visit(statement)

    def _bind(self, name: str) -> None:
        self.names.binds.add(name)
        self.names.functions.pop(name, None)

    def _read_all(self, names: set[str]) -> None:
        """Note that these are read now, and so is what functions of this very cell read."""
        everything = with_functions(names, self.names.functions)
        self.names.reads |= everything - self.names.binds

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self._bind(node.id)
            return
        self._read_all({node.id})
        if isinstance(node.ctx, ast.Del):
            self._bind(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._changed(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        self._changed(node)

    def _changed(self, node: ast.Attribute | ast.Subscript) -> None:
        owner = _owner(node)
        if owner and not isinstance(node.ctx, ast.Load):
            self.names.changes.add(owner)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        # `results.append(x)`: a call whose value is thrown away is made for its effect.
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = _owner(call.func)
            if owner:
                self.names.changes.add(owner)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        magic = isinstance(node.func, ast.Attribute) and node.func.attr in (
            "run_line_magic",
            "run_cell_magic",
        )
        if magic and node.args and isinstance(node.args[-1], ast.Constant):
            self.run(python_tree(str(node.args[-1].value)).body)

    def visit_Assign(self, node: ast.Assign) -> None:
        target = node.targets[0]
        if isinstance(node.value, ast.Lambda) and isinstance(target, ast.Name):
            self._define(target.id, [node.value.args], [node.value.body], node.value.args)
            return
        self.visit(node.value)
        self.run(node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.run(part for part in (node.annotation, node.value) if part is not None)
        if node.value is not None:
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self.visit(ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self._bind(name)
            self.names.modules.add(name)

    visit_ImportFrom = visit_Import

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.run([node.iter, node.target, *node.body, *node.orelse])

    visit_AsyncFor = visit_For

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if item.optional_vars is not None:
                self.visit(item.optional_vars)
        self.run(node.body)

    visit_AsyncWith = visit_With

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._branches([node.body, node.orelse])

    def visit_Try(self, node: ast.Try) -> None:
        caught: list[list[ast.AST]] = []
        for handler in node.handlers:
            if handler.type is not None:
                self.visit(handler.type)
            name = [ast.Name(handler.name, ast.Store())] if handler.name else []
            caught.append([*name, *handler.body])
        self._branches([[*node.body, *node.orelse], *caught])
        self.run(node.finalbody)

    def visit_Match(self, node: ast.Match) -> None:
        self.visit(node.subject)
        self._branches([[case.pattern, *case.body] for case in node.cases] + [[]])

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.generic_visit(node)
        if node.name:
            self._bind(node.name)

    def _branches(self, branches: Sequence[Sequence[ast.AST]]) -> None:
        """Only what every branch binds is bound afterwards; the rest may be."""
        before, ends = set(self.names.binds), []
        for branch in branches:
            self.names.binds = set(before)
            self.run(branch)
            ends.append(self.names.binds)
        self.names.binds = set.intersection(*ends)
        self.names.changes |= set.union(*ends) - self.names.binds

    def visit_FunctionDef(self, node: _Function) -> None:
        self.run(node.decorator_list)
        self._define(node.name, [node.args, node.returns], node.body, node.args)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        # Handed to something which presumably calls it at once.
        self._defaults([node.args])
        self._read_all(_globals_read([node.body], node.args))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.run([*node.decorator_list, *node.bases, *(word.value for word in node.keywords)])
        body = _Reader()
        body.run(node.body)
        inner = set().union(*body.names.functions.values()) if body.names.functions else set()
        self._read_all(body.names.reads)
        self._bind(node.name)
        self.names.functions[node.name] = inner - {node.name}

    def _comprehension(self, node: ast.expr) -> None:
        self._read_all(_globals_read([node], None))

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _define(
        self,
        name: str,
        signature: list[ast.arguments | ast.expr | None],
        body: Iterable[ast.AST],
        arguments: ast.arguments,
    ) -> None:
        self._defaults([part for part in signature if part is not None])
        reads = _globals_read(body, arguments)
        self._bind(name)
        self.names.functions[name] = reads - {name}

    def _defaults(self, signature: Iterable[ast.AST]) -> None:
        """Default values and annotations are evaluated where the function is defined."""
        for part in signature:
            if isinstance(part, ast.arguments):
                annotations = [a.annotation for a in _parameters(part)]
                values = [*part.defaults, *part.kw_defaults, *annotations]
                self.run(value for value in values if value is not None)
            else:
                self.visit(part)


def _owner(node: ast.expr) -> str | None:
    """Return ``a`` for ``a.b[0].c``: the name whose object is reached into."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    stars = [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def _globals_read(body: Iterable[ast.AST], arguments: ast.arguments | None) -> set[str]:
    """Names read in a function's body, nested functions included, that are not its own."""
    loaded: set[str] = set()
    own = {arg.arg for arg in _parameters(arguments)} if arguments else set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name):
                (loaded if isinstance(node.ctx, ast.Load) else own).add(node.id)
            elif isinstance(node, ast.arg):
                own.add(node.arg)
            elif isinstance(node, _Function | ast.ClassDef):
                own.add(node.name)
            elif isinstance(node, ast.alias):
                own.add((node.asname or node.name).split(".")[0])
            elif isinstance(node, ast.ExceptHandler) and node.name:
                own.add(node.name)
    return loaded - own
