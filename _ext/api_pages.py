"""API pages written from the package itself, so that what is new in it appears by itself.

A page of the reference holds lines of two kinds, each a comment in MyST, which are replaced by
autodoc's directives before the page is read:

- ``% api: dlbook.text`` documents a module: its docstring, then every name in its ``__all__``,
  below one heading for each file that the names come from;
- ``% api-models: classes`` and ``% api-models: functions`` document what stands in
  ``dlbook/models/numpy``, one section a file, with PyTorch's and Keras' versions in tabs beside it.

In docstrings, text between single backticks is a link where it names something on these pages, and
code where it does not.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.ext.autodoc.mock import MockFinder, undecorate
from sphinx.pycode import ModuleAnalyzer
from sphinx.roles import XRefRole
from sphinx.util.inspect import signature, stringify_signature

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LIBRARIES = {"numpy": "NumPy", "pytorch": "PyTorch", "keras": "Keras"}
MARKER = re.compile(r"^% (api|api-models): (\S+)$", re.MULTILINE)
ROLE = "py-name"


def load(name: str) -> ModuleType:
    """Import a module whose libraries may be mocked.

    A mocked decorator leaves a mocked object, of which autodoc would make little; the
    class that was decorated takes its place.
    """
    module = importlib.import_module(name)
    for member in getattr(module, "__all__", []):
        setattr(module, member, undecorate(getattr(module, member)))
    return module


def documented(module: ModuleType) -> list[str]:
    """Return the names of a module's ``__all__`` which are not modules themselves.

    Raises
    ------
    ValueError
        If the module has no ``__all__``.
    """
    names = getattr(module, "__all__", None)
    if names is None:
        raise ValueError(f"{module.__name__}: expected a module with __all__")
    return [name for name in names if not inspect.ismodule(getattr(module, name))]


def origins(module: ModuleType) -> dict[str, str]:
    """Map each name which a module imports to the module that it imports it from."""
    tree = ast.parse(inspect.getsource(module))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    return {alias.asname or alias.name: node.module for node in imports for alias in node.names}


def title(module: ModuleType) -> str:
    """Return the first line of a module's docstring as a heading."""
    return (module.__doc__ or module.__name__).splitlines()[0].rstrip(".")


def rst(lines: list[str]) -> str:
    """Wrap reStructuredText for a MyST page."""
    return "\n".join(["```{eval-rst}", *lines, "```", ""])


def entry(module: ModuleType, name: str, origin: str) -> list[str]:
    """Return the directive that documents one name of a module.

    Parameters
    ----------
    module : module
        Where readers import the name from.
    name : str
    origin : str
        The module in which it is defined.
    """
    value, full = getattr(module, name), f"{module.__name__}.{name}"
    if inspect.isclass(value):
        bases = ["   :show-inheritance:"] if issubclass(value, Exception) else []
        members = ["   :members:", "   :exclude-members: extra_repr"]
        return [f".. autoclass:: {full}", *members, *bases, ""]
    if inspect.isroutine(value):
        return [f".. autofunction:: {full}", ""]
    # autodoc looks for a constant's comment in the module that re-exports it, and finds none
    comment = ModuleAnalyzer.for_module(origin).find_attr_docs().get(("", name))
    if comment is None:
        raise ValueError(f"{origin}.{name}: expected a comment '#: …' above it")
    directive = [f".. py:data:: {name}", f"   :module: {module.__name__}", ""]
    return [*directive, *(f"   {line}" for line in comment)]


def document(name: str, heading: str = "##") -> str:
    """Return the Markdown that documents a module.

    Parameters
    ----------
    name : str
        The module, such as ``"dlbook.text"``.
    heading : str
        What opens the heading of each file.
    """
    module = load(name)
    parts = [rst([f".. automodule:: {name}"])]
    source = origins(module)
    names = documented(module)
    files = {member: source.get(member, name) for member in names}
    for origin, members in groupby(sorted(names, key=files.__getitem__), key=files.__getitem__):
        if origin != name:
            parts.append(f"{heading} {title(importlib.import_module(origin))}\n")
        parts.append(rst([line for m in members for line in entry(module, m, origin)]))
    return "\n".join(parts)


def document_models(kind: str) -> str:
    """Return the Markdown for the models, or for the functions that work on them.

    Parameters
    ----------
    kind : {"classes", "functions"}
        Which of the files: those that define a class, or those that define functions only.
    """
    if kind not in ("classes", "functions"):
        raise ValueError(f"api-models: expected classes or functions, got {kind!r}")
    parts = []
    for path in model_files(kind):
        modules = list(versions(path))
        parts.append(f"## {title(modules[0][1]).removesuffix(', from scratch')}\n")
        parts.append("::::{tab-set}\n:sync-group: library\n")
        for library, module in modules:
            parts.append(f":::{{tab-item}} {LIBRARIES[library]}\n:sync: {library}\n")
            entries = [e for m in documented(module) for e in entry(module, m, module.__name__)]
            parts.append(rst([f".. py:module:: {module.__name__}", "", *entries]) + ":::\n")
        parts.append("::::\n")
    return "\n".join(parts)


def versions(path: Path) -> Iterator[tuple[str, ModuleType]]:
    """Yield the versions of a model, the engine's first: library and module."""
    for library in LIBRARIES:
        if (path.parents[1] / library / path.name).is_file():
            yield library, load(f"dlbook.models.{library}.{path.stem}")


def model_files(kind: str) -> Iterator[Path]:
    """Yield the files of the engine's models, or those of the functions that work on models."""
    folder = Path(importlib.import_module("dlbook.models.numpy").__path__[0])
    for path in sorted(folder.glob("[!_]*.py")):
        module = load(f"dlbook.models.numpy.{path.stem}")
        is_model = any(inspect.isclass(getattr(module, name)) for name in documented(module))
        if is_model == (kind == "classes"):
            yield path


def public_names(text: str) -> dict[str, str]:
    """Map each name that a page documents to the module which defines it.

    Parameters
    ----------
    text : str
        The source of the page.
    """
    found = {}
    for kind, what in MARKER.findall(text):
        if kind == "api":
            module = load(what)
            source = origins(module)
            found |= {f"{what}.{name}": source.get(name, what) for name in documented(module)}
        else:
            modules = [m for path in model_files(what) for _library, m in versions(path)]
            found |= {f"{m.__name__}.{name}": m.__name__ for m in modules for name in documented(m)}
    return found


def mock_libraries(app: Sphinx) -> None:
    """Mock the libraries from here on.

    Autodoc mocks them only while it imports; later it looks for the source of their classes, and
    would load each of them for nothing where it is installed.
    """
    sys.meta_path.insert(0, MockFinder(app.config.autodoc_mock_imports))


def write(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Replace the marked lines of a page."""
    source[0] = MARKER.sub(
        lambda m: document(m[2]) if m[1] == "api" else document_models(m[2]), source[0]
    )


def constructor(
    _app: Sphinx, what: str, _name: str, value: Any, _options: Any, _signature: str, _returned: str
) -> tuple[str, str] | None:
    """Show the arguments of a class's own ``__init__``, not those of a mocked ancestor."""
    if what != "class" or "__init__" not in vars(value):
        return None
    arguments = signature(value.__init__, bound_method=True)
    return stringify_signature(arguments, show_annotation=False), ""


def code_where_nothing_fits(
    _app: Sphinx, _env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Show as code what stands between backticks and names nothing on these pages."""
    return content if ROLE in node["classes"] else None


class Name(XRefRole):
    """What stands between single backticks in a docstring: a Python name, or other code."""

    def process_link(
        self, env: Any, refnode: nodes.Element, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """Make it a reference to any Python object, in the context of the docstring."""
        refnode["refdomain"], refnode["reftype"] = "py", "obj"
        refnode["py:module"] = env.ref_context.get("py:module")
        refnode["py:class"] = env.ref_context.get("py:class")
        refnode["classes"].append(ROLE)
        return title, target.strip()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the replacement and the role, which ``default_role`` selects."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_role(ROLE, Name(innernodeclass=nodes.literal))
    app.connect("builder-inited", mock_libraries)
    app.connect("source-read", write)
    app.connect("autodoc-process-signature", constructor)
    app.connect("missing-reference", code_where_nothing_fits)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
