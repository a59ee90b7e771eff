"""A link from each entry of the package's pages to the code behind it.

Where the repository's address is known, it leads to the lines of the file on GitHub; where not, to
a page of the site which shows the file.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repository import find_address

if TYPE_CHECKING:
    from types import ModuleType

    from sphinx.application import Sphinx

FOLDER = "code"  # of the package, within the repository


def defining_module(module: ModuleType, name: str) -> ModuleType:
    """Return the module in which a name that another module offers is defined."""
    owner = getattr(getattr(module, name, None), "__module__", None)
    if owner is None:  # a constant: its module imports it by name
        tree = ast.parse(inspect.getsource(module))
        imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        owner = next((n.module for n in imports for a in n.names if a.name == name), None)
    return importlib.import_module(owner) if owner else module


def place(module_name: str, full_name: str) -> tuple[str, int, int] | None:
    """Return where a name is defined: file, as a path below the package's folder, and lines.

    Parameters
    ----------
    module_name : str
        Where readers import it from, such as ``"dlbook.engine.nn"``.
    full_name : str
        The name in that module, ``"Linear"`` or, for a method, ``"Linear.forward"``.

    Returns
    -------
    tuple of str, int, int, or None
        None for what is inherited from elsewhere or set by code.
    """
    first, *rest = full_name.split(".")
    module = defining_module(importlib.import_module(module_name), first)
    source = Path(inspect.getsourcefile(module))
    body = ast.parse(source.read_text(encoding="utf-8")).body
    node = None
    for part in (first, *rest):
        node = next((statement for statement in body if part in _binds(statement)), None)
        if node is None:
            return None
        body = getattr(node, "body", [])
    lines = [node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", []))]
    top = source.parents[module.__name__.count(".") + (source.stem == "__init__")]
    return source.relative_to(top).as_posix(), min(lines), node.end_lineno


def _binds(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
    return {target.id for target in targets if isinstance(target, ast.Name)}


def setup(app: Sphinx) -> dict[str, bool]:
    """Choose where the links lead."""
    app.setup_extension("api_pages")  # it mocks the libraries, without which modules do not load
    options = app.config.overrides["html_theme_options"]  # the values are not set yet
    address = find_address(options.get("repository_url"), os.environ)
    if not address:
        app.setup_extension("sphinx.ext.viewcode")
        return {"parallel_read_safe": True, "parallel_write_safe": True}

    branch = os.environ.get("BOOK_BRANCH") or options["repository_branch"]

    def resolve(domain: str, info: dict[str, Any]) -> str | None:
        found = place(info["module"], info["fullname"]) if domain == "py" else None
        return found and f"{address}/blob/{branch}/{FOLDER}/{found[0]}#L{found[1]}-L{found[2]}"

    app.setup_extension("sphinx.ext.linkcode")
    app.config.linkcode_resolve = resolve
    return {"parallel_read_safe": True, "parallel_write_safe": True}
