"""What each page of the built site costs a reader: requests, bytes, time until something shows.

    make page-figures
    .venv/bin/python tools/page_figures.py _build/html index.html chapters/02-tensors.html

Chromium opens each page with an empty cache, on a processor four times slower than this one and
over a line like a telephone's (150 ms, 1.6 Mbit/s; the usual figures of page audits). Bytes are
those on the wire, compressed. *Content* is the time until the first text or picture shows, *load*
until everything has come; the slowness of this machine goes into both.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from browsing import chromium, served
from playwright.sync_api import Browser, Request

KINDS = {"document": "html", "stylesheet": "css", "script": "js", "font": "fonts"}
COLUMNS = ("html", "css", "js", "fonts", "other", "images")


@dataclass(frozen=True)
class Line:
    """How slow the reader's machine and line are.

    Parameters
    ----------
    slower : float
        How many times slower the processor is than this one.
    latency : float
        Milliseconds until an answer begins.
    megabits : float
        Megabits in a second.
    """

    slower: float = 4.0
    latency: float = 150.0
    megabits: float = 1.6


@dataclass
class Figures:
    """What one page costs.

    Parameters
    ----------
    page : str
        Its address within the site.
    requests : int
        Files that were asked for, the page itself included.
    weights : dict of str to int
        Bytes on the wire by kind, one of `COLUMNS`.
    content, load : float
        Seconds until something shows, and until everything has come.
    """

    page: str
    requests: int = 0
    weights: Counter[str] = field(default_factory=Counter)
    content: float = 0.0
    load: float = 0.0

    @property
    def before_images(self) -> int:
        """Bytes of all but the images."""
        return sum(self.weights.values()) - self.weights["images"]


def kind_of(request: Request) -> str:
    """Return the column to which a request belongs."""
    if request.resource_type == "image":
        return "images"
    return KINDS.get(request.resource_type, "other")


def weigh(requests: list[Request]) -> Counter[str]:
    """Add up the bytes on the wire by kind; what failed weighs nothing.

    Parameters
    ----------
    requests : list of Request
        What a page asked for, all of it answered.
    """
    weights: Counter[str] = Counter()
    for request in requests:
        if request.response() is not None:
            weights[kind_of(request)] += request.sizes()["responseBodySize"]
    return weights


def measure(browser: Browser, address: str, page: str, line: Line) -> Figures:
    """Open a page of the site with an empty cache over a slow line.

    Parameters
    ----------
    browser : Browser
    address : str
        Where the site is served, with a slash at its end.
    page : str
        The page's address within the site.
    line : Line
    """
    context = browser.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    requests: list[Request] = []
    tab.on("request", lambda request: requests.append(request))  # noqa: PLW0108
    session = context.new_cdp_session(tab)
    session.send("Network.enable")
    bytes_a_second = line.megabits * 1e6 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.latency,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second / 2,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": line.slower})
    tab.goto(address + page, wait_until="load", timeout=120_000)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
    tab.evaluate("document.fonts.ready.then(() => true)")
    content, load = tab.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0].startTime,"
        " performance.getEntriesByType('navigation')[0].loadEventStart]"
    )
    own = [request for request in requests if request.url.startswith(address)]
    figures = Figures(page, len(own), weigh(own), content / 1000, load / 1000)
    context.close()
    return figures


def table(rows: list[Figures]) -> str:
    """Lay the figures out, the heaviest page first; weights are in kB."""
    width = max(len(row.page) for row in rows)
    head = [f"{'page':{width}}", "requests", *(f"{name:>7}" for name in COLUMNS)]
    lines = ["  ".join([*head, "   sum", "content", "   load"])]
    for row in sorted(rows, key=lambda row: -row.before_images):
        weights = [f"{row.weights[name] / 1000:7.1f}" for name in COLUMNS]
        times = [f"{row.content:6.2f}s", f"{row.load:6.2f}s"]
        total = f"{sum(row.weights.values()) / 1000:6.0f}"
        lines.append(
            "  ".join([f"{row.page:{width}}", f"{row.requests:8}", *weights, total, *times])
        )
    before = [row.before_images / 1000 for row in rows]
    everything = sum(sum(row.weights.values()) for row in rows)
    lines += [
        "",
        f"{len(rows)} pages, {everything / 1e6:.1f} MB where nothing is kept from page to page",
        f"before images: {min(before):.0f} to {max(before):.0f} kB, on average "
        f"{sum(before) / len(before):.0f} kB",
        f"time to content: at most {max(row.content for row in rows):.2f} s",
    ]
    return "\n".join(lines)


def pages_of(folder: Path) -> list[str]:
    """Return the addresses of all pages below a folder, but of source code and the theme's own."""
    found = (path.relative_to(folder) for path in folder.rglob("*.html"))
    return sorted(path.as_posix() for path in found if not {"_static", "_modules"} & {*path.parts})


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the built site")
    parser.add_argument("pages", nargs="*", help="pages within it; default: all")
    parser.add_argument("--slower", type=float, default=4.0, help="how much slower the processor")
    parser.add_argument("--latency", type=float, default=150.0, help="milliseconds to an answer")
    parser.add_argument("--megabits", type=float, default=1.6, help="megabits in a second")
    options = parser.parse_args()
    line = Line(options.slower, options.latency, options.megabits)
    pages = options.pages or pages_of(options.folder)
    if not pages:
        parser.error(f"no pages in {options.folder}: run `make book` first")
    with served(options.folder) as address, chromium() as browser:
        print(table([measure(browser, address, page, line) for page in pages]))


if __name__ == "__main__":
    main()
