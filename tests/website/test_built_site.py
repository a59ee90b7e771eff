"""The built pages: links, launch buttons, tabs, mathematics, and nothing from third parties."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import ADDRESS, CHAPTER
from .pages import Page, missing_from_styles, read_site

LAUNCHERS = ("mybinder.org", "colab.research.google.com")


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return read_site(site)


@pytest.fixture(scope="module")
def chapter(site: Path, pages: dict[Path, Page]) -> Page:
    return pages[(site / f"{CHAPTER}.html").resolve()]


def test_every_link_and_anchor_of_every_page_resolves(pages: dict[Path, Page]) -> None:
    assert len(pages) >= 6
    assert [
        (page.path.name, page.missing(pages)) for page in pages.values() if page.missing(pages)
    ] == []


def test_whatever_a_style_sheet_names_is_there(site: Path) -> None:
    assert list(site.rglob("*.css"))
    assert missing_from_styles(site) == []


@pytest.mark.parametrize(
    ("html", "missing"),
    [
        ('<p id="a"><a href="#a">1</a><a href="#b">2</a>', ["#b"]),
        ('<a href="no.html">1</a><a href="page.html">2</a>', ["no.html"]),
        ('<a href="page.html#a">1</a>', ["page.html#a"]),
        ('<a href="page.html?q=1">1</a><a href="https://a.org/x#y">2</a>', []),
        ('<img src="x.png"><a href="data.zip" download>1</a>', ["data.zip", "x.png"]),
        ('<img src="page.html" srcset="x.png 2x, y.png">', ["x.png", "y.png"]),
        (
            '<form action="find.html"></form><link rel="next" href="no.html">',
            ["find.html", "no.html"],
        ),
        ('<svg><g id="a"/><use href="#a"/><use href="#b"/></svg>', ["#b"]),
        (
            '<a href="/page.html">1</a><a href="/site/page.html">2</a><a href="/b.html">3</a>',
            ["/b.html"],
        ),
    ],
)
def test_broken_links_anchors_and_files_are_found(
    tmp_path: Path, html: str, missing: list[str]
) -> None:
    (tmp_path / "page.html").write_text(html)
    pages = read_site(tmp_path)
    (page,) = pages.values()
    assert page.missing(pages) == missing


def test_a_font_that_is_missing_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face{src:url(f.woff?v=1),url('a.css')}p{b:url(data:x)}")
    assert missing_from_styles(tmp_path) == ["a.css: f.woff"]


WELL_FORMED = re.compile(
    r"https://(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})*)?"
)


def test_links_to_other_sites_are_well_formed(pages: dict[Path, Page]) -> None:
    """Whether the pages are still there, ``make links`` asks: that needs the network."""
    links = {link for page in pages.values() for link in page.links if ":" in link.split("/")[0]}
    assert len(links) > 20
    odd = [link for link in links if not WELL_FORMED.fullmatch(link) or link.count("://") != 1]
    assert odd == []


@pytest.mark.parametrize(
    "link", ["http://a.org/", "https://a", "https://a.org/b c", "https:/a.org", "https://a.org/%zz"]
)
def test_a_link_that_is_not_well_formed_is_found(link: str) -> None:
    assert not WELL_FORMED.fullmatch(link)


def test_launch_and_edit_links_lead_to_the_address(chapter: Page) -> None:
    expected = {
        f"https://mybinder.org/v2/gh/reader/fork/main?urlpath=lab/tree/{CHAPTER}.ipynb",
        f"https://colab.research.google.com/github/reader/fork/blob/main/{CHAPTER}.ipynb",
        f"{ADDRESS}/edit/main/{CHAPTER}.ipynb",
        ADDRESS,
    }
    assert expected <= set(chapter.links)
    assert any(link.startswith(f"{ADDRESS}/issues/new") for link in chapter.links)


def test_no_other_repository_is_linked(pages: dict[Path, Page]) -> None:
    own = ("github.com/reader/fork", "/gh/reader/fork/", "/github/reader/fork/")
    hosts = re.compile(r"github\.com|" + "|".join(map(re.escape, LAUNCHERS)))
    links = {link for page in pages.values() for link in page.links if hosts.search(link)}
    assert links
    assert [link for link in links if not any(part in link for part in own)] == []


def test_canonical_links_lead_to_the_published_site(chapter: Page) -> None:
    assert f'<link rel="canonical" href="https://book.example/site/{CHAPTER}.html"' in chapter.text


def test_thebe_loads_nothing_before_it_is_clicked(chapter: Page) -> None:
    assert "initThebe" in chapter.text
    assert not [load for load in chapter.loads if "unpkg" in load]


def test_no_page_loads_anything_from_a_third_party(pages: dict[Path, Page]) -> None:
    loads = {load for page in pages.values() for load in page.loads}
    assert loads
    assert [load for load in loads if load.startswith(("http:", "https:", "//"))] == []


def test_without_an_address_nothing_is_guessed(plain_site: Path) -> None:
    pages = read_site(plain_site)
    links = [link for page in pages.values() for link in page.links]
    assert [link for link in links if "github" in link or any(x in link for x in LAUNCHERS)] == []
    assert [
        (page.path.name, page.missing(pages)) for page in pages.values() if page.missing(pages)
    ] == []
    texts = [page.text for page in pages.values()]
    assert not any("initThebe()" in text or "executablebooks" in text for text in texts)


def test_three_libraries_form_one_tab_set(chapter: Page) -> None:
    assert chapter.text.count("library-tabs") == 1
    labels = re.findall(r'data-sync-group="library"[^>]*data-sync-id="(\w+)"', chapter.text)
    labels = labels or re.findall(r'data-sync-id="(\w+)"[^>]*>', chapter.text)
    assert labels == ["numpy", "pytorch", "keras"]
    panes = chapter.text.split("sd-tab-content")[1:]
    assert [f"from {name}" in pane for name, pane in zip(labels, panes, strict=True)] == [True] * 3
    # Radio buttons are what makes the tabs work from the keyboard.
    assert len(re.findall(r'<input[^>]*name="sd-tab-set-0"[^>]*type="radio"', chapter.text)) == 3


def test_formulas_keep_their_source_and_their_numbers(chapter: Page) -> None:
    assert '<span class="math notranslate nohighlight">a &lt; b</span>' in chapter.text
    assert r"\begin{split}x &amp;= 1 \\" in chapter.text
    assert r"\begin{align*}" in chapter.text  # numbered once, by Sphinx
    assert re.findall(r'<span class="eqno">\((\d)\)', chapter.text) == ["1", "2", "3"]
    references = re.findall(r'href="#(equation-[\w-]+)">\((\d)\)</a>', chapter.text)
    assert references == [("equation-eq-sample", "1"), ("equation-eq-other", "2")]


def test_only_pages_with_formulas_load_katex(site: Path, pages: dict[Path, Page]) -> None:
    loads = {path.name: " ".join(page.loads) for path, page in pages.items()}
    assert "katex.min.js" in loads["99-sample.html"]
    assert "katex" not in loads["index.html"]
    style = (site / "_static/katex/katex.min.css").read_text()
    fonts = re.findall(r"url\(([^)]+)\)", style)
    assert len(fonts) == 20
    assert all((site / "_static/katex" / font).is_file() for font in fonts)


def test_no_script_is_loaded_twice(pages: dict[Path, Page]) -> None:
    for page in pages.values():
        assert page.text.count("const THEBE_JS_URL") == (page.path.name != "404.html")
        scripts = re.findall(r'<script[^>]*src="([^"]+)"', page.text)
        assert len(scripts) == len(set(scripts)), page.path


def test_setup_cell_is_hidden_and_solutions_are_folded(chapter: Page) -> None:
    assert "REPOSITORY" not in chapter.text
    assert re.search(r'class="[^"]*solution[^"]*dropdown', chapter.text)
