"""The figures of a page: what came over the line, and how long that took."""

from __future__ import annotations

from pathlib import Path

from browsing import packed
from page_figures import Line, measure, table
from playwright.sync_api import Browser

SITE = Path(__file__).resolve().parents[2] / "_build/html"
PAGE = "chapters/notation.html"  # with formulas, so with every kind of file
FAST = Line(slower=1, latency=0, megabits=1000)


def test_the_figures_of_a_page_agree_with_its_files(browser: Browser, address: str) -> None:
    figures = measure(browser, address, PAGE, FAST)
    path = SITE / PAGE
    assert figures.weights["html"] == len(packed(path, path.stat().st_mtime_ns))
    fonts = [len(font.read_bytes()) for font in (SITE / "_static/katex/fonts").iterdir()]
    assert min(fonts) <= figures.weights["fonts"] <= sum(fonts) + 10_000
    assert figures.weights["css"] > 10_000
    assert figures.weights["js"] > 50_000
    assert 20 <= figures.requests <= 60
    assert figures.content > 0
    everything = sum(figures.weights.values())
    assert figures.before_images == everything - figures.weights["images"]


def test_a_slow_line_takes_its_time(browser: Browser, address: str) -> None:
    slow = measure(browser, address, PAGE, Line(slower=1, latency=150, megabits=1.6))
    # The scripts at the head of the page have to come before it has loaded; fonts may come later.
    needed = (slow.weights["html"] + slow.weights["css"] + slow.weights["js"]) * 8 / 1.6e6
    assert slow.load > needed
    assert slow.content > 2 * 0.15  # the page, then what it needs to be drawn


def test_the_heaviest_page_stands_first(browser: Browser, address: str) -> None:
    rows = [measure(browser, address, page, FAST) for page in ("404.html", PAGE)]
    lines = table(rows).splitlines()
    assert lines[0].split()[:2] == ["page", "requests"]
    assert lines[1].startswith(PAGE)
    assert lines[2].startswith("404.html")
    assert f"{rows[1].weights['fonts'] / 1000:.1f}" in lines[1].split()
    assert "2 pages" in lines[4]
