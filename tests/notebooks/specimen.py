"""A chapter as it should be, small enough to be spoilt in every way."""

from __future__ import annotations

from collections.abc import Sequence

import nbformat
from dlbook.validation.chapter import Chapter
from dlbook.validation.normalise import METADATA
from dlbook.validation.setup_cell import SETUP_TAGS, setup_cell
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ADDRESS = "https://example.org/owner/book"
ALT = "The training loss falls from 2.3 to 0.1 within ten epochs."
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAA"


def markdown(text: str) -> NotebookNode:
    return new_markdown_cell(text)


def code(
    source: str, *outputs: NotebookNode | str, tags: Sequence[str] = (), alt: str = ""
) -> NotebookNode:
    """A code cell; a `str` among the outputs is printed, `alt` describes its figure."""
    stored = [
        new_output("stream", name="stdout", text=output) if isinstance(output, str) else output
        for output in outputs
    ]
    cell = new_code_cell(source, outputs=stored)
    if tags:
        cell["metadata"]["tags"] = list(tags)
    if alt:
        cell["metadata"]["mystnb"] = {"image": {"alt": alt}}
    return cell


def figure() -> NotebookNode:
    return new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"})


def html(text: str) -> NotebookNode:
    return new_output("display_data", data={"text/html": text, "text/plain": "HTML"})


def exercise(
    slug: str, *, text: str = "", tags: Sequence[str] = ("exercise",)
) -> list[NotebookNode]:
    text = text or (
        f"::::{{exercise}} Count\n:label: ex-02-{slug}\n\nHow many?\n\n"
        ":::{admonition} Hint\n:class: dropdown tip\nCount them.\n:::\n::::"
    )
    answer = f'answer = ...\ncheck("02-{slug}", answer)'
    return [markdown(text), code(answer, "Not answered yet: replace `...`.\n", tags=tags)]


def solution(slug: str, said: str = "Correct. There are two.\n") -> list[NotebookNode]:
    return [
        markdown(f":::{{solution-start}} ex-02-{slug}\n:class: dropdown\n:::"),
        code(f'answer = 2\ncheck("02-{slug}", answer)', said, tags=["solution"]),
        markdown(":::{solution-end}\n:::"),
    ]


SLUGS = [f"count-{number}" for number in range(8)]


def cells() -> list[NotebookNode]:
    """Cells of a chapter without a fault, not yet numbered."""
    exercises = [cell for slug in SLUGS for cell in exercise(slug)]
    solutions = [cell for slug in SLUGS for cell in solution(slug)]
    return [
        markdown("# Tensors"),
        code(setup_cell(ADDRESS), tags=SETUP_TAGS),
        markdown(":::{admonition} What you will be able to do\n:class: objectives\n- count\n:::"),
        markdown("## Counting"),
        code("print(1 + 1)", "2\n"),
        code("plots.loss(history);", figure(), alt=ALT),
        code('quiz("02-counting")', html("<form>?</form>"), tags=["remove-input"]),
        markdown("## Exercises"),
        *exercises,
        markdown("## Summary\n\nWe counted."),
        markdown("## Solutions"),
        *solutions,
    ]


def notebook(cells: list[NotebookNode]) -> NotebookNode:
    """Put cells into a notebook, numbered in the order of their run."""
    made = new_notebook(cells=cells)
    made["metadata"] = nbformat.from_dict(METADATA)
    count = 0
    for cell in made["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
    return made


def chapter(cells: list[NotebookNode], size: int = 10_000) -> Chapter:
    return Chapter("02-tensors", notebook(cells), size, ADDRESS)
