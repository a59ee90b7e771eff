"""What a visit to a page would find: faults put into a page on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .links import broken_links
from .visit import visit

SITE = Path(__file__).resolve().parents[2] / "_build/html"
PAGE = "chapters/notation.html"


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("<p>plain <span style='color: #8f8f8f'>pale</span></p>", "color-contrast"),
        ("<p style='background: #555; color: #333'>dark</p>", "color-contrast"),
        ("<img src='../_static/logo.svg'>", "image-alt"),
        ("<input type='range'>", "label"),
        ("<h6>A step too deep</h6>", "heading-order"),
        ("<table><tr><th></th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "empty-table"),
    ],
)
def test_a_fault_is_found(browser: Browser, address: str, fault: str, rule: str) -> None:
    with visit(browser, address, PAGE) as seen:
        seen.page.evaluate(
            "html => document.querySelector('article').insertAdjacentHTML('beforeend', html)", fault
        )
        found = seen.violations()
        assert [one for one in found if one.startswith(rule)], found


def test_one_look_stands_for_all_that_have_it_and_for_no_other(
    browser: Browser, address: str
) -> None:
    words = "<i>=</i> " * 300 + "<i style='color: #999'>=</i> <i style='color: #999'>pale</i>"
    with visit(browser, address, PAGE) as seen:
        seen.page.evaluate(
            "html => document.querySelector('article').insertAdjacentHTML('beforeend', html)",
            f"<p id='words'>{words}</p>",
        )
        found = seen.violations()
        assert len(found) == 1
        assert ">pale<" in found[0]  # one sign alone would be left undecided
        assert seen.page.locator("#words > [data-look]").count() == 2


def test_messages_strangers_links_and_overflow_are_found(browser: Browser, address: str) -> None:
    with visit(browser, address, PAGE) as seen:
        assert (seen.messages, seen.strangers, seen.overflow()) == ([], [], [])
        assert seen.failures() == []
        assert broken_links(seen.page, address, SITE) == []
        seen.page.evaluate(
            """() => {
              document.body.insertAdjacentHTML("beforeend",
                "<a href='#nowhere'>1</a> <a href='none.html'>2</a> <a href='../index.html'>3</a>" +
                "<div style='width: 3000px'>wide</div>");
              console.info("said");
              return Promise.allSettled([fetch("https://example.org/x"), fetch("none.css")]);
            }"""
        )
        assert seen.strangers == ["https://example.org/x"]
        assert [link.rpartition("/")[2] for link in seen.failures()] == ["none.css"]
        assert "said" in seen.messages
        broken = [link.rpartition("/")[2] for link in broken_links(seen.page, address, SITE)]
        assert broken == ["notation.html#nowhere", "none.html"]
        assert "wide" in seen.overflow()[-1]
