"""Show on another page what a cell of a notebook has put out.

    ```{stored-output} chapters/01-what-is-deep-learning 01-train-figure
    :play:
    ```

The output is the one that is stored in the notebook and that `make validate` compares with a fresh
run, so the page says nothing of its own. With ``:play:``, an interactive figure runs once from its
first state to its last when it comes into view, and gets a button that runs it again. It stays
still for readers who want no motion.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

SCRIPT = Path(__file__).with_suffix(".js")
PLAYS = "plays"  # the class by which the script finds the figures


def outputs_of(notebook: Path, cell_id: str) -> list[dict[str, Any]]:
    """Return the stored outputs of a cell.

    Raises
    ------
    ValueError
        If the notebook has no such cell, or nothing is stored in it.
    """
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["id"] == cell_id:
            if not cell.get("outputs"):
                raise ValueError(f"{notebook.name}: cell {cell_id} has no output")
            return cell["outputs"]
    raise ValueError(f"{notebook.name}: no cell {cell_id}")


def shown(output: dict[str, Any]) -> nodes.Element:
    """Return an output as a node: HTML where the cell wrote some, text where not."""
    data = output.get("data", {})
    if "text/html" in data:
        return nodes.raw("", "".join(data["text/html"]), format="html")
    text = "".join(output.get("text") or data["text/plain"])
    return nodes.literal_block(text, text, language="none")


class StoredOutput(SphinxDirective):
    """The directive ``stored-output``: a notebook, without its ending, and a cell's id."""

    required_arguments = 2
    option_spec: ClassVar = {"play": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the cell's outputs in a container."""
        page, cell_id = self.arguments
        path = Path(self.env.srcdir, f"{page}.ipynb")
        self.env.note_dependency(str(path))
        try:
            found = outputs_of(path, cell_id)
        except (OSError, ValueError) as error:
            raise self.error(f"stored-output: {error}") from error
        classes = ["stored-output", PLAYS] if "play" in self.options else ["stored-output"]
        return [nodes.container("", *map(shown, found), classes=classes)]


def add_script(_app: Sphinx, config: Config) -> None:
    """Serve the script from the site."""
    config.html_static_path.append(str(SCRIPT))


def load_where_needed(
    app: Sphinx,
    _page: str,
    _template: str,
    _context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load the script on pages with a figure that plays, and on no other."""
    if doctree and any(PLAYS in node["classes"] for node in doctree.findall(nodes.container)):
        app.add_js_file(SCRIPT.name, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("stored-output", StoredOutput)
    app.connect("config-inited", add_script)
    app.connect("html-page-context", load_where_needed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
