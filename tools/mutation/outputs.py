"""Small changes to the outputs that notebooks store, and whether validation would notice them.

A stored output is changed by one digit, or by one letter where it holds no digit, and compared
with the true one by `dlbook.validation.compare.compare`, the function that decides in every run of
``make validate``. So no notebook has to be run; `mutation.confront` shows that a run says the same.

Pictures (PNG, JPEG) are no texts and are left out: their data are asserted in cells and in tests.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from dlbook.validation.compare import compare
from dlbook.validation.dependencies import reasons_to_skip
from dlbook.validation.tags import cell_tags, code_cells, tolerance
from nbformat import NotebookNode

#: Why a change passes that moves, bends or colours something in a drawing.
COORDINATE = "a coordinate within a drawing"
_PICTURES = ("image/png", "image/jpeg")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[A-Za-z]")
_DRAWING = re.compile(r"<svg\b.*?</svg\s*>", re.IGNORECASE | re.DOTALL)
_MARKUP = re.compile(r"<(style|script)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class StoredText:
    """One text among the outputs of a cell.

    Attributes
    ----------
    notebook : pathlib.Path
    cell : int
        Number of the code cell, counted from 0 as nbval does.
    output : int
        Which of the cell's outputs.
    kind : str
        A MIME type, or the field of a stream (``text``) or of an exception (``evalue``).
    text : str
    """

    notebook: Path
    cell: int
    output: int
    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """A stored text with one character changed.

    Attributes
    ----------
    place : StoredText
    position : int
        Where in the text.
    new : str
        The new character.
    """

    place: StoredText
    position: int
    new: str

    @property
    def mutated(self) -> str:
        """The text after the change."""
        text = self.place.text
        return text[: self.position] + self.new + text[self.position + 1 :]

    def __str__(self) -> str:
        text, start = self.place.text, max(0, self.position - 25)
        around = text[start : self.position], text[self.position + 1 : self.position + 26]
        shown = f"{around[0]}[{text[self.position]}→{self.new}]{around[1]}".replace("\n", "⏎")
        return f"{self.place.notebook.stem}, cell {self.place.cell}, {self.place.kind}: {shown}"


@dataclass(frozen=True)
class Stored:
    """A notebook with what decides about its cells.

    Attributes
    ----------
    path : pathlib.Path
    cells : list of NotebookNode
        The code cells.
    skipped : list of str or None
        Why this machine cannot run a cell; None where it can.
    """

    path: Path
    cells: list[NotebookNode]
    skipped: list[str | None]

    @classmethod
    def read(cls, path: Path) -> Stored:
        """Read a notebook."""
        cells = code_cells(nbformat.read(path, as_version=4))
        return cls(path, cells, reasons_to_skip(cells))

    def texts(self) -> Iterator[StoredText]:
        """Yield every text among the stored outputs that holds a digit or a letter."""
        for number, cell in enumerate(self.cells):
            for position, output in enumerate(cell["outputs"]):
                for kind, text in _fields(output):
                    if _LETTER.search(text) or _DIGIT.search(text):
                        yield StoredText(self.path, number, position, kind, text)


def changes_of(place: StoredText) -> list[int]:
    """Return the positions that may change: digits that a reader sees, else letters.

    Tags, style sheets and scripts of HTML are no numbers of the book. What stands in drawings
    counts, coordinates included.
    """
    hidden = [m.span() for m in _MARKUP.finditer(place.text)] if "<" in place.text else []
    drawings = [m.span() for m in _DRAWING.finditer(place.text)]
    for pattern in (_DIGIT, _LETTER):
        found = [
            m.start()
            for m in pattern.finditer(place.text)
            if _within(m.start(), drawings) or not _within(m.start(), hidden)
        ]
        if found:
            return found
    return []


def draw(places: Sequence[StoredText], size: int, seed: int) -> list[Change]:
    """Draw changes: every text is as likely as any other, and so is each place within it.

    Parameters
    ----------
    places : sequence of StoredText
    size : int
        How many.
    seed : int
    """
    rng = random.Random(seed)
    possible = [(place, positions) for place in places if (positions := changes_of(place))]
    drawn = []
    for _ in range(size):
        place, positions = rng.choice(possible)
        position = rng.choice(positions)
        drawn.append(Change(place, position, _another(place.text[position], rng)))
    return drawn


def noticed(stored: Stored, change: Change) -> bool:
    """Say whether a validation run in which nothing else is wrong would report the change."""
    cell = stored.cells[change.place.cell]
    if stored.skipped[change.place.cell] is not None:
        return False
    changed = with_change(cell["outputs"], change)
    return bool(compare(changed, cell["outputs"], tolerance(cell_tags(cell))))


def why_unseen(stored: Stored, change: Change) -> str:
    """Name the rule that lets a change pass."""
    cell = stored.cells[change.place.cell]
    if stored.skipped[change.place.cell] is not None:
        return "the cell cannot be run here (tags gpu, download)"
    rtol = tolerance(cell_tags(cell))
    exact = compare(with_change(cell["outputs"], change), cell["outputs"])
    if exact and rtol is not None:
        return f"within the cell's tolerance (approx-{rtol:g})"
    if _within(change.position, [m.span() for m in _DRAWING.finditer(change.place.text)]):
        return COORDINATE
    return "no rule: look at it"


def with_change(outputs: Sequence[NotebookNode], change: Change) -> list[NotebookNode]:
    """Return a copy of a cell's outputs with one change."""
    changed = copy.deepcopy(list(outputs))
    output, kind = changed[change.place.output], change.place.kind
    if kind in ("text", "evalue"):
        output[kind] = change.mutated
    elif kind.endswith("json"):
        output["data"][kind] = json.loads(change.mutated)
    else:
        output["data"][kind] = change.mutated
    return changed


def _fields(output: NotebookNode) -> Iterator[tuple[str, str]]:
    if output["output_type"] == "stream":
        yield "text", output["text"]
    elif output["output_type"] == "error":
        yield "evalue", output["evalue"]
    else:
        for mime, value in output["data"].items():
            if mime.endswith("json"):
                continue  # a change of one character need not be JSON
            if mime not in _PICTURES:
                yield mime, _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "".join(value)


def _within(position: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)


def _another(character: str, rng: random.Random) -> str:
    alphabet = "0123456789" if character.isdigit() else "abcdefghijklmnopqrstuvwxyz"
    return rng.choice([other for other in alphabet if other != character.lower()])
