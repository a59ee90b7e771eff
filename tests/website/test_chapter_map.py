"""The map of the chapters: what its list may say, where chapters stand, what is drawn."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import yaml

from .pages import read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import chapter_layout  # noqa: E402
import chapter_map  # noqa: E402
from chapter_layout import Cell  # noqa: E402

TOC = {
    "parts": [
        {"chapters": [{"file": "chapters/01-a"}, {"file": "chapters/02-b"}]},
        {"chapters": [{"file": "chapters/03-c"}, {"file": "chapters/glossary"}]},
    ]
}


@pytest.fixture(scope="module")
def book() -> list[chapter_map.Chapter]:
    return chapter_map.chapters_of(ROOT)


def test_an_entry_is_read() -> None:
    first, second, third = chapter_map.read(
        "01 : begin\n02 < 01 : go\n   on\n03 < 01 02 : end", TOC
    )
    assert (first.needs, first.part, first.page) == ((), 1, "chapters/01-a")
    assert (second.needs, second.aim) == ((1,), "go on")
    assert (third.needs, third.part) == ((1, 2), 2)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("1 : begin", "expected an entry of the form"),
        ("01 begin", "expected an entry of the form"),
        ("01 < 02 : begin", "chapter 1 needs chapter 2, which comes later"),
        ("04 : begin", "chapter 4 is not in the table of contents"),
        ("02 : b\n01 : a", r"expected the chapters in the order \[1, 2\], got \[2, 1\]"),
    ],
)
def test_a_wrong_entry_is_refused(text: str, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        chapter_map.read(text, TOC)


def test_a_book_without_a_map_has_none(tmp_path: Path) -> None:
    (tmp_path / "index.md").write_text("# Book\n")
    (tmp_path / "_toc.yml").write_text(yaml.safe_dump(TOC))
    assert chapter_map.chapters_of(tmp_path) == []


def test_every_chapter_of_the_book_is_on_the_map(book: list[chapter_map.Chapter]) -> None:
    notebooks = sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))
    assert [f"chapters/{path.stem}" for path in notebooks] == [c.page for c in book]


def test_only_direct_needs_are_drawn() -> None:
    needs = {1: (), 2: (1,), 3: (1, 2), 4: (1, 3)}
    assert chapter_layout.direct(needs) == {1: [], 2: [1], 3: [2], 4: [3]}


def test_whatever_is_needed_stands_before(book: list[chapter_map.Chapter]) -> None:
    needs = {chapter.number: chapter.needs for chapter in book}
    cells = chapter_layout.arrange(chapter_layout.direct(needs))
    assert len(set(cells.values())) == len(book)
    for number, first in needs.items():
        assert all(cells[need].rank < cells[number].rank for need in first)


def test_a_better_arrangement_costs_less() -> None:
    links = {1: [], 2: [], 3: [1], 4: [2]}
    straight = {1: Cell(0, 0), 2: Cell(0, 1), 3: Cell(1, 0), 4: Cell(1, 1)}
    crossed = {**straight, 3: Cell(1, 1), 4: Cell(1, 0)}
    assert chapter_layout.cost(straight, links) == 0
    assert chapter_layout.cost(crossed, links) > chapter_layout.cost(straight, links)


def test_a_long_line_goes_round_what_stands_in_its_way() -> None:
    ends = Cell(0, 1), Cell(2, 1)
    assert chapter_layout.between(*ends, set()) == [(1, 1.0)]
    assert chapter_layout.between(*ends, {Cell(1, 1)}) == [(1, 0.5)]
    assert chapter_layout.between(Cell(0, 0), Cell(2, 0), {Cell(1, 0)}) == [(1, 0.5)]


@pytest.fixture(scope="module")
def front(site: Path) -> str:
    return read_site(site)[site.resolve() / "index.html"].text


def test_the_drawing_names_and_links_every_chapter(
    front: str, book: list[chapter_map.Chapter]
) -> None:
    drawings = re.findall(r'<svg class="flow-(?:right|down)".*?</svg>', front, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        links = re.findall(r'<a href="([^"]+)" aria-label="Chapter (\d+): [^"]+"', drawing)
        assert [(f"{c.page}.html", str(c.number)) for c in book] == links
        needed = chapter_layout.direct({c.number: c.needs for c in book})
        assert drawing.count("<path ") == sum(map(len, needed.values()))
    assert 'aria-label="Chapter 5: ' in front
    assert "read first: 1, 2, 4" in front


def test_pointing_at_a_chapter_leaves_its_way_lit(front: str) -> None:
    assert ".chapter-drawing:has(.c3:is(:hover,:focus-visible)) :is(path,a):not(.to3)" in front
    lit = re.findall(r'class="c(\d+) part\d ([^"]*)"', front)
    on_the_way = {int(number) for number, ways in lit if "to3" in ways.split()}
    assert on_the_way == {1, 2, 3}


def test_the_table_says_the_same(front: str, book: list[chapter_map.Chapter]) -> None:
    table = front.split('class="chapter-table', 1)[1].split("</table>", 1)[0]
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]
    assert len(rows) == len(book)
    for row, chapter in zip(rows, book, strict=True):
        cells = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
        assert f"{chapter.page}.html" in cells[0]
        words = re.sub(r"<[^>]+>", "", cells[2]).strip()
        assert words == (", ".join(map(str, chapter.needs)) or "nothing")
