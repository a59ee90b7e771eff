r"""Mathematics drawn by KaTeX, whose files are served by the site itself.

The page holds the TeX source in elements of class ``math``; ``mathematics.js`` replaces it by
KaTeX's output (HTML for the eye, MathML for screen readers). Only pages which have formulas load
the script, the style sheet and the fonts, which stand in ``vendor/katex``.

Numbered equations (``$$ … $$ (label)`` or the ``math`` directive with ``:label:``) keep the
numbers that Sphinx gives, so ``{eq}`` links agree with them; KaTeX's own numbering is off.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.locale import _
from sphinx.util.math import get_node_equation_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.writers.html5 import HTML5Translator

SELF_NUMBERING = re.compile(r"\\(begin|end)\{(equation|align|alignat|gather)\}")


def displayed(text: str, *, nowrap: bool) -> str:
    r"""Return the TeX of a displayed formula in the form which KaTeX takes.

    Parameters
    ----------
    text : str
        The source. Blank lines separate formulas that stand below one another, and ``\\`` breaks
        a line, as in Sphinx's other renderers.
    nowrap : bool
        True for a whole environment such as ``align``; it loses KaTeX's own numbers only.
    """
    if nowrap:
        return SELF_NUMBERING.sub(r"\\\1{\2*}", text.strip())
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    parts = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(parts) == 1:
        return parts[0]
    return r"\begin{aligned}" + r" \\ ".join(parts) + r"\end{aligned}"


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(self.encode(node.astext()) + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with the number and the link that Sphinx gave it."""
    self.body.append(self.starttag(node, "div", CLASS="math-display"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    tex = self.encode(displayed(node.astext(), nowrap=node["nowrap"]))
    self.body.append(f'<div class="math notranslate nohighlight" tabindex="0">{tex}</div></div>\n')
    raise nodes.SkipNode


def add_files(app: Sphinx, config: Config) -> None:
    """Serve KaTeX from the site.

    Jupyter Book loads each script below ``_static`` on every page; these stand elsewhere.
    """
    config.html_static_path.append(str(Path(app.srcdir, "vendor")))
    config.html_static_path.append(str(Path(__file__).with_suffix(".js")))


def is_formula(node: nodes.Node) -> bool:
    """Return True for a formula, in a line or displayed."""
    return isinstance(node, (nodes.math, nodes.math_block))


def load_where_needed(
    app: Sphinx,
    _page: str,
    _template: str,
    _context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Load KaTeX on a page with formulas, and on no other."""
    if doctree and any(True for _formula in doctree.findall(is_formula)):
        app.add_css_file("katex/katex.min.css")
        app.add_js_file("katex/katex.min.js", loading_method="defer")
        app.add_js_file("mathematics.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer ``katex``, which ``html_math_renderer`` selects."""
    app.add_html_math_renderer("katex", (visit_math, None), (visit_math_block, None))
    app.connect("config-inited", add_files)
    app.connect("html-page-context", load_where_needed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
