"""Links both ways between the chapters and the pages of the package.

Below the first sentence of each public name stands which chapter teaches it and which use it;
before the solutions of each chapter stands what it uses of the package. The uses are read from the
code of the notebooks. The chapter that teaches a name is the first one that uses it, unless
`TEACHES` names another.

The role ``used-in`` writes a name's chapters elsewhere, as in the table of data sets.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import api_pages
from docutils import nodes
from package_uses import PACKAGE, notebook_uses
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxRole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

HEADING = "The package in this chapter"

#: The number of the chapter that explains a name, where that is not the first which uses it. A key
#: is the beginning of names, or of the modules that define them; models stand without library.
TEACHES = {
    "dlbook.engine.autograd": 4,
    "dlbook.engine.functional.activations": 6,
    "dlbook.engine.functional.adaptive_": 12,
    "dlbook.engine.functional.avg_pool": 11,
    "dlbook.engine.functional.batch_norm": 9,
    "dlbook.engine.functional.classification_losses": 7,
    "dlbook.engine.functional.dropout": 9,
    "dlbook.engine.functional.embedding": 16,
    "dlbook.engine.functional.encoding": 15,
    "dlbook.engine.functional.global_avg_pool": 12,
    "dlbook.engine.functional.linear": 5,
    "dlbook.engine.functional.max_pool": 11,
    "dlbook.engine.functional.pad": 11,
    "dlbook.engine.functional.recurrent_rnn": 17,
    "dlbook.engine.functional.regression_losses": 7,
    "dlbook.engine.functional.similarity": 7,
    "dlbook.engine.gradcheck": 4,
    "dlbook.engine.init": 9,
    "dlbook.engine.init.orthogonal": 17,
    "dlbook.engine.joining": 2,
    "dlbook.engine.nn.Adaptive": 12,
    "dlbook.engine.nn.BatchNorm": 9,
    "dlbook.engine.nn.Dropout": 9,
    "dlbook.engine.nn.Flatten": 12,
    "dlbook.engine.nn.GRU": 18,
    "dlbook.engine.nn.GlobalAvgPool": 12,
    "dlbook.engine.nn.LSTM": 18,
    "dlbook.engine.nn.Linear": 5,
    "dlbook.engine.nn.RNN": 17,
    "dlbook.engine.nn.activations": 6,
    "dlbook.engine.nn.classification_losses": 7,
    "dlbook.engine.nn.losses": 7,
    "dlbook.engine.nn.module": 5,
    "dlbook.engine.nn.pool": 11,
    "dlbook.engine.nn.sequential": 5,
    "dlbook.engine.nn.summary": 5,
    "dlbook.engine.nn.utils": 17,
    "dlbook.engine.optim": 8,
    "dlbook.engine.tensor": 4,
    "dlbook.models.blocks": 12,
    "dlbook.models.forecaster": 19,
    "dlbook.models.language_model": 19,
    "dlbook.models.mlp": 5,
    "dlbook.models.sequence_classifier": 19,
    "dlbook.training.EarlyStopping": 9,
}


def without_library(name: str) -> str:
    """Return the name of a model as it is in all three libraries."""
    for library in api_pages.LIBRARIES:
        name = name.replace(f"{PACKAGE}.models.{library}.", f"{PACKAGE}.models.")
    return name


def explained_in(name: str, origin: str) -> int | None:
    """Return the chapter which `TEACHES` gives for a name, by the longest key that fits.

    Parameters
    ----------
    name : str
        Where readers import it from, such as ``"dlbook.engine.nn.Linear"``.
    origin : str
        The module that defines it.
    """
    places = without_library(name), without_library(origin)
    keys = [key for key in TEACHES if any(place.startswith(key) for place in places)]
    return TEACHES[max(keys, key=len)] if keys else None


class Uses:
    """What the notebooks of a book use of the package.

    Parameters
    ----------
    folder : Path
        The folder of the book's sources.
    pages : iterable of str
        The book's pages, as paths below it without their endings.

    Attributes
    ----------
    public : dict of str to str
        Each documented name, with the module that defines it.
    names : dict of str to list of str
        What each notebook uses, in the order of first use.
    chapters : dict of int to str
        The page of each chapter, by its number.
    """

    def __init__(self, folder: Path, pages: Iterable[str]) -> None:
        self.public: dict[str, str] = {}
        notebooks = []
        for page in sorted(pages):
            if (notebook := folder / f"{page}.ipynb").is_file():
                notebooks.append((page, notebook))
            elif (markdown := folder / f"{page}.md").is_file():
                self.public |= api_pages.public_names(markdown.read_text(encoding="utf-8"))
        self.names = {page: notebook_uses(path, self.public) for page, path in notebooks}
        numbered = [(Path(page).name.split("-")[0], page) for page, _ in notebooks]
        self.chapters = {int(number): page for number, page in numbered if number.isdecimal()}

    def of(self, name: str) -> list[int]:
        """Return the numbers of the chapters that use a name."""
        return [n for n, page in sorted(self.chapters.items()) if name in self.names[page]]

    def taught(self, name: str) -> int | None:
        """Return the chapter that teaches a name, or None where no chapter does."""
        given = explained_in(name, self.public[name])
        if given is not None:
            return given if given in self.chapters else None
        alike = [other for other in self.public if without_library(other) == without_library(name)]
        return min((n for other in alike for n in self.of(other)), default=None)


def link(text: str, page: str, here: str) -> addnodes.pending_xref:
    """Return a link to a page of the book."""
    where = {"refdoc": here, "refdomain": "std", "reftype": "doc", "reftarget": f"/{page}"}
    return addnodes.pending_xref(
        "", nodes.inline(text, text), refexplicit=True, refwarn=True, **where
    )


def chapter_links(numbers: list[int], uses: Uses, here: str) -> Iterator[nodes.Node]:
    """Yield the numbers of chapters as links, with commas between them."""
    for position, number in enumerate(numbers):
        if position:
            yield nodes.Text(" and " if position == len(numbers) - 1 else ", ")
        yield link(str(number), uses.chapters[number], here)


def whereabouts(name: str, uses: Uses, here: str) -> nodes.paragraph | None:
    """Return the line that says which chapters teach and use a name, None if none does."""
    taught, used = uses.taught(name), uses.of(name)
    if taught is None:
        return None
    line = nodes.paragraph(classes=["taught-in"])
    line += [nodes.Text("Taught in "), link(f"chapter {taught}", uses.chapters[taught], here)]
    if others := [number for number in used if number != taught]:
        line += nodes.Text(f"; used in chapter{'s' * (len(others) > 1)} ")
        line += list(chapter_links(others, uses, here))
    line += nodes.Text(".")
    return line


def room(name: str) -> str:
    """Return the module below whose name a chapter's list shows another name."""
    models = f"{PACKAGE}.models"
    return models if name.startswith(models) else name.rpartition(".")[0]


def reference(name: str, here: str) -> addnodes.pending_xref:
    """Return a link to where the package's pages document a name."""
    text = name.removeprefix(room(name) + ".")
    where = {"refdoc": here, "refdomain": "py", "reftype": "obj", "reftarget": name}
    code = nodes.literal(text, text, classes=["xref", "py"])
    return addnodes.pending_xref("", code, refexplicit=True, refwarn=True, **where)


def section_of(names: list[str], here: str) -> nodes.section:
    """Return the section that lists what a chapter uses of the package, room by room."""
    section = nodes.section(
        ids=["the-package-in-this-chapter"], names=["the package in this chapter"]
    )
    section += nodes.title(HEADING, HEADING)
    section += nodes.paragraph("", "What the cells above take from the book's package:")
    listing = nodes.bullet_list(classes=["package-names"])
    for place, members in groupby(sorted(names, key=room), key=room):
        line = nodes.paragraph("", "", nodes.literal(place, place), nodes.Text(": "))
        for position, name in enumerate(sorted(members, key=str.lower)):
            line += [nodes.Text(", ")] if position else []
            line += reference(name, here)
        listing += nodes.list_item("", line)
    section += listing
    return section


class LinksBothWays(SphinxTransform):
    """Write the chapters into the package's pages, and the package into the chapters."""

    default_priority = 750

    def apply(self, **_kwargs: Any) -> None:
        """Transform a page."""
        uses: Uses = self.app.package_uses
        for description in self.document.findall(addnodes.desc):
            signature, content = description[0], description[-1]
            name = f"{signature.get('module')}.{signature.get('fullname')}"
            if name in uses.public and (line := whereabouts(name, uses, self.env.docname)):
                summary = bool(content.children) and isinstance(content[0], nodes.paragraph)
                content.insert(1 if summary else 0, line)
        names = uses.names.get(self.env.docname)
        top = next(iter(self.document.findall(nodes.section)), None)
        if not names or top is None:
            return
        ends = [part for part in top if isinstance(part, nodes.section) and is_end(part)]
        place = top.index(ends[0]) if ends else len(top)
        top.insert(place, section_of(names, self.env.docname))


def is_end(section: nodes.section) -> bool:
    """Return True for the solutions, with which a chapter ends."""
    return section.next_node(nodes.title).astext() == "Solutions"


class UsedIn(SphinxRole):
    """The chapters that use a name: ``{used-in}`dlbook.data.digits```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return links to the chapters."""
        uses: Uses = self.env.app.package_uses
        if self.text not in uses.public:
            message = f"used-in: expected a public name of the package, got {self.text!r}"
            return [], [self.inliner.reporter.error(message, line=self.lineno)]
        used = uses.of(self.text)
        none: list[nodes.Node] = [nodes.Text("none")]
        return list(chapter_links(used, uses, self.env.docname)) or none, []


def read_notebooks(app: Sphinx, env: BuildEnvironment, _pages: list[str]) -> None:
    """Find out what each notebook uses, before any page is read."""
    app.package_uses = Uses(Path(app.srcdir), env.found_docs)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform and the role."""
    app.setup_extension("api_pages")  # it mocks the libraries, without which modules do not load
    app.add_transform(LinksBothWays)
    app.add_role("used-in", UsedIn())
    app.connect("env-before-read-docs", read_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
