"""What other sites and search engines read: descriptions, cards, sitemap, robots.txt, page 404.

Each page gets a description: a chapter what its reader will be able to do, from the map on the
front page; other pages their first sentences. Where the site's address is known, each page also
gets a card (the picture that is shown beside a link to it), and the site a sitemap; both hold whole
addresses, so without one they are left out. ``robots.txt`` and ``404.html`` are always written.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from card import SIZE, draw_card
from chapter_map import chapters_of

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

CARDS = "_images/cards"
PAGE_ADDRESS = re.compile(r'<meta property="og:url"[^>]*>\n?')
NOT_FOUND = Path(__file__).with_name("404.html")
SAYING = (
    "Every model three times: from scratch in NumPy, in PyTorch and in Keras. All are proven to "
    "agree, and every number is computed again by one command."
)


def description(aim: str) -> str:
    """Return what one will be able to do as a sentence."""
    return f"{aim[0].upper()}{aim[1:]}."


def describe(
    app: Sphinx,
    page: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Give a page the description and the card which sphinxext-opengraph will write."""
    if doctree is None:
        return
    context["meta"] = meta = dict(context["meta"] or {})
    said = app.page_aims.get(page)
    if said:
        meta["og:description"] = said
        context["metatags"] += f'<meta name="description" content="{html.escape(said)}" />\n'
    if address := app.config.html_baseurl:
        title = app.env.titles[page].astext()
        card = f"{CARDS}/{page.replace('/', '-')}.png"
        draw_card(Path(app.outdir, card), title, said or SAYING)
        meta |= {"og:image": address + card, "og:image:alt": f"Title and subject: {title}"}
        context["metatags"] += (
            f'<meta property="og:image:width" content="{SIZE[0]}" />\n'
            f'<meta property="og:image:height" content="{SIZE[1]}" />\n'
            '<meta name="twitter:card" content="summary_large_image" />\n'
        )


def drop_relative_address(
    app: Sphinx,
    _page: str,
    _template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Leave out the page's address where it would be no whole one."""
    if doctree is not None and not app.config.html_baseurl:
        context["metatags"] = PAGE_ADDRESS.sub("", context["metatags"])


def read_aims(app: Sphinx, _env: BuildEnvironment) -> None:
    """Read what each chapter promises."""
    book = chapters_of(Path(app.srcdir))
    app.page_aims = {chapter.page: description(chapter.aim) for chapter in book}
    app.page_aims[app.config.root_doc] = SAYING


def sitemap(pages: list[str], address: str) -> str:
    """Return a sitemap.

    Parameters
    ----------
    pages : list of str
        Paths below the address.
    address : str
        Of the site, with a slash at its end.
    """
    urls = "".join(f"<url><loc>{html.escape(address + page)}</loc></url>\n" for page in pages)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
    )


def robots(address: str) -> str:
    """Return a robots.txt that invites everybody, with the sitemap where there is one."""
    return "User-agent: *\nAllow: /\n" + (f"Sitemap: {address}sitemap.xml\n" if address else "")


def page_not_found(title: str, address: str) -> str:
    """Return the page for addresses that lead nowhere.

    It is shown at any depth of address, so its links begin at the root: the path at which the site
    is published or, where that is not known, ``/``.
    """
    root = urlsplit(address).path or "/"
    return Template(NOT_FOUND.read_text(encoding="utf-8")).substitute(
        title=html.escape(title), root=html.escape(root)
    )


def write_files(app: Sphinx, error: Exception | None) -> None:
    """Write what belongs to the site as a whole."""
    if error is not None or app.builder.name != "html":
        return
    out, address = Path(app.outdir), app.config.html_baseurl
    (out / "robots.txt").write_text(robots(address), encoding="utf-8")
    (out / "404.html").write_text(page_not_found(app.config.html_title, address), encoding="utf-8")
    if address:
        pages = [app.builder.get_target_uri(page) for page in sorted(app.env.found_docs)]
        (out / "sitemap.xml").write_text(sitemap(pages, address), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the handlers; sphinxext-opengraph writes its tags at priority 500."""
    app.connect("env-updated", read_aims)
    app.connect("html-page-context", describe, priority=400)
    app.connect("html-page-context", drop_relative_address, priority=600)
    app.connect("build-finished", write_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
