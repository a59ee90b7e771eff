"""Open a page as a reader would, and note what it loads and says."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, Page, Response, Route

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PACKED = {"image/png", "image/jpeg", "font/woff", "font/woff2", "application/font-woff"}


@dataclass
class Visit:
    """A page in the browser, with what it has loaded and said so far."""

    page: Page
    address: str
    messages: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)

    def weights(self) -> dict[str, int]:
        """Bytes of each file on the wire, compressed as servers do it; images left out."""
        found = {}
        for response in self.responses:
            if response.request.resource_type == "image" or response.status != 200:
                continue
            body = response.body()
            kind = response.headers.get("content-type", "").split(";")[0]
            packed = kind in PACKED or response.url.endswith((".woff", ".woff2"))
            found[response.url] = len(body) if packed else len(gzip.compress(body, 6))
        return found

    def violations(self, *rules: str) -> list[str]:
        """What axe finds: all of WCAG 2.2 A and AA and its best practices, or some rules alone."""
        only = (
            {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": RULES}
        )
        self.page.evaluate(AXE)
        result = self.page.evaluate("only => axe.run(document, {runOnly: only})", only)
        return [
            f"{found['id']}: {node['html'][:150]}"
            for found in result["violations"]
            for node in found["nodes"]
        ]


@contextmanager
def visit(
    browser: Browser, address: str, path: str, *, width: int = 1280, dark: bool = False
) -> Iterator[Visit]:
    """Open a page of the site; requests to anybody else are noted and refused."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    seen = Visit(context.new_page(), address)

    def gate(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            seen.strangers.append(route.request.url)
            route.abort()

    def keep(response: Response) -> None:
        seen.responses.append(response)

    context.route("**/*", gate)
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
    seen.page.on("response", keep)
    seen.page.goto(address + path, wait_until="load")
    seen.page.evaluate("document.fonts.ready.then(() => true)")
    yield seen
    context.close()
