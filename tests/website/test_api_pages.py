"""The pages of the package: every public name is there, with a link to its source."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path

import dlbook
import dlbook.models.numpy
import pytest
from dlbook.validation.names import python_tree
from sphinx.util.inventory import InventoryFile

from .pages import Page, read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import api_pages  # noqa: E402

# What `make validate` and authors of chapters use, not readers; `quiet` is part of `reproducible`.
NOT_FOR_READERS = {"dlbook.quiet", "dlbook.validation"}
ROOMS = (
    *("dlbook.checks", "dlbook.data", "dlbook.engine", "dlbook.engine.functional"),
    *("dlbook.engine.init", "dlbook.engine.nn", "dlbook.engine.nn.utils", "dlbook.engine.optim"),
    *("dlbook.errors", "dlbook.parity", "dlbook.plots", "dlbook.reproducible", "dlbook.text"),
    *("dlbook.training", "dlbook.training.restarts"),
)
MODELS = sorted(module.name for module in pkgutil.iter_modules(dlbook.models.numpy.__path__))


@pytest.fixture(scope="module")
def inventory(site: Path) -> dict[str, str]:
    """Each documented Python name with the page that documents it."""
    with (site / "objects.inv").open("rb") as file:
        objects = InventoryFile.load(file, "", lambda _base, uri: uri)
    entries = {kind: names for kind, names in objects.items() if kind.startswith("py:")}
    return {name: entry[2] for names in entries.values() for name, entry in names.items()}


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {path.name: page for path, page in read_site(site).items()}


def public_names(module_name: str) -> list[str]:
    module = importlib.import_module(module_name)
    return [f"{module_name}.{name}" for name in module.__all__]


def imported_names(notebook: Path) -> set[str]:
    """What a notebook imports from the package, as full names."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    trees = [python_tree("".join(c["source"])) for c in cells if c["cell_type"] == "code"]
    imports = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    ours = [node for node in imports if (node.module or "").split(".")[0] == "dlbook"]
    return {f"{node.module}.{alias.name}" for node in ours for alias in node.names}


def test_every_room_is_known_here() -> None:
    found = {f"dlbook.{module.name}" for module in pkgutil.iter_modules(dlbook.__path__)}
    assert found - NOT_FOR_READERS - {"dlbook.models"} <= set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_documented(room: str, inventory: dict[str, str]) -> None:
    assert [name for name in public_names(room) if name not in inventory] == []


@pytest.mark.parametrize("library", ["numpy", "pytorch", "keras"])
def test_every_model_is_documented_in_each_library(library: str, inventory: dict[str, str]) -> None:
    folder = ROOT / "code/dlbook/models"
    files = [stem for stem in MODELS if (folder / library / f"{stem}.py").is_file()]
    assert len(files) >= 10
    missing = []
    for stem in files:
        assigned = ast.parse((folder / library / f"{stem}.py").read_text(encoding="utf-8")).body
        (names,) = (
            ast.literal_eval(node.value)
            for node in assigned
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        )
        full = [f"dlbook.models.{library}.{stem}.{name}" for name in names]
        missing += [name for name in full if name not in inventory]
    assert missing == []


def test_whatever_a_notebook_imports_is_documented(inventory: dict[str, str]) -> None:
    for notebook in sorted((ROOT / "chapters").glob("*.ipynb")):
        names = imported_names(notebook)
        assert names
        assert sorted(name for name in names if name not in inventory) == [], notebook.name


def test_three_tabs_show_one_signature(pages: dict[str, Page]) -> None:
    text = re.sub(r"<[^>]+>", "", pages["api-models.html"].text)
    for library in ("numpy", "pytorch", "keras"):
        shown = f"dlbook.models.{library}.mlp.MLP(in_features, hidden, out_features, activation="
        assert shown in text.replace("\n", "")


def test_backticks_become_links_or_code(pages: dict[str, Page]) -> None:
    page = pages["api-functional.html"]
    assert "#dlbook.engine.functional.hinge" in page.links
    assert re.search(r"<code[^>]*>(<span[^>]*>)?torch\.nn\.functional", page.text)


def test_formulas_of_docstrings_are_drawn(pages: dict[str, Page]) -> None:
    assert r'notranslate nohighlight">(x - y)^2</span>' in pages["api-functional.html"].text


def test_the_files_behind_a_room_become_its_headings() -> None:
    text = api_pages.document("dlbook.text")
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert "A numbered list of tokens" in headings
    assert len(headings) == len(set(headings))
    assert ".. autoclass:: dlbook.text.Vocabulary\n   :members:" in text


def test_a_constant_shows_the_comment_above_it() -> None:
    module = importlib.import_module("dlbook.data")
    lines = api_pages.entry(module, "SHAPES", "dlbook.data.shapes")
    assert lines[:2] == [".. py:data:: SHAPES", "   :module: dlbook.data"]
    assert lines[3] == "   The shapes that can be drawn."


def test_what_cannot_be_documented_is_refused() -> None:
    module = importlib.import_module("dlbook.data")
    with pytest.raises(ValueError, match=r"SHAPES: expected a comment"):
        api_pages.entry(module, "SHAPES", "dlbook.text")
    with pytest.raises(ValueError, match="dlbook: expected a module with __all__"):
        api_pages.documented(dlbook)
    with pytest.raises(ValueError, match="expected classes or functions, got 'all'"):
        api_pages.document_models("all")
