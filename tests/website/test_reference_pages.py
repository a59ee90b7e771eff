"""Glossary, notation, cheat sheet and data sets: nothing is missing, and shapes are true."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import sys
from pathlib import Path

import dlbook.models.numpy
import numpy as np
import pytest
from dlbook import data
from dlbook.engine import nn
from dlbook.validation.names import python_tree

from .pages import Page, read_site

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"
sys.path.insert(0, str(ROOT / "_ext"))

import glossary_chapters  # noqa: E402

# The Korean terms of the subject, as the notes have them on which the book rests.
KOREAN = Path(__file__).with_name("korean_terms.txt").read_text(encoding="utf-8").splitlines()


def entries() -> list[tuple[list[str], str]]:
    """The glossary's entries: terms, and definition."""
    text = (CHAPTERS / "glossary.md").read_text(encoding="utf-8")
    body = text.split("```{glossary}\n", 1)[1].rsplit("```", 1)[0]
    found = []
    for block in body.strip().split("\n\n"):
        lines = block.splitlines()
        terms = [line for line in lines if not line.startswith(" ")]
        found.append((terms, " ".join(line.strip() for line in lines if line.startswith(" "))))
    return found


def test_every_korean_term_of_the_notes_is_in_the_glossary() -> None:
    assert len(KOREAN) > 200
    assert sorted(set(KOREAN) - {term for terms, _ in entries() for term in terms}) == []


def test_the_glossary_is_in_order_and_says_each_term_once() -> None:
    first = [terms[0].lower().replace("–", "-") for terms, _ in entries()]
    assert first == sorted(first)
    terms = [term for terms, _ in entries() for term in terms]
    assert len(terms) == len(set(terms)) > 550


def test_every_entry_has_a_definition_and_nearly_all_a_korean_term() -> None:
    korean = [any(re.search("[가-힣]", term) for term in terms) for terms, _ in entries()]
    assert min(len(definition) for _, definition in entries()) > 15
    names = [terms[0] for (terms, _), has in zip(entries(), korean, strict=True) if not has]
    assert names == ["CIFAR-100", "MNIST", "RMSprop", "VGG16"]  # written in Latin letters


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {path.name: page for path, page in read_site(site).items()}


def test_every_definition_leads_to_a_chapter(pages: dict[str, Page]) -> None:
    text = pages["glossary.html"].text.split('<dl class="simple glossary">', 1)[1]
    definitions = re.findall(r"<dd>(.*?)</dd>", text.split("</dl>", 1)[0], re.DOTALL)
    assert len(definitions) == len(entries())
    arrow = re.compile(r'→ <a [^>]*href="\d\d-[\w-]+\.html"[^>]*><span[^>]*>chapter \d+</span>')
    bare = [text for text in definitions if not arrow.search(text)]
    assert bare == []


def test_the_first_link_counts_and_then_the_first_word() -> None:
    texts = {"a": "A tensor.", "b": "{term}`Tensor <tensor>` and `{term}`rank`", "c": "A tanh."}
    found = glossary_chapters.first_uses(texts, ["tensor", "rank", "tanh", "axis", "tan"])
    assert found == {"tensor": "b", "rank": "b", "tanh": "c"}


SYMBOL = re.compile(r"\\(?:hat|bar|tilde)\s*\{?[A-Za-z]\}?|\\[A-Za-z]+|[A-Za-z]")
NOT_SYMBOLS = {
    "\\dots",
    "\\cdot",
    "\\quad",
    "\\qquad",
    "\\frac",
    "\\tfrac",
    "\\sqrt",
    "\\ge",
    "\\le",
}
WORDS = re.compile(r"\\(?:text|operatorname|mathrm|mathsf|mathbb|mathcal)\s*\{?[\w -]*\}?")


def symbols(tex: str) -> set[str]:
    return {s.replace(" ", "") for s in SYMBOL.findall(WORDS.sub(" ", tex))} - NOT_SYMBOLS


def tables_of_symbols(markdown: str) -> set[str]:
    """What stands in the first column of a chapter's tables of symbols."""
    found: set[str] = set()
    for table in re.findall(r"(?:^\|.*\n?)+", markdown, re.MULTILINE):
        rows = [line.split("|") for line in table.splitlines()]
        if rows[0][1].strip() == "symbol":
            found |= {m for row in rows[2:] for m in re.findall(r"\$([^$]+)\$", row[1])}
    return found


def test_every_symbol_of_every_chapter_is_in_the_notation() -> None:
    text = (CHAPTERS / "notation.md").read_text(encoding="utf-8")
    general, special = text.replace("$$", "").split("## Chapter by chapter")
    everywhere = {s for tex in re.findall(r"\$([^$]+)\$", general) for s in symbols(tex)}
    explained, lacking = 0, []
    for path in sorted(CHAPTERS.glob("[0-9]*.ipynb")):
        rows = [line for line in special.splitlines() if f"({path.stem})" in line]
        here = {s for tex in re.findall(r"\$([^$]+)\$", " ".join(rows)) for s in symbols(tex)}
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        markdown = "\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        for tex in tables_of_symbols(markdown):
            explained += 1
            unknown = symbols(tex) - everywhere - here
            lacking += [(path.stem, tex, sorted(unknown))] if unknown else []
    assert explained > 60
    assert lacking == []


def cheat_sheet_names() -> set[str]:
    cells = json.loads((CHAPTERS / "cheat-sheet.ipynb").read_text(encoding="utf-8"))["cells"]
    trees = [python_tree("".join(c["source"])) for c in cells if c["cell_type"] == "code"]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {node.id for node in nodes if isinstance(node, ast.Name)}


def test_the_cheat_sheet_has_every_layer() -> None:
    losses = {name for name in nn.__all__ if name.endswith(("Loss", "Error", "Hinge", "LogCosh"))}
    layers = {
        name
        for name in set(nn.__all__) - losses - {"Module", "Sequential", "utils"}
        if inspect.isclass(getattr(nn, name)) and issubclass(getattr(nn, name), nn.Module)
    }
    assert len(layers) > 35
    assert sorted(layers - cheat_sheet_names()) == []


def test_the_cheat_sheet_has_every_model() -> None:
    models = set()
    for info in pkgutil.iter_modules(dlbook.models.numpy.__path__):
        module = importlib.import_module(f"dlbook.models.numpy.{info.name}")
        found = {name: getattr(module, name) for name in module.__all__}
        models |= {n for n, m in found.items() if inspect.isclass(m) and issubclass(m, nn.Module)}
    assert len(models) > 14
    assert sorted(models - cheat_sheet_names()) == []


def rows_of_shapes() -> dict[str, tuple[str, str]]:
    text = (CHAPTERS / "data-sets.md").read_text(encoding="utf-8")
    section = text.split("## Shapes, and the chapters", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(
        r"^\| \{py:func\}`(\w+)\(\) <.+?>` \| (.*?) \| (.*?) \| \{used-in\}`dlbook\.data\.\1` \|$",
        section,
        re.MULTILINE,
    )
    return {name: (x, y) for name, x, y in rows}


def test_every_data_set_has_its_shapes_and_its_source() -> None:
    text = (CHAPTERS / "data-sets.md").read_text(encoding="utf-8")
    functions = {name for name in data.__all__ if inspect.isfunction(getattr(data, name))}
    sets = functions - {"windows"}  # cuts a series
    assert set(rows_of_shapes()) == sets
    elsewhere = text.split("## Real data that travels", 1)[1]
    assert [name for name in sorted(sets) if f"dlbook.data.{name}>`" not in elsewhere] == []


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("digits", lambda rng: data.digits()),
        ("diabetes", lambda rng: data.diabetes()),
        ("textures", lambda rng: data.textures(8, rng=rng)),
        ("shifted", lambda rng: data.shifted(data.digits()[0].take(slice(0, 9)), 2, rng=rng)),
        ("shapes", lambda rng: data.shapes(9, rng=rng)[0]),
        ("letters", lambda rng: data.letters(2, rng=rng)),
        ("circles", lambda rng: data.circles(9, rng=rng)),
        ("spirals", lambda rng: data.spirals(9, rng=rng)),
        ("adding_problem", lambda rng: data.adding_problem(9, 60, rng=rng)),
    ],
)
def test_shapes_are_those_of_the_data(name: str, made) -> None:
    found = made(np.random.default_rng(0))
    parts = found if isinstance(found, tuple) else (found,)
    for side, told in zip(("x", "y"), rows_of_shapes()[name], strict=True):
        arrays = [getattr(part, side) for part in parts]
        samples = sum(map(len, arrays))
        shape = re.search(r"\(([\w, ]*)\)", told)
        sizes = [size.strip() for size in shape[1].split(",") if size.strip()]
        real = (samples, *arrays[0].shape[1:])
        expected = [{"n": samples, "T": 60}.get(s) or int(s) for s in sizes]
        assert list(real) == expected, side


@pytest.mark.parametrize(
    ("name", "length"),
    [
        ("sunspots", lambda: len(data.sunspots().values)),
        ("co2", lambda: len(data.co2().values)),
        ("analogies", lambda: sum(map(len, data.analogies().values()))),
    ],
)
def test_lengths_are_those_of_the_data(name: str, length) -> None:
    assert str(length()) in rows_of_shapes()[name][0]


def test_data_sets_lead_to_the_chapters_that_use_them(pages: dict[str, Page]) -> None:
    text = pages["data-sets.html"].text
    row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*dlbook\.data\.textures.*?</tr>", text, re.DOTALL)
    assert row
    assert "12-convolutional-networks.html" in row[0]
