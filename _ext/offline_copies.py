"""Copies to keep, offered on the front page where they have been made.

``make pdf`` and ``make zip`` write them into ``_build/offline``. At the end of a build, those which
are newer than every page and all the code are copied into the site, and links to them appear at
the marked place of the front page. As a command, ``python _ext/offline_copies.py`` does the same
to the site that is there, so that a new copy needs no new build.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

COPIES = {
    "deep-learning-verified.pdf": "the whole book as a PDF, every tab and every solution printed",
    "deep-learning-verified-notebooks.zip": "all notebooks and the package behind them",
}
FOLDER = "_build/offline"
DOWNLOADS = "downloads"
MARK = "<!-- offline copies -->"
PLACE = re.compile(rf"{MARK}(.*?<!-- end of offline copies -->)?", re.DOTALL)


def last_change(root: Path) -> float:
    """Return when the text or the code of the book was last changed, in seconds."""
    package = (root / "code").rglob("*.py")
    pages = [path for path in (root / "chapters").glob("*") if path.suffix in (".md", ".ipynb")]
    return max(path.stat().st_mtime for path in [root / "index.md", *pages, *package])


def up_to_date(root: Path) -> list[Path]:
    """Return the copies that hold what the book says now.

    Parameters
    ----------
    root : pathlib.Path
        The folder of the book.
    """
    found = [path for name in COPIES if (path := root / FOLDER / name).is_file()]
    changed = last_change(root) if found else 0.0
    return [path for path in found if path.stat().st_mtime >= changed]


def links(copies: list[Path]) -> str:
    """Return the links to copies as HTML, nothing where there are none."""
    if not copies:
        return ""
    items = "".join(
        f'<li><a href="{DOWNLOADS}/{path.name}" download>{COPIES[path.name]}</a> '
        f"({path.suffix.removeprefix('.').upper()}, {megabytes(path)})</li>"
        for path in copies
    )
    introduction = "<p>To keep, and to use without a network:</p>"
    return f'<div class="d-print-none">{introduction}<ul>{items}</ul></div>'


def megabytes(path: Path) -> str:
    """Return the size of a file as people read it: ``12.3 MB``."""
    return f"{max(path.stat().st_size / 1e6, 0.1):.1f} MB"


def offer(site: Path, copies: list[Path]) -> None:
    """Put copies into a built site, in place of those which it had, and link them.

    Parameters
    ----------
    site : pathlib.Path
        The built site.
    copies : list of pathlib.Path
        Files with names in `COPIES`; an empty list takes the links away.

    Raises
    ------
    ValueError
        If there are copies, and the front page has no place for links to them.
    """
    front_page = site / "index.html"
    text = front_page.read_text(encoding="utf-8")
    found = links(copies)
    if found and MARK not in text:
        raise ValueError(f"{front_page}: expected the mark {MARK}")
    shutil.rmtree(site / DOWNLOADS, ignore_errors=True)
    for path in copies:
        (site / DOWNLOADS).mkdir(exist_ok=True)
        shutil.copy(path, site / DOWNLOADS)
    filled = f"{MARK}{found}<!-- end of offline copies -->"
    front_page.write_text(PLACE.sub(lambda _: filled, text), encoding="utf-8")


def finish(app: Sphinx, error: Exception | None) -> None:
    """Offer the copies on the site that has just been built."""
    if error is None and app.builder.name == "html":
        offer(Path(app.outdir), up_to_date(Path(app.srcdir)))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def main() -> int:
    """Offer the copies on the site in ``_build/html``, if there is one."""
    root = Path(__file__).resolve().parent.parent
    site = root / "_build/html"
    if (site / "index.html").is_file():
        copies = up_to_date(root)
        offer(site, copies)
        for path in copies:
            print(f"Offered on the front page: {path.name} ({megabytes(path)})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
