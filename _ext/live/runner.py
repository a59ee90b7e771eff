"""Runs the live cells of a page, as a notebook does, in the browser's Python.

The worker loads this file into Pyodide and calls `missing_module` and `run`. It needs nothing but
the standard library, so that ordinary Python can run the same cells in the book's tests.
"""

from __future__ import annotations

import ast
import base64
import importlib
import io
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

Emit = Callable[[str, str], Any]

LONGEST = 100_000  # characters which one cell may print: a page that shows millions stands still

# All cells of a page share these variables. IPython's `display` is there, as in a notebook.
namespace: dict[str, Any] = {"__name__": "__main__"}


class Printer(io.TextIOBase):
    """A text stream that hands on what is written, until it is too much."""

    def __init__(self, emit: Emit, kind: str) -> None:
        self.emit, self.kind, self.left = emit, kind, LONGEST

    def writable(self) -> bool:
        """Say that one may write."""
        return True

    def write(self, text: str) -> int:
        """Hand on a text; what goes beyond `LONGEST` is left out, which is said once."""
        if self.left > 0:
            self.emit(self.kind, text[: self.left])
            if len(text) > self.left:
                self.emit(self.kind, f"\n… only the first {LONGEST:,} characters are shown\n")
            self.left -= len(text)
        return len(text)


def missing_module(source: str) -> str | None:
    """Name the first module which the code imports at its top level and which is not there.

    Importing it here, before the cell runs, gives the worker the chance to load its package.
    Imports within functions or ``try`` may be meant to fail: they are left alone.

    Parameters
    ----------
    source : str

    Returns
    -------
    str or None
        None if all can be imported, or if the code is no valid Python: running it will say so.
    """
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return None
    try:
        for name in _imported(statements):
            importlib.import_module(name)
    except ModuleNotFoundError as error:
        return error.name
    except Exception:  # the module itself fails: so will the cell, and show where
        return None
    return None


def _imported(statements: list[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module:
            module = importlib.import_module(statement.module)
            for alias in statement.names:
                # `from dlbook import plots` imports a module; `from math import pi` a number
                if hasattr(module, "__path__") and not hasattr(module, alias.name):
                    yield f"{statement.module}.{alias.name}"


def run(source: str, name: str, emit: Emit) -> bool:
    """Run a cell in the page's namespace and hand on all it shows.

    Parameters
    ----------
    source : str
        As in a notebook, the value of an expression at the end is shown, unless ``;`` follows.
    name : str
        What tracebacks call the cell, such as ``"Cell 3"``.
    emit : callable
        Is called with the kind (``text``, ``warning``, ``value``, ``html``, ``figure``,
        ``error``) and the text; a figure is a PNG image in base 64.

    Returns
    -------
    bool
        False if the cell raised an exception.
    """

    def display(*values: object) -> None:
        for value in values:
            _show(value, emit)

    namespace["display"] = display
    # lets tracebacks quote the line
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    with redirect_stdout(Printer(emit, "text")), redirect_stderr(Printer(emit, "warning")):
        try:
            _execute(source, name, emit)
        except BaseException as error:  # `exit()` and the like, too, end the cell alone
            emit("error", _report(error, name))
            return False
        finally:
            _show_figures(emit)
    return True


def _execute(source: str, name: str, emit: Emit) -> None:
    tree = ast.parse(source, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, name, "exec"), namespace)
    if last is not None:
        _show(eval(compile(last, name, "eval"), namespace), emit)


def _show(value: object, emit: Emit) -> None:
    if value is None:
        return
    if "matplotlib" in sys.modules and isinstance(value, sys.modules["matplotlib"].figure.Figure):
        _show_figure(value, emit)
        return
    html = getattr(value, "_repr_html_", None)
    rich = html() if callable(html) and not isinstance(value, type) else None
    emit("html", rich) if rich else emit("value", repr(value) + "\n")


def _show_figures(emit: Emit) -> None:
    """Show the figures that are still open, and close them, as notebooks do."""
    if "matplotlib.pyplot" not in sys.modules:
        return
    pyplot = sys.modules["matplotlib.pyplot"]
    for number in pyplot.get_fignums():
        _show_figure(pyplot.figure(number), emit)
    pyplot.close("all")


def _show_figure(figure: Any, emit: Emit) -> None:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", bbox_inches="tight")
    emit("figure", base64.b64encode(stream.getvalue()).decode())


def _report(error: BaseException, name: str) -> str:
    """Return the traceback from the cell on: what ran the cell is of no interest there."""
    place = error.__traceback__
    while place and place.tb_frame.f_code.co_filename != name:
        place = place.tb_next
    return "".join(traceback.format_exception(type(error), error, place))
