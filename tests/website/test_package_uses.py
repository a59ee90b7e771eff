"""Chapters and the package's pages: who uses what, who teaches what, and links both ways."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
import pytest

from .pages import Page, read_site

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import package_uses  # noqa: E402
import taught_in  # noqa: E402

PUBLIC = {"dlbook.engine.Tensor", "dlbook.engine.nn.Linear", "dlbook.models.numpy.mlp.MLP"}


@pytest.mark.parametrize(
    ("cells", "used"),
    [
        (["from dlbook.engine import Tensor"], ["dlbook.engine.Tensor"]),
        (["from dlbook.engine import nn", "nn.Linear(2, 3)"], ["dlbook.engine.nn.Linear"]),
        (["import dlbook.engine as e\ne.nn.Linear(2, 3)(e.Tensor(x))"], sorted(PUBLIC)[1::-1]),
        (["import dlbook.engine\ndlbook.engine.nn.Linear(2, 3)"], ["dlbook.engine.nn.Linear"]),
        (["from dlbook.models.numpy.mlp import MLP as Net"], ["dlbook.models.numpy.mlp.MLP"]),
        (["from dlbook.engine import nn", "from torch import nn", "nn.Linear(2, 3)"], []),
        (["from dlbook.engine import nn", "nn = other", "nn.Linear(2, 3)"], []),
        (["from dlbook.engine import nn", "nn = nn.Linear(2, 3)"], ["dlbook.engine.nn.Linear"]),
        (["from dlbook.engine import nn", "def nn(): ...", "nn.Linear"], []),
        (["from dlbook.engine import nn", "def f():\n    return nn.Linear"], [sorted(PUBLIC)[1]]),
        (["%matplotlib inline\nfrom dlbook.engine import Tensor"], ["dlbook.engine.Tensor"]),
        (["Tensor = 1\nprint('dlbook.engine.Tensor')"], []),
    ],
)
def test_names_are_followed_through_the_cells(cells: list[str], used: list[str]) -> None:
    assert package_uses.names_used(cells, PUBLIC) == used


@pytest.mark.parametrize(
    ("name", "origin", "chapter"),
    [
        ("dlbook.engine.nn.Linear", "dlbook.engine.nn.layers", 5),
        ("dlbook.engine.nn.LSTM", "dlbook.engine.nn.recurrent", 18),
        ("dlbook.engine.nn.RNN", "dlbook.engine.nn.recurrent", 17),
        ("dlbook.engine.init.orthogonal", "dlbook.engine.init", 17),  # the longest key
        ("dlbook.engine.init.he_normal", "dlbook.engine.init", 9),
        ("dlbook.models.keras.mlp.MLP", "dlbook.models.keras.mlp", 5),
        ("dlbook.data.digits", "dlbook.data.handwriting", None),
    ],
)
def test_a_chapter_can_be_named_for_a_name_or_a_file(
    name: str, origin: str, chapter: int | None
) -> None:
    assert taught_in.explained_in(name, origin) == chapter


@pytest.fixture(scope="module")
def uses() -> taught_in.Uses:
    pages = (p.relative_to(ROOT).with_suffix("") for p in (ROOT / "chapters").glob("*.*"))
    return taught_in.Uses(ROOT, {page.as_posix() for page in pages})


def test_every_key_names_something(uses: taught_in.Uses) -> None:
    places = {taught_in.without_library(n) for pair in uses.public.items() for n in pair}
    idle = [key for key in taught_in.TEACHES if not any(p.startswith(key) for p in places)]
    assert idle == []


def test_whatever_chapters_use_is_taught_by_one_of_them(uses: taught_in.Uses) -> None:
    used = [name for name in uses.public if uses.of(name)]
    assert len(used) > 200
    assert [name for name in used if uses.taught(name) is None] == []


def test_a_model_is_taught_in_the_same_chapter_in_every_library(uses: taught_in.Uses) -> None:
    models = [name for name in uses.public if ".models.numpy." in name]
    for name in models:
        others = [name.replace(".numpy.", f".{library}.") for library in ("pytorch", "keras")]
        chapters = {uses.taught(other) for other in [name, *others] if other in uses.public}
        assert len(chapters) == 1, name


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, Page]:
    return {path.name: page for path, page in read_site(site).items()}


def entry(page: Page, name: str) -> str:
    """The text between a name's heading and the next one's."""
    parts = page.text.split(f'id="{name}">', 1)[1]
    return parts.split('<dt class="sig', 1)[0]


def test_an_entry_says_which_chapters_teach_and_use_it(pages: dict[str, Page]) -> None:
    text = entry(pages["api-optim.html"], "dlbook.engine.optim.Adam")
    line = re.search(r'<p class="taught-in">(.*?)</p>', text, re.DOTALL)
    assert line
    links = re.findall(r'href="([\w-]+)\.html"', line[1])
    assert links[0] == "08-optimizers"
    assert "01-what-is-deep-learning" in links[1:]
    words = " ".join(re.sub(r"<[^>]+>", "", line[1]).split())
    assert re.fullmatch(r"Taught in chapter 8; used in chapters \d+(, \d+)* and \d+\.", words)


def test_every_name_that_a_chapter_uses_has_the_line(
    pages: dict[str, Page], uses: taught_in.Uses
) -> None:
    text = "".join(page.text for name, page in pages.items() if name.startswith("api"))
    lacking = [
        name
        for name in uses.public
        if uses.of(name) and "taught-in" not in text.split(f'id="{name}">', 1)[1].split("</dd>")[0]
    ]
    assert lacking == []


def test_every_chapter_lists_what_it_uses(pages: dict[str, Page], uses: taught_in.Uses) -> None:
    for chapter, names in uses.names.items():
        page = pages[f"{Path(chapter).name}.html"]
        assert names
        section = page.text.split('<section id="the-package-in-this-chapter"', 1)[1]
        linked = re.findall(
            r'href="[\w-]+\.html#(dlbook[\w.]+)"', section.split("</section>", 1)[0]
        )
        assert sorted(linked) == sorted(names), chapter


def test_the_list_stands_before_the_solutions(pages: dict[str, Page]) -> None:
    text = pages["05-perceptron-to-mlp.html"].text
    place = text.index('<section id="the-package-in-this-chapter"')
    assert text.index('<section id="summary"') < place < text.index('<section id="solutions"')


def test_the_sample_uses_nothing_and_lists_nothing(pages: dict[str, Page]) -> None:
    assert "the-package-in-this-chapter" not in pages["99-sample.html"].text


def test_uses_are_read_from_a_book_of_any_size(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell("from dlbook.errors import ShapeError")]
    (tmp_path / "chapters").mkdir()
    nbformat.write(notebook, tmp_path / "chapters/07-x.ipynb")
    (tmp_path / "chapters/api-errors.md").write_text("% api: dlbook.errors\n")
    found = taught_in.Uses(tmp_path, {"chapters/07-x", "chapters/api-errors"})
    assert found.of("dlbook.errors.ShapeError") == [7]
    assert found.taught("dlbook.errors.ShapeError") == 7
    assert found.taught("dlbook.errors.DataError") is None
