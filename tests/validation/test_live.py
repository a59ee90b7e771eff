"""What live cells may use, and which imports come with them."""

from __future__ import annotations

from dlbook.validation.live import LiveCell, live_cells
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook


def read(*sources: str) -> list[LiveCell]:
    """Live cells of a notebook; those that begin with ``#live`` are tagged so."""
    cells = [new_markdown_cell("# Title")]
    for source in sources:
        tags = {"tags": ["live"]} if source.startswith("#live") else {}
        cells.append(new_code_cell(source, metadata=tags))
    return live_cells(new_notebook(cells=cells))


def test_names_of_live_cells_and_imports_are_enough() -> None:
    setup = "import torch\nimport numpy as np\nfrom math import pi, tau\nfree = torch.ones(3)"
    cells = read(setup, "#live\nx = np.ones(3)", "#live\nprint(x * pi, len(x))\ndisplay(x)")
    assert [cell.problems for cell in cells] == [(), ()]
    assert [cell.imports for cell in cells] == [("import numpy as np",), ("from math import pi",)]
    assert [(cell.index, cell.number) for cell in cells] == [(2, 1), (3, 2)]
    assert cells[0].source == "#live\nx = np.ones(3)"


def test_a_function_brings_the_imports_that_it_reads() -> None:
    setup = "import torch\nimport numpy as np"
    (cell,) = read(setup, "#live\ndef f(x):\n    return np.exp(x)\ndef g(x):\n    torch.exp(x)")
    assert cell.imports == ("import numpy as np",)
    assert cell.problems == ()
    _, call = read(setup, "#live\ndef g(x):\n    torch.exp(x)", "#live\ng(1)")
    assert len(call.problems) == 1
    assert call.problems[0].startswith("'import torch': expected Python's own modules or dlbook")


def test_a_name_bound_anew_by_a_live_cell_is_free_again() -> None:
    _, last = read("x = 1", "#live\nx = 2", "#live\nx")
    assert last.problems == ()
    _, other, _ = read("import numpy as np", "#live\nnp = 1", "#live\nnp + 1", "#live\nnp")
    assert (other.problems, other.imports) == ((), ())


def test_a_call_on_a_module_changes_nothing() -> None:
    (cell,) = read("import numpy as np\nnp.set_printoptions(3)", "#live\nnp.e")
    assert cell.problems == ()


def test_parts_of_the_package_that_need_other_libraries_are_refused() -> None:
    (cell,) = read("from dlbook.models.pytorch.mlp import MLP", "#live\nMLP")
    assert cell.problems == (
        "'from dlbook.models.pytorch.mlp import MLP': this part of dlbook does not run in a "
        "browser",
    )
    (cell,) = read("from dlbook.models.numpy.mlp import MLP", "#live\nMLP")
    assert cell.problems == ()
