"""Formulas in a line of text, drawn in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from .visit import visit

#: For each mark behind a formula, whether it begins a line of its own.
ALONE = """() => {
  const marks = [...document.querySelectorAll("span.math.notranslate")]
    .map(formula => [formula.querySelectorAll(".base"), formula.nextSibling])
    .filter(([bases, text]) => bases.length && text?.nodeType === Node.TEXT_NODE)
    .filter(([, text]) => /^[.,;:!?)]/.test(text.data));
  return marks.map(([bases, text]) => {
    const range = document.createRange();
    range.setStart(text, 0);
    range.setEnd(text, 1);
    const end = bases[bases.length - 1].getBoundingClientRect();
    return range.getBoundingClientRect().top >= end.bottom;
  });
}"""


@pytest.mark.parametrize("width", [320, 390, 820, 1100])
def test_no_line_begins_with_the_mark_behind_a_formula(
    browser: Browser, address: str, width: int
) -> None:
    with visit(browser, address, "chapters/07-losses.html") as seen:
        seen.widen(width)
        alone = seen.page.evaluate(ALONE)
        assert len(alone) > 40
        assert sum(alone) == 0
        assert seen.overflow() == []
