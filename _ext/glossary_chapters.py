"""Behind each definition of the glossary, the chapter that first uses the term."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

#: Terms that a chapter teaches in other words, with its number.
IN_OTHER_WORDS = {
    "conv base": 13,
    "convergence": 3,
    "cost function": 1,
    "data point": 17,
    "deep neural network": 1,
    "dummy variable": 10,
    "end-to-end learning": 1,
    "exponential moving average": 8,
    "feedback signal": 1,
    "geometric interpretation": 2,
    "grayscale": 2,
    "grid search": 10,
    "hypothesis space": 5,
    "input layer": 5,
    "intermediate layer": 5,
    "joint learning": 1,
    "L2 distance": 16,
    "layer compatibility": 5,
    "linear combination": 5,
    "matrix factorisation": 16,
    "natural language processing": 15,
    "natural language understanding": 15,
    "non-linearity": 6,
    "probability distribution": 7,
    "random initialisation": 9,
    "Sequential model": 5,
    "single-layer neural network": 5,
    "single-layer perceptron": 5,
    "spatial information": 11,
    "sum of squared errors": 7,
    "super-class": 12,
    "text vectorisation": 15,
    "three-dimensional convolution": 11,
    "token embedding": 16,
    "variable length": 17,
    "visualisation": 14,
}
ROLE = re.compile(r"\{term\}`([^`<]*?)\s*(?:<([^`>]+)>)?`")


def first_uses(texts: Mapping[str, str], terms: list[str]) -> dict[str, str]:
    """Find the page that first uses each term.

    Parameters
    ----------
    texts : mapping of str to str
        The pages in the order of reading, with their Markdown.
    terms : list of str

    Returns
    -------
    dict of str to str
        The page that first links to the term; where none does, the first that has it in its text.
    """
    linked: dict[str, str] = {}
    for page, text in texts.items():
        for shown, target in ROLE.findall(text):
            linked.setdefault((target or shown).lower(), page)
    found = {}
    for term in terms:
        page = linked.get(term.lower())
        if page is None:
            word = re.compile(rf"(?<![\w-]){re.escape(term)}s?(?![\w-])", re.IGNORECASE)
            page = next((page for page, text in texts.items() if word.search(text)), None)
        if page is not None:
            found[term] = page
    return found


def number(page: str) -> int:
    """Return the number of a chapter."""
    return int(Path(page).name.split("-")[0])


class LinkChapters(SphinxTransform):
    """Add the links to the glossary's definitions."""

    default_priority = 750

    def apply(self, **_kwargs: Any) -> None:
        """Transform the page with the glossary, and no other."""
        for glossary in self.document.findall(addnodes.glossary):
            items = list(glossary.findall(nodes.definition_list_item))
            terms = [item.next_node(nodes.term).astext() for item in items]
            texts = self.app.chapter_texts
            pages = first_uses(texts, terms)
            numbers = {number(page): page for page in texts}
            others = {term: numbers.get(n) for term, n in IN_OTHER_WORDS.items()}
            pages = {**others, **pages}
            for term, item in zip(terms, items, strict=True):
                if page := pages.get(term):
                    item.next_node(nodes.definition)[-1] += [
                        nodes.Text(" → "),
                        self.link(f"chapter {number(page)}", page),
                    ]

    def link(self, text: str, page: str) -> addnodes.pending_xref:
        """Return a link to a page of the book."""
        where = {"refdoc": self.env.docname, "refdomain": "std", "reftype": "doc"}
        inner = nodes.inline(text, text)
        return addnodes.pending_xref(
            "", inner, reftarget=f"/{page}", refexplicit=True, refwarn=True, **where
        )


def read_chapters(app: Sphinx, env: BuildEnvironment, _pages: list[str]) -> None:
    """Read the Markdown of the chapters, in the order of their numbers."""
    app.chapter_texts = {}
    for page in sorted(env.found_docs):
        path = Path(app.srcdir, f"{page}.ipynb")
        if re.match(r"\d+-", path.name) and path.is_file():
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            parts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
            app.chapter_texts[page] = "\n\n".join(parts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.connect("env-before-read-docs", read_chapters)
    app.add_transform(LinkChapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
