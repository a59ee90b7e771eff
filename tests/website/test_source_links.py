"""Links from the package's pages to the code: to GitHub's lines, or to a page of the site."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from .conftest import ADDRESS
from .pages import read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import source_links  # noqa: E402


@pytest.mark.parametrize(
    ("module", "name", "file", "first"),
    [
        ("dlbook.engine.nn", "Linear", "dlbook/engine/nn/layers.py", "class Linear"),
        ("dlbook.engine.nn", "Module.parameters", "dlbook/engine/nn/module.py", "def parameters"),
        ("dlbook.data", "digits", "dlbook/data/handwriting.py", "def digits"),
        ("dlbook.data", "SHAPES", "dlbook/data/shapes.py", "SHAPES"),
        ("dlbook.errors", "ShapeError", "dlbook/errors.py", "class ShapeError"),
        ("dlbook.models.numpy.mlp", "MLP", "dlbook/models/numpy/mlp.py", "class MLP"),
        ("dlbook.data", "Dataset", "dlbook/data/dataset.py", "@dataclass"),
    ],
)
def test_a_name_is_found_in_the_file_that_defines_it(
    module: str, name: str, file: str, first: str
) -> None:
    found = source_links.place(module, name)
    assert found
    path, start, end = found
    assert path == file
    lines = (ROOT / "code" / path).read_text(encoding="utf-8").splitlines()
    assert lines[start - 1].strip().startswith(first)
    assert start <= end <= len(lines)


def test_what_is_inherited_has_no_place() -> None:
    assert source_links.place("dlbook.errors", "ShapeError.with_traceback") is None


def test_with_an_address_every_entry_leads_to_lines_on_github(site: Path) -> None:
    pages = [p for path, p in read_site(site).items() if path.name.startswith("api-")]
    links = {link for page in pages for link in page.links if "/blob/" in link}
    assert len(links) > 300
    form = re.compile(re.escape(ADDRESS) + r"/blob/main/(code/dlbook/[\w/]+\.py)#L(\d+)-L(\d+)")
    for link in links:
        match = form.fullmatch(link)
        assert match, link
        lines = (ROOT / match[1]).read_text(encoding="utf-8").count("\n")
        assert 0 < int(match[2]) <= int(match[3]) <= lines
    assert not (site / "_modules").exists()


def test_every_class_and_function_has_a_link(site: Path) -> None:
    for path, page in read_site(site).items():
        if path.name.startswith("api-"):
            entries = page.text.split('<dl class="py ')[1:]
            top = [e for e in entries if e.startswith(("class", "function", "exception"))]
            bare = [e[:200] for e in top if "[source]" not in e.split("</dt>", 1)[0]]
            assert bare == [], path.name


def test_without_an_address_the_code_is_shown_on_the_site(plain_site: Path) -> None:
    page = read_site(plain_site)[plain_site.resolve() / "chapters/api-errors.html"]
    link = "../_modules/dlbook/errors.html#ShapeError"
    assert link in page.links
    shown = (plain_site / "_modules/dlbook/errors.html").read_text(encoding="utf-8")
    assert "ShapeError" in shown
    assert "../../chapters/api-errors.html#dlbook.errors.ShapeError" in shown
