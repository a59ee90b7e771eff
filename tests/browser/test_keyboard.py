"""A chapter without a mouse: each key is pressed, each effect seen, each stop has its mark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .visit import Visit, visit

CHAPTER = "chapters/05-perceptron-to-mlp.html"

# The mark of the focus: an outline or a shadow, neither transparent nor without extent, around the
# element. Three have it elsewhere: a tab's radio button, which cannot be seen, on its label, the
# search field on the whole form, the fold-out mark of the contents on its arrow.
MARK = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const seen = element => {
    if (!element) return false;
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1
      && !/^rgba\\(.*, 0\\)$|^transparent$/.test(style.outlineColor);
    let opaque = 1;
    for (let part = element; part; part = part.parentElement)
      opaque *= parseFloat(getComputedStyle(part).opacity);
    return (ring || style.boxShadow !== "none") && opaque > 0.5 && box.width > 2 && box.height > 2
      && style.visibility === "visible";
  };
  const elsewhere = at.matches(".sd-tab-set > input") ? at.nextElementSibling
    : at.closest("form.bd-search") ?? at.querySelector(".toctree-toggle");
  return [at.outerHTML.slice(0, 160), seen(at) || seen(elsewhere)];
}"""


@pytest.fixture
def chapter(browser: Browser, address: str) -> Iterator[Visit]:
    """A chapter with every kind of interaction, as it comes."""
    with visit(browser, address, CHAPTER) as seen:
        yield seen
        assert seen.messages == []


def press(page: Page, *keys: str) -> None:
    """Press keys one after the other, wherever the focus is."""
    for key in keys:
        page.keyboard.press(key)


def text_of_focus(page: Page) -> str:
    """What the focused element says of itself."""
    return page.evaluate(
        "document.activeElement.ariaLabel || document.activeElement.textContent.trim()"
    )


def is_marked(page: Page) -> bool:
    """Whether one sees where the focus is."""
    return page.evaluate(MARK)[1]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_stop_of_the_tab_key_is_marked(browser: Browser, address: str, dark: bool) -> None:
    with visit(browser, address, CHAPTER, dark=dark) as seen:
        stops = []
        for _ in range(2000):
            press(seen.page, "Tab")
            stop = seen.page.evaluate(MARK)
            if stop is None:  # past the last one
                break
            stops.append(stop)
        assert stop is None
        assert len(stops) > 100
        assert [html for html, marked in stops if not marked] == []


def test_the_first_stop_skips_to_the_text(chapter: Visit) -> None:
    page = chapter.page
    press(page, "Tab")
    assert text_of_focus(page) == "Skip to main content"
    assert is_marked(page)
    press(page, "Enter", "Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_theme_switch(chapter: Visit) -> None:
    page = chapter.page
    page.locator(".theme-switch-button:visible").focus()
    themes = []
    for _ in range(3):
        press(page, "Enter")
        themes.append(page.evaluate("document.documentElement.dataset.mode"))
    assert sorted(themes) == ["auto", "dark", "light"]


def test_search(chapter: Visit) -> None:
    page = chapter.page
    press(page, "Control+k")
    field = page.locator("input[type=search]:visible")
    expect(field).to_be_focused()
    assert is_marked(page)
    page.keyboard.type("perceptron")
    press(page, "Enter")
    page.wait_for_url("**/search.html?q=perceptron*")
    results = page.locator("#search-results li a")
    expect(results.first).to_be_visible(timeout=20_000)
    assert any("Perceptron" in text for text in results.all_text_contents())
    results.first.focus()
    press(page, "Enter")
    page.wait_for_url("**/chapters/**")


def focused(page: Page, selector: str) -> Locator:
    """Focus the first element that matches, and see that it has the focus."""
    found = page.locator(selector).first
    found.focus()
    expect(found).to_be_focused()
    return found


def test_arrows_change_the_library_on_the_whole_page(chapter: Visit) -> None:
    page = chapter.page
    shown = ".library-tabs > input:checked + label"

    def names() -> list[str]:
        return [text.strip() for text in page.locator(shown).all_text_contents()]

    assert set(names()) == {"NumPy"}
    focused(page, ".library-tabs > input:checked")
    press(page, "ArrowRight")
    assert len(names()) >= 2
    assert set(names()) == {"PyTorch"}
    assert is_marked(page)
    for content in page.locator(f"{shown} + .sd-tab-content").all():
        expect(content).to_be_visible()
    press(page, "ArrowLeft")
    assert set(names()) == {"NumPy"}


def test_a_hint_folds_out_and_in(chapter: Visit) -> None:
    page = chapter.page
    button = focused(page, ".admonition.dropdown .toggle-button")
    box = page.locator(".admonition.dropdown").first
    hidden = box.locator("p:not(.admonition-title)").first
    expect(hidden).to_be_hidden()
    for key, shown in (("Enter", True), ("Space", False), ("Space", True)):
        press(page, key)
        expect(hidden).to_be_visible(visible=shown)
        assert button.get_attribute("aria-expanded") == str(shown).lower()


def test_a_folded_cell_opens(chapter: Visit) -> None:
    page = chapter.page
    cell = page.locator("details.hide").first
    focused(page, "details.hide > summary")
    assert is_marked(page)
    press(page, "Enter")
    expect(cell.locator("pre").first).to_be_visible()
    press(page, "Enter")
    expect(cell.locator("pre").first).to_be_hidden()


def test_a_quiz_is_answered_by_arrows_and_reset(chapter: Visit) -> None:
    page = chapter.page
    quiz = page.locator(".dlb-quiz").first
    radios = quiz.locator("input[type=radio]")
    first = radios.first
    name = first.get_attribute("name")
    group = quiz.locator(f"input[name='{name}']")
    first.focus()
    press(page, "Space")
    expect(first).to_be_checked()
    said = [quiz.inner_text()]
    for number in range(1, group.count()):
        press(page, "ArrowDown")
        expect(group.nth(number)).to_be_checked()
        assert is_marked(page)
        said.append(quiz.inner_text())
    assert len(set(said)) == len(said)  # each choice has feedback of its own
    reset = quiz.locator("button[type=reset]").first
    reset.focus()
    press(page, "Enter")
    assert group.evaluate_all("radios => radios.every(radio => !radio.checked)")


def test_a_figure_moves_by_its_slider_and_its_buttons(chapter: Visit) -> None:
    page = chapter.page
    figure = page.locator(".dlb-explore", has=page.locator("button")).first
    slider = figure.locator("input[type=range]")
    now = figure.locator("output > :not([hidden])")
    slider.focus()
    press(page, "Home")
    first = now.text_content()
    press(page, "ArrowRight")
    second = now.text_content()
    assert first != second == slider.get_attribute("aria-valuetext")
    assert is_marked(page)
    figure.get_by_role("button", name="Previous").focus()
    press(page, "Enter")
    assert now.text_content() == first
    figure.get_by_role("button", name="Next").focus()
    press(page, "Space")
    assert now.text_content() == second


def test_the_menu_of_a_phone(browser: Browser, address: str) -> None:
    with visit(browser, address, CHAPTER, width=390) as seen:
        page = seen.page
        menu = page.locator(".primary-toggle:visible")
        entry = page.locator("#pst-primary-sidebar a, dialog a").filter(has_text="Tensors").first
        expect(entry).to_be_hidden()
        menu.focus()
        assert is_marked(page)
        press(page, "Enter")
        shown = page.locator("dialog[open] a").filter(has_text="Tensors").first
        expect(shown).to_be_visible()
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        press(page, "Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(menu).to_be_focused()
        press(page, "Enter")
        shown.focus()
        press(page, "Enter")
        page.wait_for_url("**/02-tensors.html")
        assert seen.messages == []


MOVING = """[...document.querySelectorAll("*")].filter(element => {
  return [null, "::before", "::after"].some(part => {
    const style = getComputedStyle(element, part);
    const lasts = times => times.split(",").some(time => parseFloat(time) > 0.001);
    return style.animationName !== "none" || lasts(style.transitionDuration)
      || style.scrollBehavior === "smooth";
  });
}).map(element => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("path", ["index.html", CHAPTER])
def test_nothing_moves_where_the_reader_does_not_want_it(
    browser: Browser, address: str, path: str
) -> None:
    with visit(browser, address, path) as seen:  # a visit asks for reduced motion
        assert seen.page.evaluate(MOVING) == []
        seen.page.emulate_media(reduced_motion="no-preference")
        assert seen.page.evaluate(MOVING) != []
