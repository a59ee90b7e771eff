"""Small repairs to pages, each for a fault in an extension which the book uses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx


def drop_repeated_scripts(
    _app: Sphinx,
    _page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Load each script once.

    sphinx-thebe and sphinx-togglebutton register their inline scripts twice; the second
    declaration of the same constant is an error in the browser's console.
    """
    first: dict[tuple[str, str | None], Any] = {}
    for script in context.get("script_files", []):
        name = str(getattr(script, "filename", script) or "")
        body = getattr(script, "attributes", {}).get("body")
        first.setdefault((name, body), script)
    context["script_files"] = list(first.values())


# A sign in the index of modules that folds a package away, but for the mouse alone.
MOUSE_TOGGLE = re.compile(r'<img src="[^"]*minus\.png" class="toggler"[^>]*>')
EMPTY_HEADING = re.compile(r'<th class="head[^"]*">\s*(?:<p>\s*</p>)?\s*</th>')


def empty_headings_to_cells(
    _app: Sphinx,
    _page: str,
    _template: str,
    context: dict[str, Any],
    _doctree: nodes.document | None,
) -> None:
    """Let no column claim an empty heading: screen readers would read it out as one."""
    context["body"] = EMPTY_HEADING.sub("<td></td>", context.get("body", ""))


NAMELESS = {
    # the fold-out marks in the table of contents have a picture and no words
    '<summary><span class="toctree-toggle"': (
        '<summary aria-label="Pages of this section"><span class="toctree-toggle"'
    ),
    # a role that is given up, in a list which then has no entries
    ' role="doc-biblioentry"': ' role="listitem"',
    # the sidebar holds the logo, the search box and the contents, and is no landmark
    '<div id="pst-primary-sidebar" ': (
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book" '
    ),
}


def drop_missing_sources(app: Sphinx) -> list[Any]:
    """Leave modules whose source is not at hand (PyTorch's) out of the index of source pages.

    `sphinx.ext.viewcode` makes no page for them, but links to one.
    """
    modules = getattr(app.env, "_viewcode_modules", {})
    for name in [name for name, found in modules.items() if not found]:
        del modules[name]
    return []


SCRIPT = "_static/scripts/sphinx-book-theme.js"
# After a click on a button of the header the focus is taken away, so that its tooltip vanishes;
# a key that presses the button sends a click, too, and the reader would be nowhere. Such a click
# has no count.
LOSES_FOCUS, KEEPS_FOCUS = "(()=>{t.blur()})", "(e=>{e.detail&&t.blur()})"


def keep_the_focus(app: Sphinx, error: Exception | None) -> None:
    """Leave the focus on a button which a key has pressed."""
    if error is not None or app.builder.name != "html":
        return
    path = Path(app.outdir, SCRIPT)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(LOSES_FOCUS, KEEPS_FOCUS), encoding="utf-8")


def name_the_nameless(app: Sphinx, error: Exception | None) -> None:
    """Give names to parts of the theme which assistive technology cannot tell apart."""
    if error is not None or app.builder.name != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for old, new in NAMELESS.items():
            text = text.replace(old, new)
        text = MOUSE_TOGGLE.sub("", text)
        page.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the repairs, after the handlers which add scripts (priority 500)."""
    app.connect("html-page-context", drop_repeated_scripts, priority=900)
    app.connect("html-page-context", empty_headings_to_cells)
    app.connect("html-collect-pages", drop_missing_sources, priority=400)  # before viewcode
    app.connect("build-finished", name_the_nameless)
    app.connect("build-finished", keep_the_focus)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
