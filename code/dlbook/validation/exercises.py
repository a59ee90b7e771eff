"""Rules on exercises: each has a hint, a self-check and a hidden solution that passes it.

An exercise is a directive in a Markdown cell, followed by a code cell tagged ``exercise``; the
solutions stand together under the heading "Solutions", each between ``solution-start`` and
``solution-end``, with code cells tagged ``solution``.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from dlbook.validation.chapter import Chapter, output_text
from dlbook.validation.names import python_tree
from dlbook.validation.tags import cell_tags

__all__ = ["FEWEST_EXERCISES", "exercises_complete", "solutions_at_the_end"]

#: Exercises a chapter has at least.
FEWEST_EXERCISES = 8

_OPENING = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{(?P<kind>exercise|solution-start|solution-end)\}(?P<argument>.*)$"
)
_LABEL = re.compile(r"^:label:\s*(\S+)\s*$", re.MULTILINE)
_HINT = re.compile(
    r"^(?::{3,}|`{3,})\{admonition\}\s+Hint\b.*\n(?::.*\n)*?:class:.*\bdropdown\b", re.MULTILINE
)


@dataclass
class _Block:
    """An exercise or a solution: its directive and the code cells that follow it."""

    label: str
    text: str
    position: int
    cells: list[NotebookNode] = field(default_factory=list)
    closed: bool = False


def exercises_complete(chapter: Chapter) -> list[str]:
    """Every exercise has a label, a hint, a cell to answer in, and a solution that is correct."""
    exercises, solutions = _blocks(chapter)
    problems = []
    if len(exercises) < FEWEST_EXERCISES:
        problems.append(f"expected at least {FEWEST_EXERCISES} exercises, got {len(exercises)}")
    labels = [block.label for block in exercises]
    problems += [f"{label}: two exercises share this label" for label in _repeated(labels)]
    for block in exercises:
        problems += [f"{block.label}: {problem}" for problem in _in_exercise(block, chapter)]
        mine = [solution for solution in solutions if solution.label == block.label]
        if len(mine) != 1:
            problems.append(f"{block.label}: expected one solution, got {len(mine)}")
        problems += [f"{block.label}: {p}" for solution in mine for p in _in_solution(solution)]
    strays = [block.label for block in solutions if block.label not in labels]
    problems += [f"{label}: a solution without an exercise" for label in strays]
    return problems + _stray_cells(chapter, exercises, solutions)


def solutions_at_the_end(chapter: Chapter) -> list[str]:
    """Solutions stand together below "## Solutions", after every exercise, and nowhere else."""
    exercises, solutions = _blocks(chapter)
    if not solutions:
        return []
    cells = chapter.notebook["cells"]
    headings = [
        position
        for position, cell in enumerate(cells)
        if cell["cell_type"] == "markdown"
        and re.search(r"^##+ Solutions\s*$", cell["source"], re.MULTILINE)
    ]
    if len(headings) != 1:
        return [f"expected one heading '## Solutions', got {len(headings)}"]
    late = [block.label for block in exercises if block.position > headings[0]]
    early = [block.label for block in solutions if block.position < headings[0]]
    problems = [f"{label}: the exercise stands below the heading Solutions" for label in late]
    return problems + [f"{label}: the solution stands above the heading" for label in early]


def _blocks(chapter: Chapter) -> tuple[list[_Block], list[_Block]]:
    """Read exercises and solutions, each with its code cells."""
    exercises: list[_Block] = []
    solutions: list[_Block] = []
    current: _Block | None = None
    for position, cell in enumerate(chapter.notebook["cells"]):
        if cell["cell_type"] == "code":
            if current is not None and not current.closed:
                current.cells.append(cell)
            continue
        lines = cell["source"].splitlines()
        for number, line in enumerate(lines):
            if line.startswith("#"):
                current = None
            opening = _OPENING.match(line)
            if opening is None:
                continue
            text = _body(lines[number + 1 :], opening["fence"])
            if opening["kind"] == "exercise":
                label = _LABEL.search(text)
                current = _Block(label[1] if label else opening["argument"].strip(), text, position)
                exercises.append(current)
            elif opening["kind"] == "solution-start":
                current = _Block(opening["argument"].strip(), text, position)
                solutions.append(current)
            elif current is not None:
                current.closed = True
                current = None
    return exercises, solutions


def _body(lines: list[str], fence: str) -> str:
    """Return the lines of a directive up to the fence that closes it."""
    for number, line in enumerate(lines):
        if line.rstrip() == fence:
            return "\n".join(lines[:number]) + "\n"
    return "\n".join(lines) + "\n"


def _in_exercise(block: _Block, chapter: Chapter) -> list[str]:
    problems = []
    wanted = f"ex-{chapter.name[:2]}-"
    if not re.fullmatch(re.escape(wanted) + r"[a-z0-9]+(-[a-z0-9]+)*", block.label):
        problems.append(f"expected a label of the form {wanted}slug")
    if not _HINT.search(block.text):
        problems.append("no hint (an admonition 'Hint' of the class dropdown within the exercise)")
    cells = [cell for cell in block.cells if "exercise" in cell_tags(cell)]
    if len(cells) != 1:
        return [*problems, f"expected one code cell tagged exercise, got {len(cells)}"]
    if _checked(cells[0]) != [_name(block)]:
        problems.append(f'expected one call of check("{_name(block)}", …) in its cell')
    if not output_text(cells[0]).startswith("Not answered yet"):
        problems.append("expected its cell's output to begin with 'Not answered yet'")
    return problems


def _in_solution(block: _Block) -> list[str]:
    problems = []
    if not block.closed:
        problems.append("no solution-end behind its solution-start")
    if not re.search(r"^:class:.*\bdropdown\b", block.text, re.MULTILINE):
        problems.append("expected the solution to be hidden (:class: dropdown)")
    cells = [cell for cell in block.cells if "solution" in cell_tags(cell)]
    if not cells:
        return [*problems, "no code cell tagged solution"]
    if [name for cell in cells for name in _checked(cell)] != [_name(block)]:
        problems.append(f'expected one call of check("{_name(block)}", …) in the solution')
    said = "".join(output_text(cell) for cell in cells if _checked(cell))
    if not re.search(r"^Correct", said, re.MULTILINE):
        problems.append(
            f"expected the solution's check to say 'Correct', got {said.strip()[:60]!r}"
        )
    return problems


def _stray_cells(chapter: Chapter, exercises: list[_Block], solutions: list[_Block]) -> list[str]:
    """Find tagged cells that no exercise or solution claims."""
    problems = []
    for tag, blocks in (("exercise", exercises), ("solution", solutions)):
        claimed = [id(cell) for block in blocks for cell in block.cells]
        for number, cell in enumerate(chapter.code):
            if tag in cell_tags(cell) and id(cell) not in claimed:
                problems.append(f"cell {number} is tagged {tag}, but belongs to none")
    return problems


def _checked(cell: NotebookNode) -> list[str]:
    """Return the names of the exercises which a cell's code checks."""
    names = []
    for node in ast.walk(python_tree(cell["source"])):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        first = node.args[0]
        if called == "check" and isinstance(first, ast.Constant):
            names.append(str(first.value))
    return names


def _name(block: _Block) -> str:
    return block.label.removeprefix("ex-")


def _repeated(labels: list[str]) -> list[str]:
    return sorted({label for label in labels if labels.count(label) > 1})
