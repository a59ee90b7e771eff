"""The front page: figures taken from a chapter, numbers counted in notebooks, ways to start."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from .conftest import sample_notebook
from .pages import Page, read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import book_facts  # noqa: E402
import stored_output  # noqa: E402

FIGURES = {"01-train-figure": 9, "01-unfold": 8}  # cells of chapter 1, with their states
CHAPTER = ROOT / "chapters/01-what-is-deep-learning.ipynb"


@pytest.fixture(scope="module")
def front(site: Path) -> Page:
    return read_site(site)[site.resolve() / "index.html"]


@pytest.mark.parametrize("cell", FIGURES)
def test_a_figure_is_the_one_stored_in_the_chapter(front: Page, cell: str) -> None:
    (output,) = stored_output.outputs_of(CHAPTER, cell)
    assert "".join(output["data"]["text/html"]).strip() in front.text


def test_figures_play_and_the_script_is_loaded_where_they_do(site: Path, front: Page) -> None:
    assert front.text.count('class="stored-output plays docutils container"') == len(FIGURES)
    sliders = re.findall(r'<input type="range" min="0" max="(\d+)"', front.text)
    assert [int(last) + 1 for last in sliders] == list(FIGURES.values())
    loading = [
        path.name
        for path, page in read_site(site).items()
        if any("stored_output.js" in load for load in page.loads)
    ]
    assert loading == ["index.html"]


def test_three_libraries_tell_the_same_losses() -> None:
    (output,) = stored_output.outputs_of(CHAPTER, "01-train-figure")
    captions = re.findall(r"<p data-s=[^>]*>(Loss[^<]*)</p>", "".join(output["data"]["text/html"]))
    assert len(captions) == FIGURES["01-train-figure"]
    for caption in captions:
        losses = [float(x) for x in re.findall(r"(?:NumPy|PyTorch|Keras) ([\d.]+\d)", caption)]
        assert len(losses) == 3
        assert max(losses) <= 1.03 * min(losses), caption  # two digits are shown


def test_three_ways_to_start_lead_somewhere(front: Page) -> None:
    cards = re.findall(r'<a class="sd-stretched-link[^"]*" href="([^"]+)"', front.text)
    assert cards == ["chapters/01-what-is-deep-learning.html", "#run-it", "#clone-it"]
    assert {"run-it", "clone-it"} <= front.anchors


def test_what_is_counted() -> None:
    svg = {"data": {"text/html": ['<div class="dlb-explore">']}}
    png = {"data": {"image/png": "…"}}
    cells = [
        {"cell_type": "markdown", "source": ["::::{exercise} One\n", "::::\n", "{exercise}"]},
        {"cell_type": "code", "execution_count": 1, "source": [], "outputs": [svg]},
        {"cell_type": "code", "execution_count": 2, "outputs": [png, {"text": "1"}]},
        {"cell_type": "code", "execution_count": None, "source": [], "outputs": []},
    ]
    assert list(book_facts.count([{"cells": cells}] * 2).values()) == [2, 4, 4, 2, 2]


def test_the_numbers_are_those_of_the_notebooks(front: Page) -> None:
    text = front.text.split('class="book-facts', 1)[1].split("</ul>", 1)[0]
    shown = [int(n.replace(",", "")) for n in re.findall(r"<strong>([\d,]+)</strong>", text)]
    paths = [*(ROOT / "chapters").glob("[0-9]*.ipynb")]
    cells = [c for path in paths for c in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    cells += sample_notebook().cells  # stands beside the book in these tests
    ran = [c for c in cells if c.get("execution_count") is not None]
    assert shown[:2] == [len(paths) + 1, len(ran)]
    assert shown[2] > shown[3] > 30
    assert shown[4] > 190


def test_a_cell_that_is_not_there_or_says_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": [{"id": "a", "cell_type": "code", "outputs": []}]}))
    with pytest.raises(ValueError, match=r"x\.ipynb: cell a has no output"):
        stored_output.outputs_of(path, "a")
    with pytest.raises(ValueError, match=r"x\.ipynb: no cell b"):
        stored_output.outputs_of(path, "b")


def test_text_is_shown_where_there_is_no_html() -> None:
    assert stored_output.shown({"text": ["a\n", "b"]}).astext() == "a\nb"
    assert stored_output.shown({"data": {"text/plain": "c"}}).astext() == "c"
    assert stored_output.shown({"data": {"text/html": ["<b>d</b>"]}})["format"] == "html"
