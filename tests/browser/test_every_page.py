"""Every page of the site in a browser: light, dark, and on a narrow phone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Browser

from .visit import visit

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 350_000  # bytes of a page, compressed, images left out


def pages() -> list[str]:
    """Read the addresses of all pages from the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    found = [toc["root"]]
    for part in toc["parts"]:
        for chapter in part["chapters"]:
            found += [
                chapter["file"],
                *(section["file"] for section in chapter.get("sections", [])),
            ]
    return [f"{name}.html" for name in (*found, "genindex", "search")]


@pytest.mark.parametrize("path", pages())
def test_in_light(browser: Browser, address: str, path: str) -> None:
    with visit(browser, address, path) as seen:
        weights = seen.weights()
        assert seen.messages == []
        assert seen.strangers == []
        total = sum(weights.values())
        assert total <= LIMIT, sorted(((size, name) for name, size in weights.items()))[-8:]
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 1280
        assert seen.violations() == []


@pytest.mark.parametrize("path", pages())
def test_in_dark(browser: Browser, address: str, path: str) -> None:
    with visit(browser, address, path, dark=True) as seen:
        assert seen.page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert seen.messages == []
        assert seen.violations("color-contrast", "link-in-text-block") == []


@pytest.mark.parametrize("path", pages())
def test_on_a_phone(browser: Browser, address: str, path: str) -> None:
    with visit(browser, address, path, width=320) as seen:
        assert seen.messages == []
        assert seen.strangers == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320
