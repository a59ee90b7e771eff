"""Two chapters and the glossary on paper: everything is there, whole, and linked."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pikepdf
import pytest
import yaml
from playwright.sync_api import Browser
from pypdf import PdfReader
from pypdf.generic import Destination

from .conftest import ROOT, SITE

sys.path.insert(0, str(ROOT / "tools"))

import pdf

CHAPTERS = ("04-backpropagation", "12-convolutional-networks")
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
TITLES = [
    "4 Backpropagation",
    "12 Convolutional networks",
    "Glossary: English and Korean",
    "Bibliography",
]
each_chapter = pytest.mark.parametrize("name", CHAPTERS)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Path:
    target = tmp_path_factory.mktemp("pdf") / "book.pdf"
    names = [f"chapters/{name}" for name in (*CHAPTERS, "glossary", "bibliography")]
    pdf.print_book(SITE, target, pdf.read_parts(ROOT / "_toc.yml", names), CONFIG, browser)
    assert [path.name for path in target.parent.iterdir()] == ["book.pdf"]
    return target


@pytest.fixture(scope="module")
def book(path: Path) -> PdfReader:
    return PdfReader(path)


def squeezed(text: str) -> str:
    """Text without spaces: lines break elsewhere on paper."""
    return re.sub(r"[\s\u00ad\u200b]+", "", text)


@pytest.fixture(scope="module")
def text(book: PdfReader) -> str:
    """All text; what is printed above and below each page would stand in its midst."""
    lines = [page.extract_text().splitlines() for page in book.pages]
    heads = {"Contents", *TITLES}
    kept = [
        line
        for number, page in enumerate(lines, 1)
        for line in page
        if line.strip() not in heads and line.strip() != str(number)
    ]
    return squeezed("\n".join(kept))


def cells(name: str) -> list[nbformat.NotebookNode]:
    return nbformat.read(ROOT / f"chapters/{name}.ipynb", as_version=4).cells


@each_chapter
@pytest.mark.parametrize("library", ["numpy", "pytorch", "keras"])
def test_the_code_of_every_tab_is_printed(name: str, library: str, text: str) -> None:
    tagged = [c for c in cells(name) if f"tab-{library}" in c.metadata.get("tags", [])]
    assert tagged
    lines = [line for cell in tagged for line in cell.source.splitlines() if line.strip()]
    assert [line for line in lines if squeezed(line) not in text] == []


@each_chapter
def test_every_tab_has_its_label(name: str, book: PdfReader) -> None:
    tags = [tag for cell in cells(name) for tag in cell.metadata.get("tags", [])]
    printed = "\n".join(page.extract_text() for page in book.pages)
    for library, label in (("numpy", "NumPy"), ("pytorch", "PyTorch"), ("keras", "Keras")):
        labels = re.findall(rf"^\s*{label}\s*$", printed, re.MULTILINE)
        assert len(labels) >= tags.count(f"tab-{library}") > 0


HINT = re.compile(r":class: dropdown tip\n+(.*?)\n+:::", re.DOTALL)


@each_chapter
def test_hints_and_solutions_are_printed(name: str, text: str) -> None:
    source = "\n".join(cell.source for cell in cells(name) if cell.cell_type == "markdown")
    plain = [hint for hint in HINT.findall(source) if not re.search(r"[$`*{}\[\]\\\"']", hint)]
    assert plain
    assert [hint for hint in plain if squeezed(hint) not in text] == []
    solutions = [c.source for c in cells(name) if "solution" in c.metadata.get("tags", [])]
    lines = [line for code in solutions for line in code.splitlines()]
    assert len(solutions) > 5
    assert [line for line in lines if squeezed(line) not in text] == []


def outline(entries: list, depth: int = 0) -> list[tuple[int, Destination]]:
    found = []
    for entry in entries:
        found += outline(entry, depth + 1) if isinstance(entry, list) else [(depth, entry)]
    return found


def test_bookmarks_lead_to_parts_chapters_and_sections(book: PdfReader) -> None:
    entries = outline(book.outline)
    titles = [(depth, " ".join(entry.title.split())) for depth, entry in entries]
    assert [title for depth, title in titles if depth == 0] == [
        "Part I · Foundations",
        "Part III · Images",
        "Back matter",
    ]
    chapters = [title for depth, title in titles if depth == 1]
    assert chapters == TITLES
    sources = [c.source for c in cells(CHAPTERS[0]) if c.cell_type == "markdown"]
    sections = re.findall(r"^## ([^$`\n]+)$", "\n".join(sources), re.MULTILINE)
    assert len(sections) > 5
    assert {(2, section) for section in sections} <= set(titles)
    pages = [book.get_destination_page_number(entry) for _, entry in entries]
    assert pages == sorted(pages)


def test_the_contents_name_the_page_on_which_each_chapter_begins(book: PdfReader) -> None:
    contents = " ".join(book.pages[1].extract_text().split())
    starts = {
        " ".join(entry.title.split()): book.get_destination_page_number(entry) + 1
        for depth, entry in outline(book.outline)
        if depth == 1
    }
    assert list(starts) == TITLES
    for title, page in starts.items():
        assert re.search(rf"{re.escape(title)}[\s.]*{page}\b", contents), (title, page, contents)
        lines = [
            " ".join(line.split()) for line in book.pages[page - 1].extract_text().splitlines()
        ]
        assert lines[:2] == [title, str(page)]  # above and below the page
        assert title in lines[2:]


def test_links_lead_to_places_in_the_document_or_to_the_web(book: PdfReader) -> None:
    places, outward, inward = book.named_destinations, set(), 0
    for page in book.pages:
        for annotation in page.get("/Annots", []):
            link = annotation.get_object()
            action = link.get("/A", {})
            if "/URI" in action:
                outward.add(str(action["/URI"]))
            else:
                name = link.get("/Dest", action.get("/D"))
                assert str(name) in places
                inward += 1
    assert inward > 100
    assert outward
    assert [address for address in outward if not address.startswith("https://")] == []
    assert not [address for address in outward if "127.0.0.1" in address or "localhost" in address]


def test_links_in_a_drawing_lead_into_the_document_too(tmp_path: Path, browser: Browser) -> None:
    drawing = '<a href="{}"><rect width="40" height="20"></rect></a>'
    links = drawing.format("#b") + drawing.format("other.html") + drawing.format("gone.html")
    content = f'<svg width="90" height="20">{links}</svg><p id="b">B</p>'
    (tmp_path / "_static").symlink_to(SITE / "_static")
    (tmp_path / "index.html").write_text(PAGE.format(content))
    (tmp_path / "other.html").write_text(PAGE.format("<p>Other.</p>"))
    pages = [pdf.BookPage("index.html", "index"), pdf.BookPage("other.html", "other")]
    pdf.print_book(tmp_path, tmp_path / "x.pdf", [pdf.Part("", pages)], CONFIG, browser)
    book = PdfReader(tmp_path / "x.pdf")
    assert {"/index--b", "/other"} <= set(book.named_destinations)
    links = [link.get_object() for page in book.pages for link in page.get("/Annots", [])]
    assert links
    assert [link for link in links if "/URI" in link.get("/A", {})] == []


def test_terms_in_a_chapter_lead_to_the_glossary(book: PdfReader) -> None:
    place = book.named_destinations["/glossary--term-backpropagation"]
    page = book.pages[book.get_destination_page_number(place)]
    assert "backpropagation" in page.extract_text()
    assert "역전파" in page.extract_text()


def fonts(page: dict) -> set[str]:
    found = page["/Resources"].get("/Font", {}).values()
    return {str(font.get_object().get("/BaseFont", "")) for font in found}


def test_formulas_are_drawn(book: PdfReader, text: str) -> None:
    names = {name.partition("+")[2] for page in book.pages for name in fonts(page)}
    assert {"KaTeX_Main-Regular", "KaTeX_Math-Italic"} <= names
    assert "∂" in text
    assert not re.search(r"\\(partial|frac|cdot|sum)\b", text)


def test_formulas_and_figures_can_be_read_out(path: Path) -> None:
    with pikepdf.open(path) as document:
        things = [thing for thing in document.objects if isinstance(thing, pikepdf.Dictionary)]
        figures = [thing for thing in things if thing.get("/S") == "/Figure"]
        descriptions = [str(figure.get("/Alt", "")) for figure in figures]
    assert len(descriptions) > 100
    assert all(descriptions)
    assert any(r"\partial" in description for description in descriptions)
    assert any("Computation graph" in description for description in descriptions)


def test_the_document_says_what_it_is(book: PdfReader) -> None:
    assert book.metadata is not None
    assert book.metadata.title == CONFIG["title"]
    assert book.metadata.author == CONFIG["author"]
    catalogue = book.trailer["/Root"]
    assert catalogue["/Lang"] == "en"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert len(book.pages) > 50
    assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in book.pages} == {
        (595, 842)
    }


PAGE = """<html lang="en"><body><div class="lead-text"><p>Lead.</p></div>
<article class="bd-article"><section id="a"><h1>A</h1>{}</section></article></body></html>"""


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (f"<div><table><tr>{'<td>unbreakable</td>' * 40}</tr></table></div>", "unbreakable"),
        (f"<p style='white-space: nowrap'>{'wide line ' * 40}</p>", "wide line"),
    ],
)
def test_what_is_too_wide_for_the_paper_is_named(
    tmp_path: Path, browser: Browser, content: str, named: str
) -> None:
    (tmp_path / "_static").symlink_to(SITE / "_static")
    (tmp_path / "index.html").write_text(PAGE.format(content))
    parts = [pdf.Part("", [pdf.BookPage("index.html", "index")])]
    with pytest.raises(pdf.PrintError, match=f"too wide for the paper:\n.*{named}"):
        pdf.print_book(tmp_path, tmp_path / "x.pdf", parts, CONFIG, browser)
    assert not list(tmp_path.glob("x.*"))


def test_a_missing_figure_is_named(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "_static").symlink_to(SITE / "_static")
    (tmp_path / "index.html").write_text(PAGE.format('<img src="gone.png" alt="">'))
    parts = [pdf.Part("", [pdf.BookPage("index.html", "index")])]
    with pytest.raises(pdf.PrintError, match=r"figures that cannot be shown: .*/gone\.png"):
        pdf.print_book(tmp_path, tmp_path / "x.pdf", parts, CONFIG, browser)
