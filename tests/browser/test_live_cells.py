"""Live cells in a browser: what runs, in which order, and what readers are told.

Python itself is the core of Pyodide, without NumPy: what NumPy computes in live cells is compared
with the stored outputs in ``tests/notebooks/test_live_cells.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dlbook
import pytest
from browsing import served
from playwright.sync_api import Browser, Locator, Page, Route, expect

from .conftest import SITE
from .live_page import ADDRESS, Code, pyodide_core, write_page
from .visit import Visit

SLOW = 120_000  # milliseconds: loading Pyodide takes some seconds, more on a busy machine
TYPES = {".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json"}
COUNT = [Code("x = 1"), Code("y = x + 1"), Code("print(x + y)", stored="stored 3\n")]


class Desk:
    """A page with live cells and what one does with it."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.asked: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))

    def button(self, name: str, cell: int) -> Locator:
        return self.page.get_by_role("button", name=f"{name} cell {cell}", exact=True)

    def status(self, cell: int) -> Locator:
        return self.page.locator(".live-status").nth(cell - 1)

    def output(self, cell: int) -> Locator:
        return self.page.locator(".live-output").nth(cell - 1)

    def editor(self, cell: int) -> Locator:
        return self.page.get_by_label(f"Code of cell {cell}", exact=True)

    def run(self, cell: int, says: str = "Done in ") -> None:
        self.button("Run", cell).click()
        expect(self.status(cell)).to_contain_text(says, timeout=SLOW)

    def write(self, cell: int, code: str) -> None:
        self.button("Edit", cell).click()
        self.editor(cell).fill(code)


OpenDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and where it is served: Pyodide's core, and a folder for each test's page."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "pyodide").symlink_to(pyodide_core())
    with served(folder) as address:
        yield folder, address


@pytest.fixture
def desk(browser: Browser, shelf: tuple[Path, str], tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens a page with the given cells."""
    folder, address = shelf
    context = browser.new_context(viewport={"width": 1000, "height": 900})

    def open_desk(
        cells: list[Code], *, pyodide: str = "../pyodide/", as_file: bool = False
    ) -> Desk:
        page = folder / tmp_path.name
        write_page(page, cells, pyodide=pyodide)
        made = Desk(context.new_page(), page)
        place = f"{page.as_uri()}/" if as_file else f"{address}{page.name}/"
        made.page.goto(f"{place}index.html")
        return made

    yield open_desk
    context.close()


def test_nothing_but_one_script_and_a_style_sheet_is_loaded_with_the_page(desk: OpenDesk) -> None:
    page = desk(COUNT)
    page.page.wait_for_load_state("networkidle")
    names = [address.rpartition("/")[2] for address in page.asked if "data:" not in address]
    assert sorted(names) == ["buttons.js", "index.html", "live.css"]
    assert page.page.locator(".live-bar button:visible").all_text_contents() == ["Run", "Edit"] * 3


def test_cells_above_run_first_and_only_if_need_be(desk: OpenDesk) -> None:
    page = desk([Code("runs = []"), Code("runs.append('b')"), *COUNT, Code("runs")])
    page.run(5)
    expect(page.output(5)).to_have_text("3\n")
    expect(page.page.get_by_text("stored 3")).to_be_hidden()
    expect(page.status(1)).to_contain_text("Done in")
    page.run(6)
    expect(page.output(6)).to_have_text("['b']\n")
    page.run(5)  # nothing above has changed: only this cell runs
    expect(page.status(6)).to_contain_text("Out of date: a cell above has changed or run since.")
    page.run(6)
    expect(page.output(6)).to_have_text("['b']\n")


def test_a_change_makes_what_is_below_out_of_date(desk: OpenDesk) -> None:
    page = desk(COUNT)
    page.run(3)
    page.write(1, "x = 10")
    expect(page.status(1)).to_have_text("Changed: run it.")
    expect(page.status(3)).to_contain_text("Out of date")
    page.run(3)
    expect(page.output(3)).to_have_text("21\n")


def test_the_last_value_warnings_and_imports_are_as_in_a_notebook(desk: OpenDesk) -> None:
    cells = [
        Code("print('printed')\npi", imports="from math import pi"),
        Code("pi;"),
        Code("import sys\nprint('careful', file=sys.stderr)\nNone"),
        Code("display(1, 'two')"),
        Code("for i in range(10 ** 6): print('flood')"),
    ]
    page = desk(cells)
    page.run(5)
    assert page.output(1).locator("pre").all_text_contents() == [
        "printed\n",
        "3.141592653589793\n",
    ]
    expect(page.output(2)).to_have_text("")
    expect(page.output(3).locator(".live-warning")).to_have_text("careful\n")
    expect(page.output(4)).to_have_text("1\n'two'\n")
    expect(page.output(5)).to_contain_text("… only the first 100,000 characters are shown")
    assert len(page.output(5).text_content() or "") < 101_000


# The core has no matplotlib: this stands for a figure of one white pixel.
FIGURE = """import base64, sys, types
class Figure:
    def savefig(self, stream, **options):
        stream.write(base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP6
DwABBQECz6AuzQAAAABJRU5ErkJggg=="))
pyplot = types.ModuleType("matplotlib.pyplot")
pyplot.get_fignums, pyplot.figure = lambda: [1], lambda number: Figure()
pyplot.close = lambda which: pyplot.__dict__.update(get_fignums=list)
sys.modules["matplotlib.pyplot"] = pyplot""".replace("P6\n", "P6")


def test_a_figure_has_the_alt_text_of_the_cell(desk: OpenDesk) -> None:
    page = desk([Code(FIGURE, alt="One white pixel."), Code(FIGURE)])
    page.run(2)
    first, second = (page.output(cell).locator("img") for cell in (1, 2))
    expect(first).to_have_attribute("alt", "One white pixel.")
    expect(second).to_have_attribute("alt", "Figure drawn by the code above.")
    assert first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    page.write(1, f"{FIGURE}\nprint(1)")
    page.run(1)
    changed = "Figure drawn by the changed code above. With the book's code: One white pixel."
    expect(first).to_have_attribute("alt", changed)


def test_an_error_names_its_line_and_holds_up_the_cells_below(desk: OpenDesk) -> None:
    page = desk([Code("def half(n):\n    return n / 0"), Code("x = 1\nhalf(x)"), Code("print(7)")])
    page.run(3, "Not run, because cell 2 above raised an error. Mend it there, or press Run again")
    expect(page.status(2)).to_have_text("An error was raised: see the last line below.")
    shown = page.output(2).text_content() or ""
    assert shown.startswith('Traceback (most recent call last):\n  File "Cell 2", line 2, in')
    assert 'File "Cell 1", line 2, in half\n    return n / 0' in shown
    assert shown.endswith("ZeroDivisionError: division by zero\n")
    assert "runner" not in shown
    page.run(3)
    expect(page.output(3)).to_have_text("7\n")
    page.write(2, "x = (1")
    page.run(2, "An error was raised")
    expect(page.output(2)).to_contain_text('File "Cell 2", line 1\n    x = (1')


def test_a_cell_which_shows_an_error_on_purpose_holds_up_nothing(desk: OpenDesk) -> None:
    page = desk([Code("1 / 0", may_fail=True), Code("print(7)")])
    page.run(2)
    expect(page.output(1)).to_contain_text("ZeroDivisionError")


def test_stop_ends_a_cell_that_never_ends_and_says_what_is_lost(desk: OpenDesk) -> None:
    page = desk([Code("x = 1"), Code("while x: pass"), Code("print(x)")])
    page.run(1)
    page.button("Run", 2).click()
    expect(page.status(2)).to_have_text("Running …", timeout=SLOW)
    page.button("Run", 3).click()
    expect(page.status(3)).to_have_text("Waiting …")
    page.button("Stop", 2).click()
    for cell in (2, 3):  # the one that waited has lost what it waited for
        expect(page.status(cell)).to_contain_text("Stopped. All variables are lost")
        expect(page.button("Run", cell)).to_be_visible()
    expect(page.status(1)).to_have_text("Out of date: Python was stopped.")
    page.write(2, "x += 1")
    page.run(3)
    expect(page.output(3)).to_have_text("2\n")


def test_what_the_browser_does_not_have_is_said(desk: OpenDesk) -> None:
    later = "def load():\n    import keras\nload()"
    gone = "Open the chapter on your own machine."
    page = desk([Code("import torch"), Code("print('never')")])
    page.run(1, f"PyTorch does not run in the browser. {gone}")
    page.run(2, f"PyTorch does not run in the browser. {gone}")
    page.write(1, "from dlbook.models.keras.mlp import MLP")
    page.run(1, f"Keras does not run in the browser. {gone}")
    page.write(1, "import no_such_package")
    page.run(1, f"The package no_such_package does not run in the browser. {gone}")
    page.write(1, later)
    page.run(1, "An error was raised")
    expect(page.output(1).locator(".live-note")).to_have_text(
        f"Keras does not run in the browser. {gone}"
    )
    page.page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<a href=https://mybinder.org/v2/x>1</a>')"
    )
    page.write(1, "import sklearn, tensorflow")
    page.run(1, "could not be loaded")  # there is one for the browser, and no network
    page.write(1, "import tensorflow")
    page.run(1, "Open the chapter on Binder or in Colab (the rocket at the top of the page) or on")
    page.write(1, "try:\n    import torch\nexcept ImportError:\n    print('done without')")
    page.run(1)
    expect(page.output(1)).to_have_text("done without\n")


def test_a_package_that_cannot_be_fetched_is_named(desk: OpenDesk) -> None:
    page = desk([Code("print(np.pi)", imports="import numpy as np")])
    page.run(1, "The package numpy could not be loaded from 127.0.0.1")


def test_without_a_connection_and_with_one_again(desk: OpenDesk) -> None:
    page = desk(COUNT)
    page.page.context.set_offline(True)
    page.run(1, "The scripts behind this button could not be loaded. Check your connection")
    page.page.context.set_offline(False)
    page.run(1)
    page.button("Edit", 1).click()
    page.page.context.set_offline(True)
    page.run(3)  # Python is there by now


def test_where_pyodide_cannot_be_fetched_and_then_can(desk: OpenDesk) -> None:
    page = desk(COUNT, pyodide="core/")
    page.run(3, "Python could not be loaded from 127.0.0.1")
    expect(page.status(3)).to_contain_text("Check your connection, then press Run again.")
    (page.folder / "core").symlink_to(pyodide_core())
    page.run(3)
    expect(page.output(3)).to_have_text("3\n")


def test_a_file_that_the_site_lacks_is_named(desk: OpenDesk) -> None:
    page = desk(COUNT)
    (wheel,) = page.folder.glob("_static/live/*.whl")
    wheel.unlink()
    page.run(3, f"The file {wheel.name} of this site could not be loaded.")


def test_a_page_opened_as_a_file_says_why_nothing_runs(desk: OpenDesk) -> None:
    page = desk(COUNT, as_file=True)
    page.run(1, "A page opened as a file may not start Python. Serve the site (make serve)")


def test_reset_brings_back_the_books_cell(desk: OpenDesk) -> None:
    page = desk([Code("print('book')", stored="stored\n")])
    expect(page.button("Reset", 1)).to_be_hidden()
    page.write(1, "print('reader')")
    page.run(1)
    expect(page.output(1)).to_have_text("reader\n")
    page.button("Reset", 1).click()
    expect(page.editor(1)).to_be_hidden()
    expect(page.page.locator("pre", has_text="print('book')")).to_be_visible()
    expect(page.page.get_by_text("stored")).to_be_visible()
    expect(page.button("Reset", 1)).to_be_hidden()
    expect(page.button("Edit", 1)).to_be_focused()
    page.run(1)
    expect(page.output(1)).to_have_text("book\n")


def test_everything_can_be_done_with_the_keyboard(desk: OpenDesk) -> None:
    page = desk([Code("x = 1"), Code("x")])
    keys = page.page.keyboard
    page.button("Edit", 1).focus()
    keys.press("Enter")
    expect(page.editor(1)).to_be_focused()
    keys.press("Control+A")
    keys.type("for x in range(3):\nx\nx")
    assert page.editor(1).input_value() == "for x in range(3):\n    x\n    x"
    keys.press("Control+Z")
    assert page.editor(1).input_value() != "for x in range(3):\n    x\n    x"
    page.editor(1).fill("x = [")
    keys.press("Tab")
    keys.type("2]")
    assert page.editor(1).input_value() == "x = [    2]"
    keys.press("Shift+Enter")
    expect(page.status(1)).to_contain_text("Done in", timeout=SLOW)
    expect(page.editor(1)).to_be_focused()
    keys.press("Escape")
    expect(page.button("Run", 1)).to_be_focused()
    expect(page.editor(1)).to_be_visible()  # what will run is what one sees
    keys.press("Tab")
    expect(page.button("Edit", 1)).to_be_focused()
    page.button("Run", 2).focus()
    keys.press("Enter")
    expect(page.output(2)).to_have_text("[2]\n", timeout=SLOW)
    expect(page.button("Run", 2)).to_be_focused()
    page.button("Edit", 2).focus()
    keys.press("Enter")
    keys.press("Escape")
    expect(page.editor(2)).to_be_hidden()  # nothing was changed


def test_focus_stays_in_its_place_while_a_cell_runs(desk: OpenDesk) -> None:
    page = desk([Code("while True: pass")])
    page.button("Run", 1).focus()
    page.page.keyboard.press("Enter")
    expect(page.button("Stop", 1)).to_be_focused(timeout=SLOW)
    expect(page.status(1)).to_have_text("Running …", timeout=SLOW)
    page.page.keyboard.press("Enter")
    expect(page.button("Run", 1)).to_be_focused()
    expect(page.status(1)).to_contain_text("Stopped.")


# --- a page of the book -----------------------------------------------------------------------

CHAPTER = "chapters/11-convolution.html"


@contextmanager
def chapter(
    browser: Browser, address: str, *, dark: bool = False, width: int = 1280
) -> Iterator[Desk]:
    """Open a chapter of the built site; the network's place is taken by the core of Pyodide."""
    if not (SITE / CHAPTER).is_file():
        pytest.fail(f"no site in {SITE}: run `make book` first")
    core = pyodide_core()

    def network(route: Route) -> None:
        file = core / route.request.url.removeprefix(ADDRESS)
        if not route.request.url.startswith(ADDRESS) or not file.is_file():
            route.fulfill(status=404, headers={"access-control-allow-origin": "*"})
            return
        kind = TYPES.get(file.suffix, "application/octet-stream")
        headers = {"access-control-allow-origin": "*", "content-type": kind}
        route.fulfill(body=file.read_bytes(), headers=headers)

    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    context.route(lambda url: not url.startswith(address), network)
    desk = Desk(context.new_page(), SITE)
    desk.page.goto(address + CHAPTER)
    yield desk
    context.close()


def test_a_chapter_runs_with_the_books_own_package(browser: Browser, address: str) -> None:
    with chapter(browser, address) as page:
        page.page.wait_for_load_state("networkidle")
        ours = [url for url in page.asked if "/live/" in url or not url.startswith(address)]
        names = sorted(url.rpartition("/")[2].partition("?")[0] for url in ours)
        assert names == ["buttons.js", "live.css"]
        stored = page.page.locator(".tag_live .cell_output:not(.live-output) pre").first
        text = stored.text_content()
        page.run(1)
        expect(stored).to_be_hidden()
        assert (page.output(1).text_content() or "").split() == (text or "").split()
        page.run(2, "The package numpy could not be loaded from cdn.jsdelivr.net.")
        page.write(1, "import dlbook\nprint(dlbook.__version__)")
        page.run(1)
        expect(page.output(1)).to_have_text(f"{dlbook.__version__}\n")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_open_cell_is_accessible(browser: Browser, address: str, dark: bool) -> None:
    with chapter(browser, address, dark=dark) as page:
        page.write(1, f"print('long ' * 100)\n{'x' * 200} = 1\nimport sys\n1 / 0")
        page.run(1, "An error was raised")
        expect(page.button("Reset", 1)).to_be_visible()
        assert Visit(page.page, address).violations() == []


def test_an_open_cell_fits_on_a_phone(browser: Browser, address: str) -> None:
    with chapter(browser, address, width=320) as page:
        page.write(1, f"print('long ' * 100)\n{'x' * 200} = 1")
        page.run(1)
        assert page.page.evaluate("document.documentElement.scrollWidth") <= 320
