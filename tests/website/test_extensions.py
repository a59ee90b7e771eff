"""The Sphinx extensions, piece by piece."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from docutils import nodes

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "_ext"))

import library_tabs  # noqa: E402
import mathematics  # noqa: E402
import repository  # noqa: E402

ADDRESS = "https://github.com/owner/name"


@pytest.mark.parametrize("url", [ADDRESS, f"{ADDRESS}/", f"{ADDRESS}.git", f" {ADDRESS}\n"])
def test_address_is_normalised(url: str) -> None:
    assert repository.normalise(url) == ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "owner/name",
        "http://github.com/owner/name",
        "https://github.com/owner",
        f"{ADDRESS}/tree/x",
        "https://github.com.evil.example/owner/name",
        f'{ADDRESS}"',
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected URL=https://github.*OWNER/NAME, got"):
        repository.normalise(url)


def test_the_environment_comes_before_the_configuration() -> None:
    environment = {"GITHUB_REPOSITORY": "reader/fork"}
    assert repository.find_address(ADDRESS, environment) == "https://github.com/reader/fork"
    assert repository.find_address(ADDRESS, {}) == ADDRESS
    assert repository.find_address("", {}) == repository.find_address(None, {}) == ""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "_config.yml").write_text((ROOT / "_config.yml").read_text())
    (tmp_path / "chapters").mkdir()
    source = ["# Setup\n", 'REPOSITORY = ""\n', "print(REPOSITORY)\n"]
    notebook = {"cells": [{"cell_type": "code", "source": source}]}
    (tmp_path / "chapters/01.ipynb").write_text(json.dumps(notebook, indent=1))
    repository.write_address(tmp_path, "")
    return tmp_path


def test_address_is_written_to_the_configuration_and_the_notebooks(book: Path) -> None:
    before = (book / "chapters/01.ipynb").read_text()
    assert len(repository.write_address(book, ADDRESS)) == 2
    assert f'repository:\n  url: "{ADDRESS}"\n' in (book / "_config.yml").read_text()
    cell = json.loads((book / "chapters/01.ipynb").read_text())["cells"][0]
    assert cell["source"][1] == f'REPOSITORY = "{ADDRESS}"\n'
    assert repository.write_address(book, ADDRESS) == []
    repository.write_address(book, "")
    assert (book / "chapters/01.ipynb").read_text() == before


def test_nothing_is_written_when_one_notebook_has_no_place_for_it(book: Path) -> None:
    (book / "chapters/02.ipynb").write_text('{"cells": []}')
    before = (book / "_config.yml").read_text()
    with pytest.raises(ValueError, match=r"02\.ipynb: expected exactly one line"):
        repository.write_address(book, ADDRESS)
    assert (book / "_config.yml").read_text() == before


def test_the_command_explains_a_bad_address(capsys: pytest.CaptureFixture[str]) -> None:
    assert repository.main(["owner/name"]) == 2
    assert capsys.readouterr().err.startswith("repository: expected URL=https://github.com/")


def cell(*classes: str) -> nodes.container:
    return nodes.container(nb_element="cell_code", classes=["cell", *classes])


def test_a_run_of_cells_becomes_one_tab_set_with_a_tab_for_each_library() -> None:
    first, second, more = cell("tag_tab-numpy"), cell("tag_tab-keras"), cell("tag_tab-numpy")
    tabs = library_tabs.tab_set([first, second, more])
    labels = [label["sync_id"] for label in tabs.findall(nodes.rubric)]
    assert labels == ["numpy", "keras"]
    assert tabs.children[0].children[1].children == [first, more]


def test_an_unknown_library_is_an_error() -> None:
    with pytest.raises(ValueError, match="tab-kears: expected one of numpy, pytorch, keras"):
        library_tabs.library_of(cell("tag_tab-kears"))
    assert library_tabs.library_of(cell("tag_exercise")) is None
    assert library_tabs.library_of(nodes.container(classes=["tag_tab-numpy"])) is None


@pytest.mark.parametrize(
    ("text", "nowrap", "expected"),
    [
        ("a = b", False, "a = b"),
        (r"a \\ b", False, r"\begin{split}a \\ b\end{split}"),
        ("a\n\nb", False, r"\begin{aligned}a \\ b\end{aligned}"),
        (r"\begin{align}a\end{align}", True, r"\begin{align*}a\end{align*}"),
        (r"\begin{gather*}a\end{gather*}", True, r"\begin{gather*}a\end{gather*}"),
        (r"\begin{aligned}a\end{aligned}", True, r"\begin{aligned}a\end{aligned}"),
    ],
)
def test_displayed_formulas_take_katex_form(text: str, nowrap: bool, expected: str) -> None:
    assert mathematics.displayed(text, nowrap=nowrap) == expected
