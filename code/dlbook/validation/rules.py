"""What every notebook has to hold, as functions which list what is wrong.

Each rule takes a `dlbook.validation.chapter.Chapter` and returns one sentence for each problem;
`RULES` has them all, those of `dlbook.validation.exercises` included. Reference notebooks of the
back matter, whose names have no number, teach nothing step by step: `rules_for` leaves out
objectives, summary, quizzes and exercises for them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from nbformat import NotebookNode

from dlbook.errors import RangeError
from dlbook.validation.chapter import Chapter
from dlbook.validation.dependencies import may_be_unexecuted
from dlbook.validation.exercises import exercises_complete, solutions_at_the_end
from dlbook.validation.live import closed_live_cells
from dlbook.validation.names import python_tree
from dlbook.validation.normalise import METADATA
from dlbook.validation.setup_cell import SETUP_TAGS, find_setup_cell, setup_cell
from dlbook.validation.tags import cell_tags, forbidden_markers, tolerance

__all__ = ["RULES", "Rule", "rules_for"]

Rule = Callable[[Chapter], list[str]]

_LARGEST = 1_000_000  # bytes
_SHORTEST_ALT = 30  # characters
_LONGEST_CELL, _LONGEST_HIDDEN_CELL = 20, 40  # lines

_IMAGES = ("image/png", "image/jpeg", "image/svg+xml")
_SVG = re.compile(r"<svg\b[^>]*>.*?</svg\s*>", re.IGNORECASE | re.DOTALL)
_MACHINE_PATH = re.compile(
    r"(?<![\w.~-])/(?:home/\w+|Users/\w+|mnt|opt|root|srv|tmp|var|work)\b[^\s'\"]*"
    r"|\b[A-Z]:\\Users\\\w+|[^\s'\"]*\b(?:site|dist)-packages\b[^\s'\"]*"
    r"|\bipykernel_\d+|\bat 0x[0-9a-f]{6,}"
)
_TAGS = {
    *SETUP_TAGS,
    *("hide-cell", "hide-input", "hide-output", "remove-input", "remove-output"),
    *("tab-numpy", "tab-pytorch", "tab-keras", "exercise", "solution", "quiz", "interactive"),
    "live",
    *("raises-exception", "approx", "gpu", "download"),
}
_TALKATIVE = ("check", "display", "print", "quiz")


def executed_in_order(chapter: Chapter) -> list[str]:
    """Every code cell was run, in order from 1; only optional ones may never have been."""
    problems, count = [], 0
    optional = may_be_unexecuted(chapter.code)
    for number, (cell, may_lack) in enumerate(zip(chapter.code, optional, strict=True)):
        if cell["execution_count"] is None:
            if not may_lack:
                problems.append(f"cell {number} was never run")
            if cell["outputs"]:
                problems.append(f"cell {number} has outputs, but no execution count")
            continue
        count += 1
        if cell["execution_count"] != count:
            problems.append(
                f"cell {number} has execution count {cell['execution_count']}, expected {count}"
            )
        counts = {o["execution_count"] for o in cell["outputs"] if "execution_count" in o}
        if counts - {cell["execution_count"]}:
            problems.append(f"cell {number} has a result of another run")
    return problems


def outputs_present(chapter: Chapter) -> list[str]:
    """A cell which prints, checks, asks or displays has stored outputs."""
    problems = []
    for number, cell in enumerate(chapter.code):
        if cell["execution_count"] is None or cell["outputs"]:
            continue
        if any(name in _TALKATIVE for name in _called_at_top(cell)):
            problems.append(f"cell {number} says something, but no output is stored")
    return problems


def no_errors(chapter: Chapter) -> list[str]:
    """No exception is stored, except where a cell is tagged ``raises-exception``."""
    problems = []
    for number, cell in enumerate(chapter.code):
        errors = [o for o in cell["outputs"] if o["output_type"] == "error"]
        intended = "raises-exception" in cell_tags(cell)
        if errors and not intended:
            problems.append(f"cell {number} stores {errors[0]['ename']}: {errors[0]['evalue']}")
        if intended and not errors and cell["execution_count"] is not None:
            problems.append(f"cell {number} is tagged raises-exception, but stores none")
    return problems


def no_stderr(chapter: Chapter) -> list[str]:
    """Nothing written to stderr is stored."""
    return [
        f"cell {number} stores stderr: {output['text'].strip()[:80]}"
        for number, cell in enumerate(chapter.code)
        for output in cell["outputs"]
        if output.get("name") == "stderr"
    ]


def alt_texts(chapter: Chapter) -> list[str]:
    """Each figure says in words what it shows, and no two say the same."""
    problems, seen = [], set()
    for number, cell in enumerate(chapter.code):
        problems += [f"cell {number}: {problem}" for problem in _unnamed_drawings(cell)]
        pictures = sum(any(m in o.get("data", {}) for m in _IMAGES) for o in cell["outputs"])
        if not pictures:
            continue
        alt = str(cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")).strip()
        if len(alt) < _SHORTEST_ALT:
            problems.append(
                f"cell {number}: metadata mystnb.image.alt: expected at least {_SHORTEST_ALT} "
                f"characters which say what the figure shows, got {alt!r}"
            )
        elif alt in seen:
            problems.append(f"cell {number}: an earlier figure has the same alt text")
        if pictures > 1:
            problems.append(f"cell {number}: {pictures} figures share one alt text; split the cell")
        seen.add(alt)
    for cell in chapter.prose:
        for alt in re.findall(r"!\[([^\]]*)\]\(", cell["source"]):
            if len(alt.strip()) < _SHORTEST_ALT:
                problems.append(f"an image in the text has too short an alt text: {alt!r}")
    return problems


def small_enough(chapter: Chapter) -> list[str]:
    """The file has 1 MB at most."""
    if chapter.size <= _LARGEST:
        return []
    return [f"the file has {chapter.size:,} bytes, allowed are {_LARGEST:,}"]


def no_machine_paths(chapter: Chapter) -> list[str]:
    """No path or memory address of the machine the notebook was run on, in code, text, outputs."""
    problems = []
    for number, cell in enumerate(chapter.notebook["cells"]):
        texts = [cell["source"], *(t for o in cell.get("outputs", []) for t in _texts(o))]
        for text in texts:
            problems += [
                f"cell {number} of all holds {m[0]!r}" for m in _MACHINE_PATH.finditer(text)
            ]
    return problems


def plain_metadata(chapter: Chapter) -> list[str]:
    """The metadata are those which `dlbook.validation.run` writes; cells have unique ids."""
    problems = []
    metadata = {k: v for k, v in chapter.notebook["metadata"].items() if k != "mystnb"}
    if metadata != METADATA:
        wrong = sorted(k for k in {*metadata, *METADATA} if metadata.get(k) != METADATA.get(k))
        problems.append(f"metadata {', '.join(wrong)}: expected what dlbook.validation.run writes")
    ids = [cell.get("id", "") for cell in chapter.notebook["cells"]]
    if "" in ids or len(ids) != len(set(ids)):
        problems.append("cells: expected an id for each, all different")
    for number, cell in enumerate(chapter.notebook["cells"]):
        strange = sorted(set(cell["metadata"]) - {"tags", "mystnb", "editable", "slideshow"})
        if strange:
            problems.append(f"cell {number} of all has the metadata {', '.join(strange)}")
    return problems


def opening(chapter: Chapter) -> list[str]:
    """The title comes first, then the setup cell (to the letter)."""
    problems = []
    cells = chapter.notebook["cells"]
    if not cells or cells[0]["cell_type"] != "markdown" or not cells[0]["source"].startswith("# "):
        problems.append("the first cell: expected the title, '# …'")
    cell = find_setup_cell(chapter.notebook)
    if cell is None or len(cells) < 2 or cells[1] is not cell:
        problems.append("the second cell: expected the setup cell")
    elif cell["source"] != setup_cell(chapter.repository):
        problems.append(
            "the setup cell is not the one that dlbook.validation.setup_cell writes for the "
            f"address {chapter.repository!r}"
        )
    elif cell_tags(cell) != list(SETUP_TAGS):
        problems.append(f"the setup cell: expected the tags {', '.join(SETUP_TAGS)}")
    return problems


def objectives(chapter: Chapter) -> list[str]:
    """There is an objectives box before any section."""
    before_sections = "\n".join(cell["source"] for cell in chapter.prose).split("\n## ")[0]
    if re.search(r"^:class: objectives\b", before_sections, re.MULTILINE):
        return []
    return ["no objectives box (:class: objectives) before the first section"]


def summary(chapter: Chapter) -> list[str]:
    """There is a section called Summary."""
    text = "\n".join(cell["source"] for cell in chapter.prose)
    found = re.search(r"^##+ Summary\s*$", text, re.MULTILINE)
    return [] if found else ["no section '## Summary'"]


def has_quiz(chapter: Chapter) -> list[str]:
    """There is a quiz, and each is shown without its code."""
    cells = [(n, c) for n, c in enumerate(chapter.code) if "quiz" in _called_at_top(c)]
    if not cells:
        return ["no cell calls quiz(…)"]
    shown = [n for n, c in cells if not {"remove-input", "hide-input"} & set(cell_tags(c))]
    return [f"cell {n} shows a quiz and is not tagged remove-input" for n in shown]


def short_cells(chapter: Chapter) -> list[str]:
    """Code cells have 20 lines at most; 40 where the page hides the code."""
    problems = []
    for number, cell in enumerate(chapter.code):
        hidden = {"hide-input", "remove-input", "hide-cell", "remove-cell"} & set(cell_tags(cell))
        limit = _LONGEST_HIDDEN_CELL if hidden else _LONGEST_CELL
        lines = len(cell["source"].splitlines())
        if lines == 0:
            problems.append(f"cell {number} is empty")
        if lines > limit:
            problems.append(f"cell {number} has {lines} lines, allowed are {limit}")
    return problems


def known_tags(chapter: Chapter) -> list[str]:
    """Tags are spelt right, tolerances are numbers, and nothing switches the checks off."""
    problems = []
    for number, cell in enumerate(chapter.code):
        for tag in cell_tags(cell):
            if tag not in _TAGS and not tag.startswith(("approx-", "download-")):
                problems.append(f"cell {number} has the unknown tag {tag!r}")
        try:
            tolerance(cell_tags(cell))
        except RangeError as error:
            problems.append(f"cell {number}: {error}")
        problems += [f"cell {number}: {m} is not allowed" for m in forbidden_markers(cell)]
    return problems


_FOR_ALL: tuple[Rule, ...] = (
    executed_in_order,
    outputs_present,
    no_errors,
    no_stderr,
    alt_texts,
    small_enough,
    no_machine_paths,
    plain_metadata,
    opening,
    short_cells,
    known_tags,
    closed_live_cells,
)
_FOR_CHAPTERS: tuple[Rule, ...] = (
    objectives,
    summary,
    has_quiz,
    exercises_complete,
    solutions_at_the_end,
)

#: Every rule, by the name under which a test reports it.
RULES: dict[str, Rule] = {rule.__name__: rule for rule in (*_FOR_ALL, *_FOR_CHAPTERS)}


def rules_for(name: str) -> dict[str, Rule]:
    """Choose the rules that a notebook has to obey.

    Parameters
    ----------
    name : str
        Its file name: ``02-tensors`` is a chapter, ``cheat-sheet`` is a reference.

    Returns
    -------
    dict of str to rule
        All of `RULES` for a chapter; for a reference those which hold for any notebook.
    """
    if re.match(r"\d", name):
        return RULES
    return {rule.__name__: rule for rule in _FOR_ALL}


def _called_at_top(cell: NotebookNode) -> Iterator[str]:
    """Yield the names of functions which the cell's own statements call."""
    for statement in python_tree(cell["source"]).body:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name | ast.Attribute):
            yield call.func.id if isinstance(call.func, ast.Name) else call.func.attr


def _unnamed_drawings(cell: NotebookNode) -> list[str]:
    """Find drawings within HTML that a screen reader could not announce."""
    html = "".join(o.get("data", {}).get("text/html", "") for o in cell["outputs"])
    named = re.compile(r"<title\b|\baria-label(?:ledby)?=|\baria-hidden=\"true\"", re.IGNORECASE)
    unnamed = [svg for svg in _SVG.findall(html) if not named.search(svg)]
    return [f"{len(unnamed)} drawings have neither <title> nor aria-label"] if unnamed else []


def _texts(output: NotebookNode) -> Iterator[str]:
    yield str(output.get("text", ""))
    yield from (str(line) for line in output.get("traceback", []))
    yield str(output.get("evalue", ""))
    data = output.get("data", {})
    yield from (str(v) for mime, v in data.items() if mime not in ("image/png", "image/jpeg"))
