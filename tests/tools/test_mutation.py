"""The mistakes that `tools/mutate.py` makes, what runs them, and what it says of stored outputs."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from mutate import PACKAGE, ROOMS, room_of, sample
from mutation.concerns import Concerns, around
from mutation.confront import one_change_for_each_cell, run_changed
from mutation.judge import in_a_fork
from mutation.mistakes import make_mutant, mistakes_in
from mutation.outputs import Change, Stored, changes_of, draw, noticed, why_unseen
from nbformat.v4 import new_code_cell, new_notebook, new_output

CODE = '''
def f(x: int = 3, *, on: bool = True) -> "tuple[int, 2]":
    """Return 7."""
    if x > 0 and not on:
        raise ValueError(f"{x + 1}")
    return x ** 2, -x
'''


def mutants(folder: Path, source: str, file: str = "one.py") -> list[str]:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    made = [make_mutant(folder, file, n) for n in range(mistakes_in(folder, file))]
    for mutant in made:
        assert ast.dump(ast.parse(mutant.source)) != ast.dump(ast.parse(source))
    return [mutant.change for mutant in made]


def test_every_operator_and_number_becomes_another(tmp_path: Path) -> None:
    assert mutants(tmp_path, CODE) == [
        "True  →  False",
        "3  →  4",
        "x > 0 and (not on)  →  x > 0 or not on",
        "x > 0  →  x >= 0",
        "0  →  1",
        "not on  →  on",
        "x ** 2  →  x * 2",
        "2  →  3",
        "-x  →  x",
    ]


EXERCISES = """
def right(x):
    return helper(x) + 1
def helper(x):
    return 2 * x
def wrong(x):
    return x - 1
CASES = [(1,), (2,)]
EXERCISES = [Exercise("01-a", Function(right, cases=CASES), "So.", [Mistake(wrong, "No.")], rtol=5)]
"""


def test_wrong_answers_and_cases_of_exercises_are_left_alone(tmp_path: Path) -> None:
    found = mutants(tmp_path, EXERCISES, "checks/chapters/ch01.py")
    assert found == [
        "helper(x) + 1  →  helper(x) - 1",
        "1  →  2",
        "2 * x  →  2 / x",
        "2  →  3",
        "5  →  6",
    ]
    assert len(mutants(tmp_path, EXERCISES, "checks/one.py")) == len(found) + 4


def test_the_sample_is_the_same_again_and_as_large_in_every_room() -> None:
    names = [mutant.name for mutant in sample(19, 5)]
    assert names == [mutant.name for mutant in sample(19, 5)] != [m.name for m in sample(19, 6)]
    rooms = [room_of(name) for name in names]
    assert [rooms.count(room) for room in ROOMS] == [3, 3, 3, 2, 2, 2, 2, 2]
    assert all((PACKAGE / name.partition(":")[0]).is_file() for name in names)


def test_functions_around_a_line_come_innermost_first() -> None:
    source = (
        "a = 1\nclass A:\n    def f(\n        self, x=1\n    ):\n        return x\n\n    b = 2\n"
    )
    assert list(around(source, 4)) == [range(6, 7), range(3, 9), range(1, 9)]
    assert list(around(source, 8)) == [range(3, 9), range(1, 9)]
    assert list(around(source, 1)) == [range(1, 9)]


def test_tests_of_the_innermost_function_are_chosen_the_quickest_first() -> None:
    source = "def f():\n    return 1\ndef g():\n    return 2\n"
    lines = {"one.py": {1: set[str](), 2: {"slow", "quick", "failing"}, 4: {"other"}}}
    known = Concerns(lines, {"slow": 5.0, "quick": 0.1, "other": 1.0})
    assert known.tests("one.py", source, 2, limit=10) == ["quick", "slow"]
    assert known.tests("one.py", source, 2, limit=5) == ["quick"]
    assert known.tests("one.py", source, 3, limit=10) == ["other"]
    assert known.tests("two.py", source, 3, limit=10) == []
    unseen = Concerns({"one.py": {2: {"quick"}}}, {"quick": 0.1})
    assert unseen.tests("one.py", source, 4, limit=10) == ["quick"]


def test_a_changed_default_is_judged_by_the_tests_that_read_signatures() -> None:
    reader = "tests/models/test_same_signatures.py::test_three_libraries_one_signature[mlp]"
    known = Concerns({"models/mlp.py": {2: {"slow"}}}, {"slow": 5.0, reader: 0.1})
    source = "def f(size=3):\n    return size\n"
    assert known.tests("models/mlp.py", source, 1, limit=10) == [reader, "slow"]
    assert known.tests("models/mlp.py", source, 2, limit=10) == ["slow"]
    assert known.tests("text/mlp.py", source, 1, limit=10) == []


def broken() -> int:
    raise RuntimeError


def endless() -> int:
    while True:
        pass


@pytest.mark.parametrize(
    ("work", "status"), [(lambda: 3, 3), (broken, 70), (os.abort, None), (endless, None)]
)
def test_a_fork_tells_its_status(work: Callable[[], int], status: int | None) -> None:
    assert in_a_fork(work, 1.0) == status


# --- stored outputs -------------------------------------------------------------------------------

DRAWING = '<p class="a1">so 5</p><style>b{top:3px}</style><svg x="9"><text>7</text></svg>'


def cell(source: str, *outputs: object, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """A code cell with its outputs; a text among them is what was printed."""
    stored = [new_output("stream", text=o) if isinstance(o, str) else o for o in outputs]
    made = new_code_cell(source, outputs=stored, execution_count=1)
    made["metadata"]["tags"] = list(tags)
    return made


def html(text: str) -> nbformat.NotebookNode:
    return new_output("display_data", data={"text/html": text, "image/png": "QUJD"})


@pytest.fixture
def stored(tmp_path: Path) -> Stored:
    show = "from IPython.display import HTML, display\n"
    raw = f"{show}display({{'text/html': {DRAWING!r}, 'image/png': 'QUJD'}}, raw=True)"
    cells = [
        cell("print('loss', 0.125)", "loss 0.125\n"),
        cell("print('loss 0.50')", "loss 0.50\n", tags=("approx-0.1",)),
        cell(raw, html(DRAWING)),
        cell("print('three')", "three\n"),
        cell("print(1 / 0)", "5\n", tags=("download-nothing-of-the-kind",)),
    ]
    path = tmp_path / "one.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return Stored.read(path)


def test_digits_that_a_reader_sees_may_change_else_letters(stored: Stored) -> None:
    texts = {place.cell: place for place in stored.texts()}
    assert set(texts) == {0, 1, 2, 3, 4}
    digits = [texts[2].text[position] for position in changes_of(texts[2])]
    assert digits == ["5", "9", "7"]  # neither of the class nor of the style sheet
    assert changes_of(texts[3]) == [0, 1, 2, 3, 4]
    drawn = draw(list(texts.values()), 50, seed=1)
    assert drawn == draw(list(texts.values()), 50, seed=1) != draw(list(texts.values()), 50, seed=2)
    assert all(change.mutated != change.place.text for change in drawn)


@pytest.mark.parametrize(
    ("number", "old", "new", "seen", "why"),
    [
        (0, "5", "6", True, ""),
        (1, "0.5", "9", True, ""),
        (1, "0\n", "4", False, "within the cell's tolerance (approx-0.1)"),
        (2, "5<", "6", True, ""),
        (2, "7<", "8", True, ""),
        (2, "9", "8", False, "a coordinate within a drawing"),
        (3, "t", "q", True, ""),
        (4, "5", "6", False, "the cell cannot be run here (tags gpu, download)"),
    ],
)
def test_what_is_noticed(
    stored: Stored, number: int, old: str, new: str, seen: bool, why: str
) -> None:
    (place,) = (place for place in stored.texts() if place.cell == number)
    change = Change(place, place.text.index(old), new)
    assert noticed(stored, change) is seen
    if not seen:
        assert why_unseen(stored, change) == why


@pytest.mark.parametrize("seed", [0, 1])
def test_validation_says_what_was_foreseen(stored: Stored, seed: int) -> None:
    changes = one_change_for_each_cell(stored, seed)
    assert [change.place.cell for change in changes] == [0, 1, 2, 3, 4]
    verdicts = run_changed(stored, changes)
    assert [verdict.found for verdict in verdicts] == [verdict.foreseen for verdict in verdicts]
    assert {verdict.found for verdict in verdicts} == {True, False}
    assert verdicts[0].found
    assert not verdicts[4].found


def test_unchanged_outputs_pass(stored: Stored) -> None:
    assert run_changed(stored, []) == []
    same = [Change(place, 0, place.text[0]) for place in stored.texts()]
    assert not any(verdict.found or verdict.foreseen for verdict in run_changed(stored, same))
