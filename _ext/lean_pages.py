"""Light pages: of the theme's icons and scripts, send what the book uses.

The stock theme sends 1.5 MB of JavaScript which replaces icons by drawings, fonts with two
thousand icons, and the index of the whole site for searching while one types. The style sheet can
draw the same icons from a font, so the script is not needed; the fonts and the style sheet are cut
down to the icons which occur on some page; the index is loaded by the search page alone.

The scripts' reports to the browser's console are taken out, too.

All this happens to the finished pages, since the theme has no settings for it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx

FONTS = "_static/vendor/fontawesome/webfonts"

SCRIPT = r'<script[^>]* src="[^"]*{}[^"]*"></script>\s*'
ICON_SCRIPT = re.compile(SCRIPT.format(r"scripts/fontawesome\.js"))
SEARCH_SCRIPTS = re.compile(SCRIPT.format(r"(?:searchtools|language_data|searchindex)\.js"))
REPORT = "console.log("
NAME = re.compile(r"\bfa-([a-z0-9-]+)")
ICON_RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"\\([0-9a-f]+)"\}')
CONTENT = re.compile(r'content:\s*"\\([0-9a-f]{4})"')
FONT_SOURCE = re.compile(r"url\(\.\./vendor/fontawesome/webfonts/([a-z0-9-]+)\.woff2\)[^;}]*")


def icons_only(style: str, names: Iterable[str]) -> str:
    """Drop the rules of icons that no page shows.

    Parameters
    ----------
    style : str
        A style sheet with one rule for each icon.
    names : iterable of str
        The icons to keep, without ``fa-``.
    """
    wanted = {f".fa-{name}" for name in names}

    def rule(match: re.Match[str]) -> str:
        selectors = [part for part in match[1].split(",") if part.split(":")[0] in wanted]
        return f'{",".join(selectors)}{{content:"\\{match[2]}"}}' if selectors else ""

    return ICON_RULE.sub(rule, style)


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
    names: set[str] = set()
    for page in pages:
        text = ICON_SCRIPT.sub("", page.read_text(encoding="utf-8"))
        if page.name != "search.html":
            text = SEARCH_SCRIPTS.sub("", text)
        names |= set(NAME.findall(text))
        page.write_text(text, encoding="utf-8")
    scripts = [path for path in (folder / "_static").rglob("*.js") if path.stem != "fontawesome"]
    for path in scripts:
        script = path.read_text(encoding="utf-8")
        names |= set(NAME.findall(script))
        if REPORT in script:  # the theme tells the console what it does
            path.write_text(script.replace(REPORT, "void ("), encoding="utf-8")

    points: set[int] = set()
    for path in (folder / "_static").rglob("*.css"):
        style = icons_only(path.read_text(encoding="utf-8"), names)
        points |= {int(point, 16) for point in CONTENT.findall(style)}
        style = re.sub(r"/\*# sourceMappingURL=[^*]*\*/", "", style)
        path.write_text(FONT_SOURCE.sub(r"url(../vendor/fontawesome/\1.woff)", style), "utf-8")
    for source in sorted((folder / FONTS).glob("*.ttf")):
        subset(source, folder / f"_static/vendor/fontawesome/{source.stem}.woff", points)

    unused = [*(folder / "_static").rglob("*.map"), *(folder / FONTS).glob("*")]
    for path in [*unused, folder / "_static/scripts/fontawesome.js"]:
        path.unlink(missing_ok=True)


def finish(app: Sphinx, error: Exception | None) -> None:
    """Lighten the pages of a build that came to its end."""
    if error is None and app.builder.name == "html":
        lighten(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after everything else that writes to the built site."""
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
