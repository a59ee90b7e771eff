"""How much there is in the book, counted in its notebooks: the directive ``book-facts``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

EXERCISE = re.compile(r"^:{3,}\{exercise\}", re.MULTILINE)


def count(notebooks: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Count what chapters hold.

    Parameters
    ----------
    notebooks : iterable of dict
        Notebooks as they stand in their files.

    Returns
    -------
    dict of str to int
        What is counted, in words, and how many there are.
    """
    facts = dict.fromkeys(["chapters", "code cells", "figures", "interactive", "exercises"], 0)
    for notebook in notebooks:
        facts["chapters"] += 1
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown":
                facts["exercises"] += len(EXERCISE.findall("".join(cell["source"])))
            # An optional cell that has never run (no GPU, no download) is not counted.
            facts["code cells"] += cell.get("execution_count") is not None
            for data in (output.get("data", {}) for output in cell.get("outputs", [])):
                facts["figures"] += "image/png" in data
                facts["interactive"] += "dlb-explore" in "".join(data.get("text/html", ""))
    return {
        "chapters": facts["chapters"],
        "code cells, all re-run": facts["code cells"],
        "figures from real runs": facts["figures"] + facts["interactive"],
        "of them interactive": facts["interactive"],
        "exercises with checks and solutions": facts["exercises"],
    }


class BookFacts(SphinxDirective):
    """The directive ``book-facts``."""

    def run(self) -> list[nodes.Node]:
        """Return the numbers as a list."""
        paths = sorted(Path(self.env.srcdir, "chapters").glob("[0-9]*.ipynb"))
        for path in paths:
            self.env.note_dependency(str(path))
        facts = count(json.loads(path.read_text(encoding="utf-8")) for path in paths)
        items = []
        for what, number in facts.items():
            line = nodes.paragraph("", "", nodes.strong("", f"{number:,}"), nodes.Text(f" {what}"))
            items.append(nodes.list_item("", line))
        return [nodes.bullet_list("", *items, classes=["book-facts"])]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("book-facts", BookFacts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
