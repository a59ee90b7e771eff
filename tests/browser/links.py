"""Where the links of a page lead, within the site."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Page

ANCHOR = re.compile(r'\b(?:id|name)="([^"]*)"')


@cache
def anchors(path: Path) -> frozenset[str]:
    """Read what can be linked to within a file of the site."""
    return frozenset(ANCHOR.findall(path.read_text(encoding="utf-8")))


def broken_links(page: Page, address: str, site: Path) -> list[str]:
    """Find links of an open page to files or anchors which the site does not have."""
    links = page.evaluate("[...new Set([...document.links].map(link => link.href))]")
    return [link for link in links if link.startswith(address) and not _found(link, address, site)]


def _found(link: str, address: str, site: Path) -> bool:
    parts = urlsplit(link.removeprefix(address))
    path = site / (unquote(parts.path) or "index.html")
    if not path.is_file():
        return False
    anchor = unquote(parts.fragment)
    return not anchor or path.suffix != ".html" or anchor in anchors(path)
