"""Print the built site as one book on A4 (``make pdf``).

Chromium joins the pages into one document (``tools/paper/join.js``), dresses it for paper
(``tools/paper/*.css``) and prints it twice: where each section stands is known after the
first time, and the table of contents has it the second time. The PDF is tagged, has bookmarks,
and links between the pages lead to places within it.

    python tools/pdf.py _build/html book.pdf
    python tools/pdf.py _build/html two.pdf --pages chapters/04-backpropagation chapters/glossary
"""

from __future__ import annotations

import argparse
import html
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pikepdf
import yaml
from browsing import chromium, served
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[1]
PAPER = Path(__file__).resolve().parent / "paper"
OLDEST = 131  # the first version that prints page numbers from a style sheet
DOCUMENT = "print.html"  # the pages joined; only the browser has it
WIDTH = 650  # pixels: 210 mm less the margins of paper.css
PATIENCE = 600_000  # milliseconds that a step may take: the whole book is a large document
LAYOUT: dict[str, Any] = {"prefer_css_page_size": True, "print_background": True}
PREFACE = "About this book"
PROMISE = "Deep learning from scratch in NumPy, in PyTorch and in Keras, proven to agree"


class PrintError(Exception):
    """The book cannot be printed; the message says what is missing."""


@dataclass(frozen=True)
class BookPage:
    """A page of the site on its way to paper.

    Attributes
    ----------
    path : str
        Where it stands on the site.
    key : str
        What goes in front of its identifiers.
    number : str
        The chapter's number, empty where it has none.
    title : str
        A title other than the page's own, empty to keep that.
    """

    path: str
    key: str
    number: str = ""
    title: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the book: caption (empty for the preface) and pages."""

    caption: str
    pages: list[BookPage]


def book_page(name: str) -> BookPage:
    """Return the page of a document named as in ``_toc.yml``."""
    key = name.rpartition("/")[2]
    number = re.match(r"0*(\d+)-", key)
    return BookPage(f"{name}.html", key, number[1] if number else "")


def read_parts(toc: Path, only: list[str]) -> list[Part]:
    """Read the parts of the book from its table of contents.

    Parameters
    ----------
    toc : pathlib.Path
        ``_toc.yml``.
    only : list of str
        Names of the pages to print; an empty list prints all of them, the front page first.

    Raises
    ------
    PrintError
        If a name is not in the table of contents.
    """
    contents = yaml.safe_load(toc.read_text(encoding="utf-8"))
    root = contents["root"]
    parts = [Part("", [BookPage(f"{root}.html", root, title=PREFACE)])]
    known = {root}
    for part in contents["parts"]:
        names = [entry["file"] for chapter in part["chapters"] for entry in _entries(chapter)]
        known.update(names)
        pages = [book_page(name) for name in names if not only or name in only]
        if pages:
            parts.append(Part(part.get("caption", ""), pages))
    if strange := sorted(set(only) - known):
        raise PrintError(f"--pages: expected names from {toc.name}, got {', '.join(strange)}")
    return parts if not only or root in only else parts[1:]


def _entries(chapter: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield chapter
    for section in chapter.get("sections", []):
        yield from _entries(section)


def title_page(config: dict[str, Any], front_page: str) -> str:
    """Return the title page as HTML.

    Parameters
    ----------
    config : dict
        The settings in ``_config.yml``.
    front_page : str
        The front page's HTML, whose lead text is the book's promise.
    """
    lead = re.search(r'class="[^"]*\blead-text\b.*?<p[^>]*>(.*?)</p>', front_page, re.DOTALL)
    imprint = [html.escape(config["author"]), html.escape(f"© {config['copyright']}")]
    imprint.append("Text and figures: CC BY 4.0. Code: BSD 3-Clause.")
    if address := os.environ.get("BOOK_URL"):
        shown = html.escape(address)
        imprint.append(f'With interactive figures: <a href="{shown}">{shown}</a>')
    lines = "".join(f"<p>{line}</p>" for line in imprint)
    return (
        f'<section class="cover"><img src="{config["logo"]}" alt="">'
        f'<p class="book-title">{html.escape(config["title"])}</p>'
        f'<p class="book-promise">{lead[1] if lead else ""}</p>'
        f'<div class="imprint">{lines}</div></section>'
    )


def shell(config: dict[str, Any], front_page: str) -> str:
    """Return the document which the pages are joined in."""
    return (
        '<!doctype html><html lang="en" data-theme="light" data-mode="light"><head>'
        f'<meta charset="utf-8"><title>{html.escape(config["title"])}</title></head><body>'
        f'<main class="bd-content">{title_page(config, front_page)}'
        '<nav class="paper-contents" aria-label="Contents"><p>Contents</p></nav></main>'
        "</body></html>"
    )


def join(page: Page, parts: list[Part]) -> None:
    """Put all pages into the open document, draw the formulas and make everything fit.

    Raises
    ------
    PrintError
        If a figure or a font is missing, or something is too wide for the paper.
    """
    page.emulate_media(media="print", color_scheme="light")
    page.add_script_tag(path=PAPER / "join.js")
    page.evaluate("book => joinBook(book)", {"parts": [asdict(part) for part in parts]})
    page.add_script_tag(url="/_static/katex/katex.min.js")
    page.add_script_tag(url="/_static/mathematics.js")
    page.add_style_tag(path=PAPER / "front.css")
    page.add_style_tag(path=PAPER / "paper.css")
    page.evaluate("document.querySelector('nav.paper-contents').append(contents())")
    if missing := page.evaluate("everythingLoaded()"):
        raise PrintError(f"figures that cannot be shown: {', '.join(missing)}")
    if not page.evaluate("koreanIsDrawn()"):
        raise PrintError("no Korean font for the glossary (Debian: apt install fonts-noto-cjk)")
    page.evaluate("simplify()")
    if wide := page.evaluate("fitToPage()"):
        raise PrintError("too wide for the paper:\n  " + "\n  ".join(wide))


def page_numbers(path: Path) -> dict[str, int]:
    """Return the page, counted from 1, of every place that a link in a PDF leads to."""
    with pikepdf.open(path) as document:
        numbers: dict[Any, int] = {page.objgen: k for k, page in enumerate(document.pages, 1)}
        places = document.Root.Dests.items()
        return {unquote(name[1:]): numbers[place[0].objgen] for name, place in places}


def finish(path: Path, config: dict[str, Any]) -> int:
    """Write author and subject into a PDF and pack it; return how many pages it has."""
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        document.docinfo["/Author"] = config["author"]
        document.docinfo["/Subject"] = PROMISE
        # what the tags need is as large as the pages themselves, and packs well
        document.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return len(document.pages)


def print_book(
    site: Path, target: Path, parts: list[Part], config: dict[str, Any], browser: Browser
) -> int:
    """Print pages of the site into one PDF; return how many pages of paper it has.

    Parameters
    ----------
    site : pathlib.Path
        The built site.
    target : pathlib.Path
        The PDF; nothing is left there where printing fails.
    parts : list of Part
        What to print.
    config : dict
        The settings in ``_config.yml``: title, author, copyright, logo.
    browser : Browser
        What prints.
    """
    if int(browser.version.partition(".")[0]) < OLDEST:
        raise PrintError(f"expected Chromium {OLDEST} or newer, got {browser.version}")
    document = shell(config, (site / "index.html").read_text(encoding="utf-8"))
    unfinished = target.with_suffix(".unfinished")
    target.parent.mkdir(parents=True, exist_ok=True)
    view = {"width": WIDTH, "height": 960}
    with served(site) as address, browser.new_page(viewport=view) as page:
        page.set_default_timeout(PATIENCE)
        page.route(
            address + DOCUMENT,
            lambda route: route.fulfill(body=document, content_type="text/html; charset=utf-8"),
        )
        page.goto(address + DOCUMENT)
        join(page, parts)
        # the first time only the places matter: what is not drawn takes less long
        page.evaluate("document.documentElement.classList.add('places-only')")
        unfinished.write_bytes(page.pdf(**LAYOUT))
        page.evaluate("numbers => writePageNumbers(numbers)", page_numbers(unfinished))
        page.evaluate("document.documentElement.classList.remove('places-only')")
        unfinished.write_bytes(page.pdf(**LAYOUT, outline=True, tagged=True))
    count = finish(unfinished, config)
    unfinished.replace(target)
    return count


def main(arguments: list[str]) -> int:
    """Print the book; return 1 where that fails."""
    parser = argparse.ArgumentParser(description="Print the built site as one PDF.")
    parser.add_argument("site", type=Path, help="the built site, usually _build/html")
    parser.add_argument("target", type=Path, help="the PDF to write")
    parser.add_argument("--pages", nargs="+", default=[], help="names as in _toc.yml, default all")
    options = parser.parse_args(arguments)
    start = time.monotonic()
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    try:
        if not (options.site / "index.html").is_file():
            raise PrintError(f"expected the built site in {options.site}: run `make book` first")
        parts = read_parts(ROOT / "_toc.yml", options.pages)
        with chromium() as browser:
            count = print_book(options.site, options.target, parts, config, browser)
    except (FileNotFoundError, PrintError) as error:
        print(f"pdf: {error}", file=sys.stderr)
        return 1
    size = options.target.stat().st_size / 1e6
    seconds = time.monotonic() - start
    print(f"pdf: {options.target}: {count} pages, {size:.1f} MB, {seconds:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
