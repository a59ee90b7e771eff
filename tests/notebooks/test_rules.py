"""Each rule on chapters holds for a good chapter and finds what is wrong with a spoilt one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from dlbook.validation.chapter import Chapter, toc_problems
from dlbook.validation.rules import RULES, rules_for
from nbformat import NotebookNode
from nbformat.v4 import new_output

from notebooks import specimen
from notebooks.specimen import ALT, chapter, code, exercise, figure, html, markdown, solution

Cells = list[NotebookNode]


def problems_of(rule: str, change: Callable[[Cells], object]) -> list[str]:
    """Spoil the cells of a good chapter and apply a rule."""
    cells = specimen.cells()
    change(cells)
    return RULES[rule](chapter(cells))


def put(*new: NotebookNode, at: int = 4) -> Callable[[Cells], object]:
    """Insert cells behind the first heading."""

    def change(cells: Cells) -> None:
        cells[at:at] = new

    return change


def replace(old: str, new: str, *, kind: str = "source") -> Callable[[Cells], object]:
    """Replace text where it first occurs, in the cells' sources or their printed outputs."""

    def change(cells: Cells) -> None:
        for cell in cells:
            places = [cell] if kind == "source" else cell.get("outputs", [])
            for place in places:
                if old in place.get(kind, ""):
                    place[kind] = place[kind].replace(old, new, 1)
                    return
        raise AssertionError(f"the specimen does not hold {old!r}")

    return change


def drop(text: str) -> Callable[[Cells], object]:
    """Leave out the first cell which holds a text."""

    def change(cells: Cells) -> None:
        cells.remove(next(cell for cell in cells if text in cell["source"]))

    return change


def retag(text: str, *tags: str) -> Callable[[Cells], object]:
    """Give the first cell which holds a text other tags."""

    def change(cells: Cells) -> None:
        found = next(cell for cell in cells if text in cell["source"])
        found["metadata"]["tags"] = list(tags)

    return change


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=["File /opt/x.py"])
STDERR = new_output("stream", name="stderr", text="careful\n")
TWICE = [code("a()", figure(), alt=ALT)]
NO_LABEL = "::::{exercise} Count\n\n:::{admonition} Hint\n:class: dropdown tip\nCount.\n:::\n::::"
HINT_OUTSIDE = (
    ":::{exercise} Count\n:label: ex-02-count-0\n:::\n\n"
    ":::{admonition} Hint\n:class: dropdown tip\nCount.\n:::"
)
BOUND_ANEW = [
    code("h = 1", tags=["live"]),
    code("h = 2"),
    code("h", tags=["live"]),
]
CHANGED = [
    code("h = []", tags=["live"]),
    code("h.append(2)"),
    code("h", tags=["live"]),
]
THROUGH_A_FUNCTION = [
    code("h = 1"),
    code("def f():\n    return h", tags=["live"]),
    code("f()", tags=["live"]),
]
PATHS = ["/srv/book/x.py", "/var/x", "/home/ada/x", "/tmp/x", "/Users/ada/x", "C:\\Users\\ada"]

SPOILT = {
    "outputs_present": [
        (put(code("print(1)")), "says something, but no output"),
        (put(code("x = 1\nquiz('02-a')", tags=["remove-input"])), "says something"),
    ],
    "no_errors": [
        (put(code("f()", ERROR)), "stores ValueError: no"),
        (put(code("f()", tags=["raises-exception"])), "but stores none"),
    ],
    "no_stderr": [(put(code("f()", STDERR)), "stores stderr: careful")],
    "alt_texts": [
        (put(code("f()", figure())), "expected at least 30 characters"),
        (put(code("f()", figure(), alt="A plot.")), "got 'A plot.'"),
        (put(*TWICE), "an earlier figure has the same alt text"),
        (put(code("f()", figure(), figure(), alt=ALT + "!")), "2 figures share one alt text"),
        (put(code("f()", html("<svg><path/></svg>"))), "neither <title> nor aria-label"),
        (put(markdown("![](map.png)")), "too short an alt text"),
    ],
    "no_machine_paths": [
        *((put(code("f()", f"saved to {path}\n")), "holds") for path in PATHS),
        (put(code(f"open({PATHS[0]!r})")), "holds '/srv/book/x.py'"),
        (put(markdown("Look into `/tmp/x`.")), "holds '/tmp/x`.'"),
        (put(code("f()", "lib/python3/site-packages/a.py:3\n")), "site-packages"),
        (put(code("f()", ERROR)), "holds '/opt/x.py'"),
        (put(code("f()", "<Generator at 0x7f07b0131290>\n")), "at 0x7f07b0131290"),
        (put(code("f()", "File ipykernel_123/4.py\n")), "ipykernel_123"),
    ],
    "opening": [
        (drop("# Tensors"), "expected the title"),
        (drop("REPOSITORY"), "expected the setup cell"),
        (replace(specimen.ADDRESS, "https://example.org/other"), "is not the one"),
        (replace("--quiet", "--user"), "is not the one"),
        (retag("REPOSITORY", "setup"), "expected the tags setup, remove-cell"),
        (put(markdown("text"), at=1), "the second cell: expected the setup cell"),
    ],
    "objectives": [
        (drop("objectives"), "no objectives box"),
        (put(markdown("## Early"), at=2), "no objectives box"),
    ],
    "summary": [
        (drop("## Summary"), "no section"),
        (replace("## Summary", "A Summary"), "no section"),
    ],
    "has_quiz": [
        (drop("quiz("), "no cell calls quiz"),
        (retag("quiz("), "not tagged remove-input"),
    ],
    "short_cells": [
        (put(code("x = 1\n" * 21)), "21 lines, allowed are 20"),
        (put(code("x = 1\n" * 41, tags=["hide-input"])), "41 lines, allowed are 40"),
        (put(code("")), "is empty"),
    ],
    "known_tags": [
        (put(code("f()", tags=["aprox"])), "unknown tag 'aprox'"),
        (put(code("f()", tags=["approx-2"])), "expected approx-<relative tolerance"),
        (put(code("f()", tags=["nbval-skip"])), "NBVAL_SKIP is not allowed"),
        (put(code("# NBVAL_IGNORE_OUTPUT\nf()")), "NBVAL_IGNORE_OUTPUT is not allowed"),
    ],
    "closed_live_cells": [
        (put(code("h = 1"), code("h + 1", tags=["live"])), "'h' comes from cell 1, which is not"),
        (put(code("h + 1", tags=["live"])), "cell 1 cannot be live: 'h' comes from no cell above"),
        (put(*BOUND_ANEW), "'h' comes from cell 2, which is not live"),
        (put(*CHANGED), "'h' comes from cell 2, which is not live"),
        (put(*THROUGH_A_FUNCTION), "'h' comes from cell 1, which is not live"),
        (put(code("import torch", tags=["live"])), "'import torch': expected Python's own modules"),
        (put(code("import torch"), code("torch.e", tags=["live"])), "'import torch': expected"),
        (
            put(code("from dlbook.models import keras as k\nk", tags=["live"])),
            "this part of dlbook does not run in a browser",
        ),
        (put(code("1", tags=["live", "remove-input"])), "the tag 'remove-input' hides its code"),
        (put(code("1", tags=["live", "gpu"])), "it is left out on some machines"),
    ],
    "exercises_complete": [
        (drop("ex-02-count-0"), "expected at least 8 exercises, got 7"),
        (put(*exercise("count-1")), "two exercises share this label"),
        (put(*exercise("x", text=NO_LABEL)), "expected a label of the form ex-02-slug"),
        (replace("ex-02-count-0", "ex-03-count-0"), "expected a label of the form ex-02-slug"),
        (replace(":class: dropdown tip", ":class: tip"), "no hint"),
        (put(*exercise("count-0", text=HINT_OUTSIDE)), "no hint"),
        (retag("answer = ..."), "expected one code cell tagged exercise, got 0"),
        (replace('check("02-count-0"', 'check("02-count-1"'), 'one call of check("02-count-0", …)'),
        (replace("Not answered yet", "Not yet", kind="text"), "begin with 'Not answered yet'"),
        (drop("{solution-start} ex-02-count-0"), "expected one solution, got 0"),
        (put(*solution("count-0"), at=-1), "expected one solution, got 2"),
        (put(*solution("other"), at=-1), "a solution without an exercise"),
        (drop("{solution-end}"), "no solution-end"),
        (replace("\n:class: dropdown\n", "\n"), "expected the solution to be hidden"),
        (drop("answer = 2"), "no code cell tagged solution"),
        (replace("answer = 2\ncheck", "answer = 2\nprint"), "in the solution"),
        (replace("Correct", "Not yet", kind="text"), "expected the solution's check to say"),
        (put(code("x = 1", tags=["exercise"])), "is tagged exercise, but belongs to none"),
        (put(code("x = 1", tags=["solution"])), "is tagged solution, but belongs to none"),
    ],
    "solutions_at_the_end": [
        (drop("## Solutions"), "expected one heading '## Solutions', got 0"),
        (put(*solution("count-0")), "the solution stands above the heading"),
        (put(*exercise("late"), at=100), "the exercise stands below the heading"),
    ],
}
CASES = [(rule, *case) for rule, cases in SPOILT.items() for case in cases]


@pytest.mark.parametrize("rule", RULES)
def test_a_good_chapter_obeys(rule: str) -> None:
    assert problems_of(rule, lambda _: None) == []


@pytest.mark.parametrize(
    ("rule", "change", "said"), CASES, ids=[f"{rule}-{said}" for rule, _, said in CASES]
)
def test_a_spoilt_chapter_is_found_out(
    rule: str, change: Callable[[Cells], object], said: str
) -> None:
    assert said in "\n".join(problems_of(rule, change))


def test_a_reference_obeys_the_rules_that_do_not_teach() -> None:
    reference = Chapter("cheat-sheet", chapter(specimen.cells()[:2]).notebook, 1, specimen.ADDRESS)
    assert [p for rule in rules_for("cheat-sheet").values() for p in rule(reference)] == []
    left_out = {"objectives", "summary", "has_quiz", "exercises_complete", "solutions_at_the_end"}
    assert set(rules_for("02-tensors")) - set(rules_for("cheat-sheet")) == left_out
    assert rules_for("02-tensors") == RULES


def test_every_rule_is_shown_to_find_something() -> None:
    elsewhere = {"executed_in_order", "small_enough", "plain_metadata"}
    assert set(SPOILT) | elsewhere == set(RULES)


def spoilt(change: Callable[[NotebookNode], object]) -> Chapter:
    """Spoil a notebook whose cells have their numbers."""
    good = chapter(specimen.cells())
    change(good.notebook)
    return good


def code_cell(notebook: NotebookNode, number: int) -> NotebookNode:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][number]


def test_execution_counts_run_from_one_without_gaps() -> None:
    rule = RULES["executed_in_order"]
    gap = spoilt(lambda n: code_cell(n, 2).update(execution_count=9))
    assert "cell 2 has execution count 9, expected 3" in rule(gap)
    never = spoilt(lambda n: code_cell(n, 1).update(execution_count=None))
    assert "cell 1 was never run" in rule(never)
    assert "cell 1 has outputs, but no execution count" in rule(never)
    result = new_output("execute_result", data={"text/plain": "2"}, execution_count=7)
    other = spoilt(lambda n: code_cell(n, 1).update(outputs=[result]))
    assert rule(other) == ["cell 1 has a result of another run"]


def test_optional_cells_and_their_dependents_may_be_unexecuted() -> None:
    cells = specimen.cells()
    new = [code("x = 1", tags=["gpu"]), code("print(x)"), code("y = 1", tags=["download-mnist"])]
    cells += new
    made = chapter(cells)
    for cell in new:
        cell["execution_count"] = None
    assert RULES["executed_in_order"](made) == []
    assert RULES["outputs_present"](made) == []


def test_large_files_are_refused() -> None:
    rule = RULES["small_enough"]
    assert rule(chapter(specimen.cells(), size=1_000_000)) == []
    assert rule(chapter(specimen.cells(), size=1_000_001)) != []


def test_metadata_are_those_the_runner_writes() -> None:
    rule = RULES["plain_metadata"]
    version = spoilt(lambda n: n["metadata"]["language_info"].update(version="3.11.2"))
    assert "metadata language_info" in rule(version)[0]
    kernel = spoilt(lambda n: n["metadata"]["kernelspec"].update(name="venv"))
    assert "metadata kernelspec" in rule(kernel)[0]
    editor = spoilt(lambda n: n["metadata"].update(toc={}))
    assert "metadata toc" in rule(editor)[0]
    same = spoilt(lambda n: n["cells"][2].update(id=n["cells"][3]["id"]))
    assert rule(same) == ["cells: expected an id for each, all different"]
    timing = spoilt(lambda n: n["cells"][2]["metadata"].update(execution={}))
    assert rule(timing) == ["cell 2 of all has the metadata execution"]


def test_a_chapter_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "_config.yml").write_text(f"repository:\n  url: {specimen.ADDRESS}\n")
    path = tmp_path / "02-tensors.ipynb"
    nbformat.write(specimen.notebook(specimen.cells()), path)
    read = Chapter.read(path, tmp_path)
    assert (read.name, read.repository) == ("02-tensors", specimen.ADDRESS)
    assert read.size == path.stat().st_size
    assert [problem for rule in RULES.values() for problem in rule(read)] == []


def test_the_table_of_contents_and_the_files_agree(tmp_path: Path) -> None:
    (tmp_path / "chapters").mkdir()
    for name in ("index.md", "chapters/01-a.ipynb", "chapters/glossary.md"):
        (tmp_path / name).touch()
    pages = ["chapters/01-a", "chapters/glossary"]

    def toc(*pages: str) -> list[str]:
        entries = "".join(f"      - file: {page}\n" for page in pages)
        text = f"format: jb-book\nroot: index\nparts:\n  - caption: A\n    chapters:\n{entries}"
        (tmp_path / "_toc.yml").write_text(text)
        return toc_problems(tmp_path)

    assert toc(*pages) == []
    assert toc(pages[0]) == ["chapters/glossary is not in _toc.yml"]
    assert toc(*pages, "chapters/02-b") == [
        "chapters/02-b is in _toc.yml, but there is no such file"
    ]
    assert toc(*pages, pages[0]) == ["chapters/01-a is in _toc.yml twice"]
