"""The front page in a browser: figures that play, a map that shows what leads to a chapter."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .visit import visit

FIGURE, MAP = ".plays >> nth=0", ".chapter-drawing"


@pytest.fixture
def moving(browser: Browser, address: str) -> Iterator[Page]:
    """The front page for a reader who does not mind motion."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(address + "index.html", wait_until="load")
    yield page
    context.close()


def test_a_figure_plays_once_in_less_than_five_seconds(moving: Page) -> None:
    slider = moving.locator(f"{FIGURE} >> input[type=range]")
    button = moving.locator(f"{FIGURE} >> button").last
    start = time.monotonic()
    expect(button).to_have_text("Stop")
    last = slider.get_attribute("max")
    assert slider.input_value() != last
    expect(slider).to_have_value(last or "", timeout=6_000)
    expect(button).to_have_text("Play")
    assert time.monotonic() - start < 6  # with the browser's own pauses; the script takes 4.5
    moving.wait_for_timeout(700)
    expect(slider).to_have_value(last or "")


def test_whoever_touches_the_slider_stops_it(moving: Page) -> None:
    slider = moving.locator(f"{FIGURE} >> input[type=range]")
    expect(moving.locator(f"{FIGURE} >> button").last).to_have_text("Stop")
    slider.press("Home")
    expect(slider).to_have_value("0")
    moving.wait_for_timeout(1_200)
    expect(slider).to_have_value("0")
    expect(moving.locator(f"{FIGURE} >> [aria-live=polite]")).to_have_count(1)


def test_it_stays_still_for_those_who_want_no_motion(browser: Browser, address: str) -> None:
    with visit(browser, address, "index.html") as seen:
        slider = seen.page.locator(f"{FIGURE} >> input[type=range]")
        first = slider.input_value()
        seen.page.wait_for_timeout(1_200)
        expect(slider).to_have_value(first)
        button = seen.page.locator(f"{FIGURE} >> button").last
        button.press("Enter")
        expect(button).to_have_text("Stop")
        expect(slider).to_have_value("2")
        button.press("Enter")
        expect(button).to_have_text("Play")
        assert seen.messages == []


def test_the_chapter_under_the_focus_leaves_its_way_lit(browser: Browser, address: str) -> None:
    with visit(browser, address, "index.html", width=1600) as seen:
        drawing = seen.page.locator(f"{MAP} svg:visible")
        expect(drawing).to_have_count(1)
        expect(drawing).to_have_class("flow-right")
        drawing.locator("a.c3").hover()
        for number, opacity in ((1, "1"), (2, "1"), (3, "1"), (4, "0.15"), (19, "0.15")):
            expect(drawing.locator(f"a.c{number}")).to_have_css("opacity", opacity)
        seen.widen(900)
        expect(seen.page.locator(f"{MAP} svg:visible")).to_have_class("flow-down")
        seen.widen(360)
        expect(seen.page.locator(f"{MAP} svg:visible")).to_have_count(0)
        expect(seen.page.locator("table.chapter-table")).to_be_visible()


def test_the_page_for_wrong_addresses_has_no_violation(browser: Browser, address: str) -> None:
    for dark in (False, True):
        with visit(browser, address, "404.html", dark=dark, width=320) as seen:
            assert seen.violations() == []
            assert seen.overflow() == []
