"""Read built pages: their links, their anchors and what they load."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page:
    """What one HTML file links to, loads and offers as anchors."""

    path: Path
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    text: str = ""

    def missing(self, others: dict[Path, Page]) -> list[str]:
        """Links and loads within the site that lead to no file or no anchor."""
        bad = []
        for link in [*self.links, *self.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (self.path.parent / unquote(parts.path)).resolve() if parts.path else self.path
            if not target.is_file() or (
                parts.fragment
                and target in others
                and unquote(parts.fragment) not in others[target].anchors
            ):
                bad.append(link)
        return bad


LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
RELATIONS = {"stylesheet", "preload", "icon", "preconnect", "modulepreload", "prefetch"}


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.page.anchors.add(values["id"])
        if tag == "a" and values.get("href"):
            self.page.links.append(values["href"])
        if tag == "link" and RELATIONS & set(values.get("rel", "").split()):
            self.page.loads.append(values["href"])
        if values.get(LOADS.get(tag, "")):
            self.page.loads.append(values[LOADS[tag]])


def read_site(folder: Path) -> dict[Path, Page]:
    """Read every page below a folder."""
    pages = {}
    for path in sorted(folder.resolve().rglob("*.html")):
        if "_static" in path.parts:
            continue  # the theme's templates, not pages
        page = Page(path, text=path.read_text(encoding="utf-8"))
        _Reader(page).feed(page.text)
        pages[path] = page
    return pages
