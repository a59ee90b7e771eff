"""Small mistakes in Python code: another operator, another comparison, another constant."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
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

# In the files of exercises, a wrong answer or a case on which functions are compared may as well be
# another one: a mutant there is no mistake. That each wrong answer gets its own hint is tested.
_FREE_CALLS = ("Mistake",)
_FREE_KEYWORDS = ("cases", "accepts")


@dataclass(frozen=True)
class Mutant:
    """One small mistake.

    Attributes
    ----------
    file : str
        Below ``code/dlbook``, such as ``engine/functional/conv.py``.
    number : int
        Which of the mistakes that can be made in it.
    line : int
        Where it is, counted from 1.
    change : str
        The expression before and after.
    source : str
        The whole file with the mistake in it.
    """

    file: str
    number: int
    line: int
    change: str
    source: str

    @property
    def name(self) -> str:
        """File and number, as the command line takes it."""
        return f"{self.file}:{self.number}"

    def __str__(self) -> str:
        return f"{self.name}  line {self.line}: {self.change}"


class Mistake(ast.NodeTransformer):
    """Change the expression with a given number; annotations and messages are left alone.

    Parameters
    ----------
    number : int
        Counted from 0 in the order of the tree.
    free : set of ast.AST
        Parts of the tree that are left alone.
    """

    def __init__(self, number: int, free: set[ast.AST]) -> None:
        self.left, self.free, self.line, self.change = number, free, 0, ""

    def visit(self, node: ast.AST) -> ast.AST:
        """Change the node, or look for the number among its children."""
        if isinstance(node, ast.JoinedStr) or node in self.free:
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


def mistakes_in(root: Path, file: str) -> int:
    """Count the mistakes that can be made in a file below `root`."""
    return sys.maxsize - _visited(root, file, sys.maxsize)[1].left


def make_mutant(root: Path, file: str, number: int) -> Mutant:
    """Make the mistake with a given number, counted from 0, in a file below `root`."""
    tree, mistake = _visited(root, file, number)
    source = ast.unparse(ast.fix_missing_locations(tree))
    return Mutant(file, number, mistake.line, mistake.change, source)


def _visited(root: Path, file: str, number: int) -> tuple[ast.AST, Mistake]:
    tree = ast.parse((root / file).read_text(encoding="utf-8"))
    mistake = Mistake(number, _free(tree) if file.startswith("checks/chapters/") else set())
    return mistake.visit(tree), mistake


def _free(tree: ast.Module) -> set[ast.AST]:
    """Find what is wrong on purpose in a file of exercises, and definitions for that alone."""
    free = {node for node in ast.walk(tree) if _is_free(node)}
    definitions = {name: part for part in tree.body for name in _defined(part)}
    held: set[str] = set()
    new = {"EXERCISES"} & set(definitions)
    while new:
        held |= new
        used = {name for one in new for name in _names(definitions[one], free)}
        new = (used & set(definitions)) - held
    return free | {part for name, part in definitions.items() if name not in held}


def _defined(part: ast.stmt) -> list[str]:
    """Return the names which a statement of a module binds."""
    if isinstance(part, ast.FunctionDef | ast.ClassDef):
        return [part.name]
    if isinstance(part, ast.Assign):
        stored = (n for target in part.targets for n in ast.walk(target))
        return [node.id for node in stored if isinstance(node, ast.Name)]
    return []


def _names(node: ast.AST, free: set[ast.AST]) -> set[str]:
    """Return the names used below a node, outside of what is free."""
    if node in free:
        return set()
    own = {node.id} if isinstance(node, ast.Name) else set()
    return own.union(*(_names(child, free) for child in ast.iter_child_nodes(node)))


def _is_free(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _FREE_KEYWORDS
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _FREE_CALLS
    )


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
