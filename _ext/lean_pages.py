"""Light pages: of the theme's icons and scripts, send what the book uses.

The stock theme sends 1.5 MB of JavaScript which replaces icons by drawings, fonts with two
thousand icons, and the index of the whole site for searching while one types. The style sheet can
draw the same icons from a font, so the script is not needed; the fonts are cut down to the icons
which occur on some page, and the style sheets to the classes which do; the index is loaded by the
search page alone.

The scripts' reports to the browser's console are taken out, too, and so are marks in the code
which nobody can see (`lean_code`).

All this happens to the finished pages, since the theme has no settings for it.
"""

from __future__ import annotations

import itertools
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

import tinycss2
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from lean_code import lean_code, unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from tinycss2.ast import Node

FONTS = "_static/vendor/fontawesome/webfonts"

SCRIPT = r'<script[^>]* src="[^"]*{}[^"]*"></script>\s*'
ICON_SCRIPT = re.compile(SCRIPT.format(r"scripts/fontawesome\.js"))
SEARCH_SCRIPTS = re.compile(SCRIPT.format(r"(?:searchtools|language_data|searchindex)\.js"))
# The theme's first style sheet only names this one, which the browser would ask for too late.
THEME_STYLE, REAL_STYLE = "_static/styles/theme.css", "_static/basic.css"
REPORT = re.compile(r"console\.(?:log|info|debug)\(")
COMPOSED = ("bs-", "offcanvas-", "thebe-")  # classes which scripts put together from parts
WORD = re.compile(r"[A-Za-z_][\w-]*")
FONT_SOURCE = re.compile(r"url\(\.\./vendor/fontawesome/webfonts/([a-z0-9-]+)\.woff2\)[^;}]*")


def used_only(style: str, words: set[str]) -> str:
    """Drop selectors with a class that occurs nowhere, and rules that lose all their selectors.

    Parameters
    ----------
    style : str
        A style sheet.
    words : set of str
        All words of the pages and scripts: whatever is not among them is never a class.
    """
    rules = tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)
    return "".join(_kept(rule, words) for rule in rules)


def _kept(rule: Node, words: set[str]) -> str:
    if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports") and rule.content:
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        kept = "".join(_kept(part, words) for part in inner)
        prelude = tinycss2.serialize(rule.prelude)
        return f"@{rule.at_keyword}{prelude}{{{kept}}}" if kept else ""
    if rule.type != "qualified-rule":
        return rule.serialize()
    selectors: list[list[Node]] = [[]]
    for token in rule.prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    used = [part for part in selectors if _classes(part) <= words]
    kept = ",".join(tinycss2.serialize(part) for part in used)
    return f"{kept}{{{tinycss2.serialize(rule.content)}}}" if kept else ""


def _classes(selector: list[Node]) -> set[str]:
    pairs = itertools.pairwise(selector)
    return {
        name.value
        for dot, name in pairs
        if dot.type == "literal" and dot.value == "." and name.type == "ident"
        if not name.value.startswith(COMPOSED)
    }


def subset(source: Path, target: Path, points: Iterable[int]) -> None:
    """Write a font with the given characters alone.

    Parameters
    ----------
    source : Path
        A TrueType font.
    target : Path
        The new file, in the format WOFF.
    points : iterable of int
        Unicode code points; those which the font does not have are left out.
    """
    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table
    options = Options(flavor="woff", layout_features=[], notdef_outline=True)
    options.name_IDs, options.drop_tables = [0, 1, 2, 13], [*options.drop_tables, "FFTM"]
    font = TTFont(source, recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=list(points))
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(target)


def lighten(folder: Path) -> None:
    """Make the pages below a folder light.

    Parameters
    ----------
    folder : Path
        The built site.
    """
    pages = [path for path in folder.rglob("*.html") if "_static" not in path.parts]
    marks = unseen((folder / "_static/pygments.css").read_text(encoding="utf-8"))
    words: set[str] = set()
    for page in pages:
        text = ICON_SCRIPT.sub("", lean_code(page.read_text(encoding="utf-8"), marks))
        if page.name == "search.html":
            text = REPORT.sub("void (", text)
        else:
            text = SEARCH_SCRIPTS.sub("", text)
        text = text.replace(THEME_STYLE, REAL_STYLE)
        words |= set(WORD.findall(text))
        page.write_text(text, encoding="utf-8")
    scripts = [path for path in (folder / "_static").rglob("*.js") if path.stem != "fontawesome"]
    for path in scripts:
        script = path.read_text(encoding="utf-8")
        words |= set(WORD.findall(script))
        if REPORT.search(script):  # the theme tells the console what it does
            path.write_text(REPORT.sub("void (", script), encoding="utf-8")

    points: set[int] = set()
    styles = [path for path in (folder / "_static").rglob("*.css") if "katex" not in path.parts]
    for path in styles:  # KaTeX, too, puts its classes together
        style = used_only(path.read_text(encoding="utf-8"), words)
        points |= {ord(char) for char in style if "\ue000" <= char <= "\uf8ff"}  # icons' places
        style = FONT_SOURCE.sub(r"url(../vendor/fontawesome/\1.woff)", style)
        path.write_text(f'@charset "utf-8";{style}', encoding="utf-8")
    for source in sorted((folder / FONTS).glob("*.ttf")):
        subset(source, folder / f"_static/vendor/fontawesome/{source.stem}.woff", points)

    unused = [*(folder / "_static").rglob("*.map"), *(folder / FONTS).glob("*")]
    for path in [*unused, folder / "_static/scripts/fontawesome.js", folder / THEME_STYLE]:
        path.unlink(missing_ok=True)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Lighten the pages of a build that came to its end."""
    if error is None and app.builder.name == "html":
        lighten(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after everything else that writes to the built site."""
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
