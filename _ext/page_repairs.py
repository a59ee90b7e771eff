"""Small repairs to pages, each for a fault in an extension which the book uses."""

from __future__ import annotations

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


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the repairs, after the handlers which add scripts (priority 500)."""
    app.connect("html-page-context", drop_repeated_scripts, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
