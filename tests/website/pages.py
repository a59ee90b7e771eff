"""Read built pages: their links, their anchors and what they load."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass
class Page:
    """What one HTML file links to, loads and offers as anchors."""

    path: Path
    root: Path
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    text: str = ""

    def target(self, path: str) -> Path:
        """The file that a link leads to; a path from the root stands on ``404.html`` alone."""
        if not path:
            return self.path
        if path.startswith("/"):
            return self.root / path.removeprefix(PREFIX).removeprefix("/")
        return (self.path.parent / path).resolve()

    def missing(self, others: dict[Path, Page]) -> list[str]:
        """Links and loads within the site that lead to no file or no anchor."""
        bad = []
        for link in [*self.links, *self.loads]:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = self.target(unquote(parts.path))
            if not target.is_file() or (
                parts.fragment
                and target in others
                and unquote(parts.fragment) not in others[target].anchors
            ):
                bad.append(link)
        return bad


PREFIX = "/site/"  # where the tests publish the site that has an address
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
RELATIONS = {"stylesheet", "preload", "icon", "preconnect", "modulepreload", "prefetch"}
NEIGHBOURS = {"index", "next", "prev", "search", "top", "up"}
STYLE_SOURCE = re.compile(r"""url\(\s*["']?(?!data:)([^"')#?]+)""")


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.page.anchors.add(values["id"])
        if tag in ("a", "area", "use") and values.get("href"):
            self.page.links.append(values["href"])
        if tag == "form" and values.get("action"):
            self.page.links.append(values["action"])
        if tag == "link" and RELATIONS & set(values.get("rel", "").split()):
            self.page.loads.append(values["href"])
        if tag == "link" and NEIGHBOURS & set(values.get("rel", "").split()):
            self.page.links.append(values["href"])
        for choice in values.get("srcset", "").split(","):
            self.page.loads += choice.split()[:1]
        if values.get(LOADS.get(tag, "")):
            self.page.loads.append(values[LOADS[tag]])


def read_site(folder: Path) -> dict[Path, Page]:
    """Read every page below a folder."""
    pages = {}
    for path in sorted(folder.resolve().rglob("*.html")):
        if "_static" in path.parts:
            continue  # the theme's templates, not pages
        page = Page(path, folder.resolve(), text=path.read_text(encoding="utf-8"))
        _Reader(page).feed(page.text)
        pages[path] = page
    return pages


def missing_from_styles(folder: Path) -> list[str]:
    """Fonts and pictures which style sheets name and the site does not have."""
    missing = []
    for sheet in sorted(folder.rglob("*.css")):
        for name in STYLE_SOURCE.findall(sheet.read_text(encoding="utf-8")):
            if not (sheet.parent / unquote(name)).is_file():
                missing.append(f"{sheet.relative_to(folder)}: {name}")
    return missing
