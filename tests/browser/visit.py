"""Open a page as a reader would, and note what it loads and says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from page_figures import weigh
from playwright.sync_api import Browser, Page, Request

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Contrast is what costs time: axe works out the colours below each of ten thousand words of code,
# one by one. Two elements have the same contrast if they, and all elements around them, agree in
# kind, classes and whatever decides colours; so one of them, marked here, is looked at for all: the
# one with most words of its own, since axe leaves single characters undecided. Every other rule
# looks at every element.
MARK_ONE_OF_EACH_LOOK = """() => {
  for (const old of document.querySelectorAll("[data-look]")) old.removeAttribute("data-look");
  const looks = new Map([[document.documentElement, ""]]);
  const names = new Map();
  const longest = new Map();
  for (const element of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(element);
    const parent = looks.get(element.parentElement) ?? "";
    const look = [
      parent, element.localName, element.getAttribute("class"), style.color,
      style.backgroundColor, style.backgroundImage, style.opacity, style.filter, style.position,
      style.fontSize, style.fontWeight, style.textShadow, style.visibility,
    ].join("|");
    if (!names.has(look)) names.set(look, `${names.size}`);
    looks.set(element, names.get(look));
    const own = [...element.childNodes].filter(node => node.nodeType === Node.TEXT_NODE);
    const field = element.matches("input, select, textarea") ? 1 : 0; // its words are no nodes
    const length = own.reduce((sum, node) => sum + node.data.trim().length, field);
    const known = longest.get(look);
    if (length > 0 && !(known?.length >= length)) longest.set(look, { element, length });
  }
  for (const { element } of longest.values()) element.dataset.look = "one";
}"""
RUN = """async rules => {
  axe.configure({ noHtml: true, rules: [{ id: "color-contrast", selector: "[data-look]" }] });
  const only = { runOnly: { type: "tag", values: rules }, resultTypes: ["violations"] };
  const found = await axe.run(document, { ...only, elementRef: true, selectors: false });
  return found.violations.flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${node.element.outerHTML.slice(0, 150)}`));
}"""


@dataclass
class Visit:
    """A page in the browser, with what it has loaded and said so far."""

    page: Page
    address: str
    messages: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def weights(self) -> Counter[str]:
        """Bytes on the wire by kind: html, css, js, fonts, images, other."""
        return weigh(self.requests)

    def failures(self) -> list[str]:
        """Files of the site that were asked for in vain."""
        return [
            request.url
            for request in self.requests
            if (answer := request.response()) is None or answer.status >= 400
        ]

    def violations(self) -> list[str]:
        """What axe finds: all of WCAG 2.2 A and AA and its best practices.

        The page is moved to its top: further down, the fixed header covers whatever is below it.
        """
        self.page.evaluate("scrollTo(0, 0)")
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE)
        self.page.evaluate(MARK_ONE_OF_EACH_LOOK)
        return self.page.evaluate(RUN, RULES)

    def overflow(self) -> list[str]:
        """What sticks out on the right, where the whole page can be moved sideways."""
        return self.page.evaluate(
            """() => {
              const root = document.documentElement;
              if (root.scrollWidth <= root.clientWidth) return [];
              const out = [`the page is ${root.scrollWidth} wide, not ${root.clientWidth}`];
              for (const element of document.querySelectorAll("body *")) {
                const right = element.getBoundingClientRect().right;
                if (right <= root.clientWidth + 1) continue;
                const scrolls = "pre, .math-display, .pst-scrollable-table-container";
                if (!element.closest(scrolls)) out.push(element.outerHTML.slice(0, 120));
              }
              return out.slice(0, 12);
            }"""
        )

    def widen(self, width: int) -> None:
        """Make the window this many pixels wide."""
        self.page.set_viewport_size({"width": width, "height": 900})
        self.settle()

    def settle(self) -> None:
        """Let the theme's scripts take note of a change; they wait 300 ms for more to come."""
        self.page.wait_for_timeout(400)

    def darken(self) -> None:
        """Have the machine ask for dark colours; the page follows, by the theme's script if any."""
        self.page.emulate_media(color_scheme="dark")
        self.page.wait_for_function("(document.documentElement.dataset.theme ?? 'dark') === 'dark'")


@contextmanager
def visit(
    browser: Browser, address: str, path: str, *, width: int = 1280, dark: bool = False
) -> Iterator[Visit]:
    """Open a page of the site; requests to anybody else are noted, and find nobody."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    seen = Visit(context.new_page(), address)

    def note(request: Request) -> None:
        own = request.url.startswith((address, "data:", "blob:"))
        (seen.requests if own else seen.strangers).append(request if own else request.url)

    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
    seen.page.on("request", note)
    try:
        seen.page.goto(address + path, wait_until="load")
        seen.page.evaluate("document.fonts.ready.then(() => true)")
        yield seen
    finally:
        context.close()
