"""Every page of the site: accessible in light and dark, of little weight, quiet, fit for phones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from page_figures import pages_of
from playwright.sync_api import Browser

from .links import broken_links
from .visit import visit

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build/html"
LIMIT = 350_000  # bytes of a page, compressed, images left out
DESKTOP, PHONE = 1280, 390
NARROW = 320  # what WCAG asks for: 1280 pixels enlarged four times

# What is folded is opened: boxes, cells and details.
OPEN_ALL = """() => {
  for (const box of document.querySelectorAll(".bd-article details")) box.open = true;
  const titles = document.querySelectorAll(".toggle-hidden > .admonition-title");
  for (const title of titles) title.click();
}"""
LAST_LIBRARY = ".library-tabs > label:last-of-type"
NAMELESS_IMAGES = """[...document.querySelectorAll(".bd-article img")]
  .filter(image => image.alt.trim().length < 10 || /\\.(png|jpe?g|svg)$/i.test(image.alt))
  .map(image => image.outerHTML.slice(0, 150))"""


ELEMENT = re.compile(r'<([a-z]\w*)(?=[ >])(?:[^>]*? class="([^"]*)")?')


def source_pages() -> list[str]:
    """List pages of source code which have, together, every kind of element that any of them has.

    There are hundreds of these pages, made from one template.
    """
    kinds = {
        path: set(ELEMENT.findall(path.read_text(encoding="utf-8")))
        for path in sorted(SITE.glob("_modules/**/*.html"))
    }
    chosen: list[Path] = []
    missing = set().union(*kinds.values())
    while missing:
        chosen.append(max(kinds, key=lambda path: len(kinds[path] & missing)))
        missing -= kinds[chosen[-1]]
    return [path.relative_to(SITE).as_posix() for path in chosen]


def pages() -> list[str]:
    """List the addresses of all pages, the longest first: no process is left with it at the end."""
    found = [*pages_of(SITE), *source_pages()] if SITE.is_dir() else []
    return sorted(found, key=lambda page: -(SITE / page).stat().st_size) or ["index.html"]


def test_no_page_of_the_table_of_contents_is_left_out() -> None:
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    named = [toc["root"]]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            named += [chapter["file"], *(more["file"] for more in chapter.get("sections", []))]
    assert len(named) > 30
    assert {f"{name}.html" for name in (*named, "genindex", "search")} <= set(pages())


@pytest.mark.parametrize("path", pages())
def test_page(browser: Browser, address: str, path: str) -> None:
    """One visit for all checks: opening a page and looking through it is what takes the time."""
    with visit(browser, address, path) as seen:
        page = seen.page
        weights = seen.weights()
        faults = {
            "strangers": seen.strangers,
            "not found": seen.failures(),
            "broken links": broken_links(page, address, SITE),
            "images without words": page.evaluate(NAMELESS_IMAGES),
        }
        theme = page.evaluate("document.documentElement.dataset.theme")
        assert theme == (None if path == "404.html" else "light")  # that page has no script
        faults["desktop"] = [*seen.violations(), *seen.overflow()]
        page.evaluate(OPEN_ALL)
        seen.widen(PHONE)
        faults["phone"] = [*seen.violations(), *seen.overflow()]
        seen.widen(NARROW)
        faults["narrow"] = seen.overflow()
        seen.widen(DESKTOP)
        seen.darken()
        if page.locator(LAST_LIBRARY).count():
            page.locator(LAST_LIBRARY).first.click()
            seen.settle()
        faults["dark"] = seen.violations()
        faults["messages"] = seen.messages
        faults = {check: found for check, found in faults.items() if found}
        assert faults == {}, "\n".join(f"{check}: {found}" for check, found in faults.items())
        assert sum(weights.values()) - weights["images"] <= LIMIT, weights
