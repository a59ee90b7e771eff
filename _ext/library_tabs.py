"""One tab set for three libraries: NumPy, PyTorch and Keras side by side.

Consecutive code cells tagged ``tab-numpy``, ``tab-pytorch`` and ``tab-keras`` become one
sphinx-design tab set. All sets of the book share the synchronisation group ``library``, so a
reader's choice holds on every page, and ``?library=keras`` at the end of an address makes it.
In Jupyter and Colab the cells simply follow one another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx_design.shared import create_component

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sphinx.application import Sphinx

LABELS = {"numpy": "NumPy", "pytorch": "PyTorch", "keras": "Keras"}
CLASS_PREFIX = "tag_tab-"  # MyST-NB turns the cell tag `tab-numpy` into this class
GROUP = "library"


def library_of(node: nodes.Node) -> str | None:
    """Return the library of a code cell with a tab tag, else None.

    Raises
    ------
    ValueError
        If the tag names a library which the book does not have.
    """
    if not isinstance(node, nodes.container) or node.get("nb_element") != "cell_code":
        return None
    for name in node["classes"]:
        if name.startswith(CLASS_PREFIX):
            library = name.removeprefix(CLASS_PREFIX)
            if library not in LABELS:
                raise ValueError(f"cell tag tab-{library}: expected one of {', '.join(LABELS)}")
            return library
    return None


def tab_set(cells: Sequence[nodes.Element]) -> nodes.Element:
    """Return a tab set which shows the cells, one tab for each library.

    Parameters
    ----------
    cells : sequence of cell nodes, each with a library
        A second cell of the same library joins the first one's tab.
    """
    panes: dict[str, list[nodes.Element]] = {}
    for cell in cells:
        panes.setdefault(library_of(cell) or "", []).append(cell)
    tabs = create_component("tab-set", classes=["sd-tab-set", "library-tabs"])
    tabs.source, tabs.line = cells[0].source, cells[0].line
    for library, members in panes.items():
        text = LABELS[library]
        label = nodes.rubric(text, nodes.Text(text), classes=["sd-tab-label"])
        label["sync_group"], label["sync_id"] = GROUP, library
        item = create_component("tab-item", classes=["sd-tab-item"], selected=False)
        item += label
        item += create_component("tab-content", classes=["sd-tab-content"], children=members)
        tabs += item
    return tabs


class LibraryTabs(SphinxTransform):
    """Replace every run of cells that have a tab tag by one tab set."""

    default_priority = 700

    def apply(self, **_kwargs: Any) -> None:
        """Transform the document; any other node between two cells ends a run."""
        parents = {id(cell.parent): cell.parent for cell in self.document.findall(library_of)}
        for parent in parents.values():
            children: list[nodes.Node] = []
            run: list[nodes.Element] = []
            for node in parent.children:
                if library_of(node):
                    run.append(node)
                    continue
                if run:
                    children.append(tab_set(run))
                    run = []
                children.append(node)
            if run:
                children.append(tab_set(run))
            parent.children = []
            parent.extend(children)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the transform."""
    app.setup_extension("sphinx_design")
    app.add_transform(LibraryTabs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
