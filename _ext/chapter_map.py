"""The map of the chapters: a drawing and a table from one list.

The front page holds the list, one entry for each chapter with the numbers of those to read first
and what the reader will be able to do::

    ```{chapter-map}
    01 : train a network on real handwriting
    02 < 01 : predict the shape of any operation
    ```

Titles and parts come from the book itself. Pointing at a chapter in the drawing, or reaching it by
keyboard, leaves lit what leads there.
"""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from chapter_layout import Cell, arrange, between, direct
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sphinx.application import Sphinx

BLOCK = re.compile(r"^```\{chapter-map\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"(\d\d)(?: < (\d\d(?: \d\d)*))? : (\S.*)")
BOX = (124, 82)  # units of the drawing, about pixels
GAPS = {"right": (20, 14), "down": (40, 30)}
LINE = 15  # characters of a title on one line


@dataclass(frozen=True)
class Chapter:
    """A chapter on the map.

    Attributes
    ----------
    number : int
    page : str
        The path of its source, without the ending.
    part : int
        Which part of the book it belongs to, from 1.
    needs : tuple of int
        The chapters to read first.
    aim : str
        What the reader will be able to do.
    """

    number: int
    page: str
    part: int
    needs: tuple[int, ...]
    aim: str


def read(text: str, contents: Mapping[str, Any]) -> list[Chapter]:
    """Read the list of chapters.

    Parameters
    ----------
    text : str
        The entries, one a line; lines that are set in continue the one above.
    contents : mapping
        The table of contents, as ``_toc.yml`` has it.

    Raises
    ------
    ValueError
        If an entry cannot be read, if its chapter is not in the table of contents or not in its
        order, or if it needs a chapter which comes later.
    """
    places = {}
    for part, section in enumerate(contents["parts"], start=1):
        for chapter in section["chapters"]:
            if number := re.match(r"(\d+)-", Path(chapter["file"]).name):
                places[int(number[1])] = (chapter["file"], part)
    found = []
    for line in re.sub(r"\n +", " ", text.strip()).splitlines():
        entry = ENTRY.fullmatch(line)
        if entry is None:
            raise ValueError(f"expected an entry of the form '02 < 01 : aim', got {line!r}")
        number, needs = int(entry[1]), tuple(map(int, (entry[2] or "").split()))
        if late := [need for need in needs if need >= number]:
            raise ValueError(f"chapter {number} needs chapter {late[0]}, which comes later")
        if number not in places:
            raise ValueError(f"chapter {number} is not in the table of contents")
        found.append(Chapter(number, *places[number], needs, entry[3]))
    listed = [chapter.number for chapter in found]
    in_order = [number for number in places if number in listed]
    if listed != in_order:
        raise ValueError(f"expected the chapters in the order {in_order}, got {listed}")
    return found


def chapters_of(folder: Path) -> list[Chapter]:
    """Read the map on a book's front page; empty where it has none."""
    block = BLOCK.search((folder / "index.md").read_text(encoding="utf-8"))
    contents = yaml.safe_load((folder / "_toc.yml").read_text(encoding="utf-8"))
    return read(block[1], contents) if block else []


def ancestors(chapters: list[Chapter]) -> dict[int, set[int]]:
    """Return all that is to be read before each chapter, with the chapter itself."""
    before: dict[int, set[int]] = {}
    for chapter in chapters:
        before[chapter.number] = {chapter.number}.union(*(before[need] for need in chapter.needs))
    return before


def drawing(
    chapters: list[Chapter],
    titles: Mapping[int, str],
    address: Callable[[Chapter], str],
    links: Mapping[int, list[int]],
    cells: Mapping[int, Cell],
    flow: str,
) -> str:
    """Draw the map.

    Parameters
    ----------
    chapters : list of Chapter
    titles : mapping of int to str
    address : callable
        Where the link to a chapter leads.
    links, cells : mapping
        What is joined by a line, and where each chapter stands.
    flow : {"right", "down"}
        Which way one reads.
    """
    before = ancestors(chapters)
    (width, height), (gap_x, gap_y) = BOX, GAPS[flow]

    def corner(rank: float, lane: float) -> tuple[float, float]:
        across, down = (rank, lane) if flow == "right" else (lane, rank)
        return 2 + across * (width + gap_x), 2 + down * (height + gap_y)

    def lit_for(*needed: int) -> str:
        return " ".join(f"to{n}" for n in before if before[n].issuperset(needed))

    def line(need: int, child: int) -> str:
        way = [cells[need], *between(cells[need], cells[child], cells.values()), cells[child]]
        ends = []  # where the line enters and leaves each place
        for x, y in (corner(*place) for place in way):
            if flow == "right":
                ends += [(x, y + height / 2), (x + width, y + height / 2)]
            else:
                ends += [(x + width / 2, y), (x + width / 2, y + height)]
        path = f"M{ends[1][0]:g} {ends[1][1]:g}"
        for (x1, y1), (x2, y2), (x3, y3) in zip(ends[1::2], ends[2::2], ends[3::2], strict=False):
            middle = (x1 + x2) / 2, (y1 + y2) / 2
            bend = (
                (middle[0], y1, middle[0], y2)
                if flow == "right"
                else (x1, middle[1], x2, middle[1])
            )
            path += "C" + " ".join(f"{number:g}" for number in (*bend, x2, y2))
            path += f"L{x3:g} {y3:g}" if (x3, y3) != ends[-1] else ""
        return path

    shapes = [
        f'<path class="{lit_for(need, child)}" d="{line(need, child)}"/>'
        for child, needs in links.items()
        for need in needs
    ]
    for chapter in chapters:
        x, y = corner(*cells[chapter.number])
        title = titles[chapter.number]
        words = "".join(
            f'<tspan x="{x + 8:g}" y="{y + 36 + 14.5 * k:g}">{html.escape(line)}</tspan>'
            for k, line in enumerate(textwrap.wrap(title, LINE))
        )
        first = f"; read first: {', '.join(map(str, chapter.needs))}" if chapter.needs else ""
        name = html.escape(f"Chapter {chapter.number}: {title}{first}")
        shapes.append(
            f'<a href="{address(chapter)}" aria-label="{name}" '
            f'class="c{chapter.number} part{chapter.part} {lit_for(chapter.number)}">'
            f'<rect x="{x:g}" y="{y:g}" width="{width}" height="{height}" rx="7"/>'
            f'<text class="number" x="{x + 8:g}" y="{y + 19:g}">{chapter.number}</text>'
            f"<text>{words}</text></a>"
        )
    corners = [corner(*cell) for cell in cells.values()]
    right, bottom = (max(c[k] for c in corners) + BOX[k] + 2 for k in (0, 1))
    return f'<svg class="flow-{flow}" viewBox="0 0 {right:g} {bottom:g}">{"".join(shapes)}</svg>'


def picture(
    chapters: list[Chapter], titles: Mapping[int, str], address: Callable[[Chapter], str]
) -> str:
    """Return the map as HTML, drawn for wide pages and for narrower ones."""
    rules = "".join(
        f".chapter-drawing:has(.c{n}:is(:hover,:focus-visible)) :is(path,a):not(.to{n})"
        "{opacity:.15}"
        for n in titles
    )
    links = direct({chapter.number: chapter.needs for chapter in chapters})
    cells = arrange(links)
    drawings = "".join(drawing(chapters, titles, address, links, cells, flow) for flow in GAPS)
    return (
        f"<style>{rules}</style>"
        f'<nav class="chapter-drawing" aria-label="Map of the chapters">{drawings}</nav>'
    )


def table(chapters: list[Chapter]) -> str:
    """Return the table as Markdown."""
    pages = {chapter.number: chapter.page for chapter in chapters}
    lines = ["```{list-table}", ":header-rows: 1", ":widths: 38 44 18", ":class: chapter-table", ""]
    lines += ["* - Chapter", "  - You will be able to", "  - Read first"]
    for chapter in chapters:
        needs = [f"[{need}](/{pages[need]})" for need in chapter.needs]
        lines += [f"* - {chapter.number} · [](/{chapter.page})", f"  - {chapter.aim}"]
        lines += [f"  - {', '.join(needs) or 'nothing'}"]
    return "\n".join([*lines, "```"])


class place_of_map(nodes.General, nodes.Element):  # noqa: N801 — as docutils names its nodes
    """Where the drawing stands, until the titles of all chapters are known."""


class ChapterMap(SphinxDirective):
    """The directive ``chapter-map``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the place of the drawing and the table."""
        contents = yaml.safe_load(Path(self.env.srcdir, "_toc.yml").read_text(encoding="utf-8"))
        try:
            chapters = read("\n".join(self.content), contents)
        except ValueError as error:
            raise self.error(f"chapter-map: {error}") from error
        holder = nodes.Element()
        self.content.data = table(chapters).splitlines()
        self.state.nested_parse(self.content, self.content_offset, holder)
        return [place_of_map(chapters=chapters), *holder.children]


class DrawMap(SphinxPostTransform):
    """Put the drawing in its place."""

    default_priority = 200

    def run(self, **_kwargs: Any) -> None:
        """Replace the place by the drawing, in the builders that write HTML."""
        for node in list(self.document.findall(place_of_map)):
            chapters = node["chapters"]
            titles = {c.number: self.env.titles[c.page].astext() for c in chapters}
            here = self.env.docname

            def address(chapter: Chapter, here: str = here) -> str:
                return self.app.builder.get_relative_uri(here, chapter.page)

            node.replace_self(nodes.raw("", picture(chapters, titles, address), format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_node(place_of_map)
    app.add_directive("chapter-map", ChapterMap)
    app.add_post_transform(DrawMap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
